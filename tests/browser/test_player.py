"""The player before and after the first press, and its messages, against the stand-in of provider.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import Held
from tests.browser.provider import (
    NOTE,
    at_rest,
    box_of,
    lit,
    provider_frame,
    query,
    seeks,
    visit,
    wait_for_command,
)

pytestmark = pytest.mark.allow_hosts("www.youtube-nocookie.com")


def test_nothing_is_asked_before_the_first_press(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".stamp").first.hover()
    page.mouse.wheel(0, 2000)
    page.wait_for_load_state("networkidle")
    assert asked == []
    assert page.locator("iframe").count() == 0


def test_the_first_stamp_plays_from_103_seconds(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".stamp").first.click()
    frame = provider_frame(page)
    assert len(asked) == 1
    assert urlsplit(asked[0].url).path == "/embed/T0uYxK66VLU"
    wanted = {"start": "103", "autoplay": "1", "enablejsapi": "1", "playsinline": "1", "rel": "0"}
    assert wanted.items() <= query(asked[0]).items()
    assert query(asked[0])["origin"] == zeihan_url.rstrip("/")
    assert asked[0].headers["referer"] == zeihan_url
    assert seeks(frame) == []
    assert lit(page) == ["1:43"]
    iframe = page.locator(".player iframe")
    assert box_of(iframe)["height"] >= 160  # the slim bar has opened
    assert iframe.get_attribute("title") == "The Koreans Are Coming to the Ukraine War || Peter Zeihan"


def test_the_player_stays_in_view(page: Page, asked: list[Request], viewport: int, zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".stamp").last.scroll_into_view_if_needed()
    page.locator(".stamp").last.click()
    provider_frame(page)
    assert 0 <= box_of(page.locator(".player"))["y"] < 140


def test_the_opened_player_does_not_cover_the_pressed_stamp(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    # As far up as it can still be pressed, just below what is stuck to the top.
    page.evaluate("document.querySelector('#t-228').scrollIntoView()")
    page.locator("#t-228").click()
    provider_frame(page)
    at_rest(page)
    hit = page.evaluate(
        """() => { const box = document.querySelector('#t-228').getBoundingClientRect();
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.id; }"""
    )
    assert hit == "t-228"


def test_a_second_stamp_seeks_and_loads_nothing(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".stamp").first.click()
    frame = provider_frame(page)
    page.locator("#t-340").click()
    wait_for_command(frame, "playVideo")
    assert seeks(frame) == [340]
    assert len(asked) == 1
    page.locator("#t-340.on").wait_for()
    assert lit(page) == ["5:40"]


def test_the_last_of_two_hasty_presses_counts(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.evaluate("document.querySelector('#t-103').click(); document.querySelector('#t-239').click()")
    provider_frame(page)
    assert [query(request)["start"] for request in asked] == ["239"]
    assert lit(page) == ["3:59"]


def test_a_press_while_the_scripts_arrive_is_kept(page: Page, asked: list[Request], zeihan_url: str) -> None:
    arriving = Held(page, "**/player/video.js*")
    page.goto(zeihan_url + NOTE)
    arriving.wait()
    page.locator("#t-103").click()
    page.wait_for_timeout(100)
    assert page.url == zeihan_url + NOTE
    arriving.release()
    provider_frame(page)
    assert query(asked[0])["start"] == "103"


def test_where_the_scripts_do_not_arrive_stamps_are_links(page: Any, zeihan_url: str) -> None:
    page.route("**/player/video.js*", lambda route: route.abort())
    page.goto(zeihan_url + NOTE)
    page.route("https://www.youtube.com/**", lambda route: route.fulfill(status=200, body="watch"))
    page.locator("#t-103").click()
    page.wait_for_url("https://www.youtube.com/watch?v=T0uYxK66VLU&t=103s")
    page.watch.errors.clear()
    page.watch.foreign.remove(page.url)


def test_a_wish_before_the_frame_answers_is_kept(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator("#t-103").click()
    page.locator(".player iframe").wait_for()
    page.evaluate("document.querySelector('#t-239').click()")
    frame = provider_frame(page)
    wait_for_command(frame, "seekTo")
    assert seeks(frame) == [239]


def test_the_page_follows_the_video(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator(".poster").click()
    frame = provider_frame(page)
    assert query(asked[0])["start"] == "0"
    frame.evaluate("window.at(230.4)")
    page.locator("#t-228.on").wait_for()
    assert lit(page) == ["3:48"]
    current = page.locator(".sections [aria-current]")
    assert current.count() == 1
    assert current.inner_text().split("\n")[-1].endswith("North Korean Military Aid")
    assert page.locator(".segment.now").count() == 1
    assert page.locator(".tick.now").count() == 1
    assert page.locator(".position").inner_text() == "3:50"
    assert 38 < float((page.locator(".playhead").get_attribute("cx") or "").rstrip("%")) < 46


def test_the_address_cues_without_playing(page: Page, asked: list[Request], viewport: int, zeihan_url: str) -> None:
    visit(page, f"{zeihan_url}{NOTE}?t=340")
    page.locator("#t-340.on").wait_for()
    page.wait_for_load_state("networkidle")
    assert asked == []
    stuck = box_of(page.locator(".video" if viewport < 928 else ".bar"))
    assert stuck["y"] + stuck["height"] < box_of(page.locator("#t-340"))["y"] < 844
    page.locator(".poster").click()
    provider_frame(page)
    assert query(asked[0])["start"] == "340"


@pytest.mark.parametrize("nonsense", ["", "abc", "-5", "1e3", "99999999", "<script>"])
def test_an_address_that_asks_nonsense_is_ignored(
    page: Page, asked: list[Request], nonsense: str, zeihan_url: str
) -> None:
    visit(page, f"{zeihan_url}{NOTE}?t={nonsense}")
    assert lit(page) == []
    page.locator(".poster").click()
    provider_frame(page)
    assert query(asked[0])["start"] == "0"


def test_a_modified_press_stays_a_link(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.evaluate(
        """document.addEventListener('click', (event) => { window.left = !event.defaultPrevented; event.preventDefault(); })"""
    )
    for key in ("Control", "Meta", "Shift", "Alt"):
        page.evaluate("window.left = undefined")
        page.locator(".stamp").first.click(modifiers=[key])
        assert page.evaluate("window.left") is True, key
    assert page.locator("iframe").count() == 0
    assert asked == []


def test_the_timeline_seeks_and_snaps_to_moments(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    length = int(page.locator(".video").get_attribute("data-length") or 0)
    track = page.locator(".track")
    track.click(position={"x": box_of(track)["width"] * 0.10, "y": 14})
    frame = provider_frame(page)
    page.locator(".controls").wait_for()  # nothing comes between any more
    assert abs(int(query(asked[0])["start"]) - 0.10 * length) <= 3
    track.click(position={"x": box_of(track)["width"] * 103 / length + 2, "y": 14})
    wait_for_command(frame, "seekTo")
    assert seeks(frame) == [103]


def test_by_keyboard(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator("#t-239").focus()
    page.keyboard.press("Enter")
    provider_frame(page)
    assert query(asked[0])["start"] == "239"
    assert page.evaluate("document.activeElement.id") == "t-239"


def test_a_file_keeps_its_links(page: Page, asked: list[Request], zeihan_site: Any) -> None:
    page.goto((zeihan_site / NOTE).as_uri() + "?t=103")
    stamp = page.locator("#t-103")
    assert stamp.get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=103s"
    page.evaluate(
        """document.addEventListener('click', (event) => { window.left = !event.defaultPrevented; event.preventDefault(); })"""
    )
    stamp.click()
    assert page.evaluate("window.left") is True
    assert page.locator("iframe").count() == 0


def test_without_scripts_poster_and_stamps_are_links(open_page: Callable[..., Page], zeihan_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(zeihan_url + NOTE)
    assert page.locator(".poster").get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU"
    assert page.locator(".stamp").first.get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=103s"
    assert page.locator(".stamp").first.get_attribute("aria-label") == "Play from 1:43"
