"""The index of the search, as far as what notes add to it has changed. Part of `build`.

The memo keeps the cells of the last build, and what its notes added to them: so those of this build are these cells with
what differs taken out and put in. Without a last build, or where slots have another number of bits, they are made of all notes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from sitegen.codec import decode, digest, encode, fingerprint, joined
from sitegen.edition import order_of, same_order
from sitegen.memo import NO_TABLE, Entry, Memo, Shelf, Table, known
from sitegen.model import NoteRef, Postings, SearchFile, Vault
from sitegen.stages.search_files import chunks_of, given, root_content, shard_content, words_of
from sitegen.stages.shards import (
    FOLDER,
    Cell,
    Codes,
    Divided,
    Part,
    Shard,
    cell_of,
    cells_of,
    changed,
    differing,
    divided,
    families,
    parts_of,
    shards_in,
    shards_of,
    slots_of,
)

ROOT = FOLDER + "index.js"
_NOTES, _WORDS = FOLDER + "n/", FOLDER + "w/"
_CELLS, _CHUNKS = "search cells", "search chunks"  # tables of the memo
_POSTINGS = 3  # which output of a parsed note they are
_PARTS: Any = tuple[Part, ...]
_CELL: Any = dict[str, bytes]
_AT_HAND = 64  # cells that are kept as values while files are made


class Searched(NamedTuple):
    """The files of the search by address, and their fingerprints."""

    files: Mapping[str, SearchFile]
    prints: Mapping[str, bytes]


class _Known(NamedTuple):
    """What a build in this process added, for the next one: the entries of published notes, and all slots."""

    notes: Mapping[str, Entry]
    bits: int
    slots: Mapping[str, int]


def searched(notes: Mapping[str, Entry], places: Mapping[str, Entry], vault: Vault, memo: Memo) -> Searched:
    """The search's index of the published notes."""
    kept = memo.kept
    published = kept.mapped("published notes", lambda path, _, note: note, places, notes)
    bits, slots = kept.whole("slots", lambda _: slots_of(places), order_of(places))
    cells = _cells(_Known(published, bits, slots), memo)
    chunks = _chunks(slots, vault.refs, memo)
    memo.keep(_CELLS, cells.frame, cells.entries)
    parts = kept.mapped("search parts", _parts, cells.entries)  # most are what they were
    family = kept.whole("search families", lambda _: families(parts), order_of(parts))
    around = [(parts, family)]
    shards_by = kept.mapped("shards", lambda _, cells: shards_in(cells, parts), family, around=around)
    shards = [shard for inside in shards_by.values() for shard in inside]
    words = kept.whole("search words", words_of, bits, kept.mapped("meant", _meant, parts))
    files = _Files(cells, parts, shards, words, bits, slots, chunks, vault, memo)
    prints = _prints(cells.frame, parts, shards, words, kept.whole("prints of chunks", _chunk_prints, chunks))
    return Searched(Shelf(prints, lambda name: SearchFile(prints[name], partial(files.read, name))), prints)


def search_before(memo: Memo) -> Mapping[str, bytes]:
    """The fingerprints of the last build's files."""
    cells = memo.tables.get(_CELLS, NO_TABLE)
    parts = {name: _parts(name, entry) for name, entry in cells.entries.items()}
    words = words_of(cells.frame[0] if parts else 0, {name: _meant(name, inside) for name, inside in parts.items()})
    chunks = _chunk_prints(memo.tables.get(_CHUNKS, NO_TABLE).entries)
    return _prints(cells.frame, parts, shards_of(parts), words, chunks)


def _prints(
    frame: bytes,
    parts: Mapping[str, tuple[Part, ...]],
    shards: Iterable[Shard],
    words: Mapping[str, str],
    chunks: Mapping[str, bytes],
) -> dict[str, bytes]:
    every = digest(b"".join([part.print for inside in parts.values() for part in inside]))
    found = {shard.name: shard.print for shard in shards}
    found |= {f"{_WORDS}{number}.js": digest(told.encode()) for number, told in words.items()}
    return {**chunks, **found, ROOT: joined(frame, every, chunks[ROOT])}


def _chunk_prints(chunks: Mapping[str, Entry]) -> dict[str, bytes]:
    """The fingerprints of what is told of the notes by address; at the root's that of all of them."""
    found = {f"{_NOTES}{number}.js": entry.fingerprint() for number, entry in chunks.items()}
    return {ROOT: joined(*found, *found.values()), **found}


def _meant(_: str, parts: tuple[Part, ...]) -> tuple[tuple[str, int], ...]:
    return tuple([word for part in parts for word in part.meant])


def _parts(name: str, cell: Entry) -> tuple[Part, ...]:
    parts: tuple[Part, ...] = decode(cell.extra, _PARTS)
    return parts


# ---- cells ---------------------------------------------------------------------------------------------


def _cells(now: _Known, memo: Memo) -> Table:
    """The cells of these notes; what they are told by besides is how many bits slots have and how many notes there are."""
    last, frame = memo.tables.get(_CELLS, NO_TABLE), now.bits.to_bytes(1, "little")
    if last.frame[:1] == frame and last.entries:
        left, known = memo.searched or (None, None)
        # a build that failed has left nothing: the cells are those of the one before it
        before = known if known is not None and left is last.entries else _known_before(now, memo)
        entries = _renewed(last.entries, before, now, memo)
    else:
        entries = _all(now, memo)
    memo.searched = entries, now
    return Table(frame + len(now.notes).to_bytes(4, "little"), entries)


