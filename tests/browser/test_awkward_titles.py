"""Titles that are hard to show: one endless word, other directions, signs at their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import serve
from tests.conftest import run_build, write

ENDLESS = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikantenverband"
PAGES = [
    "hub.html",
    "index.html",
    "things/index.html",
    "notes.html",
    "recent.html",
    "garden.html",
    "tags/kind.html",
    "search.html?q=hub",
    "graph.html#hub.html",
    "graph.html#&view=list",
]
Axe = Callable[..., list[str]]


def vault(language: str) -> dict[str, str]:
    return {
        "sitegen.toml": f'title = "Wiki"\nlanguage = "{language}"\n',
        "Hub.md": f"---\ntags: [kind]\ndate: 2026-01-01\n---\n\nSee [[C++]], [[{ENDLESS}]], [[سلام (عالم)]].\n",
        "things/C++.md": f"---\ntags: [kind]\ndate: 2026-01-02\n---\n\nSee [[Hub]] and [[{ENDLESS}]].\n",
        f"things/{ENDLESS}.md": "---\ntags: [kind]\ndate: 2026-01-03\n---\n\nSee [[Hub]], and the C++ words.\n",
        "things/سلام (عالم).md": "---\nlang: ar\ntags: [kind]\ndate: 2026-01-04\n---\n\n[[Hub]] [[C++]]\n",
    }


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sites lie, in English and in Arabic."""
    folder = tmp_path_factory.mktemp("awkward")
    for language in ("en", "ar"):
        write(folder / language, vault(language))
        assert run_build(folder / language, folder / "out" / language, "-j", "1", "--no-cache").exit_code == 0
    with serve(Path(folder / "out")) as url:
        yield url


def opened(page: Page, url: str) -> None:
    page.goto(url)
    if "graph.html" in url:
        page.wait_for_function("() => document.querySelector('.network').dataset.ready !== undefined")
    if "search.html" in url:
        page.locator(".search-title").first.wait_for()


@pytest.mark.parametrize("url", PAGES)
def test_an_endless_word_makes_no_page_wider(page: Page, viewport: int, sites: str, url: str) -> None:
    opened(page, f"{sites}en/{url}")
    page.evaluate("() => document.querySelectorAll('details').forEach((details) => (details.open = true))")
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport
    beyond = page.evaluate(
        """() => [...document.querySelectorAll("main *, aside *")].filter((e) => e.checkVisibility()
            && !e.closest("svg, .unseen, select") && getComputedStyle(e).position !== "absolute"
            && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 150))"""
    )
    assert beyond == []


@pytest.mark.parametrize(("language", "text"), [("ar", "C++"), ("en", "سلام (عالم)")])
@pytest.mark.parametrize("url", PAGES)
def test_signs_stay_at_the_end_of_a_title(page: Page, sites: str, url: str, language: str, text: str) -> None:
    """``C++`` is no ``++C`` in an Arabic page, and an Arabic title keeps its brackets in an English one."""
    opened(page, f"{sites}{language}/{url}")
    page.evaluate("() => document.querySelectorAll('details').forEach((details) => (details.open = true))")
    page.wait_for_timeout(50)
    wrong = page.evaluate(
        """(text) => {
            const texts = document.createTreeWalker(document.querySelector("main").parentNode, NodeFilter.SHOW_TEXT);
            const edge = (node, at) => {
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                return range.getBoundingClientRect().left;
            };
            const wrong = [];
            for (let node = texts.nextNode(); node; node = texts.nextNode()) {
                if (node.data.trim() !== text || !node.parentElement.checkVisibility()) continue;
                const start = node.data.indexOf(text);
                const [first, last] = [edge(node, start), edge(node, start + text.length - 1)];
                const isRtl = !/^[A-Z]/.test(text);
                if (isRtl ? last > first : last < first) wrong.push(node.parentElement.outerHTML.slice(0, 200));
            }
            return wrong;
        }""",
        text,
    )
    assert wrong == []
