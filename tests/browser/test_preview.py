"""What a writer sees in the browser while `sitegen serve` runs on a real vault."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage, WatchedPage
from tests.browser.provider import NOTE, at_rest, play, spoken, visit
from tests.conftest import write
from tests.preview import Preview, serve

SOURCE = "russian_military_reliance_on_foreign_support.md"
LONG = "\n\n".join(f"Paragraph {n}, with some words to read. " * 6 for n in range(40))


@pytest.fixture(scope="module")
def running(zeihan_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview of 491 real notes, in a site with a theme of its own."""
    root = tmp_path_factory.mktemp("written")
    shutil.copytree(zeihan_vault, root / "notes")
    write(root, {"sitegen.toml": 'content = "notes"\ntitle = "Written"\neditor = "vscode"\n', "static/own.css": ""})
    with serve(root / "notes") as preview:
        yield preview


@pytest.fixture
def preview(running: Preview) -> Iterator[Preview]:
    """The preview, with the notes that a test adds gone afterwards."""
    before = {path: path.read_bytes() for path in running.vault.rglob("*.md")}
    yield running
    for path in running.vault.rglob("*.md"):
        if path not in before:
            path.unlink()
    for path, text in before.items():
        if not path.is_file() or path.read_bytes() != text:
            path.write_bytes(text)
    running.until(lambda: running.get("/one.html").status == 404)


def opened(preview: Preview, page: Page, name: str, text: str) -> None:
    """Write a note and open its page, which remembers that it was not loaded again."""
    preview.write(f"{name}.md", text)
    preview.until(lambda: preview.get(f"/{name.lower()}.html").status == 200)
    page.goto(f"{preview.url}{name.lower()}.html")
    listens(page)
    page.evaluate("window.stays = true")


def listens(page: Page) -> None:
    """Wait until the page has heard of the server what there is to know."""
    page.locator(corner(page, ".bar > *")).first.wait_for(state="attached")


def stays(page: Page) -> bool:
    """Whether the page has not been loaded again since it was `opened`."""
    return bool(page.evaluate("window.stays"))


def corner(page: Page, part: str) -> str:
    """A selector of a part of the preview's corner."""
    return f"sitegen-preview {part}"


# ---- text, links, names ----------------------------------------------------------------------------------


def test_text_appears_and_is_marked_for_a_moment(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "# One\n\nThe first words.\n\nThe last words.\n")
    animations = page.context.new_cdp_session(page)
    animations.send("Animation.enable")
    animations.send("Animation.setPlaybackRate", {"playbackRate": 0})  # the moment lasts until it was looked at
    preview.write("One.md", "# One\n\nThe first words, and more.\n\nThe last words.\n\nA new paragraph.\n")
    expect(page.locator(".prose p").nth(0)).to_have_text("The first words, and more.")
    expect(page.locator(".prose p").nth(2)).to_have_text("A new paragraph.")
    marked = page.evaluate(
        "document.getAnimations().filter(({id}) => id === 'sitegen-changed').map(({effect}) => effect.target.textContent)"
    )
    assert sorted(marked) == ["A new paragraph.", "The first words, and more."]
    animations.send("Animation.setPlaybackRate", {"playbackRate": 1})
    page.wait_for_function("() => !document.getAnimations().some(({id}) => id === 'sitegen-changed')")
    assert stays(page)
    assert page.title().startswith("One")


def test_a_title_that_changes(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "---\ntitle: First title\n---\nWords.\n")
    preview.write("One.md", "---\ntitle: Second title\n---\nWords.\n")
    expect(page.locator("h1")).to_have_text("Second title")
    expect(page).to_have_title("Second title – Written")
    assert stays(page)


def test_a_backlink_appears_on_the_other_page_and_goes(preview: Preview, page: Page) -> None:
    visit(page, preview.url + NOTE)
    page.evaluate("window.stays = true")
    preview.write("One.md", f"I cite [[{SOURCE[:-3]}]] here.\n")
    link = page.locator('a[href="one.html"]')
    expect(link.first).to_be_visible()
    expect(page.locator(".backlinks, .mentions, main, aside").first).to_be_visible()
    preview.write("One.md", "I cite nothing here.\n")
    expect(link).to_have_count(0)
    assert stays(page)


