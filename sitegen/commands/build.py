"""``sitegen build``: a vault becomes a site."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from sitegen.commands.prepare import Prepared, prepare, undamaged
from sitegen.disk import unchanged
from sitegen.disk.cache import Cache, cache_root, open_cache
from sitegen.disk.dates import head_files
from sitegen.disk.read import exclusions, not_content
from sitegen.disk.scan import FileState, Look, digest_in, is_settled, now
from sitegen.disk.site import CONFIG_NAME, Location, locate
from sitegen.disk.theme import theme_folders
from sitegen.disk.write import Written, check_output, write
from sitegen.pool import Workers
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted

_last: list[object] = []


class Run(Struct, frozen=True):
    """How one ``sitegen build`` was asked for. ``arguments`` are the command line's, if there is one."""

    vault: Path | None
    output: Path | None
    strict: bool
    base_url: str | None
    drafts: bool
    style: str
    verbosity: int
    use_cache: bool
    arguments: Sequence[str] | None


def build_command(run: Run, workers: Workers) -> int:
    """Build and write; returns the exit code: 0, or 1 if there are errors (with ``strict``, warnings)."""
    started = time.perf_counter()
    witness = _Witness(locate(run.vault, run.output))
    location = locate(run.vault, run.output)  # again: what is read must not be older than its witness
    check_output(location.output, location.vault)  # before the work, not after it
    lines: list[str] = []
    seen = unchanged.take_look()

    def wait() -> None:
        nonlocal seen
        seen = None  # whoever edited a note meanwhile wants to see it
        click.echo("another build of this site is under way; waiting for it", err=True)

    with open_cache(location, wanted=run.use_cache, lasting=False, waiting=wait) as cache, closing(workers):
        prepared, written, report = undamaged(cache, lambda: _build(run, location, cache, workers, lines, seen))
        settled = prepared.contents.settled(cache.seen)
        cache.save(location.output, settled, written.files)
        seconds = time.perf_counter() - started
        _print(lines, _summary(run, location, prepared, report, written, f"{seconds:.1f}"))
        if run.verbosity > 0 and cache.remark:
            click.echo(cache.remark)
        code = report.exit_code(run.strict)
        if run.arguments is not None and cache.folder is not None:
            still = replace(written, changed=0, removed=0, same=written.changed + written.same)
            text = [*lines, *_summary(run, location, prepared, report, still, unchanged.SECONDS)]
            with suppress(OSError, UnicodeError):
                witness.testify(run.arguments, location, prepared, written, settled, text, code, cache.identity)
    if run.arguments is not None:
        _last.append((cache, prepared, written, report))  # the process ends now, and need not free it all first
    return code


def _build(
    run: Run, location: Location, cache: Cache, workers: Workers, lines: list[str], seen: Look | None
) -> tuple[Prepared, Written, Report]:
    lines.clear()
    with Bar(enabled=run.verbosity >= 0 and run.style == "text") as bar:
        prepared = prepare(
            location, cache, base_url=run.base_url, drafts=run.drafts, progress=bar.stage, workers=workers, seen=seen
        )
        site = prepared.result.site
        written = write(
            site,
            location.output,
            location.vault,
            lambda done, total: bar.stage("writing", done, total),
            drafts=run.drafts,
            known=cache.written,
        )
    found = (*prepared.contents.diagnostics, *site.diagnostics)
    report = Report(found, location.config.severity, prepared.result.vault, prepared.contents, lines.append)
    report.show(run.style, run.verbosity, strict=run.strict)
    return prepared, written, report


def _print(*parts: Sequence[str]) -> None:
    for lines in parts:
        for line in lines:
            click.echo(line)


def _summary(
    run: Run, location: Location, prepared: Prepared, report: Report, written: Written, seconds: str
) -> list[str]:
    if run.verbosity < 0 or run.style != "text":
        return []
    site = prepared.result.site
    made = f"{counted(site.pages, 'page')}, {counted(site.links, 'link')} in {seconds} s"
    return report.summary(made, run.verbosity, location.output, written)


class _Witness:
    """Sees what a build depends on before it is read, and testifies afterwards (see `disk.unchanged`)."""

    def __init__(self, location: Location) -> None:
        self._location, self._looked = location, now()
        start = location.vault
        configs = [str(folder / CONFIG_NAME) for folder in (start, *start.parents, location.root, Path.cwd())]
        history = head_files(location.vault) if location.config.git_dates else ()
        self._files = unchanged.digests([*configs, str(location.vault / ".obsidian" / "app.json"), *history])
        self._theme = unchanged.theme_states(theme_folders(location.root))
        self._theme_age = unchanged.newest(theme_folders(location.root))

    def testify(
        self,
        arguments: Sequence[str],
        location: Location,
        prepared: Prepared,
        written: Written,
        settled: Mapping[str, FileState],
        text: Sequence[str],
        code: int,
        identity: str,
    ) -> None:
        contents, names = prepared.contents, list(prepared.result.site.artifacts)
        young = {p: digest_in(state).decode() for p, state in contents.states.items() if p not in settled}
        texts = {source.path for source in contents.transcripts}.union(p for p in young if p.lower().endswith(".md"))
        lines = "\n".join(names)
        doubtful = location != self._location or not is_settled(self._theme_age, self._looked)
        if doubtful or not young.keys() <= texts or lines.count("\n") >= max(len(names), 1):
            return  # what has only just been changed may change again unseen
        record: dict[str, Any] = {
            "identity": identity,
            "files": self._files,
            "vault": str(location.vault),
            "skipped": not_content(location),
            "rules": exclusions(location),
            "seen": unchanged.seen_states(contents.states, [f"{d.path}: {d.message}" for d in contents.diagnostics]),
            "young": {str(location.vault / path): digest for path, digest in young.items()},
            "theme": theme_folders(location.root),
            "theme_seen": self._theme,
            "output": str(location.output),
            "names": lines,
            "written": unchanged.put_states(written.files, names, str(location.output)),
            "code": code,
            "text": "".join(f"{line}\n" for line in text),
        }
        unchanged.leave(str(cache_root(location)), arguments, record)
