r"""``$x$`` and ``$$x$$``: formulas in TeX. What is a sum of money stays text.

A formula's dollar has no space after the opening one or before the closing one, and no digit right after the closing
one. On top of that, what begins like an amount and goes on in words is prose, "$5 (or US$ 6)", and so is what code
begins in: "$HOME or `$PATH`".
Source: the Obsidian help page "Advanced formatting syntax", section "Math"; the rules about words and code are ours.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

INLINE = re.compile(r"\$((?![\s$])(?:[^$`\\\n]|`[^$`\\\n]*`|\\[^\n])*?(?<!\s))\$(?![\d$])")
DISPLAY = re.compile(r"\$\$((?:[^$\\]|\\.|\$(?!\$))+?)\$\$", re.DOTALL)
# An amount followed by words, and nothing that only TeX has.
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_AMOUNT = re.compile(r"\d[\d.,]*\s?(?:[KMBTkmbt]n?\b)?[^\\^_{}=]*?[^\W\d_]{2,}[^\\^_{}=]*")


def plugin(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "math", math)
    ends = ["paragraph", "reference", "blockquote", "list", "footnote_def"]
    md.block.ruler.before("fence", "math_block", math_block, {"alt": ends})


def math(state: StateInline, silent: bool) -> bool:
    """The inline rule; pushes a ``math`` token whose content is TeX; ``meta["display"]`` for the form with two dollars."""
    src, pos = state.src, state.pos
    if src[pos] != "$":
        return False
    display = src.startswith("$$", pos)
    match = (DISPLAY if display else INLINE).match(src, pos, state.posMax)
    if match is None or not match[1].strip():
        if display and not silent:
            state.pending += "$$"  # neither of the two begins a formula
        state.pos += 2 * display
        return display
    if not display and ((pos and src[pos - 1].isalnum()) or _is_prose(match[1])):
        return False
    if not silent:
        token = state.push("math", "", 0)
        token.content = match[1].strip()
        token.meta = {"display": display}
    state.pos = match.end()
    return True


def _is_prose(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None or ("<" in text and _MARKUP.search(text) is not None)


def math_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """The block rule: from a line that begins with ``$$`` to one that ends so, which may be the same."""
    start = state.bMarks[startLine] + state.tShift[startLine]
    if not state.src.startswith("$$", start) or state.is_code_block(startLine):
        return False
    last = _closing_line(state, startLine, endLine, start)
    if last is None:
        return False
    if silent:
        return True
    text = state.getLines(startLine, last + 1, state.sCount[startLine], False).strip()
    token = state.push("math_block", "", 0)
    token.content = text[2:-2].strip()
    token.meta = {"display": True}
    token.map = [startLine, last + 1]
    state.line = last + 1
    return True


def _closing_line(state: StateBlock, first: int, end: int, start: int) -> int | None:
    own = state.src[start : state.eMarks[first]].rstrip()
    if "$$" in own[2:]:
        return first if own.endswith("$$") and own.find("$$", 2) == len(own) - 2 and own[2:-2].strip() else None
    if first < state.env.get("math_unclosed", (0, 0))[1] and end <= state.env["math_unclosed"][0]:
        return None  # looked for already, from further above
    over = end
    for line in range(first + 1, end):
        begin = state.bMarks[line] + state.tShift[line]
        if begin < state.eMarks[line] and state.sCount[line] < state.blkIndent:
            over = line  # the list item or quote is
            break
        text = state.src[begin : state.eMarks[line]].rstrip()
        if text.endswith("$$"):
            return line if "$$" not in text[:-2] and not _is_blank(state, first, line, own) else None
    state.env["math_unclosed"] = (end, over)
    return None


def _is_blank(state: StateBlock, first: int, last: int, own: str) -> bool:
    between = state.src[state.eMarks[first] : state.bMarks[last] + state.tShift[last]]
    closing = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]].rstrip()[:-2]
    return not (own[2:] + between + closing).strip("> \t\n")
