"""What the page of a video shows."""

from __future__ import annotations

from sitegen.model.page import Player, Section, clock
from sitegen.model.vault import NoteRef, Sibling, VideoInfo
from sitegen.value import Value


class Citation(Value, frozen=True):
    """A note that cites a moment; ``ref.url`` ends in the anchor of its stamp.

    ``written`` is how a stamp that may mean another time stands in the note, "" if it is sure.
    """

    ref: NoteRef
    heading: str
    sentence: str
    written: str = ""


class VideoMoment(Value, frozen=True):
    """A moment of the video; ``sure`` are the notes that cite it, each once, ``doubtful`` those that may.

    ``heading`` and ``sentence`` are those of the first citation; ``title`` names the moment in a list of chapters.
    """

    seconds: int
    heading: str
    sentence: str
    title: str
    sure: tuple[Citation, ...]
    doubtful: tuple[Citation, ...]

    @property
    def clock(self) -> str:
        return clock(self.seconds)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self.sure + self.doubtful


class Chapter(Value, frozen=True):
    """A stretch of the video for other programs; ``end`` is None where it ends with the video, whose end is not known."""

    start: int
    end: int | None
    title: str


class VideoPage(Value, frozen=True):
    """Everything the page of a video shows. ``player`` and ``sections`` are what a note's page has too."""

    info: VideoInfo
    title: str
    player: Player
    sections: tuple[Section, ...]
    moments: tuple[VideoMoment, ...]
    notes: tuple[Sibling, ...]
    breadcrumbs: tuple[NoteRef, ...]
    chapters_vtt: str  # address
    chapters_json: str
    data: str  # JSON-LD that may stand in a script element
