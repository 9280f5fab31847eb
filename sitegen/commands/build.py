"""``sitegen build``: a vault becomes a site."""

from __future__ import annotations

import time
from pathlib import Path

from sitegen.commands.prepare import prepare
from sitegen.disk.site import locate
from sitegen.disk.write import check_output, write
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted


def build_command(
    vault: Path | None,
    output: Path | None,
    *,
    strict: bool,
    base_url: str | None,
    drafts: bool,
    style: str,
    verbosity: int,
) -> int:
    """Build and write; returns the exit code: 0, or 1 if there are errors (with ``strict``, warnings)."""
    started = time.perf_counter()
    location = locate(vault, output)
    check_output(location.output, location.vault)  # before the work, not after it
    with Bar(enabled=verbosity >= 0 and style == "text") as bar:
        prepared = prepare(location, base_url=base_url, drafts=drafts, progress=bar.stage)
        site = prepared.result.site
        written = write(
            site, location.output, location.vault, lambda done, total: bar.stage("writing", done, total), drafts=drafts
        )
    report = Report(
        (*prepared.contents.diagnostics, *site.diagnostics),
        location.config.severity,
        prepared.result.vault,
        prepared.contents,
    )
    report.show(style, verbosity, strict=strict)
    if verbosity >= 0 and style == "text":
        seconds = time.perf_counter() - started
        made = f"{counted(site.pages, 'page')}, {counted(site.links, 'link')} in {seconds:.1f} s"
        report.summary(made, location.output, written, verbosity)
    return report.exit_code(strict)
