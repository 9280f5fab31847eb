"""One build, and a memo that may be empty: the only place that knows the order of the stages.

`build` is a pure function of its sources; a `Memo` kept from an earlier build only makes it faster, and so do
`Workers`. There is no other path: building, checking and serving call this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, get_type_hints

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen import __version__
from sitegen.asking import Asking
from sitegen.codec import decode, encode, fingerprint, joined, printed
from sitegen.diagnostics import Diagnostic
from sitegen.edition import Edition
from sitegen.extensions import Check, Feature
from sitegen.memo import Entry, Later, Lost, Memo, Ref, Shelf
from sitegen.mentioning import mention_lists, mentioned, names_print
from sitegen.model import (
    Asset,
    Note,
    Place,
    Site,
    SiteInfo,
    Source,
    Theme,
    Transcript,
    Unread,
    Vault,
)
from sitegen.pool import SERIAL, Workers
from sitegen.press import Notes, Press, problems_of
from sitegen.readings import Forms, stamp_readings
from sitegen.searching import search_before, searched
from sitegen.stages.index import Options, index, videos_of_notes
from sitegen.stages.parse import Dialect
from sitegen.tracing import SEARCH, Changes, Seen, seen_in
from sitegen.value import Value
from sitegen.video.transcripts import read_transcript
from sitegen.work import parse_notes

Progress = Callable[[str, int, int], None]  # stage, done, of how many
GENERATOR = f"sitegen {__version__}"
_APART = ("facts", "places", "transcripts")  # what of a vault is kept by itself
_HINTS = get_type_hints(Vault)
_REST = tuple(name for name in Vault.__struct_fields__ if name not in _APART)


class Settings(Value, frozen=True):
    """What a build depends on besides notes, attachments and theme."""

    site: SiteInfo
    dialect: Dialect = Dialect()
    options: Options = Options()
    timestamp_format: str = "auto"
    timestamps: tuple[tuple[str, str], ...] = ()  # (folder, format), innermost folder decides
    features: tuple[Feature, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def forms(self) -> Forms:
        """How stamps are written."""
        return Forms(self.timestamp_format, self.timestamps)


class Result(Struct):
    """What a build gives: the site, and the vault it was made from."""

    site: Site
    vault: Vault
    notes: Mapping[str, Note] = field(default_factory=dict)


class _Known(NamedTuple):
    """What is known of a vault without looking: how many links between notes and redirects it has, whether notes have dates
    and tags."""

    links: int
    redirects: int
    dated: bool
    tagged: bool


class _Linked(Struct, frozen=True, eq=False):
    """The vault, and what is known of it; the entries of its places, its notes' facts by their fingerprints, where the
    transcripts of its videos lie. Of a vault that an earlier process made, ``kept`` are the entries of its other parts."""

    vault: Vault
    places: dict[str, Entry]
    facts: dict[str, bytes]
    spoken: dict[str, Ref]
    known: _Known
    kept: Mapping[str, Entry] = field(default_factory=dict)


def build(
    sources: Iterable[Source | Unread] | Edition[Source | Unread],
    assets: Iterable[Asset],
    theme: Theme,
    settings: Settings,
    memo: Memo,
    progress: Progress | None = None,
    workers: Workers = SERIAL,
    *,
    transcripts: Iterable[Source | Unread] = (),
) -> Result:
    """Make the whole site from its sources. ``transcripts`` are the texts of attachments that may be what is said in a video.
    Sources by path, in order, may know by which keys they differ from those of the last build (see `edition`).

    The same inputs give the same site, whatever ``memo`` remembers and wherever ``workers`` do the work. The files of
    the site and the values of the vault are read from the memo's stores when they are asked for; `Lost` is raised then
    if a store was damaged meanwhile.
    """
    if isinstance(sources, Edition):
        by_path: dict[str, Source | Unread] = sources
    else:
        by_path = {source.path: source for source in sorted(sources, key=attrgetter("path"))}
    files = tuple(sorted(assets, key=attrgetter("path")))
    texts = sorted(transcripts, key=attrgetter("path"))
    tell = progress or (lambda stage, done, total: None)
    try:
        return _build(by_path, files, texts, theme, settings, memo, tell, workers)
    except Lost:
        memo.forget()
        return _build(by_path, files, texts, theme, settings, memo, tell, workers)


def _build(
    sources: dict[str, Source | Unread],
    assets: tuple[Asset, ...],
    transcripts: Sequence[Source | Unread],
    theme: Theme,
    settings: Settings,
    memo: Memo,
    tell: Progress,
    workers: Workers,
) -> Result:
    memo.begin()
    notes = Notes(_parse(sources, settings.dialect, memo, tell, workers), memo)
    texts = _transcripts(transcripts, memo)
    linked = _link(notes, assets, texts, settings, memo)
    site_info = _site(settings, linked.known)
    prose = _prose_prints(notes, linked.places, memo)
    names = names_print(linked.vault, linked.kept, memo)
    known = memo.kept_now("index")[""].inputs
    mentions = mentioned(prose, notes.entries, linked.vault, names, known, memo, workers)
    found = searched(notes.entries, linked.places, linked.vault, memo)
    press = Press(notes, linked.places, linked.vault, mentions, linked.spoken, theme, site_info, settings.checks, memo)
    problems = press.pages(tell, workers)
    seen = seen_in(linked.vault, linked.facts, linked.places, prose, found.prints, linked.spoken, problems)
    changes = Changes(_seen_before(linked, memo), seen, memo.kept)
    asking = Asking(press, found, linked.vault, changes, theme, site_info, memo)
    artifacts = press.files(asking.ask(settings.features), asking.refs, asking.read, assets)
    memo.sweep()
    memo.seen = seen

    def diagnose() -> tuple[Diagnostic, ...]:
        found = [*theme.problems, *_note_diagnostics(notes.entries, linked.places), *linked.vault.diagnostics]
        for info in linked.vault.video_info.values():
            if info.transcript:
                found += _said_in(texts[info.transcript])[1]
        for entry in problems.values():
            found += problems_of(entry)
        return tuple(sorted(found, key=_place_of))

    def pages() -> int:
        return sum(url.endswith(".html") for url in artifacts) - linked.known.redirects

    site = Site(artifacts, artifacts.digests, linked.known.links, pages, diagnose)
    return Result(site, linked.vault, Shelf(notes.entries, notes.note))


def warm_up(assets: Iterable[Asset], settings: Settings, memo: Memo, step: Callable[[], None]) -> None:
    """Index what the last build found already indexed by an earlier process, so that the next one has all its parts at hand.

    The last build must have been with these settings and ``assets``. ``step`` is called often and may raise: what was
    done until then is kept, and another call goes on from there. No later build differs by it, except in what it costs.
    """
    seen: Seen | None = memo.seen
    if seen is None or not isinstance(seen.groups["videos"], Later):
        return
    memo.begin()
    notes = Notes(memo.last("parse", fingerprint(settings.dialect)), memo)
    files = tuple(sorted(assets, key=attrgetter("path")))
    with memo.kept.stepping(step):
        linked = _index(notes, _prints(notes, memo), files, memo.last("read_transcript"), settings, memo)
        mention_lists(memo.last("mentions", names_print(linked.vault, linked.kept, memo)), linked.vault, memo)
    memo.kept.renew("vault", linked)
    prose = _prose_prints(notes, linked.places, memo)
    memo.seen = seen_in(linked.vault, linked.facts, linked.places, prose, seen.groups[SEARCH], linked.spoken, seen.made)


def _site(settings: Settings, known: _Known) -> SiteInfo:
    """What pages may say of the site as a whole."""
    return replace(settings.site, tags=known.tagged, dated=known.dated)


def _seen_before(linked: _Linked, memo: Memo) -> Seen | None:
    """What the last build knew, in this process or an earlier one."""
    if memo.seen is not None or not memo.tables.keys() >= {"feature", "vault"}:
        return memo.seen  # type: ignore[no-any-return]
    notes, places, made = (memo.tables[stage].entries for stage in ("parse", "place", "resolve"))
    prose = {path: notes[path].fingerprint(2) for path in places}
    if isinstance(linked.vault.videos, Later):  # it is the vault of the last build
        return seen_in(linked.vault, linked.facts, places, prose, search_before(memo), linked.spoken, made)
    facts = {path: notes[path].fingerprint() for path in places}
    vault = _kept_vault(memo)
    texts = memo.tables["read_transcript"].entries
    spoken = {v: texts[i.transcript].output() for v, i in vault.video_info.items() if i.transcript} if texts else {}
    return seen_in(vault, facts, places, prose, search_before(memo), spoken, made)


def _place_of(problem: Diagnostic) -> tuple[str, int, int, str, str]:
    span = problem.span
    return problem.path, span.line if span else 0, span.column if span else 0, problem.code, problem.message


def _note_diagnostics(notes: Mapping[str, Entry], published: Mapping[str, Entry]) -> Iterator[Diagnostic]:
    """Problems of single notes; of a note that is not published, only why it is withheld."""
    for path, entry in notes.items():
        if entry.extra:
            for problem in decode(entry.extra, tuple[Diagnostic, ...]):
                if path in published or problem.code in ("withheld-note", "unreadable-file"):
                    yield problem


# ---- parse --------------------------------------------------------------------------------------------


def _parse(
    sources: dict[str, Source | Unread], dialect: Dialect, memo: Memo, tell: Progress, workers: Workers
) -> dict[str, Entry]:
    """Every note as its bytes: four outputs, the facts, the rest, its prose and its postings, and its diagnostics beside them."""

    by_path = sources if isinstance(sources, Edition) else memo.kept.whole("sources", lambda found: found, sources)

    def make(paths: list[str]) -> Iterator[tuple[str, Entry]]:
        digests: list[bytes] = []  # of what was read: a file may have changed since it was looked at

        def read() -> Iterator[Source]:
            for path in paths:
                source = by_path[path]
                text = source.read() if isinstance(source, Unread) else source
                digests.append(text.digest.encode())
                yield text

        done = workers.run(parse_notes, dialect, read(), len(paths), lambda source: source.path)
        for number, (path, note) in enumerate(zip(paths, done, strict=True)):
            tell("reading", number, len(paths))
            parts = (note.facts, (b"", note.rest), note.prose, note.postings)
            yield path, Entry.of(digests[number], map(memo.put, parts), note.problems)

    wanted = memo.kept.mapped("digests", lambda path, source: source.digest.encode(), by_path)
    return memo.update("parse", fingerprint(dialect), wanted, make)


def _transcripts(texts: Sequence[Source | Unread], memo: Memo) -> dict[str, Entry]:
    """What the attachments that may be transcripts say, by path: of each whether that is anything, and its problems."""

    def make(paths: list[str]) -> Iterator[tuple[str, Entry]]:
        by_path = {text.path: text for text in texts}
        for path in paths:
            text = by_path[path]
            source = text.read() if isinstance(text, Unread) else text
            said = read_transcript(source)
            known = encode((bool(said.lines), source.diagnostics))
            yield path, Entry.of(source.digest.encode(), (memo.put(printed(said)),), known)

    wanted = {text.path: text.digest.encode() for text in texts}
    return memo.update("read_transcript", b"", wanted, make)


def _said_in(transcript: Entry) -> tuple[bool, tuple[Diagnostic, ...]]:
    """Whether anything is said in a transcript, and what is wrong with its file."""
    found: tuple[bool, tuple[Diagnostic, ...]] = decode(transcript.extra, tuple[bool, tuple[Diagnostic, ...]])
    return found


# ---- index --------------------------------------------------------------------------------------------


def _link(notes: Notes, assets: tuple[Asset, ...], spoken: dict[str, Entry], settings: Settings, memo: Memo) -> _Linked:
    """The vault of these notes; as long as all facts are what they were, it is not even looked at."""
    prints = _prints(notes, memo)
    print_ = joined(
        memo.kept.whole("print of facts", lambda prints: joined(b"".join(prints.values())), prints),
        encode([(asset.path, asset.unsafe) for asset in assets]),
        fingerprint(settings.options),
        encode(settings.forms),
        encode([(path, entry.check()) for path, entry in spoken.items()]),
    )

    def link(print_: bytes) -> _Linked:
        last = memo.last("index").get("")
        if last is not None and last.inputs == print_ and len(memo.last("vault")) == len(_REST):
            return _loaded(notes, spoken, memo, last)
        memo.ran.append(("index", ""))
        return _index(notes, prints, assets, spoken, settings, memo)

    memo.keep("read_video", b"", memo.last("read_video"))
    linked = memo.kept.whole("vault", link, print_)
    memo.keep("place", b"", linked.places)
    memo.keep("index", b"", {"": Entry(print_, b"", encode(linked.known))})
    memo.keep_later("vault", lambda: _kept_fields(linked, memo))
    return linked


def _prints(notes: Notes, memo: Memo) -> dict[str, bytes]:
    """The fingerprints of all notes' facts."""
    return memo.kept.mapped("fact prints", lambda path, entry: entry.fingerprint(), notes.entries)


