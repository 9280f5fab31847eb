"""What notes may hold that needs a script or a sheet of its own: formulas, code, diagrams, videos, documents, callouts.

Every page here is served under the strict policy; a violation of it is a logged error, which fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, serve
from tests.conftest import run_build, write

Axe = Callable[..., list[str]]

PDF = (
    b"%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n"
)
KINDS = [
    "note",
    "abstract",
    "info",
    "todo",
    "tip",
    "success",
    "question",
    "warning",
    "failure",
    "danger",
    "bug",
    "example",
    "quote",
]
DIAGRAMS = {
    "flow": "graph TD\nA[Some label] -->|edge| Biology\nstyle A fill:#f9f,stroke:#333\nclassDef hot color:#300\nclass A hot",
    "sequence": "sequenceDiagram\nAlice->>+John: Hello\nJohn-->>-Alice: Yes",
    "pie": 'pie title Pets\n"Dogs" : 3\n"Cats" : 8',
    "gantt": "gantt\ndateFormat YYYY-MM-DD\nsection S\nA :a1, 2014-01-01, 30d\nB :after a1, 20d",
    "classes": "classDiagram\nAnimal <|-- Duck\nAnimal : +int age",
    "states": "stateDiagram-v2\n[*] --> Still\nStill --> [*]",
    "mindmap": "mindmap\n root((m))\n  One\n  Two",
    "timeline": "timeline\ntitle T\n2002 : A\n2004 : B",
    "entities": "erDiagram\nA ||--o{ B : has",
    "git": "gitGraph\ncommit\nbranch b\ncheckout b\ncommit",
    "journey": "journey\ntitle J\nsection S\nMake tea: 5: Me",
    "quadrant": "quadrantChart\nx-axis Low --> High\ny-axis Low --> High\nA: [0.3, 0.6]",
}
VAULT: dict[str, str | bytes] = {
    "diagrams.md": "# Diagrams\n\n" + "".join(f"```mermaid\n{text}\n```\n\n" for text in DIAGRAMS.values()),
    "linked.md": "# Linked\n\n```mermaid\ngraph TD\nBiology --> B[The other]\nclass Biology,B internal-link;\n```\n",
    "bad.md": "# Bad\n\n```mermaid\nno diagram at all\n```\n",
    "hostile.md": (
        "# Hostile\n\n```mermaid\n%%{init: {'securityLevel': 'loose', 'themeCSS': '@import url(https://evil.example/x.css);'}}%%\n"
        "graph TD\nA[<img src=https://evil.example/x.png onerror=alert(1)>] --> B\nclick B href \"javascript:alert(1)\"\n"
        "style A fill:url(https://evil.example/y.svg)\n```\n"
    ),
    "Biology.md": "# Biology\n\nLife.\n",
    "The other.md": "Text.\n",
    "code.md": (
        '# Code\n\n```python title="x.py" {2} showLineNumbers\ndef f(x):\n    return "a" + 1  # why\n```\n\n'
        "```js\nlet a = 1;\n```\n"
    ),
    "colours.md": "# Colours\n\n" + "".join(
        f"```{language}\n{text}\n```\n\n"
        for language, text in {
            "python": '@decorated\nclass A(Exception):\n    """Doc"""\n    def f(self, x=None):  # why\n        return not x and 1.5',
            "html": '<!-- c --><p class="x">&amp;</p>',
            "diff": "- a\n+ b\n@@ c\n",
            "console": "$ ls -la\nout",
            "css": "a { color: red; }",
            "md": "# H\n\n**b** *e*",
        }.items()
    ),
    "math.md": "# Math\n\nInline $e^{i\\pi}+1=0$ and:\n\n$$\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt\\pi}{2}$$\n\n- $\\sqrt{x}$\n",
    "video.md": "# Video\n\n![A talk](https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90)\n\nSee [it](https://example.org/it).\n",
    "table.md": "# Table\n\n| Property | Key | What it is for |\n|--|--|--|\n| `description` | `Shift+Tab` | "
    + "Words of a sentence that needs some room. " * 3
    + "|\n",
    "paper.md": "# Paper\n\n![[a.pdf#page=1&height=300]]\n",
    "a.pdf": PDF,
    "callouts.md": "# Callouts\n\n"
    + "".join(f"> [!{kind}]- About it\n> Text of it.\n\n> [!{kind}]\n> Text.\n\n" for kind in KINDS),
    "blocks.md": "# Blocks\n\n" + "Filler.\n\n" * 60 + "The block that is meant. ^meant\n\n" + "Filler.\n\n" * 60,
    "to.md": "# To\n\n[[blocks#^meant|there]]\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("constructs")
    write(folder / "vault", VAULT)
    assert run_build(folder / "vault", folder / "out").exit_code == 0
    return folder / "out"


@pytest.fixture(scope="module")
def url(built: Path) -> Iterator[str]:
    with serve(built) as address:
        yield address


def draw_all(page: Page) -> None:
    """Scroll to each diagram in turn and wait until it is drawn."""
    for figure in page.locator("figure.diagram").all():
        figure.scroll_into_view_if_needed()
        expect(figure.locator(".drawing svg")).to_be_visible()


# ---- diagrams -------------------------------------------------------------------------------------


def test_diagrams_of_all_kinds_are_drawn_under_the_strict_policy(page: Page, scheme: str, url: str, axe: Axe) -> None:
    page.goto(url + "diagrams.html")
    draw_all(page)
    assert page.locator(".drawing svg").count() == len(DIAGRAMS)
    assert not page.locator("figure.diagram pre:visible").count()
    assert axe(page, rules={"color-contrast": {"enabled": False}}) == []  # Mermaid's own colours, and the note's


def test_a_diagram_follows_the_scheme(page: Page, url: str) -> None:
    page.goto(url + "linked.html")
    draw_all(page)
    shape = page.locator(".drawing:not(.measuring) .node rect").first
    before: str = shape.evaluate("(shape) => getComputedStyle(shape).fill")
    page.locator(".switch").click()
    expect(shape).not_to_have_css("fill", before)
    expect(page.locator(".drawing svg")).to_have_count(1)


def test_nodes_that_name_notes_are_links(page: Page, url: str) -> None:
    page.goto(url + "linked.html")
    draw_all(page)
    page.locator(".drawing a", has_text="The other").click()
    expect(page).to_have_url(url + "the-other.html")


def test_without_scripts_a_diagram_is_its_source_with_links(open_page: OpenPage, url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(url + "linked.html")
    assert page.locator("figure.diagram pre").inner_text().startswith("graph TD")
    page.locator(".diagram-links a", has_text="Biology").click()
    expect(page).to_have_url(url + "biology.html")


def test_what_is_no_diagram_stays_as_it_was_written(page: Page, url: str) -> None:
    page.goto(url + "bad.html")
    expect(page.locator("figure.diagram.failed")).to_be_visible()
    assert page.locator("pre").inner_text().strip() == "no diagram at all"
    assert not page.locator(".drawing").count()


def test_a_hostile_diagram_runs_nothing_and_asks_nobody(page: Page, url: str) -> None:
    page.goto(url + "hostile.html")
    expect(page.locator("figure.diagram:is(.drawn, .failed)")).to_be_visible()
    page.wait_for_timeout(300)
    assert not page.locator(".drawing [onerror], .drawing a[href^='javascript'], .drawing img").count()


def test_the_library_comes_only_with_a_diagram(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url + "biology.html", wait_until="networkidle")
    assert not [one for one in asked if "mermaid" in one or "katex" in one or "diagrams" in one or "code.css" in one]


# ---- code -----------------------------------------------------------------------------------------


def test_a_button_copies_code_without_its_numbers(open_page: OpenPage, url: str) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(url + "code.html")
    page.get_by_role("button", name="Copy x.py").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == 'def f(x):\n    return "a" + 1  # why'


def test_code_is_coloured_and_passes_contrast(page: Page, scheme: str, url: str, axe: Axe) -> None:
    for name in ("code.html", "colours.html"):
        page.goto(url + name)
        assert axe(page) == []
    colours = page.evaluate(
        "new Set([...document.querySelectorAll('pre span')].map((e) => getComputedStyle(e).color)).size"
    )
    assert colours >= 6
    page.goto(url + "code.html")
    number = page.evaluate("getComputedStyle(document.querySelector('.line.marked'), '::before').content")
    assert number.startswith('"2"')


# ---- formulas -------------------------------------------------------------------------------------


def test_formulas_look_as_katex_draws_them_without_scripts(open_page: OpenPage, url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(url + "math.html", wait_until="networkidle")
    fraction = page.locator(".katex-display .mfrac .vlist-r .vlist").first.bounding_box()
    assert fraction and fraction["height"] > 30
    strut = page.locator(".katex-display .katex-strut").first
    assert float(strut.evaluate("(e) => parseFloat(getComputedStyle(e).height)")) > 40
    assert "KaTeX" in str(page.locator(".mathnormal").first.evaluate("(e) => getComputedStyle(e).fontFamily"))


def test_axe_finds_nothing_about_formulas(page: Page, scheme: str, url: str, axe: Axe) -> None:
    page.goto(url + "math.html")
    assert axe(page) == []


def test_formulas_that_were_not_drawn_are_drawn_by_the_page(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitegen.commands.prepare.drawer", lambda: "")  # as where there is no engine
    write(tmp_path / "vault", {"math.md": VAULT["math.md"]})
    run_build(tmp_path / "vault", tmp_path / "out")
    assert '<code class="formula">e^{i\\pi}+1=0</code>' in (tmp_path / "out" / "math.html").read_text()
    with serve(tmp_path / "out") as url:
        page.goto(url + "math.html", wait_until="networkidle")
        assert page.locator(".katex").count() == 3 and not page.locator("code.formula").count()
        strut = page.locator(".katex-display .katex-strut").first
        assert float(strut.evaluate("(e) => parseFloat(getComputedStyle(e).height)")) > 40


# ---- videos and documents -------------------------------------------------------------------------


@pytest.mark.allow_hosts("www.youtube-nocookie.com")
def test_a_video_asks_nobody_before_it_is_pressed(page: Page, url: str) -> None:
    page.goto(url + "video.html", wait_until="networkidle")
    assert not page.locator("iframe").count()
    page.locator(".facade").focus()
    page.keyboard.press("Enter")
    frame = page.locator(".player.in-text iframe")
    address = urlsplit(frame.get_attribute("src") or "")
    assert (address.netloc, address.path) == ("www.youtube-nocookie.com", "/embed/dQw4w9WgXcQ")
    assert parse_qs(address.query)["start"] == ["90"]
    assert frame.get_attribute("title") == "A talk"
    assert frame.get_attribute("referrerpolicy") == "strict-origin-when-cross-origin"


def test_without_scripts_a_video_is_a_link(open_page: OpenPage, url: str, axe: Axe) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(url + "video.html")
    assert (
        page.get_by_role("link", name="A talk").get_attribute("href")
        == "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s"
    )


def test_a_document_is_shown_in_a_frame_of_its_height_with_a_link(page: Page, scheme: str, url: str, axe: Axe) -> None:
    page.goto(url + "paper.html")
    frame = page.locator(".document iframe")
    box = frame.bounding_box()
    assert box and 295 < box["height"] < 310
    assert page.get_by_role("link", name="a.pdf, page 1").get_attribute("href") == "a.pdf#page=1&height=300"
    assert axe(page, iframes=False) == []


def test_words_of_code_stay_whole_in_a_table_on_a_phone(page: Page, url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(url + "table.html")
    lines = "codes => codes.map(code => [code.textContent, code.getClientRects().length])"
    assert page.locator("td code").evaluate_all(lines) == [["description", 1], ["Shift+Tab", 1]]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_print_says_where_links_lead(page: Page, url: str) -> None:
    page.goto(url + "video.html")
    page.emulate_media(media="print")
    after = "(selector) => getComputedStyle(document.querySelector(selector), '::after').content"
    assert page.evaluate(after, ".prose a.external") == '" (https://example.org/it)"'
    assert page.evaluate(after, ".facade") == '" (https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s)"'


# ---- callouts, blocks -----------------------------------------------------------------------------


def test_callouts_have_a_colour_and_an_icon_each_and_pass_contrast(page: Page, scheme: str, url: str, axe: Axe) -> None:
    page.goto(url + "callouts.html")
    assert axe(page) == []
    looks = page.evaluate(
        "[...document.querySelectorAll('.callout:not(details) > .callout-title')].map((title) => "
        "[getComputedStyle(title).color, getComputedStyle(title, '::before').maskImage])"
    )
    assert len(looks) == len({colour for colour, _ in looks}) == len({icon for _, icon in looks}) == len(KINDS)
    assert all("data:image/svg+xml" in icon for _, icon in looks)


def test_a_callout_folds_by_keyboard(page: Page, url: str) -> None:
    page.goto(url + "callouts.html")
    folded = page.locator("details.callout").first
    expect(folded.locator(".callout-content")).to_be_hidden()
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(folded.locator(".callout-content")).to_be_visible()


def test_a_link_to_a_block_lands_on_it_and_marks_it(page: Page, url: str) -> None:
    page.goto(url + "to.html")
    page.get_by_role("link", name="there").click()
    block = page.locator("#b-meant")
    expect(block).to_be_in_viewport()
    colour = "(selector) => getComputedStyle(document.querySelector(selector)).backgroundColor"
    assert page.evaluate(colour, "#b-meant") != page.evaluate(colour, ".prose p")
