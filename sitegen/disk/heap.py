"""Stores for a process that goes on for hours: what the last build no longer needs gives its room back."""

from __future__ import annotations

import tempfile
from collections.abc import Set
from threading import Lock

from sitegen.disk.write import OutputError
from sitegen.memo import Ref, Store

_IN_MEMORY = 1 << 20  # bytes of values that are kept in memory before a file holds them all
_WASTE = 8 << 20  # bytes of forgotten values that are no reason to tidy up
_OWN = 1 << 48  # offsets from here on are the upper store's of `Layered`: no file is that long


class Heap:
    """Bytes by number, in memory while they are few, else in a file that has no name. Any thread may ask."""

    def __init__(self) -> None:
        self._file = _file()
        self._where: dict[int, tuple[int, int]] = {}
        self._next = self._end = 0
        self._lock = Lock()

    def put(self, data: bytes) -> int:
        """Keep ``data``; returns its number. Raises `OutputError` where the disk is full."""
        with self._lock:
            try:
                self._file.seek(self._end)
                self._file.write(data)
            except OSError as problem:
                raise OutputError(f"what the preview needs could not be written: {problem}") from problem
            number, self._next = self._next, self._next + 1
            self._where[number] = (self._end, len(data))
            self._end += len(data)
            return number

    def get(self, ref: Ref) -> bytes | None:
        """The bytes that ``ref`` names, None if they were forgotten."""
        with self._lock:
            place = self._where.get(ref.offset)
            if place is None:
                return None
            self._file.seek(place[0])
            return self._file.read(place[1])

    def size(self) -> int:
        return sum(size for _, size in self._where.values())

    def keep(self, offsets: Set[int]) -> None:
        """Forget all but these, and give their room back once it is much."""
        with self._lock:
            self._where = {number: place for number, place in self._where.items() if number in offsets}
            live = self.size()
            if self._end <= 2 * live + _WASTE:
                return
            old, self._file, self._end = self._file, _file(), 0
            for number, (start, size) in self._where.items():
                old.seek(start)
                self._file.write(old.read(size))
                self._where[number] = (self._end, size)
                self._end += size
            old.close()

    def close(self) -> None:
        """Give everything back."""
        self._file.close()


def _file() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


class Layered:
    """A store that nothing is added to any more, and a heap over it."""

    def __init__(self, base: Store) -> None:
        self._base, self._heap, self._lock = base, Heap(), Lock()

    def put(self, data: bytes) -> int:
        return _OWN + self._heap.put(data)

    def get(self, ref: Ref) -> bytes | None:
        if ref.offset >= _OWN:
            return self._heap.get(ref._replace(offset=ref.offset - _OWN))
        with self._lock:
            return self._base.get(ref)

    def size(self) -> int:
        return self._heap.size()

    def keep(self, offsets: Set[int]) -> None:
        """Forget all that was added but these."""
        self._heap.keep({offset - _OWN for offset in offsets if offset >= _OWN})

    def close(self) -> None:
        """Give back all that was added."""
        self._heap.close()
