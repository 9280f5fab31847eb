"""How far authors jump from one stamp to the next: compares two ways to read the stamps of a note.

Owns the table of jumps and the forward-backward algorithm over it. It must not know what a stamp looks like or what
the two ways are: it gets pairs of seconds with weights.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Choice = tuple[int, int, float, float]
"""A stamp that means the first or the second (seconds), with the weights of both before the neighbours are asked.

A stamp with one reading has weight 0 for the other.
"""

# Where the counts of jumps change, in seconds forward (positive) or back.
EDGES = (
    *(-7200, -3600, -1800, -900, -480, -240, -120, -60, -30, -15, -8, -4, -2, -1, 0),
    *(1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 900, 1800, 3600, 7200),
)

# How many of the 103,135 jumps in notes without doubtful stamps fall between two edges, from below the first one to above
# the last. Printed by ``benchmarks/timestamps.py --jumps`` from the channels that the rule was tuned on.
COUNTS = (
    *(10, 123, 455, 907, 1184, 1416, 1372, 1400, 1421, 1025, 605, 416, 146, 37, 10),
    *(598, 1056, 8339, 14108, 20502, 21034, 11905, 6000, 3263, 2310, 1611, 1184, 564, 127, 7),
)

# Every jump has at least this share of the jumps, spread over twelve hours both ways: no author is ruled out.
_STRAY = 0.02
_REACH = 12 * 3600


def _densities() -> tuple[float, ...]:
    """The share of jumps per second in each bin."""
    total = sum(COUNTS)
    edges = (-_REACH, *EDGES, _REACH)
    return tuple(
        (1 - _STRAY) * count / total / (edges[i + 1] - edges[i]) + _STRAY / (2 * _REACH)
        for i, count in enumerate(COUNTS)
    )


_DENSITIES = _densities()

# Before the first stamp: authors begin near the start, the more so the shorter the note's reach.
_NEAR_START = 120


def second_probabilities(choices: Sequence[Choice]) -> list[float]:
    """For each stamp in order, how probable its second reading is, given its neighbours on both sides (0 to 1).

    Forward-backward over two states a stamp (Rabiner 1989), scaled at each step. A stamp with one reading cuts the
    chain, so only the runs of open stamps and their neighbours are gone through; time is linear in the stamps.
    """
    probabilities = [float(second > 0 >= first) for _, _, first, second in choices]
    index, count = 0, len(choices)
    while index < count:
        _, _, first_weight, second_weight = choices[index]
        if not first_weight > 0 < second_weight:
            index += 1
            continue
        end = index + 1
        while end < count and choices[end][2] > 0 < choices[end][3]:
            end += 1
        before = max(0, index - 1)
        if end == index + 1 and before < index and end < count:
            probabilities[index] = _single(choices[before], choices[index], choices[end])
        else:
            run = _run(choices[before : end + 1])
            probabilities[index:end] = run[index - before : end - before]
        index = end
    return probabilities


def _single(before: Choice, choice: Choice, after: Choice) -> float:
    """The same for one open stamp between two that are not: most are."""
    first, second, first_weight, second_weight = choice
    left = before[1] if before[3] > 0 else before[0]
    right = after[1] if after[3] > 0 else after[0]
    first_weight *= _DENSITIES[bisect_right(EDGES, first - left)] * _DENSITIES[bisect_right(EDGES, right - first)]
    second_weight *= _DENSITIES[bisect_right(EDGES, second - left)] * _DENSITIES[bisect_right(EDGES, right - second)]
    return second_weight / (first_weight + second_weight or 1.0)


def _run(choices: Sequence[Choice]) -> list[float]:
    """``second_probabilities`` of a stretch without cuts."""
    forward = _forward(choices)
    probabilities = [0.0] * len(choices)
    first_after = second_after = 0.5
    for index in range(len(choices) - 1, -1, -1):
        first, second, first_weight, second_weight = choices[index]
        first_before, second_before = forward[index]
        first_total, second_total = first_before * first_after, second_before * second_after
        probabilities[index] = second_total / (first_total + second_total or 1.0)
        if index:
            other_first, other_second, _, _ = choices[index - 1]
            first_mass, second_mass = first_weight * first_after, second_weight * second_after
            to_first = (
                _DENSITIES[bisect_right(EDGES, first - other_first)] * first_mass
                + _DENSITIES[bisect_right(EDGES, second - other_first)] * second_mass
            )
            to_second = (
                _DENSITIES[bisect_right(EDGES, first - other_second)] * first_mass
                + _DENSITIES[bisect_right(EDGES, second - other_second)] * second_mass
            )
            scale = to_first + to_second or 1.0
            first_after, second_after = to_first / scale, to_second / scale
    return probabilities


def _forward(choices: Sequence[Choice]) -> list[tuple[float, float]]:
    """The scaled forward probabilities of both readings of each stamp."""
    first, second, first_mass, second_mass = choices[0]
    first_mass /= first + _NEAR_START
    second_mass /= second + _NEAR_START
    scale = first_mass + second_mass or 1.0
    first_before, second_before = first_mass / scale, second_mass / scale
    result = [(first_before, second_before)]
    for other_first, other_second, first_weight, second_weight in choices[1:]:
        first_mass = first_weight * (
            _DENSITIES[bisect_right(EDGES, other_first - first)] * first_before
            + _DENSITIES[bisect_right(EDGES, other_first - second)] * second_before
        )
        second_mass = second_weight * (
            _DENSITIES[bisect_right(EDGES, other_second - first)] * first_before
            + _DENSITIES[bisect_right(EDGES, other_second - second)] * second_before
        )
        scale = first_mass + second_mass or 1.0
        first_before, second_before = first_mass / scale, second_mass / scale
        result.append((first_before, second_before))
        first, second = other_first, other_second
    return result
