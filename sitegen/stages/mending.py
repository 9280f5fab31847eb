"""Mending the stamps of notes: what to write in place of each that says another time than it means.

A pure function from notes to texts. A note is mended only if afterwards every stamp of its video means the second that it
meant before, nothing else in it is read otherwise, and mending again would change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from sitegen.model import Note, Reading, Source, Stamp, Status
from sitegen.stages.parse import Dialect, parse
from sitegen.video.reading import NoteReading, NoteStamps, read_video
from sitegen.video.stamps import candidates, match_anchor, match_brackets

_TIME = re.compile(r"(?<![0-9:])([0-9]{1,3}):([0-9]{1,2}):([0-9]{1,3})(?![0-9:])")
_ROUNDS = 5
# Ways to mend a note, from the most modest on: whether doubtful stamps that were moved are mended too, and whether minutes and
# seconds are written alone, which nothing can mistake.
_WAYS = ((False, False), (False, True), (True, False), (True, True))

Fields = tuple[int, ...]


class Written(Struct, frozen=True):
    """A note as it is written and read."""

    source: Source
    note: Note
    stamps: NoteStamps
    reading: NoteReading


class Mended(Struct, frozen=True):
    """A note's whole text before and after (with ``\\n`` line ends; no line is added), and how many stamps differ."""

    path: str
    before: str
    after: str
    stamps: int


class Unmended(Struct, frozen=True):
    """A note whose stamps should be mended, and why they were not."""

    path: str
    reason: str


def mend(notes: Sequence[Written], dialect: Dialect) -> tuple[list[Mended], list[Unmended]]:
    """The mended texts of one video's notes."""
    now = list(notes)
    refused: dict[int, Unmended] = {}
    for _ in range(_ROUNDS):  # a note that is mended is evidence for others
        plans, refused = _plans(now, dialect)
        chosen = _stable(now, plans)
        for index in plans.keys() - chosen.keys():
            reason = "its times would be read otherwise afterwards; say timestampFormat: in it, or mend it by hand"
            refused[index] = Unmended(now[index].source.path, reason)
        if not chosen:
            break
        now = _mended(now, chosen)
    texts = [
        Mended(old.source.path, old.source.text, new.source.text, _changed(old.note, new.note))
        for old, new in zip(notes, now, strict=True)
        if old.source.text != new.source.text
    ]
    return texts, [refused[index] for index in sorted(refused)]


def _changed(old: Note, new: Note) -> int:
    pairs = zip(old.facts.stamps, new.facts.stamps, strict=True)
    return sum(before.fields != after.fields for before, after in pairs) or 1


# ---- one note ----------------------------------------------------------------------------------------


class _Plan(Struct, frozen=True):
    """A mended note."""

    source: Source
    note: Note

    @property
    def fields(self) -> tuple[Fields, ...]:
        return tuple(stamp.fields for stamp in self.note.facts.stamps)


class _Lost(Exception):
    """A stamp is not where it was found."""


def _plans(notes: Sequence[Written], dialect: Dialect) -> tuple[dict[int, tuple[_Plan, ...]], dict[int, Unmended]]:
    """For each note that needs it, the ways to mend it that leave the rest of it as it is read."""
    plans: dict[int, tuple[_Plan, ...]] = {}
    refused: dict[int, Unmended] = {}
    for index, written in enumerate(notes):
        try:
            texts = [_text(written, bold=bold, short=short) for bold, short in _WAYS]
        except _Lost:
            refused[index] = Unmended(written.source.path, "a time could not be found again in its text")
            continue
        wanted = [text for text in dict.fromkeys(texts) if text != written.source.text]
        if not wanted or texts[0] == written.source.text:
            continue
        plans[index] = tuple(plan for text in wanted if (plan := _checked(written, text, dialect)) is not None)
        if not plans[index]:
            del plans[index]
            refused[index] = Unmended(written.source.path, "its text would be read otherwise afterwards")
    return plans, refused


def _checked(written: Written, text: str, dialect: Dialect) -> _Plan | None:
    """The plan of a text, unless more than its stamps is read otherwise."""
    source = replace(written.source, text=text)
    note = parse(source, dialect)
    old = written.note
    alike = note.body == old.body and replace(note.facts, stamps=old.facts.stamps) == old.facts
    return _Plan(source, note) if alike and len(note.facts.stamps) == len(old.facts.stamps) else None


