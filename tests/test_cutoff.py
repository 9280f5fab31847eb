"""After an edit exactly the pages that show it are made again; what comes out is what a clean build makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from sitegen.build import Memo, Result, Settings, build
from sitegen.model import Asset, Theme
from tests.sites import build_notes, default_settings, default_theme, other_theme, site_files, source

NOTES = {
    "a.md": "Opening words of a.\n\nSee [[b]] for this.\n\nSome more words.\n",
    "b.md": "---\ntitle: Bee\n---\n\nOpening words of b.\n\n## Part\n\nIn it.\n",
    "embeds.md": "![[b]]\n",
    "part.md": "![[b#Part]]\n",
    "twice.md": "![[embeds]]\n",
    "dead.md": "Here is [[missing]] and ![[pic.png]].\n",
    "talks/talks.md": "The talks.\n",
    "talks/x.md": "---\nvideoId: T0uYxK66VLU\n---\n\nOf x [1:00].\n\nLast [2:00].\n",
    "talks/y.md": "---\nvideoId: T0uYxK66VLU\n---\n\nOf y [1:00].\n",
    "far.md": "Nothing to do with the others.\n",
}


class Wiki:
    """A vault that is edited and built again with the same memo, and each time compared with a clean build."""

    def __init__(self, notes: dict[str, str]) -> None:
        self.notes, self.assets = dict(notes), list[Asset]()
        self.theme, self.settings = default_theme(), default_settings()
        self.memo = Memo()
        self.result = self.build()

    def build(self) -> Result:
        sources = [source(path, text) for path, text in self.notes.items()]
        self.result = build(sources, self.assets, self.theme, self.settings, self.memo)
        clean = build(sources, self.assets, self.theme, self.settings, Memo())
        assert site_files(self.result) == site_files(clean)
        assert self.result.site.diagnostics == clean.site.diagnostics
        return self.result

    def edit(self, path: str, old: str, new: str) -> Wiki:
        assert old in self.notes[path]
        self.notes[path] = self.notes[path].replace(old, new)
        return self

    def ran(self) -> dict[str, set[str]]:
        """Build; by stage, for what it ran. ``render`` are the pages of notes, ``render_view`` all others; of the search's
        index `test_search` has more to say."""
        self.build()
        stages: dict[str, set[str]] = {}
        for stage, key in _without_search(self.memo):
            stages.setdefault(stage, set()).add(key)
        return stages


@pytest.fixture
def wiki() -> Wiki:
    return Wiki(NOTES)


def test_an_unchanged_vault_makes_nothing(wiki: Wiki) -> None:
    assert wiki.ran() == {}


def test_a_build_remembers_only_what_it_asked_for(wiki: Wiki) -> None:
    text = wiki.notes.pop("far.md")
    wiki.build()
    wiki.notes["far.md"] = text
    assert wiki.ran()["parse"] == {"far.md"}


def test_words_of_a_note_are_its_own_page(wiki: Wiki) -> None:
    one = {"a.md"}
    assert wiki.edit("a.md", "Some more", "Many more").ran() == {
        "parse": one,
        "mentions": one,
        "resolve": one,
        "render": one,
    }


def test_words_of_an_embedded_note_are_its_embedders_too(wiki: Wiki) -> None:
    ran = wiki.edit("b.md", "In it.", "Of it.").ran()
    pages = {"b.md", "embeds.md", "part.md", "twice.md"}
    assert ran == {"parse": {"b.md"}, "mentions": {"b.md"}, "resolve": pages, "render": pages}


def test_an_embedded_part_that_stays_is_not_rendered(wiki: Wiki) -> None:
    wiki.notes["b.md"] += "\n## Other\n\nMore of it.\n"
    wiki.build()
    ran = wiki.edit("b.md", "More of it.", "Less of it.").ran()
    assert ran["render"] == {"b.md", "embeds.md", "twice.md"}  # all but the embedder of the part


def test_a_new_note_heals_a_dead_link_elsewhere(wiki: Wiki) -> None:
    assert [d.path for d in wiki.result.site.diagnostics if d.code == "missing-note"] == ["dead.md"]
    wiki.notes["missing.md"] = "Here it is.\n"
    ran = wiki.ran()
    assert ran["parse"] == {"missing.md"}
    assert ran["render"] == ran["resolve"] == {"missing.md", "dead.md"}
    assert ran["render_view"] == {"index.html", "notes.html", "garden.html"}
    assert [d.code for d in wiki.result.site.diagnostics] == ["missing-embed"]


def test_a_deleted_note_leaves_its_linkers(wiki: Wiki) -> None:
    del wiki.notes["b.md"]
    ran = wiki.ran()
    assert "parse" not in ran
    assert ran["render"] == {"a.md", "embeds.md", "part.md", "twice.md"}
    assert "b.html" not in wiki.result.site.artifacts


def test_a_title_is_its_linkers_that_show_it(wiki: Wiki) -> None:
    ran = wiki.edit("b.md", "title: Bee", "title: Wasp").ran()
    # a.md shows it in the drawing of what is around it, the embedders above what they embed
    assert ran["render"] == {"b.md", "a.md", "embeds.md", "part.md", "twice.md"}
    assert ran["render_view"] == {"index.html", "notes.html", "garden.html"}


def test_the_title_of_a_folders_note_is_in_every_breadcrumb(wiki: Wiki) -> None:
    wiki.notes["talks/talks.md"] = "---\ntitle: Speeches\n---\n\nThe talks.\n"
    ran = wiki.ran()
    assert ran["render"] == {"talks/x.md", "talks/y.md"}
    assert ran["render_view"] == {"index.html", "notes.html", "404.html", "talks/index.html", "videos/T0uYxK66VLU.html"}


def test_a_sentence_that_links_is_quoted_elsewhere(wiki: Wiki) -> None:
    ran = wiki.edit("a.md", "See [[b]] for this.", "Look at [[b]] for that.").ran()
    assert ran["render"] == {"a.md", "b.md"}
    assert "render_view" not in ran


def test_a_new_link_is_both_ends(wiki: Wiki) -> None:
    wiki.notes["far.md"] += "\nBut see [[talks/x]] now.\n"
    ran = wiki.ran()
    assert ran["render"] == {"far.md", "talks/x.md"}


def test_a_stamp_is_read_with_the_other_notes_of_its_video(wiki: Wiki) -> None:
    ran = wiki.edit("talks/x.md", "[2:00]", "[2:30]").ran()
    assert ran["read_video"] == {"T0uYxK66VLU"}
    assert ran["render"] == {"talks/x.md", "talks/y.md"}  # y shows where x cites


def test_lines_that_move_change_no_page_but_the_places_of_problems(wiki: Wiki) -> None:
    wiki.notes["dead.md"] = "\n\n" + wiki.notes["dead.md"]
    ran = wiki.ran()
    assert "index" not in ran and "render" not in ran and "render_view" not in ran
    assert {d.span.line for d in wiki.result.site.diagnostics if d.span} == {3}


def test_a_note_that_becomes_private_is_gone_everywhere(wiki: Wiki) -> None:
    ran = wiki.edit("b.md", "title: Bee", "title: Bee\npublish: false").ran()
    assert ran["render"] == {"a.md", "embeds.md", "part.md", "twice.md"}
    assert not any(b"Bee" in data for data in site_files(wiki.result).values())


def test_a_tag_is_its_pages(wiki: Wiki) -> None:
    wiki.notes["far.md"] += "\n#new\n"
    wiki.build()
    ran = wiki.edit("far.md", "#new", "#newer").ran()
    assert ran["render"] == {"far.md"}
    assert ran["render_view"] == {"tags/index.html", "tags/newer.html"}


def test_a_new_attachment_heals_an_embed_and_its_content_is_no_page(wiki: Wiki) -> None:
    wiki.assets = [Asset("pic.png", "1", 1)]
    assert wiki.ran()["render"] == {"dead.md"}
    wiki.assets = [Asset("pic.png", "2", 2)]
    ran = wiki.ran()
    assert not {"parse", "resolve", "render", "render_view"} & ran.keys()
    assert b"'2'" in site_files(wiki.result)["pic.png"]
    wiki.assets.append(Asset("unused.png", "1", 1))
    assert not {"resolve", "render", "render_view"} & wiki.ran().keys()


def test_a_theme_is_every_page_and_nothing_before_it(wiki: Wiki) -> None:
    wiki.theme = other_theme()
    ran = wiki.ran()
    assert ran.keys() == {"render", "render_view"}
    assert ran["render"] == set(NOTES) - {"talks/talks.md"}


def test_the_sites_title_is_every_page(wiki: Wiki) -> None:
    settings: Settings = wiki.settings
    wiki.settings = replace(settings, site=replace(settings.site, title="Other"))
    assert wiki.ran().keys() == {"render", "render_view"}


def test_a_way_to_read_is_every_note(wiki: Wiki) -> None:
    settings: Settings = wiki.settings
    wiki.settings = replace(settings, dialect=replace(settings.dialect, strict_line_breaks=True))
    ran = wiki.ran()
    assert ran.keys() == {"parse"} and ran["parse"] == set(NOTES)  # no note has a break within a paragraph


def test_one_word_of_a_real_wiki(zeihan_vault: Path) -> None:
    notes = {path.name: path.read_text("utf-8") for path in sorted(zeihan_vault.glob("*.md"))}
    memo, theme = Memo(), default_theme()
    build_notes(notes, memo=memo, theme=theme)
    seed = "russian_military_reliance_on_foreign_support.md"
    assert notes[seed].count("ballistic missiles") == 1
    notes[seed] = notes[seed].replace("ballistic missiles", "ballistic rockets")
    build_notes(notes, memo=memo, theme=theme)
    video = "videos/T0uYxK66VLU.html"  # where the sentence is quoted
    pages = [("resolve", seed), ("render", seed), ("video_files", video), ("render_view", video)]
    assert _without_search(memo) == [("parse", seed), ("mentions", seed), *pages]
    # "missiles" is said elsewhere in the note, once less now; "rockets" once more
    assert {key for stage, key in memo.ran if stage == "search cells"} <= {"mi", "ro"}
    build_notes(notes, memo=memo, theme=_same(theme))
    assert memo.ran == []


def _without_search(memo: Memo) -> list[tuple[str, str]]:
    return [(stage, key) for stage, key in memo.ran if stage not in ("search cells", "search_file")]


def _same(theme: Theme) -> Theme:
    """A theme read again: equal, another object."""
    return replace(theme)
