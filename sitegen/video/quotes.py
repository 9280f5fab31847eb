"""Whether words are said in a transcript, and when.

Owns the comparison, which forgives punctuation, case, accents, a wrong word here and there, and words left out. It must not know
notes. Time is linear in the transcript once and in the quotation each time.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sitegen.model import Transcript
from sitegen.value import Value

# A word; of scripts that are written without blanks each sign is one.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_APOSTROPHES = re.compile("['’ʼ`´]")

# The share of a quotation's word pairs that must be found together. Near the stamp a paraphrase passes; captions mishear
# one word in ten, which spoils one pair in five.
_NEAR_SHARE = 0.34
_ELSEWHERE_SHARE = 0.6
# A pair that is said more often than this says little of where; so many others are needed to find a place.
_COMMON = 60
_LEAST = 3


def words(text: str) -> list[str]:
    """The words of a text as they are compared."""
    text = _APOSTROPHES.sub("", text).casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _WORD.findall(text)


class Spoken(Value, frozen=True):
    """A transcript made ready for `find`: the time of each word, and where each pair of words stands."""

    times: tuple[float, ...]
    pairs: dict[tuple[str, str], list[int]]


def spoken(transcript: Transcript) -> Spoken:
    """Words of a line are taken to be said evenly over its time."""
    said: list[str] = []
    times: list[float] = []
    for line in transcript.lines:
        here = words(line.text)
        step = (line.end - line.start) / max(len(here), 1)
        said += here
        times += [line.start + step * number for number in range(len(here))]
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in range(len(said) - 1):
        pairs[said[number], said[number + 1]].append(number)
    return Spoken(tuple(times), dict(pairs))


def is_said(quote: Sequence[str], transcript: Spoken, start: float, end: float) -> bool:
    """Whether the words are said between two times (seconds), or something close to them is."""
    first, last = bisect_left(transcript.times, start), bisect_right(transcript.times, end)
    found = 0
    for pair in pairwise(quote):
        places = transcript.pairs.get(pair, ())
        place = bisect_left(places, first)
        found += place < len(places) and places[place] < last
    return found >= _NEAR_SHARE * (len(quote) - 1)


def find(quote: Sequence[str], transcript: Spoken) -> int | None:
    """The second at which the words begin to be said; None if they are not, whole or nearly so."""
    width = max(6, len(quote) // 2)  # how far words left out or put in may move the rest
    votes: dict[int, set[int]] = defaultdict(set)
    asked = 0
    for number, pair in enumerate(pairwise(quote)):
        places = transcript.pairs.get(pair, ())
        if len(places) <= _COMMON:
            asked += 1
            for place in places:
                bucket = (place - number) // width
                votes[bucket].add(number)
                votes[bucket + 1].add(number)  # so that a border between two buckets divides nothing
    if not votes or asked < _LEAST:
        return None
    best = max(votes, key=lambda bucket: (len(votes[bucket]), -bucket))
    if len(votes[best]) < _ELSEWHERE_SHARE * asked:
        return None
    return int(transcript.times[_first_place(quote, transcript, votes[best], best, width)])


def _first_place(quote: Sequence[str], transcript: Spoken, found: Iterable[int], bucket: int, width: int) -> int:
    number = min(found)
    places = transcript.pairs[quote[number], quote[number + 1]]
    return next(p for p in places if (p - number) // width in (bucket, bucket - 1))
