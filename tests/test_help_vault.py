"""The Obsidian help, which uses every construct: what it has, its site has, and nothing stays as it was written."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import html5lib
import pytest

from sitegen.disk.read import read_vault
from sitegen.disk.site import locate
from sitegen.model import Found
from tests.conftest import Built, run_build
from tests.sites import build_notes

# What its notes name and it does not have: the examples of the page about links, the names in a sample diagram, a film
# that is kept elsewhere.
LACKING = {
    ("Editing and formatting/Advanced formatting syntax.md", "Biology"),
    ("Editing and formatting/Advanced formatting syntax.md", "Chemistry"),
    ("Extending Obsidian/Obsidian CLI.md", "obsidian-cli.mp4"),
    ("Linking notes and files/Internal links.md", "Example"),
    ("Linking notes and files/Internal links.md", "Example.md"),
}
# Signs of Markdown that readers are meant to see: they are escaped in the notes.
MEANT = ("[[double bracket syntax]]", "[[Three laws of motion]]", "[[Wikilinks]]", "**This line will not be bold**")
SIGNS = re.compile(r"\[\[|\]\]|!\[|==\S|%%|\$\$|\[\^|\^\[|\[!|\*\*|~~|`|^\^\w|</?[a-z]+")


@pytest.fixture(scope="module")
def site(help_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = run_build(help_vault, tmp_path_factory.mktemp("help") / "out")
    assert built.exit_code == 0
    return built


def test_every_link_and_embed_that_has_a_target_finds_it(help_vault: Path) -> None:
    contents = read_vault(locate(help_vault, None))
    result = build_notes(contents.sources, [asset.path for asset in contents.assets])
    lacking = {
        (path, link.target)
        for path, place in result.vault.places.items()
        for link, resolution in zip(result.vault.facts[path].links, place.resolutions, strict=True)
        if resolution.found in (Found.MISSING, Found.UNSAFE) or resolution.anchor_missing
    }
    assert lacking == LACKING


def test_nothing_is_left_as_it_was_written(site: Built) -> None:
    left = []
    for url, data in site.files().items():
        if not url.endswith(".html"):
            continue
        for text in _prose(html5lib.parse(data.decode(), namespaceHTMLElements=False)):
            for meant in MEANT:
                text = text.replace(meant, "")
            left += [(url, text[max(0, m.start() - 20) : m.end() + 20]) for m in SIGNS.finditer(text)]
    assert left == []


def _prose(root: ET.Element) -> list[str]:
    """The paragraphs and cells of notes as a reader sees them, without code and the sources of formulas."""
    found = []
    bodies = [e for e in root.iter("div") if "prose" in str(e.get("class", "")).split()]
    for element in (e for body in bodies for e in body.iter() if e.tag in ("p", "li", "td", "th", "h2", "h3", "h4")):
        found.append("".join(_shown(element)))
    return found


def _shown(element: ET.Element) -> list[str]:
    if element.tag in ("code", "pre") or "katex" in str(element.get("class", "")):
        return []
    out = [element.text or ""]
    for child in element:
        out += [*_shown(child), child.tail or ""]
    return out


@pytest.mark.parametrize(
    ("page", "marks"),
    [
        ("advanced-syntax.html", ["katex-display", "language-mermaid", "<table>", "diagram-links"]),
        ("callouts.html", ['data-callout="question"', "<details", "vendor/callouts.css"]),
        ("embeds.html", ['class="embed"', 'width="100"', "<audio"]),
        ("syntax.html", ["<mark>", "<s>", 'class="footnote-ref"', 'type="checkbox"']),
    ],
)
def test_its_pages_show_what_they_speak_of(site: Built, page: str, marks: list[str]) -> None:
    html = site.page(page)
    assert [mark for mark in marks if mark not in html] == []
