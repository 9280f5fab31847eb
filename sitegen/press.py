"""From the vault to the files of its site: notes' pages and copies. Part of `build`; what features make is `asking`'s.

A file is known by the fingerprint of what it shows; it is made only if that is new, and made again only if somebody
asks for bytes that nobody kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.codec import decode, encode, fingerprint, joined
from sitegen.diagnostics import Diagnostic
from sitegen.extensions import Check
from sitegen.memo import Entry, Memo, Ref, Shelf
from sitegen.model import Artifact, Asset, CopiedFile, Facts, Needs, Note, Page, Prose, Rendered, SiteInfo, Theme, Vault
from sitegen.pool import Workers
from sitegen.stages.needs import is_shipped
from sitegen.stages.render import STATIC
from sitegen.tracing import needs_of
from sitegen.words import words_of
from sitegen.work import Frame, MadePage, PageJob, PlacedNote, joined_note, make_pages, packed, page_of

_WRITTEN = attrgetter("written", "fields")


class Notes(Struct, frozen=True):
    """The notes of a vault as entries of the memo, and as values for whoever needs one."""

    entries: dict[str, Entry]
    memo: Memo

    def facts(self, path: str) -> Facts:
        """What others may need of a note, without line numbers: an edit that moves lines changes nothing for them."""
        facts = self.memo.get(self.entries[path].outputs[0], Facts, path)
        return replace(facts, stamps=self.memo.alike(facts.stamps, _WRITTEN))

    def note(self, path: str) -> Note:
        entry = self.entries[path]
        return joined_note(*self.parts(path), entry.inputs.decode(), entry.extra)

    def prose(self, path: str) -> Prose:
        """The text of a note."""
        return self.memo.get(self.entries[path].outputs[2], Prose, path)

    def parts(self, path: str) -> tuple[bytes, bytes]:
        """The facts and the rest of a note as bytes."""
        facts, rest = self.entries[path].outputs[:2]
        return self.memo.blob(facts, path), self.memo.blob(rest, path)


class File(NamedTuple):
    """A file of the site before anybody wants it: where its bytes are, and whose it is.

    Either the page of a ``note``; or made by the feature with this number, in a ``recipe`` of its or not (without a ``ref``
    it is a view, known by its address); or a ``copy``.
    """

    ref: Ref | None = None
    note: str | None = None
    feature: int = -1
    recipe: str | None = None
    copy: CopiedFile | bytes = b""


class Press:
    """Makes a site's files. ``mentioned`` has the notes that are mentioned in others, ``spoken`` says where the transcripts of
    videos lie."""

    def __init__(
        self,
        notes: Notes,
        places: Mapping[str, Entry],
        vault: Vault,
        mentioned: Mapping[str, Entry],
        spoken: Mapping[str, Ref],
        theme: Theme,
        site: SiteInfo,
        checks: tuple[Check, ...],
        memo: Memo,
    ) -> None:
        self._notes, self._places, self._vault, self._spoken = notes, places, vault, spoken
        self._mentioned = mentioned
        self._theme, self._site, self._checks, self._memo = theme, site, checks, memo
        self._frame = joined(theme.digest, fingerprint(site))  # what all files have in common
        self._packed: bytes | None = None
        self._said = self._transcripts()
        self.made: dict[str, Entry] = {}  # what is known of each note's page

    # ---- notes' pages --------------------------------------------------------------------------------

    def pages(self, tell: Any, workers: Workers) -> dict[str, Entry]:
        """Make the page of every note; the entries hold, by path, each page's fingerprint, its
        passages, what it needs and its diagnostics."""
        memo, listed = self._memo, set(self._vault.folder_notes.values())  # whose pages show a folder too
        checks = (f"{check.__module__}:{check.__qualname__}" for check in self._checks)
        shown = joined(words_of(self._site.language).language, *checks)
        pages, files = memo.last("resolve", shown), memo.last("render", self._frame)
        inputs = self._inputs()
        if list(pages) == list(inputs):
            pairs = zip(inputs.items(), pages.values(), strict=True)
            stale = {path for (path, wanted), page in pairs if page.inputs != wanted}
        else:
            stale = {path for path, wanted in inputs.items() if path not in pages or pages[path].inputs != wanted}
        # a page that is not stale has its file, as the last build left both, unless it had none then
        due = stale | (inputs.keys() - files.keys() - listed)
        todo = [path for path in inputs if path in due]
        if todo or len(pages) != len(inputs) or len(files) != len(inputs) - len(listed):
            pages, files = dict(pages), dict(files)
            jobs = (self._job(path, files[path].inputs if path in files else b"", path not in listed) for path in todo)
            done = workers.run(make_pages, self._shared(), jobs, len(todo), lambda job: job.note.path)
            for number, (path, made) in enumerate(zip(todo, done, strict=True)):
                tell("rendering", number, len(todo))
                if path in stale:
                    memo.ran.append(("resolve", path))
                    pages[path] = self._page_entry(inputs[path], made)
                if made.html is not None:
                    memo.ran.append(("render", path))
                    files[path] = self._file(path, made)
            pages = _ordered(pages, list(inputs))
            files = _ordered(files, [path for path in inputs if path not in listed])
        self.made = pages
        memo.keep("resolve", shown, pages)
        memo.keep("render", self._frame, files)
        return self.made

    def _page_entry(self, inputs: bytes, made: MadePage) -> Entry:
        extra = encode((made.needs, made.problems)) if made.needs or made.problems else b""
        return Entry(inputs, (known(made.page_print), self._memo.put(made.passages)), extra)

    def _inputs(self) -> dict[str, bytes]:
        """All that each page is made of: its note and place, those of the notes it embeds, and who mentions it."""

        def own(path: str, place: Entry, note: Entry, said: bytes | None) -> bytes:
            facts, rest = note.outputs[:2]
            return facts.check + rest.check + place.outputs[0].check + (said or b"")

        def whole(path: str, own: bytes, place: Entry, mentions: Entry | None) -> bytes:
            parts = own + mentions.outputs[0].check if mentions is not None else own
            return parts + b"".join([alone[other] for other in _embedded(place)]) if place.extra else parts

        kept = self._memo.kept
        alone = kept.mapped("own inputs", own, self._places, self._notes.entries, self._said)
        uses = kept.whole(
            "embedding", lambda places: {p: _embedded(e) for p, e in places.items() if e.extra}, self._places
        )
        return kept.mapped("page inputs", whole, alone, self._places, self._mentioned, around=[(alone, uses)])

    def _transcripts(self) -> dict[str, bytes]:
        """What tells the transcript of a note's video from others, by note; only of those that have one."""
        if not self._spoken:
            return _NOTHING
        vault, said = self._vault, self._spoken
        return {path: said[video].check for video in said for path in vault.videos[video]}

    def _transcript(self, path: str) -> bytes:
        if path not in self._said:
            return b""
        video = self._vault.places[path].video
        assert video is not None
        return self._memo.blob(self._spoken[video.id], path)

    def _job(self, path: str, known: bytes, shown: bool) -> PageJob:
        embedded = tuple(self._placed(other) for other in _embedded(self._places[path]))
        mentions = self._mentioned.get(path)
        mentioned = self._memo.blob(mentions.outputs[0], path) if mentions is not None else b""
        return PageJob(self._placed(path), embedded, self._transcript(path), mentioned, known, shown)

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

    def _html(self, path: str) -> bytes:
        html = make_pages(self._shared(), [self._job(path, b"", True)])[0].html
        assert html is not None
        return html

    def page(self, path: str) -> Page:
        """The page of a note."""
        return page_of(self._job(path, b"", True), self._site.language)

    def prose(self, path: str) -> Prose:
        """The text of a note."""
        return self._notes.prose(path)

    def needs(self, path: str) -> bytes:
        """What the body of a note's page asks for, as encoded `Needs`; b"" for nothing."""
        return needs_of(self.made[path])

    # ---- all files -----------------------------------------------------------------------------------

    def files(
        self, asked: Mapping[str, File], artifact: Callable[[str, File], Artifact], assets: tuple[Asset, ...]
    ) -> Mapping[str, Artifact]:
        """All files of the site, those that features were ``asked`` for included, of which ``artifact`` gives the artifacts."""
        kept = self._memo.kept
        entries = self._memo.kept_now("render")
        pairs = kept.mapped("note files", lambda path, e: (e.extra.decode(), File(e.outputs[0], note=path)), entries)
        notes = dict(pairs.values())
        copies = self._copies(assets)
        files = {**notes, **asked, **copies}
        if len(files) != len(pairs) + len(asked) + len(copies):
            refuse_shared(notes, asked)
            refuse_shared({**notes, **asked}, copies)
            raise AssertionError("two notes claim one address")

        def make(url: str) -> Artifact:
            ref, note, feature, _, copy = file = files[url]
            if note is not None:
                return rendered(url, ref or _NOWHERE, partial(self._read, ref, note), note)
            return artifact(url, file) if feature >= 0 else Artifact(url, copy)

        return Shelf(files, make)

    def _read(self, ref: Ref, note: str) -> bytes:
        """The bytes of a note's page; those of an earlier build, which nobody kept, are made again."""
        data = self._memo.spool.get(ref)
        return self._html(note) if data is None else data

    def _copies(self, assets: tuple[Asset, ...]) -> dict[str, File]:
        """The attachments in use and the theme's files."""
        kept = self._memo.kept
        needs = kept.mapped("needs", lambda path, page: needs_of(page), self.made)
        asked = kept.whole("needed", lambda needs: tuple(sorted(set(needs.values()) - {b""})), needs)
        return kept.whole(
            "copies", _copied, self._vault.assets, assets, asked, self._theme, words_of(self._site.language).script
        )


