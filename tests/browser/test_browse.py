"""The drawer of folders, the keys of every page, lists in order: by mouse, by keyboard, without scripts, from a disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, serve
from tests.conftest import run_build, write

NOTE = "talks/the_keepers_night_watch.html"
DEEP = "plants/trees/oak.html"
WIKI = {
    "sitegen.toml": 'title = "Wiki"\n',
    "Start.md": "---\ndate: 2026-01-05\n---\n\nSee [[Oak]].\n",
    "plants/trees/Oak.md": "---\ndate: 2026-02-01\ntags: [wood]\n---\n\nSee [[Ash]] and [[Elm]].\n",
    "plants/trees/Ash.md": "---\ndate: 2026-03-01\ntags: [wood]\n---\n\nSee [[Oak]] and [[Elm]].\n",
    "plants/trees/Yew.md": "---\ntags: [wood/dark]\n---\n\nAlone.\n",
    "plants/Moss?.md": "Moss, with a mark in its name.\n",
    **{f"many/Note {number:04}.md": "Text.\n" for number in range(420)},
    **{f"a/b/Leaf {number}.md": f"Asks for [[Root {number}]].\n" for number in range(40)},
}
Axe = Callable[..., list[str]]


def built(vault: Path, out: Path) -> Path:
    assert run_build(vault, out, "-j", "1", "--no-cache").exit_code == 0
    return out


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wiki")
    write(folder / "vault", WIKI)
    return built(folder / "vault", folder / "out" / "at" / "a" / "path")


@pytest.fixture(scope="module")
def wiki_url(wiki: Path) -> Iterator[str]:
    """Where it is served, below a base path."""
    with serve(wiki.parent.parent.parent) as url:
        yield f"{url}at/a/path/"


def opened(page: Page) -> Locator:
    """The drawer, opened by its button and filled."""
    page.get_by_role("button", name="Browse").click()
    drawer = page.get_by_role("dialog", name="Browse")
    expect(drawer.locator(".tree .row").first).to_be_visible()
    return drawer


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent")
    return text


# ---- the drawer ------------------------------------------------------------------------------------


def test_the_drawer_opens_at_this_note(page: Page, viewport: int, scheme: str, wiki_url: str, axe: Axe) -> None:
    page.goto(wiki_url + DEEP)
    drawer = opened(page)
    current = drawer.locator("[aria-current=page]")
    expect(current).to_have_text("Oak")
    expect(current).to_be_focused()
    expect(current).to_be_in_viewport()
    assert drawer.get_by_role("button", expanded=True).all_inner_texts() == ["Plants", "Trees"]
    assert drawer.get_by_role("link", name="Page of the folder Trees, 3 notes").get_attribute("href") == (
        wiki_url + "plants/trees/index.html"
    )
    box = drawer.bounding_box()
    assert box is not None and box["height"] == pytest.approx(page.evaluate("innerHeight"), abs=0.01)
    assert box["width"] == pytest.approx(viewport if viewport < 600 else 384, abs=0.01)
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="Browse")).to_be_focused()


def test_only_what_is_open_is_fetched_and_it_is_remembered(page: Page, wiki_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(wiki_url + "start.html")
    assert not any("/browse/" in url or "browse." in url for url in asked)
    drawer = opened(page)
    data = [url for url in asked if "/browse/tree/" in url]
    assert data == [wiki_url + "browse/tree/index.js"]
    drawer.get_by_role("button", name="Plants").click()
    drawer.get_by_role("button", name="Trees").click()
    drawer.get_by_role("link", name="Yew").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yew")
    page.goto(wiki_url + "many/index.html")
    drawer = opened(page)
    expect(drawer.get_by_role("link", name="Yew")).to_be_visible()
    drawer.get_by_role("button", name="Plants").click()
    expect(drawer.get_by_role("link", name="Yew")).to_be_hidden()
    page.reload()
    drawer = opened(page)
    expect(drawer.get_by_role("button", name="Plants", expanded=False)).to_be_visible()


def test_a_folder_of_many_notes_opens_the_run_of_this_one(page: Page, wiki_url: str) -> None:
    page.goto(wiki_url + "many/note-0321.html")
    drawer = opened(page)
    expect(drawer.locator("[aria-current=page]")).to_have_text("Note 0321")
    expect(drawer.get_by_role("button", name="Note 0250 – Note 0419", expanded=True)).to_be_attached()
    expect(drawer.locator("a.row")).to_have_count(170 + 1)  # and the note beside the folders
    expect(drawer.get_by_role("button", name="Note 0000 – Note 0249", expanded=False)).to_be_attached()


def test_the_drawer_by_keyboard(page: Page, wiki_url: str) -> None:
    page.goto(wiki_url + "start.html")
    page.keyboard.press("b")
    drawer = page.get_by_role("dialog", name="Browse")
    expect(drawer.locator("[aria-current=page]")).to_be_focused()
    for key, there in [
        ("Home", "A"),
        ("End", "Start"),
        ("ArrowUp", "Plants"),
        ("ArrowRight", "Plants"),
    ]:
        page.keyboard.press(key)
        assert focused(page) == there
    expect(drawer.get_by_role("link", name="Moss?")).to_be_visible()
    for key, there in [("ArrowRight", "Trees"), ("ArrowDown", "Moss?"), ("ArrowLeft", "Plants")]:
        page.keyboard.press(key)
        assert focused(page) == there
    page.keyboard.press("ArrowLeft")
    expect(drawer.get_by_role("link", name="Moss?")).to_be_hidden()
    for _ in range(12):  # nothing behind the drawer can be reached
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_a_press_beside_the_drawer_closes_it(page: Page, wiki_url: str) -> None:
    page.goto(wiki_url + DEEP)
    drawer = opened(page)
    page.mouse.click(1000, 500)
    expect(drawer).to_be_hidden()


def test_from_a_disk(page: Page, wiki: Path) -> None:
    page.goto((wiki / "plants" / "trees" / "ash.html").as_uri())
    drawer = opened(page)
    expect(drawer.locator("[aria-current=page]")).to_have_text("Ash")
    drawer.get_by_role("link", name="Moss?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moss?")
    page.goto((wiki / "garden.html").as_uri())
    page.get_by_role("button", name="Show more of 41").first.click()
    expect(page.locator("#wanted-list > li")).to_have_count(41)


def test_from_right_to_left(open_page: OpenPage, tmp_path: Path, axe: Axe) -> None:
    write(tmp_path / "vault", {"sitegen.toml": 'language = "ar"\n', "أ/ب.md": "نص [[ج]].\n", "أ/ج.md": "نص.\n"})
    with serve(built(tmp_path / "vault", tmp_path / "out")) as url:
        page = open_page()
        page.goto(url + "أ/ب.html")
        page.keyboard.press("b")
        drawer = page.locator("dialog.browse[open]")
        expect(drawer.locator("[aria-current=page]")).to_be_focused()
        page.wait_for_function("() => document.getAnimations().every(a => a.playState === 'finished')")
        box = drawer.bounding_box()
        assert box is not None and box["x"] + box["width"] == pytest.approx(1440, abs=0.01)
        page.keyboard.press("ArrowRight")  # outwards
        assert focused(page) == "أ"
        assert axe(page) == []


def test_without_scripts_folder_pages_do(open_page: OpenPage, viewport: int, wiki_url: str) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": viewport, "height": 900})
    page.goto(wiki_url + "index.html")
    assert page.get_by_role("button").count() == 0
    page.get_by_role("main").get_by_role("link", name="Plants").click()
    page.get_by_role("main").get_by_role("link", name="Trees").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trees")
    page.get_by_role("link", name="Oak").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oak")
    crumbs = page.get_by_role("navigation", name="Breadcrumb").get_by_role("link")
    assert crumbs.all_text_contents() == ["Plants", "Trees"]
    page.goto(wiki_url + "garden.html")
    assert page.get_by_text("The first 30 of 41 are shown.").is_visible()


# ---- keys ------------------------------------------------------------------------------------------


def test_the_keys(page: Page, viewport: int, scheme: str, site_url: str, axe: Axe) -> None:
    page.goto(site_url + "writing/callouts.html")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    assert "Browse folders and notes" in dialog.inner_text()
    assert "Play or pause" not in dialog.inner_text()
    assert axe(page) == []
    page.keyboard.press("b")
    expect(page.locator("dialog[open]")).to_have_count(1)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_keys_leave_writers_and_the_browser_alone(page: Page, site_url: str) -> None:
    page.goto(site_url + "notes.html")
    page.locator("#filter").press_sequentially("b?")
    assert page.locator("#filter").input_value() == "b?"
    page.locator("#filter").blur()
    for modifier in ("Control", "Alt", "Meta"):
        page.keyboard.press(f"{modifier}+b")
    page.keyboard.press("Shift+B")
    assert page.locator("dialog").count() == 0
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    assert page.locator("dialog").count() == 1


def test_the_breadcrumbs_of_a_phone_show_where_the_keyboard_is(open_page: OpenPage, wiki_url: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(wiki_url + DEEP)
    crumb = page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Trees")
    crumb.focus()
    box = crumb.bounding_box()
    assert box is not None and box["height"] > 12 and box["width"] > 20
    hit = page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", [box["x"] + 5, box["y"] + 8])
    assert hit == "Trees"


@pytest.mark.parametrize("url", [NOTE, "index.html", "talks/index.html", "tags/index.html", "recent.html"])
def test_whatever_has_the_focus_shows_it(page: Page, viewport: int, url: str, site_url: str) -> None:
    page.goto(site_url + url)
    for _ in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
            return e === document.body || (s.outlineStyle !== 'none' && b.width > 4 && b.height > 4) || e.outerHTML.slice(0, 200); }"""
        )
        assert shown is True


