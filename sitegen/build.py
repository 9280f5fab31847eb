"""One build, and a memo that may be empty: the only place that knows the order of the stages.

`build` is a pure function of its sources; a `Memo` kept from an earlier build only makes it faster, and so do
`Workers`. There is no other path: building, checking and serving call this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen import __version__
from sitegen.asking import Asking
from sitegen.codec import decode, encode, fingerprint, joined, named_rest, printed, rest_of, rest_type
from sitegen.diagnostics import Diagnostic
from sitegen.extensions import Check, Feature
from sitegen.memo import Entry, Lost, Memo, Shelf
from sitegen.model import (
    Asset,
    Facts,
    Found,
    LinkKind,
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
from sitegen.stages.fill import MAX_DEPTH
from sitegen.stages.index import Options, index, is_published, recordings
from sitegen.stages.parse import Dialect
from sitegen.stages.videos import videos_by_note
from sitegen.value import Value
from sitegen.video.reading import NoteReading, NoteStamps, read_video
from sitegen.video.transcripts import read_transcript
from sitegen.work import packed, parse_notes

Progress = Callable[[str, int, int], None]  # stage, done, of how many
GENERATOR = f"sitegen {__version__}"
_APART = ("facts", "places", "transcripts")  # what of a vault is kept by itself
_REST = rest_type(Vault, *_APART)
_READINGS: Any = tuple[NoteReading, ...]


class Settings(Value, frozen=True):
    """What a build depends on besides notes, attachments and theme."""

    site: SiteInfo
    dialect: Dialect = Dialect()
    options: Options = Options()
    timestamp_format: str = "auto"
    timestamps: tuple[tuple[str, str], ...] = ()  # (folder, format), innermost folder decides
    features: tuple[Feature, ...] = ()
    checks: tuple[Check, ...] = ()


class Result(Struct):
    """What a build gives: the site, and the vault it was made from."""

    site: Site
    vault: Vault
    notes: Mapping[str, Note] = field(default_factory=dict)


class _Linked(Value, frozen=True):
    """The vault, and what is known of it without looking: its fingerprint, links between notes, whether notes have dates."""

    vault: Vault
    places: dict[str, Entry]
    print: bytes
    links: int
    dated: bool


def build(
    sources: Iterable[Source | Unread],
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

    The same inputs give the same site, whatever ``memo`` remembers and wherever ``workers`` do the work. The files of
    the site and the values of the vault are read from the memo's stores when they are asked for; `Lost` is raised then
    if a store was damaged meanwhile.
    """
    ordered = sorted(sources, key=lambda source: source.path)
    files = tuple(sorted(assets, key=lambda asset: asset.path))
    texts = sorted(transcripts, key=lambda text: text.path)
    tell = progress or (lambda stage, done, total: None)
    try:
        return _build(ordered, files, texts, theme, settings, memo, tell, workers)
    except Lost:
        memo.forget()
        return _build(ordered, files, texts, theme, settings, memo, tell, workers)


