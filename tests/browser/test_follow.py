"""Following along: which text is marked as being spoken, when the page scrolls with it, and when it leaves that to the reader."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import build_folder, serve
from tests.browser.provider import NOTE, answer_for, at_rest, box_of, left_alone, play, press, spoken, visit

pytestmark = pytest.mark.allow_hosts("www.youtube-nocookie.com")

SHELLS = (
    "However, the quality of these North Korean munitions is poor; approximately half may not work, and they have "
    "reportedly caused more explosions of Russian artillery tubes than Ukrainian ones."
)


def is_in_view(page: Page, stamp: str) -> bool:
    """Whether a stamp can be seen below what is stuck to the top."""
    visible: bool = page.evaluate(
        """(stamp) => { const box = document.querySelector(stamp).getBoundingClientRect();
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest(stamp) !== null
          && box.bottom < innerHeight; }""",
        stamp,
    )
    return visible


def test_the_passage_is_marked_and_its_section_lit(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    before = page.locator(".prose").inner_html()
    frame = play(page, "#t-103")
    page.wait_for_function("() => CSS.highlights.has('spoken')")
    assert spoken(page) == (
        "Reports suggest North Korean troops are in the process of deploying to Russia, with technical advisors "
        "already assisting Russians on how to use North Korean weaponry."
    )
    frame.evaluate("window.at(230.4)")
    page.locator("#t-228.on").wait_for()
    assert spoken(page) == SHELLS
    assert page.locator(".sections [aria-current]").inner_text().endswith("North Korean Military Aid")
    frame.evaluate("window.at(241)")
    page.locator("#t-239.on").wait_for()
    assert page.locator(".sections [aria-current]").inner_text().endswith("Iranian Military Aid")
    # The text itself is as it was: nothing is put around it.
    after: str = page.evaluate(
        """() => {
          document.querySelectorAll(".copy-link").forEach((button) => button.remove());
          return document.querySelector(".prose").innerHTML;
        }"""
    )
    assert after.replace(' on"', '"') == before


def test_the_page_scrolls_along_yields_and_resumes(
    page: Page, asked: list[Request], viewport: int, zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    follow = page.get_by_role("button", name="Follow along")
    at_rest(page)
    frame.evaluate("window.at(400)")
    page.locator("#t-400.on").wait_for()
    at_rest(page)
    assert is_in_view(page, "#t-400")
    assert follow.get_attribute("aria-pressed") == "true"
    # The reader scrolls: the page stays where they put it, the marking goes on.
    page.mouse.move(100, 700)
    page.mouse.wheel(0, -700)
    page.locator(".follow.away").wait_for()
    y = at_rest(page)
    assert follow.get_attribute("aria-pressed") == "false"
    frame.evaluate("window.at(519)")
    page.locator("#t-519.on").wait_for()
    assert at_rest(page) == y
    assert spoken(page).endswith("South Korea and Israel into opposition.")
    # And the way back.
    press(page, follow)
    at_rest(page)
    assert is_in_view(page, "#t-519")
    assert follow.get_attribute("aria-pressed") == "true"
    frame.evaluate("window.at(103)")
    page.locator("#t-103.on").wait_for()
    at_rest(page)
    assert is_in_view(page, "#t-103")


@pytest.mark.parametrize(
    "scroll",
    [
        pytest.param(lambda page: (page.mouse.move(300, 600), page.mouse.wheel(0, 400)), id="wheel"),
        pytest.param(lambda page: page.keyboard.press("PageDown"), id="key"),
        pytest.param(lambda page: page.evaluate("scrollBy(0, 500)"), id="scroll bar, or any other means"),
        pytest.param(lambda page: press(page, page.locator(".sections a").last), id="link in the page"),
        pytest.param(
            lambda page: page.evaluate(
                """() => {
                  const target = document.querySelector('.prose');
                  const send = (type, clientY) => target.dispatchEvent(
                    new TouchEvent(type, {touches: [new Touch({identifier: 1, target, clientX: 99, clientY})], bubbles: true}));
                  send('touchstart', 600);
                  send('touchmove', 500);
                }"""
            ),
            id="touch",
        ),
    ],
)
def test_every_way_to_scroll_is_the_readers(
    page: Page, asked: list[Request], scroll: Callable[[Page], object], zeihan_url: str
) -> None:
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    follow = page.get_by_role("button", name="Follow along")
    left_alone(page)
    assert follow.get_attribute("aria-pressed") == "true"
    scroll(page)
    page.locator(".follow.away").wait_for()
    y = at_rest(page)
    frame.evaluate("window.at(400)")
    page.locator("#t-400.on").wait_for()
    assert at_rest(page) == y


def test_scrolling_beside_the_text_is_not_scrolling_the_text(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 500})
    visit(page, zeihan_url + NOTE)
    play(page, "#t-103")
    rail = box_of(page.locator(".rail"))
    assert page.evaluate("(e => e.scrollHeight > e.clientHeight)(document.querySelector('.rail'))")
    page.mouse.move(rail["x"] + 100, rail["y"] + rail["height"] - 60)
    page.mouse.wheel(0, 120)
    page.wait_for_function("() => document.querySelector('.rail').scrollTop > 0")
    page.wait_for_timeout(300)
    assert page.get_by_role("button", name="Follow along").get_attribute("aria-pressed") == "true"


def test_folding_the_player_is_not_scrolling(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, zeihan_url + NOTE)
    play(page, "#t-376")
    left_alone(page)
    press(page, page.get_by_role("button", name="Fold the player"))
    page.get_by_role("button", name="Unfold the player").wait_for()
    page.wait_for_timeout(300)
    assert page.locator(".follow").get_attribute("aria-pressed") == "true"


def test_reduced_motion_jumps(open_page: Callable[..., Page], zeihan_url: str) -> None:
    page = open_page(reduced_motion="reduce")
    answer_for(page)
    visit(page, zeihan_url + NOTE)
    page.evaluate(
        "window.asked = []; window.scrollTo = (options) => options?.behavior && window.asked.push(options.behavior)"
    )
    frame = play(page, "#t-103")
    frame.evaluate("window.at(519)")
    page.wait_for_function("() => window.asked.length > 0")
    assert set(page.evaluate("window.asked")) == {"auto"}


def test_without_highlights_the_block_is_marked(page: Page, asked: list[Request], zeihan_url: str) -> None:
    page.add_init_script("delete CSS.__proto__.highlights; delete CSS.highlights; delete window.Highlight")
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230)")
    page.locator("p.spoken #t-228.on").wait_for()
    assert page.locator(".spoken").count() == 1


def test_on_a_videos_page_the_sentence_of_a_moment_is_marked(page: Page, asked: list[Request], zeihan_url: str) -> None:
    visit(page, zeihan_url + "videos/T0uYxK66VLU.html")
    play(page, "#t-116")
    page.wait_for_function("() => CSS.highlights.has('spoken')")
    assert spoken(page) == (
        "South Korea has intercepted discussions from Pyongyang about actual troop deployments, potentially even for "
        "frontline combat."
    )


def said_beside_its_button(page: Page, stamp: str) -> str:
    """What is marked as being spoken if a stamp is pressed whose button is there already."""
    page.locator(stamp).hover()
    page.locator(".copy-link").wait_for()
    play(page, stamp)
    page.wait_for_function("() => CSS.highlights.has('spoken')")
    return spoken(page)


def test_the_button_beside_a_pressed_stamp_is_no_part_of_what_is_said(
    page: Page, asked: list[Request], zeihan_url: str, passages_url: str
) -> None:
    visit(page, f"{passages_url}note-{list(PASSAGES).index('stamps that open')}.html")
    assert said_beside_its_button(page, "#t-1") == "One here."
    visit(page, zeihan_url + "videos/T0uYxK66VLU.html")
    assert said_beside_its_button(page, "#t-116") == (
        "South Korea has intercepted discussions from Pyongyang about actual troop deployments, potentially even for "
        "frontline combat."
    )


def test_the_lines_of_a_transcript_follow_in_their_panel(page: Page, asked: list[Request], site_url: str) -> None:
    visit(page, site_url + "talks/the_rule_of_twelfths.html")
    page.locator("details.transcript > summary").click()
    page.locator("details.transcript .lines").wait_for()
    frame = play(page, ".prose .stamp[id] >> nth=0")
    at_rest(page)
    lines = page.locator("details.transcript .lines .stamp")
    wanted = lines.nth(lines.count() - 1)
    page.mouse.move(5, 5)
    frame.evaluate("(seconds) => window.at(seconds + 0.5)", int(wanted.get_attribute("data-seconds") or 0))
    expect(wanted).to_have_class(re.compile(r"\bon\b"))
    assert page.locator("details.transcript .stamp.on").count() == 1


# ---- which text a stamp is about -----------------------------------------------------------------------

PASSAGES = {
    "sentences": ("One here [0:01]. Two there [0:02].", ["One here.", "Two there."]),
    "a row of stamps": ("One here [0:01] [0:02]. Two there.", ["One here.", "One here."]),
    "stamps that open": ("[0:01] One here. [0:02] Two there.", ["One here.", "Two there."]),
    "a long paragraph": (
        "Much is said. And more. All of it at once [0:01].",
        ["Much is said. And more. All of it at once."],
    ),
    "emphasis": ("**Bold**: one *here* [0:01]. Then `code` [0:02].", ["Bold: one here.", "Then code."]),
    "items": ("- One [0:01]\n- Two\n  - Three [0:02]\n", ["One", "Three"]),
    "an item before its list": ("- One [0:01]\n  - Two\n", ["One"]),
    "a quotation": ("> Said so [0:01].\n", ["Said so."]),
    "cells": ("| when | what |\n|--|--|\n| [0:01] | One |\n| x | Two [0:02] |\n", ["0:01 … One", "Two"]),
    "headings": (
        "## Part [0:01]\n\nOne here.\n\nMore here.\n\nTwo [0:02].\n",
        ["Part 0:01 … One here. … More here.", "Two."],
    ),
    "a stamp alone": ("Before.\n\n[0:01]\n", [""]),
}


@pytest.fixture(scope="module")
def passages_url(tmp_path_factory: pytest.TempPathFactory) -> object:
    vault = tmp_path_factory.mktemp("passages")
    for number, (text, _) in enumerate(PASSAGES.values()):
        (vault / f"note-{number}.md").write_text(f"---\nvideoId: T0uYxK66VLU\n---\nAn opening.\n\n{text}\n")
    with serve(build_folder(vault, tmp_path_factory.mktemp("passages-site") / "public")) as url:
        yield url


@pytest.mark.parametrize("case", PASSAGES)
def test_passages(page: Page, asked: list[Request], case: str, passages_url: str) -> None:
    visit(page, f"{passages_url}note-{list(PASSAGES).index(case)}.html")
    found = page.evaluate(
        """async () => { const {passage} = await import('/static/player/passages.js');
        return [...document.querySelectorAll('.prose .stamp')].map(stamp => passage(stamp)?.toString() ?? ''); }"""
    )
    told = [
        " … ".join(part.strip() for part in text.replace("\xa0", " ").splitlines() if part.strip()) for text in found
    ]
    assert told == PASSAGES[case][1]
