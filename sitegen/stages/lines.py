"""Paragraphs of one line, and lists, most of whose items are one: what most of a note is, with few questions asked.

`is_one_line` knows where a paragraph begins and ends without asking the library's rules; `read_list` is the library's rule
for lists, which need not parse an item as a document where it is such a line. Both give the library's tokens.
"""

from __future__ import annotations

import re

from markdown_it.common.utils import mdTrim
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.token import Token

from sitegen.stages.tokens import BlockToken

# Beginnings of lines that are none of a block: no list, thematic break, fence, heading, reference or footnote.
_TEXT = re.compile(
    r"[^`~>*+\-_0-9\[<#$\s]|\*{1,3}[^\s*]|_{1,3}[^\s_]|\[\[|\[[^\[\]^\\\n]\][ ]|-[^\s-]|\+\S"
    r"|`{1,2}[^`\s]|~{1,2}[^~\s]|#[^#\s]|[0-9]++(?![.)](?:\s|\Z))"
)
# Beginnings that end a paragraph on the line before; numbers other than 1 do where the paragraph is of an item before.
_ENDS = re.compile(r"(?:[*+-]|1[.)])[ \t]+\S|#{1,6}[ \t]")
_ENDS_ITEM = re.compile(r"[0-9]{1,9}[.)][ \t]+\S")
_MARKER = re.compile(r"(?:[*+-]|[0-9]{1,9}[.)])(?=[ \t]|\Z)")
_BREAK = re.compile(r"([*-])[ \t]*(?:\1[ \t]*){2,}\Z")
_CODE = 4  # columns that make a line code, and not a block of another kind


def is_one_line(state: StateBlock, line: int, first: int, indent: int, list_indent: int) -> bool:
    """Whether the text from ``first`` on is a paragraph by itself, whatever any rule says. It is not blank, nor is it code.

    ``indent``: the column at which blocks begin there; ``list_indent``: that at which the list around them does, or -1.
    """
    if _TEXT.match(state.src, first, state.eMarks[line]) is None:
        return False
    after = line + 1
    if after >= state.lineMax:
        return True
    begin, end = state.bMarks[after] + state.tShift[after], state.eMarks[after]
    if begin >= end:
        return True
    column = state.sCount[after]
    if column < 0 or column - indent >= _CODE:
        return False
    if column < indent:
        if list_indent >= 0 and column - list_indent >= _CODE:
            return False
        if _ENDS_ITEM.match(state.src, begin, end):
            return True
    return _ENDS.match(state.src, begin, end) is not None


def push_paragraph(state: StateBlock, line: int, first: int) -> tuple[Token, Token]:
    """A paragraph of the text from ``first`` to the end of the line, as the library's rule makes it; returns its two ends."""
    level = state.level
    opening = BlockToken("paragraph_open", "p", 1, level)
    opening.map = [line, line + 1]
    text = BlockToken("inline", "", 0, level + 1)
    text.content = mdTrim(state.src[first : state.eMarks[line]])
    text.map = [line, line + 1]
    text.children = []
    closing = BlockToken("paragraph_close", "p", -1, level)
    state.tokens += (opening, text, closing)
    return opening, closing


