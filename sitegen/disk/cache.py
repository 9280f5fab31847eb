"""The memo on disk, so that the next process need not begin anew.

It lies in ``.sitegen/cache`` beside sitegen.toml or, for a vault without one, beside the vault: never in the vault of
somebody who only wants to look at it, never in the output. Two files: ``state`` has the tables and what the disk said
of every file, replaced whole; ``pack`` has the values, which are read one by one when wanted. Whatever is damaged,
older or foreign is as good as nothing (see `seal` and `identity`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.disk.identity import identity
from sitegen.disk.pack import Pack
from sitegen.disk.scan import FileState
from sitegen.disk.seal import opened, own_key, sealed
from sitegen.disk.site import Location
from sitegen.disk.spool import Spool
from sitegen.memo import Entry, Memo, Store, Table, is_spooled

if sys.platform != "win32":
    import fcntl

FOLDER = ".sitegen/cache"
_OLD = "state.old"  # the state of before, while a new one takes its place
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of sitegen, which may be deleted: https://bford.info/cachedir/\n"
_WASTE = 16 << 20  # bytes of forgotten values that are no reason to tidy up


class _State(msgspec.Struct, array_like=True):
    """All that the file ``state`` says."""

    identity: str
    pack: str  # name of the file with the values
    end: int  # where that file ended
    tables: dict[str, Table]
    seen: dict[str, FileState]  # files of the vault
    output: str
    written: dict[str, FileState]  # files of the output


_decoder = msgspec.msgpack.Decoder(_State)


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

    def reset(self) -> None:
        """Forget everything, because something of it was damaged."""
        self.memo.forget()
        self.seen, self.written = {}, {}
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
            tables, name, end = self._tidy(self.memo.store)
            if self.memo.store.problem:
                raise OSError(self.memo.store.problem)
            state = _State(self.identity, name, end, tables, dict(seen), str(output.resolve()), dict(written))
            data = sealed(msgspec.msgpack.encode(state), self.key)
            temporary = self.folder / "state.part"
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
                file.write(data)
            # To put a file in the place of another one makes some systems write it to the disk at once, which takes longer
            # than all else here; so the old one goes out of the way.
            with suppress(FileNotFoundError):
                os.replace(self.folder / "state", self.folder / _OLD)
            os.replace(temporary, self.folder / "state")
            (self.folder / _OLD).unlink(missing_ok=True)
            for other in self.folder.glob("pack-*"):
                if other.name != name:
                    other.unlink(missing_ok=True)
        except OSError as problem:
            self.remark = f"the cache could not be written: {problem}"

    def _tidy(self, pack: Pack) -> tuple[dict[str, Table], str, int]:
        """The tables as they are kept, and the pack they lead into: a new one if half of the old is forgotten. Files of the
        site are in the output, not in the pack."""
        end = pack.flush()
        tables, live = dict(self.memo.tables), 0
        for stage, table in self.memo.tables.items():
            if not is_spooled(stage):
                live += sum([r.size for entry in table.entries.values() for r in entry.outputs if r.offset >= 0])
                continue
            held = [key for key, entry in table.entries.items() for ref in entry.outputs if ref.offset >= 0]
            if held:
                fresh = {key: _unspooled(table.entries[key]) for key in held}
                tables[stage] = Table(table.frame, {**table.entries, **fresh})
        if end < 2 * live + _WASTE or self.folder is None:
            return tables, self.pack, end
        name = f"pack-{int(self.pack.partition('-')[2] or 0) + 1}"
        (self.folder / name).unlink(missing_ok=True)
        new = Pack(self.folder / name, 0, writable=True)
        for stage, table in tables.items():
            if not is_spooled(stage):
                tables[stage] = Table(table.frame, {k: _moved(entry, pack, new) for k, entry in table.entries.items()})
        end = new.flush()
        new.close()
        return tables, name, end


def _unspooled(entry: Entry) -> Entry:
    return entry._replace(outputs=tuple(ref._replace(offset=-1) for ref in entry.outputs))


def _moved(entry: Entry, old: Pack, new: Pack) -> Entry:
    refs = []
    for ref in entry.outputs:
        data = old.get(ref)
        refs.append(ref._replace(offset=-1 if data is None else new.put(data)))
    return entry._replace(outputs=tuple(refs))


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
    state, remark = _read_state(folder, key, me)
    name, end = (state.pack, state.end) if state else ("pack-1", 0)
    store = stack.enter_context(closing(Pack(folder / name, end, writable=writable)))
    memo = Memo(store, spool, state.tables if state else None, lasting=lasting)
    seen = state.seen if state else {}
    written = state.written if state and state.output == str(location.output.resolve()) else {}
    return Cache(memo, seen, written, remark, folder if writable else None, key, me, name)


def _read_state(folder: Path, key: bytes, me: str) -> tuple[_State | None, str]:
    """What the last build left, or why nothing is there."""
    data = _read(folder / "state") or _read(folder / _OLD)
    if data is None:
        return None, "there is no cache yet"
    body = opened(data, key)
    if body is None:
        return None, "the cache is damaged or was made by somebody else; it is made anew"
    try:
        state = _decoder.decode(body)
    except msgspec.MsgspecError:
        return None, "the cache is another version's; it is made anew"
    if state.identity != me:
        return None, "the cache is another version's; it is made anew"
    if _size(folder / state.pack) < state.end:
        return None, "the cache was damaged; it is made anew"
    return state, ""


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


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
