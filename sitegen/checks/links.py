"""Links to nothing, to several notes, to headings and blocks that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.diagnostics import Diagnostic
from sitegen.model import Facts, Found, Link, LinkKind, Place, Resolution


def links(facts: Facts, place: Place) -> Iterator[Diagnostic]:
    """missing-note, ambiguous-link and missing-anchor, for every link that is no embed."""
    for link, resolution in zip(facts.links, place.resolutions, strict=True):
        if link.kind is not LinkKind.EMBED and resolution.found is Found.MISSING:
            yield Diagnostic(
                "missing-note", facts.path, f'no note is named "{link.target}"', link.span, subject=link.target
            )
        elif resolution.found is Found.UNSAFE:
            yield Diagnostic(
                "unsafe-attachment", facts.path, f'"{link.target}" is not published: it may carry scripts or name private notes',
                link.span, "use an image without scripts, or put the file on another site", link.target,
            )  # fmt: skip
        else:
            yield from _inexact(facts.path, link, resolution)


def _inexact(path: str, link: Link, resolution: Resolution) -> Iterator[Diagnostic]:
    if resolution.candidates:
        chosen, *others = resolution.candidates
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        message = f'"{link.target}" could be {", ".join(resolution.candidates[:4])}{more}; {chosen} was taken'
        yield Diagnostic(
            "ambiguous-link",
            path,
            message,
            link.span,
            f"write [[{chosen.removesuffix('.md')}]]",
            f"{link.target} -> {chosen}",
        )
    if resolution.anchor_missing and resolution.ref is not None:
        what = "block" if link.anchor.startswith("^") else "heading"
        message = f'"{resolution.ref.title}" has no {what} "{link.anchor}"'
        yield Diagnostic("missing-anchor", path, message, link.span, subject=f"{resolution.ref.path}#{link.anchor}")
