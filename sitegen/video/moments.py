"""Moments of a video: seconds cited so near to each other that they mean the same.

Owns how near that is and which second stands for them. It must not know notes or pages: what cites a second is
handed through as it came.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from sitegen.model import Reading

WITHIN = 10
"""Seconds from the first to the last citation of a moment: authors who mean one sentence stop at different words of it."""

Citing = TypeVar("Citing")


class Cited(NamedTuple, Generic[Citing]):
    """A moment: the second most cite (of several the first), and all that cite it, by second."""

    seconds: int
    by: tuple[tuple[int, Citing], ...]


def merge(citations: Iterable[tuple[int, Citing]], within: int = WITHIN) -> list[Cited[Citing]]:
    """The moments of ``(second, who cites it)`` in order of time; who cites one second keeps the order given."""
    groups: list[list[tuple[int, Citing]]] = []
    for citation in sorted(citations, key=itemgetter(0)):
        if groups and citation[0] - groups[-1][0][0] <= within:
            groups[-1].append(citation)
        else:
            groups.append([citation])
    return [Cited(_chosen(group), tuple(group)) for group in groups]


def cited_seconds(readings: Iterable[Reading]) -> tuple[int, ...]:
    """The seconds that readings name, each once, ascending."""
    return tuple(sorted({r.seconds for r in readings if r.seconds is not None}))


def line_length(duration: int | None, last: int) -> tuple[int, bool]:
    """How many seconds a timeline shows up to the moment ``last``, and whether that is the video's own length.

    Where the length is not known, or cannot be right, the line ends a little after the last moment.
    """
    known = duration is not None and duration >= last
    return (known and duration) or last + max(5, last // 33), known


def _chosen(group: list[tuple[int, Citing]]) -> int:
    if len(group) == 1:
        return group[0][0]
    seconds = [second for second, _ in group]
    return max(sorted(set(seconds)), key=seconds.count)  # they are few, however many notes cite them
