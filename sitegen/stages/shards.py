"""The index of the search, from what each note adds to it to the files that a browser fetches.

Notes have *slots*: numbers that stay what they are when other notes come and go. A *cell* holds the keys of all notes that
begin alike, and of each its postings: slot and code of every note that has it, as one number. A *part* is as much of a cell
as one file may hold; a *shard* is such a file, of small parts that stand beside each other. So an edit touches the cells of
the words that changed, and the shards they are in. What the files hold is in `stages.search_files`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from sitegen.codec import digest
from sitegen.model import Postings
from sitegen.stages.terms import SAME

Cell = dict[str, bytes]  # key -> postings, in the order of the keys
Word = tuple[str, list[str]]  # a stem and its keys
FOLDER = "static/search/"
MAX_SHARD = 10_500  # bytes as a browser receives them, compressed; a single word may need more
CHUNK_BITS = 5  # slots of the notes that one file names
_DEEPEST = 12  # characters that words of a part may have in common
# A word is told apart from others if one slot in so many has it: no rarer one is in two fifths of the notes.
_OFTEN = 10
_LAST = "\U0010ffff"  # no word begins so
_BLOCK = 64  # characters of other scripts whose words may share a shard: some scripts have thousands


class Part(NamedTuple):
    """A part of a cell: the words from ``first`` to where the next part begins. ``size`` is rounded, so that it rarely changes;
    ``often`` are the forms of words that very many notes have, with the number of notes; ``meant`` the words that a misspelt
    one may stand for, with how many bits the number of their notes has."""

    first: str
    size: int
    print: bytes
    often: tuple[tuple[str, int], ...]
    meant: tuple[tuple[str, int], ...]


class Divided(NamedTuple):
    """A cell, and its words by part."""

    cell: Cell
    parts: list[list[Word]]


class Shard(NamedTuple):
    """A file of words: its name, the first of them, and the cells and numbers of the parts in it."""

    name: str
    first: str
    print: bytes
    parts: tuple[tuple[str, int], ...]


# ---- slots ---------------------------------------------------------------------------------------------


def slots_of(paths: Iterable[str]) -> tuple[int, dict[str, int]]:
    """How many bits slots have, and the slot of each note: where its path's digest says, or the next one that is free."""
    named = [(path.encode("utf-8", "replace"), path) for path in paths]
    by_hash = sorted([(crc32(name), path) for name, path in named])
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
    return stem[:SAME] if stem[:1].isascii() else stem[:1]


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


class Codes:
    """Keys of a cell, each with a slot and code as one number. A folder that moves has hundreds of thousands of them: they are
    kept in a fraction of the room that objects take."""

    __slots__ = ("_keys", "_values")

    def __init__(self) -> None:
        self._keys, self._values = bytearray(), array("I")

    def add(self, key: str, slot: int, code: int = 0) -> None:
        self._keys += key.encode() + b"\n"
        self._values.append(slot << 6 | code)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return zip(self._keys.decode().split("\n"), self._values, strict=False)


def changed(cell: Cell, gone: Iterable[tuple[str, int]], come: Iterable[tuple[str, int]]) -> Cell:
    """A cell without the slots of what is ``gone``, and then with what has ``come``."""
    touched: dict[str, dict[int, int]] = {}

    def values_of(key: str) -> dict[int, int]:
        if key not in touched:
            touched[key] = {value >> 6: value for value in array("I", cell.get(key, b""))}
        return touched[key]

    for key, value in gone:
        values_of(key).pop(value >> 6, None)
    for key, value in come:
        values_of(key)[value >> 6] = value
    found = cell | {key: array("I", [values[s] for s in sorted(values)]).tobytes() for key, values in touched.items()}
    return {key: found[key] for key in sorted(found) if found[key]}


# ---- parts and shards ----------------------------------------------------------------------------------


def parts_of(name: str, cell: Cell, bits: int, before: Sequence[Part] = ()) -> tuple[Part, ...]:
    """A cell in parts that are small enough, as far as whole words allow; ``bits`` is how many slots have. ``before`` are the
    parts that it had with other postings: most are what they were, and need not be made again."""
    words = _words_in(cell)
    sizes = {stem: _size(stem, keys, cell, bits) for stem, keys in words}
    cuts = [name, *_cuts(list(sizes.items()), len(name))[1:]]
    known = {part.print: part for part in before} if cuts == [part.first for part in before] else {}
    found = []
    for number, inside in enumerate(_divided(words, cuts)):
        print_ = _print(inside, cell, bits)
        part = known.get(print_)
        if part is None or part.first != cuts[number]:
            size = _rounded(sum([sizes[stem] for stem, _ in inside]))
            part = Part(cuts[number], size, print_, _often(inside, cell, bits), _own(inside, cuts, number, cell))
        found.append(part)
    return tuple(found)


def divided(cell: Cell, cuts: Sequence[str]) -> Divided:
    """The words of a cell by part, of what parts begin with: each stands wherever its stem or one of its forms would, since a
    browser looks for a form and knows no stems."""
    return Divided(cell, _divided(_words_in(cell), cuts))


