"""What a note's page and the rows of listings show: the output of resolve."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from sitegen.diagnostics import Diagnostic
from sitegen.model.note import Prose
from sitegen.model.site import SearchFile
from sitegen.model.vault import Backlink, Mentions, NoteRef, Related, Sibling, TagRef
from sitegen.model.video import Passage
from sitegen.value import Partly, Value


def clock(seconds: int) -> str:
    """``103`` -> ``"1:43"``, ``3723`` -> ``"1:02:03"``."""
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


class Moment(Value, frozen=True):
    """A cited second of the page's video. ``id`` is the HTML id of the (first) stamp that cites it."""

    seconds: int
    id: str

    @property
    def clock(self) -> str:
        return clock(self.seconds)


class Section(Value, frozen=True):
    """A heading of the page for its table of contents; ``seconds``: the first moment cited under it."""

    level: int
    title: str
    id: str
    seconds: int | None = None

    @property
    def clock(self) -> str | None:
        return None if self.seconds is None else clock(self.seconds)


class Player(Value, frozen=True):
    """The page's video. ``length`` in seconds: its duration if known, else just past ``last``, the last time that is cited.

    A recording that is a file of the vault has its ``kind``, "video" or "audio", its file's address within the site as
    ``watch_url``, and no id.
    """

    video_id: str
    title: str
    watch_url: str
    length: int
    length_known: bool
    moments: tuple[Moment, ...]
    kind: str = "youtube"  # or "video" or "audio": a file of the vault
    last: int = 0


class GraphNode(Value, frozen=True):
    """A node of the local graph, with all that is drawn of it in the units of the graph's view box."""

    ref: NoteRef
    kind: str  # "link" | "backlink" | "sibling"
    x: str
    y: str
    curve: str  # path data of the line from the note to this node
    left: bool  # on which side of the note it stands, and so on which side of it its label does
    label_x: str
    lines: tuple[tuple[str, str], ...]  # (y, text) of each line of the label


class LocalGraph(Value, frozen=True):
    """The notes around this one; the note itself stands at (``width``/2, ``height``/2)."""

    width: int
    height: int
    nodes: tuple[GraphNode, ...]


class PropertyValue(Value, frozen=True):
    """One value of a property; ``url`` is an address of the site, or an absolute one."""

    text: str
    url: str | None = None


class PropertyRow(Value, frozen=True):
    """A property as the table of a note's page shows it."""

    name: str
    values: tuple[PropertyValue, ...]


class Page(Partly, frozen=True):
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
    video_page: str = ""  # address of the page of the note's video, "" if it has none
    transcript_page: str = ""  # of its transcript
    passages: tuple[Passage, ...] = ()  # what the video's page shows of this note
    sheets: tuple[str, ...] = ()  # style sheets and scripts of the theme that the body needs, by name
    scripts: tuple[str, ...] = ()
    properties: tuple[PropertyRow, ...] = ()
    formula_sheet: str | None = None  # address of the style sheet that its formulas need
    related: tuple[Related, ...] = ()
    mentions: Mentions = Mentions()
    diagnostics: tuple[Diagnostic, ...] = ()

    apart = ("diagnostics",)

    @property
    def plays(self) -> bool:
        """Whether anything on the page is for the player: its own video, or one set into the text."""
        return self.player is not None or ' data-video="' in self.body


class Needs(Value, frozen=True):
    """What of the theme a page's body asks for: style sheets and scripts by name, the address of its formulas' sheet."""

    sheets: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    formula_sheet: str | None = None


class Pages(Mapping[str, Page]):
    """The pages of all notes by path, for features. What is asked for is made then; what is small is known already.

    A feature is asked again only if something it looked at has changed, so it should look at no more than it needs.
    ``searched`` are the files of the search by address.
    """

    searched: Mapping[str, SearchFile]

    @abstractmethod
    def needs(self, path: str) -> Needs:
        """What the page's body asks for."""

    @abstractmethod
    def passages(self, path: str) -> tuple[Passage, ...]:
        """What the page of the note's video shows of it."""

    @abstractmethod
    def prose(self, path: str) -> Prose:
        """The note's text, section by section."""


class VideoRow(Value, frozen=True):
    """A video in a listing with the notes about it; ``seconds`` are all it is cited at, ascending.

    ``page`` is the address of its page within the site, else of its file; "" if it has neither.
    """

    video_id: str
    title: str
    watch_url: str
    page: str
    notes: tuple[NoteRef, ...]
    seconds: tuple[int, ...]


class CitedMoment(Value, frozen=True):
    """A moment several notes cite; each ref's ``url`` ends in the anchor of its stamp.

    ``page`` is the address of the video's page, "" if it has none.
    """

    video_id: str
    title: str
    watch_url: str
    page: str
    seconds: int
    notes: tuple[NoteRef, ...]

    @property
    def clock(self) -> str:
        return clock(self.seconds)


class TagRow(Value, frozen=True):
    """A tag in a listing; ``name`` as first written, ``depth`` counts its slashes, ``notes`` those below it."""

    name: str
    url: str
    depth: int
    notes: int


class WantedRow(Value, frozen=True):
    """A link target that no note answers, and how many links ask for it."""

    target: str
    links: int


class LetterGroup(Value, frozen=True):
    """The notes whose title begins with ``letter``, for the list of all notes."""

    letter: str
    notes: tuple[NoteRef, ...]


class LetterPage(Value, frozen=True):
    """A page of the list of all notes, where one cannot hold them all: the letters on it, how many notes it lists, and the
    script that gives their titles and addresses."""

    name: str
    url: str
    script: str
    letters: tuple[str, ...]
    notes: int


class MonthGroup(Value, frozen=True):
    """The notes that changed in a ``month`` (as in 2026-11), each after its date."""

    month: str
    notes: tuple[tuple[str, NoteRef], ...]


class GardenRow(Value, frozen=True):
    """A note, or a name that links ask for (without a ``url``) with some of the notes that do; ``figure`` counts links."""

    text: str
    url: str
    figure: int
    notes: tuple[NoteRef, ...]


class GardenList(Value, frozen=True):
    """One list of the garden: its ``total``, its first rows, the addresses of scripts with the following ones."""

    total: int
    rows: tuple[GardenRow, ...]
    more: tuple[str, ...]
