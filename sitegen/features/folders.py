"""A page for every folder: its folder note, the folders and notes in it, its videos and most wanted missing notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sitegen.model import NoteRef, Pages, Recipe, SiteInfo, Vault, View, WantedRow
from sitegen.stages.listing import cited_moments, note_rows, video_rows, videos_of, wanted_notes
from sitegen.words import words_of

MAX_WANTED = 10
MAX_CITED = 8


def folders(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the view of each folder is made from, except the root's, which is the home page."""
    for name, ref in vault.folders.items():
        if name:
            yield Recipe(ref.url, folder_view, partial(_shown, vault, pages, site, name))


def folder_view(ref: NoteRef, values: tuple[tuple[str, Any], ...]) -> tuple[View]:
    """The page of a folder."""
    return (View(ref.url, "folder.html", ref.title, values),)


def _shown(vault: Vault, pages: Pages, site: SiteInfo, name: str) -> tuple[NoteRef, tuple[tuple[str, Any], ...]]:
    """What the page of a folder shows."""
    note = vault.folder_notes.get(name)
    paths = [path for path in vault.inside.get(name, ()) if path != note]
    parents = [name[:end] for end, c in enumerate(name) if c == "/"]
    return vault.folders[name], (
        ("page", pages[note] if note else None),
        ("breadcrumbs", tuple(vault.folders[parent] for parent in parents)),
        ("folders", vault.branches.get(name, ())),
        ("notes", note_rows(vault, paths)),
        ("videos", video_rows(vault, paths)),
        ("most_cited", cited_moments(vault, words_of(site.language), MAX_CITED, videos_of(vault, paths))),
        ("wanted", _wanted(vault, name)),
    )


def _wanted(vault: Vault, name: str) -> tuple[WantedRow, ...]:
    """The targets that most links of a folder's notes ask for and nobody has written."""
    found = wanted_notes((path, vault.wanted[path]) for path in vault.inside.get(name, ()))[:MAX_WANTED]
    return tuple([WantedRow(target, n) for target, n, _ in found])
