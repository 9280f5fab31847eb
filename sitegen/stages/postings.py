"""What one note adds to the index of the search: its words, and how much each says of it.

A *key* is a stem and one of its forms with a tab between them, or the stem alone where they are the same. Tags and folders
are keys too, ``#tag`` and ``/folder``, with their names as forms. A *code* has six bits: how often the note says the word,
its length allowed for (four), and where else the word stands (two).
"""

from __future__ import annotations

from functools import lru_cache

from sitegen.model import Facts, Postings, Prose
from sitegen.paths import case_key
from sitegen.stages.terms import cutter

HEADING, TITLE, MOST_OF_TITLE = 1 << 4, 2 << 4, 3 << 4
_USUAL = 700  # words of a note
_SPREAD, _LENGTHS = 1.2, 0.5  # k1 and b of BM25
_MANY = 64  # more often than this makes no difference


def postings_of(facts: Facts, prose: Prose, language: str) -> Postings:
    """The words of a note written in this language, if it does not say another."""
    own = cutter(facts.properties.language or language)
    counts = own.words(" ".join([section.text for section in prose.sections]))
    codes = _codes(sum(counts.values()))
    places = dict.fromkeys(own.words(" ".join([section.title for section in prose.sections])), HEADING)
    for name in (*facts.aliases, facts.title):
        keys = own.words(name)
        place = MOST_OF_TITLE if len(keys) <= 3 else TITLE
        for key in keys:
            places[key] = max(places.get(key, 0), place)
    for key, place in places.items():
        places[key] = place | codes[counts.pop(key, 0)]
    places |= dict.fromkeys(_labels(facts), 0)
    found = bytes(map(codes.__getitem__, counts.values())) + bytes(places.values())
    return Postings("\n".join([*counts, *places]), found)


class _Codes(dict[int, int]):
    """Codes by how often a word stands in a note; more often than any that is there makes no difference."""

    def __missing__(self, times: int) -> int:
        return self[_MANY]


def _codes(words: int) -> _Codes:
    """By how often a word stands in a note of so many words: the part of BM25 that is the note's own, from 1 to 15."""
    size = 1 << max(words.bit_length() - 3, 0)  # a word more or less must not change all codes
    return _codes_at(words // size * size)


@lru_cache(maxsize=256)
def _codes_at(length: int) -> _Codes:
    norm = _SPREAD * (1 - _LENGTHS + _LENGTHS * length / _USUAL)
    codes = {times: max(1, round(times / (times + norm) * 15)) for times in range(1, _MANY + 1)}
    return _Codes({0: 0} | codes)


def _labels(facts: Facts) -> list[str]:
    """The tags and folders of a note as keys, with all above them."""
    found = []
    for tag in (*facts.properties.tags, *facts.tags):
        found += [f"#{case_key(name)}\t{name}" for name in _upwards(tag)]
    folder = facts.path.rpartition("/")[0]
    if folder:
        found += [f"/{case_key(name)}\t{name}" for name in _upwards(folder)]
    return ["\t".join(part.replace("\n", " ") for part in label.split("\t")[:2]) for label in found]


def _upwards(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[: end + 1]) for end in range(len(parts))]