def test_other_tabs_and_devices_see_it_too(preview: Preview, open_page: OpenPage) -> None:
    pages = [open_page(), open_page(), open_page(viewport={"width": 390, "height": 844}, has_touch=True)]
    for page in pages:
        opened(preview, page, "One", "First.\n")
    preview.write("One.md", "Second.\n")
    for page in pages:
        expect(page.locator(".prose p")).to_have_text("Second.")
        assert stays(page)


def test_a_renamed_note_takes_the_browser_along(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "Its words.\n")
    (preview.vault / "One.md").rename(preview.vault / "Two.md")
    page.wait_for_url("**/two.html")
    expect(page.locator(".prose p")).to_have_text("Its words.")
    preview.write("Two.md", "Its words, written on.\n")
    expect(page.locator(".prose p")).to_have_text("Its words, written on.")


@pytest.mark.allow_console_errors  # 404
def test_a_deleted_note_is_gone_and_comes_back(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "Its words.\n")
    (preview.vault / "One.md").unlink()
    expect(page.locator("h1")).to_have_text("Page not found")
    expect(page.locator(corner(page, ".gone"))).to_contain_text("One.md: This note was deleted")
    preview.write("One.md", "Its words, once more.\n")
    expect(page.locator(".prose p")).to_have_text("Its words, once more.")


@pytest.mark.allow_console_errors  # 404
def test_a_draft_never_shows(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "Secret words.\n")
    with page.expect_event("load"):  # the corner says so, and then the page is loaded again
        preview.write("One.md", "---\ndraft: true\n---\nSecret words, and more.\n")
    expect(page.locator(corner(page, ".gone"))).to_contain_text("--drafts shows drafts")
    assert "Secret words" not in page.content()
    page.reload()
    assert "Secret words" not in page.content()


def test_a_draft_is_marked_with_drafts(tmp_path: Path, page: Page) -> None:
    write(tmp_path / "vault", {"One.md": "---\ndraft: true\n---\nSoon.\n", "Two.md": "There."})
    with serve(tmp_path / "vault", "--drafts") as preview:
        page.goto(preview.url + "one.html")
        expect(page.locator(corner(page, ".draft"))).to_have_text("Draft")
        page.goto(preview.url + "two.html")
        page.locator(corner(page, ".edit")).wait_for()
        expect(page.locator(corner(page, ".draft"))).to_have_count(0)
        page.goto("about:blank")


def test_follow_goes_to_the_note_that_is_saved(tmp_path: Path, page: Page) -> None:
    write(tmp_path / "vault", {"One.md": "First.\n", "In/Two.md": "Second.\n"})
    with serve(tmp_path / "vault", "--follow") as preview:
        page.goto(preview.url + "one.html")
        listens(page)
        preview.write("In/Two.md", "Second, and more.\n")
        page.wait_for_url("**/in/two.html")
        expect(page.locator(".prose p")).to_have_text("Second, and more.")
        page.evaluate("window.stays = true")
        preview.write("In/Two.md", "Second, and still more.\n")
        expect(page.locator(".prose p")).to_have_text("Second, and still more.")
        assert stays(page)
        preview.write("One.md", "First, and more.\n")
        page.wait_for_url("**/one.html")
        page.goto("about:blank")


