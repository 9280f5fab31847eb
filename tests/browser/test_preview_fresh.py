"""What an open page has fetched besides its own text is, after an edit, as fresh as that."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.provider import provider_frame
from tests.browser.test_preview import opened, stays
from tests.conftest import write
from tests.preview import Preview, serve

NOTES = {
    "One.md": "# One\n\nBegins here, and leads to [[Two]].\n",
    "Two.md": "# Two\n\nSays little.\n",
    "Deep/Three.md": "# Three\n\nLies deeper, by [[One]].\n",
}


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    """A preview of a few notes."""
    write(tmp_path / "vault", NOTES)
    with serve(tmp_path / "vault") as preview:
        yield preview


def visit(preview: Preview, page: Page, url: str) -> None:
    """Open a page that remembers that it was not loaded again, and hears what happens."""
    page.add_init_script("document.addEventListener('sitegen:changed', () => (window.isTold = true))")
    page.goto(preview.url + url)
    page.locator("sitegen-preview").wait_for(state="attached")
    page.wait_for_function("() => window.isTold")
    page.evaluate("window.stays = true")


# ---- the search ------------------------------------------------------------------------------------------


def test_the_search_finds_a_word_that_was_just_written_elsewhere(preview: Preview, page: Page) -> None:
    visit(preview, page, "one.html")
    page.keyboard.press("Control+k")
    page.locator(".search-dialog input").fill("quokkas")
    expect(page.locator(".search-status")).to_contain_text("Nothing is found")
    preview.write("Two.md", "# Two\n\nSays something of quokkas.\n")
    expect(page.locator(".search-dialog .search-note")).to_have_text(["Two"])  # without a key being pressed
    expect(page.locator(".search-dialog .search-words mark")).to_have_text("quokkas")
    preview.write("Two.md", "# Two\n\nSays nothing of them, and numbats instead.\n")
    expect(page.locator(".search-status")).to_contain_text("Nothing is found")
    page.locator(".search-dialog input").fill("numbats")
    expect(page.locator(".search-dialog .search-note")).to_have_text(["Two"])
    assert stays(page)


def test_the_page_of_the_search_shows_what_is_found_now(preview: Preview, page: Page) -> None:
    visit(preview, page, "search.html?q=little")
    notes = page.locator(".search-note")
    expect(notes).to_have_text(["Two"])
    page.locator(".search-field").press("ArrowDown")
    expect(page.locator('[aria-selected="true"]')).to_have_text("Two")
    preview.write("One.md", "# One\n\nSays little, too, and little more than that.\n")
    expect(notes).to_have_count(2)
    expect(page.locator('[aria-selected="true"]')).to_have_text("Two")  # what was chosen stays so
    expect(page.locator(".search-field")).to_have_value("little")
    expect(page.locator('script[src*="static/search/"]')).to_have_count(0)  # a day's edits must not pile them up
    assert stays(page)


# ---- the graph ---------------------------------------------------------------------------------------------


def test_the_graph_takes_new_notes_and_links_and_stays_where_it_was(preview: Preview, page: Page) -> None:
    visit(preview, page, "graph.html#one.html")
    page.wait_for_function("() => document.querySelector('.network').dataset.ready !== undefined")
    expect(page.locator(".card-targets li")).to_have_text(["Two"])
    page.locator(".network-stage").focus()
    page.keyboard.press("+")
    page.wait_for_function("() => document.querySelector('.network-stage').drawing.rests()")
    camera = "JSON.stringify(document.querySelector('.network-stage').drawing.renderer.getCamera().getState())"
    before = page.evaluate(camera)
    preview.write("Four.md", "# Four\n\nOf [[Two]].\n")
    preview.write("One.md", "# One\n\nLeads to [[Two]] and to [[Four]].\n")
    expect(page.locator(".card-targets li")).to_have_text(["Four", "Two"])
    expect(page.locator(".network-facts")).to_contain_text("4 notes")
    assert page.evaluate(camera) == before
    assert page.evaluate("document.querySelector('.network-stage').drawing.renderer.getGraph().order") == 4
    assert page.locator(".network-stage canvas").count() == page.evaluate(
        "Object.keys(document.querySelector('.network-stage').drawing.renderer.getCanvases()).length"
    )  # the old drawing is gone
    page.locator("#network-find").fill("Fou")
    expect(page.locator("#network-found li")).to_contain_text(["Four"])
    page.locator("#network-find").press("Enter")
    expect(page.locator(".card-title")).to_have_text("Four")
    (preview.vault / "Four.md").unlink()
    expect(page.locator(".network-facts")).to_contain_text("3 notes")
    expect(page.locator(".network-card")).to_be_hidden()  # its note is no more
    page.locator('button[data-view="list"]').click()
    expect(page.locator(".network-title")).to_have_text(["One", "Three", "Two"])
    preview.write("Five.md", "# Five\n")
    expect(page.locator(".network-title")).to_have_text(["Five", "One", "Three", "Two"])
    assert stays(page)


# ---- the drawer and previews of links ------------------------------------------------------------------------


def test_the_drawer_knows_new_notes_and_keeps_what_is_open(preview: Preview, page: Page) -> None:
    visit(preview, page, "one.html")
    page.keyboard.press("b")
    tree = page.locator("dialog.browse .tree")
    tree.get_by_role("button", name="Deep").click()
    expect(tree).to_contain_text("Three")
    tree.get_by_role("link", name="Three").focus()
    preview.write("Deep/Deeper.md", "# Deeper\n")
    expect(tree.get_by_role("link", name="Deeper")).to_be_visible()
    expect(tree.get_by_role("link", name="Three")).to_be_focused()
    page.keyboard.press("Escape")
    preview.write("Six.md", "# Six\n")
    preview.until(lambda: preview.get("/six.html").status == 200)
    page.keyboard.press("b")
    expect(tree.get_by_role("link", name="Six")).to_be_visible()
    assert stays(page)


def test_a_preview_shows_what_its_note_says_now(preview: Preview, page: Page) -> None:
    visit(preview, page, "one.html")
    link = page.locator(".prose a")
    link.hover()
    expect(page.locator(".preview")).to_contain_text("Says little.")
    page.mouse.move(1, 1)
    expect(page.locator(".preview")).to_have_count(0)
    page.evaluate("window.isTold = false")
    preview.write("Two.md", "# Two\n\nSays rather more.\n")
    page.wait_for_function("() => window.isTold")
    link.hover()
    expect(page.locator(".preview")).to_contain_text("Says rather more.")
    assert stays(page)


# ---- tabs that nobody sees -------------------------------------------------------------------------------------

HIDDEN = "Object.defineProperty(document, 'hidden', { get: () => window.isHidden ?? true })"
SHOW = "window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))"


def test_tabs_opened_in_the_background_take_no_connection(preview: Preview, open_page: OpenPage) -> None:
    """Browsers allow six connections to one server: links opened in new tabs must not use them up."""
    first = open_page()
    opened(preview, first, "One", NOTES["One.md"])
    behind = []
    for _ in range(7):
        page = first.context.new_page()
        page.add_init_script(HIDDEN)
        page.goto(preview.url + "two.html", wait_until="commit")
        behind.append(page)
    for page in behind:
        expect(page.locator(".prose p")).to_have_text("Says little.")
    preview.write("Two.md", "# Two\n\nSays more.\n")
    preview.until(lambda: preview.shows("/two.html", "Says more."))
    behind[-1].evaluate(SHOW)
    expect(behind[-1].locator(".prose p")).to_have_text("Says more.")


def test_a_picture_that_changed_while_nobody_looked(preview: Preview, page: Page) -> None:
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"><rect width="{0}" height="{0}"/></svg>'
    preview.write("It's [a] picture.svg", square.format(20))
    preview.write("One.md", "# One\n\n![[It's [a] picture.svg]]\n\n![](It's%20%5Ba%5D%20picture.svg)\n")
    preview.until(lambda: preview.shows("/one.html", "<img"))
    page.add_init_script(HIDDEN.replace("true", "false"))
    visit(preview, page, "one.html")
    width = "document.querySelector('.prose img').naturalWidth"
    page.wait_for_function(f"() => {width} === 20")
    page.evaluate("window.isHidden = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(2500)
    preview.write("It's [a] picture.svg", square.format(30))
    preview.until(lambda: preview.said(r"picture\.svg in"))
    preview.write("Two.md", "# Two\n\nSays more.\n")
    preview.until(lambda: preview.shows("/two.html", "Says more."))
    page.evaluate(SHOW)
    page.wait_for_function(f"() => {width} === 30")
    assert stays(page)


def test_what_changes_before_a_tab_in_the_background_is_looked_at(preview: Preview, page: Page) -> None:
    sheet = preview.get("/static/parts.css").text

    def save(size: int) -> None:
        preview.write("drawn.svg", f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}"/>')
        preview.write("static/parts.css", f"{sheet}\n.foot {{ outline-color: rgb({size}, 0, 0) }}")
        preview.until(lambda: preview.shows("/drawn.svg", f'width="{size}"'))
        preview.until(lambda: preview.shows("/static/parts.css", f"rgb({size}, 0, 0)"))

    preview.write("One.md", "# One\n\n![[drawn.svg]]\n")
    save(20)
    preview.until(lambda: preview.shows("/one.html", "<img"))
    page.add_init_script(HIDDEN)
    page.goto(preview.url + "one.html")
    page.wait_for_function("() => document.querySelector('.prose img').naturalWidth === 20")
    page.evaluate("window.stays = true")
    save(30)
    page.evaluate(SHOW)
    page.wait_for_function("() => document.querySelector('.prose img').naturalWidth === 30")
    expect(page.locator(".foot")).to_have_css("outline-color", "rgb(30, 0, 0)")
    assert stays(page)


# ---- videos ------------------------------------------------------------------------------------------------------


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_a_video_in_the_place_of_another_is_the_one_that_plays(
    preview: Preview, page: Page, asked: list[Request]
) -> None:
    text = "---\nvideoId: {}\n---\n# One\n\nSaid at [01:00].\n"
    preview.write("One.md", text.format("aaaaaaaaaaa"))
    preview.until(lambda: preview.shows("/one.html", "aaaaaaaaaaa"))
    visit(preview, page, "one.html")
    preview.write("One.md", text.format("bbbbbbbbbbb"))
    page.locator(".video.live[data-video=bbbbbbbbbbb]").wait_for()
    with page.expect_response("**/embed/bbbbbbbbbbb?*"):
        page.locator(".poster").click()
    page.locator(".player iframe").wait_for()
    assert [urlsplit(request.url).path for request in asked] == ["/embed/bbbbbbbbbbb"]


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_a_video_that_an_edit_sets_into_the_text_plays_there(
    preview: Preview, page: Page, asked: list[Request]
) -> None:
    embed = "![](https://www.youtube.com/watch?v={})\n\n"
    preview.write("One.md", embed.format("aaaaaaaaaaa"))
    preview.until(lambda: preview.shows("/one.html", "aaaaaaaaaaa"))
    visit(preview, page, "one.html")
    page.locator("[data-video=aaaaaaaaaaa]").click()
    page.locator(".player iframe").wait_for()
    preview.write("One.md", embed.format("aaaaaaaaaaa") + "And another:\n\n" + embed.format("bbbbbbbbbbb"))
    with page.expect_response("**/embed/bbbbbbbbbbb?*"):
        page.locator("[data-video=bbbbbbbbbbb]").click()
    expect(page.locator(".player iframe")).to_have_count(2)
    assert [urlsplit(request.url).path for request in asked] == ["/embed/aaaaaaaaaaa", "/embed/bbbbbbbbbbb"]
    assert stays(page)


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_an_open_player_gets_the_buttons_that_new_moments_call_for(
    preview: Preview, page: Page, asked: list[Request]
) -> None:
    text = "---\nvideoId: aaaaaaaaaaa\n---\n# One\n\nSaid.{}\n"
    preview.write("One.md", text.format(""))
    preview.until(lambda: preview.shows("/one.html", "aaaaaaaaaaa"))
    visit(preview, page, "one.html")
    page.locator(".poster").click()
    expect(page.locator(".controls .toggle")).to_be_visible()
    expect(page.get_by_role("button", name="moment")).to_have_count(0)
    expect(page.get_by_role("button", name="Follow along")).to_have_count(0)
    preview.write("One.md", text.format(" [01:00] And [02:00]."))
    expect(page.get_by_role("button", name="moment")).to_have_count(2)
    expect(page.get_by_role("button", name="Follow along")).to_have_count(1)
    expect(page.get_by_role("slider", name="Position in the video")).to_have_count(1)
    page.get_by_role("button", name="Next moment").click()
    frame = provider_frame(page)
    frame.wait_for_function("() => window.heard.some(({func, args}) => func === 'seekTo' && args[0] === 60)")
    assert len(asked) == 1
    assert stays(page)


def test_an_unfolded_transcript_says_what_its_file_does(preview: Preview, page: Page) -> None:
    said = "WEBVTT\n\n00:01.000 --> 00:04.000\nThe tide turns.\n\n09:05.000 --> 09:09.000\n{}\n"
    preview.write("talk.vtt", said.format("The boats come home."))
    preview.write("talk.mp3", b"sound")
    preview.write("One.md", "---\nvideo: talk.mp3\n---\n# One\n\nSaid at [0:05].\n")
    preview.until(lambda: preview.shows("/one.html", "data-source"))
    visit(preview, page, "one.html")
    page.locator("details.transcript summary").click()
    lines = page.locator(".transcript .lines > li:not([hidden])")
    expect(lines).to_have_count(2)
    page.get_by_role("searchbox", name="Search the transcript").fill("boats")
    expect(lines).to_have_count(1)
    preview.write("talk.vtt", said.format("The boats go out."))
    expect(lines).to_contain_text(["The boats go out."])
    assert stays(page)
    visit(preview, page, page.locator("details.transcript .ways a").get_attribute("href") or "")
    page.get_by_role("searchbox", name="Search the transcript").fill("boats")
    expect(page.locator("mark")).to_have_text("boats")
    preview.write("talk.vtt", said.format("No boats at all."))
    expect(lines).to_contain_text(["No boats at all."])
    page.get_by_role("searchbox", name="Search the transcript").fill("tide")
    expect(lines).to_contain_text(["The tide turns."])
    assert stays(page)


def test_a_site_that_gets_another_language_speaks_it_throughout(tmp_path: Path, page: Page) -> None:
    settings = 'content = "notes"\nlanguage = "{}"\n'
    write(tmp_path, {"sitegen.toml": settings.format("en"), "notes/One.md": "# One\n"})
    with serve(tmp_path / "notes", cwd=tmp_path) as preview:
        visit(preview, page, "one.html")
        write(tmp_path, {"sitegen.toml": settings.format("de")})
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.get_by_role("link", name="Alle Notizen").first).to_be_visible()
        page.wait_for_function("() => !window.stays")  # scripts have to begin anew for that
        page.wait_for_load_state()
        page.keyboard.press("?")
        expect(page.locator("dialog[open]")).to_contain_text("Tasten")
        page.goto("about:blank")


# ---- everything --------------------------------------------------------------------------------------------------

BLOCKS = [
    "Some *words* at [01:00], and [[Two]].",
    "## A heading",
    "- one\n- two\n  - three [02:30]",
    "1. first\n2. second",
    "> [!tip]- Folded\n> Inside of it.",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```py\nprint(1)\n```",
    "A footnote.[^n]\n\n[^n]: What it says.",
    "![[One#A heading]]",
    "#tag and ==marked== text.",
    "![](https://www.youtube.com/watch?v=aaaaaaaaaaa)",
]
# The body as text: without what only the preview adds, and with classes and attributes in one order.
TOLD = """() => {
  const body = document.body.cloneNode(true);
  for (const element of body.querySelectorAll("script, .unseen[role=status]")) element.remove();
  for (const element of body.querySelectorAll("*")) {
    element.className = "classList" in element && element instanceof HTMLElement ? [...element.classList].sort().join(" ") : "";
    const attributes = [...element.attributes].map(({ name, value }) => [name, value]).filter(([, value]) => value).sort();
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
    for (const [name, value] of attributes) element.setAttribute(name, value);
  }
  body.normalize();
  return body.innerHTML.replace(/\\s+/g, " ").replace(/ ?([<>]) ?/g, "$1");
}"""


def test_a_page_after_many_edits_is_what_it_is_when_it_is_loaded_anew(preview: Preview, open_page: OpenPage) -> None:
    chance = random.Random(6)
    page = open_page()
    text = [chance.choice(BLOCKS) for _ in range(8)]

    def save(number: int) -> None:
        preview.write("Many.md", "---\nvideoId: bbbbbbbbbbb\n---\n" + "\n\n".join([*text, f"Edit {number}."]) + "\n")
        preview.until(lambda: preview.shows("/many.html", f"Edit {number}."))

    save(0)
    visit(preview, page, "many.html")
    fresh = page.context.new_page()
    for number in range(1, 16):
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(text))
            if chance.random() < 0.5 or len(text) < 4:
                text.insert(place, chance.choice(BLOCKS))
            elif chance.random() < 0.5:
                text.pop(place)
            else:
                text.insert(chance.randrange(len(text)), text.pop(place))
        save(number)
        expect(page.locator(".prose")).to_contain_text(f"Edit {number}.")
        fresh.goto(f"{preview.url}many.html")
        fresh.locator(".video.live").wait_for()
        preview.until(lambda: page.evaluate(TOLD) == fresh.evaluate(TOLD))
    assert stays(page)
