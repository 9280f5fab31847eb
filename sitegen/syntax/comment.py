"""``%%comments%%``: taken out of a note's text before Markdown sees it, so that nothing can show them.

Lines keep their numbers. Code keeps its percent signs. An unclosed comment hides the rest, as in Obsidian.
Source: the Obsidian help page "Basic formatting syntax", section "Comments".
"""

from __future__ import annotations

import re

# Fenced code: in a quote it ends with the quote, in a list item (or as far to the right as one) with the item.
_MARKERS = r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)"


def _fence(name: str, before: str, line: str) -> str:
    """Code that begins after ``before``; each of its lines begins like ``line``."""
    end = rf"[ \t>]*(?P={name})[`~]*[ \t]*$"
    return (
        rf"^{before}(?P<{name}>`{{3,}}(?=[^`\n]*$)|~{{3,}})[^\n]*"
        rf"(?:\n(?!{end}){line}[^\n]*)*(?:\n{end})?"
    )


_FENCES = "|".join(
    (
        _fence("quoted", rf"[ \t]*>[ \t>]*{_MARKERS}*", r"[ \t]*>"),
        _fence("listed", rf"(?:[ \t]*{_MARKERS}+|[ \t]{{4,}})", r"(?:[ \t]|$)"),
        _fence("plain", r"[ ]{0,3}", ""),
    )
)
_CODE = r"\\[\\`]|(?<!`)(?P<run>`+)(?!`)[^\n]+?(?<!`)(?P=run)(?!`)"
_COMMENT = r"(?P<comment>(?<!%)%%(?!%)(?:[^%]|%(?!%)|%%%+)*(?:%%(?!%)|\Z))"
_ANY = re.compile(f"{_FENCES}|{_CODE}|{_COMMENT}", re.MULTILINE)


def without_comments(text: str) -> str:
    """``text`` with every comment gone and every line break kept."""
    if "%%" not in text:
        return text
    return _ANY.sub(lambda match: match[0] if match["comment"] is None else "\n" * match["comment"].count("\n"), text)