# ---- what an edit leaves alone ------------------------------------------------------------------------------


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_a_playing_video_keeps_its_time(preview: Preview, page: Page, asked: list[Request]) -> None:
    visit(page, preview.url + NOTE)
    frame = play(page, ".stamp >> nth=0")
    frame.evaluate("window.at(150); window.kept = 'kept'")
    page.evaluate("window.stays = true")
    text = (preview.vault / SOURCE).read_text()
    more = '\n\nAn added line <a class="yt-timestamp" data-t="02:30:00">[02:30:00]</a>.\n'
    preview.write(SOURCE, text.replace("Recent reports indicate", "New reports indicate") + more)
    expect(page.locator(".prose")).to_contain_text("New reports indicate")
    expect(page.locator(".prose")).to_contain_text("An added line")
    assert frame.evaluate("[window.kept, new URLSearchParams(location.search).get('start')]") == ["kept", "103"]
    assert len(asked) == 1
    assert stays(page)
    frame.evaluate("window.at(152)")  # and page and player still hear each other
    expect(page.locator(".controls")).to_contain_text("2:32")
    page.locator(".stamp", has_text="2:30").first.click()  # one that was not there when the page was loaded
    frame.wait_for_function("() => window.heard.some(({func, args}) => func === 'seekTo' && args[0] === 150)")


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_a_playing_video_learns_of_new_stamps(preview: Preview, page: Page, asked: list[Request]) -> None:
    visit(page, preview.url + NOTE)
    frame = play(page, "#t-103")
    page.evaluate("window.stays = true")
    text = (preview.vault / SOURCE).read_text()
    preview.write(SOURCE, text + "\n\nSaid much later on [02:00:01]. And later still [02:00:30].\n")
    page.locator("#t-7201").wait_for()
    frame.evaluate("window.lasts(8000)")
    frame.evaluate("window.at(7202)")
    page.locator("#t-7201.on").wait_for()
    page.wait_for_function("() => CSS.highlights.has('spoken')")
    assert spoken(page) == "Said much later on."
    preview.write(SOURCE, text)
    page.locator("#t-7201").wait_for(state="detached")
    frame.evaluate("window.at(104)")
    page.locator("#t-103.on").wait_for()
    assert stays(page)


def test_a_list_in_another_order_takes_new_notes(preview: Preview, page: Page) -> None:
    for name, links in (("A", ""), ("C", "[[A]]"), ("D", "[[C]] [[A]]")):
        preview.write(f"Some/{name}.md", links)
    preview.until(lambda: preview.shows("/some/", 'data-links="2"'))
    page.goto(preview.url + "some/")
    page.evaluate("window.stays = true")
    titles = page.locator("#note-list > li a")
    page.get_by_role("button", name="Most linked").click()
    expect(titles).to_have_text(["A", "C", "D"])
    preview.write("Some/B.md", "[[D]] and [[C]] and [[B]]")
    preview.write("Some/E.md", "[[D]] and [[D]] and [[C]]")
    expect(titles).to_have_text(["C", "A", "D", "B", "E"])
    (preview.vault / "Some/A.md").unlink()
    expect(titles).to_have_text(["C", "D", "B", "E"])
    page.get_by_role("button", name="By title").click()
    expect(titles).to_have_text(["B", "C", "D", "E"])
    assert stays(page)


def test_scroll_selection_and_folds_stay(preview: Preview, page: Page) -> None:
    text = f"# One\n\n> [!note]- Folded\n> Inside.\n\nBegin.\n\n{LONG}\n\nThe end of it.\n"
    opened(preview, page, "One", text)
    page.locator("details > summary").first.click()
    page.evaluate("scrollTo(0, 2000)")
    page.evaluate(
        """() => {
          const text = [...document.querySelectorAll(".prose p")].find((p) => p.textContent.startsWith("Paragraph 20")).firstChild;
          getSelection().setBaseAndExtent(text, 10, text, 40);
        }"""
    )
    chosen = page.evaluate("String(getSelection())")
    top = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().top")
    changed = text.replace("Begin.", "Begin.\n\nA paragraph above.\n\nAnd another.").replace(
        "The end of it.", "The very end."
    )
    preview.write("One.md", changed)
    expect(page.locator(".prose p").last).to_have_text("The very end.")
    assert page.evaluate("String(getSelection())") == chosen
    at_rest(page)
    moved = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().top") - top
    assert abs(moved) < 2  # where it was in view
    assert page.locator("details").first.evaluate("fold => fold.open")
    assert stays(page)


