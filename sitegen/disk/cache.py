"""The memo on disk, so that the next process need not begin anew.

It lies in ``.sitegen/cache`` beside sitegen.toml or, for a vault without one, beside the vault: never in the vault of
somebody who only wants to look at it, never in the output. ``state`` has the tables and what the disk said of every file
(see `disk.state`); ``pack`` has the values, which are read one by one when wanted. Whatever is damaged, older or foreign
is as good as nothing (see `seal` and `identity`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.disk.identity import identity
from sitegen.disk.pack import Pack
from sitegen.disk.scan import FileState
from sitegen.disk.seal import own_key
from sitegen.disk.site import Location
from sitegen.disk.spool import Spool
from sitegen.disk.state import Known, State, changes_since, kept_table, read_known, write_changes, write_state
from sitegen.memo import Entry, Memo, Store, Table, is_spooled

if sys.platform != "win32":
    import fcntl

FOLDER = ".sitegen/cache"
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of sitegen, which may be deleted: https://bford.info/cachedir/\n"
_WASTE = 16 << 20  # bytes of forgotten values that are no reason to tidy up


class Cache(Struct):
    """A memo and where it came from. ``seen`` and ``written`` are the states of files of the vault and of the output."""

    memo: Memo
    seen: Mapping[str, FileState]
    written: Mapping[str, FileState]
    remark: str = ""  # why nothing was remembered
    folder: Path | None = None
    key: bytes | None = None
    identity: str = ""
    pack: str = ""
    known: Known | None = None  # what the files say

    def reset(self) -> None:
        """Forget everything, because something of it was damaged."""
        self.memo.forget()
        self.seen, self.written, self.known = {}, {}, None
        self.remark = "the cache was damaged; it is made anew"

    def base(self) -> Store:
        """What the memo has kept so far, to be read after this cache is closed and whatever other builds do with its files."""
        if self.folder is None or not isinstance(self.memo.store, Pack):
            return self.memo.store
        return Pack(self.folder / self.pack, self.memo.store.flush(), writable=False)

    def save(self, output: Path, seen: Mapping[str, FileState], written: Mapping[str, FileState]) -> None:
        """Keep what was learnt; where that cannot be, ``remark`` says so and the next build takes longer."""
        if self.folder is None or self.key is None or not isinstance(self.memo.store, Pack):
            return
        try:
            self.memo.settle()
            pack = self.memo.store
            end = pack.flush()
            if pack.problem:
                raise OSError(pack.problem)
            where, live = os.fsencode(output.resolve()), self.known.state.live if self.known is not None else 0
            state = State(self.identity, self.pack, end, live, self.memo.tables, dict(seen), where, dict(written))
            if self.known is not None and not _is_wasteful(end, live):
                changes = changes_since(self.known, state)
                if changes is not None and write_changes(self.folder, self.key, changes):
                    return
            state = self._tidied(state, pack, self.folder)
            write_state(self.folder, self.key, state)
            for other in self.folder.glob("pack-*"):
                if other.name != state.pack:
                    other.unlink(missing_ok=True)
        except OSError as problem:
            self.remark = f"the cache could not be written: {problem}"

    def _tidied(self, state: State, pack: Pack, folder: Path) -> State:
        """A state as it is kept, with a new pack if half of the old is forgotten."""
        tables = {stage: kept_table(stage, table) for stage, table in state.tables.items()}
        kept = [stage for stage in tables if not is_spooled(stage)]
        entries = (entry for stage in kept for entry in tables[stage].entries.values())
        live = sum([size for entry in entries for offset, size in entry.spans() if offset >= 0])
        name, end = state.pack, state.end
        if _is_wasteful(end, live):
            name = f"pack-{int(name.partition('-')[2] or 0) + 1}"
            (folder / name).unlink(missing_ok=True)
            with closing(Pack(folder / name, 0, writable=True)) as new:
                for stage in kept:
                    moved = {key: _moved(entry, pack, new) for key, entry in tables[stage].entries.items()}
                    tables[stage] = Table(tables[stage].frame, moved)
                end = new.flush()
        return replace(state, pack=name, end=end, live=live, tables=tables)


def _is_wasteful(end: int, live: int) -> bool:
    """Whether half of a pack that ends there is forgotten, if so many bytes of it are of use."""
    return end >= 2 * live + _WASTE


def _moved(entry: Entry, old: Pack, new: Pack) -> Entry:
    refs = []
    for ref in entry.outputs:
        data = old.get(ref)
        refs.append(ref.moved(-1 if data is None else new.put(data)))
    return Entry.of(entry.inputs, refs, entry.extra)


def cache_root(location: Location) -> Path:
    """The folder that holds ``.sitegen``: the site's, or the one that the vault lies in."""
    configured = location.root != location.vault or (location.root / "sitegen.toml").is_file()
    return location.root if configured else location.vault.parent


@contextmanager
def open_cache(
    location: Location,
    *,
    wanted: bool = True,
    writable: bool = True,
    lasting: bool = True,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Cache]:
    """The cache of a site, locked for other builds if ``writable``; ``waiting`` is called if one of those is under way.

    Without ``wanted``, and where there can be none, it remembers nothing and keeps nothing. It need not be ``lasting`` in a
    process that builds once.
    """
    with ExitStack() as stack:
        spool = stack.enter_context(closing(Spool()))
        store = stack.enter_context(closing(Spool()))
        cache = Cache(Memo(store, spool, lasting=lasting), {}, {}, "the cache is not used")
        if wanted:
            try:
                cache = _opened(location, spool, stack, writable, lasting, waiting)
            except OSError as problem:
                cache.remark = f"there is no cache: {problem}"
        yield cache


def _opened(
    location: Location,
    spool: Spool,
    stack: ExitStack,
    writable: bool,
    lasting: bool,
    waiting: Callable[[], None],
) -> Cache:
    key = own_key()
    if key is None:
        raise OSError("this user has no folder to keep a key in")
    root = cache_root(location)
    folder = root / FOLDER / hashlib.blake2b(os.fsencode(location.vault), digest_size=4).hexdigest()
    if writable:
        _make_folder(root, folder)
        stack.enter_context(_locked(folder, waiting))
    me = identity()
    known, remark = read_known(folder, key, me)
    state = known.state if known is not None else None
    name, end = (state.pack, state.end) if state else ("pack-1", 0)
    store = stack.enter_context(closing(Pack(folder / name, end, writable=writable)))
    memo = Memo(store, spool, state.tables if state else None, lasting=lasting)
    seen = state.seen if state else {}
    written = state.written if state and state.output == os.fsencode(location.output.resolve()) else {}
    return Cache(memo, seen, written, remark, folder if writable else None, key, me, name, known)


def _make_folder(root: Path, folder: Path) -> None:
    """Make the cache's folder; a link on the way could lead anywhere, so it is refused."""
    own = root / ".sitegen"
    for step in (own, own / "cache", folder):
        if step.is_symlink():
            raise OSError(f"{step} is a link")
        step.mkdir(exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        with suppress(FileExistsError), (own / name).open("x") as file:
            file.write(text)


@contextmanager
def _locked(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Wait until no other build has this cache; where the system has no such locks, do not."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as problem:
            if problem.errno not in (errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK):
                raise
        yield
    finally:
        os.close(handle)  # which ends the lock
