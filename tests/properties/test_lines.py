"""Lists and paragraphs of one line are read without asking markdown-it's rules: they must become the tokens of its rules."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block.state_block import StateBlock
from markdown_it.token import Token

from sitegen.disk.read import read_vault
from sitegen.disk.site import locate
from sitegen.model import Source
from sitegen.stages.parse import Dialect, engine

MARKERS = ["- ", "* ", "*   ", "+ ", "1. ", "2. ", "12. ", "1) ", "1234567890. ", "-", "*", "1."]
ITEMS = [f"{ends}{lead}{marker}" for ends in ("\n", "\n\n") for lead in ("", "  ", "    ") for marker in MARKERS[:9]]
TEXT = [
    "a", "b c", "**b** x", "**", "*e*", "_x_", "__", "____", "[[n]]", "[x] t", "[a]: b", "[^1]: f", "[^1]", "`c`", "5", "2020 was",
    "3.5", "-5", "+5", "$x$", "#tag", "\u00a0", "\x0b", "\\", "<b>", "<!--", "-->",
]  # fmt: skip
BLOCKS = [
    "```\n", "~~~\n", "# ", "## h", "---\n", "===\n", "- - -", "* * *", "***", "\n| a | b |\n", "|--|--|\n", "--|--\n", ":-",
    "<div>", "</div>\n",
]  # fmt: skip
BLANKS = [" ", "  ", "   ", "    ", "\n", "\n", "\n\n", "\n\n\n", "\n  ", "\n    "]
PIECES = [*MARKERS, *ITEMS, *TEXT, *BLOCKS, *BLANKS]
# The library takes a tab after a quote's sign for what it is not, which a paragraph of one line does not suffer from; and after
# a quote it matters to formulas that the parser of `blocks` looks what ended it.
QUOTES, TABS = ["> ", ">", "\n> ", "\n> - ", "\n  > "], ["$$\n", "\t", "\n\t", "\n\t- ", "\n-\t", "\n1.\t"]
texts = st.lists(st.sampled_from([*PIECES, *QUOTES]), max_size=30) | st.lists(
    st.sampled_from([*PIECES, *TABS]), max_size=30
)


def plain(tokens: list[Token]) -> list[dict[str, Any]]:
    return [dict(token.as_dict()) for token in tokens]


def both(text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The tokens of the blocks of a text: ours, and those that the same rules give as the library asks them."""
    md: MarkdownIt = copy.copy(engine(Dialect()))
    ours = md.block.parse(text, md, {}, [])
    md.block, rules = ParserBlock(), md.block.ruler
    md.block.ruler = rules
    state = StateBlock(text, md, {}, [])
    md.block.tokenize(state, 0, state.lineMax)
    return plain(ours or []), plain(state.tokens)


@settings(max_examples=400, deadline=None)
@given(texts.map("".join))
@example("- a\n- b\n\n- c\n\nd")
@example("* **a**: b\n* c\n    * d\n    * e\n\n\n* f\n+ g")
@example("1. a\n2. b\n10) c\nd\n1. e")
@example("- a\n  b\n- - - c\n- - -\n-\n\n  d")
@example("a:\n- b\n    c\n    - d\n        - e\n      - f")
@example("- a | b\n--|--\n\n* * *\n- # h\n- > q\n- [ ] t")
def test_lists_have_the_tokens_of_the_library(text: str) -> None:
    ours, theirs = both(text)
    assert ours == theirs


@pytest.mark.parametrize("channel", ["zeihanongeopolitics", "lennyspodcast"])
def test_real_notes_have_the_tokens_of_the_library(tubegraph_vault: Path, channel: str) -> None:
    for note in read_vault(locate(tubegraph_vault / channel, None)).sources[:60]:
        assert isinstance(note, Source)
        ours, theirs = both(note.text)
        assert ours == theirs
