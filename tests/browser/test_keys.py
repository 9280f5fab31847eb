"""The player's keys, and where they stay out of the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.provider import (
    NOTE,
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


def position(page: Page) -> str:
    return page.locator(".position").text_content() or ""


def test_play_pause_skip_and_moments(page: Page, asked: list[Request], viewport: int, zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-218")
    told = frame.evaluate("window.heard.length = 0")
    for key, expected in (
        (" ", ("pauseVideo", None)),
        (" ", ("playVideo", None)),
        ("k", ("pauseVideo", None)),
        ("k", ("playVideo", None)),
        ("l", ("seekTo", 228)),
        ("j", ("seekTo", 218)),
        ("]", ("seekTo", 220)),
        ("]", ("seekTo", 228)),
        ("[", ("seekTo", 220)),
        ("[", ("seekTo", 116)),  # 2 seconds after 3:38 is still at 3:38
    ):
        frame.evaluate("window.heard.length = 0")
        page.keyboard.press(key)
        wait_for_command(frame, expected[0])
        talked_out(frame)  # so the page knows what came of it
        assert commands(frame) == [expected], key
    assert told == 0


def test_while_paused_skipping_does_not_play(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-218")
    page.keyboard.press("k")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    frame.evaluate("window.heard.length = 0")
    page.keyboard.press("l")
    wait_for_command(frame, "seekTo")
    talked_out(frame)
    assert commands(frame) == [("seekTo", 228)]


def test_before_the_first_press_keys_ask_nobody(page: Page, asked: list[Request], zeihan_url: str) -> None:
    """They move the place where the video would begin; k begins."""
    visit(page, zeihan_url + NOTE)
    y = page.evaluate("scrollY")
    page.keyboard.press(" ")
    page.wait_for_function("y => scrollY > y", arg=y)
    assert position(page) == "0:00"
    for key in "]]l":
        page.keyboard.press(key)
    assert position(page) == "2:06"
    assert lit(page) == ["1:56"]
    assert page.locator(".poster-from").inner_text() == "Play from 2:06 on YouTube"
    page.wait_for_load_state("networkidle")
    assert asked == []
    page.keyboard.press("k")
    provider_frame(page)
    assert query(asked[0])["start"] == "126"


def test_space_is_the_readers_again_once_they_read(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    page.keyboard.press(" ")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.mouse.move(300, 500)
    page.evaluate("addEventListener('wheel', () => (window.turned = true), {passive: true})")
    page.mouse.wheel(0, 50)
    page.wait_for_function("() => window.turned")
    y = at_rest(page)
    page.keyboard.press(" ")
    page.wait_for_function("y => scrollY > y + 100", arg=y)
    talked_out(frame)
    assert [name for name, _ in commands(frame, "playVideo")] == []


@pytest.mark.parametrize(
    "element",
    [
        '<input id="x">',
        '<input id="x" type="search">',
        '<textarea id="x"></textarea>',
        '<select id="x"><option>a<option>k</select>',
        '<div id="x" contenteditable="true">text</div>',
        '<div id="x" role="textbox" tabindex="0">text</div>',
        '<button id="x">other</button>',
        '<details><summary id="x">more</summary></details>',
    ],
)
def test_keys_stay_out_of_fields_and_controls(page: Page, asked: list[Request], element: str, zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-218")
    page.evaluate("html => document.querySelector('.prose').insertAdjacentHTML('afterbegin', html)", element)
    page.locator("#x").focus()
    frame.evaluate("window.heard.length = 0")
    is_field = not element.startswith(("<button", "<details"))
    for key in (" ", "k", "j", "l", "[", "]", "f", *(["?", "b"] if is_field else [])):
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    talked_out(frame)
    assert commands(frame) == []
    assert page.locator("dialog[open]").count() == 0
    if element.startswith(("<input", "<textarea")):
        assert page.locator("#x").input_value() == " kjl[]f?b"


def test_keys_with_modifiers_are_the_browsers(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-218")
    frame.evaluate("window.heard.length = 0")
    for modifier in ("Control", "Meta", "Alt", "Shift"):
        for key in ("k", "j", "l"):
            page.evaluate(
                """([key, modifier]) => { const name = {Control: 'ctrlKey', Meta: 'metaKey', Alt: 'altKey', Shift: 'shiftKey'}[modifier];
                document.body.dispatchEvent(new KeyboardEvent('keydown', {key, [name]: true, bubbles: true, cancelable: true})); }""",
                [key, modifier],
            )
    talked_out(frame)
    assert commands(frame) == []


def test_after_the_players_own_buttons_keys_go_on(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-218")
    at_rest(page)  # what is pressed does not move away under the pointer
    page.locator(".controls .toggle").click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    frame.evaluate("window.heard.length = 0")
    page.keyboard.press(" ")  # presses the button, once
    wait_for_command(frame, "playVideo")
    page.keyboard.press("]")
    wait_for_command(frame, "seekTo")
    talked_out(frame)
    assert commands(frame) == [("playVideo", None), ("seekTo", 220)]


def test_follow_by_key(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    play(page, "#t-218")
    follow = page.get_by_role("button", name="Follow along")
    expect(follow).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("f")
    expect(follow).to_have_attribute("aria-pressed", "false")


def test_help(page: Page, asked: list[Request], scheme: str, zeihan_url: str, axe: Axe) -> None:
    visit(page, zeihan_url + NOTE)
    page.locator("#t-103").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.wait_for()
    assert asked == []
    rows = dialog.locator("dt").all_inner_texts()
    assert {"Space or k", "b", "j", "l", "[", "]", "?"} <= set(rows)
    assert dialog.get_by_role("heading").all_inner_texts() == ["Keys", "Keys of the player"]
    assert axe(page) == []
    page.keyboard.press("k")  # not while it is open
    page.wait_for_timeout(60)
    assert asked == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#t-103")).to_be_focused()


def test_the_timeline_is_a_slider(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    slider = page.get_by_role("slider", name="Position in the video")
    slider.focus()
    page.keyboard.press("PageUp")
    assert slider.get_attribute("aria-valuetext") == "1:43, North Korean Military Aid"
    assert slider.get_attribute("aria-valuenow") == "103"
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuenow") == "108"
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuenow") == "0"
    assert asked == []
    page.keyboard.press("PageUp")
    assert page.locator(".tip").inner_text().split() == ["1:43", "North", "Korean", "Military", "Aid"]
    page.keyboard.press("Enter")
    frame = provider_frame(page)
    assert query(asked[0])["start"] == "103"
    page.keyboard.press("ArrowLeft")
    wait_for_command(frame, "seekTo")
    assert seeks(frame) == [98]


def test_the_timeline_names_what_is_pointed_at(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    box = page.locator(".scrubber").bounding_box()
    length = int(page.locator(".video").get_attribute("data-length") or 0)
    assert box
    page.mouse.move(box["x"] + box["width"] * 339 / length, box["y"] + 20)
    expect(page.locator(".tip")).to_be_visible()
    assert page.locator(".tip").inner_text().split("  ") == ["5:40", "Implications of Foreign Dependence"]
    page.mouse.move(5, 5)
    expect(page.locator(".tip")).to_be_hidden()
    assert asked == []


def test_only_a_press_that_begins_on_the_timeline_plays(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + NOTE)
    heading = box_of(page.locator("h1"))
    box = box_of(page.locator(".scrubber"))
    length = int(page.locator(".video").get_attribute("data-length") or 0)
    second_339 = (box["x"] + box["width"] * 339 / length, box["y"] + box["height"] / 2)
    page.evaluate(
        """() => {
          window.ended = [];
          const scrubber = document.querySelector(".scrubber");
          scrubber.addEventListener("pointerdown", ({ pointerId }) => (window.pointer = pointerId));
          scrubber.addEventListener("pointerup", ({ button }) => window.ended.push(button));
        }"""
    )
    # A selection of text that is let go over the timeline.
    page.mouse.move(heading["x"] + 5, heading["y"] + heading["height"] / 2)
    page.mouse.down()
    page.mouse.move(*second_339, steps=4)
    page.wait_for_function("() => getSelection().toString()")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert asked == []
    # A press that the browser took away.
    page.evaluate("getSelection().removeAllRanges()")
    page.mouse.down()
    page.locator(".scrubber").evaluate(
        "(scrubber) => scrubber.dispatchEvent(new PointerEvent('pointercancel', { pointerId: window.pointer }))"
    )
    page.mouse.up()
    # One that another button ended, which leaves nothing behind for the next selection.
    page.mouse.down()
    page.mouse.down(button="right")
    page.mouse.up()
    page.mouse.up(button="right")
    page.mouse.move(heading["x"] + 5, heading["y"] + heading["height"] / 2)
    page.mouse.down()
    page.mouse.move(*second_339, steps=4)
    page.mouse.up()
    page.wait_for_function("() => window.ended.length === 4")
    assert page.evaluate("window.ended") == [0, 0, 2, 0]
    page.wait_for_timeout(300)
    assert asked == []
    assert page.locator("iframe").count() == 0
    page.evaluate("getSelection().removeAllRanges()")  # else the press would drag the text
    # A press of its own plays, also when it is let go beside the timeline.
    page.mouse.down()
    page.mouse.move(second_339[0], box["y"] - 60, steps=2)
    page.mouse.up()
    provider_frame(page)
    assert query(asked[0])["start"] in ("339", "340")
