"""The cache's pack: a store of bytes on disk, which only grows."""

from __future__ import annotations

import os
from pathlib import Path

from sitegen.codec import digest
from sitegen.disk.spool import Spool
from sitegen.memo import Ref

_FLAGS = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_BUFFER = 1 << 20  # bytes collected before they are written


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
            data = self._beside.get(ref.moved(ref.offset - self._begin))
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
