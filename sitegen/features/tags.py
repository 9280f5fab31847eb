"""Tag pages: tags/index.html lists all tags, and each tag has a page with the notes at and below it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sitegen.model import NoteRow, Pages, Recipe, SiteInfo, TagRow, Vault, View
from sitegen.paths import case_key, title_key
from sitegen.stages.listing import note_rows
from sitegen.words import words_of


def tags(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View | Recipe]:
    """The list of all tags, and what the view of each is made from; nothing in a vault without tags."""
    rows = {key: TagRow(name, url, name.count("/"), len(notes)) for key, (name, url, notes) in vault.tags.items()}
    keys = sorted(rows, key=lambda key: ([title_key(step) for step in key.split("/")], key))
    if not keys:
        return
    below: dict[str, list[str]] = {}
    for key in keys:
        below.setdefault(key.rpartition("/")[0], []).append(key)
    title = words_of(site.language).gettext("Tags")
    yield View("tags/index.html", "tags.html", title, (("tags", tuple(rows[key] for key in keys)),))
    for key in keys:
        above = tuple(rows[case_key(parent)] for parent in (key[:end] for end, c in enumerate(key) if c == "/"))
        children = tuple(rows[child] for child in below.get(key, ()))
        yield Recipe(rows[key].url, tag_view, partial(_shown, vault, key, rows[key], above, children))


def tag_view(
    tag: TagRow, parents: tuple[TagRow, ...], children: tuple[TagRow, ...], notes: tuple[NoteRow, ...]
) -> tuple[View]:
    """The page of a tag."""
    values = (("tag", tag), ("parents", parents), ("children", children), ("notes", notes))
    return (View(tag.url, "tag.html", "#" + tag.name, values),)


def _shown(
    vault: Vault, key: str, tag: TagRow, parents: tuple[TagRow, ...], children: tuple[TagRow, ...]
) -> tuple[TagRow, tuple[TagRow, ...], tuple[TagRow, ...], tuple[NoteRow, ...]]:
    return tag, parents, children, note_rows(vault, vault.tags[key][2])