def test_only_what_changed_is_touched(preview: Preview, page: Page) -> None:
    items = "\n".join(f"- Item {n} of many" for n in range(12))
    text = f"# One\n\nSame.\n\nSame.\n\n{items}\n\nSame.\n\n## End\n\nLast.\n"
    opened(preview, page, "One", text)
    page.evaluate(
        """() => {
          window.records = [];
          const observer = new MutationObserver((records) => window.records.push(...records.map(({type}) => type)));
          observer.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
          document.querySelectorAll(".prose > *, .prose li").forEach((element) => { element.kept = true; });
        }"""
    )
    changed = (
        text.replace("- Item 3 of many\n", "")
        .replace("- Item 9", "- A new one\n- Item 9")
        .replace("## End", "Same.\n\n## End")
    )
    preview.write("One.md", changed)
    expect(page.locator(".prose li")).to_have_text(
        [
            *(f"Item {n} of many" for n in (0, 1, 2, *range(4, 9))),
            "A new one",
            *(f"Item {n} of many" for n in (9, 10, 11)),
        ]
    )
    fresh = page.evaluate(
        "[...document.querySelectorAll('.prose > *, .prose li')].filter(({kept}) => !kept).map(({textContent}) => textContent)"
    )
    assert sorted(fresh) == ["A new one", "Same."]
    assert set(page.evaluate("records")) == {"childList"}
    assert stays(page)


def test_a_selection_in_the_very_paragraph_stays(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "The first words, the middle words, the last words.\n")
    page.evaluate(
        "() => { const t = document.querySelector('.prose p').firstChild; getSelection().setBaseAndExtent(t, 4, t, 15); }"
    )
    preview.write("One.md", "The first words, the middle words and more, the last words.\n")
    expect(page.locator(".prose p")).to_have_text("The first words, the middle words and more, the last words.")
    assert page.evaluate("String(getSelection())") == "first words"


def test_the_search_box_stays(preview: Preview, page: Page) -> None:
    page.goto(preview.url + "notes.html")
    field = page.locator("input[data-list]")
    field.press_sequentially("zebra cro")
    expect(page.locator("#all-notes li:visible")).to_have_count(0)
    page.evaluate("window.stays = true")
    preview.write("One.md", "---\ntitle: A zebra crossing\n---\nWords.\n")
    expect(page.locator("#all-notes li:visible")).to_have_text(["A zebra crossing"])
    expect(field).to_have_value("zebra cro")
    expect(field).to_be_focused()
    assert stays(page)


