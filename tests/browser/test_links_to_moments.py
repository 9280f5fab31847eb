"""Addresses that open at a moment, copying one from a stamp, and coming back to where one left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page, Request

from tests.browser.conftest import Held
from tests.browser.provider import (
    NOTE,
    answer_for,
    at_rest,
    box_of,
    lit,
    play,
    provider_frame,
    query,
    talked_out,
    visit,
    wait_for_command,
)

pytestmark = pytest.mark.allow_hosts("www.youtube-nocookie.com")


# ---- ?t= and #t- --------------------------------------------------------------------------------------


def test_the_address_cues_and_asks_nobody(page: Page, asked: list[Request], viewport: int, zeihan_url: str) -> None:
    visit(page, f"{zeihan_url}{NOTE}?t=218")
    page.locator("#t-218.on").wait_for()
    page.wait_for_load_state("networkidle")
    assert asked == []
    poster = page.locator(".poster")
    assert page.locator(".poster-from").inner_text() == "Play from 3:38 on YouTube"
    assert poster.get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=218s"
    assert page.locator(".position").text_content() == "3:38"
    poster.click()
    provider_frame(page)
    assert [query(request)["start"] for request in asked] == ["218"]


@pytest.mark.parametrize(
    ("written", "start"), [("103s", 103), ("1m43s", 103), ("1:43", 103), ("0:01:43", 103), ("230", 230)]
)
def test_times_in_an_address_as_people_write_them(
    page: Page, asked: list[Request], written: str, start: int, zeihan_url: str
) -> None:
    visit(page, f"{zeihan_url}{NOTE}?t={written}")
    page.locator(".poster").click()
    provider_frame(page)
    assert query(asked[0])["start"] == str(start)


def test_an_anchor_cues_too(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, f"{zeihan_url}{NOTE}#t-239")
    assert lit(page) == ["3:59"]
    assert page.locator(".poster-from").inner_text() == "Play from 3:59 on YouTube"
    page.evaluate("location.hash = '#t-519'")
    page.locator("#t-519.on").wait_for()
    assert asked == []
    # Opened and paused, it waits there by the player's own means; while it plays, a link in the page moves only the page.
    page.locator(".poster").click()
    frame = provider_frame(page)
    assert query(asked[0])["start"] == "519"
    frame.evaluate("window.become(2)")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.evaluate("location.hash = '#t-103'")
    wait_for_command(frame, "cueVideoById")
    page.locator("#t-103.on").wait_for()
    frame.evaluate("window.become(1)")
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.evaluate(
        """() => new Promise((done) => {
          addEventListener("hashchange", done, {once: true});
          location.hash = "#t-239";
        })"""
    )
    talked_out(frame)
    assert lit(page) == ["1:43"]


# ---- copying -------------------------------------------------------------------------------------------


@pytest.fixture
def clipboard(open_page: Callable[..., Page]) -> Page:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    answer_for(page)
    return page


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_stamp_copies_its_link(clipboard: Page, zeihan_url: str) -> None:
    page = clipboard
    visit(page, f"{zeihan_url}{NOTE}?t=103#linked")
    at_rest(page)
    page.locator("#t-239").hover()
    button = page.get_by_role("button", name="Copy link to 3:59")
    button.click()
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    assert copied(page) == f"{zeihan_url}{NOTE}?t=239"
    # It goes by itself, and when the pointer rests on nothing it does not come.
    page.mouse.move(5, 5)
    page.locator(".copy-link").wait_for(state="detached")
    assert page.locator("iframe").count() == 0
    visit(page, copied(page))
    assert lit(page) == ["3:59"]


def test_a_mouse_that_left_before_the_script_was_there_is_offered_nothing(clipboard: Page, zeihan_url: str) -> None:
    script = Held(clipboard, "**/player/share.js*")
    visit(clipboard, zeihan_url + NOTE)
    clipboard.locator("#t-103").hover()
    script.wait()
    clipboard.mouse.move(2, 2)
    with clipboard.expect_response("**/player/share.js*"):
        script.release()
    clipboard.wait_for_timeout(900)
    assert clipboard.locator(".copy-link").count() == 0
    clipboard.locator("#t-103").hover()
    clipboard.locator(".copy-link").wait_for()


def test_by_keyboard_the_button_comes_after_its_stamp(clipboard: Page, zeihan_url: str) -> None:
    page = clipboard
    visit(page, zeihan_url + NOTE)
    page.locator("#t-116").focus()
    page.locator(".copy-link").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.ariaLabel") == "Copy link to 1:56"
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    assert copied(page) == f"{zeihan_url}{NOTE}?t=116"
    page.keyboard.press("Escape")
    assert page.locator(".copy-link").count() == 0
    assert page.evaluate("document.activeElement.id") == "t-116"


def test_a_key_copies_the_link_of_the_stamp_in_focus(clipboard: Page, zeihan_url: str) -> None:
    page = clipboard
    visit(page, zeihan_url + NOTE)
    page.locator("#t-376").focus()
    page.keyboard.press("c")
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    assert copied(page) == f"{zeihan_url}{NOTE}?t=376"


def test_without_a_clipboard_for_scripts(clipboard: Page, zeihan_url: str) -> None:
    """On plain http a page has none; the reader's own way to copy remains."""
    page = clipboard
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})")
    visit(page, zeihan_url + NOTE)
    page.evaluate(
        "document.addEventListener('copy', () => (window.copies = getSelection().toString() || document.activeElement.value))"
    )
    page.locator("#t-376").focus()
    page.keyboard.press("c")
    page.get_by_role("status").get_by_text("Link copied").wait_for()
    assert page.evaluate("window.copies") == f"{zeihan_url}{NOTE}?t=376"