# ---- lists ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["plants/trees/index.html", "tags/wood.html"])
def test_folders_and_tags_in_other_orders(page: Page, url: str, wiki_url: str) -> None:
    page.goto(wiki_url + url)
    titles = page.locator("#note-list > li > a")
    assert titles.all_inner_texts() == ["Ash", "Oak", "Yew"]
    page.get_by_role("button", name="Latest first").click()
    assert titles.all_inner_texts() == ["Ash", "Oak", "Yew"]
    page.get_by_role("button", name="Most linked").click()
    assert titles.all_inner_texts() == ["Oak", "Ash", "Yew"]
    assert page.get_by_role("button", name="Most linked").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="Most moments").count() == 0  # there are none
    page.reload()
    assert titles.all_inner_texts() == ["Ash", "Oak", "Yew"]


def test_what_is_far_down_a_long_list_is_there(page: Page, viewport: int, wiki_url: str, axe: Axe) -> None:
    page.goto(wiki_url + "many/index.html")
    last = page.locator("#note-list > li").last.get_by_role("link")
    last.focus()
    expect(last).to_be_in_viewport()
    box = last.bounding_box()
    assert last.inner_text() == "Note 0419" and box is not None and box["height"] > 12
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    assert axe(page) == []
    heights = "[...document.querySelectorAll('#note-list > li')].map((row) => row.getBoundingClientRect().height)"
    page.emulate_media(media="print")
    assert min(page.evaluate(heights)) > 12