def _copied(
    urls: Mapping[str, str], assets: tuple[Asset, ...], asked: tuple[bytes, ...], theme: Theme, words: str
) -> dict[str, File]:
    by_path = {asset.path: asset for asset in assets} if urls else {}
    files = {}
    for path, url in urls.items():
        asset = by_path[path]
        files[url] = File(copy=CopiedFile(asset.name or path, asset.digest, asset.size))
    names = {name for item in asked for found in [decode(item, Needs)] for name in (*found.sheets, *found.scripts)}
    asked_for = frozenset(names | {words})
    for name, content in theme.static.items():
        if is_shipped(name, asked_for):
            refuse_shared(files, {STATIC + name: File()})
            files[STATIC + name] = File(copy=content)
    return files


def rendered(url: str, ref: Ref, read: Callable[[], bytes], note: str | None = None) -> Artifact:
    """A file that is known by ``ref``."""
    return Artifact(url, Rendered(ref.check.hex(), ref.size, read), note)


def refuse_shared(files: Mapping[str, File], others: Mapping[str, File]) -> None:
    """Raise an error if two files claim one address."""
    for url in others:
        if url in files:
            raise AssertionError(f"two artifacts claim {url}")


def _embedded(place: Entry) -> tuple[str, ...]:
    """The notes that a note embeds, directly or through others."""
    return decode(place.extra, tuple[str, ...]) if place.extra else ()


def _ordered(entries: dict[str, Entry], paths: list[str]) -> dict[str, Entry]:
    """The entries of these paths in their order."""
    return entries if list(entries) == paths else {path: entries[path] for path in paths if path in entries}


def problems_of(page: Entry) -> tuple[Diagnostic, ...]:
    """The diagnostics of a note's page."""
    problems = decode(page.extra, tuple[bytes, bytes])[1] if page.extra else b""
    return decode(problems, tuple[Diagnostic, ...]) if problems else ()


def known(print_: bytes) -> Ref:
    """A value that is compared and not kept."""
    return Ref(print_, b"", -1, 0)


_NOTHING: dict[str, bytes] = {}
_NOWHERE = known(b"")
