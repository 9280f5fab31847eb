"""From the vault to the files of its site: notes' pages and copies. Part of `build`; what features make is `asking`'s.

A file is known by the fingerprint of what it shows; it is made only if that is new, and made again only if somebody
asks for bytes that nobody kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from sitegen.codec import decode, encode, fingerprint, joined
from sitegen.diagnostics import Diagnostic
from sitegen.edition import order_of, same_order
from sitegen.extensions import Check
from sitegen.memo import Entry, Memo, Ref, Shelf, known
from sitegen.model import (
    Artifact,
    Asset,
    CopiedFile,
    Facts,
    Needs,
    Note,
    Page,
    Passage,
    Prose,
    Rendered,
    SiteInfo,
    Theme,
    Vault,
)
from sitegen.pool import Workers
from sitegen.stages.needs import is_shipped
from sitegen.stages.render import STATIC
from sitegen.tracing import needs_of
from sitegen.words import words_of
from sitegen.work import Frame, MadePage, PageJob, PlacedNote, joined_note, make_pages, page_of

T = TypeVar("T")
_PASSAGES: Any = get_type_hints(Page)["passages"]
_WRITTEN = attrgetter("written", "fields")


class Notes(Struct, frozen=True):
    """The notes of a vault as entries of the memo, and as values for whoever needs one."""

    entries: dict[str, Entry]
    memo: Memo

    def facts(self, path: str) -> Facts:
        """What others may need of a note, without line numbers: an edit that moves lines changes nothing for them."""
        facts = self.memo.get(self.entries[path].output(), Facts, path)
        return replace(facts, stamps=self.memo.alike(facts.stamps, _WRITTEN))

    def note(self, path: str) -> Note:
        entry = self.entries[path]
        return joined_note(*self.parts(path), entry.inputs.decode(), entry.extra)

    def prose(self, path: str) -> Prose:
        """The text of a note."""
        return self.memo.get(self.entries[path].output(2), Prose, path)

    def parts(self, path: str) -> tuple[bytes, bytes]:
        """The facts and the rest of a note as bytes."""
        facts, rest = self.entries[path].outputs[:2]
        return self.memo.blob(facts, path), self.memo.blob(rest, path)


class Files(Shelf[Artifact]):
    """The files of a site by address."""

    def __init__(
        self, urls: Mapping[str, Any], make: Callable[[str], Artifact], digests: Callable[[], dict[str, bytes]]
    ) -> None:
        """``digests`` gives those of the content of all files that are `Rendered`, which costs less than to ask for each of them."""
        super().__init__(urls, make)
        self.digests = digests


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
        self._said = self._transcripts()
        self.made: dict[str, Entry] = {}  # what is known of each note's page

    # ---- notes' pages --------------------------------------------------------------------------------

    def pages(self, tell: Any, workers: Workers) -> dict[str, Entry]:
        """Make the page of every note; the entries hold, by path, each page's fingerprint, its
        passages, what it needs and its diagnostics."""
        memo, checks = self._memo, (f"{check.__module__}:{check.__qualname__}" for check in self._checks)
        shown = joined(words_of(self._site.language).language, *checks)
        pages, files = memo.last("resolve", shown), memo.last("render", self._frame)
        inputs, alone = self._inputs(), self._alone()
        stale = set(memo.missing("resolve", shown, inputs))
        # a page that is not stale has its file, as the last build left both, unless it had none then
        due = stale if same_order(files, alone) else stale | (alone.keys() - files.keys())
        todo = sorted(due)
        jobs = (self._job(path, files[path].inputs if path in files else b"", path in alone) for path in todo)
        done = workers.run(make_pages, self._shared(), jobs, len(todo), lambda job: job.note.path) if todo else ()
        fresh, written = dict[str, Entry](), dict[str, Entry]()
        for number, (path, made) in enumerate(zip(todo, done, strict=True)):
            tell("rendering", number, len(todo))
            if path in stale:
                memo.ran.append(("resolve", path))
                fresh[path] = self._page_entry(inputs[path], made)
            if made.html is not None:
                memo.ran.append(("render", path))
                written[path] = self._file(path, made)
        self.made = memo.renewed(pages, fresh, inputs)
        memo.keep("resolve", shown, self.made)
        memo.met("resolve", inputs)
        memo.keep("render", self._frame, memo.renewed(files, written, alone))
        return self.made

    def _alone(self) -> dict[str, None]:
        """The notes that have a page of their own, and not that of a folder."""
        kept, listed = self._memo.kept, frozenset(self._vault.folder_notes.values())

        def alone(_: object, listed: frozenset[str]) -> dict[str, None]:
            return {path: None for path in self._places if path not in listed}

        return kept.whole("alone", alone, order_of(self._places), listed)

    def _page_entry(self, inputs: bytes, made: MadePage) -> Entry:
        extra = encode((made.needs, made.problems)) if made.needs or made.problems else b""
        return Entry.of(inputs, (known(made.page_print), self._memo.put(made.passages)), extra)

    def _inputs(self) -> dict[str, bytes]:
        """All that each page is made of: its note and place, those of the notes it embeds, and who mentions it."""

        places, notes, said = self._places, self._notes.entries, self._said

        def own(place: Entry, note: Entry, said: bytes | None) -> bytes:
            return note.check(0) + note.check(1) + place.check() + (said or b"")

        def whole(path: str, place: Entry, note: Entry, its_said: bytes | None, mentions: Entry | None) -> bytes:
            parts = own(place, note, its_said)
            if mentions is not None:
                parts += mentions.check()
            if place.extra:
                parts += b"".join([own(places[other], notes[other], said.get(other)) for other in _embedded(place)])
            return parts

        kept = self._memo.kept
        uses = kept.whole("embedding", lambda places: {p: _embedded(e) for p, e in places.items() if e.extra}, places)
        around = [(mapping, uses) for mapping in (places, notes, said)]
        return kept.mapped("page inputs", whole, places, notes, said, self._mentioned, around=around)

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
        mentioned = self._memo.blob(mentions.output(), path) if mentions is not None else b""
        return PageJob(self._placed(path), embedded, self._transcript(path), mentioned, known, shown)

    def _placed(self, path: str) -> PlacedNote:
        return PlacedNote(path, *self._notes.parts(path), self._memo.blob(self._places[path].output(), path))

    def _shared(self) -> Frame:
        return Frame(self._theme, self._site, self._checks)

    def _file(self, path: str, made: MadePage) -> Entry:
        assert made.html is not None
        url = self._vault.refs[path].url
        return Entry.of(made.page_print, (self._memo.put((b"", made.html), spool=True),), url.encode())

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

    def passages(self, path: str) -> tuple[Passage, ...]:
        """The passages of a note's page that cite a moment."""
        return self._memo.get(self.made[path].output(1), _PASSAGES, path)

    def needs(self, path: str) -> bytes:
        """What the body of a note's page asks for, as encoded `Needs`; b"" for nothing."""
        return needs_of(self.made[path])

    # ---- all files -----------------------------------------------------------------------------------

    def files(
        self,
        asked: Sequence[Mapping[str, T]],
        refs_of: Callable[[int, Mapping[str, T]], dict[str, Ref]],
        read: Callable[[int, str, T, Ref], bytes],
        assets: tuple[Asset, ...],
    ) -> Files:
        """All files of the site, those that features were ``asked`` for included: of a feature's number, an address and what
        is there, ``refs_of`` gives what files are known by and ``read`` the bytes of one."""
        kept = self._memo.kept
        entries = self._memo.kept_now("render")
        urls = kept.mapped("addresses of pages", lambda path, entry: entry.extra.decode(), entries)
        pages = kept.whole("pages by address", _by_address, urls)
        copies = self._copies(assets)
        parts: tuple[Mapping[str, Any], ...] = (pages, copies, *asked)
        files = kept.whole("files of the site", lambda *orders: _claimed(parts), *map(order_of, parts))

        def make(url: str) -> Artifact:
            number = files[url]
            if number == 0:
                path = pages[url]
                ref = entries[path].output()
                return rendered(url, ref, partial(self._read, ref, path), path)
            if number == 1:
                return Artifact(url, copies[url])
            spot = asked[number - 2][url]
            ref = refs_of(number - 2, {url: spot})[url]
            return rendered(url, ref, partial(read, number - 2, url, spot, ref))

        def digests() -> dict[str, bytes]:
            found = {url: entries[path].check() for url, path in pages.items()}
            for number, spots in enumerate(asked):
                found |= {url: ref.check for url, ref in refs_of(number, spots).items()}
            return found

        return Files(files, make, digests)

    def _read(self, ref: Ref, note: str) -> bytes:
        """The bytes of a note's page; those of an earlier build, which nobody kept, are made again."""
        data = self._memo.spool.get(ref)
        return self._html(note) if data is None else data

    def _copies(self, assets: tuple[Asset, ...]) -> dict[str, CopiedFile | bytes]:
        """The attachments in use and the theme's files."""
        kept = self._memo.kept
        needs = kept.mapped("needs", lambda path, page: needs_of(page), self.made)
        asked = kept.whole("needed", lambda needs: tuple(sorted(set(needs.values()) - {b""})), needs)
        return kept.whole(
            "copies", _copied, self._vault.assets, assets, asked, self._theme, words_of(self._site.language).script
        )