def _prose_prints(notes: Notes, places: Mapping[str, Entry], memo: Memo) -> dict[str, bytes]:
    """The fingerprints of the texts of all published notes."""

    def print_of(path: str, _: Entry, note: Entry) -> bytes:
        return note.fingerprint(2)

    return memo.kept.mapped("prose prints", print_of, places, notes.entries)


def _loaded(notes: Notes, spoken: dict[str, Entry], memo: Memo, index: Entry) -> _Linked:
    """The vault of an earlier process, of which each part is read when somebody looks at it."""
    places = memo.last("place")
    vault = _shelved(_kept_vault(memo), places, notes, memo)
    facts = {path: notes.entries[path].fingerprint() for path in places}
    vault, refs = _with_transcripts(vault, spoken, memo)
    return _Linked(vault, places, facts, refs, decode(index.extra, _Known), memo.last("vault"))


def _shelved(vault: Vault, places: dict[str, Entry], notes: Notes, memo: Memo) -> Vault:
    """The vault with facts and places that are read when somebody looks at them."""

    def place(path: str) -> Place:
        return memo.get(places[path].output(), Place, path)

    return replace(vault, facts=Shelf(places, notes.facts), places=Shelf(places, place))


def _kept_vault(memo: Memo) -> Vault:
    """What is kept of a vault besides facts and places; each mapping is read when somebody looks into it."""
    kept = memo.last("vault")

    def read(name: str) -> Any:
        return memo.get(kept[name].output(), _HINTS[name], name)

    rest = {name: Later(partial(read, name)) for name in _REST if name != "diagnostics"}
    return Vault(facts={}, places={}, diagnostics=read("diagnostics"), **rest)


