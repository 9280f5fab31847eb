"""The doorbell: says that something happened and about where, once it is quiet again.

watchdog's events are rung here and forgotten: editors save in many ways, systems merge and drop events. What is there
now is for whoever answers the bell to find out.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

# Seconds of quiet to wait for. A file that was closed after writing, or renamed into place, is whole; one that only
# changed may change further; one that is gone may be about to come back, as with editors that move the old one aside.
WHOLE, CHANGING, GONE = 0.005, 0.04, 0.05
_LONGEST = 0.75  # seconds that a storm of events may hold up an answer
_STORM = 64  # files
_ANYTHING = ""  # in place of the path of something that happened


@dataclass(slots=True)
class Ring:
    """What happened since the last answer. ``everywhere`` means that nobody knows where; ``touched`` are files."""

    folders: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    settings: bool = False
    theme: bool = False
    everywhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.folders or self.settings or self.theme or self.everywhere)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is known to have happened: it only might have."""
        return self.everywhere and not (self.folders or self.settings or self.theme)


class Bell:
    """Rung from any thread, answered by one."""

    def __init__(self) -> None:
        self._rung = Condition()
        self._ring = Ring()
        self._first = 0.0
        self._quiet: dict[
            str, float
        ] = {}  # when each thing that something happened to will have been quiet for long enough
        self._again: dict[str, float] = {}  # files to look at again, and when

    def file(self, path: str, patience: float) -> None:
        """Something happened to a file; in ``patience`` seconds it will be whole unless more happens to it."""
        with self._adding(path, patience):
            self._ring.folders.add(os.path.dirname(path))
            self._ring.touched.add(path)

    def folder(self, path: str) -> None:
        """A folder came, went or was renamed, with all that is in it."""
        with self._adding(path, GONE):
            self._ring.folders |= {path + os.sep, os.path.dirname(path)}

    def settings(self) -> None:
        """sitegen.toml or Obsidian's settings changed."""
        with self._adding("settings", CHANGING):
            self._ring.settings = True

    def theme(self, path: str, patience: float) -> None:
        """A template or static file changed."""
        with self._adding(path, patience):
            self._ring.theme = True

    def everywhere(self, patience: float = 0.0) -> None:
        """Anything may have happened."""
        with self._adding(_ANYTHING, patience):
            self._ring.everywhere = True

    def regularly(self, pause: float) -> None:
        """Look at everything in ``pause`` seconds, if that is not to be done anyway."""
        with self._rung:
            self._quiet.setdefault(_ANYTHING, time.monotonic() + pause)
            self._ring.everywhere = True

    def again(self, paths: Iterable[str], patience: float) -> None:
        """Nothing happened to these files, but they should be looked at in ``patience`` seconds. Nothing else waits for that."""
        with self._rung:
            self._again |= dict.fromkeys(paths, time.monotonic() + patience)

    def is_rung(self) -> bool:
        """Whether anything happened that was not answered yet, or might have and is due to be looked at."""
        with self._rung:
            known = len(self._quiet) - (_ANYTHING in self._quiet)
            return known > 0 or self._quiet.get(_ANYTHING, math.inf) <= time.monotonic()

    def answer(self, timeout: float) -> Ring:
        """Wait until something happened and it is quiet again, at most ``timeout`` seconds for it to begin."""
        end = time.monotonic() + timeout
        with self._rung:
            while True:
                left = self._due(end) - time.monotonic()
                if left <= 0:
                    return self._taken()
                self._rung.wait(left)

    def _due(self, end: float) -> float:
        """When it will have been quiet for long enough. What happened need not wait for a look at what only might have."""
        known = [by for what, by in self._quiet.items() if what != _ANYTHING]
        if known:
            return min(max(known), self._first + _LONGEST)
        return min([self._quiet.get(_ANYTHING, end), *self._again.values(), end])

    def _taken(self) -> Ring:
        """What happened; a look at everything that is not due yet is left for later."""
        ring, self._ring = self._ring, Ring()
        later = self._quiet.get(_ANYTHING, 0.0)
        self._quiet.clear()
        if later > time.monotonic():
            ring.everywhere, self._ring.everywhere = False, True
            self._quiet[_ANYTHING] = later
        if not ring.is_idle:  # a look at everything that may be left finds them too, or is followed by one at them
            self._take_again(ring)
        return ring

    def _take_again(self, ring: Ring) -> None:
        """Let those files be looked at that are due, or that something happened to."""
        now = time.monotonic()
        for path in [path for path, due in self._again.items() if due <= now or path in ring.touched]:
            del self._again[path]
            ring.folders.add(os.path.dirname(path))
            ring.touched.add(path)

    @contextmanager
    def _adding(self, what: str, patience: float) -> Iterator[None]:
        with self._rung:
            now = time.monotonic()
            if len(self._quiet) == (_ANYTHING in self._quiet):  # nothing is known yet to have happened
                self._first = now
            self._quiet[what] = now + patience
            yield
            if len(self._quiet) < _STORM:  # in a storm nobody need look up at every drop
                self._rung.notify()
