"""What the files of the search hold, which `static/reader/finder.js` reads: the root, shards of words with their postings, the
notes that slots are, and the words that misspelt ones may stand for. Which words stand in which shard is in `stages.shards`.
"""

from __future__ import annotations

import json
from array import array
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import sub

from sitegen.codec import digest
from sitegen.model import NoteRef
from sitegen.stages.shards import CHUNK_BITS, Cell, Divided, Part, Shard, rice_bits

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CODES = bytes(_DIGITS[code & 63] for code in range(256))
_EVERYWHERE = 0.7  # a word in so many of the notes does not tell them apart
_OFTEN = 0.4  # nor does one in so many where a question has others
_FEW = 20  # notes, among which no word counts as one of all
_MOST_WORDS = 30_000  # that misspelt ones may stand for
_MOST_SHARED = 25  # characters


def given(name: str, value: object) -> bytes:
    """A file that gives a script this value (see static/reader.js)."""
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"sitegen.give({json.dumps(name)},{data});\n".encode("utf-8", "replace")


# ---- words and their notes -----------------------------------------------------------------------------


def shard_content(shard: Shard, cells: Mapping[str, Divided], bits: int) -> tuple[list[str], list[str], list[str]]:
    """The words of a shard, each as its stem and, after a tab, its forms if there is more to say; of each the distances from
    slot to slot, in Rice's code and six bits a character; and its codes, a character each. Compressed together, what is alike
    takes less than it does word by word."""
    names, steps, codes = [], [], []
    for name, number in shard.parts:
        cell, parts = cells[name]
        for stem, keys in parts[number]:
            values = _values(keys, cell)
            names.append(_named(stem, keys))
            steps.append(_packed([value >> 6 for value in values], bits))
            codes.append(bytes([value & 63 for value in values]).translate(_CODES).decode("ascii"))
    return names, steps, codes


def _named(stem: str, keys: Sequence[str]) -> str:
    forms = [key.partition("\t")[2] or stem for key in keys]
    told = forms[0] if stem[0] in "#/" else " ".join(forms)
    return stem if told == stem else f"{stem}\t{told}"


def _values(keys: Sequence[str], cell: Cell) -> Iterable[int]:
    """Slots and codes of the notes that have a word, the highest code of its forms'."""
    if len(keys) == 1:
        return array("I", cell[keys[0]])
    every = array("I", b"".join([cell[key] for key in keys]))
    return {value >> 6: value for value in sorted(every)}.values()


def _packed(slots: Sequence[int], bits: int) -> str:
    steps = map(sub, slots, [-1, *slots[:-1]])
    told = "".join(map(_rice(rice_bits(len(slots), bits)).__getitem__, steps))
    whole = told.ljust(-(-len(told) // 24) * 24, "0")
    return b64encode(int(whole, 2).to_bytes(len(whole) // 8, "big"), b"-_")[: -(-len(told) // 6)].decode("ascii")


class _Rice(dict[int, str]):
    """By how far one slot is from another: a one for each time that ``low`` bits can count to the end before it, a nought,
    and the rest in these bits. Common distances are kept."""

    def __init__(self, low: int) -> None:
        self._low = low

    def __missing__(self, step: int) -> str:
        high, rest = divmod(step - 1, 1 << self._low)
        told = "1" * high + "0" + (f"{rest:0{self._low}b}" if self._low else "")
        if step < 4096:
            self[step] = told
        return told


@cache
def _rice(low: int) -> _Rice:
    return _Rice(low)


# ---- the others ----------------------------------------------------------------------------------------


def root_content(
    notes: int,
    bits: int,
    shards: Iterable[Shard],
    parts: Mapping[str, Sequence[Part]],
    chunks: Mapping[str, bytes],
    words: Mapping[str, str],
) -> dict[str, object]:
    """What a browser must know first: where each shard begins, which words tell little, and the versions of all files."""
    shards = list(shards)
    share = {form: count / notes for found in parts.values() for part in found for form, count in part.often}
    telling = sorted(share) if notes >= _FEW else []
    return {
        "notes": notes,
        "bits": bits,
        "chunk": CHUNK_BITS,
        "common": [form for form in telling if share[form] > _EVERYWHERE],
        "often": [form for form in telling if _OFTEN < share[form] <= _EVERYWHERE],
        "firsts": [shard.first for shard in shards],
        "versions": "".join(shard.print.hex()[:4] for shard in shards),
        "words": "".join(
            digest(words[name].encode()).hex()[:4] if name in words else "----"
            for name in map(str, range(_pieces(bits)))
        ),
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


def words_of(bits: int, meant: Mapping[str, Iterable[tuple[str, int]]]) -> dict[str, str]:
    """The words that misspelt ones may stand for, those of most notes, by the number of the file that tells them: all words
    that end in the same character are in one. There they stand backwards in their order, each as a capital that says how many
    characters it shares with the one before, and the rest."""
    counts = Counter(size for found in meant.values() for _, size in found)
    room, least = _MOST_WORDS, max(counts, default=0) + 1
    for size in sorted(counts, reverse=True):
        room -= counts[size]
        if room < 0:
            break
        least = size
    pieces, mask = defaultdict[int, dict[str, None]](dict), _pieces(bits) - 1
    for found in meant.values():
        for form, size in found:
            if size >= least:
                pieces[ord(form[-1]) & mask][form[::-1]] = None
    return {str(number): _in_front(sorted(pieces[number])) for number in sorted(pieces)}


def _pieces(bits: int) -> int:
    """How many files tell these words: one for up to 500 notes or so, and no more than 16."""
    return 1 << min(max(bits - 10, 0), 4)


def _in_front(words: Iterable[str]) -> str:
    told, last = [], ""
    for word in words:
        shared, most = 0, min(len(word), len(last), _MOST_SHARED)
        while shared < most and word[shared] == last[shared]:
            shared += 1
        told.append(chr(ord("A") + shared) + word[shared:])
        last = word
    return "".join(told)
