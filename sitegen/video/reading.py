"""What the stamps of a video's notes mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sitegen.model import Reading, Status, clock
from sitegen.video.stamps import candidates


@dataclass(frozen=True, slots=True)
class NoteStamps:
    """The stamps of one note: the fields of each in order, what its front matter says of their format
    ("hms", "ms", "auto" or None) and of the video's length (seconds)."""

    stamps: tuple[tuple[int, ...], ...]
    format: str | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True)
class NoteReading:
    """What the stamps of one note mean; ``verdict`` is "literal", "shifted", "ambiguous" or "mixed"."""

    readings: tuple[Reading, ...]
    verdict: str


def read_video(notes: Sequence[NoteStamps]) -> tuple[NoteReading, ...]:
    """Reads the stamps of all notes of one video; the result is parallel to ``notes``."""
    return tuple(_read_note(note) for note in notes)


def _read_note(note: NoteStamps) -> NoteReading:
    long = [f for f in note.stamps if len(f) == 3 and f[0] > 0]
    zero = sum(f[2] == 0 for f in long)
    sure = sum(f[2] > 0 and f[0] <= 3 for f in long)
    shifted = (
        zero >= 3 and zero >= sure and (any(f[0] >= 4 for f in long) or any(f[0] == 0 and f[2] for f in note.stamps))
    )
    if note.format in ("hms", "ms"):
        shifted = note.format == "ms"
    readings = tuple(_read_stamp(fields, shifted) for fields in note.stamps)
    return NoteReading(readings, "shifted" if shifted else "literal")


def _read_stamp(fields: tuple[int, ...], shifted: bool) -> Reading:
    possible = dict(candidates(fields))
    if not possible:
        return Reading(None, Status.BAD)
    if len(possible) == 1:
        return Reading(next(iter(possible.values())), Status.VALID)
    if shifted and fields[0] and fields[2] == 0:
        return Reading(possible["ms"], Status.INFERRED)
    return Reading(possible["hms"], Status.VALID)


def ambiguous_hint(note: NoteStamps, reading: NoteReading) -> str:
    """One sentence for the warning about the stamps that may mean minutes and seconds."""
    unsure = [f for f, r in zip(note.stamps, reading.readings, strict=True) if r.status is Status.AMBIGUOUS]
    if not unsure:
        return ""
    both = dict(candidates(unsure[0]))
    return (
        f"{len(unsure)} may mean minutes and seconds ({clock(both['ms'])} instead of {clock(both['hms'])}): "
        f"write timestampFormat: ms or timestampFormat: hms in the front matter"
    )
