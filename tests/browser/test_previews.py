"""What a link leads to, shown beside it: by a pointer that rests, the keyboard, a finger that holds; and when it goes again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, OpenPage, build_folder, serve, until
from tests.browser.provider import box_of

VIDEO = "---\nvideoId: T0uYxK66VLU\n---\n"
OTHER_VIDEO = "---\nvideoId: dQw4w9WgXcQ\n---\n"
NOTES = {
    "index.md": "Home of the wiki.\n",
    "start.md": VIDEO
    + "See [[far/away|the far one]], [[far/away#Middle part]], [[far/away#^sum]], [[talk]], [[far/away#t-125|a moment]], "
    "[[same]], [[rich]], [[#Below]], [out](https://example.org/) and [[missing]].[^1]\n\nIt plays [1:00].\n\n[^1]: The small print.\n\n"
    + "A line.\n\n" * 40
    + "## Below\n\nDown here is [[far/away|another way]].\n",
    "far/away.md": OTHER_VIDEO + "![[pic.svg]]\n\nFar away **things** are small, says [[talk]]. [0:30]\n\nA second paragraph.\n\n"
    "## First part\n\nOf the first.\n\n## Middle part\n\nOf the middle, with a picture:\n\n![[pic.svg]]\n\n### Deeper\n\nInside it.\n\n"
    "## Last part\n\nNothing of this. It was said before [2:00]. Then came the storm. [2:05] And it went.\n\n- one\n- the sum ^sum\n",
    "talk.md": OTHER_VIDEO + "Words that are **quite** short.\n",
    "same.md": VIDEO + "Said of the same video [1:10].\n",
    "rich.md": "> [!tip] Mind\n> the gap\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b onclick=\"x()\" id=\"bold\">bold</b> `code`\n\n![](https://example.org/spy.png)\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small site."""
    vault = tmp_path_factory.mktemp("previews") / "vault"
    for name, text in NOTES.items():
        (vault / name).parent.mkdir(parents=True, exist_ok=True)
        (vault / name).write_text(text, "utf-8")
    (vault / "pic.svg").write_bytes((ROOT / "content" / "Attachments" / "lighthouse.svg").read_bytes())
    return build_folder(vault, vault.parent / "public")


@pytest.fixture(scope="module")
def url(wiki: Path) -> Iterator[str]:
    with serve(wiki) as address:
        yield address


def rest_on(page: Page, text: str) -> Locator:
    """Rest the pointer on a link; gives the preview."""
    card = page.locator(".preview")
    page.mouse.move(1, 1)
    expect(card).to_have_count(0)
    page.locator(".prose").get_by_role("link", name=text, exact=True).first.hover()
    expect(card).to_be_visible()
    return card


# ---- what it shows --------------------------------------------------------------------------------------


def test_the_beginning_of_a_note_with_its_picture(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url + "start.html")
    assert not any("preview" in address or "floating" in address or "away" in address for address in asked)
    card = rest_on(page, "the far one")
    assert card.locator(".preview-title").inner_text() == "Away"
    assert "Far away things are small" in card.inner_text() and "Of the first" not in card.inner_text()
    page.wait_for_function("() => document.querySelector('.preview img')?.naturalWidth > 0")
    assert card.locator("img").get_attribute("loading") == "lazy"
    assert re.search(r"\d+ words", card.locator(".preview-facts").inner_text())
    assert card.locator("[id]:not(#preview-text)").count() == 0
    assert card.get_by_role("link", name="talk").get_attribute("href") == url + "talk.html"
    once = len(asked)
    rest_on(page, "talk")
    rest_on(page, "the far one")
    assert asked[once:] == [url + "talk.html"]  # a page is fetched once


@pytest.mark.parametrize(
    ("link", "shows", "hides"),
    [
        ("away > Middle part", ["Middle part", "Of the middle", "Inside it."], ["Of the first", "Nothing of this"]),
        ("away > sum", ["the sum"], ["one", "Nothing"]),
        ("Below", ["Down here is"], ["A line"]),
    ],
)
def test_the_part_that_an_address_names(page: Page, url: str, link: str, shows: list[str], hides: list[str]) -> None:
    page.goto(url + "start.html")
    found = page.locator(".prose .link").filter(has_text=re.compile(re.escape(link).replace(r"\ >\ ", ".*")))
    page.mouse.move(1, 1)
    found.first.hover()
    expect(page.locator(".preview")).to_be_visible()
    text = page.locator(".preview").inner_text()
    assert all(words in text for words in shows), text
    assert not any(words in text for words in hides), text


