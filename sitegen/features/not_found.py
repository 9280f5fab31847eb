"""404.html, which hosts show at any address that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Pages, SiteInfo, Vault, View
from sitegen.words import words_of


def not_found(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The view of 404.html; its links hang from the base path, as the address it is shown at is unknown."""
    title = words_of(site.language).gettext("Page not found")
    yield View("404.html", "404.html", title, (("folders", vault.branches.get("", ())),))
