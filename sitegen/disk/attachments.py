"""Which attachments may run scripts when a reader opens them, or tell of private notes, and so are never published."""

from __future__ import annotations

import re
from pathlib import Path
from xml.parsers import expat

_ACTIVE = frozenset(
    {
        ".html",
        ".htm",
        ".xhtml",
        ".xht",
        ".shtml",
        ".xml",
        ".xsl",
        ".xslt",
        ".svgz",
        ".mht",
        ".mhtml",
        ".hta",
        ".swf",
        ".js",
        ".mjs",
    }
)
# What Obsidian draws from these may name private notes, and published raw they would too.
_TELLING = frozenset({".canvas", ".base"})
_MAX_SVG = 20_000_000
_IGNORED = re.compile(r"[\x00-\x20]+")  # browsers take these out of an address before they read its scheme
_BAD_SCHEME = re.compile(r"(?:javascript|vbscript|data:(?!image/(?:png|jpe?g|gif|webp)))", re.IGNORECASE)
_BAD_ELEMENTS = frozenset({"script", "foreignobject", "handler", "listener", "iframe", "embed", "object"})


def is_unsafe(path: Path) -> bool:
    """Whether the file may carry active content, by its kind; an SVG picture is read and looked through."""
    extension = path.suffix.lower()
    return extension in _ACTIVE or extension in _TELLING or (extension == ".svg" and _is_active_svg(path))


def _is_active_svg(path: Path) -> bool:
    try:
        data = path.read_bytes()
    except OSError:
        return True
    if len(data) > _MAX_SVG:
        return True
    found: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        animates_link = local in ("animate", "set") and "href" in attributes.get("attributeName", "").lower()
        if local in _BAD_ELEMENTS or animates_link:
            found.append(True)
        for key, value in attributes.items():
            if key.lower().rpartition(":")[2].startswith("on") or (
                key.lower().rpartition(":")[2] == "href" and _BAD_SCHEME.match(_IGNORED.sub("", value))
            ):
                found.append(True)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = lambda *_: found.append(True)  # entities can hide anything
    parser.ProcessingInstructionHandler = lambda target, _: found.append(True) if target == "xml-stylesheet" else None
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):  # not XML, or in an encoding that only browsers know
        return True
    return bool(found)