def _known_before(now: _Known, memo: Memo) -> _Known:
    """What an earlier process added."""
    places, notes = memo.tables["place"].entries, memo.tables["parse"].entries
    bits, slots = (now.bits, now.slots) if same_order(places, now.notes) else slots_of(places)
    return _Known({path: notes[path] for path in places}, bits, slots)


def _all(now: _Known, memo: Memo) -> dict[str, Entry]:
    by_slot = sorted((slot, path) for path, slot in now.slots.items())
    made = cells_of((slot, _postings(now.notes[path], memo, path)) for slot, path in by_slot)
    return {name: _entry(name, cell, now.bits, memo) for name, cell in made.items()}


def _renewed(last: dict[str, Entry], known: _Known, now: _Known, memo: Memo) -> dict[str, Entry]:
    """The cells of the last build with what differs since then."""
    gone: defaultdict[str, Codes] = defaultdict(Codes)
    come: defaultdict[str, Codes] = defaultdict(Codes)
    for key, slot, code in _differences(known, now, memo):
        if code < 0:
            gone[cell_of(key)].add(key, slot)
        else:
            come[cell_of(key)].add(key, slot, code)
    if not gone and not come:
        return last
    found = dict(last)
    for name in sorted({*gone, *come}):
        before = last.get(name)
        old: Cell = memo.get(before.output(), _CELL, name) if before is not None else {}
        cell = changed(old, gone.pop(name, ()), come.pop(name, ()))
        if cell:
            found[name] = _entry(name, cell, now.bits, memo, before)
        else:
            del found[name]
    return found if found.keys() == last.keys() else {name: found[name] for name in sorted(found)}


def _differences(before: _Known, now: _Known, memo: Memo) -> Iterator[tuple[str, int, int]]:
    paths = memo.kept.differences(now.notes, before.notes)
    if now.slots is not before.slots:
        paths |= memo.kept.differences(now.slots, before.slots)
    for path in sorted(paths):
        old, new = before.notes.get(path), now.notes.get(path)
        same = old and new and old.fingerprint(_POSTINGS) == new.fingerprint(_POSTINGS)
        if same and before.slots[path] == now.slots[path]:
            continue
        yield from differing(
            (before.slots[path], _postings(old, memo, path)) if old else None,
            (now.slots[path], _postings(new, memo, path)) if new else None,
        )


def _postings(note: Entry, memo: Memo, path: str) -> Postings:
    return memo.get(note.output(_POSTINGS), Postings, path)


def _entry(name: str, cell: Cell, bits: int, memo: Memo, before: Entry | None = None) -> Entry:
    memo.ran.append((_CELLS, name))
    parts = parts_of(name, cell, bits, _parts(name, before) if before is not None else ())
    return Entry.of(b"", (memo.put((b"", encode(cell))),), encode(parts))


# ---- which notes slots are -----------------------------------------------------------------------------


def _chunks(slots: Mapping[str, int], refs: Mapping[str, NoteRef], memo: Memo) -> dict[str, Entry]:
    """The fingerprints of what is told of the notes; as long as the index is what it was, nobody looks at them."""
    index = memo.kept_now("index")[""].inputs
    last = memo.last(_CHUNKS, index)

    def made(slots: Mapping[str, int], refs: Mapping[str, NoteRef]) -> dict[str, Entry]:
        found = chunks_of(slots, dict(refs.items()))
        return {number: Entry.of(b"", (known(fingerprint(of)),)) for number, of in found.items()}

    chunks = last or memo.kept.whole(_CHUNKS, made, slots, refs)
    memo.keep(_CHUNKS, index, chunks)
    return chunks


# ---- files ---------------------------------------------------------------------------------------------


class _Files:
    """Makes the files when they are wanted, one after another, so that each cell is read once."""

    def __init__(
        self,
        cells: Table,
        parts: Mapping[str, tuple[Part, ...]],
        shards: Iterable[Shard],
        words: Mapping[str, str],
        bits: int,
        slots: Mapping[str, int],
        chunks: Mapping[str, Entry],
        vault: Vault,
        memo: Memo,
    ) -> None:
        self._cells, self._parts, self._shards = cells, parts, {shard.name: shard for shard in shards}
        self._words, self._bits, self._slots, self._vault, self._memo = words, bits, slots, vault, memo
        self._at_hand: dict[str, Divided] = {}
        self._chunks = chunks
        self._notes: dict[str, Any] | None = None

    def read(self, name: str) -> bytes:
        if name == ROOT:
            return given(name, self._root())
        if name.startswith(_WORDS):
            return given(name, self._words[_number(name)])
        if name.startswith(_NOTES):
            return given(name, self._named()[_number(name)])
        shard = self._shards[name]
        cells = {cell: self._cell(cell) for cell, _ in shard.parts}
        return given(name, shard_content(shard, cells, self._bits))

    def _root(self) -> dict[str, object]:
        chunks = {number: entry.fingerprint() for number, entry in self._chunks.items()}
        return root_content(len(self._slots), self._bits, self._shards.values(), self._parts, chunks, self._words)

    def _named(self) -> dict[str, Any]:
        if self._notes is None:
            self._notes = chunks_of(self._slots, dict(self._vault.refs.items()))
        return self._notes

    def _cell(self, name: str) -> Divided:
        if name not in self._at_hand:
            if len(self._at_hand) >= _AT_HAND:
                self._at_hand.pop(next(iter(self._at_hand)))
            cell: Cell = self._memo.get(self._cells.entries[name].output(), _CELL, name)
            self._at_hand[name] = divided(cell, [part.first for part in self._parts[name]])
        return self._at_hand[name]


def _number(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".js")
