"""Footnotes ``[^1]``, ``[^name]`` and ``^[inline]``: the library's rules, with labels whose case does not matter.

Source: the Obsidian help page "Basic formatting syntax", section "Footnotes".
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from mdit_py_plugins.footnote import footnote_plugin


def plugin(md: MarkdownIt) -> None:
    md.use(footnote_plugin)
    md.core.ruler.before("block", "footnote_labels", prepare_labels)
    md.core.ruler.before("footnote_tail", "footnote_case", fold_labels)


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


def fold_labels(state: StateCore) -> None:
    """Let every definition and every number say its label in the same case, so that they find each other."""
    if "[^" not in state.src:
        return
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            token.meta["label"] = token.meta["label"].casefold()
    for note in state.env["footnotes"]["list"].values():
        if "label" in note:
            note["label"] = note["label"].casefold()
