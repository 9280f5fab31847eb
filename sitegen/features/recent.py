"""recent.html: the notes changed last, by month. Only notes with a date are there: a date is never made up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sitegen.model import MonthGroup, NoteRef, Pages, Recipe, SiteInfo, Vault, View

MAX_ROWS = 500


def recent(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the page is made from, in a vault where any note has a date."""
    if site.dated:
        yield Recipe("recent.html", recent_view, lambda: _shown(vault))


def _shown(vault: Vault) -> tuple[tuple[tuple[str, NoteRef], ...], int]:
    """The latest dates with their notes, and how many notes have one."""
    dates = sorted(vault.dated.items())
    dates.sort(key=lambda item: item[1], reverse=True)
    return tuple([(date, vault.refs[path]) for path, date in dates[:MAX_ROWS]]), len(dates)


def recent_view(rows: tuple[tuple[str, NoteRef], ...], total: int) -> tuple[View]:
    """The page: months, the latest first, each with its notes."""
    months = tuple(MonthGroup(month, tuple(group)) for month, group in groupby(rows, key=lambda row: row[0][:7]))
    return (View("recent.html", "recent.html", "Recent changes", (("months", months), ("total", total))),)
