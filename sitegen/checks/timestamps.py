"""Stamps that may have been read wrongly, and stamps in notes that name no video."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.diagnostics import Diagnostic
from sitegen.model import Facts, Place, Stamp, Status, clock
from sitegen.video.reading import NoteReading, NoteStamps, ambiguous_hint
from sitegen.video.stamps import candidates


def timestamps(facts: Facts, place: Place) -> Iterator[Diagnostic]:
    """ambiguous-timestamp, once a note, and bad-timestamp for each stamp without a meaning."""
    path = facts.path
    if place.video is None and place.media is None:
        if facts.stamps and facts.properties.media is None:  # of a file that is not there embeds.py speaks
            message = f"{_counted(len(facts.stamps))}, but the note names no video"
            yield Diagnostic("bad-timestamp", path, message, facts.stamps[0].span, "add videoId: to the front matter")
        return
    unsure = []
    for stamp, reading in zip(facts.stamps, place.readings, strict=True):
        if reading.status is Status.BAD:
            message, hint = _bad(stamp, facts.properties.duration)
            yield Diagnostic("bad-timestamp", path, message, stamp.span, hint)
        elif reading.status is Status.AMBIGUOUS:
            unsure.append(stamp)
    if unsure:
        properties = facts.properties
        stamps = NoteStamps(
            tuple(stamp.fields for stamp in facts.stamps), properties.timestamp_format, properties.duration
        )
        hint = ambiguous_hint(stamps, NoteReading(place.readings, place.verdict))
        literal = place.verdict in ("ambiguous", "literal")
        rest = "mean minutes and seconds; taken for hours and minutes" if literal else "have been read wrongly"
        message = f"{_counted(len(unsure))} may {rest}"
        yield Diagnostic("ambiguous-timestamp", path, message, unsure[0].span, hint)


def _bad(stamp: Stamp, duration: int | None) -> tuple[str, str]:
    """What is wrong with a stamp that has no reading, and what to do."""
    if duration is not None and candidates(stamp.fields):
        message = f'"{stamp.written}" is past the end of the video, which is {clock(duration)} long'
        return message, "correct the time, or duration: in the front matter"
    return f'"{stamp.written}" is no time of a video', "write it as 1:43 or 1:02:03"


def _counted(stamps: int) -> str:
    return "1 time stamp" if stamps == 1 else f"{stamps} time stamps"