def test_recent_changes_and_the_garden(page: Page, viewport: int, scheme: str, wiki_url: str, axe: Axe) -> None:
    page.goto(wiki_url + "recent.html")
    months = page.get_by_role("heading", level=2).all_inner_texts()
    assert months == ["March 2026", "February 2026", "January 2026"]
    assert axe(page) == []
    page.get_by_role("link", name="Garden").click()
    page.wait_for_url("**/garden.html")  # with its scripts
    wanted = page.get_by_role("region", name="Wanted notes").locator("#wanted-list > li")
    expect(wanted).to_have_count(30)
    page.get_by_role("region", name="Wanted notes").get_by_role("button", name="Show more of 41").click()
    expect(wanted).to_have_count(41)
    expect(wanted.nth(30).locator("a").first).to_be_focused()
    assert wanted.nth(40).inner_text().startswith("Root 9")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport


@pytest.fixture(scope="module")
def large_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("large")
    notes = {f"{letter} {number:03}.md": "Text.\n" for letter in ("Ärger", "bee", "Sea") for number in range(700)}
    write(folder / "vault", {**notes, "日本.md": "Text.\n"})
    with serve(built(folder / "vault", folder / "out")) as url:
        yield url


def test_finding_a_title_among_very_many(page: Page, viewport: int, large_url: str, axe: Axe) -> None:
    page.goto(large_url + "notes.html#filter")
    field = page.get_by_label("Find a note by how its title begins")
    expect(field).to_be_focused()
    assert len(page.content()) < 12_000
    found = page.locator("#found-notes a")
    field.fill("arger 69")
    expect(found).to_have_count(10)
    expect(page.locator(".filter-count")).to_have_text("10 notes")
    assert axe(page) == []
    field.fill("日")
    expect(found).to_have_text(["日本"])
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("日本")
    page.goto(large_url + "notes.html")
    page.get_by_role("navigation", name="Letters").get_by_role("link", name=re.compile("S")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("All notes:")
    page.wait_for_load_state()  # with its scripts
    page.get_by_label("Find a note by its title").fill("699")
    expect(page.locator("#all-notes li:visible")).to_have_count(1)
    assert axe(page) == []
    page.get_by_role("link", name="Sea 699").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sea 699")


# ---- sizes of text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("url", [NOTE, "index.html", "talks/index.html", "notes.html", "recent.html", "garden.html"])
def test_text_twice_as_large_is_all_there(open_page: OpenPage, width: int, url: str, site_url: str) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(site_url + url)
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync('html { font-size: 32px }');
        document.adoptedStyleSheets = [sheet]; }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for tool in page.locator(".bar :is(button, .find):visible").all():
        box = tool.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.keyboard.press("b")
    expect(page.locator("dialog.browse .row").first).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('dialog nav')].every(e => e.scrollWidth <= e.clientWidth)")
