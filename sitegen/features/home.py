"""The home page: the vault's own index note if it has one, then its folders and what is worth seeing first."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Found, Pages, SiteInfo, Vault, View
from sitegen.stages.listing import cited_moments, folder_rows, note_row, note_rows

MAX_ROWS = 8


def home(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The view of index.html."""
    note = vault.folder_notes.get("")
    dated = [row for path in vault.facts if path != note and (row := note_row(vault, path)).date]
    recent = sorted(dated, key=lambda row: row.ref.path)
    recent.sort(key=lambda row: row.date or "", reverse=True)
    folder_pages = set(vault.folder_notes.values())
    linked = [
        note_row(vault, path)
        for path in vault.facts
        if path not in folder_pages and len(vault.places[path].backlinks) > 1
    ]
    linked.sort(key=lambda row: (-row.links, row.ref.path))
    yield View(
        "index.html",
        "home.html",
        pages[note].title if note else site.title,
        (
            ("page", pages[note] if note else None),
            ("folders", folder_rows(vault).get("", ())),
            ("notes", note_rows(vault, [path for path in vault.facts if "/" not in path and path != note])),
            ("recent", tuple(recent[:MAX_ROWS])),
            ("most_linked", tuple(linked[:MAX_ROWS])),
            ("most_cited", cited_moments(vault, MAX_ROWS)),
            ("counts", _counts(vault)),
        ),
    )


def _counts(vault: Vault) -> dict[str, int]:
    places = vault.places.values()
    return {
        "notes": len(vault.facts),
        "links": sum(r.found is Found.NOTE for place in places for r in place.resolutions),
        "moments": sum(r.seconds is not None for place in places for r in place.readings),
        "videos": len(vault.videos),
    }
