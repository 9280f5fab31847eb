"""Stores of bytes on disk: the cache's pack, which only grows, and a spool that goes with the process."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from sitegen.codec import digest
from sitegen.disk.write import OutputError
from sitegen.memo import Ref

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_BUFFER = 1 << 20  # bytes collected before they are written
_IN_MEMORY = 32 << 20  # bytes a spool keeps before it uses a file


class Spool:
    """Bytes that are needed until this process ends: in memory while they are few, else in a file that has no name."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._places: dict[int, int] = {}  # where in the file what was given an offset is
        self._next = self._end = 0
        self._at_end = True

    def put(self, data: bytes) -> int:
        if not self._at_end:
            self._file.seek(self._end)
            self._at_end = True
        try:
            self._file.write(data)
        except OSError as problem:
            raise OutputError(f"what a build needs for a while could not be written: {problem}") from problem
        self._places[self._next] = self._end
        self._end += len(data)
        self._next += 1
        return self._next - 1

    def get(self, ref: Ref) -> bytes | None:
        place = self._places.get(ref.offset)
        if place is None:
            return None
        self._at_end = False
        self._file.seek(place)
        return self._file.read(ref.size)

    def size(self) -> int:
        return self._end

    def keep(self, offsets: set[int]) -> None:
        with self._file as old:
            places, end, following = self._places, self._end, self._next
            self._file, self._places = tempfile.SpooledTemporaryFile(_IN_MEMORY), {}  # noqa: SIM115
            self._end, self._at_end = 0, True
            ends = [*places.values(), end][1:] if places else []
            for (offset, begin), after in zip(places.items(), ends, strict=True):
                if offset in offsets:
                    old.seek(begin)
                    self._next = offset
                    self.put(old.read(after - begin))
            self._next = following

    def close(self) -> None:
        self._file.close()


class Pack:
    """The file of values that outlive a build. What it holds up to ``end`` is from earlier builds.

    What is put is appended: to the file, or where the pack is not ``writable``, to a spool beside it.
    """

    def __init__(self, path: Path, end: int, *, writable: bool) -> None:
        self._old = self._tail = -1
        self._begin = self._flushed = end
        self._waiting: list[bytes] = []
        self._size = 0  # of what is waiting
        self._beside = None if writable else Spool()
        self.problem = ""  # why it cannot be kept
        if writable:
            self._old = self._tail = os.open(path, os.O_RDWR | os.O_CREAT | _FLAGS, 0o600)
            os.truncate(self._tail, end)  # what a killed build appended
            os.lseek(self._tail, 0, os.SEEK_END)
        elif end:
            self._old = os.open(path, os.O_RDONLY | _FLAGS)

    def put(self, data: bytes) -> int:
        if self._beside is not None:
            return self._begin + self._beside.put(data)
        offset = self._flushed + self._size
        self._waiting.append(data)
        self._size += len(data)
        if self._size > _BUFFER:
            self.flush()
        return offset

    def flush(self) -> int:
        """Write what is waiting; returns where the file ends."""
        if self._size:
            whole = b"".join(self._waiting)
            self._waiting, self._size = [], 0
            try:
                os.lseek(self._tail, self._flushed, os.SEEK_SET)
                data = memoryview(whole)
                while data:
                    data = data[os.write(self._tail, data) :]
                self._flushed += len(whole)
            except OSError as problem:  # a full disk: this build goes on, and the next one remembers nothing of it
                self.problem = str(problem)
                self._begin, self._beside = self._flushed, Spool()
                self._beside.put(whole)
        return self._flushed

    def get(self, ref: Ref) -> bytes | None:
        if ref.offset < 0:
            return None
        if self._beside is not None and ref.offset >= self._begin:
            data = self._beside.get(ref._replace(offset=ref.offset - self._begin))
        else:
            if ref.offset + ref.size > self._flushed:
                self.flush()
            data = self._read(ref)
        return data if data is not None and digest(data) == ref.check else None

    def size(self) -> int:
        """The file is for other processes too, and is tidied up when it is left to them (see `cache`)."""
        return self._beside.size() if self._beside is not None else 0

    def keep(self, offsets: set[int]) -> None:
        if self._beside is not None:
            self._beside.keep({offset - self._begin for offset in offsets})

    def _read(self, ref: Ref) -> bytes | None:
        if self._old < 0:
            return None
        try:
            if hasattr(os, "pread"):
                return os.pread(self._old, ref.size, ref.offset)
            os.lseek(self._old, ref.offset, os.SEEK_SET)
            return os.read(self._old, ref.size)
        except OSError:
            return None

    def close(self) -> None:
        if self._beside is not None:
            self._beside.close()
        if self._old >= 0:
            os.close(self._old)
        self._old = self._tail = -1
