"""Embeds of files that the vault does not have."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.diagnostics import Diagnostic
from sitegen.model import Found, LinkKind, Vault


def embeds(vault: Vault) -> Iterator[Diagnostic]:
    """missing-embed."""
    for path, place in vault.places.items():
        for link, resolution in zip(vault.facts[path].links, place.resolutions, strict=True):
            if link.kind is LinkKind.EMBED and resolution.found is Found.MISSING:
                yield Diagnostic(
                    "missing-embed", path, f'no file is named "{link.target}"', link.span, subject=link.target
                )