def _text(written: Written, *, bold: bool, short: bool) -> str:
    """The note's text with its stamps mended; raises _Lost."""
    text = written.source.text
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    edits: dict[int, tuple[int, str]] = {}  # start -> end, new text
    for stamps, readings in _groups(written):
        meant = {r.seconds for r in readings if r.seconds is not None and (bold or r.status is not Status.AMBIGUOUS)}
        wanted = any(
            _is_shifted(s.fields, r.seconds) for s, r in zip(stamps, readings, strict=True) if r.seconds in meant
        )
        place = _place(text, starts, stamps)
        if place is None:
            if wanted:
                raise _Lost
            continue
        start, end = place
        for time in _TIME.finditer(text, start, end):
            fields = tuple(map(int, time.groups()))
            second = next((s for s in meant if _is_shifted(fields, s)), None)
            if second is not None:
                edits[time.start()] = (time.end(), _as_written(second, time[1], short=short))
    out, position = [], 0
    for start in sorted(edits):
        end, new = edits[start]
        out += [text[position:start], new]
        position = end
    return "".join([*out, text[position:]])


def _groups(written: Written) -> Iterator[tuple[list[Stamp], list[Reading]]]:
    """The stamps of one markup together: those that follow each other and stand in one place."""
    stamps: list[Stamp] = []
    readings: list[Reading] = []
    for stamp, reading in zip(written.note.facts.stamps, written.reading.readings, strict=True):
        if stamps and stamp.span != stamps[0].span:
            yield stamps, readings
            stamps, readings = [], []
        stamps.append(stamp)
        readings.append(reading)
    if stamps:
        yield stamps, readings


def _place(text: str, starts: Sequence[int], stamps: Sequence[Stamp]) -> tuple[int, int] | None:
    """Where the markup of these stamps begins and ends; None if something else stands there."""
    span = stamps[0].span
    if span is None or span.line >= len(starts):
        return None
    start = starts[span.line - 1] + span.column - 1
    match = (match_anchor if text[start : start + 1] == "<" else match_brackets)(text, start)
    if match is None:
        return None
    found = [part.fields for part in match.parts if isinstance(part, Stamp)]
    return (start, match.end) if found == [stamp.fields for stamp in stamps] else None


def _is_shifted(fields: Fields, seconds: int | None) -> bool:
    """Whether three fields say another time than ``seconds``, and these are their minutes and seconds."""
    if len(fields) != 3 or seconds is None:
        return False
    return ("ms", seconds) in candidates(fields) and fields[0] * 3600 + fields[1] * 60 + fields[2] != seconds


def _as_written(seconds: int, first: str, *, short: bool) -> str:
    """A time with its first field as wide as ``first`` was."""
    minutes, second = divmod(seconds, 60)
    if short:
        return f"{minutes:0{len(first)}}:{second:02}"
    return f"{minutes // 60:0{len(first)}}:{minutes % 60:02}:{second:02}"


# ---- all notes of a video ----------------------------------------------------------------------------


def _stable(notes: Sequence[Written], plans: Mapping[int, tuple[_Plan, ...]]) -> dict[int, _Plan]:
    """For each note the first plan with which all notes together mean what they did."""
    choice = dict.fromkeys(plans, 0)
    while choice:
        chosen = {index: plans[index][number] for index, number in choice.items()}
        after = _mended(notes, chosen)
        bad = [index for index, pair in enumerate(zip(notes, after, strict=True)) if not _means_the_same(*pair)]
        if not bad:
            return chosen
        for index in bad if any(index in choice for index in bad) else list(choice):
            if index in choice:
                choice[index] += 1
                if choice[index] == len(plans[index]):
                    del choice[index]
    return {}


def _means_the_same(before: Written, after: Written) -> bool:
    """Whether each stamp means its second, and what was mended needs it no more."""
    if [r.seconds for r in before.reading.readings] != [r.seconds for r in after.reading.readings]:
        return False
    if before.source is after.source:
        return True
    return not any(
        _is_shifted(fields, reading.seconds) and reading.status is not Status.AMBIGUOUS
        for fields, reading in zip(after.stamps.stamps, after.reading.readings, strict=True)
    )


def _mended(notes: Sequence[Written], chosen: Mapping[int, _Plan]) -> list[Written]:
    """All notes of the video as they are read with the chosen ones mended."""
    stamps = [
        replace(written.stamps, stamps=chosen[index].fields) if index in chosen else written.stamps
        for index, written in enumerate(notes)
    ]
    return [
        Written(
            chosen[index].source if index in chosen else written.source,
            chosen[index].note if index in chosen else written.note,
            stamps[index],
            reading,
        )
        for index, (written, reading) in enumerate(zip(notes, read_video(stamps), strict=True))
    ]
