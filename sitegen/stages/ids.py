"""The ids of one page: readable ones for headings and blocks, none of them twice, and none that the page itself has."""

from __future__ import annotations

import re

from sitegen.paths import case_key, nfc

# Ids that a page has besides its note's own; no heading may take one of them.
RESERVED_IDS = frozenset(
    "top linked linked-title same-video same-video-title sections-title around-title filter notes notes-title folders "
    "folders-title videos videos-title cited wanted wanted-title recent-title cited-title note-list all-notes tag-list "
    "chapters-title moments-title children-title linked-most-title found-notes browse-title keys-title related "
    "related-title mentions preview-text search-page network-find network-found network-folder network-tag network-distance "
    "network-keys".split()
)
_JUNK = re.compile(r"[^\w\s-]+")
_BLANKS = re.compile(r"[\s-]+")
_MADE = re.compile(r"(?:fn|fnref|t-)\d+$|e\d+-")  # ids of footnotes, stamps and embedded text
_USABLE = re.compile(r"[^\s\"'<>&]{1,200}")


def is_made(name: str) -> bool:
    """Whether an id looks like those that are made for footnotes, stamps and embedded text."""
    return _MADE.match(name) is not None


class Ids:
    """The ids that are given out so far."""

    def __init__(self) -> None:
        self._taken: set[str] = set(RESERVED_IDS)
        self._numbers: dict[str, int] = {}  # the last number that headings of a name got

    def for_text(self, text: str) -> str:
        """A stable, readable id for a heading or block of this text."""
        base = _BLANKS.sub("-", _JUNK.sub("", nfc(text).lower())).strip("-") or "section"
        base = f"section-{base}" if is_made(base) else base
        name, key = base, case_key(base)
        number = self._numbers.get(key, 1)
        while case_key(name) in self._taken:
            number += 1
            name = f"{base}-{number}"
        self._numbers[key] = number
        self._taken.add(case_key(name))
        return name

    def claim(self, name: str) -> bool:
        """Whether an id of raw HTML may be kept; it is taken then."""
        key = case_key(name)
        if key in self._taken or is_made(name) or not _USABLE.fullmatch(name):
            return False
        self._taken.add(key)
        return True
