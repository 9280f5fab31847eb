"""The command line: verbs, their options, exit codes. What a verb does is in `commands`.

Exit codes: 0 success, 1 errors in the vault (with --strict, warnings too), 2 wrong usage or settings.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitegen import __version__

if TYPE_CHECKING:
    from sitegen.pool import Workers

_VAULT = click.argument("vault", required=False, type=click.Path(path_type=Path, file_okay=False))
_STRICT = click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
_FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    help="How problems are printed.",
    show_default=True,
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
_JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to use. Default: one a core; 1 saves memory.",
)
_EXECUTOR = click.option(
    "--executor",
    metavar="ADDRESS",
    help="A Dask cluster that does the work, such as tcp://host:8786 (needs sitegen[dask]).",
)
_VERBOSE = click.option("-v", "--verbose", count=True, help="Print every problem; twice, with every place.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Turn a folder of Obsidian notes into a website."""


@main.command("build")
@_VAULT
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write. Default: public/ beside sitegen.toml, else beside the vault.",
)
@_STRICT
@click.option("--base-url", metavar="URL", help="Where the site will be, for canonical links, sitemap and feed.")
@click.option("--drafts", is_flag=True, help="Show notes marked as drafts too.")
@_FORMAT
@click.option("--no-cache", is_flag=True, help="Make everything anew, and keep nothing for the next build.")
@_JOBS
@_EXECUTOR
@_QUIET
@_VERBOSE
@click.pass_obj
def build_verb(
    arguments: list[str] | None,
    vault: Path | None,
    output: Path | None,
    strict: bool,
    base_url: str | None,
    drafts: bool,
    style: str,
    no_cache: bool,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    verbose: int,
) -> None:
    """Build the site of VAULT, any folder of notes (default: the site this folder belongs to)."""
    from sitegen.commands.build import Run, build_command

    verbosity = -1 if quiet else verbose
    run = Run(vault, output, strict, base_url, drafts, style, verbosity, not no_cache, arguments)
    _run(lambda: build_command(run, _workers(jobs, executor)))


@main.command("check")
@_VAULT
@_STRICT
@click.option("--fix", is_flag=True, help="Show which time stamps would be written anew, and ask whether to.")
@click.option("-y", "--yes", is_flag=True, help="With --fix: do not ask.")
@_FORMAT
@_JOBS
@_EXECUTOR
@_QUIET
@_VERBOSE
def check_verb(
    vault: Path | None,
    strict: bool,
    fix: bool,
    yes: bool,
    style: str,
    jobs: int | None,
    executor: str | None,
    quiet: bool,
    verbose: int,
) -> None:
    """Report what is wrong with VAULT: dead links, bad properties, unsure time stamps. Writes nothing, except with --fix."""
    from sitegen.commands.check import Check, check_command

    if yes and not fix:
        raise click.UsageError("--yes goes with --fix")
    if fix and style != "text":
        raise click.UsageError("--fix prints a diff, which has no other --format than text")
    check = Check(vault, strict, fix, yes, style, -1 if quiet else verbose)
    _run(lambda: check_command(check, _workers(jobs, executor)))


@main.command("serve")
@_VAULT
@click.option(
    "-p",
    "--port",
    default="8000",
    show_default=True,
    metavar="N",
    callback=lambda context, option, value: _port(value),
    help='Port to serve at; "auto" for the next free one from 8000 on.',
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to serve at; others let your network read the site."
)
@click.option("--open", "browse", is_flag=True, help="Open the site in the browser.")
@click.option("--drafts", is_flag=True, help="Show notes marked as drafts too.")
@click.option("--follow", is_flag=True, help="Let the browser go to each note that is saved.")
@click.option(
    "--editor",
    default="",
    metavar="NAME",
    envvar="SITEGEN_EDITOR",
    help="What opens a note from its page: obsidian, vscode, ..., none, or an address with {path} and {line}.",
)
@_JOBS
@_QUIET
@_VERBOSE
def serve_verb(
    vault: Path | None,
    port: int | None,
    host: str,
    browse: bool,
    drafts: bool,
    follow: bool,
    editor: str,
    jobs: int | None,
    quiet: bool,
    verbose: int,
) -> None:
    """Show the site of VAULT in the browser while you write: each saved change appears in the open page."""
    from sitegen.commands.serve import Serve, serve_command

    serve = Serve(vault, host, port, browse, drafts, follow, editor, -1 if quiet else verbose)
    _run(lambda: serve_command(serve, _workers(jobs, None)))


def _port(value: str) -> int | None:
    """A port's number; None for "auto"."""
    if value == "auto":
        return None
    if not value.isdecimal() or int(value) > 65535:
        raise click.BadParameter('it must be a number up to 65535, or "auto"')
    return int(value)


def _workers(jobs: int | None, executor: str | None) -> Workers:
    from sitegen import pool

    return pool.cluster(executor) if executor is not None else pool.local(jobs)


def _run(verb: Callable[[], int]) -> None:
    from sitegen.config import ConfigError
    from sitegen.disk.write import OutputError
    from sitegen.pool import WorkerError
    from sitegen.stages.render import RenderError

    # A build makes millions of small objects and next to no cycles; looking for those takes a tenth of its time.
    gc.disable()
    try:
        code = verb()
    except (ConfigError, OutputError, RenderError, WorkerError) as problem:
        click.echo(click.style("error", fg="red", bold=True) + f": {problem}", err=True)
        code = 2
    sys.exit(code)


def run() -> None:
    """The ``sitegen`` command: `main`, and then out at once.

    Freeing a site's objects one by one, only for the process to end, would take a twentieth of a build.
    """
    code = 0
    try:
        main(prog_name="sitegen", obj=sys.argv[1:])
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
