"""Embeds of files that the vault does not have."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.diagnostics import Diagnostic
from sitegen.model import Facts, Found, LinkKind, Place


def embeds(facts: Facts, place: Place) -> Iterator[Diagnostic]:
    """missing-embed."""
    for link, resolution in zip(facts.links, place.resolutions, strict=True):
        if link.kind is LinkKind.EMBED and resolution.found is Found.MISSING:
            yield Diagnostic(
                "missing-embed", facts.path, f'no file is named "{link.target}"', link.span, subject=link.target
            )
