"""The values that travel between stages: plain, frozen, comparable data.

Owns no behaviour beyond trivial properties and knows nothing of files, Markdown or templates.
Everything here may be compared with ``==`` to decide whether earlier work can be reused, so a
field that must not decide (a line number) says ``compare=False``.

Words: a *note* is a source file, a *page* is what a URL shows, an *artifact* is a file written, a
*stamp* is a time as written, a *moment* is a time of a video.  Paths are POSIX paths relative to the
vault; URLs are relative to the site's root, without a leading slash (``folder/name.html``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sitegen.diagnostics import Diagnostic, Span

# ---- what is read ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """One Markdown file: its text decoded, its bytes identified by ``digest`` (hex BLAKE2b)."""

    path: str
    digest: str
    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """Any other file of the vault; ``digest`` identifies its content (or its size and time on disk)."""

    path: str
    digest: str
    size: int
    unsafe: bool = False  # may run scripts when opened, so it is never published


# ---- what a note says (parse) ---------------------------------------------------------------------


class LinkKind(StrEnum):
    WIKI = "wiki"  # [[target]]
    MARKDOWN = "markdown"  # [label](target.md)
    EMBED = "embed"  # ![[target]], ![](target.png)
    PROPERTY = "property"  # a link in a front matter value


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence a link stands in, as plain text in three parts; ``link`` is what the link shows."""

    before: str
    link: str
    after: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written, unresolved. ``anchor`` is what follows ``#`` ("" if nothing does)."""

    target: str
    anchor: str
    label: str
    kind: LinkKind
    sentence: Sentence | None = None
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time as written. ``fields`` are its numbers in order (2 to 4, or one when given in seconds)."""

    written: str
    fields: tuple[int, ...]
    span: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """``text`` is the visible text, ``id`` the anchor; ``stamp`` numbers the first stamp under it."""

    level: int
    text: str
    id: str
    stamp: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block that ``^id`` names; ``anchor`` is the HTML id it has on its page."""

    id: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Properties:
    """What the front matter says, as far as we know its keys. Text is as written."""

    title: str | None = None
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    css_classes: tuple[str, ...] = ()
    permalink: str | None = None
    description: str | None = None
    image: str | None = None
    date: str | None = None  # ISO 8601 date
    updated: str | None = None  # ISO 8601 date
    language: str | None = None
    video_id: str | None = None
    duration: int | None = None  # seconds
    timestamp_format: str | None = None  # hms | ms | auto
    published: bool = True  # said by `publish`
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rest of the vault may need of a note. An edit that leaves it equal changes one page."""

    path: str
    title: str
    properties: Properties
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    stamps: tuple[Stamp, ...]
    origin: int | None  # which link is the note's "From:" line
    excerpt: str  # opening words, plain text
    words: int
    videos: tuple[tuple[str, str], ...]  # (video id, title) that links in this note give


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. ``body`` alternates HTML and holes: even items are HTML, odd ones hole keys.

    A hole key is a letter and a number: ``L3`` opens link 3, ``/3`` closes it, ``E4`` embeds what link
    4 names, ``S5`` is stamp 5, ``T6`` tag 6, ``H6`` stands before heading 6, ``B7`` before block 7, ``b7`` after it.
    """

    path: str
    digest: str
    facts: Facts
    body: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


# ---- what the vault says of a note (index) --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteRef:
    """All that other pages may know of a note (or folder, tag, video page)."""

    path: str
    title: str
    url: str


class Status(StrEnum):
    """How sure the reading of a stamp is."""

    GIVEN = "given"  # an override decided
    VALID = "valid"  # only one reading is possible
    INFERRED = "inferred"  # shifted, on evidence
    AMBIGUOUS = "ambiguous"  # literal reading kept, may be wrong
    BAD = "bad"  # no reading


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stamp means: ``seconds`` from the start of the video; None if ``status`` is bad."""

    seconds: int | None
    status: Status


@dataclass(frozen=True, slots=True)
class Backlink:
    """A note that links here, with the sentences that do (none: it merely lists this note)."""

    ref: NoteRef
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another note of the same video, with the seconds it cites in ascending order."""

    ref: NoteRef
    seconds: tuple[int, ...]


class Found(StrEnum):
    """What a link turned out to be."""

    NOTE = "note"
    ASSET = "asset"
    SELF = "self"  # the note itself, without an anchor
    HIDDEN = "hidden"  # a note that is not published: shown as if nothing were there
    UNSAFE = "unsafe"  # an attachment that may run scripts
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a link leads. ``anchor`` is an HTML id; ``candidates`` are all paths it could mean, if several."""

    found: Found
    ref: NoteRef | None = None
    anchor: str = ""
    anchor_missing: bool = False
    candidates: tuple[str, ...] = ()
    size: tuple[int, int] | None = None  # pixels, of an image


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What the vault knows of a video; the title is "" where no note gives one."""

    id: str
    title: str
    duration: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """All that the vault says of one note: the whole input, besides the note, of its page.

    ``resolutions`` is parallel to the note's links, ``readings`` to its stamps, ``tags`` to `tag_names`.
    """

    ref: NoteRef
    resolutions: tuple[Resolution, ...]
    readings: tuple[Reading, ...]
    verdict: str
    backlinks: tuple[Backlink, ...]
    breadcrumbs: tuple[NoteRef, ...]
    tags: tuple[TagRef, ...]
    inline_tags: tuple[TagRef, ...]
    video: VideoInfo | None
    siblings: tuple[Sibling, ...]
    image: str | None  # address of the properties' image


