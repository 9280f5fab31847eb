"""The sentence around a place in a text, for backlinks; and the opening words of a note."""

from __future__ import annotations

import re

from sitegen.model import Sentence

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|[。！？]+[」』）]*|\n")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st vs etc e.g i.e cf al approx no vol fig inc ltd co corp dept gov gen sen rep u.s u.k jan feb mar apr jun "
    "jul aug sep sept oct nov dec z.b d.h bzw ca usw p.ej sra".split()
)
_WINDOW = 400
MAX_SENTENCE = 300


def sentence_at(text: str, start: int, end: int) -> Sentence:
    """The sentence of ``text`` that holds ``text[start:end]``, shortened to about MAX_SENTENCE characters."""
    low = max(0, start - _WINDOW)
    left = low
    for match in _END.finditer(text, low, start):
        if match.end() <= start and _ends_sentence(text, match):
            left = match.end()
    right = min(len(text), end + _WINDOW)
    for match in _END.finditer(text, end, right):
        if _ends_sentence(text, match):
            right = match.end()
            break
    spare = max(60, (MAX_SENTENCE - (end - start)) // 2)
    before, after = text[left:start], text[end:right]
    room = max(spare, 2 * spare - min(len(after), spare))
    if left == low and low > 0 or len(before) > room:
        before = "…" + before[-room:].partition(" ")[2]
    room = max(spare, 2 * spare - min(len(before), spare))
    if len(after) > room:
        after = after[:room].rpartition(" ")[0] + "…"
    return Sentence(_one_line(before).lstrip(), _one_line(text[start:end]), _one_line(after).rstrip())


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match[0][0] != ".":
        return True
    word = text[max(0, match.start() - 12) : match.start()].rpartition(" ")[2].lstrip("(\"'“").lower()
    if len(word) == 1 and word.isalpha() or word in _ABBREVIATIONS:
        return False
    follows = text[match.end() : match.end() + 1]
    return not follows or not follows.islower()


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


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
