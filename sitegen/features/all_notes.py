"""notes.html: every note, A to Z. In a large vault it leads to pages of some letters each, which together have them all."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sitegen.model import Artifact, LetterGroup, LetterPage, NoteRef, Pages, SiteInfo, Vault, View
from sitegen.paths import title_key
from sitegen.words import words_of

AT_ONCE = 2_000  # notes on notes.html itself
ON_PAGE = 1_000  # on a page of letters, more if one letter has more
MOST = 2_000  # of one letter on a page
LETTERS = "browse/letters/"


def all_notes(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View | Artifact]:
    """The views of all lists; titles that begin with no letter stand together under ``#``."""
    groups: dict[str, list[NoteRef]] = {}
    for ref in vault.refs.values():
        groups.setdefault(_letter(ref.title), []).append(ref)
    letters = sorted(groups, key=lambda letter: (letter != "#", letter))
    total = len(vault.refs)
    shown = tuple(
        LetterGroup(letter, tuple(sorted(groups[letter], key=lambda r: (title_key(r.title), r.path))))
        for letter in letters
    )
    words = words_of(site.language)
    title = words.gettext("All notes")
    if total <= AT_ONCE:
        yield View("notes.html", "notes.html", title, (("groups", shown), ("total", total), ("letters", ())))
        return
    parts = _letter_pages(_parts(shown))
    found = tuple(page for page, _ in parts)
    yield View("notes.html", "notes.html", title, (("groups", ()), ("total", total), ("letters", found)))
    for page, part in parts:
        values = (("groups", part), ("total", page.notes), ("letters", found))
        part_title = words.gettext("All notes: %(letters)s", letters=page.name)
        yield View(page.url, "notes.html", part_title, values)
        yield _script(page.script, part)


def _letter(title: str) -> str:
    first = next((c for c in unicodedata.normalize("NFKD", title.strip()) if unicodedata.category(c)[0] in "LNS"), "#")
    return first.upper()[:1] if first.isalpha() else "#"


def _parts(groups: Sequence[LetterGroup]) -> Iterator[tuple[LetterGroup, ...]]:
    """The groups by page: some letters that have few notes, or a part of one that has very many."""
    part: list[LetterGroup] = []
    for group in groups:
        if part and sum(len(own.notes) for own in part) + len(group.notes) > ON_PAGE:
            yield tuple(part)
            part = []
        if len(group.notes) > MOST:
            for start in range(0, len(group.notes), MOST):
                yield (LetterGroup(group.letter, group.notes[start : start + MOST]),)
        else:
            part.append(group)
    if part:
        yield tuple(part)


def _name(part: tuple[LetterGroup, ...]) -> str:
    first, last = part[0].letter, part[-1].letter
    return first if first == last else f"{first}–{last}"


def _letter_pages(parts: Iterable[tuple[LetterGroup, ...]]) -> list[tuple[LetterPage, tuple[LetterGroup, ...]]]:
    """Each part with its page, named by its first letter, and by a number where that letter fills several."""
    found = []
    for first, same in groupby(parts, key=lambda part: part[0].letter):
        code = "other" if first == "#" else first.lower() if first.isascii() else f"u{ord(first):04x}"
        for number, part in enumerate(same, 1):
            name = f"{_name(part)} {number}" if number > 1 else _name(part)
            address = f"{LETTERS}{code}{f'-{number}' if number > 1 else ''}"
            letters = tuple(group.letter for group in part)
            total = sum(len(group.notes) for group in part)
            found.append((LetterPage(name, f"{address}.html", f"{address}.js", letters, total), part))
    return found


def _script(url: str, part: Sequence[LetterGroup]) -> Artifact:
    data = json.dumps(
        [url, [(ref.title, ref.url) for group in part for ref in group.notes]],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Artifact(url, f"sitegen.give({data[1:-1]});\n".encode("utf-8", "replace"))
