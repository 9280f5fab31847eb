"""What surrounds an opened player: its buttons, its place on screens of all sizes, several videos, and whoever cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route

from tests.browser.provider import (
    NOTE,
    answer_for,
    at_rest,
    box_of,
    commands,
    lit,
    play,
    provider_frame,
    query,
    seeks,
    talked_out,
    visit,
    wait_for_command,
)

pytestmark = pytest.mark.allow_hosts("www.youtube-nocookie.com")
Axe = Callable[..., list[str]]
PHONES = [(390, 844), (320, 568), (844, 390)]


def test_a_press_while_the_player_begins_to_play_counts(page: Page, asked: list[Request], zeihan_url: str) -> None:
    """The button's icon is made anew under the pointer then."""
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    at_rest(page)
    frame.evaluate("window.become(3)")  # it loads
    box = box_of(page.locator(".controls .toggle"))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    talked_out(frame)
    page.mouse.down()
    frame.evaluate("window.become(1)")
    talked_out(frame)
    page.mouse.up()
    wait_for_command(frame, "pauseVideo")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_nothing_for_axe_to_find_with_the_player_open(
    page: Page, asked: list[Request], scheme: str, viewport: int, zeihan_url: str, axe: Axe
) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230)")
    page.locator("#t-228.on").wait_for()
    at_rest(page)
    page.locator("#t-239").hover()
    page.locator(".copy-link").wait_for()
    rules = {"frame-tested": {"enabled": False}}  # what is in the frame is not ours
    assert axe(page, rules=rules) == []
    page.mouse.wheel(0, 300)
    page.locator(".follow.away").wait_for()
    at_rest(page)
    assert axe(page, rules=rules) == []
    if viewport < 928:
        page.get_by_role("button", name="Fold the player").click()
        page.get_by_role("button", name="Unfold the player").wait_for()
        assert axe(page, rules=rules) == []


def test_nothing_for_axe_to_find_when_it_fails(
    page: Page, asked: list[Request], scheme: str, zeihan_url: str, axe: Axe
) -> None:
    visit(page, zeihan_url + NOTE + "?t=218")
    page.locator(".poster").click()
    provider_frame(page).evaluate("window.fail(150)")
    page.locator(".player-error").wait_for()
    assert axe(page) == []


