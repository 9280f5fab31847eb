"""One line of progress on standard error, only while a person watches and only when it takes a while."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_PATIENCE = 0.5  # seconds before a bar appears
_EVERY = 0.1  # seconds between two redraws
_WIDTH = 24


class Bar:
    """A context in which `stage` may be called as often as one likes."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled and sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._shown = False

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def stage(self, name: str, done: int, total: int) -> None:
        """Say that ``done`` of ``total`` steps of a stage are behind us."""
        if not self._enabled or (now := time.monotonic()) < self._next:
            return
        self._next, self._shown = now + _EVERY, True
        filled = _WIDTH * done // max(total, 1)
        sys.stderr.write(f"\r\x1b[K{name:<10} {'━' * filled}{'╌' * (_WIDTH - filled)} {done:,}/{total:,}")
        sys.stderr.flush()
