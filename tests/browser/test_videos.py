"""Pages of videos and transcripts as a reader meets them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

Axe = Callable[..., list[str]]

VIDEO = "videos/demoTalk002.html"
TRANSCRIPT = "videos/demoTalk002-transcript.html"
NOTE = "talks/the_rule_of_twelfths.html"
SEED = "videos/T0uYxK66VLU.html"


def unfold(page: Page) -> None:
    page.locator("details.transcript > summary").click()
    page.locator("details.transcript .lines").wait_for()


# ---- pages of videos --------------------------------------------------------------------------------


def test_nothing_for_axe_to_find_on_a_real_videos_page(
    page: Page, scheme: str, viewport: int, zeihan_url: str, axe: Axe
) -> None:
    page.goto(zeihan_url + SEED)
    page.locator(".by > summary").first.click()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport


def test_what_other_notes_say_at_a_moment_unfolds(page: Page, zeihan_url: str) -> None:
    page.goto(zeihan_url + SEED)
    first = page.locator(".passages > li").first
    assert first.locator("summary").inner_text() == "cited by 3 notes, perhaps by 1 more"
    first.locator("summary").click()
    assert first.locator("details li").count() == 4
    first.get_by_role("link", name="Russian military reliance on foreign support").click()
    expect(page).to_have_url(re.compile("/russian_military_reliance_on_foreign_support.html#t-103$"))
    expect(page.locator(".stamp:target")).to_have_text("1:43")


def test_what_is_below_the_title_is_as_near_on_a_phone(page: Page, scheme: str, viewport: int, site_url: str) -> None:
    page.goto(site_url + VIDEO)
    facts, panel = (page.locator(part).bounding_box() for part in (".head", "details.transcript"))
    assert facts is not None and panel is not None
    assert 24 <= panel["y"] - facts["y"] - facts["height"] <= 40


def test_linked_data_is_data_and_no_script(page: Page, zeihan_url: str) -> None:
    """The policy forbids inline scripts; a refusal would be logged, and fail the test."""
    page.goto(zeihan_url + SEED)
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert data["@type"] == "VideoObject" and data["hasPart"][0]["startOffset"] == 103


def test_a_note_leads_to_its_videos_page(page: Page, site_url: str) -> None:
    page.goto(site_url + NOTE)
    page.get_by_role("link", name="All about this video").click()
    expect(page).to_have_url(site_url + VIDEO)
    expect(page.locator("h1")).to_have_text("How to Read a Tide Table")


def test_without_scripts_all_is_there(open_page: Callable[..., Page], zeihan_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(zeihan_url + SEED)
    stamp = page.locator(".passages .stamp").first
    assert stamp.get_attribute("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=103s"
    page.locator(".by > summary").first.click()
    assert page.locator(".by li").first.is_visible()


# ---- transcripts ------------------------------------------------------------------------------------


def test_the_panel_fetches_its_lines_when_it_is_unfolded(page: Page, site_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site_url + NOTE)
    page.wait_for_load_state("networkidle")
    assert site_url + TRANSCRIPT not in asked
    unfold(page)
    assert asked.count(site_url + TRANSCRIPT) == 1
    line = page.locator(".lines > li").first
    assert line.inner_text().replace("\n", " ").startswith("0:04 Speaker Good evening. I brought one page of numbers")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("url", [NOTE, VIDEO, TRANSCRIPT])
def test_nothing_for_axe_to_find_in_an_open_transcript(
    page: Page, scheme: str, url: str, site_url: str, axe: Axe
) -> None:
    page.goto(site_url + url)
    if url != TRANSCRIPT:
        unfold(page)
    page.get_by_label("Search the transcript").fill("harbour")
    page.locator("mark").first.wait_for()
    assert axe(page) == []


@pytest.mark.parametrize("url", [NOTE, TRANSCRIPT])
def test_the_lines_are_narrowed_and_marked_while_one_types(page: Page, url: str, site_url: str) -> None:
    page.goto(site_url + url)
    if url != TRANSCRIPT:
        unfold(page)
    count = page.locator(".lines > li").count()
    field = page.get_by_label("Search the transcript")
    field.press_sequentially("  BAROMETER")
    page.locator(".lines mark", has_text="barometer").first.wait_for()
    assert page.locator(".lines mark").all_inner_texts() == ["barometer", "barometer"]
    assert page.locator(".lines > li:visible").count() == 2
    assert page.locator(".transcript-search output").inner_text() == f"2 of {count} lines"
    field.fill("")
    page.wait_for_function("() => !document.querySelector('.lines mark')")
    assert page.locator(".lines > li:visible").count() == count


def test_what_is_searched_never_becomes_markup(page: Page, site_url: str) -> None:
    page.goto(site_url + TRANSCRIPT)
    before = page.locator(".lines").inner_text()
    for text in ("<img src=x onerror=alert(1)>", "(", "\\", "e", "é", "<"):
        page.get_by_label("Search the transcript").fill(text)
    page.get_by_label("Search the transcript").fill("")
    page.wait_for_function("() => !document.querySelector('.lines mark, .lines [hidden]')")
    assert page.locator(".lines").inner_text() == before and page.locator("img").count() == 0


def test_a_transcript_needs_no_scripts(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site_url + NOTE)
    page.locator("details.transcript > summary").click()
    page.get_by_role("link", name="Read the transcript on a page of its own").click()
    expect(page).to_have_url(site_url + TRANSCRIPT)
    line = page.locator("#t-1100")
    assert line.inner_text().replace("\n", " ").startswith("18:20 One, two, three, three, two, one.")
    stamp = line.locator(".stamp")
    assert stamp.get_attribute("href") == "https://www.youtube.com/watch?v=demoTalk002&t=1100s"


def test_a_file_opened_from_the_disk_has_the_link(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / NOTE).as_uri())
    page.locator("details.transcript > summary").click()
    assert page.get_by_role("link", name="Read the transcript on a page of its own").is_visible()
    assert page.locator(".lines").count() == 0


def test_the_panel_weighs_next_to_nothing(demo_site: Path) -> None:
    assert len(gzip.compress((demo_site / NOTE).read_bytes())) < 15_000
    assert len(gzip.compress((demo_site / "static" / "transcript.js").read_bytes())) < 3_000
