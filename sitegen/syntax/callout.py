"""``> [!type]+ Title``: callouts, and GitHub's alerts, which are the same thing.

A block quote whose first line is such a mark becomes ``<div class="callout">`` or, where it folds, ``<details>``.
Source: the Obsidian help page "Callouts".
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from sitegen.words import ENGLISH, Words, noted_in

_MARK = re.compile(r"\[!([\w-](?:[\w -]*[\w-])?)[ \t]*(?:\|([^\]\n]*))?\]([+-]?)[ \t]*([^\n]*)(?:\n|$)")

ALIASES = {
    "summary": "abstract", "tldr": "abstract",
    "hint": "tip", "important": "tip",
    "check": "success", "done": "success",
    "help": "question", "faq": "question",
    "caution": "warning", "attention": "warning",
    "fail": "failure", "missing": "failure",
    "error": "danger",
    "cite": "quote",
}  # fmt: skip

# What stands above a callout without a title; other kinds keep the name they are given.
NAMES = [
    noted_in("callout", "Note"),
    noted_in("callout", "Abstract"),
    noted_in("callout", "Summary"),
    noted_in("callout", "Tldr"),
    noted_in("callout", "Info"),
    noted_in("callout", "Todo"),
    noted_in("callout", "Tip"),
    noted_in("callout", "Hint"),
    noted_in("callout", "Important"),
    noted_in("callout", "Success"),
    noted_in("callout", "Check"),
    noted_in("callout", "Done"),
    noted_in("callout", "Question"),
    noted_in("callout", "Help"),
    noted_in("callout", "Faq"),
    noted_in("callout", "Warning"),
    noted_in("callout", "Caution"),
    noted_in("callout", "Attention"),
    noted_in("callout", "Failure"),
    noted_in("callout", "Fail"),
    noted_in("callout", "Missing"),
    noted_in("callout", "Danger"),
    noted_in("callout", "Error"),
    noted_in("callout", "Bug"),
    noted_in("callout", "Example"),
    noted_in("callout", "Quote"),
    noted_in("callout", "Cite"),
]


def plugin(md: MarkdownIt) -> None:
    md.core.ruler.before("inline", "callout", callouts)


def callouts(state: StateCore) -> None:
    """Turn marked block quotes into callouts, innermost ones included."""
    if "[!" not in state.src:
        return
    tokens, out = state.tokens, list[Token]()
    closing: list[Token] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.type == "blockquote_open":
            match = _first_line(tokens, index)
            closing.append(token)
            if match is not None:
                skip = _open(state, tokens, index, match, out)
                continue
        elif token.type == "blockquote_close":
            opened = closing.pop()
            if "callout" in opened.meta:
                out.append(_block("callout_content_close", "div", -1))
                token.type, token.tag = "callout_close", opened.tag
        out.append(token)
    state.tokens = out


def _first_line(tokens: list[Token], index: int) -> re.Match[str] | None:
    if index + 2 < len(tokens) and tokens[index + 2].type == "inline" and tokens[index + 1].type == "paragraph_open":
        return _MARK.match(tokens[index + 2].content)
    return None


def _open(state: StateCore, tokens: list[Token], index: int, match: re.Match[str], out: list[Token]) -> int:
    """Write the callout's opening tokens; returns how many of the following tokens they replace."""
    opened, paragraph, inline = tokens[index : index + 3]
    written, metadata, fold, title = match[1].lower(), match[2], match[3], match[4].strip()
    opened.type, opened.tag = "callout_open", "details" if fold else "div"
    opened.meta["callout"] = written
    opened.attrs = {"class": "callout", "data-callout": ALIASES.get(written, written)}
    if metadata:
        opened.attrs["data-callout-metadata"] = metadata.strip()
    if fold == "+":
        opened.attrs["open"] = ""
    head = _block("callout_title_open", "summary" if fold else "p", 1)
    head.attrs = {"class": "callout-title"}
    heading = Token("inline", "", 0, map=inline.map, level=inline.level, children=[], block=True)
    words: Words = getattr(state.md.renderer, "words", ENGLISH)
    name = written.replace("-", " ").capitalize()  # where no title is given
    opened.meta["title"] = words.pgettext("callout", name)
    heading.content = title or opened.meta["title"]
    content = _block("callout_content_open", "div", 1)
    content.attrs = {"class": "callout-content"}
    out += [opened, head, heading, _block("callout_title_close", head.tag, -1), content]
    rest = inline.content[match.end() :]
    if not rest:
        return 3  # the paragraph held nothing but the mark
    inline.content = rest
    if inline.map:
        inline.map = [inline.map[0] + 1, inline.map[1]]
    out += [paragraph, inline]
    return 2


def _block(kind: str, tag: str, nesting: int) -> Token:
    return Token(kind, tag, nesting, block=True)  # type: ignore[arg-type]
