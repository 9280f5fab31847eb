"""The home page: the vault's own index note if it has one, then its folders and what is worth seeing first."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from sitegen.model import Pages, SiteInfo, Vault, View
from sitegen.stages.listing import cited_moments, note_rows
from sitegen.words import words_of

MAX_ROWS = 8


def home(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The view of index.html."""
    note = vault.folder_notes.get("")
    folder_pages = set(vault.folder_notes.values())
    rows = [(path, row) for path, row in vault.rows.items() if row.date or row.links > 1]
    recent = sorted((row for path, row in rows if row.date and path != note), key=lambda row: row.ref.path)
    recent.sort(key=lambda row: row.date or "", reverse=True)
    linked = (row for path, row in rows if row.links > 1 and path not in folder_pages)
    yield View(
        "index.html",
        "home.html",
        pages[note].title if note else site.title,
        (
            ("page", pages[note] if note else None),
            ("folders", vault.branches.get("", ())),
            ("notes", note_rows(vault, [path for path in vault.inside.get("", ()) if path != note])),
            ("recent", tuple(recent[:MAX_ROWS])),
            ("most_linked", tuple(nsmallest(MAX_ROWS, linked, key=lambda row: (-row.links, row.ref.path)))),
            ("most_cited", cited_moments(vault, words_of(site.language), MAX_ROWS)),
            ("counts", _counts(vault)),
        ),
    )


def _counts(vault: Vault) -> dict[str, int]:
    counts = vault.counts.values()
    return {
        "notes": len(counts),
        "links": sum([len(targets) for targets in vault.linked.values()]),
        "moments": sum([count.moments for count in counts]),
        "videos": len(vault.videos),
    }
