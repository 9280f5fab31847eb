"""The text of a note, section by section, as search and others who look for words read it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sitegen.build import build
from sitegen.memo import Memo
from sitegen.model import Artifact, Pages, Prose, ProseSection, SiteInfo, Vault
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.text import prose_of
from tests.sites import default_settings, default_theme, site_files, source

FRONT = "---\nvideoId: T0uYxK66VLU\n---\n"


def prose(text: str) -> Prose:
    note = parse(source("a.md", text), Dialect())
    return prose_of(note.facts, note.body)


def only(text: str) -> str:
    (section,) = prose(text).sections
    return section.text


def test_words_of_links_marks_and_lists_are_text() -> None:
    text = only("See [[b|the *b*]] & **so**.\n\n- one\n- two\n\n> [!note] Mind\n> this\n")
    assert text == "See the b & so.\none\ntwo\nMind\nthis"


@pytest.mark.parametrize(
    "hidden",
    ["%%secret%%", "<!-- secret -->", "![[secret]]", "![secret](secret.png)", "<script>secret</script>", "$secret$"],
)
def test_what_no_words_of_the_note_show_is_no_text(hidden: str) -> None:
    assert only(f"One {hidden} two.").split() == ["One", "two."]


def test_code_is_text_as_it_reads() -> None:
    assert only('```py\nx = "<a>"\n```\n\nUse `a <b>`.\n') == 'x = "<a>"\nUse a <b>.'


def test_attributes_are_no_text() -> None:
    assert only('A <b title="x > y">word</b> here.') == "A word here."


def test_stamps_are_places_in_the_text() -> None:
    (section,) = prose(f"{FRONT}Grain fell [1:00]–[2:00] and rose [3:00].\n").sections
    assert "1:00" not in section.text and "–" not in section.text
    assert [(" ".join(section.text[:place].split()), number) for place, number in section.stamps] == [
        ("Grain fell", 0),
        ("Grain fell", 1),
        ("Grain fell and rose.", 2),
    ]


def test_sections_have_the_ids_of_the_page() -> None:
    found = prose("# a\n\nFirst.\n\n## Part *two* [[x]]\n\nSecond.\n\n### Deep\n").sections
    assert found == (
        ProseSection("", "", "First."),
        ProseSection("part-two-x", "Part two x", "Second."),
        ProseSection("deep", "Deep", ""),
    )


def test_a_stamp_in_a_heading_stands_where_its_section_begins() -> None:
    _, section = prose(f"{FRONT}## Part [1:00]\n\nText [2:00].\n").sections
    assert section.stamps[0] == (0, 0)
    assert section.stamps[1][1] == 1


def test_footnotes_come_last_without_their_numbers() -> None:
    first, notes = prose("Text[^1] goes on[^1].\n\n[^1]: The source.\n").sections
    assert first.text == "Text goes on."
    assert (notes.id, notes.text) == ("fn1", "The source.")


def test_a_tag_is_text_as_it_is_shown() -> None:
    assert only("About #grain/wheat today.") == "About #grain/wheat today."


def test_an_edit_of_words_changes_the_text_and_no_facts() -> None:
    memo = Memo()
    outputs = []
    for words in ("three", "other"):
        text = "An opening that is long enough to be all of the excerpt. " * 10 + f"\n\nOne two {words}.\n"
        build([source("a.md", text)], [], default_theme(), default_settings(), memo)
        outputs.append(memo.tables["parse"].entries["a.md"].outputs)
    (facts, _, text_before, _), (facts_after, _, text_after, _) = outputs
    assert facts.fingerprint == facts_after.fingerprint
    assert text_before.fingerprint != text_after.fingerprint


def test_features_are_told_when_a_text_they_read_is_another() -> None:
    memo, settings = Memo(), replace(default_settings(), features=(words_file,))

    def site(text: str) -> dict[str, bytes]:
        return site_files(
            build([source("a.md", text), source("b.md", "Other.\n")], [], default_theme(), settings, memo)
        )

    assert site("One.\n")["words.txt"] == b"a.md One.|b.md Other."
    assert site("Two.\n")["words.txt"] == b"a.md Two.|b.md Other."


def words_file(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    texts = "|".join(f"{path} {pages.prose(path).sections[0].text}" for path in vault.refs)
    yield Artifact("words.txt", texts.encode())


def test_the_text_of_a_real_note_costs_little(zeihan_vault: Path) -> None:
    paths = sorted(zeihan_vault.rglob("*.md"))
    notes = [parse(source(path.name, path.read_text("utf-8")), Dialect()) for path in paths]
    begin = time.process_time()
    found = [prose_of(note.facts, note.body) for note in notes]
    assert (time.process_time() - begin) / len(notes) < 0.002  # it takes a tenth of this
    for note, text in zip(notes, found, strict=True):
        assert sum(len(section.stamps) for section in text.sections) == len(note.facts.stamps)
        ids = {heading.id for heading in note.facts.headings}
        assert {section.id for section in text.sections} <= {*ids, "", "fn1"}
