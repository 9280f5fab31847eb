"""What is said and cited in a video: transcripts, and passages of notes that cite a moment."""

from __future__ import annotations

from typing import NamedTuple

from sitegen.value import Value


class Line(NamedTuple):
    """A line of a transcript: from ``start`` to ``end`` (seconds) ``speaker`` ("" if not said) says ``text``."""

    start: float
    end: float
    text: str
    speaker: str = ""


class Transcript(Value, frozen=True):
    """What is said in a video, in order of time. ``path`` is the file it was read from."""

    path: str
    lines: tuple[Line, ...]


class Passage(NamedTuple):
    """Where a note cites a second: the heading and the sentence its stamp stands under, as plain text.

    ``sure`` is whether the stamp can only be read so; else ``written`` says how it stands in the note.
    """

    seconds: int
    sure: bool
    heading: str
    sentence: str
    written: str