@dataclass(frozen=True, slots=True)
class Vault:
    """The symbol table: every published note's place, and what the site's listings are made from.

    Unpublished notes are in none of it. ``folders`` maps a folder's path ("" is the root) to its page,
    ``tags`` a tag's key to (name, address, notes that carry it).
    """

    facts: Mapping[str, Facts]
    places: Mapping[str, Place]
    folders: Mapping[str, NoteRef]
    folder_notes: Mapping[str, str]  # folder -> path of the note that is its page
    tags: Mapping[str, tuple[str, str, tuple[str, ...]]]
    videos: Mapping[str, tuple[str, ...]]  # video id -> paths of its notes
    video_info: Mapping[str, VideoInfo]
    assets: Mapping[str, str]  # path of a used attachment -> its address
    wanted: tuple[tuple[str, str], ...]  # (linking note, target) of every link to nothing
    diagnostics: tuple[Diagnostic, ...]


# ---- what a page shows (resolve, render) ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TagRef:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A cited second of the page's video. ``id`` is the HTML id of the (first) stamp that cites it."""

    seconds: int
    id: str

    @property
    def clock(self) -> str:
        return clock(self.seconds)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the page for its table of contents; ``seconds``: the first moment cited under it."""

    level: int
    title: str
    id: str
    seconds: int | None = None

    @property
    def clock(self) -> str | None:
        return None if self.seconds is None else clock(self.seconds)


@dataclass(frozen=True, slots=True)
class Player:
    """The page's video. ``length`` in seconds: its duration if known, else just past the last moment."""

    video_id: str
    title: str
    watch_url: str
    embed_url: str
    length: int
    length_known: bool
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node of the local graph, with all that is drawn of it in the units of the graph's view box."""

    ref: NoteRef
    kind: str  # "link" | "backlink" | "sibling"
    x: str
    y: str
    curve: str  # path data of the line from the note to this node
    left: bool  # on which side of the note it stands, and so on which side of it its label does
    label_x: str
    lines: tuple[tuple[str, str], ...]  # (y, text) of each line of the label


@dataclass(frozen=True, slots=True)
class LocalGraph:
    """The notes around this one; the note itself stands at (``width``/2, ``height``/2)."""

    width: int
    height: int
    nodes: tuple[GraphNode, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a note's page shows, and nothing else: the whole input of its template."""

    url: str
    title: str
    language: str | None
    description: str
    image: str | None
    css_classes: tuple[str, ...]
    body: str  # HTML, sanitised, links final
    breadcrumbs: tuple[NoteRef, ...]  # outermost folder first; not the home page, not this page
    origin: NoteRef | None  # the note named on the "From:" line
    date: str | None
    updated: str | None
    tags: tuple[TagRef, ...]
    sections: tuple[Section, ...]
    player: Player | None
    backlinks: tuple[Backlink, ...]
    siblings: tuple[Sibling, ...]
    graph: LocalGraph | None
    extra: tuple[tuple[str, Any], ...] = ()  # what a listing (folder, home) adds to the note
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note in a listing; ``links`` counts the notes that link to it, ``moments`` the stamps it has."""

    ref: NoteRef
    excerpt: str
    links: int
    moments: int
    date: str | None = None


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder in a listing; ``notes`` counts all notes below it, ``videos`` the videos they cite."""

    ref: NoteRef
    notes: int
    videos: int


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video in a listing with the notes about it; ``seconds`` are all it is cited at, ascending."""

    video_id: str
    title: str
    watch_url: str
    notes: tuple[NoteRef, ...]
    seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CitedMoment:
    """A moment several notes cite; each ref's ``url`` ends in the anchor of its stamp."""

    video_id: str
    title: str
    watch_url: str
    seconds: int
    notes: tuple[NoteRef, ...]

    @property
    def clock(self) -> str:
        return clock(self.seconds)


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag in a listing; ``name`` as first written, ``depth`` counts its slashes, ``notes`` those below it."""

    name: str
    url: str
    depth: int
    notes: int


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A link target that no note answers, and how many links ask for it."""

    target: str
    links: int


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """The notes whose title begins with ``letter``, for the list of all notes."""

    letter: str
    notes: tuple[NoteRef, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A page that is not a note's: its template and the values the template may use."""

    url: str
    template: str
    title: str
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """Content that is a file of the vault or theme, copied as it is."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the site. ``note`` names the note whose page it is, if it is one."""

    url: str
    content: bytes | CopiedFile
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What every page may print about the site; nothing here grows or changes with the vault."""

    title: str
    description: str
    language: str
    base_url: str  # "" or an absolute URL ending in "/"
    generator: str
    feed: bool = False  # whether there is a feed.xml
    tags: bool = False  # whether any note has a tag


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates and static files by name. Two themes are equal if their digests are."""

    digest: str
    templates: Mapping[str, str] = field(compare=False)
    static: Mapping[str, CopiedFile] = field(compare=False)
    icons: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site, ready to be written."""

    artifacts: Mapping[str, Artifact]
    diagnostics: tuple[Diagnostic, ...]
    pages: int = 0
    links: int = 0


def clock(seconds: int) -> str:
    """``103`` -> ``"1:43"``, ``3723`` -> ``"1:02:03"``."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
