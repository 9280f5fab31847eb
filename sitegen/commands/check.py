"""``sitegen check``: what is wrong with a vault, without writing anything."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from sitegen.commands.prepare import prepare, undamaged
from sitegen.disk.cache import Cache, open_cache
from sitegen.disk.site import Location, locate
from sitegen.pool import Workers
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted


def check_command(vault: Path | None, workers: Workers, *, strict: bool, style: str, verbosity: int) -> int:
    """Report every problem; returns the exit code: 0, or 1 if there are errors (with ``strict``, warnings)."""
    location = locate(vault, None)
    with open_cache(location, writable=False) as cache, closing(workers):
        lines, report = undamaged(cache, lambda: _check(location, cache, workers, strict, style, verbosity))
    for line in lines:
        click.echo(line)
    return report.exit_code(strict)


def _check(
    location: Location, cache: Cache, workers: Workers, strict: bool, style: str, verbosity: int
) -> tuple[list[str], Report]:
    lines: list[str] = []
    with Bar(enabled=verbosity >= 0 and style == "text") as bar:
        prepared = prepare(location, cache, progress=bar.stage, workers=workers)
    site = prepared.result.site
    found = (*prepared.contents.diagnostics, *site.diagnostics)
    report = Report(found, location.config.severity, prepared.result.vault, prepared.contents, lines.append)
    report.show(style, verbosity if verbosity < 0 else verbosity + 1, strict=strict)
    if verbosity >= 0 and style == "text":
        notes = len(prepared.result.vault.facts)
        lines += report.summary(f"{counted(notes, 'note')}, {counted(site.links, 'link')}", verbosity)
    return lines, report
