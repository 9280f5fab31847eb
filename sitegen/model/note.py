"""What is read, and what a single note says: the output of read and parse."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from sitegen.diagnostics import Diagnostic, Span
from sitegen.value import Partly, Value


class Source(Value, frozen=True):
    """One Markdown file: its text decoded, its bytes identified by ``digest`` (hex BLAKE2b)."""

    path: str
    digest: str
    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


class Unread(Partly, frozen=True):
    """A Markdown file whose content is known by its ``digest`` and was not read; ``read`` does that if need be."""

    path: str
    digest: str
    read: Callable[[], Source]

    apart = ("read",)


class Asset(Value, frozen=True):
    """Any other file of the vault; ``digest`` identifies its content (or its size and time on disk).

    ``name`` is its path as the disk spells it, where that is not the NFC of ``path``.
    """

    path: str
    digest: str
    size: int
    unsafe: bool = False  # may run scripts or name private notes, so it is never published
    name: str = ""


class LinkKind(StrEnum):
    WIKI = "wiki"  # [[target]]
    MARKDOWN = "markdown"  # [label](target.md)
    EMBED = "embed"  # ![[target]], ![](target.png)
    DIAGRAM = "diagram"  # a node of a diagram: it leads there, but does not count as a link, as in Obsidian
    PROPERTY = "property"  # a link in a front matter value


class Sentence(NamedTuple):
    """The sentence a link stands in, as plain text in three parts; ``link`` is what the link shows."""

    before: str
    link: str
    after: str


class Link(Partly, frozen=True):
    """A link as written, unresolved. ``anchor`` is what follows ``#`` ("" if nothing does)."""

    target: str
    anchor: str
    label: str
    kind: LinkKind
    sentence: Sentence | None = None
    span: Span | None = None

    apart = ("span",)


class Stamp(Partly, frozen=True):
    """A time as written. ``fields`` are its numbers in order (2 to 4, or one when given in seconds)."""

    written: str
    fields: tuple[int, ...]
    span: Span | None = None

    apart = ("span",)


class Heading(Value, frozen=True):
    """``text`` is the visible text, ``id`` the anchor; ``stamp`` numbers the first stamp under it."""

    level: int
    text: str
    id: str
    stamp: int | None = None


class Block(Value, frozen=True):
    """A block that ``^id`` names; ``anchor`` is the HTML id it has on its page."""

    id: str
    anchor: str


class Properties(Value, frozen=True):
    """What the front matter says, as far as we know its keys. Text is as written."""

    title: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    css_classes: tuple[str, ...] = ()
    permalink: str | None = None
    description: str | None = None
    images: tuple[str, ...] = ()  # of which the first that there is counts
    date: str | None = None  # ISO 8601 date
    updated: str | None = None  # ISO 8601 date
    language: str | None = None
    video_id: str | None = None
    duration: int | None = None  # seconds
    timestamp_format: str | None = None  # hms | ms | auto
    media: str | None = None  # "video" or "audio": the note is about a recording in the vault
    transcript: str | None = None  # path, name or link of a .vtt or .srt file
    published: bool = True  # said by `publish`
    draft: bool = False


class Facts(Partly, frozen=True):
    """All that the rest of the vault may need of a note. An edit that leaves it equal changes one page."""

    path: str
    title: str
    properties: Properties
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    ids: tuple[str, ...]  # of raw HTML
    links: tuple[Link, ...]
    stamps: tuple[Stamp, ...]
    origin: int | None  # which link is the note's "From:" line
    excerpt: str  # opening words, plain text
    videos: tuple[tuple[str, str], ...]  # (video id, title) that links in this note give
    media: int | None = None  # which link names the recording of the properties
    words: int = 0

    apart = ("words",)


class ProseSection(NamedTuple):
    """What is said under one heading: its ``id`` and ``title`` ("" before the first one), and the text in lines that are blocks.

    ``stamps`` are the places in the text at which stamps stand, each with the stamp's number; ``apart`` is where in it code,
    links and tags begin and end, in which no name is looked for.
    """

    id: str
    title: str
    text: str
    stamps: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


class Prose(Value, frozen=True):
    """A note's text in words, without what it embeds; footnotes come last, as a section with the first one's id."""

    sections: tuple[ProseSection, ...]


class Postings(Value, frozen=True):
    """What a note adds to the index of the search: ``keys`` in lines, and of each a code (see `stages.postings`)."""

    keys: str
    codes: bytes


class Note(Value, frozen=True):
    """A parsed note. ``body`` alternates HTML and holes: even items are HTML, odd ones hole keys.

    A hole key is a letter and a number: ``L3`` opens link 3, ``/3`` closes it, ``E4`` embeds what link
    4 names, ``S5`` is stamp 5, ``T6`` tag 6, ``H6`` stands before heading 6, ``B7`` before block 7, ``b7`` after it,
    ``F0`` before the footnotes, ``F1`` before footnote 1, ``f1`` after it,
    ``U6`` and ``P6`` are the ``src`` and ``poster`` attributes of raw HTML that name what link 6 does,
    ``M8`` is formula 8, whose finished HTML is in ``formulas``.
    """

    path: str
    digest: str
    facts: Facts
    body: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    formulas: tuple[str, ...] = ()
    properties: tuple[tuple[str, tuple[str | int, ...]], ...] = ()  # name, values: text, or the number of a link
