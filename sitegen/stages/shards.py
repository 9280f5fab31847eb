"""The index of the search, from what each note adds to it to the files that a browser fetches.

Notes have *slots*: numbers that stay what they are when other notes come and go. A *cell* holds the keys of all notes that
begin alike, and of each its postings: slot and code of every note that has it, as one number. A *part* is as much of a cell
as one file may hold; a *shard* is such a file, of small parts that stand beside each other. So an edit touches the cells of
the words that changed, and the shards they are in. `static/reader/index.js` reads the files.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from sitegen.codec import digest
from sitegen.model import NoteRef, Postings
from sitegen.stages.terms import SAME

Cell = dict[str, bytes]  # key -> postings, in the order of the keys
Removed = set[int]  # slots
FOLDER = "static/search/"
MAX_SHARD = 24_000  # characters; a single word may need more
CHUNK_BITS = 5  # slots of the notes that one file names
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_COMMON = 0.7  # a word in so many of the notes does not tell them apart
_HEAVIEST = 2  # words of a part that may be so common


class Part(NamedTuple):
    """A part of a cell: the words from ``first`` to where the next part begins. ``size`` is rounded, so that it rarely changes;
    ``heaviest`` are the words most notes have, with their number."""

    first: str
    size: int
    print: bytes
    heaviest: tuple[tuple[str, int], ...]


class Shard(NamedTuple):
    """A file of words: its name, the first of them, and the cells and numbers of the parts in it."""

    name: str
    first: str
    print: bytes
    parts: tuple[tuple[str, int], ...]


# ---- slots ---------------------------------------------------------------------------------------------


def slots_of(paths: Iterable[str]) -> tuple[int, dict[str, int]]:
    """How many bits slots have, and the slot of each note: where its path's digest says, or the next one that is free."""
    by_hash = sorted((crc32(path.encode("utf-8", "replace")), path) for path in paths)
    bits = max(CHUNK_BITS, (2 * len(by_hash)).bit_length())
    taken: set[int] = set()
    found: dict[str, int] = {}
    last = (1 << bits) - 1
    for number, path in by_hash:
        slot = number >> (32 - bits)
        while slot in taken:
            slot = slot + 1 & last
        taken.add(slot)
        found[path] = slot
    return bits, found


# ---- cells ---------------------------------------------------------------------------------------------


def cell_of(key: str) -> str:
    """The name of the cell that a key is in: what its word begins with."""
    stem = key.partition("\t")[0]
    return stem[:2] if stem[:1].isascii() else stem[:1]


def cells_of(notes: Iterable[tuple[int, Postings]]) -> dict[str, Cell]:
    """The cells of these notes, given with their slots in ascending order."""
    found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    for slot, postings in notes:
        base = slot << 6
        for key, code in _codes(postings):
            found[key].append(base | code)
    return {name: {key: found[key].tobytes() for key in keys} for name, keys in groupby(sorted(found), cell_of)}


def _codes(postings: Postings) -> Iterator[tuple[str, int]]:
    """The keys of a note with their codes; a note may say nothing that is a word."""
    return zip(postings.keys.split("\n") if postings.keys else (), postings.codes, strict=True)


def differing(old: tuple[int, Postings] | None, new: tuple[int, Postings] | None) -> Iterator[tuple[str, int, int]]:
    """The keys in which a note differs from what it was, with the slot and its new code, -1 where it has none any more."""
    before = dict(_codes(old[1])) if old else {}
    after = dict(_codes(new[1])) if new else {}
    moved = old is not None and new is not None and old[0] != new[0]
    for key in before:
        if old and (moved or key not in after):
            yield key, old[0], -1
    for key, code in after.items():
        if new and (moved or before.get(key) != code):
            yield key, new[0], code


def changed(cell: Cell, differences: Mapping[str, Iterable[tuple[int, int]]]) -> Cell:
    """A cell with these slots' codes in it, by key; those that are gone come first."""
    found = dict(cell)
    for key, codes in differences.items():
        values = {value >> 6: value for value in array("I", found.get(key, b""))}
        for slot, code in codes:
            if code < 0:
                values.pop(slot, None)
            else:
                values[slot] = slot << 6 | code
        found[key] = array("I", [values[slot] for slot in sorted(values)]).tobytes()
    return {key: found[key] for key in sorted(found) if found[key]}


