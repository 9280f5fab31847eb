"""What the stamps of one note show about how its author writes times.

Owns the counts and the tests on them that tell an author who writes MM:SS:00 from one who rounds to minutes, and junk
in the third field from seconds. It must not decide single stamps (``reading`` does).

Words: a *whole* stamp is A:BB:00 with A > 0; a *full* one A:BB:CC with A > 0 and CC > 0; an *early* one 0:BB:CC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from math import gcd, log

from sitegen.value import Value
from sitegen.video.stamps import LONGEST_HOURS

Fields = tuple[int, ...]

LATE = 4
"""A first field from here on is a sign of minutes: few videos last so long, and hardly one is cited to whole minutes."""

VERY_LATE = 5

# How improbable the whole stamps of a rounding author must be before the note counts as shifted.
_ROUNDING_LIMIT = 0.02
# The same for one whose seconds are known to be rounded.
_GRID_LIMIT = 0.001
# From this share of whole minutes among known times an author is said to round.
_ROUNDING_SHARE = 0.2
# How improbable it must be that a third field repeats as it does if it were seconds.
_CONSTANT_LIMIT = 1e-3
# The share of random third fields that are over 59, and how probable each share of junk is before any is counted.
_JUNK_OVER = 0.4
_JUNK_SHARES = ((0.02, 0.25), (0.5, 0.25), (0.95, 0.5))
# The share of junk that is not the constant one, where nothing shows it.
_STRAYS = 0.1
# The logarithm of the odds from which other notes decide.
_EVIDENCE = log(30)


class Signs(Value, frozen=True):
    """Counts over the stamps of three fields of one note.

    ``whole``, and of them ``late``; ``hours``: full stamps whose first field may be hours (1 to 3); ``far``: full ones
    from 4; ``exact``: early ones with seconds; ``minutes``: early ones without; ``impossible``: full ones that no clock
    shows; ``repeated``: different full ones whose third field repeats the second; ``constant``: the third field that the
    full stamps share, if they share one; ``grid``: what all seconds are multiples of (a divisor of 60); ``reach``: the
    largest first field of a whole stamp; ``junk_share``: how many of the stamps that ``hours`` counts are junk as well, by what
    share of third fields over 59 there is among them and among those that can only be junk (None where that says nothing);
    ``strays``: the share of junk that is not the constant.
    """

    whole: int
    late: int
    hours: int
    far: int
    exact: int
    minutes: int
    impossible: int
    repeated: int
    constant: int | None
    grid: int
    reach: int
    junk_share: float | None = None
    strays: float = _STRAYS

    @property
    def junk(self) -> bool:
        """Whether third fields are no seconds in this note."""
        if self.constant is not None or self.impossible >= 2:
            return True
        return self.repeated >= 3 and self.repeated * 3 >= self.hours + self.far

    @property
    def plain(self) -> bool:
        """Whether nothing but hours, minutes and seconds occurs."""
        return not (self.whole or self.far or self.impossible or self.junk)

    @property
    def looks_shifted(self) -> bool:
        """Whether most of what could be hours ends in :00; a rounding author's notes look the same.

        Where no hour past the third is cited exactly, late whole stamps are minutes however many true hours follow.
        """
        hours = 0 if self.junk else self.hours
        return self.whole >= 3 and (self.whole >= hours or (self.late >= 3 and not self.far))

    @property
    def literal_whole_rate(self) -> float:
        """The share of whole minutes that the author's certainly literal times lead one to expect."""
        full = 0 if self.junk else self.hours
        rate = (self.minutes + 0.5) / (self.minutes + self.exact + full + 1)
        return max(rate, self.grid / 60 if self.grid > 1 else 0.0)

    @property
    def excludes_rounding(self) -> bool:
        """Whether a sign shows that the whole stamps are not an author's rounded times."""
        if self.late > 1 or (self.late and (self.exact or self.minutes < 5)):
            return True
        if not self.exact and not self.hours:
            return False
        full = 0 if self.junk else self.hours
        limit = _GRID_LIMIT if self.grid > 1 else _ROUNDING_LIMIT
        return _tail(self.whole, self.whole + full, self.literal_whole_rate) < log(limit)

    @property
    def rounds(self) -> bool:
        """Whether the author is known to round, though not always to minutes: then whole stamps are no surprise."""
        known = self.exact + self.minutes + self.hours
        return not self.late and self.exact + self.hours >= 5 and self.minutes >= _ROUNDING_SHARE * known


def signs_of(stamps: Iterable[Fields]) -> Signs:
    """Counts the stamps of a note; those of another number of fields than three show nothing."""
    whole = late = hours = far = exact = minutes = impossible = reach = 0
    full: set[Fields] = set()
    seconds: set[int] = set()
    for fields in stamps:
        if len(fields) != 3 or fields[1] > 59:
            continue
        first, second, third = fields
        if third:
            seconds.add(third)
        if first == 0:
            exact += third > 0
            minutes += third == 0 < second
        elif third == 0:
            whole += 1
            late += first >= LATE
            reach = max(reach, first)
        else:
            full.add(fields)
            impossible += third > 59 or first > LONGEST_HOURS
            hours += first < LATE and third < 60
            far += first >= LATE and third < 60
    repeated = sum(fields[1] == fields[2] for fields in full)
    rounds = minutes >= 5 and not seconds  # nothing but whole minutes is known
    grid = gcd(60, *seconds) if exact + hours + far >= 3 or rounds else 1
    constant = _constant(full, whole + minutes, grid)
    share = _junk_share(full) if impossible >= 2 else None
    strays = _strays(full, constant) if constant is not None else _STRAYS
    return Signs(whole, late, hours, far, exact, minutes, impossible, repeated, constant, grid, reach, share, strays)


