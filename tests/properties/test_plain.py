"""Plain text is read in one pass, plain front matter without YAML: they must become what the long way makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sitegen.disk.read import read_vault
from sitegen.disk.site import locate
from sitegen.model import Note, Source
from sitegen.stages.frontmatter import PropertiesError, load
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.yaml_block import LOADER
from tests.sites import source

# A rule that is not known, and could match anything, so that all text goes through the inline parser.
TOKENS_ONLY = Dialect(plugins=(f"{__name__}:unknown_rule",))

STAMP = '<a class="yt-timestamp" data-t="01:43:00">[01:43:00]</a>'
WORDS = [" ", " ", " ", "word", "Word", "5", "數", "é", "e\u0301", "$5", "Mr. ", "a_b", "€"]
SIGNS = [
    ". ", ", ", "; ", ".", ",", "!", "?", '"', ")", "(", "–", " – ", "-", "_", "=", "==", "#", " #", "#tag", "^", "^[", "!", "![",
    "$", "$x$", " $", "$ ", "$$", "$1,", "%", "%%",
    "&", "&amp;", "& ", "&#38;", "<", ">", "<b>", "**", "**", "**bold**", " **bold:** ", "*", "_em_", "`", "~~", "\u00a0", "\t",
    "\n", "\\", "://", "www.a.b", "a@b.c", "。", "\u2060", "\ufeff", "\x1f", "|",
]  # fmt: skip
LINKS = [
    "[[note]]", "[[note]]", "[[note | label]]", "[[a#b|c & d < e]]", "[[#h]]", "[[ | x]]", "[[|x]]", "[[^b]]", "[[1:02]]",
    "[[", "]]", "[", "]", "[[note|\u00a0x]]", "[x](y)",
    "[[n|IS*S]]", "[[n | **b** ]]", "[[n|`c`]]", "[[n|_e_ f_g]]", "[[n|==h==]]",
]  # fmt: skip
STAMPS = [
    "[1:02]", "[1:02:03]", "[99:99]", "[1:75]", "[01:02:03:04]", "[1:02](y)", "[0:41:30 | 0:42:26]", STAMP, STAMP, STAMP,
    STAMP.replace("[01:43:00]", ""), STAMP.replace("01:43:00", "1:2:3:4:5"), STAMP.replace("01:43:00", ":::"),
    STAMP.replace("</a>", ""),
]  # fmt: skip
PIECES = [*WORDS, *SIGNS, *LINKS, *STAMPS]
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


FRONT = [
    "title", "a-b", "é", "5", ": ", ":", " ", "x", "two words", "#", " #", "'", '"', "null", "~", "- ", "[", "\n", "\n", "\t", "...", "|",
    "\u00a0",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRONT), min_size=2, max_size=12).map("".join))
@example("title: Some words: more")
@example("title: 12:30 # no\nx: null")
@example("a: b\n  c")
def test_plain_front_matter_is_what_yaml_says(block: str) -> None:
    try:
        pairs = load(block)
    except PropertiesError:
        return
    said = yaml.load(block, LOADER) if pairs else None
    if isinstance(said, dict) and all(isinstance(value, str) for value in said.values()):
        assert {name: value or "" for name, value, _ in pairs} == {
            _text(name).strip(): _text(value) for name, value in said.items()
        }


def _text(value: str) -> str:
    """YAML's nothing is no text, though the loader that keeps all as text says its name."""
    return "" if value in ("null", "~") else value
