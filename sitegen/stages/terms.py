"""Which words a text is searched by. `static/reader/terms.js` cuts what a reader types by the same rules.

A word is known by its *form*, which has neither case nor accents, and by its *stem*, which it shares with its other
forms; a language without stems has none. Scripts that are written without blanks are cut into pairs of characters.
``C++``, ``F-16``, ``U.S.``, ``1,000`` and ``3.5`` are words: c++, f16 (and f and 16), us, 1000, 3.5.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

import Stemmer

MAX_WORD = 40  # characters of a word; what is longer is no word that anybody types
SAME = 2  # characters that a form and its stem begin with, or else the form is looked up by itself
# Stems are made by Snowball's algorithm for a language, after its code.
_ALGORITHMS = dict(
    pair.split(":")
    for pair in (
        "ar:arabic hy:armenian eu:basque ca:catalan da:danish nl:dutch en:english et:estonian fi:finnish fr:french de:german "
        "el:greek hi:hindi hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian ne:nepali nb:norwegian no:norwegian "
        "nn:norwegian pt:portuguese ro:romanian ru:russian sr:serbian es:spanish sv:swedish ta:tamil tr:turkish yi:yiddish"
    ).split()
)
_LETTER = r"(?:[^\W_\u0964\u0965]|[\u0900-\u0963\u0966-\u0DFF])"  # with the vowel signs of India's scripts
_PAIRED = r"\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7AF\U00020000-\U0003FFFF"
_RUN = re.compile(f"[{_PAIRED}]+|[^{_PAIRED}]+")
_UNPAIRED = re.compile(f"[^{_PAIRED}]*")
_WORD = re.compile(
    r"(?P<letters>(?<![^\W_])(?:[^\W\d_]\.)+[^\W\d_](?![^\W_]))"
    r"|(?P<number>\d+(?:[.,]\d+)+)"
    r"|(?P<signed>(?<![^\W_])[a-z](?:\+\+|#)(?![^\W_]))"
    rf"|(?P<word>{_LETTER}+(?:-{_LETTER}+)*)"
)
_OWNED = re.compile(r"['’](?:s|t|d|m|re|ve|ll)?(?![^\W_])")
_PLURAL = re.compile(r"(?<=[0-9])s$")  # F-16s, 1990s
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u065f\u0640]+")


class Cutter(dict[str, str | tuple[str, ...]]):
    """The words of chunks of text between blanks, in one language, each as stem and form with a tab between them, or as the
    stem alone where they are the same: the one word that most chunks are by itself, else all of them.
    What it was asked once it knows."""

    def __init__(self, language: str) -> None:
        algorithm = _ALGORITHMS.get(re.split("[-_]", language.lower())[0])
        self._stem = Stemmer.Stemmer(algorithm).stemWord if algorithm else str

    def __missing__(self, chunk: str) -> str | tuple[str, ...]:
        core = chunk.lstrip('("').rstrip(".,;:!?)\"'").lower()
        if core != chunk and core.isascii() and core.isalnum():
            found = self[core]  # as most are: a word that was met before, beside a mark
        else:
            keys = [key for word in cut(chunk) for key in self._keys(word)]
            found = keys[0] if len(keys) == 1 else tuple(keys)
        if len(chunk) <= MAX_WORD:
            if len(self) > 1 << 18:
                self.clear()
            self[chunk] = found
        return found

    def words(self, text: str) -> Counter[str]:
        """The words of a text, and how often each of them stands there."""
        found: Counter[Any] = Counter(map(self.__getitem__, text.split()))
        for several in [words for words in found if type(words) is tuple]:
            times = found.pop(several)
            for word in several:
                found[word] += times
        return found

    def _keys(self, word: str) -> list[str]:
        form = folded(word)
        if not word.isalpha() or (form is not word and _UNPAIRED.fullmatch(word) is None):
            return [form]
        stem = folded(self._stem(word))
        if stem == form or not stem:
            return [form]
        return [f"{stem}\t{form}"] if stem[:SAME] == form[:SAME] else [f"{stem}\t{form}", form]


@cache
def cutter(language: str) -> Cutter:
    """What cuts texts of this language."""
    return Cutter(language)


def cut(chunk: str) -> list[str]:
    """The words of a chunk as they are written, in small letters."""
    if chunk.isascii():
        chunk = chunk.lower()
        if chunk.isalnum():
            return [_PLURAL.sub("", chunk)] if len(chunk) <= MAX_WORD else []
    else:
        chunk = _ACCENTS.sub("", unicodedata.normalize("NFKC", chunk).lower())
    found: list[str] = []
    for match in _WORD.finditer(_OWNED.sub(" ", chunk)):
        kind, text = match.lastgroup, match[0]
        if kind == "letters":
            found.append(text.replace(".", ""))
        elif kind == "number":
            found.append(text.replace(",", ""))
        elif kind == "signed":
            found.append(text)
        else:
            found += _parts(text)
    return [_PLURAL.sub("", word) for word in found if len(word) <= MAX_WORD]


def folded(word: str) -> str:
    """A word without accents."""
    if word.isascii():
        return word
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", plain).replace("ß", "ss")


def _parts(text: str) -> list[str]:
    """The words of a run of letters with hyphens; as a whole too, if a part says little by itself, as in F-16."""
    parts = text.split("-")
    found = [piece for part in parts for piece in _pairs(part)]
    if len(parts) > 1 and is_one(parts):
        found.append("".join(parts))
    return found


def is_one(parts: list[str]) -> bool:
    """Whether parts joined by hyphens are one word: where one is short or holds a digit."""
    return any(len(part) <= 2 or any(char.isdigit() for char in part) for part in parts)


def _pairs(part: str) -> list[str]:
    if part.isascii():
        return [part]
    found: list[str] = []
    for run in _RUN.findall(part):
        if _UNPAIRED.fullmatch(run) or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found
