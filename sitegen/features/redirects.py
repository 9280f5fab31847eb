"""Pages that lead on: at the addresses of a note's aliases, and at its own old one where it has a permalink.

They are in no list, no sitemap and no search.
"""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Pages, SiteInfo, Vault, View


def redirects(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """One view an address."""
    for url, ref in vault.redirects.items():
        yield View(url, "redirect.html", ref.title, (("target", ref),))
