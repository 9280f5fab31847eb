"""``- [ ]`` and ``- [x]``: list items with a state. Any character but a blank counts as done.

Source: the Obsidian help page "Basic formatting syntax", section "Task lists".
"""

from __future__ import annotations

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.words import Words

_BOX = re.compile(r"\[([^\[\]\n])\][ \t]+(?=\S)|\[([^\[\]\n])\]$")


def plugin(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "task", tasks)


def tasks(state: StateCore) -> None:
    """Mark list items whose first paragraph begins with a box; the box leaves the text."""
    tokens = state.tokens
    for index in range(2, len(tokens)):
        inline = tokens[index]
        if inline.type != "inline" or not inline.content.startswith("["):
            continue
        item = tokens[index - 2]
        match = _BOX.match(inline.content)
        if match is None or item.type != "list_item_open" or tokens[index - 1].type != "paragraph_open":
            continue
        mark = match[1] or match[2]
        item.attrSet("class", "task")
        item.attrSet("data-task", mark)
        inline.content = inline.content[match.end() :]
        inline.meta["task"] = mark != " "


def checkbox(token: Token, words: Words) -> str:
    """The box's HTML for an inline token that `tasks` marked, else nothing."""
    done = token.meta.get("task") if token.meta else None
    if done is None:
        return ""
    label = escape(words.pgettext("task", "Done") if done else words.pgettext("task", "To do"))
    return f'<input type="checkbox" disabled aria-label="{label}"{" checked" if done else ""}> '
