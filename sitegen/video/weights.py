"""How much speaks for hours and how much for minutes in a stamp, before its neighbours are asked.

Owns the weights that the signs of a note and the other notes of its video give to both readings, and which kinds of stamps need no
neighbours. It must not decide single stamps (``reading`` does).
"""

from __future__ import annotations

from sitegen.model import Status
from sitegen.video.signs import LATE, VERY_LATE, Elsewhere, Fields, Signs

# Prior share of minutes and seconds among stamps of which the note's signs say nothing, and in a note full of junk.
_RARE = 0.1
_JUNK = 0.9


def kind_of(fields: Fields) -> int:
    """What decides together about stamps of one note: 0 without hours, 1 to 3 with :00 by how late, 4 and 5 without."""
    first = fields[0]
    if first == 0:
        return 0
    if fields[2]:
        return 4 if first < LATE else 5
    return 1 if first < LATE else 2 if first < VERY_LATE else 3


def decided_kinds(signs: Signs, shifted: bool | None, elsewhere: Elsewhere | None) -> list[tuple[int, Status] | None]:
    """For each kind of stamps with two readings, which one counts (0 or 1) and its status; None where neighbours are asked."""
    asked = elsewhere is not None and elsewhere.cites_hours
    weights = [
        _minute_weights(signs) if shifted else (1.0, 0.0),
        *(_whole_weights(first, signs, shifted, asked=asked) for first in (1, LATE, VERY_LATE)),
    ]
    kept = Status.AMBIGUOUS if shifted is None else Status.VALID
    result: list[tuple[int, Status] | None] = [
        (0, kept) if not short else (1, Status.INFERRED) if not literal and shifted is not None else None
        for literal, short in weights
    ]
    full = (0, Status.VALID) if not signs.junk and not shifted else None
    return [*result, full, None]


def weights_of(
    fields: Fields,
    readings: tuple[tuple[str, int], ...],
    signs: Signs,
    shifted: bool | None,
    elsewhere: Elsewhere | None,
) -> tuple[float, float]:
    """The weights of the literal and the shifted reading before the neighbours are asked; (1, 0) and (0, 1) decide."""
    first, _, third = fields
    if third:
        literal, short = _full_weights(first, third, signs, shifted)
    elif first == 0:
        literal, short = _minute_weights(signs) if shifted else (1.0, 0.0)
    else:
        asked = elsewhere is not None and elsewhere.cites_hours
        literal, short = _whole_weights(first, signs, shifted, asked=asked)
    if elsewhere is not None and literal and short:
        literal *= elsewhere.weight(readings[0][1])
        short *= elsewhere.weight(readings[1][1])
    return literal, short


def _whole_weights(first: int, signs: Signs, shifted: bool | None, *, asked: bool) -> tuple[float, float]:
    """A:BB:00. The jumps count seconds evenly, so one of 60 literal stamps ends in :00 by itself.

    ``asked``: other notes cite hours, so they are thinkable where the note itself has none.
    """
    if shifted:
        if first >= LATE or not (signs.hours or asked):
            return 0.0, 1.0
        hours = 0.3 if signs.junk else signs.hours or 0.3
        return hours / (signs.whole + hours), signs.whole / (signs.whole + hours)
    if first >= VERY_LATE and not signs.far:
        return 0.0, 1.0
    if signs.grid > 1 and not asked:
        return 1.0, 0.0  # an author who rounds writes whole minutes
    expected = signs.literal_whole_rate if signs.minutes > 1 or signs.grid > 1 else 0.0
    return (1 - _RARE) * max(1.0, 60 * expected), _RARE


def _minute_weights(signs: Signs) -> tuple[float, float]:
    """0:BB:00 in a shifted note: seconds of the first minute, unless the note has exact early times as well."""
    if not signs.exact:
        return 0.0, 1.0
    total = signs.whole + signs.exact
    return signs.exact / total, signs.whole / total


def _full_weights(first: int, third: int, signs: Signs, shifted: bool | None) -> tuple[float, float]:
    """A:BB:CC: junk in the third field explains each value worse than seconds do, unless it is the constant one."""
    if first < LATE and not signs.junk and not shifted:
        return 1.0, 0.0
    if signs.constant is not None:
        return 1 - _JUNK, _JUNK * (1 - signs.strays if third == signs.constant else signs.strays / 60)
    share = _JUNK if signs.junk else 0.5
    if first < LATE and signs.junk_share is not None:
        share = signs.junk_share
    if first < LATE and not signs.junk:
        # Where the times cited in minutes come near an hour, hours are what one expects next.
        share = 0.02 if signs.reach >= 40 else 0.2
    return 1 - share, share / 60