def _copied(
    urls: Mapping[str, str], assets: tuple[Asset, ...], asked: tuple[bytes, ...], theme: Theme, words: str
) -> dict[str, CopiedFile | bytes]:
    by_path = {asset.path: asset for asset in assets} if urls else {}
    files: dict[str, CopiedFile | bytes] = {}
    for path, url in urls.items():
        asset = by_path[path]
        files[url] = CopiedFile(asset.name or path, asset.digest, asset.size)
    names = {name for item in asked for found in [decode(item, Needs)] for name in (*found.sheets, *found.scripts)}
    asked_for = frozenset(names | {words})
    theirs = {STATIC + name: content for name, content in theme.static.items() if is_shipped(name, asked_for)}
    _claimed((files, theirs))
    return {**files, **theirs}


def rendered(url: str, ref: Ref, read: Callable[[], bytes], note: str | None = None) -> Artifact:
    """A file that is known by ``ref``."""
    return Artifact(url, Rendered(ref.check, ref.size, read), note)


def _by_address(urls: Mapping[str, str]) -> dict[str, str]:
    found = {url: path for path, url in urls.items()}
    if len(found) < len(urls):
        raise AssertionError("two notes claim one address")
    return found


def _claimed(parts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Of each address, which of ``parts`` has it; raises an error if two do."""
    found: dict[str, int] = {}
    for number, part in enumerate(parts):
        found |= dict.fromkeys(part, number)
    if len(found) < sum(map(len, parts)):
        counts = Counter(url for part in parts for url in part)
        raise AssertionError(f"two artifacts claim {counts.most_common(1)[0][0]}")
    return found


def _embedded(place: Entry) -> tuple[str, ...]:
    """The notes that a note embeds, directly or through others."""
    return decode(place.extra, tuple[str, ...]) if place.extra else ()


def problems_of(page: Entry) -> tuple[Diagnostic, ...]:
    """The diagnostics of a note's page."""
    problems = decode(page.extra, tuple[bytes, bytes])[1] if page.extra else b""
    return decode(problems, tuple[Diagnostic, ...]) if problems else ()


_NOTHING: dict[str, bytes] = {}
_NOWHERE = known(b"")
