"""``sitegen check --fix``: stamps that say another time than they mean are written anew in the notes themselves."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence

import click

from sitegen.commands.prepare import Prepared
from sitegen.disk.mend import MendError, replace_lines
from sitegen.disk.site import Location
from sitegen.model import Source, Unread
from sitegen.readings import note_stamps
from sitegen.stages.mending import Mended, Unmended, Written, mend
from sitegen.terminal.report import counted
from sitegen.video.reading import NoteReading


def fix_stamps(location: Location, prepared: Prepared, *, apply: bool, quiet: bool) -> int:
    """Show what would change and, if the user agrees or ``apply`` is set, change it; returns how many notes failed."""
    sources = {s.path: s.read() if isinstance(s, Unread) else s for s in prepared.contents.sources}
    found, unmended = _mend_all(prepared, sources)
    unwritable = _write(location, prepared, sources, found, dry=True)
    mended = [note for note in found if note.path not in unwritable]
    if not quiet:
        for note in mended:
            _show(note)
    for refused in unmended:
        click.echo(f"{refused.path}: left as it is, because {refused.reason}")
    if not mended:
        click.echo(
            "No other time stamp needs to be written anew." if found else "No time stamp needs to be written anew."
        )
        return len(unwritable)
    what = f"{counted(sum(note.stamps for note in mended), 'time stamp')} in {counted(len(mended), 'note')}"
    if not apply and not (_asks() and click.confirm(f"Write {what} anew?")):
        click.echo(f"{what} would be written anew. Nothing was changed; sitegen check --fix --yes does it.")
        return len(unwritable)
    failed = _write(location, prepared, sources, mended)
    done = [note for note in mended if note.path not in failed]
    stamps = counted(sum(note.stamps for note in done), "time stamp")
    click.echo(f"{stamps} in {counted(len(done), 'note')} written anew.")
    return len(failed) + len(unwritable)


def _mend_all(prepared: Prepared, sources: dict[str, Source]) -> tuple[list[Mended], list[Unmended]]:
    result, settings = prepared.result, prepared.settings
    mended: list[Mended] = []
    refused: list[Unmended] = []
    facts, places = result.vault.facts, result.vault.places
    # A note on a recording that is not there is alone.
    alone = [(path,) for path in facts if facts[path].media is not None and places[path].video is None]
    for paths in (*result.vault.videos.values(), *alone):
        notes = [
            Written(
                sources[path],
                result.notes[path],
                note_stamps(facts[path], settings.forms),
                NoteReading(result.vault.places[path].readings, result.vault.places[path].verdict),
            )
            for path in paths
        ]
        better, worse = mend(notes, settings.dialect)
        mended += better
        refused += worse
    return sorted(mended, key=lambda note: note.path), sorted(refused, key=lambda note: note.path)


def _show(note: Mended) -> None:
    """A unified diff, as patch reads it."""
    before, after = note.before.split("\n"), note.after.split("\n")
    diff = difflib.unified_diff(before, after, f"a/{note.path}", f"b/{note.path}", n=0, lineterm="")
    colours = {"-": "red", "+": "green", "@": "cyan"}
    for line in diff:
        header = line.startswith(("--- ", "+++ "))
        click.echo(click.style(line, fg=None if header else colours.get(line[:1]), bold=header))


def _asks() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _write(
    location: Location, prepared: Prepared, sources: dict[str, Source], mended: Sequence[Mended], *, dry: bool = False
) -> set[str]:
    """Write the notes, or only try whether they can be; returns those that cannot, of which it says why."""
    failed = set()
    for note in mended:
        name = prepared.contents.names.get(note.path, note.path)
        try:
            replace_lines(location.vault, name, sources[note.path].digest, note.before, note.after, dry=dry)
        except MendError as problem:
            failed.add(note.path)
            click.echo(f"{note.path}: left as it is, because {problem}", err=True)
    return failed
