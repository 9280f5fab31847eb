"""``sitegen`` and ``python -m sitegen``: out at once if there is nothing to do, else on to the command line.

What is imported here costs every run, so nothing is that the answer does not need.
"""

import os
import re
import sys


def run() -> None:
    """Run the command and leave the process with its exit code."""
    if sys.argv[1:2] == ["build"]:
        from sitegen.disk.unchanged import said_before

        said = said_before(sys.argv[1:])
        if said is not None:
            code, text = said
            try:
                sys.stdout.write(text if sys.stdout.isatty() else re.sub(r"\x1b\[[0-9;]*m", "", text))
                sys.stdout.flush()
            except (OSError, ValueError):
                pass
            os._exit(code)
    from sitegen.cli import run as run_verb

    run_verb()


if __name__ == "__main__":
    run()
