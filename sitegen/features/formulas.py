"""The style sheets of drawn formulas: static/math/, a file for each set of measures that a page's formulas use."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Artifact, Pages, SiteInfo, Vault
from sitegen.stages.formulas import sheets


def formulas(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    """One file a sheet, in the order of their addresses."""
    for url, css in sorted(sheets(pages[path].body for path in pages if pages.needs(path).formula_sheet).items()):
        yield Artifact(url, css.encode())
