"""Did you mean …? The name nearest to one that nobody has, found without comparing it with all of them."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable

from sitegen.paths import case_key

_WORD = re.compile(r"[^\W_]+")
_MAX_COMPARED = 60
_CUTOFF = 0.72


class Suggestions:
    """Names by the beginnings of their words, so that a near one is among few."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for name in sorted(set(names)):
            for start in {word[:3] for word in _WORD.findall(case_key(name))}:
                self._by_start[start].append(name)

    def near(self, name: str) -> str | None:
        """The most similar name, or None if none is similar enough."""
        starts = {word[:3] for word in _WORD.findall(case_key(name))}
        votes: dict[str, int] = defaultdict(int)
        for start in sorted(starts):
            for candidate in self._by_start.get(start, ())[:2000]:
                votes[candidate] += 1
        best = sorted(votes, key=lambda candidate: (-votes[candidate], abs(len(candidate) - len(name)), candidate))[
            :_MAX_COMPARED
        ]
        by_key = {case_key(candidate): candidate for candidate in reversed(best)}
        found = difflib.get_close_matches(case_key(name), by_key, 1, _CUTOFF)
        return by_key[found[0]] if found else None
