"""The sentence around a place in a text, for backlinks; and the opening words of a note."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from sitegen.model import Sentence

# It begins with a set of signs, which makes the search quick; `_ends_sentence` knows which of what it finds are ends.
_END = re.compile(r"[.!?…。！？\n][.!?…。！？]*[\"'”’»)\]」』）]*\s*")
_BLANKS = re.compile(r"[^\S ]+| {2,}")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al approx no vol fig inc ltd co corp dept gov gen sen rep u.s u.k jan feb mar apr jun "
    "jul aug sep sept oct nov dec z.b d.h bzw ca usw p.ej sra".split()
)
MAX_SENTENCE = 300
_MAX_TEXT = 200_000  # of a longer run of text, what lies beyond has no sentences


class Sentences:
    """A run of plain text, cut into sentences once, however many of them are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = (match.end() for match in _END.finditer(text, 0, _MAX_TEXT) if _ends_sentence(text, match))
        self._ends = [0, *ends, len(text)]

    def at(self, start: int, end: int) -> Sentence:
        """The sentence that holds ``text[start:end]``, shortened to about MAX_SENTENCE characters."""
        text, ends = self._text, self._ends
        left = ends[bisect_right(ends, start) - 1] if start < len(text) else ends[-2]
        right = ends[min(bisect_left(ends, max(end, left + 1)), len(ends) - 1)]
        spare = max(60, (MAX_SENTENCE - (end - start)) // 2)
        # what one side does not need, the other may use
        before_room = max(spare, 2 * spare - (right - end))
        after_room = max(spare, 2 * spare - (start - left))
        before = (
            text[left:start]
            if start - left <= before_room
            else "…" + text[start - before_room : start].partition(" ")[2]
        )
        after = text[end:right] if right - end <= after_room else text[end : end + after_room].rpartition(" ")[0] + "…"
        return Sentence(_one_line(before).lstrip(), _one_line(text[start:end]), _one_line(after).rstrip())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    end = match[0]
    if end[0] in "。！？\n":
        return True
    if not end[-1].isspace():
        return False
    if end[0] != ".":
        return True
    word = text[max(0, match.start() - 12) : match.start()].rpartition(" ")[2].lstrip("(\"'“").lower()
    if len(word) == 1 and word.isalpha() or word in _ABBREVIATIONS:
        return False
    follows = text[match.end() : match.end() + 1]
    return not follows or not follows.islower()


def _one_line(text: str) -> str:
    return text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)


def shorten(text: str, limit: int) -> str:
    """``text`` on one line, cut after a sentence or word where it is longer than ``limit``."""
    text = _one_line(text).strip()
    if len(text) <= limit:
        return text
    cut = text[: limit + 1]
    stops = [match.end() for match in _END.finditer(cut) if _ends_sentence(cut, match)]
    if stops and stops[-1] > limit // 2:
        return cut[: stops[-1]].rstrip()
    return cut[:limit].rpartition(" ")[0].rstrip(",;:") + "…"


def last_sentence(text: str) -> str:
    """The sentence that ends where ``text`` does."""
    for match in reversed(list(_END.finditer(text))):
        if match.end() < len(text) and _ends_sentence(text, match):
            return text[match.end() :]
    return text


def first_sentence(text: str) -> str:
    """The sentence that begins where ``text`` does."""
    ends = (match.end() for match in _END.finditer(text) if _ends_sentence(text, match))
    return text[: next(ends, len(text))]
