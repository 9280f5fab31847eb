"""An empty .nojekyll, so that GitHub Pages serves every file as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sitegen.model import Artifact, Page, SiteInfo, Vault


def nojekyll(vault: Vault, pages: Mapping[str, Page], site: SiteInfo) -> Iterator[Artifact]:
    yield Artifact(".nojekyll", b"")
