"""What the stamps of a video's notes mean: hours, minutes and seconds, or minutes, seconds and something more.

Owns the rule. Many notes say 01:43:00 for 1 min 43 s; others say it for 1 h 43 min, so each note is judged by its own
signs, and one that stays undecided by what the other notes of its video cite for sure. It must not know how a stamp is
written or where it stands: it gets numbers and gives seconds.

The rule, in this order:

1. ``timestampFormat`` decides (given).
2. Readings that cannot be are dropped: a field over 59, more than 12 hours, past the video's end (valid). A length that only
   other notes of the video state chooses between readings, unless it would leave a stamp of the note none.
3. At least three stamps A:BB:00, no fewer than A:BB:CC with hours: the note is shifted if a sign excludes that its
   author rounds to minutes (inferred); else the literal reading is kept and reported (ambiguous).
4. In a shifted note A:BB:CC is hours, and so is A:BB:00 where that fits the jumps between its neighbours far better.
5. Third fields that are no seconds (one constant value, several over 59) make minutes and seconds of the first two;
   so does a first field of 4 and more where the jumps say so.
6. Fewer stamps A:BB:00 move only where jumps or other notes leave hardly a doubt.

Order is no evidence: shifting keeps it, and authors go back and forth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from sitegen.model import Reading, Status, clock
from sitegen.value import Value
from sitegen.video.jumps import Choice, second_probabilities
from sitegen.video.signs import Elsewhere, Fields, Signs, signs_of
from sitegen.video.stamps import candidates
from sitegen.video.weights import decided_kinds, kind_of, weights_of

# A video's length is often rounded down in properties, and a last stamp may name the very end.
_DURATION_SLACK = 5

# How sure the jumps must be: to keep hours in a shifted note, to move one stamp alone, to call it ambiguous.
_KEPT = 0.1
_MOVED = 0.99
_DOUBTED = 0.3
# So many stamps with seconds in a note that are moved by the jumps alone stay in doubt.
_LONE = 2


class NoteStamps(Value, frozen=True):
    """The stamps of one note: the fields of each in order.

    ``format`` is what its properties say ("hms", "ms", "auto" or None), ``duration`` the video's length in seconds.
    """

    stamps: tuple[tuple[int, ...], ...]
    format: str | None = None
    duration: int | None = None


class NoteReading(Value, frozen=True):
    """What the stamps of one note mean, parallel to them.

    ``verdict``: "literal", "shifted" (minutes and seconds), "mixed" (both) or "ambiguous".
    """

    readings: tuple[Reading, ...]
    verdict: str

    @property
    def doubts(self) -> bool:
        """Whether a stamp is ambiguous."""
        return self.verdict == "ambiguous" or (
            self.verdict == "mixed" and any(reading.status is Status.AMBIGUOUS for reading in self.readings)
        )


def read_video(notes: Sequence[NoteStamps]) -> tuple[NoteReading, ...]:
    """Reads all notes of one video; the result is parallel to ``notes`` and does not depend on their order.

    Each note is read by itself first. A note with a stamp in doubt is then read again with the seconds that the first
    reading of the others is sure of; second readings never become evidence, so all notes are treated alike. The longest
    length that a note states is that of the video for those that state none.
    """
    length = max([note.duration for note in notes if note.duration is not None], default=None)
    sheets = [_sheet(note, length) for note in notes]
    results = [_read_sheet(sheet, None) for sheet in sheets]
    if len(notes) < 2 or not any(_may_be_open(*pair) for pair in zip(sheets, results, strict=True)):
        return tuple(results)
    sure = [_sure_seconds(sheet, result) for sheet, result in zip(sheets, results, strict=True)]
    counts: Counter[int] = Counter()
    for seconds in sure:
        counts.update(seconds)
    long = max(counts, default=0) >= 3600
    for index, (sheet, alone) in enumerate(zip(sheets, tuple(results), strict=True)):
        if _is_open(sheet, alone, counts, long=long):
            results[index] = _read_sheet(sheet, Elsewhere(counts, sure[index]))
    return tuple(results)


def is_past(seconds: int, duration: int | None) -> bool:
    """Whether a time is past the end of a video of this length (seconds; None: not known)."""
    return duration is not None and seconds > duration + _DURATION_SLACK


def ambiguous_hint(note: NoteStamps, reading: NoteReading) -> str:
    """One sentence for the warning: how many stamps are in doubt, the first both ways, and what settles it.

    "" if none is in doubt.
    """
    unsure = [(f, r) for f, r in zip(note.stamps, reading.readings, strict=True) if r.status is Status.AMBIGUOUS]
    if not unsure:
        return ""
    fields, first = unsure[0]
    other = next((seconds for _, seconds in candidates(fields) if seconds != first.seconds), None)
    written = ":".join(f"{field:02}" for field in fields)
    subject = "1 time may mean" if len(unsure) == 1 else f"{len(unsure)} times may mean"
    either = f"such as {written}, read as {clock(first.seconds or 0)} and perhaps {clock(other or 0)}"
    if all(r.seconds == candidates(f)[0][1] for f, r in unsure):
        return f"{subject} minutes and seconds, {either}: write timestampFormat: ms (or hms) in the front matter to settle it"
    return f"{subject} something else, {either}: write each as M:SS or H:MM:SS to settle it"


# ---- one note ---------------------------------------------------------------------------------------


class _Sheet(Value, frozen=True):
    """What both readings of a note need: its signs and the readings that each stamp could have.

    ``signs`` is None where there is nothing to weigh: an override decides, or no stamp could be hours.
    """

    note: NoteStamps
    possible: tuple[tuple[tuple[str, int], ...], ...] = ()
    signs: Signs | None = None


def _sheet(note: NoteStamps, length: int | None) -> _Sheet:
    """``length`` of the video in seconds, as any of its notes states it."""
    if note.format in ("hms", "ms"):
        return _Sheet(note)
    if length is None and not any(len(fields) == 3 and fields[0] for fields in note.stamps):
        return _Sheet(note)  # most notes
    possible = tuple([_possible(fields, note.duration) for fields in note.stamps])
    if length is not None and note.duration is None:
        within = tuple([_possible(fields, length) for fields in note.stamps])
        if all(left or not readings for left, readings in zip(within, possible, strict=True)):
            possible = within  # else the note is about a longer cut, or the length is wrong
    return _Sheet(note, possible, signs_of(note.stamps))


def _read_sheet(sheet: _Sheet, elsewhere: Elsewhere | None) -> NoteReading:
    """Reads a note by its own signs, and by ``elsewhere`` if that is given."""
    stamps, form = sheet.note.stamps, sheet.note.format
    if sheet.signs is not None:
        if sheet.signs.plain and elsewhere is None:
            return NoteReading(tuple([_only(readings[:1]) for readings in sheet.possible]), "literal")
        readings = _infer(stamps, sheet.possible, sheet.signs, elsewhere)
    elif form in ("hms", "ms"):
        readings = tuple([_given(fields, form, sheet.note.duration) for fields in stamps])
    else:
        return NoteReading(tuple([_literal(fields) for fields in stamps]), "literal")
    return NoteReading(readings, _verdict(stamps, readings))


@lru_cache(maxsize=1 << 16)
def _literal(fields: Fields) -> Reading:
    """The reading at face value."""
    possible = candidates(fields)
    return Reading(possible[0][1], Status.VALID) if possible else Reading(None, Status.BAD)


def _given(fields: Fields, form: str, duration: int | None) -> Reading:
    """The reading that an override decides: under "ms", 0:MM:SS is still what it says, for it cannot be MM:SS:00.

    Past the video's end it is none, as nothing else may be meant by it.
    """
    possible = dict(candidates(fields))
    if not possible:
        return Reading(None, Status.BAD)
    exact = len(possible) > 1 and fields[0] == 0 and fields[2] > 0
    name = next(iter(possible)) if len(possible) == 1 else "hms" if exact else form
    if is_past(possible[name], duration):
        return Reading(None, Status.BAD)
    return Reading(possible[name], Status.VALID if len(possible) == 1 else Status.GIVEN)


def _infer(
    stamps: tuple[Fields, ...],
    possible: Sequence[tuple[tuple[str, int], ...]],
    signs: Signs,
    elsewhere: Elsewhere | None,
) -> tuple[Reading, ...]:
    """Rules 3 to 6: weighs the possible readings."""
    if elsewhere is not None and not signs.junk and elsewhere.confirm(_pairs(stamps, possible, whole=False)) > 0:
        signs = replace(signs, impossible=2)  # as good a sign of junk as impossible fields
    if signs.plain:
        return tuple([_only(readings[:1]) for readings in possible])
    shifted = _is_shifted(stamps, possible, signs, elsewhere)
    decided = decided_kinds(signs, shifted, elsewhere)
    result: list[Reading | None] = []
    choices: list[Choice] = []
    places: list[tuple[int, int]] = []  # of the stamps that their neighbours have a say in: in stamps, in choices
    for fields, readings in zip(stamps, possible, strict=True):
        if len(readings) != 2:
            if readings:
                choices.append((readings[0][1], readings[0][1], 1.0, 0.0))
            result.append(_only(readings))
            continue
        known = decided[kind_of(fields)]
        if known is None:
            places.append((len(result), len(choices)))
            result.append(None)
            choices.append((readings[0][1], readings[1][1], *weights_of(fields, readings, signs, shifted, elsewhere)))
        else:
            moved, status = known
            result.append(_reading(readings[moved][1], status))
            choices.append((readings[0][1], readings[1][1], 1.0 - moved, float(moved)))
    probabilities = second_probabilities(choices) if places else []
    odd = []  # moved though nothing but the jumps speaks against their seconds
    for index, at in places:
        fields = stamps[index]
        result[index] = reading = _read_stamp(fields, possible[index], probabilities[at], signs, shifted)
        if fields[2] and reading.status is Status.INFERRED and not signs.junk:
            odd.append(index)
    if len(odd) <= _LONE:  # more of them bear each other out; a lone one its author should look at
        for index in odd:
            result[index] = _reading(possible[index][1][1], Status.AMBIGUOUS)
    return tuple([reading for reading in result if reading is not None])


@lru_cache(maxsize=1 << 16)
def _possible(fields: Fields, duration: int | None) -> tuple[tuple[str, int], ...]:
    """Rule 2: the readings of a stamp within the video, if its length is known."""
    readings = candidates(fields)
    if duration is not None:
        readings = tuple(reading for reading in readings if not is_past(reading[1], duration))
    if len(readings) == 2 and fields[0] == 0 and (fields[2] or fields[1] == 0):
        return readings[:1]  # 0:MM:SS is no MM:SS:00, and 0:00:00 is the same either way
    return readings


def _is_shifted(
    stamps: tuple[Fields, ...],
    possible: Sequence[tuple[tuple[str, int], ...]],
    signs: Signs,
    elsewhere: Elsewhere | None,
) -> bool | None:
    """Rule 3: whether the note writes MM:SS:00; None if it looks like it and nothing excludes rounded minutes."""
    if not signs.looks_shifted:
        return False
    if signs.excludes_rounding:
        return True
    if elsewhere is not None:
        evidence = elsewhere.confirm(_pairs(stamps, possible, whole=True))
        if evidence:
            return evidence > 0
    return False if signs.rounds else None


def _pairs(
    stamps: tuple[Fields, ...], possible: Sequence[tuple[tuple[str, int], ...]], *, whole: bool
) -> set[tuple[int, int]]:
    """The (literal, shifted) seconds of the different stamps A:BB:00, or of those A:BB:CC, that could be either."""
    return {
        (readings[0][1], readings[1][1])
        for fields, readings in zip(stamps, possible, strict=True)
        if len(readings) == 2 and fields[0] and (fields[2] == 0) == whole
    }


# ---- one stamp --------------------------------------------------------------------------------------


def _read_stamp(
    fields: Fields,
    readings: tuple[tuple[str, int], ...],
    probability: float,
    signs: Signs,
    shifted: bool | None,
) -> Reading:
    """What a stamp with two readings means when minutes and seconds have this ``probability``."""
    literal, short = readings[0][1], readings[1][1]
    if shifted is None and not fields[2]:
        return _reading(literal, Status.AMBIGUOUS)
    moved, doubted = _limits(fields, signs, shifted)
    if probability > moved:
        return _reading(short, Status.INFERRED)
    return _reading(literal, Status.AMBIGUOUS if probability > doubted else Status.VALID)


@lru_cache(maxsize=1 << 16)
def _only(readings: tuple[tuple[str, int], ...]) -> Reading:
    """What a stamp means that has one reading or none."""
    return Reading(readings[0][1], Status.VALID) if readings else Reading(None, Status.BAD)


@lru_cache(maxsize=1 << 16)
def _reading(seconds: int, status: Status) -> Reading:
    """Readings repeat, and making one costs more than looking it up."""
    return Reading(seconds, status)


def _limits(fields: Fields, signs: Signs, shifted: bool | None) -> tuple[float, float]:
    """Above which probability a stamp is moved, and above which it is in doubt."""
    if fields[2]:
        return (0.6, 0.6) if signs.junk else (0.9, 0.1)
    if shifted:
        return (_KEPT, _KEPT) if fields[0] else (0.8, 0.2)
    return _MOVED, _DOUBTED


# ---- the whole --------------------------------------------------------------------------------------


def _verdict(stamps: tuple[Fields, ...], readings: Iterable[Reading]) -> str:
    """One word for the note: by the stamps that could be hours."""
    literal = short = ambiguous = False
    for fields, reading in zip(stamps, readings, strict=True):
        if reading.status is Status.AMBIGUOUS:
            ambiguous = True
        elif len(fields) == 3 and fields[0] and reading.seconds is not None:
            moved = reading.seconds == fields[0] * 60 + fields[1]
            short, literal = short or moved, literal or not moved
    if short:
        return "mixed" if literal or ambiguous else "shifted"
    return "ambiguous" if ambiguous else "literal"


def _may_be_open(sheet: _Sheet, result: NoteReading) -> bool:
    """Whether other notes could change the reading, whatever they cite."""
    signs = sheet.signs
    if signs is None:
        return False
    return signs.hours > signs.plain or signs.far > 0 or signs.whole > signs.late or result.doubts


def _is_open(sheet: _Sheet, result: NoteReading, counts: Mapping[int, int], *, long: bool) -> bool:
    """Whether other notes could change the reading: a stamp is in doubt, or could be what its note does not show.

    That is minutes with junk read as hours and, where the video is ``long`` (a note cites its second hour), the reverse.
    """
    signs = sheet.signs
    if signs is None:
        return False
    if result.doubts or (long and signs.whole > signs.late) or not signs.plain:
        return result.doubts or signs.hours > 0 or signs.far > 0 or (long and signs.whole > signs.late)
    # Only hours, minutes and seconds occur: two of them at least must say minutes and seconds that are cited.
    matches = 0
    for fields, readings in zip(sheet.note.stamps, sheet.possible, strict=True):
        if len(readings) == 2 and fields[2] and readings[1][1] in counts:
            matches += 1
            if matches > 1:
                return True
    return False


def _sure_seconds(sheet: _Sheet, result: NoteReading) -> set[int]:
    """The seconds a note's own reading is sure of; whole minutes are no evidence, as rounding makes them."""
    return {
        reading.seconds
        for fields, reading in zip(sheet.note.stamps, result.readings, strict=True)
        if reading.seconds is not None
        and reading.status is not Status.AMBIGUOUS
        and (len(fields) != 3 or fields[2] or reading.seconds == fields[0] * 60 + fields[1])
    }