def _build(
    sources: Sequence[Source | Unread],
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
    site_info = _site(settings, linked)
    press = Press(notes, linked.places, linked.vault, theme, site_info, settings.checks, memo)
    problems = press.pages(tell, workers)
    Asking(press, linked.vault, linked.print, theme, site_info, memo).ask(settings.features)
    press.copies(assets)
    memo.sweep()
    published = linked.places

    def diagnose() -> tuple[Diagnostic, ...]:
        found = [*_note_diagnostics(notes.entries, published), *linked.vault.diagnostics]
        for info in linked.vault.video_info.values():
            if info.transcript:
                found += _said_in(texts[info.transcript])[1]
        for entry in problems.values():
            found += problems_of(entry)
        return tuple(sorted(found, key=_place_of))

    html = sum(url.endswith(".html") for url in press.artifacts) - len(linked.vault.redirects)
    site = Site(press.artifacts, html, linked.links, diagnose)
    return Result(site, linked.vault, Shelf(notes.entries, notes.note))


def _site(settings: Settings, linked: _Linked) -> SiteInfo:
    """What pages may say of the site as a whole."""
    return replace(settings.site, feed=bool(settings.site.base_url) and linked.dated, tags=bool(linked.vault.tags))


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
    sources: Sequence[Source | Unread], dialect: Dialect, memo: Memo, tell: Progress, workers: Workers
) -> dict[str, Entry]:
    """Every note as its bytes: two outputs, the facts and the rest, and its diagnostics beside them."""
    by_path = {source.path: source for source in sources}

    def make(paths: list[str]) -> Iterator[tuple[str, Entry]]:
        digests: list[bytes] = []  # of what was read: a file may have changed since it was looked at

        def read() -> Iterator[Source]:
            for path in paths:
                source = by_path[path]
                text = source.read() if isinstance(source, Unread) else source
                digests.append(text.digest.encode())
                yield text

        done = workers.run(parse_notes, packed(dialect), read(), len(paths), lambda source: source.path)
        for number, (path, note) in enumerate(zip(paths, done, strict=True)):
            tell("reading", number, len(paths))
            outputs = (memo.put(note.facts), memo.put((b"", note.rest)))
            yield path, Entry(digests[number], outputs, note.problems)

    wanted = {source.path: source.digest.encode() for source in sources}
    return memo.update("parse", fingerprint(dialect), wanted, make)


def _transcripts(texts: Sequence[Source | Unread], memo: Memo) -> dict[str, Entry]:
    """What the attachments that may be transcripts say, by path: of each whether that is anything, and its problems."""
    by_path = {text.path: text for text in texts}

    def make(paths: list[str]) -> Iterator[tuple[str, Entry]]:
        for path in paths:
            text = by_path[path]
            source = text.read() if isinstance(text, Unread) else text
            said = read_transcript(source)
            known = encode((bool(said.lines), source.diagnostics))
            yield path, Entry(source.digest.encode(), (memo.put(printed(said)),), known)

    wanted = {text.path: text.digest.encode() for text in texts}
    return memo.update("read_transcript", b"", wanted, make)


def _said_in(transcript: Entry) -> tuple[bool, tuple[Diagnostic, ...]]:
    """Whether anything is said in a transcript, and what is wrong with its file."""
    found: tuple[bool, tuple[Diagnostic, ...]] = decode(transcript.extra, tuple[bool, tuple[Diagnostic, ...]])
    return found


# ---- index --------------------------------------------------------------------------------------------


def _link(notes: Notes, assets: tuple[Asset, ...], spoken: dict[str, Entry], settings: Settings, memo: Memo) -> _Linked:
    """The vault of these notes; as long as all facts are what they were, it is not even looked at."""
    print_ = joined(
        b"".join([entry.outputs[0].fingerprint for entry in notes.entries.values()]),
        encode([(asset.path, asset.unsafe) for asset in assets]),
        fingerprint(settings.options),
        encode((settings.timestamp_format, settings.timestamps)),
        encode([(path, entry.outputs[0].check) for path, entry in spoken.items()]),
    )
    known = memo.last("index").get("")
    if known is None or known.inputs != print_:
        memo.ran.append(("index", ""))
        return _index(notes, assets, spoken, settings, memo, print_)
    places = memo.last("place")
    for stage in ("index", "place", "read_video"):
        memo.keep(stage, b"", memo.last(stage))
    rest = memo.live("vault", "", known, lambda: memo.get(known.outputs[0], _REST, "index"))
    links, dated = decode(known.extra, tuple[int, bool])
    vault = Vault(
        facts=Shelf(places, notes.facts),
        places=Shelf(places, lambda path: notes.value("place", path, places[path].outputs[0], Place)),
        **named_rest(Vault, rest, *_APART),
    )
    return _Linked(_with_transcripts(vault, spoken, memo), places, print_, links, dated)


def _with_transcripts(vault: Vault, spoken: dict[str, Entry], memo: Memo) -> Vault:
    """The vault with what is said in its videos, read when it is asked for."""
    refs = {video: spoken[i.transcript].outputs[0] for video, i in vault.video_info.items() if i.transcript}
    return replace(vault, transcripts=Shelf(refs, lambda video: memo.get(refs[video], Transcript, video)))


