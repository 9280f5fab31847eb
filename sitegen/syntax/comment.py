"""``%%comments%%``: taken out of a note's text before Markdown sees it, so that nothing can show them.

Lines keep their numbers. Code keeps its percent signs. An unclosed comment hides the rest, as in Obsidian.
Source: the Obsidian help page "Basic formatting syntax", section "Comments".
"""

from __future__ import annotations

import re

_FENCE = r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?![ \t>]*(?P=fence))[^\n]*)*(?:\n[^\n]*)?"
_CODE = r"(?:`[^`\n]+`|``[^\n]+?``)"
_COMMENT = r"(?P<comment>(?<!%)%%(?!%)(?:[^%]|%(?!%)|%%%+)*(?:%%(?!%)|\Z))"
_ANY = re.compile(f"{_FENCE}|{_CODE}|{_COMMENT}", re.MULTILINE)


def without_comments(text: str) -> str:
    """``text`` with every comment gone and every line break kept."""
    if "%%" not in text:
        return text
    return _ANY.sub(lambda match: match[0] if match["comment"] is None else "\n" * match["comment"].count("\n"), text)