def test_the_buttons_step_through_the_moments(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-501")
    following = page.get_by_role("button", name="Next moment")
    following.click()
    wait_for_command(frame, "seekTo")
    assert lit(page) == ["8:39"]
    assert following.is_disabled()  # it was the last
    page.get_by_role("button", name="Previous moment").click()
    wait_for_command(frame, "seekTo", 2)
    assert seeks(frame) == [519, 501]


def on_phone(open_page: Callable[..., Page], size: tuple[int, int], zeihan_url: str) -> Page:
    """The seed note on a phone of this width and height, with the stand-in for the provider."""
    page = open_page(viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True)
    answer_for(page)
    visit(page, zeihan_url + NOTE)
    return page


def fold_player(page: Page) -> None:
    page.get_by_role("button", name="Fold the player", exact=True).tap()
    page.get_by_role("button", name="Unfold the player").wait_for()


@pytest.mark.parametrize("size", PHONES)
def test_on_a_phone_every_control_is_a_finger_wide(
    open_page: Callable[..., Page], size: tuple[int, int], zeihan_url: str
) -> None:
    width, _ = size
    page = on_phone(open_page, size, zeihan_url)
    play(page, "#t-103")
    for fold in (False, True):
        if fold:
            fold_player(page)
        boxes = [box_of(button) for button in page.locator(".controls button:visible").all()]
        assert len(boxes) >= 3
        for box in boxes:
            assert box["width"] >= 44 and box["height"] >= 44
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("innerWidth") == width


@pytest.mark.parametrize("size", PHONES)
def test_the_slim_bar_opens_and_closes_and_goes_on_playing(
    open_page: Callable[..., Page], size: tuple[int, int], zeihan_url: str
) -> None:
    width, height = size
    page = on_phone(open_page, size, zeihan_url)
    closed = box_of(page.locator(".video"))["height"]
    frame = play(page, "#t-228")
    at_rest(page)
    opened = box_of(page.locator(".video"))["height"]
    assert closed < 110 < 160 <= opened
    assert opened <= height * 0.66  # the text keeps the rest
    fold_player(page)
    folded = box_of(page.locator(".video"))
    assert folded["height"] < 130
    assert folded["y"] >= 0
    assert page.locator(".player iframe").is_visible()
    talked_out(frame)
    assert commands(frame, "pauseVideo") == []
    frame.evaluate("window.at(241)")
    page.locator("#t-239.on").wait_for()
    if width >= 390:
        assert page.locator(".where").inner_text().split("\n")[:2] == ["4:01", "Iranian Military Aid"]
    page.get_by_role("button", name="Unfold the player").tap()
    page.get_by_role("button", name="Fold the player", exact=True).wait_for()
    assert box_of(page.locator(".video"))["height"] == opened


@pytest.mark.parametrize("size", PHONES)
def test_a_link_in_the_page_lands_below_the_player(
    open_page: Callable[..., Page], size: tuple[int, int], zeihan_url: str
) -> None:
    page = on_phone(open_page, size, zeihan_url)
    for action in ("closed", "open", "folded"):
        if action == "open":
            play(page, "#t-103")
        elif action == "folded":
            fold_player(page)
        at_rest(page)
        page.evaluate("document.querySelector('.sections li:last-child a').click()")
        page.wait_for_function(
            """() => { const box = (selector) => document.querySelector(selector).getBoundingClientRect();
            const below = box("#broader-geopolitical-consequences").top - box(".video").bottom;
            return below >= 0 && below < 60; }"""
        )
        page.evaluate("scrollTo(0, 0)")


def test_on_a_wide_screen_there_is_nothing_to_fold(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    play(page, "#t-103")
    assert page.get_by_role("button", name="Fold the player").count() == 0


def test_the_poster_hands_its_focus_on(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".poster").focus()
    page.keyboard.press("Enter")
    provider_frame(page)
    page.locator(".controls .toggle:focus").wait_for()


def test_print_has_times_and_no_controls(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    play(page, "#t-103")
    page.emulate_media(media="print")
    for part in (".controls", ".timeline", ".copy-link", ".player iframe"):
        assert page.locator(part).count() == 0 or not page.locator(part).first.is_visible(), part
    before, after = page.evaluate(
        "['::before', '::after'].map((part) => getComputedStyle(document.querySelector('.stamp'), part).content)"
    )
    assert (before, after) == ('"("', '")"')


def test_a_silent_provider_is_said_to_be_one(page: Page, zeihan_url: str) -> None:
    page.route("https://www.youtube-nocookie.com/**", lambda route: route.fulfill(content_type="text/html", body=""))
    page.clock.install()
    page.add_init_script(
        "document.addEventListener('load', ({target}) => (window.arrived ||= target.tagName === 'IFRAME'), {capture: true})"
    )
    visit(page, zeihan_url + NOTE)
    page.locator("#t-103").click()
    page.locator(".controls").wait_for()
    page.wait_for_function("() => window.arrived")  # and is called from then on
    page.clock.run_for(12_000)
    page.locator(".player.silent").wait_for()


# ---- several videos --------------------------------------------------------------------------------------

OTHER = "dQw4w9WgXcQ"
FACADE = f"""<a href="https://www.youtube.com/watch?v={OTHER}&amp;t=30s" data-video="{OTHER}" data-start="30" title="Another video">Play</a>
<p id="cited">Cited elsewhere.&nbsp;<a class="stamp" href="https://www.youtube.com/watch?v={OTHER}&amp;t=77s">1:17</a></p>
<p><a class="stamp" id="third" href="https://www.youtube.com/watch?v=aaaaaaaaaaa&amp;t=5s">0:05</a></p>"""


@pytest.fixture
def several(page: Page, asked: list[Request], zeihan_url: str) -> Page:
    """The seed note with another video set into its text, a stamp of that one, and a stamp of a third."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.text().replace("</div>\n</article>", FACADE + "</div>\n</article>", 1)
        body = body if FACADE in body else body.replace("<h2 id=", FACADE + "<h2 id=", 1)
        route.fulfill(response=response, body=body)

    page.route("**/" + NOTE, answer)
    visit(page, zeihan_url + NOTE)
    return page


def test_a_video_in_the_text_plays_in_its_place(several: Page, asked: list[Request]) -> None:
    page = several
    page.get_by_role("link", name="Play", exact=True).click()
    provider_frame(page, ".in-text")
    assert [request.url.split("?")[0].rpartition("/")[2] for request in asked] == [OTHER]
    assert query(asked[0])["start"] == "30"
    assert page.locator(".in-text iframe").get_attribute("title") == "Another video"
    assert page.locator(".video iframe").count() == 0


def test_only_one_video_plays(several: Page, asked: list[Request]) -> None:
    page = several
    page.get_by_role("link", name="Play", exact=True).click()
    inner = provider_frame(page, ".in-text")
    outer = play(page, "#t-103")
    wait_for_command(inner, "pauseVideo")
    talked_out(outer)
    assert commands(outer, "pauseVideo") == []
    inner.evaluate("window.become(1)")
    wait_for_command(outer, "pauseVideo")
    # Keys are for the one that played last.
    inner.evaluate("window.heard.length = 0")
    page.keyboard.press("k")
    wait_for_command(inner, "pauseVideo")


def test_a_stamp_belongs_to_its_own_video(several: Page, asked: list[Request]) -> None:
    page = several
    page.locator("#cited .stamp").click()
    provider_frame(page, ".in-text")
    assert query(asked[0])["start"] == "77"
    page.evaluate(
        "document.addEventListener('click', (event) => { window.left = !event.defaultPrevented; event.preventDefault(); })"
    )
    page.locator("#third").click()
    assert page.evaluate("window.left") is True
    assert len(asked) == 1


def test_a_page_updated_in_place_begins_once(page: Any, asked: list[Request], zeihan_url: str) -> None:
    """A preview may run a page's scripts again."""
    visit(page, zeihan_url + NOTE)
    page.evaluate(
        """() => new Promise((done) => { const again = document.createElement("script");
        again.src = document.querySelector("script[src*='player.js']").src + "&again"; again.onload = done;
        document.head.append(again); })"""
    )
    page.wait_for_timeout(200)
    frame = play(page, "#t-103")
    assert len(asked) == 1
    page.keyboard.press("k")
    wait_for_command(frame, "pauseVideo")
    talked_out(frame)
    assert commands(frame) == [("pauseVideo", None)]
