"""What became of pages from one build to the next: which moved where, which are gone and why, which note was saved."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sitegen.build import Result
from sitegen.disk.read import Contents
from sitegen.disk.scan import changed_in, digest_in, size_in
from sitegen.memo import Lost
from sitegen.model import CopiedFile, Rendered
from sitegen.paths import note_url
from sitegen.preview.snapshot import Gone, Snapshot

_HELD = 64  # notes that may change at once and still have their last good pages kept
_FOLLOWED = 5  # notes that may be saved together and still count as one that somebody writes
_REMEMBERED = 1000  # addresses of pages that moved or went


class Moment(NamedTuple):
    """What was read and what was made of it; nothing before the first build."""

    contents: Contents | None
    result: Result | None

    def url(self, note: str) -> str | None:
        """The address of a note's page."""
        if self.result is not None:
            with suppress(Lost):
                ref = self.result.vault.refs.get(note)
                return ref.url if ref is not None else None
        return None

    def text(self, note: str) -> str:
        """What tells a note's text from others; nothing if it has none."""
        state = self.contents.states.get(note) if self.contents is not None else None
        return digest_in(state).decode() if state is not None and size_in(state) > 0 else ""

    def digest(self, note: str) -> str | None:
        """What tells a note's text from others; None if there is no such note."""
        state = self.contents.states.get(note) if self.contents is not None else None
        return digest_in(state).decode() if state is not None else None


def differing(before: Contents, after: Contents, vault: Path) -> tuple[str, ...]:
    """The files of a vault that came, went or differ. What is not read any more though it is there has not gone."""
    old, new = _identities(before), _identities(after)
    gone = (path for path in old.keys() - new.keys() if not os.path.lexists(vault / before.names.get(path, path)))
    return tuple(sorted(gone)) + tuple(path for path, file in new.items() if old.get(path) != file)


def _identities(contents: Contents) -> dict[str, object]:
    """What tells each file from others at its path."""
    notes: dict[str, object] = {path: digest_in(state) for path, state in contents.states.items()}
    return notes | {asset.path: (asset, notes[asset.path]) for asset in contents.assets}


def moves(
    snapshot: Snapshot, changed: tuple[str, ...], before: Moment, after: Moment, pages: Mapping[str, bytes]
) -> tuple[Mapping[str, str], Mapping[str, Gone]]:
    """The pages that moved, with their new addresses, and those that went; what ``snapshot`` knows of earlier ones included.

    ``pages`` are those that changed notes had before, by address: the last good text of one that cannot be read.
    """
    notes = [path for path in changed if path.lower().endswith(".md")]
    came = {digest: note for note in notes if not before.digest(note) and (digest := after.digest(note))}
    moved = {**snapshot.moved, **dict(_came_late(snapshot.gone, notes, came, after))}
    # What went for one reason may now be away for another: a text that could not be read turns out to be a draft.
    gone = {
        old: _gone(why.note, after, why.page) if why.note in notes else replace(why, text="")
        for old, why in snapshot.gone.items()
    }
    for note in notes:
        old, new = before.url(note), after.url(note)
        if old is not None and new is None and after.digest(note) is None:
            renamed = came.get(before.digest(note) or "")
            new = after.url(renamed) if renamed is not None else None
        if old is None and new is None and after.digest(note) is not None:
            # nobody has seen it yet, but its writer may look
            gone.setdefault(note_url(note), _gone(note, after, b""))
        if old is not None and old != new:
            if new is not None:
                moved[old] = new
            else:
                gone[old] = _gone(note, after, pages.get(old, b""), before.text(note))
    for old, new in list(moved.items()):  # a page that moved twice
        if new in moved and moved[new] != old:
            moved[old] = moved[new]
    there = after.result.site.artifacts if after.result is not None else {}
    moved = {old: new for old, new in moved.items() if old not in there and new in there}
    gone = {old: why for old, why in gone.items() if old not in there and old not in moved}
    return dict(list(moved.items())[-_REMEMBERED:]), dict(list(gone.items())[-_REMEMBERED:])


def _came_late(
    gone: Mapping[str, Gone], notes: Collection[str], came: Mapping[str, str], after: Moment
) -> Iterator[tuple[str, str]]:
    """The pages that were gone and are there again, and under which address; ``came`` are new notes by the digest of their text.

    A folder that is read while a note in it is renamed may show neither name.
    """
    for old, why in gone.items():
        note = why.note if why.note in notes else came.get(why.text)
        new = after.url(note) if note is not None else None
        if new is not None:
            yield old, new


def _gone(note: str, after: Moment, page: bytes, text: str = "") -> Gone:
    if after.digest(note) is None or after.result is None:
        return Gone(note, "deleted", text=text)
    problems = after.result.notes[note].diagnostics
    withheld = any(problem.code == "withheld-note" for problem in problems)
    return Gone(note, "withheld" if withheld else "draft", problems if withheld else (), page if withheld else b"")


def last_pages(snapshot: Snapshot, changed: tuple[str, ...], before: Moment) -> dict[str, bytes]:
    """The pages that notes had before they changed, by address; to be asked for while they can still be read."""
    pages = dict[str, bytes]()
    for url in [before.url(note) for note in changed] if len(changed) <= _HELD else ():
        content = snapshot.content(url) if url is not None else None
        if url is not None and content is not None and not isinstance(content, CopiedFile):
            with suppress(Lost):
                pages[url] = content.read() if isinstance(content, Rendered) else content
    return pages


def saved(changed: tuple[str, ...], before: Moment, after: Moment) -> str:
    """The address of the note that somebody has just saved; "" if many changed at once, as when a branch is checked out."""
    notes = [path for path in changed if path.lower().endswith(".md") and after.url(path) is not None]
    if not notes or len(notes) > _FOLLOWED or after.contents is None:
        return ""
    states = after.contents.states
    return after.url(max(notes, key=lambda note: (changed_in(states[note]), note))) or ""
