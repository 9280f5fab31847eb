"""search.html, and the files that its scripts fetch (see `stages.shards`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sitegen.model import Artifact, Pages, Recipe, SearchFile, SiteInfo, Vault, View


def search(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View | Recipe]:
    """The page, and a recipe for each file, known by what is in it and made when it is wanted."""
    yield View("search.html", "search.html", "Search")
    for name in pages.searched:
        yield Recipe(name, search_file, partial(_input, pages, name), late=True)


def _input(pages: Pages, name: str) -> tuple[str, SearchFile]:
    return name, pages.searched[name]


def search_file(name: str, file: SearchFile) -> tuple[Artifact]:
    """The file at this address."""
    return (Artifact(name, file.read()),)
