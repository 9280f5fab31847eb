"""The graph page as a reader meets it: drawn, filtered, searched, listed; without scripts, and without WebGL."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import serve, until
from tests.conftest import run_build, write

Axe = Callable[..., list[str]]
TIDE = "talks/the_rule_of_twelfths.html"
TIDE_TITLE = "The rule of twelfths"


def drawn(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function("() => document.querySelector('.network').dataset.ready !== undefined")


def picture(page: Page) -> bytes:
    return page.locator(".network-stage").screenshot()


def other_than(page: Page, before: bytes) -> None:
    """Wait until the picture is another."""
    until(page, lambda: picture(page) != before)


def place(page: Page, address: str) -> dict[str, float]:
    """Where a note stands in the window."""
    found: dict[str, float] = page.evaluate(
        """async (address) => {
            const drawing = document.querySelector(".network-stage").drawing;
            const { x, y } = drawing.place(address);
            const box = document.querySelector(".network-stage").getBoundingClientRect();
            return { x: x + box.x, y: y + box.y };
        }""",
        address,
    )
    return found


def settled(page: Page) -> None:
    """Wait until the camera rests."""
    page.wait_for_function("() => document.querySelector('.network-stage').drawing.rests()")


# ---- all of it ----------------------------------------------------------------------------------------------


def test_the_graph_is_drawn_and_has_nothing_for_axe(
    page: Page, scheme: str, viewport: int, site_url: str, axe: Axe
) -> None:
    drawn(page, site_url + "graph.html")
    expect(page.locator(".network-picture")).to_be_hidden()
    assert page.locator(".network-stage canvas").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    box = page.locator(".network-stage").bounding_box()
    assert box and box["height"] > 300 and box["width"] > viewport * 0.55
    assert axe(page) == []
    page.get_by_text("Filters and colours").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    assert axe(page) == []


@pytest.mark.parametrize("view", ["list", "note"])
def test_list_and_card_have_nothing_for_axe(
    page: Page, scheme: str, viewport: int, view: str, site_url: str, axe: Axe
) -> None:
    drawn(page, site_url + ("graph.html#&view=list" if view == "list" else f"graph.html#{TIDE}"))
    expect(page.locator(".network-list a, .network-card a").first).to_be_attached()
    if view == "list":
        page.locator(".network-list summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    assert axe(page) == []


def test_no_inline_code_in_the_file(demo_site: Path) -> None:
    html = (demo_site / "graph.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]* src=)(?![^>]*ld\+json)|<style|\sstyle=|\son[a-z]+=", html)


# ---- choosing a note ----------------------------------------------------------------------------------------


def test_a_local_graph_leads_to_its_note_in_the_whole(page: Page, viewport: int, site_url: str) -> None:
    page.goto(site_url + TIDE)
    page.get_by_role("link", name="Open in the graph").click()
    card = page.locator(".network-card")
    expect(card.get_by_role("heading", name=TIDE_TITLE)).to_be_visible()
    expect(card.locator(".card-opening")).to_be_visible()
    settled(page)
    at, box = place(page, TIDE), card.bounding_box()
    assert box
    inside = box["x"] < at["x"] < box["x"] + box["width"] and box["y"] < at["y"] < box["y"] + box["height"]
    assert not inside, "the card covers the note it is about"
    card.get_by_role("link", name="Open note").click()
    expect(page).to_have_url(site_url + TIDE)


def test_a_click_tells_of_a_note_and_back_takes_it_away(page: Page, site_url: str) -> None:
    drawn(page, site_url + "graph.html")
    at = place(page, TIDE)
    page.mouse.move(at["x"], at["y"])
    expect(page.locator(".network-stage")).to_have_class(re.compile("is-faded"))
    page.mouse.click(at["x"], at["y"])
    card = page.locator(".network-card")
    expect(card.get_by_role("heading", name=TIDE_TITLE)).to_be_visible()
    expect(page).to_have_url(site_url + "graph.html#" + TIDE)
    other = card.locator("li a").first
    title = other.inner_text()
    other.click()
    expect(card.locator(".card-title")).to_have_text(title)
    page.go_back()
    expect(card.get_by_role("heading", name=TIDE_TITLE)).to_be_visible()
    page.go_back()
    expect(card).to_be_hidden()
    page.go_forward()
    expect(card.get_by_role("heading", name=TIDE_TITLE)).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    expect(page).to_have_url(site_url + "graph.html")


def test_search_finds_a_note_by_keyboard(page: Page, viewport: int, site_url: str) -> None:
    drawn(page, site_url + "graph.html")
    field = page.get_by_role("combobox", name="Find a note")
    field.fill("RULE twel")
    expect(page.locator("#network-found [role=option]")).to_have_count(1)
    field.press("Enter")
    expect(page.locator(".network-card .card-title")).to_have_text(TIDE_TITLE)
    expect(page.locator(".network-card .card-title")).to_be_focused()  # so that it is told, and what is in it is next
    page.keyboard.press("Tab")
    expect(page.locator(".network-card .card-open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".network-card")).to_be_hidden()
    field.fill("<b>(c++")
    expect(page.locator("#network-found [role=option]")).to_have_count(0)


# ---- filters ------------------------------------------------------------------------------------------------


def test_filters_by_folder_tag_and_distance_stand_in_the_address(page: Page, demo_site: Path, site_url: str) -> None:
    data = json.loads((demo_site / "graph-data.js").read_text("utf-8").partition(",")[2].rpartition(")")[0])
    talks = data["folders"].index("Talks")
    drawn(page, site_url + "graph.html")
    page.get_by_text("Filters and colours").click()
    before = picture(page)
    page.get_by_label("Folder").select_option(str(talks))
    status = page.get_by_role("status")
    expect(status).to_have_text(f"{data['folder'].count(talks)} of {len(data['x'])} notes")
    expect(page).to_have_url(site_url + "graph.html#&folder=Talks")
    other_than(page, before)
    name, steps = next(tag for tag in data["tags"] if tag[0] == "sea")
    page.get_by_label("Folder").select_option("-1")
    expect(status).to_be_empty()
    page.get_by_label("Tag").select_option(name)
    expect(status).to_contain_text(f"of {len(data['x'])} notes")
    assert int(status.inner_text().split()[0]) >= len(steps)
    page.reload()
    expect(page.get_by_role("status")).to_contain_text(f"of {len(data['x'])} notes")
    drawn(page, site_url + f"graph.html#{TIDE}&distance=1")
    page.reload()
    expect(page.locator(".network-card .card-title")).to_have_text(TIDE_TITLE)
    near = int(page.get_by_role("status").inner_text().split()[0])
    drawn(page, site_url + f"graph.html#{TIDE}&distance=2")
    page.reload()
    expect(page.locator(".network-card .card-title")).to_have_text(TIDE_TITLE)
    assert 1 < near < int(page.get_by_role("status").inner_text().split()[0])


def test_a_folder_is_shown_with_those_below_it(page: Page, tmp_path: Path) -> None:
    notes = {"d.md": "x\n", "work/2022/a.md": "x\n", "home/2022/b.md": "x\n", "home/2022/deep/c.md": "x\n"}
    write(tmp_path / "vault", notes)
    assert run_build(tmp_path / "vault", tmp_path / "out").exit_code == 0
    with serve(tmp_path / "out") as url:
        drawn(page, url + "graph.html")
        page.get_by_text("Filters and colours").click()
        folders = page.get_by_label("Folder")
        names = [" ".join(name.split()) for name in folders.locator("option").all_inner_texts()]
        assert names == [
            "All folders", "Vault (1)", "Home (2)", "Home / 2022 (2)", "Deep (1)", "Work (1)", "Work / 2022 (1)"
        ]  # fmt: skip
        folders.select_option(index=2)
        expect(page.get_by_role("status")).to_have_text("2 of 4 notes")
        folders.select_option(index=6)
        expect(page.get_by_role("status")).to_have_text("1 of 4 notes")
        expect(page).to_have_url(url + "graph.html#&folder=work/2022")
        folders.select_option(index=1)
        expect(page.get_by_role("status")).to_have_text("1 of 4 notes")
        page.reload()
        expect(page.get_by_role("status")).to_have_text("1 of 4 notes")
        expect(page.locator(".network-legend li")).to_have_count(4)
        page.get_by_role("button", name="List").click()
        expect(page.locator(".network-title")).to_have_text(["D"])


def test_the_legend_filters_and_colours_may_mean_links(page: Page, site_url: str) -> None:
    drawn(page, site_url + "graph.html")
    page.locator(".network-legend").get_by_role("button", name=re.compile("Talks")).click()
    expect(page.get_by_role("status")).to_contain_text(" of ")
    expect(page.get_by_role("button", name=re.compile("Talks"))).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=re.compile("Talks")).click()
    expect(page.get_by_role("status")).to_be_empty()
    page.get_by_text("Filters and colours").click()
    before = picture(page)
    page.get_by_role("button", name="By links").click()
    expect(page).to_have_url(re.compile("colour=group"))
    expect(page.locator(".network-legend button")).to_have_count(0)
    other_than(page, before)


# ---- moving about -------------------------------------------------------------------------------------------


def test_keys_and_buttons_move_the_picture(page: Page, site_url: str) -> None:
    drawn(page, site_url + "graph.html")
    stage = page.get_by_role("application")
    stage.focus()
    settled(page)
    start = place(page, TIDE)
    stage.press("ArrowRight")
    settled(page)
    assert place(page, TIDE)["x"] < start["x"]
    stage.press("ArrowDown")
    settled(page)
    assert place(page, TIDE)["y"] < start["y"]
    stage.press("0")
    settled(page)
    back = place(page, TIDE)
    assert abs(back["x"] - start["x"]) < 2 and abs(back["y"] - start["y"]) < 2
    page.get_by_role("button", name="Zoom in").click()
    settled(page)
    wide = place(page, "index.html"), place(page, TIDE)
    stage.press("-")
    settled(page)
    narrow = place(page, "index.html"), place(page, TIDE)
    assert abs(wide[0]["x"] - wide[1]["x"]) > abs(narrow[0]["x"] - narrow[1]["x"])


def test_the_list_of_keys_has_those_of_the_graph(page: Page, site_url: str, axe: Axe) -> None:
    drawn(page, site_url + "graph.html")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Move the picture")
    expect(dialog).to_contain_text("Zoom in")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.goto(site_url + "tags/index.html")
    page.keyboard.press("?")
    expect(dialog).not_to_contain_text("Move the picture")


def test_the_scheme_is_followed_while_one_looks(page: Page, site_url: str) -> None:
    drawn(page, site_url + "graph.html")
    before = picture(page)
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    settled(page)
    other_than(page, before)


def test_forced_colours_leave_names_to_be_read(open_page: Callable[..., Page], site_url: str) -> None:
    """In a contrast theme all text has one colour; a drawing made of it would be black on black."""
    page = open_page(forced_colors="active")
    drawn(page, site_url + "graph.html")
    page.wait_for_function(
        """() => {
            const canvas = document.querySelector(".sigma-labels");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            const found = [0, 0];
            for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) found[data[at] > 127 ? 1 : 0]++;
            return Math.min(...found) > 100;
        }"""
    )  # pixels of letters, and of what sets them off
    shown = page.locator(".network-legend :is(button, span)").evaluate_all(
        "(all) => new Set(all.map((each) => getComputedStyle(each, '::before').backgroundColor)).size"
    )
    assert shown > 2


def test_fingers_drag_and_pinch(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    drawn(page, site_url + "graph.html")
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        client.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]},
        )

    settled(page)
    start = place(page, TIDE)
    touch("touchStart", (200, 500))
    touch("touchMove", (230, 520))
    touch("touchMove", (260, 540))
    touch("touchEnd")
    settled(page)
    assert place(page, TIDE)["x"] > start["x"] + 20
    spread = abs(place(page, "index.html")["x"] - place(page, TIDE)["x"])
    touch("touchStart", (180, 500), (220, 500))
    touch("touchMove", (140, 500), (260, 500))
    touch("touchMove", (100, 500), (300, 500))
    touch("touchEnd")
    settled(page)
    assert abs(place(page, "index.html")["x"] - place(page, TIDE)["x"]) > spread * 1.5


# ---- the list -----------------------------------------------------------------------------------------------


def test_the_list_has_the_same_notes_and_grows(page: Page, zeihan_url: str) -> None:
    drawn(page, zeihan_url + "graph.html#&view=list")
    rows = page.locator(".network-list ol > li")
    expect(rows).to_have_count(60)
    page.locator(".network-more").scroll_into_view_if_needed()
    expect(rows).not_to_have_count(60)
    page.get_by_role("combobox", name="Find a note").fill("russian military reliance")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("1 of 491 notes")
    rows.first.locator("summary").click()
    expect(rows.first.get_by_role("heading", name="Linked from")).to_be_visible()
    rows.first.get_by_role("link", name=re.compile("in the graph")).click()
    expect(page.locator(".network-card .card-title")).to_have_text("Russian military reliance on foreign support")


# ---- without ------------------------------------------------------------------------------------------------


def test_without_scripts_there_is_a_picture_with_links(
    open_page: Callable[..., Page], viewport: int, site_url: str, axe: Axe
) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": viewport, "height": 844})
    page.goto(site_url + "graph.html")
    expect(page.locator(".network-picture svg a").first).to_be_visible()
    expect(page.locator(".network-search, .network-stage, .network-zoom")).to_have_count(3)
    for hidden in (".network-search", ".network-stage", ".network-zoom", ".network-card", ".network-list"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("link", name="All notes").first).to_be_visible()
    name = page.locator(".network-picture text").first.bounding_box()
    assert name is not None and name["height"] > 12  # one can read it
    page.locator(".network-picture a").last.click()
    expect(page.locator("article.note, main h1").first).to_be_visible()


def test_without_webgl_there_are_a_list_and_the_picture(page: Page, viewport: int, site_url: str, axe: Axe) -> None:
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest); }"
    )
    drawn(page, site_url + "graph.html")
    expect(page.get_by_text("This browser cannot draw the whole graph")).to_be_visible()
    expect(page.locator(".network-list ol > li").first).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Graph", exact=True).click()
    expect(page.locator(".network-picture svg")).to_be_visible()
    assert axe(page) == []


def test_it_opens_from_a_disk(open_page: Callable[..., Page], demo_site: Path) -> None:
    page = open_page()
    drawn(page, (demo_site / "graph.html").as_uri() + f"#{TIDE}")
    expect(page.locator(".network-card .card-title")).to_have_text(TIDE_TITLE)
    page.locator(".network-card li a").first.click()
    expect(page.locator(".network-card .card-title")).not_to_have_text(TIDE_TITLE)


def test_a_language_the_browser_does_not_know_has_a_list_too(page: Page, tmp_path: Path) -> None:
    """``de-1`` looks like a tag of a language, and is none."""
    write(tmp_path / "vault", {"sitegen.toml": 'language = "de-1"\n', "Zebra.md": "[[Ape]]\n", "Ape.md": "x\n"})
    assert run_build(tmp_path / "vault", tmp_path / "out").exit_code == 0
    with serve(tmp_path / "out") as url:
        drawn(page, url + "graph.html#&view=list")
        expect(page.locator(".network-title")).to_have_text(["Ape", "Zebra"])
