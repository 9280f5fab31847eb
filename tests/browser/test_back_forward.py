"""Going to another page and back where the browser keeps the page as it was (its back/forward cache), for real.

Playwright switches that cache off, so these tests have a browser of their own. After coming back it knows the page's frames no more:
whether the player is still heard and obeyed shows in the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CHROMIUM_ARGS, build_folder, find_chromium, serve
from tests.browser.provider import NOTE, answer_for, lit, play, visit
from tests.browser.test_recordings import TEXT, sound

LISTENERS = """if (top === window) {
  window.listeners = 0;
  const {addEventListener} = window;
  window.addEventListener = function (type, ...rest) {
    listeners += type === "message";
    return addEventListener.call(this, type, ...rest);
  };
  addEventListener("pageshow", ({persisted}) => (window.persisted = persisted));
}"""


@pytest.fixture(scope="module")
def keeping(browser: Browser) -> Iterator[Browser]:
    """A browser that keeps pages one leaves."""
    chromium = browser.browser_type.launch(
        executable_path=find_chromium(), args=CHROMIUM_ARGS, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield chromium
    chromium.close()


def leave_and_come_back(page: Page, other: str) -> None:
    page.evaluate("[window.kept, window.persisted] = [true, undefined]")
    page.goto(other)
    page.go_back(wait_until="commit")
    page.locator("html.playable").wait_for()
    page.wait_for_function("() => window.persisted !== undefined")
    if not page.evaluate("window.kept === true && window.persisted"):
        pytest.skip("this browser did not keep the page")


def test_the_player_goes_on_where_it_was(keeping: Browser, zeihan_url: str) -> None:
    page = keeping.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(LISTENERS)
    asked = answer_for(page)
    visit(page, zeihan_url + NOTE)
    frame = play(page, "#t-103")
    frame.evaluate("window.at(230)")
    page.locator("#t-228.on").wait_for()
    for _ in range(2):
        leave_and_come_back(page, f"{zeihan_url}notes.html")
        assert lit(page) == ["3:48"]
    assert len(asked) == 1 and page.evaluate("window.listeners") == 1
    # It is heard and obeyed: the stand-in answers a wish with its new time and state.
    page.locator("#t-519").click()
    page.locator("#t-519.on").wait_for()
    page.keyboard.press("k")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.keyboard.press("k")
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    assert len(asked) == 1 and not problems
    kept = page.evaluate("JSON.parse(localStorage.getItem('player.positions'))")
    assert kept["youtube:T0uYxK66VLU"] == 519
    page.close()


def test_a_page_that_never_played_is_as_it_was(keeping: Browser, zeihan_url: str) -> None:
    page = keeping.new_page()
    page.add_init_script(LISTENERS)
    asked = answer_for(page)
    visit(page, f"{zeihan_url}{NOTE}?t=218")
    leave_and_come_back(page, f"{zeihan_url}notes.html")
    assert lit(page) == ["3:38"] and asked == []
    assert page.locator(".poster-from").inner_text() == "Play from 3:38 on YouTube"
    with page.expect_response("**/embed/**"):
        page.locator(".poster").click()
    assert "start=218" in asked[0].url
    page.close()


def test_a_recording_waits_where_it_was(keeping: Browser, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "talk.wav").write_bytes(sound())
    (vault / "sound.md").write_text(f"---\naudio: talk.wav\n---\n{TEXT}")
    with serve(build_folder(vault, tmp_path / "site")) as url:
        page = keeping.new_page()
        page.add_init_script(LISTENERS)
        visit(page, url + "sound.html")
        page.locator("#t-10").click()
        page.get_by_role("button", name="Pause", exact=True).wait_for()
        page.keyboard.press("k")
        page.get_by_role("button", name="Play", exact=True).wait_for()
        leave_and_come_back(page, url + "notes.html")
        assert lit(page) == ["0:10"]
        page.keyboard.press("k")
        page.get_by_role("button", name="Pause", exact=True).wait_for()
        page.locator("#t-20").click()
        page.locator("#t-20.on").wait_for()
        page.close()
