"""Footnotes ``[^1]``, ``[^name]`` and ``^[inline]``: the library's rules, with labels whose case does not matter.

They are numbered as a reader meets them: those of the text first, then those that footnotes refer to.  What nothing
that is shown refers to is left out.  ``meta["before"]`` and ``meta["after"]`` of the list and of each footnote in it
are the holes ``F0`` and ``F1``, ``f1``, …
Source: the Obsidian help page "Basic formatting syntax", section "Footnotes".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin


def plugin(md: MarkdownIt) -> None:
    md.use(footnote_plugin)
    md.core.ruler.before("block", "footnote_labels", prepare_labels)
    md.core.ruler.at("footnote_tail", place_footnotes)


class _Labels(dict[str, int]):
    """Which number each label has, whatever its case."""

    def __setitem__(self, label: str, number: int) -> None:
        super().__setitem__(label.casefold(), number)

    def __getitem__(self, label: str) -> int:
        return super().__getitem__(label.casefold())

    def __contains__(self, label: object) -> bool:
        return super().__contains__(str(label).casefold())

    def get(self, label: str, default: int = -1) -> int:  # type: ignore[override]
        return super().get(label.casefold(), default)


def prepare_labels(state: StateCore) -> None:
    """Give the library's rules a table of labels to use."""
    if "[^" in state.src:
        state.env["footnotes"] = {"refs": _Labels(), "list": {}}


def place_footnotes(state: StateCore) -> None:
    """Take definitions out of the text and put the footnotes that are referred to below it."""
    found = state.env.get("footnotes")
    if not found or not (found["refs"] or found["list"]):
        return
    state.tokens, definitions = _apart(state.tokens)
    if not found["list"]:
        return
    numbering = _Numbering(found["list"], definitions)
    numbering.follow(state.tokens)
    listed = numbering.listed()
    if listed:
        opening = Token("footnote_block_open", "", 1, meta={"before": "F0"})
        state.tokens += [opening, *listed, Token("footnote_block_close", "", -1)]


def _apart(tokens: Sequence[Token]) -> tuple[list[Token], dict[str, list[Token]]]:
    """The text, and by label what defines it; of several definitions the first, which may hold others."""
    text: list[Token] = []
    open_ones: list[list[Token]] = [text]
    definitions: dict[str, list[Token]] = {}
    for token in tokens:
        if token.type == "footnote_reference_open":
            open_ones.append([])
            definitions.setdefault(token.meta["label"].casefold(), open_ones[-1])
        elif token.type == "footnote_reference_close":
            open_ones.pop()
        else:
            open_ones[-1].append(token)
    return text, definitions


class _Numbering:
    """Numbers footnotes in the order in which their references are met. ``found``: what the library's rules know of each."""

    def __init__(self, found: dict[int, dict[str, Any]], definitions: dict[str, list[Token]]) -> None:
        self._found, self._definitions = found, definitions
        self._numbers: dict[int, int] = {}  # the library's number -> ours, from 0
        self._order: list[int] = []  # the library's numbers
        self._times = Counter[int]()  # how often each is referred to

    def follow(self, tokens: Sequence[Token]) -> None:
        """Number the references that stand in these tokens."""
        for token in tokens:
            for child in token.children or () if token.type == "inline" else ():
                if child.type == "footnote_ref":
                    number = self._numbers.setdefault(child.meta["id"], len(self._order))
                    if number == len(self._order):
                        self._order.append(child.meta["id"])
                    child.meta = {"id": number, "subId": self._times[number]}
                    self._times[number] += 1

    def listed(self) -> list[Token]:
        """The footnotes that are referred to, by the text or by each other."""
        out: list[Token] = []
        contents: list[list[Token]] = []
        while len(contents) < len(self._order):
            contents.append(self._content(self._found[self._order[len(contents)]]))
            self.follow(contents[-1])
        for number, content in enumerate(contents):
            arrows = [
                Token("footnote_anchor", "", 0, meta={"id": number, "subId": time})
                for time in range(self._times[number])
            ]
            closing = [content.pop()] if content and content[-1].type == "paragraph_close" else []
            before = Token("footnote_open", "", 1, meta={"id": number, "before": f"F{number + 1}"})
            after = Token("footnote_close", "", -1, meta={"after": f"f{number + 1}"})
            out += [before, *content, *arrows, *closing, after]
        return out

    def _content(self, footnote: dict[str, Any]) -> list[Token]:
        if "tokens" not in footnote:
            return self._definitions.get(footnote["label"].casefold(), [])
        text = Token("inline", "", 0, children=footnote["tokens"], content=footnote["content"])
        return [
            Token("paragraph_open", "p", 1, block=True),
            text,
            Token("paragraph_close", "p", -1, block=True),
        ]
