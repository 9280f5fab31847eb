"""``sitegen check``: what is wrong with a vault, without writing anything unless it is asked to mend stamps."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
from msgspec import Struct

from sitegen.commands.fix import fix_stamps
from sitegen.commands.prepare import prepare, undamaged
from sitegen.disk.cache import Cache, open_cache
from sitegen.disk.site import Location, locate
from sitegen.pool import Workers
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted


class Check(Struct, frozen=True):
    """How one ``sitegen check`` was asked for."""

    vault: Path | None
    strict: bool
    fix: bool
    yes: bool
    style: str
    verbosity: int


def check_command(check: Check, workers: Workers) -> int:
    """Report every problem; returns the exit code: 0, or 1 if there are errors (with ``strict``, warnings).

    With ``fix`` show the time stamps that can be mended, and mend them if the user agrees or ``yes`` is set; 1 where one could not be.
    """
    location = locate(check.vault, None)
    with open_cache(location, writable=False, lasting=False) as cache, closing(workers):
        lines, code = undamaged(cache, lambda: _check(check, location, cache, workers))
    for line in lines:
        click.echo(line)
    return code


def _check(check: Check, location: Location, cache: Cache, workers: Workers) -> tuple[list[str], int]:
    """What is to be said, and the exit code."""
    with Bar(enabled=check.verbosity >= 0 and check.style == "text") as bar:
        prepared = prepare(location, cache, progress=bar.stage, workers=workers)
    if check.fix:
        return [], int(fix_stamps(location, prepared, apply=check.yes, quiet=check.verbosity < 0) > 0)
    lines: list[str] = []
    site, verbosity = prepared.result.site, check.verbosity
    found = (*prepared.contents.diagnostics, *site.diagnostics)
    report = Report(found, location.config.severity, prepared.result.vault, prepared.contents, lines.append)
    report.show(check.style, verbosity if verbosity < 0 else verbosity + 1, strict=check.strict)
    if verbosity >= 0 and check.style == "text":
        notes = len(prepared.result.vault.facts)
        lines += report.summary(f"{counted(notes, 'note')}, {counted(site.links, 'link')}", verbosity)
    return lines, report.exit_code(check.strict)
