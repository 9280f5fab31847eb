"""Stores that go with their process: what is no longer needed gives its room back, for a process may go on for hours."""

from __future__ import annotations

import tempfile
from collections.abc import Set
from threading import Lock

from sitegen.disk.write import OutputError
from sitegen.memo import Ref, Store

_IN_MEMORY = 32 << 20  # bytes that a spool keeps in memory before a file holds them all
_WASTE = 8 << 20  # bytes of forgotten values that are no reason to tidy up
_SIZE = 32  # bits for the size of a value
_MOST = (1 << _SIZE) - 1
_OWN = 1 << 48  # offsets from here on are the upper store's of `Layered`: no file is that long


class Spool:
    """Bytes by number: up to ``in_memory`` bytes in memory, else in a file that has no name. Any thread may ask."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._file = self._room()
        self._where: dict[int, int] = {}  # place and size as one number: there are tens of thousands
        self._next = self._end = self._live = 0
        self._lock = Lock()

    def put(self, data: bytes) -> int:
        """Keep ``data``; returns its number. Raises `OutputError` where the disk is full."""
        with self._lock:
            try:
                self._file.seek(self._end)
                self._file.write(data)
            except OSError as problem:
                raise OutputError(f"what a build needs for a while could not be written: {problem}") from problem
            number, self._next = self._next, self._next + 1
            self._where[number] = self._end << _SIZE | len(data)
            self._end += len(data)
            self._live += len(data)
            return number

    def get(self, ref: Ref) -> bytes | None:
        """The bytes that ``ref`` names, None if they were forgotten."""
        with self._lock:
            place = self._where.get(ref.offset)
            if place is None:
                return None
            self._file.seek(place >> _SIZE)
            return self._file.read(place & _MOST)

    def size(self) -> int:
        return self._live

    def keep(self, offsets: Set[int]) -> None:
        """Forget all but these, and give their room back once it is much."""
        with self._lock:
            self._where = {number: place for number, place in self._where.items() if number in offsets}
            self._live = sum(place & _MOST for place in self._where.values())
            if self._end <= 2 * self._live + _WASTE:
                return
            old, self._file, self._end = self._file, self._room(), 0
            for number, place in self._where.items():
                old.seek(place >> _SIZE)
                self._file.write(old.read(place & _MOST))
                self._where[number] = self._end << _SIZE | place & _MOST
                self._end += place & _MOST
            old.close()

    def close(self) -> None:
        """Give everything back."""
        self._file.close()

    def _room(self) -> tempfile.SpooledTemporaryFile[bytes]:
        return tempfile.SpooledTemporaryFile(self._in_memory)


class Layered:
    """A store that nothing is added to any more, and a spool over it."""

    def __init__(self, base: Store, over: Spool) -> None:
        self._base, self._over, self._lock = base, over, Lock()

    def put(self, data: bytes) -> int:
        return _OWN + self._over.put(data)

    def get(self, ref: Ref) -> bytes | None:
        if ref.offset >= _OWN:
            return self._over.get(ref.moved(ref.offset - _OWN))
        with self._lock:
            return self._base.get(ref)

    def size(self) -> int:
        return self._over.size()

    def keep(self, offsets: Set[int]) -> None:
        """Forget all that was added but these."""
        self._over.keep({offset - _OWN for offset in offsets if offset >= _OWN})

    def close(self) -> None:
        """Give back all that was added."""
        self._over.close()
