"""What a cache knows, but for its values: the file ``state``, and ``changes`` beside it, by which the last build differs from that.

To write down what is known of twenty thousand notes takes longer than most else after an edit of one. So a build that
leaves nearly everything as it was writes what is different, and all of it only once that has become much, or files came or
went. Changes name the very state they belong to: beside another one, or damaged, they are as good as none, and what is
known is what it was before them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from sitegen.disk.scan import FileState
from sitegen.disk.seal import SEAL_BYTES, opened, read_own, sealed, write_own
from sitegen.edition import Edition, differences, edition, same_order
from sitegen.memo import NO_TABLE, Entry, Table, is_spooled

V = TypeVar("V")
_STATE, _CHANGES, _OLD, _PART = "state", "changes", ".old", ".part"
_FEW = 4096  # entries of a table that may be written anew with every build
_MOST = 1 << 20  # bytes of changes that are not yet much


class State(Struct):
    """All that is known."""

    identity: str
    pack: str  # name of the file with the values
    end: int  # where that file ended
    live: int  # bytes of the values in it that are still of use
    tables: dict[str, Table]
    seen: dict[str, FileState]  # files of the vault
    output: bytes  # its path
    written: dict[str, FileState]  # files of the output


class _Changes(Struct, array_like=True):
    """By what a state differs from the one in the file. ``tables`` are those that have other keys or another frame; of files
    of which nothing is known any more the state is None."""

    seal: bytes  # of the state in the file
    end: int
    entries: dict[str, dict[str, Entry]]
    tables: dict[str, Table]
    seen: dict[str, FileState | None]
    written: dict[str, FileState | None]


class _File(Struct, array_like=True):
    """A state as it is kept. Most tables have the same keys, so these stand apart: ``keys`` has each sequence of them once, and
    a table its frame, the number of its sequence and its entries in that order."""

    identity: str
    pack: str
    end: int
    live: int
    keys: list[list[str]]
    tables: dict[str, tuple[bytes, int, list[Entry]]]
    seen: dict[str, FileState]
    output: bytes
    written: dict[str, FileState]

    @classmethod
    def of(cls, state: State) -> _File:
        numbers: dict[tuple[str, ...], int] = {}
        tables = {
            stage: (table.frame, numbers.setdefault(tuple(table.entries), len(numbers)), list(table.entries.values()))
            for stage, table in state.tables.items()
        }
        keys = list(map(list, numbers))
        whole = state.identity, state.pack, state.end, state.live
        return cls(*whole, keys, tables, state.seen, state.output, state.written)

    def state(self) -> State:
        """Raises an error if it makes no sense."""
        tables, first = dict[str, Table](), dict[int, Edition[Entry]]()
        for stage, (frame, number, entries) in self.tables.items():
            found = Edition(zip(self.keys[number], entries, strict=True), like=first.get(number, NO_TABLE.entries))
            first.setdefault(number, found)
            tables[stage] = Table(frame, found)
        return State(self.identity, self.pack, self.end, self.live, tables, self.seen, self.output, self.written)


class Known(Struct):
    """A state as the files say it."""

    state: State
    changes: _Changes


_state_decoder, _changes_decoder = msgspec.msgpack.Decoder(_File), msgspec.msgpack.Decoder(_Changes)


def read_known(folder: Path, key: bytes, identity: str) -> tuple[Known | None, str]:
    """What the last build left, or why nothing is there."""
    data = _read(folder, _STATE)
    if data is None:
        return None, "there is no cache yet"
    body = opened(data, key)
    if body is None:
        return None, "the cache is damaged or was made by somebody else; it is made anew"
    try:
        state = _state_decoder.decode(body).state()
    except (msgspec.MsgspecError, ValueError, IndexError):
        return None, "the cache is another version's; it is made anew"
    if state.identity != identity:
        return None, "the cache is another version's; it is made anew"
    changes = _read_changes(folder, key, data[:SEAL_BYTES]) or _Changes(data[:SEAL_BYTES], state.end, {}, {}, {}, {})
    _apply(changes, state)
    if _size(folder / state.pack) < state.end:
        return None, "the cache was damaged; it is made anew"
    return Known(state, changes), ""


def _read_changes(folder: Path, key: bytes, seal: bytes) -> _Changes | None:
    data = _read(folder, _CHANGES)
    body = opened(data, key) if data is not None else None
    with suppress(msgspec.MsgspecError):
        changes = _changes_decoder.decode(body) if body is not None else None
        return changes if changes is not None and changes.seal == seal else None
    return None


def _apply(changes: _Changes, state: State) -> None:
    state.end = changes.end
    for stage, entries in changes.entries.items():
        table = state.tables[stage]
        state.tables[stage] = Table(table.frame, edition(table.entries).edited(entries))
    state.tables.update(changes.tables)
    for known, others in ((state.seen, changes.seen), (state.written, changes.written)):
        for name, file in others.items():
            if file is not None:
                known[name] = file
            else:
                known.pop(name, None)


def changes_since(known: Known, new: State) -> _Changes | None:
    """By what a new state differs from the one in the file; None if by too much."""
    before, earlier = known.state, known.changes
    if (new.identity, new.pack, new.output) != (before.identity, before.pack, before.output):
        return None
    seen = {**earlier.seen, **_other_files(new.seen, before.seen)}
    written = {**earlier.written, **_other_files(new.written, before.written)}
    changes = _Changes(earlier.seal, new.end, dict(earlier.entries), dict(earlier.tables), seen, written)
    if not before.tables.keys() <= new.tables.keys():
        return None
    for stage, table in new.tables.items():
        old = before.tables.get(stage, NO_TABLE)
        entries = _different(table.entries, old.entries) if table.frame == old.frame else None
        if entries is None or stage in earlier.tables or stage not in before.tables:
            if len(table.entries) > _FEW:
                return None
            changes.tables[stage] = kept_table(stage, table)
        elif entries:
            fresh = kept_table(stage, Table(table.frame, entries)).entries
            changes.entries[stage] = {**earlier.entries.get(stage, {}), **fresh}
    return changes


def _other_files(new: Mapping[str, FileState], old: Mapping[str, FileState]) -> dict[str, FileState | None]:
    found: dict[str, FileState | None] = {name: file for name, file in new.items() if old.get(name) is not file}
    return {**found, **dict.fromkeys(old.keys() - new.keys())}


def _different(new: Mapping[str, V], old: Mapping[str, V]) -> dict[str, V] | None:
    """The values that are others than they were; None if there are other keys, or many such values."""
    found = differences(new, old) if same_order(new, old) else None
    return {key: new[key] for key in sorted(found)} if found is not None and len(found) <= _FEW else None


def kept_table(stage: str, table: Table) -> Table:
    """A table as it is kept: files of the site are in the output, not in the pack."""
    if not is_spooled(stage):
        return table
    held = [key for key, entry in table.entries.items() if any(offset >= 0 for offset, _ in entry.spans())]
    fresh = {key: _unspooled(table.entries[key]) for key in held}
    return Table(table.frame, {**table.entries, **fresh}) if fresh else table


def _unspooled(entry: Entry) -> Entry:
    return Entry.of(entry.inputs, (ref.moved(-1) for ref in entry.outputs), entry.extra)


def write_changes(folder: Path, key: bytes, changes: _Changes) -> bool:
    """Write by what the state differs from the one in the file; False if that is so much that all of it should be written."""
    data = sealed(msgspec.msgpack.encode(changes), key)
    if len(data) > _MOST:
        return False
    _write(folder, _CHANGES, data)
    return True


def write_state(folder: Path, key: bytes, state: State) -> None:
    """Write all that is known."""
    _write(folder, _STATE, sealed(msgspec.msgpack.encode(_File.of(state)), key))
    for name in (_CHANGES, _CHANGES + _OLD):
        (folder / name).unlink(missing_ok=True)


def _write(folder: Path, name: str, data: bytes) -> None:
    """Put a file in the place of another one, whole or not at all.

    Renaming over it makes some systems write the new one to the disk at once, which takes longer than all else here; so the
    old one goes out of the way.
    """
    write_own(folder / (name + _PART), data)
    with suppress(FileNotFoundError):
        os.replace(folder / name, folder / (name + _OLD))
    os.replace(folder / (name + _PART), folder / name)
    (folder / (name + _OLD)).unlink(missing_ok=True)


def _read(folder: Path, name: str) -> bytes | None:
    for path in (folder / name, folder / (name + _OLD)):
        with suppress(FileNotFoundError):
            return read_own(path)
    return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
