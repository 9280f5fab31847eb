"""What else a note's page names: notes that mention it without a link, and notes that are like it, with the reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from sitegen.build import Memo, Result, build
from sitegen.model import Mentions
from sitegen.stages.mentions import own_names
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.text import prose_of
from tests.sites import build_notes, default_settings, default_theme, site_files, source

VIDEO = "---\nvideoId: T0uYxK66VLU\n---\n"


def mentions(notes: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """By note, who mentions it and with which words."""
    memo = Memo()
    build_notes(notes, memo=memo)
    entries = memo.tables["mentioned"].entries if "mentioned" in memo.tables else {}
    found = {p: memo.get(e.outputs[0], Mentions, p) for p, e in entries.items()}
    return {p: [(b.ref.path, s.link) for b in m.notes for s in b.sentences] for p, m in found.items()}


def named(title: str, text: str, properties: str = "") -> list[str]:
    """The words with which a text mentions a note of this title."""
    notes = {"it.md": f'---\ntitle: "{title}"\n{properties}---\nIts own text says {title}.\n', "other.md": text + "\n"}
    return [words for _, words in mentions(notes).get("it.md", [])]


# ---- mentions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text", "words"),
    [
        ("Grain trade", "So the grain trade grew.", ["grain trade"]),
        ("Grain trade", "GRAIN TRADE and more", ["GRAIN TRADE"]),
        ("Grain trade", "The grain traders left.", []),
        ("Grain trade", "The grain\ntrade, wrapped.", ["grain trade"]),
        ("Russia", "It was Russia's, not Belorussia's.", ["Russia"]),
        ("F-16", "An F-16 flew, and an f-16.", ["F-16"]),
        ("Q1", "In Q1 it rained.", []),
        ("F-16 fighter", "An F-16 fighter flew.", ["F-16 fighter"]),
        ("NATO", "They left NATO and the nato.", ["NATO"]),
        ("US", "The US and us.", ["US"]),
        ("C++", "In C++, not C.", ["C++"]),
        ("Café Müller", "Im Café Müller saß sie.", ["Café Müller"]),
        ("Straße", "An der STRASSE, an der Straße.", ["Straße"]),
        ("İstanbul", "In İstanbul it rained.", ["İstanbul"]),
        ("東京", "昨日は東京に行った。", ["東京"]),
        ("한국", "저는 한국에서 왔습니다.", ["한국"]),
        ("The", "The end of the day.", []),
        ("2022", "It was 2022.", []),
        ("Notes", "See the notes.", []),
        ("To do", "A lot to do.", []),
        ("War", "A war.", []),
        ("x", "An x here.", []),
    ],
)
def test_what_counts_as_a_name(title: str, text: str, words: list[str]) -> None:
    assert named(title, text) == words


def test_an_alias_is_a_name() -> None:
    assert named("Grain trade", "Of wheat commerce.", "aliases: [wheat commerce]\n") == ["wheat commerce"]


def test_decomposed_text_names_composed_titles() -> None:
    assert named("Café Müller", "Im Cafe\u0301 Mu\u0308ller.") == ["Café Müller"]


@pytest.mark.parametrize(
    "text",
    [
        "Of `grain trade` alone.",
        "```\ngrain trade\n```",
        "Of $grain trade$ alone.",
        "%%grain trade%%",
        "Of [the grain trade](https://example.org/) elsewhere.",
        "Of [[Wheat|the grain trade]] too.",
        "Of [[the grain trade|the `grain` and grain trade]], not written.",
        'Of <a href="https://example.org/">the grain trade</a>.',
        "The grain trade, see [[it]].",
        "The grain trade, see [this](it.md).",
        "---\nrelated: '[[it]]'\n---\nThe grain trade.",
        "---\ndraft: true\n---\nThe grain trade.",
    ],
)
def test_what_is_no_mention(text: str) -> None:
    assert named("Grain trade", text) == []


def test_addresses_and_tags_are_links() -> None:
    assert named("Danio", "See https://example.org/danio and #danio, and #fish/danio.") == []


def test_words_around_and_after_a_link_are_mentions() -> None:
    text = (
        "See [the `code` grain trade](https://example.org/), `x` and the grain trade, or [this](https://example.org/)."
    )
    assert named("Grain trade", text) == ["grain trade"]
    notes = {"it.md": "---\ntitle: Grain trade\n---\n", "other.md": text + "\n"}
    page = site_files(build_notes(notes))["it.html"].decode()
    assert "<p>See the code grain trade, x and the <mark>grain trade</mark>, or this.</p>" in page


def test_code_beside_a_mention_stays_in_its_sentence() -> None:
    notes = {"grain trade.md": "x\n", "b.md": "Use `grain trade` é for the grain trade.\n"}
    assert mentions(notes) == {"grain trade.md": [("b.md", "grain trade")]}
    page = site_files(build_notes(notes))["grain-trade.html"].decode()
    assert "<p>Use grain trade é for the <mark>grain trade</mark>.</p>" in page


def test_an_unpublished_note_is_never_named() -> None:
    notes = {"a.md": "---\ntitle: Grain trade\npublish: false\n---\n", "b.md": "The grain trade.\n"}
    assert mentions(notes) == {}


def test_a_name_of_two_notes_names_neither_and_the_longer_name_is_meant() -> None:
    twice = {"one/Harvest.md": "x\n", "two/harvest.md": "y\n", "b.md": "The harvest.\n"}
    assert mentions(twice) == {}
    within = {"grain.md": "x\n", "grain trade.md": "y\n", "b.md": "The grain trade.\n", "c.md": "Grain grew.\n"}
    assert mentions(within) == {"grain.md": [("c.md", "Grain")], "grain trade.md": [("b.md", "grain trade")]}


def test_a_page_shows_them_folded_with_the_words_marked_and_a_total() -> None:
    notes = {"grain trade.md": "x\n"} | {
        f"n{n:02}.md": f"Number {n} of the <b>grain</b> trade & more.\n" for n in range(15)
    }
    page = site_files(build_notes(notes))["grain-trade.html"].decode()
    (part,) = re.findall(r'<details id="mentions".*?</details>', page, re.DOTALL)
    assert "Mentioned in 15 notes without a link" in part and "and in 3 more" in part
    assert "<p>Number 0 of the <mark>grain trade</mark> &amp; more.</p>" in part
    assert part.count("<li>") == 12


def test_settings_switch_them_off() -> None:
    settings = default_settings()
    off = replace(settings, options=replace(settings.options, mentions=False, related=False))
    notes = {
        "grain trade.md": "x [[t]]\n",
        "b.md": "The grain trade. [[t]] [[u]]\n",
        "c.md": "[[t]] [[u]]\n",
        "t.md": "",
        "u.md": "",
    }
    on = site_files(build_notes(notes))
    without = site_files(build_notes(notes, settings=off))
    assert b'id="mentions"' in on["grain-trade.html"] and b'id="related"' in on["b.html"]
    assert not any(b'id="mentions"' in data or b'id="related"' in data for data in without.values())


def test_code_is_known_by_its_place() -> None:
    note = parse(source("a.md", "Use `a <b>` [1:00] and `c`.\n\n```\nd\n```\n"), Dialect())
    (section,) = prose_of(note.facts, note.body).sections
    assert [section.text[start:end] for start, end in section.apart] == ["a <b>", "c", "d"]


def test_names_are_kept_as_they_are_looked_for() -> None:
    assert own_names("a.md", "Grain  Trade", ["NATO", "grain trade", "the", "IRAN"]) == ("grain trade", "NATO", "IRAN")


# ---- edits: each build with a memo equals a clean one --------------------------------------------------------


class Wiki:
    def __init__(self, notes: dict[str, str]) -> None:
        self.notes, self.memo, self.theme = notes, Memo(), default_theme()
        self.build()

    def build(self) -> Result:
        sources = [source(path, text) for path, text in self.notes.items()]
        result = build(sources, [], self.theme, default_settings(), self.memo)
        clean = build(sources, [], self.theme, default_settings(), Memo())
        assert site_files(result) == site_files(clean)
        return result

    def ran(self, **edits: str) -> dict[str, set[str]]:
        self.notes |= {f"{name}.md": text for name, text in edits.items()}
        self.build()
        stages: dict[str, set[str]] = {}
        for stage, key in self.memo.ran:
            stages.setdefault(stage, set()).add(key)
        return stages


@pytest.fixture
def wiki() -> Wiki:
    return Wiki(
        {
            "grain.md": "---\ntitle: Grain trade\n---\nOf it.\n",
            "steel.md": "---\ntitle: Steel works\n---\nOf them.\n",
            "a.md": "The grain trade grew.\n",
            "b.md": "The steel works grew. So did rice fields.\n",
            "c.md": "Nothing at all.\n",
        }
    )


def test_a_word_that_changes_no_mention_is_its_own_page(wiki: Wiki) -> None:
    ran = wiki.ran(c="Nothing, really.\n")
    assert ran["mentions"] == ran["resolve"] == {"c.md"}


def test_a_new_mention_is_the_page_of_the_note_that_is_mentioned(wiki: Wiki) -> None:
    assert wiki.ran(c="Of the grain trade.\n")["resolve"] == {"c.md", "grain.md"}
    assert wiki.ran(c="Of the [[grain|grain trade]].\n")["render"] == {"c.md", "grain.md"}
    assert wiki.ran(a="The steel works grew.\n")["render"] == {"a.md", "grain.md", "steel.md"}


def test_a_new_name_is_looked_for_where_its_words_are(wiki: Wiki) -> None:
    ran = wiki.ran(rice="---\ntitle: Rice fields\n---\n")
    assert ran["mentions"] == {"rice.md", "b.md"}
    ran = wiki.ran(rice="---\ntitle: Nothing at all\naliases: [The grain trade grew]\n---\n")
    assert ran["mentions"] == {"rice.md", "b.md", "a.md", "c.md"}
    del wiki.notes["rice.md"]
    assert wiki.ran()["mentions"] == {"a.md", "c.md"}


def test_a_name_that_becomes_another_notes_too(wiki: Wiki) -> None:
    wiki.ran(rice="---\ntitle: grain trade\n---\n")
    wiki.ran(rice="---\ntitle: grain trade\npublish: false\n---\n")
    wiki.ran(grain="---\ntitle: Grain\naliases: [grain trade grew]\n---\nThe grain and the grain trade grew.\n")
    wiki.ran(c="---\naliases: [grain trade]\n---\nGrain.\n")


def test_many_new_names_at_once(wiki: Wiki) -> None:
    wiki.notes |= {f"more{n}.md": f"---\ntitle: Number {n} of rice fields\n---\nRice fields.\n" for n in range(60)}
    wiki.ran(rice="---\ntitle: Rice fields\n---\n")


# ---- related notes ---------------------------------------------------------------------------------------------


def related(notes: Mapping[str, str], path: str) -> list[tuple[str, str]]:
    """The notes that the page of a note names as like it, with the reasons."""
    page = site_files(build_notes(notes))[path].decode()
    part = re.findall(r'<section id="related".*?</section>', page, re.DOTALL)
    found = re.findall(r">([^<]*)</a>\s*<small>([^<]*)</small>", part[0]) if part else []
    return [(unescape(title), unescape(reason)) for title, reason in found]


def test_notes_that_link_to_the_same() -> None:
    notes = {"a.md": "[[t]] [[u]]\n", "b.md": "[[u]] [[t]]\n", "c.md": "[[t]]\n", "t.md": "", "u.md": "", "far.md": ""}
    assert related(notes, "a.html") == [("B", "Both link to U and T")]
    assert related(notes, "t.html") == [("U", "Named together in A and B")]
    assert related(notes, "far.html") == []


def test_linked_notes_and_those_of_the_same_video_are_named_elsewhere() -> None:
    notes = {"a.md": "[[t]] [[u]] [[b]]\n", "b.md": "[[u]] [[t]]\n", "t.md": "", "u.md": ""}
    assert related(notes, "a.html") == related(notes, "b.html") == []
    video = {"a.md": VIDEO + "[[t]] [[u]]\n", "b.md": VIDEO + "[[u]] [[t]]\n", "t.md": "", "u.md": ""}
    assert related(video, "a.html") == []


def test_what_many_link_to_says_nothing() -> None:
    notes = {f"n{n}.md": "[[hub]] [[pole]]\n" for n in range(60)} | {"hub.md": "", "pole.md": ""}
    assert related(notes, "n0.html") == []


def test_rare_words_of_titles() -> None:
    notes = {"Lighthouse lenses explained.md": "", "On lighthouse lenses.md": "", "Lighthouse keepers.md": ""}
    assert related(notes, "lighthouse-lenses-explained.html") == [
        ("On lighthouse lenses", "Similar words: lenses, lighthouse")
    ]


def test_only_neighbours_of_a_new_link_are_made_again() -> None:
    far = {"p.md": "[[q]] [[r]]\n", "q.md": "", "r.md": "", "s.md": "[[r]] [[q]]\n"}
    wiki = Wiki({"a.md": "[[t]] [[u]]\n", "b.md": "[[t]]\n", "t.md": "", "u.md": "", **far})
    assert wiki.ran(b="[[t]] [[u]]\n")["render"] == {"a.md", "b.md", "t.md", "u.md"}
    assert wiki.ran(b="Words. [[t]] [[u]]\n")["render"] <= {"b.md", "t.md", "u.md"}


def test_real_notes_have_both(zeihan_vault: Path) -> None:
    notes = {path.name: path.read_text("utf-8") for path in sorted(zeihan_vault.glob("*.md"))}
    memo = Memo()
    result = build_notes(notes, memo=memo)
    found = {p: memo.get(e.outputs[0], Mentions, p) for p, e in memo.tables["mentioned"].entries.items()}
    by = {b.ref.path: b for b in found["hamas_attacks_on_israel.md"].notes}
    assert "Hamas attacks on Israel" in by["us_policy_shift_in_the_middle_east.md"].sentences[0].link
    likes = result.vault.places["limitations_of_lithium_as_a_battery_material.md"].related
    assert likes[0].ref.title == "Material requirements for EV manufacturing"
    assert [ref.title for ref in likes[0].shared] == ["Lithium processing and supply chain requirements"]
    assert all(len(place.related) <= 6 for place in result.vault.places.values())
