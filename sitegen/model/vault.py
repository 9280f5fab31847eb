"""What the whole vault says of a note: the output of index."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import field

from sitegen.diagnostics import Diagnostic
from sitegen.model.note import Facts, Sentence
from sitegen.model.video import Transcript
from sitegen.value import Value


class NoteRef(Value, frozen=True):
    """All that other pages may know of a note (or folder, tag, video page)."""

    path: str
    title: str
    url: str


class TagRef(Value, frozen=True):
    name: str
    url: str


class Status(StrEnum):
    """How sure the reading of a stamp is."""

    GIVEN = "given"  # an override decided
    VALID = "valid"  # only one reading is possible
    INFERRED = "inferred"  # shifted, on evidence
    AMBIGUOUS = "ambiguous"  # the likelier reading, which may be wrong
    BAD = "bad"  # no reading

    __hash__ = str.__hash__  # thousands of readings are compared; an enumeration's own is slow


class Reading(Value, frozen=True):
    """What a stamp means: ``seconds`` from the start of the video; None if ``status`` is bad."""

    seconds: int | None
    status: Status


class Backlink(Value, frozen=True):
    """A note that links here, with the sentences that do (none: it merely lists this note)."""

    ref: NoteRef
    sentences: tuple[Sentence, ...]


class Mentions(Value, frozen=True):
    """The notes that name a note in their text and do not link to it: how many, and the first of them with their sentences."""

    total: int = 0
    notes: tuple[Backlink, ...] = ()


class Sibling(Value, frozen=True):
    """Another note of the same video, with the seconds it cites in ascending order."""

    ref: NoteRef
    seconds: tuple[int, ...]


class Related(Value, frozen=True):
    """A note that is like this one, and why: notes that both link to, notes that name both, rare words of both titles."""

    ref: NoteRef
    shared: tuple[NoteRef, ...]
    by: tuple[NoteRef, ...]
    words: tuple[str, ...]


class Found(StrEnum):
    """What a link turned out to be."""

    NOTE = "note"
    ASSET = "asset"
    SELF = "self"  # the note itself, without an anchor
    HIDDEN = "hidden"  # a note that is not published: shown as if nothing were there
    UNSAFE = "unsafe"  # an attachment that may run scripts
    MISSING = "missing"


class Resolution(Value, frozen=True):
    """Where a link leads. ``anchor`` is an HTML id; ``candidates`` are all paths it could mean, if several."""

    found: Found
    ref: NoteRef | None = None
    anchor: str = ""
    anchor_missing: bool = False
    candidates: tuple[str, ...] = ()
    size: tuple[int, int] | None = None  # pixels, of an image


class VideoInfo(Value, frozen=True):
    """What the vault knows of a video; the title is "" where no note gives one.

    ``page`` and ``transcript_page`` are addresses, "" where there is no such page; ``transcript`` is the path of its file.
    A recording that is a file of the vault has the file's path as its id, and the file's address within the site as ``url``.
    """

    id: str
    title: str
    duration: int | None
    page: str = ""
    transcript: str = ""
    transcript_page: str = ""
    kind: str = "youtube"  # or "video" or "audio": a file of the vault
    url: str = ""


class Place(Value, frozen=True):
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
    media: NoteRef | None = None  # the recording in the vault that the note is about: a file, played in the page
    related: tuple[Related, ...] = ()


class NoteRow(Value, frozen=True):
    """A note in a listing; ``links`` counts the notes that link to it, ``moments`` the stamps it has."""

    ref: NoteRef
    excerpt: str
    links: int
    moments: int
    date: str | None = None


class FolderRow(Value, frozen=True):
    """A folder in a listing; ``notes`` counts all notes below it, ``videos`` the videos they cite."""

    ref: NoteRef
    notes: int
    videos: int


class Cites(NamedTuple):
    """What a note cites of its video (its id, "" if it has none): seconds in ascending order, and those that are sure."""

    video: str
    seconds: tuple[int, ...]
    sure: tuple[int, ...]


class SharedMoment(NamedTuple):
    """A moment that several notes cite, each with the second it names."""

    seconds: int
    by: tuple[tuple[str, int], ...]


class Counts(NamedTuple):
    """How many links of a note lead to notes, and how many of its stamps have a reading."""

    links: int
    moments: int


class Vault(Value, frozen=True):
    """The symbol table: every published note's place, and what the site's listings are made from.

    Unpublished notes are in none of it. ``folders`` maps a folder's path ("" is the root) to its page,
    ``tags`` a tag's key to (name, address, notes that carry it). A feature is asked again if a value that it looked at has
    changed; ``refs`` and what follows say little of each note, so that whoever lists all notes need not look at their places.
    """

    facts: Mapping[str, Facts]
    places: Mapping[str, Place]
    folders: Mapping[str, NoteRef]
    folder_notes: Mapping[str, str]  # folder -> path of the note that is its page
    tags: Mapping[str, tuple[str, str, tuple[str, ...]]]
    videos: Mapping[str, tuple[str, ...]]  # video id -> paths of its notes
    video_info: Mapping[str, VideoInfo]
    assets: Mapping[str, str]  # path of a used attachment -> its address
    redirects: Mapping[
        str, NoteRef
    ]  # address that an alias or a note with a permalink would have -> the page it leads to
    refs: Mapping[
        str, NoteRef
    ]  # path of a note -> what others may know of it; so the following, where they do not say else
    rows: Mapping[str, NoteRow]
    dated: Mapping[str, str]  # when it changed last, as its row says; only notes that have a date
    linked: Mapping[str, tuple[str, ...]]  # notes that it links to, each once
    embeds: Mapping[str, tuple[str, ...]]  # notes that it embeds, directly or through others; only notes that embed any
    wanted: Mapping[str, tuple[str, ...]]  # targets of its links to nothing
    cited: Mapping[str, Cites]
    counts: Mapping[str, Counts]
    inside: Mapping[str, tuple[str, ...]]  # folder -> paths of the notes directly in it
    branches: Mapping[str, tuple[FolderRow, ...]]  # folder -> those directly in it
    moments: Mapping[str, tuple[SharedMoment, ...]]  # video id -> its moments that several notes cite
    diagnostics: tuple[Diagnostic, ...]
    names: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # by which others may mention it; only who has any
    transcripts: Mapping[str, Transcript] = field(default_factory=dict)  # video id -> what is said in it

    def folders_of(self, path: str) -> tuple[NoteRef, ...]:
        """The pages of the folders that a note is in, outermost first, without the root."""
        parts = path.split("/")[:-1]
        return tuple(self.folders["/".join(parts[: end + 1])] for end in range(len(parts)))
