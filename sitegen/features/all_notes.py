"""notes.html: every note, A to Z."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from sitegen.model import LetterGroup, NoteRef, Pages, SiteInfo, Vault, View
from sitegen.paths import case_key
from sitegen.words import words_of


def all_notes(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The view of notes.html; titles that begin with no letter stand together under ``#``."""
    groups: dict[str, list[NoteRef]] = {}
    for ref in vault.refs.values():
        groups.setdefault(_letter(ref.title), []).append(ref)
    letters = sorted(groups, key=lambda letter: (letter != "#", letter))
    shown = tuple(
        LetterGroup(letter, tuple(sorted(groups[letter], key=lambda r: (case_key(r.title), r.path))))
        for letter in letters
    )
    title = words_of(site.language).gettext("All notes")
    yield View("notes.html", "notes.html", title, (("groups", shown), ("total", len(vault.refs))))


def _letter(title: str) -> str:
    first = next((c for c in unicodedata.normalize("NFKD", title.strip()) if unicodedata.category(c)[0] in "LNS"), "#")
    return first.upper()[:1] if first.isalpha() else "#"
