"""Plain text is read in one pass; it must become what the inline parser's tokens make of the same text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sitegen.disk.site import locate
from sitegen.disk.read import read_vault
from sitegen.model import Note, Source
from sitegen.stages.parse import Dialect, parse
from tests.sites import source

# A rule that is not known, and could match anything, so that all text goes through the inline parser.
TOKENS_ONLY = Dialect(plugins=(f"{__name__}:unknown_rule",))

STAMP = '<a class="yt-timestamp" data-t="01:43:00">[01:43:00]</a>'
PIECES = [
    " ", " ", " ", "word", "Word", ". ", ", ", "; ", ".", ",", "!", "?", '"', ")", "(", "–", " – ", "-", "5", "_", "a_b", "=", "==", "#", " #",
    "#tag", "^", "^[", "!", "![", "&", "&amp;", "& ", "&#38;", "<", ">", "<b>", "**", "**", "**bold**", " **bold:** ", "*", "_em_", "`", "~~",
    "[[note]]", "[[note]]", "[[note | label]]", "[[a#b|c & d < e]]", "[[#h]]", "[[ | x]]", "[[|x]]", "[[^b]]", "[[1:02]]", "[[", "]]", "[", "]",
    "[[note|\u00a0x]]", "[x](y)", "[1:02]", "[1:02:03]", "[99:99]", "[1:75]", "[01:02:03:04]", "[1:02](y)", "[0:41:30 | 0:42:26]", STAMP, STAMP,
    STAMP.replace("[01:43:00]", ""), STAMP.replace("01:43:00", "1:2:3:4:5"), STAMP.replace("01:43:00", ":::"), STAMP.replace("</a>", ""),
    "\u00a0", "\t", "\n", "\\", "://", "www.a.b", "a@b.c", "$5", "Mr. ", "。", "數", "é", "e\u0301", "\u2060", "\ufeff", "\x1f", "€", "|",
]  # fmt: skip
runs = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)


def unknown_rule(md: MarkdownIt) -> None:
    md.inline.ruler.push("unknown", lambda state, silent: False)


def assert_same(plain: Note, tokens: Note) -> None:
    assert plain.body == tokens.body
    assert plain.facts == tokens.facts
    assert [link.span for link in plain.facts.links] == [link.span for link in tokens.facts.links]
    assert [stamp.span for stamp in plain.facts.stamps] == [stamp.span for stamp in tokens.facts.stamps]
    assert plain.diagnostics == tokens.diagnostics


@given(runs, st.sampled_from(["", "- ", "> ", "## ", "> [!note] "]), st.booleans())
@example(f"[[a]]{STAMP}{STAMP}.", "", True)
@example(f"**a**{STAMP}, [[b]]", "", True)
@example(f" {STAMP} – {STAMP}. c", "- ", True)
@example("[[a|b]] R&D 5 > 3 & a_b **c:** d", "", False)
def test_plain_text_is_read_as_its_tokens_are(text: str, lead: str, has_video: bool) -> None:
    front = "---\nvideoId: T0uYxK66VLU\n---\n" if has_video else ""
    note = source("a.md", f"{front}First.\n\n{lead}{text}\n\n| a | b |\n|--|--|\n| {text} | x |\n")
    assert_same(parse(note, Dialect()), parse(note, TOKENS_ONLY))


@pytest.mark.parametrize("channel", ["3blue1brown", "zeihanongeopolitics"])
def test_real_notes_are_read_alike(tubegraph_vault: Path, channel: str) -> None:
    sources: tuple[Source, ...] = read_vault(locate(tubegraph_vault / channel, None)).sources
    assert len(sources) > 20
    for note in sources[:150]:
        assert_same(parse(note, Dialect()), parse(note, TOKENS_ONLY))
