"""The library's parser states, making the same tokens with less ado: half of parsing is making tokens."""

from __future__ import annotations

from itertools import accumulate
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_inline.state_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType


class PlainToken(Token):
    """A token as the parser makes it: type, tag and nesting, all else at its default."""

    __slots__ = ()

    def __init__(self, type: str, tag: str, nesting: Literal[-1, 0, 1]) -> None:
        self.type = type
        self.tag = tag
        self.nesting = nesting
        self.attrs = {}
        self.map = None
        self.level = 0
        self.children = None
        self.content = ""
        self.markup = ""
        self.info = ""
        self.meta = {}
        self.block = False
        self.hidden = False


class BlockToken(PlainToken):
    """A token of a block, at its level."""

    __slots__ = ()

    def __init__(self, type: str, tag: str, nesting: Literal[-1, 0, 1], level: int) -> None:
        self.type = type
        self.tag = tag
        self.nesting = nesting
        self.attrs = {}
        self.map = None
        self.level = level
        self.children = None
        self.content = ""
        self.markup = ""
        self.info = ""
        self.meta = {}
        self.block = True
        self.hidden = False


class InlineState(StateInline):
    """The state of one run of text; ``nested_delimiters``: whether what may be emphasis stands inside another token."""

    nested_delimiters = False

    def pushPending(self) -> Token:
        token = PlainToken("text", "", 0)
        token.content = self.pending
        token.level = self.pendingLevel
        self.tokens.append(token)
        self.pending = ""
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if self._pending_buffer or self._pending:
            self.pushPending()
        token = PlainToken(ttype, tag, nesting)
        meta = None
        if nesting < 0:
            self.level -= 1
            self.nested_delimiters |= bool(self.delimiters)
            self.delimiters = self._prev_delimiters.pop()
        token.level = self.level
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            meta = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(meta)
        return token


class BlockState(StateBlock):
    """The state of one note's blocks."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        self.src = src
        lines = src.split("\n")
        if not lines[-1].strip(" \t"):
            lines.pop()  # a last line without an end counts only if something stands on it
        ends = list(accumulate([len(line) + 1 for line in lines]))
        self.bMarks = [0, *ends]
        self.eMarks = [end - 1 for end in ends]
        self.tShift = [len(line) - len(line.lstrip(" \t")) for line in lines]
        self.sCount = self.tShift.copy()
        if "\t" in src:
            self.sCount = [len(line[:n].expandtabs(4)) for line, n in zip(lines, self.tShift, strict=True)]
        self.bMarks[-1] = len(src)
        for marks, last in ((self.eMarks, len(src)), (self.tShift, 0), (self.sCount, 0)):
            marks.append(last)  # beyond the last line, as the library has it
        self.lineMax = len(lines)
        self.bsCount = [0] * (self.lineMax + 1)

    def getLines(self, begin: int, end: int, indent: int, keepLastLF: bool) -> str:
        """As the library's, which looks for the character after the last one where a quote's mark ends the text."""
        try:
            return super().getLines(begin, end, indent, keepLastLF)
        except IndexError:
            text, self.src = self.src, self.src + "\n"
            try:
                return super().getLines(begin, end, indent, keepLastLF).removesuffix("\n")
            finally:
                self.src = text

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if nesting < 0:
            self.level -= 1
        token = BlockToken(ttype, tag, nesting, self.level)
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token