def test_a_moment_has_its_sentence_marked_and_leads_to_its_own_page(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    card = rest_on(page, "a moment")
    assert card.locator("mark").all_inner_texts() == [" Then came the storm.\u00a0"]
    stamp = card.locator(".stamp.on")
    assert stamp.inner_text() == "2:05"
    assert stamp.get_attribute("href") == url + "far/away.html?t=125"
    stamp.click()
    page.wait_for_url("**/far/away.html?t=125")


def test_a_moment_of_this_pages_video_plays_here(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    assert rest_on(page, "same").locator(".stamp").get_attribute("data-seconds") == "70"


def test_a_footnote(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    page.locator(".footnote-ref a").hover()
    expect(page.locator(".preview")).to_contain_text("The small print.")


def test_nothing_in_it_acts_or_asks_another_host(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    card = rest_on(page, "rich")
    assert "the gap" in card.inner_text()
    page.wait_for_function("() => [...document.styleSheets].some(sheet => sheet.href?.includes('callouts.css'))")
    assert card.locator("img, script, iframe, style, [onclick], [style]:not(.preview)").count() == 0


def test_links_that_lead_elsewhere_have_none(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    rest_on(page, "talk")  # the tool is there
    page.mouse.move(1, 1)
    expect(page.locator(".preview")).to_have_count(0)
    for other in (".external", ".prose .stamp", ".link-missing", ".brand"):
        page.locator(other).first.hover()
        page.wait_for_timeout(600)
        assert page.locator(".preview").count() == 0, other


# ---- how it comes and goes -----------------------------------------------------------------------------------


def test_it_stays_under_the_pointer_and_goes_when_left(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    card = rest_on(page, "the far one")
    card.hover()
    page.wait_for_timeout(600)
    expect(card).to_be_visible()
    page.mouse.move(1, 1)
    expect(card).to_have_count(0)


def test_passing_over_a_link_asks_for_nothing(page: Page, url: str) -> None:
    asked: list[str] = []
    page.clock.install(time="2026-01-01")
    page.goto(url + "start.html")
    page.clock.pause_at("2026-01-02")
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="the far one").hover()
    page.mouse.move(1, 1)
    page.clock.run_for(2000)
    assert page.locator(".preview").count() == 0
    assert not any("away" in address or "preview" in address for address in asked)


def test_escape_closes_it_and_so_does_a_press(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    card = rest_on(page, "the far one")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    rest_on(page, "talk")
    page.mouse.move(5, 500)
    page.mouse.down()
    expect(card).to_have_count(0)


def test_the_keyboard_has_it_too(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    link = page.get_by_role("link", name="the far one")
    link.focus()  # by a script: as the keyboard would
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    card = page.get_by_role("dialog", name="Preview of Away")
    expect(card).to_be_visible()
    expect(link).to_be_focused()
    expect(link).to_have_accessible_description(re.compile("Far away things"))
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(link).to_be_focused()
    assert link.get_attribute("aria-describedby") is None
    page.keyboard.press("Tab")
    expect(page.locator(".preview")).to_contain_text("Of the middle")
    page.keyboard.press("Tab")
    expect(page.locator(".preview")).not_to_contain_text("Of the middle")


def test_it_stays_within_the_window(page: Page, viewport: int, url: str) -> None:
    if viewport < 600:
        pytest.skip("a phone has no pointer")
    page.goto(url + "start.html")
    link = page.get_by_role("link", name="another way")
    link.scroll_into_view_if_needed()
    page.evaluate(
        "scrollTo(0, document.querySelector('#below + p').getBoundingClientRect().bottom + scrollY - innerHeight + 4)"
    )
    link.hover()
    card = page.locator(".preview")
    expect(card).to_be_visible()
    expect(card).to_have_attribute("data-side", re.compile("^top"))
    page.wait_for_function("() => document.querySelector('.preview img')?.naturalWidth > 0")
    until(page, lambda: box_of(card)["y"] + box_of(card)["height"] <= box_of(link)["y"])  # a picture moves it
    box = box_of(card)
    assert box["y"] >= 0
    assert box["x"] >= 0 and box["x"] + box["width"] <= viewport


def test_nothing_for_axe_to_find_while_it_is_open(
    page: Page, scheme: str, viewport: int, url: str, axe: Callable[..., list[str]]
) -> None:
    page.goto(url + "start.html")
    if viewport < 600:
        hold(page, page.get_by_role("link", name="the far one"))
    else:
        rest_on(page, "the far one")
    page.locator(".preview").evaluate("card => Promise.all(card.getAnimations().map(it => it.finished))")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport


def test_links_of_the_drawing_have_previews_without_a_second_tip(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    link = page.locator(".graph a").first
    name = link.locator("title").text_content()
    link.hover()
    expect(page.locator(".preview")).to_be_visible()
    assert link.locator("title").count() == 0
    assert link.get_attribute("aria-label") == name
    page.mouse.move(1, 1)
    expect(page.locator(".preview")).to_have_count(0)
    assert link.locator("title").text_content() == name


def test_print_and_reduced_motion(open_page: OpenPage, url: str) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(url + "start.html")
    card = rest_on(page, "the far one")
    assert card.evaluate("card => getComputedStyle(card).animationName") == "none"
    page.emulate_media(media="print")
    assert not card.is_visible()


# ---- fingers, disks, scripts off ------------------------------------------------------------------------------


def hold(page: Page, link: Locator) -> None:
    """Hold a finger on a link until a preview is there."""
    page.evaluate("document.fonts.ready")  # they move what is below
    box = box_of(link)
    session = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 8, "y": box["y"] + 8}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.locator(".preview")).to_be_visible()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def phone(open_page: OpenPage) -> Any:
    return open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


def test_a_held_link_brings_up_a_sheet_away_from_the_finger(phone: Page, url: str) -> None:
    phone.goto(url + "start.html")
    link = phone.get_by_role("link", name="the far one")
    at = link.bounding_box()
    hold(phone, link)
    sheet = phone.get_by_role("dialog", name="Preview of Away")
    expect(sheet).to_be_focused()
    sheet.evaluate("sheet => Promise.all(sheet.getAnimations().map(it => it.finished))")
    assert phone.url == url + "start.html"
    box = sheet.bounding_box()
    assert box and at
    assert not box["y"] < at["y"] + 8 < box["y"] + box["height"]
    assert box["width"] == 390
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_have_count(0)
    hold(phone, link)
    sheet.get_by_role("link", name="Open").tap()
    phone.wait_for_url("**/far/away.html")


def test_a_tap_follows_the_link_and_asks_for_no_preview(phone: Page, url: str) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.clock.install(time="2026-01-01")
    phone.goto(url + "start.html")
    phone.clock.pause_at("2026-01-02")  # however long this machine takes to lift the finger
    phone.get_by_role("link", name="the far one").tap()
    phone.wait_for_url("**/far/away.html")
    assert not any("preview" in address for address in asked)


def test_a_tap_beside_the_sheet_closes_it(phone: Page, url: str) -> None:
    phone.goto(url + "start.html")
    hold(phone, phone.get_by_role("link", name="the far one"))
    if phone.locator(".preview-above").count():
        phone.touchscreen.tap(200, 820)
    else:
        phone.locator("h1").tap()
    expect(phone.locator(".preview")).to_have_count(0)
    assert phone.url == url + "start.html"


def test_from_a_disk_only_what_is_on_the_page(open_page: OpenPage, wiki: Path) -> None:
    page = open_page()
    page.goto((wiki / "start.html").as_uri())
    page.get_by_role("link", name="the far one").hover()
    page.wait_for_timeout(700)
    assert page.locator(".preview").count() == 0
    page.locator(".footnote-ref a").hover()
    expect(page.locator(".preview")).to_contain_text("The small print.")


def test_an_edit_drops_what_was_kept(page: Page, url: str) -> None:
    page.goto(url + "start.html")
    card = rest_on(page, "talk")
    page.evaluate("document.dispatchEvent(new CustomEvent('sitegen:patching'))")
    expect(card).to_have_count(0)
    page.evaluate("document.dispatchEvent(new CustomEvent('sitegen:changed'))")
    with page.expect_request("**/talk.html"):
        rest_on(page, "talk")
