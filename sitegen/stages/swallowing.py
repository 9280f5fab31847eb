"""Raw HTML whose content a page leaves out, and which would take the rest of a note with it if it never ends."""

from __future__ import annotations

import re

# Elements whose content is left out of a page; one that does not end would take the rest of the note with it.
_SWALLOWING = re.compile(
    r"<(script|style|noscript|template|iframe|object|math|noembed|noframes|textarea|select|xmp|plaintext|title)\b",
    re.IGNORECASE,
)


def swallows(tag: str, around: str) -> bool:
    """Whether a tag begins an element that would hide all that follows, and ``around`` does not end it."""
    match = _SWALLOWING.match(tag)
    return match is not None and f"</{match[1].lower()}" not in around.lower()


def unswallowing(html: str) -> str:
    """A block of raw HTML in which elements that do not end are text."""
    return _SWALLOWING.sub(lambda m: "&lt;" + m[0][1:] if swallows(m[0], html) else m[0], html)
