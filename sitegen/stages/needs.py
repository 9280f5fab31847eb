"""What a page's body needs besides what every page has: style sheets and scripts, each only where something uses it."""

from __future__ import annotations

from sitegen.stages import formulas

# (a text that every such body holds, style sheets, scripts), names under static/
_NEEDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ('class="callout"', ("vendor/callouts.css",), ()),
    ("<pre", ("code.css",), ("copy.js",)),
    (formulas.MARK, ("vendor/katex/katex.min.css",), ()),
    (formulas.SOURCE_MARK + '"', ("vendor/katex/katex.min.css",), ("vendor/katex/katex.min.js", "formulas.js")),
    (formulas.SOURCE_MARK + " ", ("vendor/katex/katex.min.css",), ("vendor/katex/katex.min.js", "formulas.js")),
    ('class="language-mermaid"', (), ("diagrams.js",)),
)
# Files of the theme that are part of a site only if a page asks for them, by the beginning of their names. A diagram's
# script fetches the library itself, when a reader comes near a diagram.
_ON_DEMAND = {
    "vendor/katex/katex.min.js": "vendor/katex/katex.min.js",
    "vendor/katex/": "vendor/katex/katex.min.css",
    "vendor/mermaid/": "diagrams.js",
}


def needs(body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``(style sheets, scripts)`` that this body needs, each once."""
    sheets: dict[str, None] = {}
    scripts: dict[str, None] = {}
    for mark, its_sheets, its_scripts in _NEEDS:
        if mark in body:
            sheets |= dict.fromkeys(its_sheets)
            scripts |= dict.fromkeys(its_scripts)
    return tuple(sheets), tuple(scripts)


def is_shipped(name: str, asked: frozenset[str]) -> bool:
    """Whether the theme's file ``name`` belongs to a site whose pages ask for the sheets and scripts ``asked``."""
    if name.startswith("words/"):
        return name in asked
    if not name.startswith("vendor/"):
        return True
    reason = next((reason for start, reason in _ON_DEMAND.items() if name.startswith(start)), None)
    return reason is None or reason in asked
