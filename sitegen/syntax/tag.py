"""``#tags`` in a note's text.

Letters of any script, digits, ``_``, ``-``, ``/`` and emoji, at least one of them no digit, after white space or at
the start of a line.  Source: the Obsidian help page "Tags".
"""

from __future__ import annotations

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_LONGEST, _DEEPEST = 200, 10  # characters, levels: every level is a folder of the site
_END = re.compile(r"[\s!-,.:-@\[-^`{-~\u2000-\u200c\u200e-\u206f\u3000-\u303f\uff01-\uff0c]")


def plugin(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "tag", tag)


def tag_name(text: str) -> str:
    """``text`` as a tag's name without ``#`` and stray slashes, or "" if it cannot be one."""
    name = re.sub(r"/{2,}", "/", text.strip().lstrip("#")).strip("/")
    if not name or _END.search(name) or not any(_makes_tag(c) for c in name):
        return ""
    if len(name) > _LONGEST or name.count("/") >= _DEEPEST:
        return ""
    return name


def _makes_tag(character: str) -> bool:
    return not character.isdigit() and (unicodedata.category(character)[0] in "LMS" or character in "_-")


def tag(state: StateInline, silent: bool) -> bool:
    """The inline rule; pushes a ``tag`` token with the name as its content."""
    src, pos = state.src, state.pos
    if src[pos] != "#" or (pos and not src[pos - 1].isspace()) or state.linkLevel:
        return False
    end = _END.search(src, pos + 1, state.posMax)
    written = src[pos + 1 : end.start() if end else state.posMax]
    written = written.rstrip("/")  # a slash that nothing follows is none of the tag
    name = "" if written.startswith("/") else tag_name(written)
    if not name:
        return False
    if not silent:
        token = state.push("tag", "", 0)
        token.content = name
    state.pos = pos + 1 + len(written)
    return True