def test_a_long_press_offers_the_link_and_does_not_play(open_page: Callable[..., Page], zeihan_url: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    asked = answer_for(page)
    visit(page, zeihan_url + NOTE)
    page.locator("#t-239").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#t-239').scrollIntoView({block: 'center'})")
    box = box_of(page.locator("#t-239"))
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.locator(".copy-link").wait_for()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    assert asked == []
    button = box_of(page.locator(".copy-link"))
    assert button["x"] >= 0 and button["x"] + button["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # A short one plays, as ever.
    page.locator("#t-239").tap()
    provider_frame(page)
    assert query(asked[0])["start"] == "239"


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    return open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


def touch_while_loading(page: Page, stamp: str) -> tuple[CDPSession, Held]:
    """Put a finger on a stamp; what offers its link was asked for by that, and comes when it is released."""
    script = Held(page, "**/share.js*")
    page.locator(stamp).evaluate("(element) => element.scrollIntoView({block: 'center'})")
    box = box_of(page.locator(stamp))
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    script.wait()
    return session, script


@pytest.mark.parametrize("end", ["touchEnd", "touchCancel"])
def test_a_tap_that_ends_before_the_script_is_there_offers_no_link(phone: Page, end: str, zeihan_url: str) -> None:
    asked = answer_for(phone)
    visit(phone, zeihan_url + NOTE)
    session, script = touch_while_loading(phone, "#t-239")
    session.send("Input.dispatchTouchEvent", {"type": end, "touchPoints": []})
    if end == "touchEnd":
        provider_frame(phone)
    with phone.expect_response("**/share.js*"):
        script.release()
    phone.wait_for_timeout(1000)
    assert phone.locator(".copy-link").count() == 0
    assert [query(request)["start"] for request in asked] == (["239"] if end == "touchEnd" else [])


def test_a_first_press_that_lasts_offers_the_link_once_the_script_is_there(phone: Page, zeihan_url: str) -> None:
    asked = answer_for(phone)
    visit(phone, zeihan_url + NOTE)
    session, script = touch_while_loading(phone, "#t-239")
    phone.wait_for_timeout(200)
    script.release()
    phone.get_by_role("button", name="Copy link to 3:59").wait_for()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_timeout(300)
    assert phone.locator(".copy-link").count() == 1
    assert asked == []


def test_taps_with_the_script_there_offer_no_link(phone: Page, zeihan_url: str) -> None:
    answer_for(phone)
    visit(phone, zeihan_url + NOTE)
    phone.locator("#t-239").tap()
    provider_frame(phone)
    phone.locator("#t-239").tap()
    phone.wait_for_timeout(1000)
    assert phone.locator(".copy-link").count() == 0


# ---- where the reader left ------------------------------------------------------------------------------


def test_the_position_is_remembered_and_offered(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    assert page.locator(".resume").count() == 0
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230.7)")
    page.locator("#t-228.on").wait_for()
    visit(page, zeihan_url + NOTE)
    assert lit(page) == []
    resume = page.get_by_role("button", name="Resume at 3:50")
    assert box_of(resume)["height"] >= (44 if viewport < 928 else 24)
    assert len(asked) == 1
    resume.click()
    provider_frame(page)
    assert query(asked[-1])["start"] == "230"
    # An address that asks for a moment wins.
    visit(page, f"{zeihan_url}{NOTE}?t=103")
    assert page.locator(".resume").count() == 0
    # And the poster still begins at the beginning.
    visit(page, zeihan_url + NOTE)
    page.locator(".poster").click(position={"x": 30, "y": 30})
    provider_frame(page)
    assert query(asked[-1])["start"] == "0"


def test_what_was_seen_to_the_end_begins_anew(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.lasts(536)")
    frame.evaluate("window.at(500)")
    frame.evaluate("window.at(530)")
    frame.evaluate("window.become(0)")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    visit(page, zeihan_url + NOTE)
    assert page.locator(".resume").count() == 0


@pytest.mark.parametrize(
    "kept", ["", "null", "[]", '"x"', '{"youtube:T0uYxK66VLU": "7"}', '{"youtube:T0uYxK66VLU": 1e99}', "{"]
)
def test_nonsense_in_storage_is_ignored(page: Page, asked: list[Request], kept: str, zeihan_url: str) -> None:
    page.add_init_script(f"top === window && localStorage.setItem('player.positions', {kept!r})")
    visit(page, zeihan_url + NOTE)
    assert page.locator(".resume").count() == 0
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230)")
    page.locator("#t-228.on").wait_for()


def test_forbidden_storage_forbids_nothing_else(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230)")
    page.locator("#t-228.on").wait_for()
    frame.evaluate("window.become(2)")
    page.get_by_role("button", name="Play", exact=True).wait_for()