def read_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's rule for lists. Its lines begin with markers, so that of all rules only that of thematic breaks can end
    it; the caller sees to it that no rule is active of which nothing is known."""
    assert not silent
    column = state.sCount[start]
    if column - state.blkIndent >= _CODE or (
        state.listIndent >= 0 and column - state.listIndent >= _CODE and column < state.blkIndent
    ):
        return False
    src = state.src
    marker = _MARKER.match(src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    if marker is None:
        return False
    sign = marker[0][-1]
    ordered = sign in ".)"
    kind, tag = ("ordered_list", "ol") if ordered else ("bullet_list", "ul")
    opening = state.push(kind + "_open", tag, 1)
    if ordered and int(marker[0][:-1]) != 1:
        opening.attrs = {"start": int(marker[0][:-1])}
    opening.markup = sign
    old_parent, state.parentType = state.parentType, "list"
    tight = True
    paragraphs: list[tuple[Token, Token]] = []
    line, blank_before = start, False
    while marker is not None and marker[0][-1] == sign:
        tight = _item(state, line, end, marker, paragraphs) and not blank_before and tight
        blank_before = state.line - line > 1 and state.isEmpty(state.line - 1)
        line = state.line
        if line >= end or state.sCount[line] < state.blkIndent or state.sCount[line] - state.blkIndent >= _CODE:
            break
        begin, stop = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        marker = _MARKER.match(src, begin, stop)
        if _BREAK.match(src, begin, stop):
            break
    closing = state.push(kind + "_close", tag, -1)
    closing.markup = sign
    opening.map = [start, line]
    state.line = line
    state.parentType = old_parent
    if tight:
        for paragraph in paragraphs:
            paragraph[0].hidden = paragraph[1].hidden = True
    return True


def _item(state: StateBlock, line: int, end: int, marker: re.Match[str], paragraphs: list[tuple[Token, Token]]) -> bool:
    """Read the item that begins at ``line``; returns whether it is tight. Its own paragraphs join ``paragraphs``."""
    src, stop, after = state.src, state.eMarks[line], marker.end()
    initial = column = state.sCount[line] + after - marker.start()
    begin = after
    while begin < stop:
        if src[begin] == " ":
            column += 1
        elif src[begin] == "\t":
            column += 4 - (column + state.bsCount[line]) % 4
        else:
            break
        begin += 1
    width = column - initial
    indent = initial + (1 if begin >= stop or width > _CODE else width)
    sign = marker[0][-1]
    item = BlockToken("list_item_open", "li", 1, state.level)
    item.markup = sign
    if sign in ".)":
        item.info = marker[0][:-1]
    state.tokens.append(item)
    state.level += 1
    tight = _text_item(state, line, end, begin, indent, width, paragraphs) or _blocks(
        state, line, end, begin, indent, column, paragraphs
    )
    state.level -= 1
    item.map = [line, state.line]
    closing = BlockToken("list_item_close", "li", -1, state.level)
    closing.markup = sign
    state.tokens.append(closing)
    return tight


def _text_item(
    state: StateBlock, line: int, end: int, begin: int, indent: int, width: int, paragraphs: list[tuple[Token, Token]]
) -> bool:
    """Read what an item holds from ``begin`` on, if it is one line of text; returns whether it is."""
    if begin >= state.eMarks[line] or width > _CODE or state.level >= state.md.options.maxNesting:
        return False
    if not is_one_line(state, line, begin, indent, state.blkIndent):
        return False
    after = line + 1
    if after < end and state.isEmpty(after):
        after = state.skipEmptyLines(after + 1) if after + 1 < end else end
    if after < end and state.sCount[after] >= indent:
        return False
    paragraphs.append(push_paragraph(state, line, begin))
    state.line = after
    return True


def _blocks(
    state: StateBlock, line: int, end: int, begin: int, indent: int, column: int, paragraphs: list[tuple[Token, Token]]
) -> bool:
    """Read what an item holds from ``begin`` on, whatever it is; returns whether it is tight."""
    before = state.tight, state.tShift[line], state.sCount[line], state.blkIndent, state.listIndent
    state.listIndent, state.blkIndent, state.tight = state.blkIndent, indent, True
    state.tShift[line], state.sCount[line] = begin - state.bMarks[line], column
    number = len(state.tokens)
    if begin >= state.eMarks[line] and state.isEmpty(line + 1):
        state.line = min(state.line + 2, end)  # nothing that is below a blank line belongs to an empty item
    else:
        state.md.block.tokenize(state, line, end)
    tight, tokens, level = state.tight, state.tokens, state.level
    state.tight, state.tShift[line], state.sCount[line], state.blkIndent, state.listIndent = before
    for at in range(number, len(tokens)):
        if tokens[at].level == level and tokens[at].type == "paragraph_open":
            paragraphs.append((tokens[at], tokens[at + 2]))
    return tight
