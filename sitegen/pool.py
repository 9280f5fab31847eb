"""Where work is done: in this process, in a pool of processes, or wherever a `concurrent.futures.Executor` leads.

The results are the same anywhere and come in the order of the work. What is done is no business of this module.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # a small site starts no processes, and need not wait for what can
    from concurrent.futures import Executor, Future

Item = TypeVar("Item")
Made = TypeVar("Made")
Shared = TypeVar("Shared")

CHUNK = 64  # notes a job
_HERE = 16  # the same in this process, where what came of a job stays until the next one
BREAK_EVEN = 500  # notes from which on starting processes pays
_PATIENCE = 10  # seconds to wait for a cluster


class WorkerError(Exception):
    """A worker process ended in the middle of its work; the text says where and what to do."""


def _stop(executor: Executor) -> None:
    # Not before its processes are gone: the command leaves without Python's own order of ending threads (see `cli.run`), and
    # queues that are closed before the last message is sent would leave processes waiting for it, and the command for them.
    executor.shutdown(wait=True, cancel_futures=True)


class Workers:
    """Runs chunks of work. ``start`` opens the executor, once there is enough work for it; ``stop`` ends it."""

    def __init__(
        self,
        start: Callable[[], Executor] | None = None,
        break_even: int = BREAK_EVEN,
        stop: Callable[[Executor], None] | None = None,
    ) -> None:
        self._start, self._break_even, self._stop = start, break_even, stop or _stop
        self._executor: Executor | None = None

    def run(
        self,
        function: Callable[[Shared, Sequence[Item]], list[Made]],
        shared: Shared,
        items: Iterator[Item],
        total: int,
        name: Callable[[Item], str],
    ) -> Iterator[Made]:
        """``function(shared, chunk)`` for all chunks of ``items``; the results one by one, in order.

        Only a few chunks more than there are processes are under way at a time, so that ``items`` and the results may
        be more than memory holds. ``name`` says what an item is, for the message when a worker dies.
        """
        executor = self._open(total)
        chunks = iter(lambda: list(islice(items, CHUNK if executor else _HERE)), [])
        if executor is None:
            if total >= BREAK_EVEN:
                gc.freeze()
            for chunk in chunks:
                yield from _cleared(function, shared, chunk) if total >= BREAK_EVEN else function(shared, chunk)
            return
        packed = pickle.dumps(shared, pickle.HIGHEST_PROTOCOL)
        ahead = 2 * (getattr(executor, "_max_workers", None) or os.cpu_count() or 1) + 2
        waiting: deque[tuple[list[Item], Future[list[Made]]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, executor.submit(_unpacked, function, packed, chunk)))
            if len(waiting) >= ahead:
                yield from _result(*waiting.popleft(), name)
        while waiting:
            yield from _result(*waiting.popleft(), name)

    def _open(self, total: int) -> Executor | None:
        if self._start is None or (self._executor is None and total < self._break_even):
            return None
        if self._executor is None:
            self._executor = self._start()
        return self._executor

    def close(self) -> None:
        """End the processes, if there are any."""
        if self._executor is not None:
            self._stop(self._executor)
            self._executor = None


SERIAL = Workers()


def local(jobs: int | None = None) -> Workers:
    """Workers on this machine: ``jobs`` processes, by default one a core that this process may use; 1 is this process alone."""
    count = jobs or _cores()
    return Workers(lambda: _pool(count)) if count > 1 else SERIAL


def cluster(address: str) -> Workers:
    """Workers on a Dask cluster, found at the address of its scheduler; raises `WorkerError` if there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise WorkerError("--executor needs Dask: pip install 'sitegen[dask]'") from None

    def start() -> Executor:
        try:
            client: Any = Client(address, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as problem:
            raise WorkerError(f"no Dask scheduler answers at {address}: {problem}") from problem
        clients.append(client)
        executor: Executor = client.get_executor(pure=False)
        return executor

    def stop(executor: Executor) -> None:
        executor.shutdown(wait=False)
        clients.pop().close()

    clients: list[Any] = []
    return Workers(start, break_even=1, stop=stop)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pool(count: int) -> Executor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    forks = sys.platform.startswith("linux") and "fork" in multiprocessing.get_all_start_methods()
    if forks:
        gc.freeze()  # what is there is shared with the workers; collecting it would copy it
    context = multiprocessing.get_context("fork" if forks else "spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Begin a worker: it ends with the process that started it, however that ends.

    A worker has its starter's files open. One that stayed when that was killed would hold the locks of the site for ever.
    """
    from multiprocessing import parent_process
    from threading import Thread

    gc.disable()
    starter = parent_process()
    if starter is not None:

        def follow() -> None:
            starter.join()
            os._exit(1)

        Thread(target=follow, daemon=True).start()


def _unpacked(function: Callable[[Any, list[Item]], list[Made]], packed: bytes, chunk: list[Item]) -> list[Made]:
    """As `_cleared`, in a process that was sent what chunks share."""
    return _cleared(function, _loaded(packed), chunk)


@lru_cache(maxsize=1)
def _loaded(packed: bytes) -> Any:
    return pickle.loads(packed)


def _cleared(function: Callable[[Shared, list[Item]], list[Made]], shared: Shared, chunk: list[Item]) -> list[Made]:
    """``function(shared, chunk)``, and then away with the cycles it left.

    A build looks for no cycles (see `cli`), but parsing leaves some: without this a large vault would need gigabytes.
    Only what is young is looked at, which takes a hundredth of the time.
    """
    done = function(shared, chunk)
    gc.collect(0)
    return done


def _result(chunk: list[Item], future: Future[list[Made]], name: Callable[[Item], str]) -> list[Made]:
    from concurrent.futures import BrokenExecutor

    try:
        return future.result()
    except BrokenExecutor as problem:
        with suppress(Exception):
            future.cancel()
        where = f"{name(chunk[0])} to {name(chunk[-1])}"
        raise WorkerError(
            f"a worker process ended unexpectedly, perhaps for want of memory, at the notes {where} or soon after; "
            "build with --jobs 1 to use one process and less memory"
        ) from problem
