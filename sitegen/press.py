"""From the vault to the files of its site: notes' pages and copies. Part of `build`; what features make is `asking`'s.

A file is known by the fingerprint of what it shows; it is made only if that is new, and made again only if somebody
asks for bytes that nobody kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sitegen.codec import decode, digest, encode, fingerprint, joined
from sitegen.diagnostics import Diagnostic
from sitegen.extensions import Check
from sitegen.memo import Entry, Memo, Ref
from sitegen.model import Artifact, Asset, CopiedFile, Facts, Needs, Note, Page, Rendered, SiteInfo, Theme, Vault
from sitegen.pool import Workers
from sitegen.stages.needs import is_shipped
from sitegen.stages.render import STATIC
from sitegen.work import Frame, MadePage, PageJob, PlacedNote, joined_note, make_pages, packed, page_of

V = TypeVar("V")


class Notes(Struct, frozen=True):
    """The notes of a vault as entries of the memo, and as values for whoever needs one."""

    entries: dict[str, Entry]
    memo: Memo

    def facts(self, path: str) -> Facts:
        """What others may need of a note, without line numbers: an edit that moves lines changes nothing for them."""

        def load() -> Facts:
            facts = self.memo.get(self.entries[path].outputs[0], Facts, path)
            return replace(facts, stamps=self.memo.alike(facts.stamps))

        return self.memo.live("facts", path, self.entries[path].outputs[0], load)

    def value(self, stage: str, path: str, ref: Ref, kind: type[V]) -> V:
        """What ``ref`` leads to, kept for as long as this process remembers."""
        return self.memo.live(stage, path, ref, lambda: self.memo.get(ref, kind, path))

    def note(self, path: str) -> Note:
        entry = self.entries[path]
        return joined_note(*self.parts(path), entry.inputs.decode(), entry.extra)

    def parts(self, path: str) -> tuple[bytes, bytes]:
        """The facts and the rest of a note as bytes."""
        facts, rest = self.entries[path].outputs
        return self.memo.blob(facts, path), self.memo.blob(rest, path)


class Press:
    """Makes a site's files; ``artifacts`` are those so far, by address."""

    def __init__(
        self,
        notes: Notes,
        places: Mapping[str, Entry],
        vault: Vault,
        theme: Theme,
        site: SiteInfo,
        checks: tuple[Check, ...],
        memo: Memo,
    ) -> None:
        self.artifacts: dict[str, Artifact] = {}
        self._notes, self._places, self._vault = notes, places, vault
        self._theme, self._site, self._checks, self._memo = theme, site, checks, memo
        self._frame = joined(theme.digest, fingerprint(site))  # what all files have in common
        self._packed: bytes | None = None
        self._spoken = {video: encode(said) for video, said in vault.transcripts.items()}
        self.made: dict[str, Entry] = {}  # what is known of each note's page

    def add(self, artifact: Artifact) -> None:
        if artifact.url in self.artifacts:
            raise AssertionError(f"two artifacts claim {artifact.url}")
        self.artifacts[artifact.url] = artifact

    # ---- notes' pages --------------------------------------------------------------------------------

    def pages(self, tell: Any, workers: Workers) -> dict[str, Entry]:
        """Make the page of every note; the entries hold, by path, each page's fingerprint, its
        passages, what it needs and its diagnostics."""
        memo, listed = self._memo, set(self._vault.folder_notes.values())  # whose pages show a folder too
        shown = joined(*(f"{check.__module__}:{check.__qualname__}" for check in self._checks))
        resolved, rendered = memo.last("resolve", shown), memo.last("render", self._frame)
        pages, files = dict[str, Entry](), dict[str, Entry]()
        inputs = {path: self._inputs(path, place) for path, place in self._places.items()}
        todo: list[tuple[str, bytes]] = []
        for path, wanted in inputs.items():
            page, file = resolved.get(path), rendered.get(path)
            if page is not None and page.inputs == wanted:
                pages[path] = page
                if path in listed or (file is not None and file.inputs == page.outputs[0].fingerprint):
                    if file is not None and path not in listed:
                        files[path] = file
                    continue
            todo.append((path, file.inputs if file is not None else b""))
        jobs = (self._job(path, known, path not in listed) for path, known in todo)
        done = workers.run(make_pages, self._shared(), jobs, len(todo), lambda job: job.note.path)
        for number, ((path, _), made) in enumerate(zip(todo, done, strict=True)):
            tell("rendering", number, len(todo))
            if path not in pages:
                memo.ran.append(("resolve", path))
                extra = encode((made.needs, made.problems)) if made.needs or made.problems else b""
                pages[path] = Entry(inputs[path], (known(made.page_print), memo.put(made.passages)), extra)
            if made.html is not None:
                memo.ran.append(("render", path))
                files[path] = self._file(path, made)
            elif path not in listed:
                files[path] = rendered[path]
        self.made = {path: pages[path] for path in self._places}
        ordered = {path: files[path] for path in self._places if path in files}
        memo.keep("resolve", shown, self.made)
        memo.keep("render", self._frame, ordered)
        for path, file in ordered.items():
            self.add(self.rendered(file.extra.decode(), file.outputs[0], partial(self._html, path), path))
        return self.made

    def _inputs(self, path: str, place: Entry) -> bytes:
        """All that a page is made of: its note and place, and those of the notes it embeds."""
        notes = self._notes.entries
        facts, rest = notes[path].outputs
        own = facts.check + rest.check + place.outputs[0].check + self._said_print(path)
        for other in decode(place.extra, tuple[str, ...]) if place.extra else ():
            facts, rest = notes[other].outputs
            own += facts.check + rest.check + self._places[other].outputs[0].check
        return own

    def _said_print(self, path: str) -> bytes:
        """What tells the transcript of the note's video from others, b"" if it has none."""
        return digest(said) if self._spoken and (said := self._transcript(path)) else b""

    def _transcript(self, path: str) -> bytes:
        video = self._vault.places[path].video if self._spoken else None
        return self._spoken.get(video.id, b"") if video is not None else b""

    def _job(self, path: str, known: bytes, shown: bool) -> PageJob:
        extra = self._places[path].extra
        embedded = tuple(self._placed(other) for other in decode(extra, tuple[str, ...])) if extra else ()
        return PageJob(self._placed(path), embedded, self._transcript(path), known, shown)

    def _placed(self, path: str) -> PlacedNote:
        return PlacedNote(path, *self._notes.parts(path), self._memo.blob(self._places[path].outputs[0], path))

    def _shared(self) -> bytes:
        if self._packed is None:
            self._packed = packed(Frame(self._theme, self._site, self._checks))
        return self._packed

    def _file(self, path: str, made: MadePage) -> Entry:
        assert made.html is not None
        url = self._vault.places[path].ref.url
        return Entry(made.page_print, (self._memo.put((b"", made.html), spool=True),), url.encode())

    def rendered(self, url: str, ref: Ref, again: Callable[[], bytes], note: str | None = None) -> Artifact:
        """A file whose bytes are in the spool; ``again`` makes those of an earlier build, which nobody kept."""

        def read() -> bytes:
            data = self._memo.spool.get(ref)
            return again() if data is None else data

        return Artifact(url, Rendered(ref.check.hex(), ref.size, read), note)

    def _html(self, path: str) -> bytes:
        html = make_pages(self._shared(), [self._job(path, b"", True)])[0].html
        assert html is not None
        return html

    def page(self, path: str) -> Page:
        """The page of a note."""
        return page_of(self._job(path, b"", True))

    def needs(self, path: str) -> bytes:
        """What the body of a note's page asks for, as encoded `Needs`; b"" for nothing."""
        extra = self.made[path].extra
        return decode(extra, tuple[bytes, bytes])[0] if extra else b""

    # ---- copies --------------------------------------------------------------------------------------

    def copies(self, assets: Iterable[Asset]) -> None:
        """The attachments in use and the theme's files."""
        by_path = {asset.path: asset for asset in assets}
        for path, url in self._vault.assets.items():
            asset = by_path[path]
            self.add(Artifact(url, CopiedFile(asset.name or path, asset.digest, asset.size)))
        asked = {needs for path in self.made if (needs := self.needs(path))}
        names = {name for item in asked for found in [decode(item, Needs)] for name in (*found.sheets, *found.scripts)}
        for name, file in self._theme.static.items():
            if is_shipped(name, frozenset(names)):
                self.add(Artifact(STATIC + name, file))


def problems_of(page: Entry) -> tuple[Diagnostic, ...]:
    """The diagnostics of a note's page."""
    problems = decode(page.extra, tuple[bytes, bytes])[1] if page.extra else b""
    return decode(problems, tuple[Diagnostic, ...]) if problems else ()


def known(print_: bytes) -> Ref:
    """A value that is compared and not kept."""
    return Ref(print_, b"", -1, 0)