# ---- parts and shards ----------------------------------------------------------------------------------


def parts_of(name: str, cell: Cell) -> tuple[Part, ...]:
    """A cell in parts that are small enough, as far as whole words and what they begin with allow."""
    words = [(stem, _size(stem, keys, cell)) for stem, keys in _grouped(cell)]
    cuts = [name, *_cuts(words, len(name))[1:]]
    found = []
    for number, first in enumerate(cuts):
        following = cuts[number + 1] if number + 1 < len(cuts) else None
        inside = [
            word for word in words if (number == 0 or word[0] >= first) and (following is None or word[0] < following)
        ]
        heaviest = sorted(((size, stem) for stem, size in inside if size > 64), reverse=True)[:_HEAVIEST]
        data = b"".join([key.encode() + b"\n" + cell[key] for key in _within(cell, number, first, following)])
        size = _rounded(sum(size for _, size in inside))
        found.append(Part(first, size, digest(data), tuple((stem, _notes(stem, cell)) for _, stem in heaviest)))
    return tuple(found)


def _grouped(keys: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    for stem, group in groupby(keys, lambda key: key.partition("\t")[0]):
        yield stem, list(group)


def _notes(stem: str, cell: Cell) -> int:
    """How many notes have a word in any of its forms."""
    found = [cell[key] for key in _within(cell, 1, stem, stem + "\0")]
    return len({value >> 6 for value in array("I", b"".join(found))})


def _size(stem: str, keys: Sequence[str], cell: Cell) -> int:
    return sum(len(cell[key]) // 2 + len(key) - len(stem) for key in keys) + len(stem) + 10


def _cuts(words: Sequence[tuple[str, int]], depth: int) -> list[str]:
    """What the parts of these words begin with."""
    if depth >= SAME or sum(size for _, size in words) <= MAX_SHARD:
        return [words[0][0][:depth]]
    found: list[str] = []
    room = 0
    for first, group in groupby(words, lambda word: word[0][: depth + 1]):
        inside = list(group)
        size = _rounded(sum(size for _, size in inside))
        if size > MAX_SHARD:
            found += _cuts(inside, depth + 1)
            room = 0
        elif size > room:
            found.append(first)
            room = MAX_SHARD - size
        else:
            room -= size
    return found


def _rounded(size: int) -> int:
    """A size up to an eighth larger."""
    step = 1 << max(size.bit_length() - 4, 0)
    return -(-size // step) * step


def _within(cell: Cell, number: int, first: str, following: str | None) -> list[str]:
    """The keys of a part."""
    stems = ((key, key.partition("\t")[0]) for key in cell)
    return [key for key, stem in stems if (number == 0 or stem >= first) and (following is None or stem < following)]


def shards_of(parts: Mapping[str, Sequence[Part]]) -> list[Shard]:
    """All shards, in the order of their words; parts share one if they are small and begin with the same character."""
    found: list[Shard] = []
    for _, cells in groupby(sorted(parts), lambda name: name[:1]):
        inside: list[tuple[str, int]] = []
        prints: list[bytes] = []
        first, room = "", 0
        for cell in cells:
            for number, part in enumerate(parts[cell]):
                if inside and part.size > room:
                    found.append(_shard(first, prints, inside))
                    inside, prints = [], []
                if not inside:
                    first, room = part.first, MAX_SHARD
                room -= part.size
                inside.append((cell, number))
                prints.append(part.print)
        if inside:
            found.append(_shard(first, prints, inside))
    return found


def _shard(first: str, prints: Sequence[bytes], parts: Sequence[tuple[str, int]]) -> Shard:
    return Shard(f"{FOLDER}t/{file_name(first)}.js", first, digest(b"".join(prints)), tuple(parts))


def file_name(first: str) -> str:
    """A name for the file of words that begin so: what is no small letter of English or digit is its number in hexadecimal."""
    return "".join(c if c.isascii() and (c.islower() or c.isdigit()) else f"_{ord(c):x}" for c in first)


# ---- what the files hold -------------------------------------------------------------------------------


def given(name: str, value: object) -> bytes:
    """A file that gives a script this value (see static/reader.js)."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"sitegen.give({json.dumps(name)},{data});\n".encode("utf-8", "replace")


def shard_content(shard: Shard, parts: Mapping[str, Sequence[Part]], cell: Mapping[str, Cell]) -> list[list[str]]:
    """``[stem, forms, slots, codes]`` of each word in a shard. Slots are told by how much each is above the one before, in
    digits of five bits, the last of which has no sixth."""
    found = []
    for name, number in shard.parts:
        cuts = [part.first for part in parts[name]]
        following = cuts[number + 1] if number + 1 < len(cuts) else None
        keys = _within(cell[name], number, cuts[number], following)
        found += [_entry(stem, group, cell[name]) for stem, group in _grouped(keys)]
    return found


def _entry(stem: str, keys: Sequence[str], cell: Cell) -> list[str]:
    forms = [key.partition("\t")[2] or stem for key in keys]
    if len(keys) == 1:
        values: Iterable[int] = array("I", cell[keys[0]])
    else:
        every = array("I", b"".join([cell[key] for key in keys]))
        values = {value >> 6: value for value in sorted(every)}.values()
    return [stem, (forms[0] if stem[0] in "#/" else " ".join(forms)) if forms != [stem] else "", *_told(values)]


def _told(values: Iterable[int]) -> tuple[str, str]:
    told, codes = [], bytearray()
    last = 0
    for value in values:
        step, last = (value >> 6) - last, value >> 6
        told.append(_STEPS[step] if step < len(_STEPS) else _digits(step))
        codes.append(value & 63)
    return "".join(told), codes.translate(_CODES).decode("ascii")


def _digits(number: int) -> str:
    text = DIGITS[number & 31]
    while number := number >> 5:
        text = DIGITS[number & 31 | 32] + text
    return text


_STEPS = [_digits(number) for number in range(2048)]
_CODES = bytes(ord(DIGITS[code & 63]) for code in range(256))


def root_content(
    notes: int, bits: int, parts: Mapping[str, Sequence[Part]], chunks: Mapping[str, bytes], words: str
) -> dict[str, object]:
    """What a browser must know first: where each shard begins, and the versions of all files."""
    shards = shards_of(parts)
    counted = [pair for found in parts.values() for part in found for pair in part.heaviest]
    heavy = sorted(word for word, count in counted if count > _COMMON * notes)
    return {
        "notes": notes,
        "bits": bits,
        "chunk": CHUNK_BITS,
        "common": [word for word in heavy if word[0] not in "#/"] if notes >= 20 else [],
        "firsts": [shard.first for shard in shards],
        "versions": "".join(shard.print.hex()[:4] for shard in shards),
        "words": words,
        "chunks": "".join(
            chunks[str(number)].hex()[:2] if str(number) in chunks else "--" for number in range(1 << bits - CHUNK_BITS)
        ),
    }


def chunks_of(slots: Mapping[str, int], refs: Mapping[str, NoteRef]) -> dict[str, list[tuple[int, str, str, str]]]:
    """By number: ``[slot, address, title, folder]`` of the notes that one file names."""
    found: defaultdict[int, list[tuple[int, str, str, str]]] = defaultdict(list)
    for path, slot in slots.items():
        ref = refs[path]
        found[slot >> CHUNK_BITS].append((slot, ref.url, ref.title, path.rpartition("/")[0]))
    return {str(number): sorted(found[number]) for number in sorted(found)}


def words_of(cells: Iterable[Cell], limit: int = 20_000) -> list[str]:
    """The words that a misspelt one may stand for: those of titles and headings, and of several notes. In their order, each
    as the number of characters it shares with the one before (a digit) and the rest."""
    found: list[tuple[int, str]] = []
    for cell in cells:
        for stem, keys in _grouped(cell):
            if len(stem) < 3 or stem[0] in "#/" or not stem[0].isalpha():
                continue
            best = max(keys, key=lambda key: (len(cell[key]), key))
            count = sum(len(cell[key]) for key in keys) // 4
            if count > 2 or any(value & 48 for key in keys for value in array("I", cell[key])):
                found.append((-count, best.partition("\t")[2] or stem))
    chosen = sorted(form for _, form in sorted(found)[:limit])
    told, last = [], ""
    for form in chosen:
        shared = 0
        while shared < min(len(form), len(last), 35) and form[shared] == last[shared]:
            shared += 1
        told.append(f"{shared:x}{form[shared:]}" if shared < 16 else f"f{form[15:]}")
        last = form
    return told
