"""The style sheets of drawn formulas: static/math/, a file for each set of measures that a page's formulas use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.model import Artifact, Page, SiteInfo, Vault
from sitegen.stages.formulas import sheets


def formulas(vault: Vault, pages: Mapping[str, Page], site: SiteInfo) -> Iterator[Artifact]:
    """One file a sheet, in the order of their addresses."""
    for url, css in sorted(sheets(page.body for page in pages.values() if page.formula_sheet).items()):
        yield Artifact(url, css.encode())