def _kept_fields(linked: _Linked, memo: Memo) -> dict[str, Entry]:
    """The vault's parts as they are kept."""

    def entry(name: str) -> Entry:
        return linked.kept.get(name) or Entry.of(b"", (memo.put(printed(getattr(linked.vault, name))),))

    return {name: entry(name) for name in _REST}


def _with_transcripts(vault: Vault, spoken: dict[str, Entry], memo: Memo) -> tuple[Vault, dict[str, Ref]]:
    """The vault with what is said in its videos, read when it is asked for; and where that lies."""
    if not spoken:
        return vault, {}
    refs = {video: spoken[i.transcript].output() for video, i in vault.video_info.items() if i.transcript}
    shelf = Shelf(refs, lambda video: memo.get(refs[video], Transcript, video))
    return replace(vault, transcripts=shelf), refs


def _index(
    notes: Notes,
    prints: dict[str, bytes],
    assets: tuple[Asset, ...],
    spoken: dict[str, Entry],
    settings: Settings,
    memo: Memo,
) -> _Linked:
    facts = memo.kept.mapped("facts", lambda path, _: notes.facts(path), prints)
    about = videos_of_notes(facts, assets, settings.options, memo.kept)
    readings = stamp_readings(facts, about, settings.forms, memo)
    said = tuple(path for path, entry in spoken.items() if _said_in(entry)[0])
    silent = tuple(path for path in spoken if path not in said)
    vault = index(facts, assets, readings, settings.options, said, silent, memo.kept)
    last = memo.last("place")

    def entry(path: str, place: Place, embeds: tuple[str, ...] | None) -> Entry:
        print_, data = printed(place)
        before = last.get(path)
        same = before is not None and before.fingerprint() == print_
        ref = before.output() if before is not None and same else memo.put((print_, data))
        return Entry.of(b"", (ref,), encode(embeds) if embeds else b"")

    places = memo.kept.mapped("place entries", entry, vault.places, vault.embeds)
    known = _Known(
        sum(count.links for count in vault.counts.values()),
        len(vault.redirects),
        any(row.date for row in vault.rows.values()),
        bool(vault.tags),
    )
    if not memo.kept.lasting:
        vault = _shelved(vault, places, notes, memo)  # pages are made of bytes: thousands of objects may go before
    vault, refs = _with_transcripts(vault, spoken, memo)
    return _Linked(vault, places, {path: prints[path] for path in places}, refs, known)
