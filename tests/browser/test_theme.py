"""The theme as a reader meets it: schemes, scripts off, accessibility, weight, lists that are filtered and sorted."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import WatchedPage

NOTE = "talks/the_keepers_night_watch.html"
KINDS = {
    "home": "index.html",
    "note about a video": NOTE,
    "note with every block": "writing/footnotes-tables-and-tasks.html",
    "callouts": "writing/callouts.html",
    "embeds": "writing/embeds-and-images.html",
    "folder": "talks/index.html",
    "all notes": "notes.html",
    "all tags": "tags/index.html",
    "tag": "tags/sea.html",
    "video": "videos/demoTalk002.html",
    "recent changes": "recent.html",
    "garden": "garden.html",
    "transcript": "videos/demoTalk002-transcript.html",
    "not found": "404.html",
}
SEED = "russian_military_reliance_on_foreign_support.html"
PAPER = {"light": "rgb(252, 252, 251)", "dark": "rgb(18, 21, 25)"}

every_kind = pytest.mark.parametrize("kind", KINDS)
Axe = Callable[..., list[str]]


def opened_missing(page: Page, url: str) -> None:
    """Open an address that does not exist, which the browser logs; any other error counts."""
    with page.expect_console_message(lambda message: "404" in message.text):
        answer = page.goto(url)
    assert answer and answer.status == 404
    watch = cast(WatchedPage, page).watch
    watch.errors[:] = [error for error in watch.errors if "404" not in error]


def paper(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


# ---- every page, both schemes ---------------------------------------------------------------------


@every_kind
def test_nothing_for_axe_to_find(page: Page, scheme: str, kind: str, site_url: str, axe: Axe) -> None:
    page.goto(site_url + KINDS[kind])
    assert paper(page) == PAPER[scheme]
    assert axe(page) == []


@pytest.mark.parametrize("url", [SEED, "index.html", "notes.html"])
def test_nothing_for_axe_to_find_in_real_notes(page: Page, scheme: str, url: str, zeihan_url: str, axe: Axe) -> None:
    page.goto(zeihan_url + url)
    assert axe(page) == []


@every_kind
def test_no_page_is_wider_than_its_window(page: Page, viewport: int, kind: str, site_url: str) -> None:
    page.goto(site_url + KINDS[kind])
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    bar = page.locator(".bar").bounding_box()
    assert bar and bar["width"] <= viewport


@every_kind
def test_only_files_of_the_site_and_no_inline_code(page: Page, kind: str, site_url: str) -> None:
    page.goto(site_url + KINDS[kind])
    assert page.locator("script:not([src], [type='application/ld+json']), style, [style]").count() == 0
    assert page.evaluate("[...document.all].every(e => e.getAttributeNames().every(name => !/^on[a-z]/.test(name)))")
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    assert {"script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'self'"} <= set(policy.split("; "))


@every_kind
def test_ids_are_unique_and_one_heading_leads(page: Page, kind: str, site_url: str) -> None:
    page.goto(site_url + KINDS[kind])
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("h1").count() == 1


# ---- light and dark -------------------------------------------------------------------------------


def test_the_system_decides_until_the_reader_does(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(color_scheme="light")
    page.goto(site_url)
    switch = page.get_by_role("button", name="Dark theme")
    assert switch.get_attribute("aria-pressed") == "false"
    page.emulate_media(color_scheme="dark")
    assert paper(page) == PAPER["dark"]
    expect(switch).to_have_attribute("aria-pressed", "true")  # the page is told a moment after it is drawn
    switch.click()
    assert paper(page) == PAPER["light"]
    page.goto(site_url + NOTE)
    assert paper(page) == PAPER["light"]
    page.get_by_role("button", name="Dark theme").click()
    assert paper(page) == PAPER["dark"]
    # What the system says needs no remembering: the page follows it again.
    page.emulate_media(color_scheme="light")
    assert paper(page) == PAPER["light"]


def test_a_chosen_scheme_is_there_before_anything_is_drawn(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(color_scheme="light")
    page.add_init_script(
        """new MutationObserver((_, observer) => {
          if (!document.body) return;
          window.atFirst = document.documentElement.dataset.theme;
          observer.disconnect();
        }).observe(document, {childList: true, subtree: true});"""
    )
    page.goto(site_url)
    page.get_by_role("button", name="Dark theme").click()
    page.goto(site_url + NOTE)
    assert page.evaluate("window.atFirst") == "dark"
    assert paper(page) == PAPER["dark"]


def test_forbidden_storage_forbids_nothing_else(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(color_scheme="light")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    page.goto(site_url + NOTE)
    page.get_by_role("button", name="Dark theme").click()
    assert paper(page) == PAPER["dark"]


def test_nonsense_in_storage_is_ignored(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(color_scheme="light")
    page.add_init_script("localStorage.setItem('theme', 'purple')")
    page.goto(site_url)
    assert page.evaluate("document.documentElement.dataset.theme") is None
    assert paper(page) == PAPER["light"]


# ---- scripts off, files, addresses that do not exist ------------------------------------------------


@every_kind
def test_without_scripts_nothing_is_dead(open_page: Callable[..., Page], kind: str, site_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site_url + KINDS[kind])
    assert page.locator("main h1").is_visible()
    for control in page.locator("button, input:not([disabled])").all():
        assert not control.is_visible()


def test_without_scripts_a_note_is_whole(open_page: Callable[..., Page], site_url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(site_url + NOTE)
    for part in (".prose", ".poster", ".timeline", ".sections", ".graph", "#linked", "#same-video"):
        assert page.locator(part).first.is_visible(), part
    page.locator(".graph a").first.click()
    expect(page).not_to_have_url(site_url + NOTE)


def test_from_a_disk(open_page: Callable[..., Page], demo_site: Path) -> None:
    page = open_page(color_scheme="light")
    page.goto((demo_site / NOTE).as_uri())
    assert paper(page) == PAPER["light"]
    page.get_by_role("button", name="Dark theme").click()
    assert paper(page) == PAPER["dark"]
    fonts = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family))"
    )
    assert {"Source Serif", "Instrument Sans"} <= {font.strip('"') for font in fonts}
    page.locator(".brand").click()
    expect(page.locator("h1")).to_have_text("sitegen")


def test_a_missing_address_shows_the_way_back(page: Page, site_url: str) -> None:
    opened_missing(page, site_url + "no/such/page.html")
    assert page.get_by_role("heading", name="Page not found").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"Source Serif"')
    page.get_by_role("link", name="start from the home page").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(site_url)}(index.html)?$"))


@pytest.mark.parametrize(
    "address", ["old/place/the_keepers_nigth_watch.html", "the-keepers-night-watch/", "keepers%20night"]
)
def test_a_missing_address_suggests_notes_with_its_words(page: Page, site_url: str, axe: Axe, address: str) -> None:
    opened_missing(page, site_url + address)
    first = page.get_by_role("region", name="Perhaps you meant").get_by_role("link").first
    expect(first).to_have_text("The keeper's night watch")
    assert axe(page) == []
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The keeper's night watch")


@pytest.mark.parametrize("address", ["xyzzyq.html", "no/", "%E0%A4%A", "%3Cb%3E(.html"])
def test_a_missing_address_of_no_known_words_suggests_nothing(page: Page, site_url: str, address: str) -> None:
    opened_missing(page, site_url + address)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    assert page.locator(".suggested").is_hidden()


# ---- lists ----------------------------------------------------------------------------------------


def test_find_a_note(page: Page, viewport: int, zeihan_url: str) -> None:
    page.goto(zeihan_url + "notes.html#filter")
    page.locator("#filter:focus").wait_for()
    page.keyboard.type("rússian RELIANCE")
    expect(page.locator("#all-notes li:visible")).to_have_text(["Russian military reliance on foreign support"])
    assert re.fullmatch(r"1 of 49\d", page.locator(".filter-count").inner_text())
    assert page.locator(".letter:visible").count() == 1
    page.keyboard.press("Escape")
    expect(page.locator(".filter-count")).to_have_text("")
    assert page.locator("#all-notes li:visible").count() > 490
    page.keyboard.type("military reliance")
    page.keyboard.press("Enter")
    page.wait_for_url("**/" + SEED)


def test_a_folder_can_be_put_in_another_order(page: Page, site_url: str) -> None:
    page.goto(site_url + KINDS["folder"])
    titles = page.locator("#note-list > li > a")
    by_title = titles.all_inner_texts()
    page.get_by_role("button", name="Most moments").click()
    figures = page.evaluate("[...document.querySelectorAll('#note-list > li')].map(e => Number(e.dataset.moments))")
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > figures[-1]
    page.get_by_role("button", name="By title").click()
    assert titles.all_inner_texts() == by_title


# ---- print and weight -----------------------------------------------------------------------------


def test_print_has_the_text_and_the_addresses(page: Page, zeihan_url: str) -> None:
    page.goto(zeihan_url + SEED)
    page.emulate_media(media="print")
    for part in (".bar", ".foot", ".timeline", ".around", ".sections"):
        assert not page.locator(part).is_visible(), part
    assert page.locator(".poster-title").is_visible()
    after = page.evaluate("getComputedStyle(document.querySelector('.poster'), '::after').content")
    assert "(" in after
    assert page.evaluate("getComputedStyle(document.querySelector('.stamp')).backgroundColor") == "rgba(0, 0, 0, 0)"


def test_a_note_is_light(page: Page, zeihan_url: str, zeihan_site: Path) -> None:
    """The weights of THEME.md, gzipped, and two fonts."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(zeihan_url + SEED)
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    bodies = {answer.url.split("?")[0]: answer.body() for answer in answers}

    def weight(ending: str) -> int:
        return sum(len(gzip.compress(body, 9)) for url, body in bodies.items() if url.endswith(ending))

    assert weight(SEED) < 15_000
    assert weight(".css") < 20_000
    assert weight(".js") < 25_000
    assert sum(url.endswith(".woff2") for url in bodies) == 2