def _index(
    notes: Notes, assets: tuple[Asset, ...], spoken: dict[str, Entry], settings: Settings, memo: Memo, print_: bytes
) -> _Linked:
    all_facts = tuple(notes.facts(path) for path in notes.entries)
    readings = _read_stamps(all_facts, recordings(all_facts, assets, settings.options), settings, memo)
    said = tuple(path for path, entry in spoken.items() if _said_in(entry)[0])
    silent = tuple(path for path in spoken if path not in said)
    vault = index(all_facts, assets, readings, settings.options, said, silent)
    places = {}
    for path, place in vault.places.items():
        places[path] = Entry(b"", (memo.put(printed(place)),), _embedded(path, vault))
        memo.values["place", path] = (places[path].outputs[0], place)
    links = sum(r.found is Found.NOTE for place in vault.places.values() for r in place.resolutions)
    dated = any(fact.properties.date or fact.properties.updated for fact in vault.facts.values())
    rest = rest_of(Vault, *_APART)(vault)
    entry = Entry(print_, (memo.put(printed(rest)),), encode((links, dated)))
    memo.values["vault", ""] = (entry, rest)
    memo.keep("place", b"", places)
    memo.keep("index", b"", {"": entry})
    return _Linked(_with_transcripts(vault, spoken, memo), places, print_, links, dated)


def _embedded(path: str, vault: Vault) -> bytes:
    """The notes that a note embeds, directly or through others, as encoded paths; b"" for none."""
    found: dict[str, None] = {}
    waiting = [path]
    for _ in range(MAX_DEPTH):  # what is deeper is not shown: a chain of embeds is no reason to read them all
        current, waiting = waiting, []
        for note in current:
            for link, resolution in zip(vault.facts[note].links, vault.places[note].resolutions, strict=True):
                if link.kind is LinkKind.EMBED and resolution.found in (Found.NOTE, Found.SELF) and resolution.ref:
                    target = resolution.ref.path
                    if target not in found:
                        found[target] = None
                        waiting.append(target)
    return encode(tuple(found)) if found else b""


def _read_stamps(
    all_facts: tuple[Facts, ...], recorded: Mapping[str, str], settings: Settings, memo: Memo
) -> dict[str, NoteReading]:
    """What each note's stamps mean, by path; the published notes of one video are read together.

    ``recorded``: the files of the vault that notes are about. A note on a file that is not there is read alone.
    """
    groups: dict[str, list[tuple[str, NoteStamps]]] = defaultdict(list)
    published = {facts.path: facts for facts in all_facts if is_published(facts, settings.options.drafts)}
    about = videos_by_note(published, recorded)
    for path, facts in published.items():
        video = about.get(path) or (path if facts.media is not None else None)
        if video:
            groups[video].append((path, note_stamps(facts, settings)))

    def make(videos: list[str]) -> Iterator[tuple[str, Entry]]:
        for video in videos:
            read = read_video([stamps for _, stamps in groups[video]])
            yield video, Entry(wanted[video], (memo.put(printed(read)),), b"")

    wanted = {video: fingerprint([stamps for _, stamps in members]) for video, members in groups.items()}
    readings: dict[str, NoteReading] = {}
    for video, entry in memo.update("read_video", b"", wanted, make).items():
        for (path, _), found in zip(groups[video], memo.get(entry.outputs[0], _READINGS, video), strict=True):
            readings[path] = replace(found, readings=memo.alike(found.readings))
    return readings


def note_stamps(facts: Facts, settings: Settings) -> NoteStamps:
    """The stamps of a note with all that it and the settings say of how to read them."""
    form = facts.properties.timestamp_format or _format_for(facts.path, settings)
    return NoteStamps(tuple(stamp.fields for stamp in facts.stamps), form, facts.properties.duration)


def _format_for(path: str, settings: Settings) -> str:
    best = max(
        (entry for entry in settings.timestamps if path.startswith(entry[0].rstrip("/") + "/")),
        key=lambda e: len(e[0]),
        default=None,
    )
    return best[1] if best else settings.timestamp_format
