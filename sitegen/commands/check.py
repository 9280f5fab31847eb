"""``sitegen check``: what is wrong with a vault; with ``--fix`` what can be mended by itself, is."""

from __future__ import annotations

from pathlib import Path

from sitegen.commands.fix import fix_stamps
from sitegen.commands.prepare import prepare
from sitegen.disk.site import locate
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted


def check_command(
    vault: Path | None, *, strict: bool, style: str, verbosity: int, fix: bool = False, yes: bool = False
) -> int:
    """Report every problem; returns the exit code: 0, or 1 if there are errors (with ``strict``, warnings).

    With ``fix`` show the time stamps that can be mended, and mend them if the user agrees or ``yes`` is set; 1 where one could not be.
    """
    location = locate(vault, None)
    with Bar(enabled=verbosity >= 0 and style == "text") as bar:
        prepared = prepare(location, progress=bar.stage)
    if fix:
        return int(fix_stamps(location, prepared, apply=yes, quiet=verbosity < 0) > 0)
    site = prepared.result.site
    report = Report(
        (*prepared.contents.diagnostics, *site.diagnostics),
        location.config.severity,
        prepared.result.vault,
        prepared.contents,
    )
    report.show(style, verbosity if verbosity < 0 else verbosity + 1, strict=strict)
    if verbosity >= 0 and style == "text":
        notes = len(prepared.result.vault.facts)
        report.summary(f"{counted(notes, 'note')}, {counted(site.links, 'link')}", None, None, verbosity)
    return report.exit_code(strict)
