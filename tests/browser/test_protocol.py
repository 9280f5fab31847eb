"""The messages between page and provider: who is listened to, what is said, what a reader sees when it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, Page, Request

from tests.browser.provider import (
    NOTE,
    PROVIDER,
    answer_for,
    commands,
    lit,
    play,
    provider_frame,
    seeks,
    talked_out,
    visit,
    wait_for_command,
)

OTHER = "iranian_participation_in_the_ukraine_conflict.html"
FORGED = {"event": "infoDelivery", "info": {"currentTime": 400}}

pytestmark = pytest.mark.allow_hosts("www.youtube-nocookie.com", "www.youtube.com")


def test_the_handshake(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    heard = frame.evaluate("window.heard")
    assert heard[0] == {"event": "listening", "id": 1, "channel": "widget"}
    assert all(message["id"] == 1 and message["channel"] == "widget" for message in heard)
    assert {a for _, a in commands(frame, "addEventListener")} == {"onStateChange", "onError"}
    # Once it answers it is not called again.
    count = len(heard)
    page.wait_for_timeout(700)
    assert len(frame.evaluate("window.heard")) == count


def test_the_frame_is_called_until_it_answers(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.route(
        f"{PROVIDER}/**",
        lambda route: route.fulfill(
            content_type="text/html",
            body="<script>heard = []; addEventListener('message', (e) => heard.push(JSON.parse(e.data)))</script>",
        ),
    )
    visit(page, zeihan_url + NOTE)
    page.locator("#t-103").click()
    element = page.wait_for_selector(".player iframe")
    frame = element and element.content_frame()
    assert frame
    frame.wait_for_function("() => window.heard?.length >= 3")
    assert {message["event"] for message in frame.evaluate("heard")} == {"listening"}
    # A wish of this time is carried out as soon as it answers, once.
    page.locator("#t-239").click()
    frame.evaluate("parent.postMessage(JSON.stringify({event: 'onReady', id: 1, channel: 'widget'}), '*')")
    wait_for_command(frame, "playVideo")
    assert commands(frame) == [("seekTo", 239), ("playVideo", None)]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(
            lambda page, _: page.evaluate("message => postMessage(JSON.stringify(message), '*')", FORGED),
            id="own window",
        ),
        pytest.param(
            lambda page, _: page.evaluate(
                """message => dispatchEvent(new MessageEvent('message', {origin: 'https://evil.example',
                source: document.querySelector('.player iframe').contentWindow, data: JSON.stringify(message)}))""",
                FORGED,
            ),
            id="own frame, other origin",
        ),
        pytest.param(
            lambda page, _: page.evaluate(
                """message => dispatchEvent(new MessageEvent('message', {origin: 'https://www.youtube-nocookie.com',
                source: window, data: JSON.stringify(message)}))""",
                FORGED,
            ),
            id="provider's origin, other window",
        ),
        pytest.param(lambda _, frame: frame.evaluate("parent.postMessage('not JSON', '*')"), id="not JSON"),
        pytest.param(lambda _, frame: frame.evaluate("parent.postMessage('null', '*')"), id="null"),
        pytest.param(lambda _, frame: frame.evaluate("parent.postMessage('[1]', '*')"), id="a list"),
        pytest.param(
            lambda _, frame: frame.evaluate(
                'parent.postMessage(\'{"event": "infoDelivery", "info": {"currentTime": "400"}}\', \'*\')'
            ),
            id="text for a number",
        ),
        pytest.param(
            lambda _, frame: frame.evaluate(
                'parent.postMessage(\'{"event": "infoDelivery", "channel": "other", "info": {"currentTime": 400}}\', \'*\')'
            ),
            id="another channel",
        ),
        pytest.param(
            lambda _, frame: frame.evaluate('parent.postMessage(\'{"event": "onStateChange", "info": "x"}\', \'*\')'),
            id="no state",
        ),
    ],
)
def test_messages_of_others_and_nonsense_are_ignored(
    page: Page, asked: list[Request], zeihan_url: str, forge: Callable[[Page, Frame], Any]
) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    page.evaluate(
        """() => { window.seen = []; const note = () => window.seen.push(document.querySelector('.position').textContent);
        new MutationObserver(note).observe(document.querySelector('.position'), {childList: true}); }"""
    )
    forge(page, frame)
    frame.evaluate("window.at(117)")
    page.locator("#t-116.on").wait_for()
    page.wait_for_timeout(150)
    talked_out(frame)
    assert page.evaluate("window.seen") == ["1:57"]
    assert lit(page) == ["1:56"]
    assert page.locator(".controls .toggle").get_attribute("aria-label") == "Pause"


def test_one_listener_after_ten_navigations(open_page: Callable[..., Any], zeihan_url: str) -> None:
    page = open_page()
    answer_for(page)
    page.add_init_script(
        """if (top === window) {
          window.listeners = 0;
          const {addEventListener, removeEventListener} = window;
          window.addEventListener = function (type, ...rest) {
            if (type === "message") listeners += 1;
            return addEventListener.call(this, type, ...rest);
          };
          window.removeEventListener = function (type, ...rest) {
            if (type === "message") listeners -= 1;
            return removeEventListener.call(this, type, ...rest);
          };
        }"""
    )
    visit(page, zeihan_url + NOTE)
    for turn in range(5):
        play(page, ".stamp >> nth=0")
        visit(page, zeihan_url + OTHER)
        play(page, ".stamp >> nth=1")
        page.go_back()
        page.wait_for_selector(".playable")
        if turn % 2:
            page.reload()
        page.wait_for_selector(".playable")
        assert page.evaluate("window.listeners") == 1
    if page.locator(".player iframe").count() == 0:
        play(page, ".stamp >> nth=0")
    frame = provider_frame(page)
    frame.evaluate("window.heard.length = 0")
    page.locator("#t-239").click()
    wait_for_command(frame, "seekTo")
    talked_out(frame)
    assert seeks(frame) == [239]


def test_coming_back_to_a_kept_page_calls_the_frame_again(page: Page, asked: list[Request], zeihan_url: str) -> None:
    """The browser may keep a page as it was and show it again (a "back/forward cache")."""
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.heard.length = 0")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    wait_for_command(frame, "addEventListener", 2)
    frame.evaluate("window.at(230)")
    page.locator("#t-228.on").wait_for()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (101, "The owner of this video does not let other sites play it."),
        (150, "The owner of this video does not let other sites play it."),
        (100, "This video has been removed, or is private."),
        (153, "YouTube would not play the video here, as your browser does not say which site asks."),
        (5, "YouTube could not play this video here."),
    ],
)
def test_what_went_wrong_is_said(page: Page, asked: list[Request], code: int, sentence: str, zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-239")
    frame.evaluate("(code) => window.fail(code)", code)
    error = page.locator(".player-error")
    assert error.get_by_role("alert").inner_text() == sentence
    link = error.get_by_role("link", name="Watch on YouTube from 3:59")
    assert link.get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=239s"
    assert page.locator(".player iframe").count() == 0
    # What cannot be played here is a link again.
    page.evaluate(
        "document.addEventListener('click', (event) => { window.left = !event.defaultPrevented; event.preventDefault(); })"
    )
    page.locator("#t-103").click()
    assert page.evaluate("window.left") is True


def test_the_state_is_the_videos_own(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    toggle = page.locator(".controls .toggle")
    assert toggle.get_attribute("aria-label") == "Pause"
    frame.evaluate("window.become(2)")  # paused in the frame itself
    page.get_by_role("button", name="Play", exact=True).wait_for()
    toggle.click()
    wait_for_command(frame, "playVideo")
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    frame.evaluate("window.become(0)")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_a_player_that_may_not_begin_by_itself_waits(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.clock.install()
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.become(3)")
    frame.evaluate("window.become(-1)")
    talked_out(frame)
    assert page.get_by_role("button", name="Pause", exact=True).count() == 1
    page.clock.run_for(5000)
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_what_a_player_says_before_it_is_there_moves_nothing(page: Page, asked: list[Request], zeihan_url: str) -> None:
    """Until it plays it may tell 0, and after a seek where it was before."""
    page.add_init_script("if (top !== window) addEventListener('DOMContentLoaded', () => { now.currentTime = 0; });")
    visit(page, zeihan_url + NOTE)
    page.evaluate(
        """() => { window.seen = []; const note = () => window.seen.push(document.querySelector('.position').textContent);
        new MutationObserver(note).observe(document.querySelector('.position'), {childList: true}); }"""
    )
    frame = play(page, "#t-103")
    frame.evaluate("window.at(103.4)")
    talked_out(frame)
    assert page.evaluate("window.seen") == ["1:43"]
    frame.evaluate("void (commands.seekTo = (seconds) => { window.at(104); window.at(seconds); })")
    page.locator("#t-400").click()
    wait_for_command(frame, "seekTo")
    talked_out(frame)
    assert page.evaluate("window.seen") == ["1:43", "6:40"]


def test_the_timeline_takes_the_length_from_the_player(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    assert page.locator(".ends span").last.inner_text() == "after 8:39"
    frame = play(page, "#t-103")
    frame.evaluate("window.lasts(1072)")
    page.wait_for_function("() => document.querySelector('.ends span:last-child').textContent === '17:52'")
    ticks = page.evaluate(
        "[...document.querySelectorAll('.tick')].map(e => [+e.dataset.seconds, parseFloat(e.getAttribute('x'))])"
    )
    assert all(abs(x - 100 * seconds / 1072) < 0.01 for seconds, x in ticks)
    last = page.locator(".segment").last
    end = sum(float((last.get_attribute(name) or "").rstrip("%")) for name in ("x", "width"))
    assert abs(end - 100) < 0.05
