"""``==highlighted text==`` becomes ``<mark>``.

Source: the Obsidian help page "Basic formatting syntax", section "Bold, italics, highlights".
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

# Signs within code are code: a run of one or two backticks goes to its end, a lone one is text.
_CODE = r"``(?:[^`]|`(?!`))*+``|`[^`]*+`|`(?![^`]*`)"
_MARK = re.compile(rf"==(?![=\s])((?:{_CODE}|[^=\n`]|=(?!=)|\n(?!\n))+?)(?<!\s)==(?!=)")


def plugin(md: MarkdownIt) -> None:
    md.inline.ruler.before("emphasis", "highlight", highlight)


def highlight(state: StateInline, silent: bool) -> bool:
    """The inline rule; what is between the signs may hold any other inline syntax."""
    if state.src[state.pos] != "=":
        return False
    match = _MARK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        end, state.posMax = state.posMax, match.end(1)
        state.pos = match.start(1)
        state.push("mark_open", "mark", 1)
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = end
    state.pos = match.end()
    return True
