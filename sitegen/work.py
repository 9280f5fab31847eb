"""What is done for one note alone, as functions of bytes: they run here or in another process, and give the same.

A job is a chunk of notes; what all its notes share (theme, dialect, checks) comes as one pickle, which a worker
unpacks once. Pickles go from a build to its own workers only and are never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sitegen.codec import (
    Unreadable,
    decode,
    encode,
    fingerprint,
    hidden,
    hidden_type,
    named_rest,
    printed,
    rest_of,
    rest_type,
    restored,
)
from sitegen.diagnostics import Diagnostic
from sitegen.extensions import Check
from sitegen.memo import Lost
from sitegen.model import (
    Facts,
    Mentions,
    Needs,
    Note,
    Page,
    Place,
    Postings,
    Prose,
    SiteInfo,
    Source,
    Theme,
    Transcript,
)
from sitegen.stages.mentions import Table, mentions_in
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.postings import postings_of
from sitegen.stages.quotes import unfound_quotes
from sitegen.stages.render import render
from sitegen.stages.resolve import resolve
from sitegen.stages.text import prose_of
from sitegen.value import Value
from sitegen.words import words_of

Problems = tuple[Diagnostic, ...]
_NOTHING = Needs()
_APART = ("digest", "facts", "diagnostics")  # what of a note is kept by itself, or is no business of a page
_REST: Any = tuple[rest_type(Note, *_APART), hidden_type(Facts)]  # type: ignore[misc]


class ParsedNote(NamedTuple):
    """A note as bytes: what others may need of it with its fingerprint, what its page shows besides, its text and
    what it adds to the search with their fingerprints, and its diagnostics (b"" if there are none)."""

    facts: tuple[bytes, bytes]
    rest: bytes
    prose: tuple[bytes, bytes]
    postings: tuple[bytes, bytes]
    problems: bytes


class PlacedNote(NamedTuple):
    """A note and its place in the vault as bytes."""

    path: str
    facts: bytes
    rest: bytes
    place: bytes


class PageJob(NamedTuple):
    """A page to be made. ``known`` is the fingerprint of the page whose file is there already (b"": there is none).

    ``embedded`` are the notes that it embeds, directly or through others. Of a page that is not ``shown`` as a file
    only the problems are wanted.
    """

    note: PlacedNote
    embedded: tuple[PlacedNote, ...]
    transcript: bytes  # of the note's video; b"" if there is none
    mentions: bytes  # of the note in others; b"" if there are none
    known: bytes
    shown: bool


class MadePage(NamedTuple):
    """What became of a job: the page's fingerprint, what others may want of it, its diagnostics, and its file unless
    that is known. ``needs`` and ``problems`` are b"" where there are none."""

    page_print: bytes
    passages: tuple[bytes, bytes]
    needs: bytes
    problems: bytes
    html: bytes | None


class Frame(Value, frozen=True):
    """What all pages share."""

    theme: Theme
    site: SiteInfo
    checks: tuple[Check, ...]


def parse_notes(dialect: Dialect, sources: Sequence[Source]) -> list[ParsedNote]:
    """Parse a chunk of notes.

    One step is done for all of them, then the next: the words that most notes use are at hand then (in the processor's caches),
    and finding them takes two thirds of the time.
    """
    notes = [_named(source.path, partial(parse, source, dialect)) for source in sources]
    texts = [_named(note.path, partial(prose_of, note.facts, note.body)) for note in notes]
    pairs = list(zip(notes, texts, strict=True))
    postings = [_named(n.path, partial(postings_of, n.facts, text, dialect.language)) for n, text in pairs]
    return [_named(p[0].path, partial(_parsed, *p)) for p in zip(notes, texts, postings, strict=True)]


def make_pages(frame: Frame, jobs: Sequence[PageJob]) -> list[MadePage]:
    """Make a chunk of pages."""
    return [_named(job.note.path, partial(_made, job, frame)) for job in jobs]


def find_mentions(table: bytes, texts: Sequence[tuple[str, bytes]]) -> list[bytes]:
    """What a chunk of notes' texts name, each as a mapping in bytes, b"" for nothing. ``table`` is an encoded `Table` of names."""
    return [_named(path, partial(_mentions, path, prose, _decoded_table(table))) for path, prose in texts]


def unpacked_note(note: PlacedNote) -> tuple[Note, Place]:
    """The values in the bytes; raises `Lost` where they are damaged."""
    try:
        return joined_note(note.facts, note.rest), decode(note.place, Place)
    except Unreadable as problem:
        raise Lost(note.path) from problem


def joined_note(facts: bytes, rest: bytes, digest: str = "", problems: bytes = b"") -> Note:
    """A note of its parts; raises one of `Unreadable`. A page needs to know neither its digest nor its problems."""
    others, lines = decode(rest, _REST)
    found = decode(problems, Problems) if problems else ()
    known = restored(decode(facts, Facts), lines)
    return Note(digest=digest, facts=known, diagnostics=found, **named_rest(Note, others, *_APART))


def page_of(job: PageJob, language: str) -> Page:
    """The page that a job is about."""
    return _resolved(job, *unpacked_note(job.note), language)


def _parsed(note: Note, prose: Prose, postings: Postings) -> ParsedNote:
    problems = encode(note.diagnostics) if note.diagnostics else b""
    rest = encode((rest_of(Note, *_APART)(note), hidden(note.facts)))
    return ParsedNote(printed(note.facts), rest, printed(prose), printed(postings), problems)


def _mentions(path: str, prose: bytes, table: Table) -> bytes:
    try:
        found = mentions_in(path, decode(prose, Prose), table)
    except Unreadable as problem:
        raise Lost(path) from problem
    return encode(found) if found else b""


def _resolved(job: PageJob, note: Note, place: Place, language: str) -> Page:
    notes = {other.path: unpacked_note(other) for other in job.embedded}
    mentions = decode(job.mentions, Mentions) if job.mentions else None
    return resolve(note, place, notes, words_of(language), mentions)


def _made(job: PageJob, frame: Frame) -> MadePage:
    note, place = unpacked_note(job.note)
    page = _resolved(job, note, place, frame.site.language)
    problems = [*page.diagnostics, *(found for check in frame.checks for found in check(note.facts, place))]
    if job.transcript:
        problems += unfound_quotes(note, place.readings, decode(job.transcript, Transcript))
    needs = Needs(page.sheets, page.scripts, page.formula_sheet)
    print_ = fingerprint(page)
    html = None
    if job.shown and print_ != job.known:
        content = render(page, frame.theme, frame.site).content
        assert isinstance(content, bytes)
        html = content
    return MadePage(
        print_,
        printed(page.passages),
        encode(needs) if needs != _NOTHING else b"",
        encode(problems) if problems else b"",
        html,
    )


def _named(path: str, run: Callable[[], Any]) -> Any:
    """``run()``; should it fail, the exception says with which note."""
    try:
        return run()
    except Exception as problem:
        problem.add_note(f"while working on {path}")
        raise


@lru_cache(maxsize=1)
def _decoded_table(data: bytes) -> Table:
    table: Table = decode(data, Table)
    return table
