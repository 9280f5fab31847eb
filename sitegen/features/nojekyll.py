"""An empty .nojekyll, so that GitHub Pages serves every file as it is."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Artifact, Pages, SiteInfo, Vault


def nojekyll(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    yield Artifact(".nojekyll", b"")
