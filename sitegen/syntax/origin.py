"""``From: [[note]] <br/>`` at the very start of a note says where it is from, and is shown above its text.

The rule takes it out of the text and puts what the brackets hold into the parsing environment, as ``origin``.
Source: the notes of real wikis about videos, which begin like this.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_ORIGIN = re.compile(r"From:\s*\[\[([^\[\]\n]+)\]\]((?:\s|<br\s*/?>)*)", re.IGNORECASE)


def plugin(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "origin", origin)


def origin(state: StateCore) -> None:
    """Take a leading origin out of the first paragraph; "From: [[a]] we learn…" on one line is a sentence."""
    tokens = state.tokens
    if len(tokens) < 3 or tokens[0].type != "paragraph_open":
        return
    paragraph, inline = tokens[0], tokens[1]
    match = _ORIGIN.match(inline.content)
    if match is None:
        return
    rest, gap = inline.content[match.end() :], match[2]
    if rest and "\n" not in gap and "<" not in gap:
        return
    state.env["origin"] = match[1]
    if not rest:
        del tokens[:3]
    elif inline.map is not None:
        inline.content = rest
        inline.map = paragraph.map = [inline.map[0] + match[0].count("\n"), inline.map[1]]