def test_what_scripts_made_of_other_blocks_stays(preview: Preview, open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    text = "# One\n\n```python\nfirst = 1\n```\n\nWords.\n"
    opened(preview, page, "One", text)
    page.locator(".copyable .copy").evaluate("button => { button.kept = true }")
    preview.write("One.md", text.replace("Words.", "Other words.\n\n```python\nsecond = 2\n```"))
    expect(page.locator(".prose pre")).to_have_count(2)
    expect(page.locator(".copyable .copy")).to_have_count(2)
    assert page.locator(".copy").first.evaluate("button => button.kept")
    preview.write("One.md", text.replace("first = 1", "first = 11"))
    expect(page.locator(".prose pre")).to_have_text(["first = 11\n"])
    expect(page.locator(".copyable .copy")).to_have_count(1)
    assert stays(page)


def test_sheets_and_scripts_that_an_edit_calls_for(preview: Preview, open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    opened(preview, page, "One", "Words.\n")
    preview.write("One.md", "> [!tip] A tip\n> Inside.\n\n```python\nfirst = 1\n```\n")
    expect(page.locator('link[href*="vendor/callouts.css"]')).to_have_count(1)
    expect(page.locator(".copyable .copy")).to_have_count(1)
    assert stays(page)


def test_what_scripts_asked_for_keeps_its_looks(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "The first words.\n")
    page.keyboard.press("Control+k")
    box = page.locator("dialog[open]")
    box.locator("input").press_sequentially("zebra")
    expect(box).to_contain_text("Nothing is found")
    sheets = "[...document.styleSheets].map(({ href }) => new URL(href).pathname).sort()"
    looks = "box => { const { top, width } = box.getBoundingClientRect(); return [top, width, getComputedStyle(box).borderRadius]; }"
    before = page.evaluate(sheets), box.evaluate(looks)
    preview.write("One.md", "> [!tip] A tip\n> Inside.\n\nThe first words, and more.\n")
    expect(page.locator(".prose > p")).to_have_text("The first words, and more.")
    expect(page.locator('link[href*="vendor/callouts.css"]')).to_have_count(1)
    preview.write("One.md", "The first words once more.\n")
    expect(page.locator(".prose > p")).to_have_text("The first words once more.")
    expect(page.locator('link[href*="vendor/callouts.css"]')).to_have_count(0)  # nothing calls for it any more
    assert (page.evaluate(sheets), box.evaluate(looks)) == before
    assert stays(page)


def test_a_picture_that_changes(preview: Preview, page: Page) -> None:
    picture = "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='10'/>"
    preview.write("drawn.svg", picture.format(30))
    opened(preview, page, "One", "![[drawn.svg]]\n")
    page.wait_for_function("() => document.querySelector('.prose img').naturalWidth === 30")
    preview.write("drawn.svg", picture.format(70))
    page.wait_for_function("() => document.querySelector('.prose img').naturalWidth === 70")
    assert stays(page)


# ---- theme ---------------------------------------------------------------------------------------------------


def test_a_style_sheet_applies_without_a_reload(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "Words.\n")
    root = preview.vault.parent
    builtin = preview.get("/static/parts.css").text
    background = "getComputedStyle(document.querySelector('.foot')).outlineColor"
    try:
        write(root, {"static/parts.css": builtin + "\n.foot { outline: 3px solid rgb(1, 2, 3); }"})
        page.wait_for_function(f"() => {background} === 'rgb(1, 2, 3)'")
        write(root, {"static/parts.css": builtin + "\n.foot { outline: 3px solid rgb(4, 5, 6); }"})
        page.wait_for_function(f"() => {background} === 'rgb(4, 5, 6)'")
        page.wait_for_function("() => document.querySelectorAll('link[href*=\"parts.css\"]').length === 1")
        assert stays(page)
    finally:
        (root / "static" / "parts.css").unlink()


def test_a_template_applies_without_a_reload_and_its_error_is_shown(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "Words.\n")
    template = preview.vault.parent / "templates" / "partials" / "foot.html"
    try:
        write(template.parent, {"foot.html": "<footer class='foot'>Our own foot</footer>"})
        expect(page.locator("footer")).to_have_text("Our own foot")
        write(template.parent, {"foot.html": "<footer class='foot'>{{ no_such_thing }}</footer>"})
        error = page.locator(corner(page, ".error"))
        expect(error).to_be_visible()
        expect(error).to_contain_text("no_such_thing")
        expect(page.locator("footer")).to_have_text("Our own foot")  # what was there stays
        write(template.parent, {"foot.html": "<footer class='foot'>Mended</footer>"})
        expect(page.locator("footer")).to_have_text("Mended")
        expect(error).to_be_hidden()
        assert stays(page)
    finally:
        shutil.rmtree(template.parent.parent)


@pytest.mark.allow_console_errors  # 500
def test_an_error_in_the_template_of_the_graph_is_shown_and_goes(preview: Preview, open_page: OpenPage) -> None:
    root = preview.vault.parent
    page = open_page()
    page.goto(preview.url + "graph.html")
    page.locator("sitegen-preview").wait_for(state="attached")
    title = page.locator("h1").inner_text()
    page.evaluate("window.stays = true")
    write(root, {"templates/graph.html": "{% wrong %}"})
    try:
        error = page.locator(corner(page, ".error"))
        expect(error).to_contain_text("templates/graph.html:1")
        expect(page.locator("h1")).to_have_text(title)
        other = open_page()
        other.goto(preview.url + "graph.html")
        expect(other.locator("h1")).to_have_text("This page cannot be made")
    finally:
        (root / "templates" / "graph.html").unlink()
    expect(error).to_be_hidden()
    assert stays(page)
    expect(other.locator("h1")).to_have_text(title)


# ---- problems ------------------------------------------------------------------------------------------------


def test_problems_stand_in_a_corner_with_the_way_to_them(
    preview: Preview, page: Page, scheme: str, axe: Callable[..., list[str]]
) -> None:
    opened(preview, page, "One", "# One\n\nSee [[Nothing of that name]].\n")
    problems = page.locator(corner(page, "details"))
    expect(problems.locator("summary")).to_have_text("1 problem")
    problems.locator("summary").click()
    expect(problems.locator("li")).to_contain_text("Nothing of that name")
    link = problems.locator("li a")
    expect(link).to_have_text("line 3")
    assert link.get_attribute("href") == f"vscode://file{preview.vault}/One.md:3:5"
    assert page.locator(corner(page, ".edit")).get_attribute("href") == f"vscode://file{preview.vault}/One.md:1:1"
    assert axe(page, preload=False) == []
    preview.write("One.md", "# One\n\nSee [[Nothing of that name]] and [[Nothing else]].\n")
    expect(problems.locator("summary")).to_have_text("2 problems")
    assert problems.evaluate("list => list.open")
    preview.write("One.md", "# One\n\nSee nothing.\n")
    expect(problems).to_have_count(0)
    assert stays(page)


def test_a_broken_note_says_so_and_its_last_text_stays(preview: Preview, page: Page) -> None:
    opened(preview, page, "One", "---\ntitle: One\n---\nIts last good words.\n")
    preview.write("One.md", "---\ntitle: [One\ndraft: tru\n---\nIts last good words.\n")
    gone = page.locator(corner(page, ".gone"))
    expect(gone).to_contain_text("withheld: its front matter cannot be read")
    expect(page.locator(corner(page, "summary"))).to_contain_text("problem")
    expect(page.locator(".prose")).to_contain_text("Its last good words.")
    page.reload()
    expect(page.locator(".prose")).to_contain_text("Its last good words.")
    expect(gone).to_contain_text("last good text is shown")
    expect(page.locator(corner(page, ".edit"))).to_be_visible()
    page.evaluate("window.stays = true")
    preview.write("One.md", "---\ntitle: One\n---\nIts better words.\n")
    expect(page.locator(".prose")).to_contain_text("Its better words.")
    expect(gone).to_be_hidden()
    assert stays(page)


@pytest.mark.allow_console_errors  # while nobody answers
def test_a_server_that_ends_and_one_that_takes_its_place(tmp_path: Path, page: Page) -> None:
    write(tmp_path / "vault", {"One.md": "First.\n"})
    with serve(tmp_path / "vault") as preview:
        opened(preview, page, "One", "First.\n")
        port = str(preview.port)
        page.locator(corner(page, ".edit")).wait_for()
        preview.stop()
    expect(page.locator(corner(page, ".lost"))).to_be_visible()
    write(tmp_path / "vault", {"One.md": "Second.\n"})
    with serve(tmp_path / "vault", port=port):
        expect(page.locator(".prose p")).to_have_text("Second.")
        expect(page.locator(corner(page, ".lost"))).to_be_hidden()


def test_a_page_that_nobody_sees_lets_go_of_the_server(preview: Preview, open_page: OpenPage) -> None:
    """Browsers allow six connections to one server: a seventh tab must not wait for ever."""
    pages: list[WatchedPage] = []
    first = open_page()
    opened(preview, first, "One", "First.\n")
    for _ in range(8):
        page = first.context.new_page()
        page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => window.isHidden ?? false })")
        page.goto(preview.url + "one.html")
        page.evaluate("window.isHidden = true; document.dispatchEvent(new Event('visibilitychange'))")
        page.wait_for_timeout(300)
        pages.append(page)  # type: ignore[arg-type]
    first.wait_for_timeout(2500)
    preview.write("One.md", "Second.\n")
    expect(first.locator(".prose p")).to_have_text("Second.")
    pages[0].evaluate("window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(pages[0].locator(".prose p")).to_have_text("Second.")
