"""``^id`` at the end of a block, or alone after one: a name that links can point to. It is never shown.

Puts ``meta["block"] = id`` on the token that opens the block.  Source: the Obsidian help page "Internal links",
section "Link to a block in a note".
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_AT_END = re.compile(r"(?:^|\s|(?<=\]\]))\^([A-Za-z0-9-]+)[ \t]*$")

_HOLDERS = ("paragraph_open", "heading_open", "callout_title_open", "th_open", "td_open")


def plugin(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "block_id", block_ids)


def block_ids(state: StateCore) -> None:
    """Find the marks, take them out of the text and name their blocks."""
    if "^" not in state.src:
        return
    tokens, gone = state.tokens, set[int]()
    for index, token in enumerate(tokens):
        if token.type != "inline" or "^" not in token.content:
            continue
        match = _AT_END.search(token.content)
        if match is None or tokens[index - 1].type not in _HOLDERS:
            continue
        rest = token.content[: match.start()].rstrip()
        if tokens[index - 1].type == "callout_title_open":
            token.content = rest or tokens[index - 2].meta["title"]
            tokens[index - 2].meta.setdefault("block", match[1].lower())
            continue
        named = _named(tokens, index) if rest else _before(tokens, index - 1)
        if tokens[index - 1].type[0] == "t":
            continue
        token.content = rest
        if named is not None:
            named.meta.setdefault("block", match[1].lower())
        if not rest:
            gone.update((index - 1, index, index + 1))
    if gone:
        state.tokens = [token for index, token in enumerate(tokens) if index not in gone]


def _named(tokens: list[Token], index: int) -> Token:
    """The block that a mark at the end of inline ``index`` names: its list item if it is that item's first text."""
    if index >= 2 and tokens[index - 2].type == "list_item_open":
        return tokens[index - 2]
    return tokens[index - 1]


def _before(tokens: list[Token], index: int) -> Token | None:
    """The token that opens the block which ends just before ``index``, at the same level."""
    if not index:
        return None
    last = tokens[index - 1]
    if last.nesting == 0:
        return last
    if last.nesting == 1:
        return last if last.type == "list_item_open" else None
    depth = 0
    for token in reversed(tokens[:index]):
        depth -= token.nesting
        if depth == 0:
            return token
    return None
