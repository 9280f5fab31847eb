"""Raw HTML whose content a page leaves out, and which would take the rest of a note with it if it never ends."""

from __future__ import annotations

import re
from functools import lru_cache

# Elements whose content is left out of a page; one that does not end would take the rest of the note with it.
_SWALLOWING = re.compile(
    r"<(script|style|noscript|template|iframe|object|math|noembed|noframes|textarea|select|xmp|plaintext|title)\b",
    re.IGNORECASE,
)


# The parts of drawings, which are nothing outside of one, and then nor is what follows them.
_PARTS = re.compile(
    r"<(circle|defs|desc|ellipse|g|line|lineargradient|path|polygon|polyline|radialgradient|rect|stop|text|tspan)(?=[\s/>])",
    re.IGNORECASE,
)


def swallows(tag: str, around: str) -> bool:
    """Whether a tag begins an element that would hide all that follows, and ``around`` does not end it."""
    match = _SWALLOWING.match(tag) or (_PARTS.match(tag) if not _draws(around) else None)
    return match is not None and not _ends(match[1].lower(), around)


def unswallowing(html: str, *, drawing: bool) -> str:
    """A block of raw HTML in which elements that do not end are text. ``drawing``: whether the block is part of one."""
    html = _SWALLOWING.sub(lambda m: m[0] if _ends(m[1].lower(), html) else "&lt;" + m[0][1:], html)
    if drawing or not _PARTS.search(html) or _draws(html):
        return html
    return _PARTS.sub(lambda m: m[0] if _ends(m[1].lower(), html) else "&lt;" + m[0][1:], html)


@lru_cache(maxsize=32)  # a run of text may hold thousands of such tags
def _ends(name: str, text: str) -> bool:
    return f"</{name}" in text.lower()


@lru_cache(maxsize=32)
def _draws(text: str) -> bool:
    return "<svg" in text or "<SVG" in text
