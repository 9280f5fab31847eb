"""What one note adds to the index of the search: its words, and how much each says of it.

A *key* is a stem and one of its forms with a tab between them, or the stem alone where they are the same. Tags and folders
are keys too, ``#tag`` and ``/folder``, with their names as forms. A *code* has six bits: how often the note says the word,
its length allowed for (four), and where else the word stands (two).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from sitegen.model import Facts, Postings, Prose
from sitegen.paths import case_key
from sitegen.stages.terms import Cutter, cutter

HEADING, TITLE, MOST_OF_TITLE = 1 << 4, 2 << 4, 3 << 4
_USUAL = 700  # words of a note
_SPREAD, _LENGTHS = 1.2, 0.5  # k1 and b of BM25
_MANY = 64  # more often than this makes no difference


def postings_of(facts: Facts, prose: Prose, language: str) -> Postings:
    """The words of a note written in this language, if it does not say another."""
    own = cutter(facts.properties.language or language)
    text = " ".join([section.text for section in prose.sections])
    counts = Counter(chain.from_iterable(map(own.__getitem__, text.split())))
    words = sum(counts.values())
    places = dict.fromkeys(_of(own, (section.title for section in prose.sections)), HEADING)
    for name in (*facts.aliases, facts.title):
        keys = _of(own, [name])
        place = MOST_OF_TITLE if len(keys) <= 3 else TITLE
        for key in keys:
            places[key] = max(places.get(key, 0), place)
    codes = _codes(words)
    found = {key: codes[times if times < _MANY else _MANY] for key, times in counts.items()}
    for key, place in places.items():
        found[key] = found.get(key, 0) | place
    found |= dict.fromkeys(_labels(facts), 0)
    return Postings("\n".join(found), bytes(found.values()))


def _of(own: Cutter, texts: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys([key for text in texts for chunk in text.split() for key in own[chunk]])


def _codes(words: int) -> tuple[int, ...]:
    """By how often a word stands in a note of so many words: the part of BM25 that is the note's own, from 1 to 15."""
    size = 1 << max(words.bit_length() - 3, 0)  # a word more or less must not change all codes
    return _codes_at(words // size * size)


@lru_cache(maxsize=256)
def _codes_at(length: int) -> tuple[int, ...]:
    norm = _SPREAD * (1 - _LENGTHS + _LENGTHS * length / _USUAL)
    return (0, *[max(1, round(times / (times + norm) * 15)) for times in range(1, _MANY + 1)])


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