def _divided(words: list[Word], cuts: Sequence[str]) -> list[list[Word]]:
    if len(cuts) == 1:
        return [words]
    parts: list[list[Word]] = [[] for _ in cuts]
    for word in words:
        stem, keys = word
        own = _part_of(stem, cuts)
        parts[own].append(word)
        if keys[0] == stem and len(keys) == 1:
            continue
        low, high = cuts[own], cuts[own + 1] if own + 1 < len(cuts) else _LAST
        # a form that begins otherwise is a word of its own elsewhere
        elsewhere = [f for f in forms_of(stem, keys) if not low <= f < high and f.startswith(cuts[0])]
        for number in {_part_of(form, cuts) for form in elsewhere} - {own}:
            parts[number].append(word)
    return parts


def _words_in(cell: Cell) -> list[Word]:
    return [(stem, list(keys)) for stem, keys in groupby(cell, lambda key: key.partition("\t")[0])]


def _part_of(text: str, cuts: Sequence[str]) -> int:
    return bisect_right(cuts, text) - 1


def forms_of(stem: str, keys: Iterable[str]) -> list[str]:
    """The forms by which a word is looked for; of a tag or folder it is its key."""
    return [stem] if stem[0] in "#/" else [key.partition("\t")[2] or stem for key in keys]


def _print(inside: Sequence[Word], cell: Cell, bits: int) -> bytes:
    """What tells a part from any other with the same beginning: slots are told by how many there are."""
    return digest(bytes([bits]) + b"".join([key.encode() + b"\n" + cell[key] for _, keys in inside for key in keys]))


def _often(inside: Sequence[Word], cell: Cell, bits: int) -> tuple[tuple[str, int], ...]:
    """The forms of words that very many notes have, with the number of notes."""
    often = [(stem, keys, notes) for stem, keys in inside if (notes := _notes(keys, cell)) * _OFTEN > 1 << bits]
    return tuple((form, notes) for stem, keys, notes in often if stem[0] not in "#/" for form in forms_of(stem, keys))


def _own(inside: Sequence[Word], cuts: Sequence[str], number: int, cell: Cell) -> tuple[tuple[str, int], ...]:
    """The words of a part, not of one before or after it, that a misspelt one may stand for."""
    own = [(stem, keys) for stem, keys in inside if _part_of(stem, cuts) == number]
    return tuple(found for stem, keys in own if (found := _meant(stem, keys, cell)))


def _notes(keys: Sequence[str], cell: Cell) -> int:
    """How many notes have a word in any of its forms."""
    if len(keys) == 1:
        return len(cell[keys[0]]) // 4
    return len({value >> 6 for value in array("I", b"".join([cell[key] for key in keys]))})


def _meant(stem: str, keys: Sequence[str], cell: Cell) -> tuple[str, int] | None:
    """The form of a word that a misspelt one may stand for, if it is no misspelling itself: if several notes have it, or a
    title or heading; and the bits of the number of its notes."""
    if len(stem) < 3 or not stem[0].isalpha():
        return None
    count = sum(len(cell[key]) for key in keys) // 4
    if count < 3 and not any(value & 48 for key in keys for value in array("I", cell[key])):
        return None
    best = max(keys, key=lambda key: (len(cell[key]), key))
    return best.partition("\t")[2] or stem, count.bit_length()


def _size(stem: str, keys: Sequence[str], cell: Cell, bits: int) -> int:
    """About how many bytes a word costs."""
    count = sum([len(cell[key]) for key in keys]) // 4
    return count * (rice_bits(count, bits) + 6) // 8 + (len(stem) + sum(map(len, keys))) // 4 + 3


def rice_bits(count: int, bits: int) -> int:
    """How many low bits of the distance from one slot to the next are told as they are (Rice's code) where so many notes
    have a word."""
    return max(((1 << bits) // count).bit_length() - 1, 0)


def _cuts(words: Sequence[tuple[str, int]], depth: int) -> list[str]:
    """What the parts of these words begin with."""
    if depth >= _DEEPEST or sum(size for _, size in words) <= MAX_SHARD:
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


def families(cells: Iterable[str]) -> dict[str, list[str]]:
    """The cells whose parts may share shards, as they begin much alike, by the first of them; all in order."""
    groups = [list(group) for _, group in groupby(sorted(cells), _beginning)]
    return {group[0]: group for group in groups}


def shards_of(parts: Mapping[str, Sequence[Part]]) -> list[Shard]:
    """All shards, in the order of their words."""
    return [shard for cells in families(parts).values() for shard in shards_in(cells, parts)]


def shards_in(cells: Sequence[str], parts: Mapping[str, Sequence[Part]]) -> list[Shard]:
    """The shards of a family, in the order of their words; parts share one if they are small."""
    found: list[Shard] = []
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
    found.append(_shard(first, prints, inside))
    return found


def _beginning(cell: str) -> str | int:
    return cell[0] if cell[0].isascii() else ord(cell[0]) // _BLOCK


def _shard(first: str, prints: Sequence[bytes], parts: Sequence[tuple[str, int]]) -> Shard:
    return Shard(f"{FOLDER}t/{file_name(first)}.js", first, digest(b"".join(prints)), tuple(parts))


def file_name(first: str) -> str:
    """A name for the file of words that begin so: what is no small letter of English or digit is its number in hexadecimal."""
    return "".join(c if c.isascii() and (c.islower() or c.isdigit()) else f"_{ord(c):x}" for c in first)
