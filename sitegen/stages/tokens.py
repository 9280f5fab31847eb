"""The library's parser states, making the same tokens with less ado: half of parsing is making tokens."""

from __future__ import annotations

from typing import Literal

from markdown_it.rules_block.state_block import StateBlock
from markdown_it.rules_inline.state_inline import StateInline
from markdown_it.token import Token


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

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = PlainToken(ttype, tag, nesting)
        token.block = True
        if nesting < 0:
            self.level -= 1
        token.level = self.level
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token
