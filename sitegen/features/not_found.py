"""404.html, which hosts show at any address that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Pages, SiteInfo, Vault, View


def not_found(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The view of 404.html; its links hang from the base path, as the address it is shown at is unknown."""
    yield View("404.html", "404.html", "Page not found", (("folders", vault.branches.get("", ())),))
