"""Search: its dialog on any page, its own page, what it finds and shows, and that any input is data."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Held, OpenPage, WatchedPage, build_folder, serve

FOUND = ".search-entry:not(.search-completions) .search-title"


def searched(page: Page, text: str) -> Locator:
    """Open the dialog and type; returns the results."""
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(text)
    return page.locator(".search-note")


@pytest.fixture(scope="session")
def odd_url(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    vault = tmp_path_factory.mktemp("odd") / "vault"
    notes = {
        "Languages.md": "---\ntags: [code/old, Tools]\n---\nWe wrote it in C++ and then in C#.\n",
        "Plain C.md": "All of it is plain C here, and nothing else.\n",
        "Planes.md": "The F-16 flew. Bombs fell.\n\n## Other planes\n\nA <b>Gripen</b> & (more).\n",
        "talks/Deep/Train.md": "東京都に行く。列車で行く。\n",
        "talks/Phrase one.md": "He had no small sum of money.\n",
        "talks/Phrase two.md": "A small thing. The sum of it is no money.\n",
        "Running.md": "They ran; running is what a runner does. Café au lait.\n",
        "German.md": "---\nlang: de\n---\nDie Häuser an der Straße.\n",
        "Hidden.md": "---\npublish: false\n---\nThe zanzibar secret.\n",
    }
    for name, text in notes.items():
        path = vault / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    out = build_folder(vault, vault.parent / "out" / "under" / "base")
    with serve(out.parent.parent) as url:
        yield f"{url}under/base/"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c++", ["Languages"]),
        ("C#", ["Languages"]),
        ("F-16", ["Planes"]),
        ("f16", ["Planes"]),
        ("bomb", ["Planes"]),
        ("cafe", ["Running"]),
        ("CAFÉ", ["Running"]),
        ("runs", ["Running"]),
        ("東京", ["Train"]),
        ("列車", ["Train"]),
        ("strasse", ["German"]),
        ("Haus", ["German"]),
        ('"small sum of"', ["Phrase one"]),
        ("small sum", ["Phrase one", "Phrase two"]),
        ("money -thing", ["Phrase one"]),
        ("tag:tools", ["Languages"]),
        ("tag:code wrote", ["Languages"]),
        ("tag:code tag:", ["Languages"]),
        ("tag: gripen", ["Planes"]),
        ("folder:deep", ["Train"]),
        ("folder:talks small -folder:deep", ["Phrase one", "Phrase two"]),
        ("(Gripen)", ["Planes"]),
        ("<b>gripen</b>", ["Planes"]),
    ],
)
def test_what_is_asked_is_found(page: WatchedPage, odd_url: str, text: str, found: list[str]) -> None:
    page.goto(f"{odd_url}planes.html")
    searched(page, text)
    for title in found:
        expect(page.locator(FOUND, has_text=title)).to_be_visible()
    expect(page.locator(FOUND)).to_have_count(len(found))


@pytest.mark.parametrize(
    "text", ["(", "++", "<b>", '"', "\\", "*", "-", "tag:", "[[", "%", "&amp;", "'; drop", "a" * 500]
)
def test_any_input_is_data(page: WatchedPage, odd_url: str, text: str) -> None:
    page.goto(f"{odd_url}planes.html")
    searched(page, text)
    sought = re.compile(re.escape("?q=" + quote(text, "!'()*~")) + "$")
    expect(page.locator(".search-more")).to_have_attribute("href", sought)
    expect(page.locator(".search:not(.busy) .search-status, .search-completions")).not_to_have_count(0)
    page.get_by_role("combobox").fill("gripen")
    expect(page.locator(".search-title")).to_have_text(["Planes"])


def test_what_is_not_published_is_not_found(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}search.html?q=zanzibar")
    expect(page.get_by_role("status")).to_contain_text("Nothing is found.")
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_misspelt_word_is_told_and_found(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}search.html?q=langauges")
    expect(page.locator(".search-title")).to_have_text(["Languages"])
    expect(page.get_by_role("status")).to_contain_text("No note says “langauges”; this is for “languages”.")


def test_a_filter_without_a_name_is_no_word(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}planes.html")
    searched(page, "tag:")
    expect(page.locator(".search-completions .search-title")).to_have_text(["tag:code", "tag:code/old", "tag:Tools"])
    expect(page.get_by_role("status")).to_have_text("")
    expect(page.locator(FOUND)).to_have_count(0)


def test_names_of_tags_and_folders_are_offered(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}planes.html")
    searched(page, "tag:co")
    expect(page.locator(".search-completions .search-title")).to_have_text(["tag:code", "tag:code/old"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value("tag:code ")
    expect(page.locator(".search-title")).to_have_text(["Languages"])


# ---- the dialog ---------------------------------------------------------------------------------------


def test_keys_open_choose_and_close(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}planes.html")
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("small sum")
    expect(page.locator(".search-words mark").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    chosen = page.locator('[role="option"][aria-selected="true"]')
    expect(chosen).to_have_count(1)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type("gripen")
    expect(page.locator(".search-title")).to_have_text(["Planes"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{odd_url}planes.html")


def test_return_waits_for_what_was_typed(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}running.html")
    searched(page, "small")
    expect(page.locator(".search-title")).to_have_text(["Phrase one", "Phrase two"])
    page.get_by_role("combobox").fill("gripen")
    page.keyboard.press("Enter")  # before anything is found for it
    expect(page).to_have_url(f"{odd_url}planes.html")


def test_return_opens_nothing_once_the_dialog_is_closed(page: WatchedPage, odd_url: str) -> None:
    held = Held(page, "**/static/search/t/**")
    page.goto(f"{odd_url}running.html")
    searched(page, "gripen")
    page.keyboard.press("Enter")
    expect(page.locator(".search.busy")).to_be_visible()
    held.wait()
    page.get_by_role("button", name="Close").click()
    held.release()
    expect(page.locator(".search-title")).to_have_text(["Planes"])
    expect(page.locator(".search.busy")).to_have_count(0)
    expect(page).to_have_url(f"{odd_url}running.html")


def test_only_words_that_tell_notes_apart_are_marked(page: WatchedPage, zeihan_url: str) -> None:
    page.goto(f"{zeihan_url}search.html?q=is+the+shale+revolution+in+danger")
    marks = page.locator(".search-words mark")
    expect(marks.first).to_be_visible()
    words = {mark.lower() for mark in marks.all_inner_texts()}
    assert "shale" in words
    assert not words & {"is", "the", "in"}


def test_of_notes_none_of_which_has_all_words_those_shown_are_counted(page: WatchedPage, zeihan_url: str) -> None:
    page.goto(f"{zeihan_url}index.html")
    searched(page, "shale navy belgorod inflation netanyahu")
    expect(page.locator(FOUND)).to_have_count(8)
    expect(page.get_by_role("status")).to_have_text("8 notes")


def test_a_slash_in_a_field_is_a_slash(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}notes.html")
    field = page.locator("input[data-list]")
    field.focus()
    page.keyboard.type("a/b")
    expect(field).to_have_value("a/b")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_page_asks_for_no_part_of_the_search_before_it_is_wanted(page: WatchedPage, odd_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{odd_url}planes.html")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/reader/" in url or "/search/" in url]


def test_the_count_is_told_and_all_results_have_a_page(page: WatchedPage, odd_url: str) -> None:
    page.goto(f"{odd_url}planes.html")
    page.locator(".find").click()
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("small")
    expect(page.get_by_role("status")).to_contain_text("2 notes")
    expect(page.get_by_role("option")).to_have_count(4)  # passages come after titles, and move what is below them
    page.locator(".search-more").click()
    expect(page).to_have_url(f"{odd_url}search.html?q=small")
    expect(page.get_by_role("combobox")).to_have_value("small")
    expect(page.locator(".search-title")).to_have_count(2)


# ---- the real notes -----------------------------------------------------------------------------------


def test_a_hit_leads_to_its_section_and_its_moment(page: WatchedPage, zeihan_url: str) -> None:
    page.goto(f"{zeihan_url}search.html?q=shale")
    hit = page.locator(".search-line").first
    expect(hit.locator("mark").first).to_have_text(re.compile("shale", re.I))
    assert re.search(r"\.html(#.+)?$", hit.locator(".search-hit").get_attribute("href") or "")
    stamp = page.locator(".search-line .stamp").first
    expect(stamp).to_be_visible()
    seconds = re.search(r"#t-(\d+)$", stamp.get_attribute("href") or "")
    assert seconds
    stamp.click()
    expect(page.locator(f"#t-{seconds[1]}")).to_be_visible()


def test_titles_come_first(page: WatchedPage, zeihan_url: str) -> None:
    page.goto(f"{zeihan_url}search.html?q=Chinas+demographic+challenges")
    expect(page.locator(".search-title").first).to_have_text("Chinas demographic challenges")


def test_results_are_accessible(
    page: WatchedPage, zeihan_url: str, axe: Callable[..., list[str]], scheme: str, viewport: int
) -> None:
    page.goto(f"{zeihan_url}search.html?q=shale+gas")
    expect(page.locator(".search-words mark").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{zeihan_url}index.html")
    searched(page, "shale gas")
    expect(page.locator(".search-words mark").first).to_be_visible()
    assert axe(page) == []


# ---- other ways ---------------------------------------------------------------------------------------


def test_it_works_from_a_disk(page: WatchedPage, zeihan_site: Path) -> None:
    page.goto((zeihan_site / "index.html").as_uri())
    searched(page, "shale revolution")
    expect(page.locator(".search-title").first).to_have_text("Impact of the Shale Revolution on US industry")
    page.get_by_role("combobox").fill("shale revoluton!")
    expect(page.get_by_role("status")).to_contain_text("this is for “revolution”")
    expect(page.locator(".search-title").first).to_have_text("Impact of the Shale Revolution on US industry")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Impact of the Shale Revolution on US industry")


def test_without_scripts_it_leads_to_the_list_of_notes(open_page: OpenPage, odd_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{odd_url}planes.html")
    page.locator(".find").click()
    page.get_by_role("link", name="All notes by their titles").click()
    expect(page).to_have_url(f"{odd_url}notes.html")