def _strays(full: set[Fields], constant: int) -> float:
    """The share of junk with another third field than the constant one, by the stamps whose first field is late."""
    late = [fields[2] != constant for fields in full if fields[0] >= LATE]
    return (sum(late) + _STRAYS) / (len(late) + 1)


def _junk_share(full: set[Fields]) -> float | None:
    """The expected share of junk among the stamps A:BB:CC with A in 1 to 3 and CC up to 59.

    Junk goes over 59 as often there as after a first field that is late; true seconds never do. So a note whose 36 earliest stamps
    have none over 59, where 40 in 100 of the others have one, keeps its hours.
    """
    late = [fields[2] > 59 for fields in full if fields[0] >= LATE]
    early = [fields[2] > 59 for fields in full if fields[0] < LATE]
    if sum(late) + sum(early) < 2:
        return None
    rate = (sum(late) + _JUNK_OVER) / (len(late) + 1)
    count, over = len(early), sum(early)
    odds = [
        (share, prior * (share * rate) ** over * (1 - share * rate) ** (count - over)) for share, prior in _JUNK_SHARES
    ]
    total = sum(weight for _, weight in odds)
    return sum(weight * share * (1 - rate) / (1 - share * rate) for share, weight in odds) / total if total else None


def _constant(full: set[Fields], zeros: int, grid: int) -> int | None:
    """The third field of so many different stamps that chance does not explain it.

    Half and quarter minutes that come with as many whole ones (``zeros``) are an author's rounding, not junk, and where
    all seconds are multiples of ``grid`` each of them is that more frequent.
    """
    counts: dict[int, int] = {}
    for fields in full:
        counts[fields[2]] = counts.get(fields[2], 0) + 1
    if not counts:
        return None
    third, most = max(counts.items(), key=lambda item: (item[1], -item[0]))
    if most < 3 or most < 0.4 * len(full) or (third % 5 == 0 and zeros * 4 > most):
        return None
    return third if log(60) + _tail(most, len(full), grid / 60) < log(_CONSTANT_LIMIT) else None


def _tail(found: int, count: int, rate: float) -> float:
    """The logarithm of the chance of at least ``found`` among ``count`` at this ``rate``, or a little more.

    Chernoff's bound: it needs no sums and no large binomials, whatever the note holds.
    """
    share = found / count
    if share <= rate:
        return 0.0
    rest = (1 - share) * log((1 - share) / (1 - rate)) if share < 1 else 0.0
    return -count * (share * log(share / rate) + rest)


class Elsewhere:
    """The seconds that the other notes of a video cite for sure, and how much a match with them weighs.

    ``counts`` says how many notes of the video cite each second, ``own`` which ones the note itself does.
    """

    # How often a stamp of one note is cited by another one exactly, in videos that have several notes.
    _SHARED = 0.35

    def __init__(self, counts: Mapping[int, int], own: Set[int]) -> None:
        self._seconds = counts.keys() - {second for second in own if counts[second] == 1}
        self._largest = max(self._seconds, default=0)
        self._chance = min(0.3, max(0.01, len(self._seconds) / (self._largest + 1)))

    @property
    def cites_hours(self) -> bool:
        """Whether another note is sure to cite a time past the first hour."""
        return self._largest >= 3600

    def weight(self, seconds: int) -> float:
        """How much more probable a stamp at ``seconds`` is than at a time of which nothing is known.

        A time far beyond the largest sure one loses little: many notes cite only the beginning.
        """
        if not self._seconds:
            return 1.0
        if seconds in self._seconds:
            return self._SHARED / self._chance
        beyond = 0.4 if seconds > 1.5 * self._largest + 300 else 1.0
        return (1 - self._SHARED) / (1 - self._chance) * beyond

    def confirm(self, pairs: Set[tuple[int, int]]) -> float:
        """How strongly the second of the pairs is meant (above 0) or the first (below 0); 0 if it can't be told.

        Pairs are the (literal, shifted) seconds of different stamps. A quarter at least must match, more than chance
        explains, and hardly any of the other reading.
        """
        literal = sum(first in self._seconds for first, _ in pairs)
        shifted = sum(second in self._seconds for _, second in pairs)
        most, least = max(literal, shifted), min(literal, shifted)
        if most < max(2, 0.25 * len(pairs)) or least * 4 > most:
            return 0.0
        evidence = (shifted - literal) * log(self._SHARED / self._chance)
        return evidence if abs(evidence) > _EVIDENCE and _tail(most, len(pairs), self._chance) < -_EVIDENCE else 0.0
