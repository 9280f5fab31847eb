"""Whole sites of real notes: they build, every reference in them leads somewhere, and known hard notes come out right."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from sitegen.stages.parse import Dialect, parse
from tests.conftest import Built, run_build
from tests.crawler import dangling, tags
from tests.sites import build_notes, site_files, source

_DOLLARS = re.compile(r"\$\d")


def _build(vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return run_build(vault, tmp_path_factory.mktemp("site") / "out", "-q", "--base-url", "https://example.org/wiki/")


@pytest.fixture(scope="module")
def our_site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return _build(root / "content", tmp_path_factory)


@pytest.fixture(scope="module")
def help_site(help_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return _build(help_vault, tmp_path_factory)


@pytest.fixture(scope="module")
def zeihan_site(zeihan_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return _build(zeihan_vault, tmp_path_factory)


@pytest.mark.parametrize("site", ["our_site", "help_site", "zeihan_site"])
def test_every_reference_of_a_site_resolves(site: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(site)
    assert built.exit_code == 0, built.output
    assert "Traceback" not in built.output
    assert dangling(built.files()) == []


@pytest.mark.parametrize("site", ["our_site", "help_site", "zeihan_site"])
def test_every_note_has_exactly_one_page_and_every_list_has_them_all(site: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(site)
    graph = json.loads(built.page("graph.json"))
    urls = [node["url"] for node in graph["nodes"]]
    notes = [path for path in built.vault.rglob("*.md") if not any(p.startswith(".") for p in path.parts)]
    assert len(urls) == len(set(urls)) == len(notes)
    listed = [attributes["href"] for tag, attributes in tags(built.page("notes.html")) if tag == "a"]
    assert {unescape(url).replace("%", "%25") for url in urls} <= set(listed)
    locations = re.findall(r"<loc>([^<]*)</loc>", built.page("sitemap.xml"))
    assert len(locations) == len(set(locations)) >= len(urls)


@pytest.mark.parametrize("site", ["our_site", "zeihan_site"])  # the help escapes such signs to show them
def test_no_text_shows_the_signs_of_a_link(site: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(site)
    for url, data in built.files().items():
        if url.endswith(".html"):
            text = data.decode().partition('<div class="prose')[2].partition("</article>")[0]
            text = re.sub(r"<(pre|code|aside)\b.*?</\1>", "", text, flags=re.DOTALL)
            text = text.partition('<section class="part"')[0].partition('<section id="linked"')[0]
            assert not re.search(r"\[\[[^\[\]\n]+\]\]", re.sub(r"<[^<>]*>", "", text)), url


@pytest.mark.slow
def test_every_reference_of_5253_notes_resolves(
    tubegraph_vault: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    built = _build(tubegraph_vault, tmp_path_factory)
    assert built.exit_code == 0, built.output
    files = built.files()
    assert len(json.loads(files["graph.json"])["nodes"]) == 5253
    assert dangling(files) == []
    seen = {url.casefold() for url in files}
    assert len(seen) == len(files)


@pytest.mark.slow
def test_no_dollar_amount_of_5253_notes_became_maths(tubegraph_vault: Path) -> None:
    _assert_dollars_stay(tubegraph_vault)


def test_no_dollar_amount_became_maths(zeihan_vault: Path) -> None:
    _assert_dollars_stay(zeihan_vault)


_TAGS = re.compile(r"<[^<>]*>")
_MATHS = re.compile(r"[\\^=<>]")
_FRACTION = re.compile(r"\d(?:/\d)?")


def _assert_dollars_stay(vault: Path) -> None:
    """Every ``$`` before a digit in a note is in its page's text again: maths would have taken it away."""
    notes = 0
    for path in sorted(vault.rglob("*.md")):
        note = parse(source(path.name, path.read_bytes()), Dialect())
        written = path.read_text("utf-8", "replace")
        if not _DOLLARS.search(written):
            continue
        notes += 1
        html = "".join(note.body[::2])
        shown = len(_DOLLARS.findall(re.sub(r"<[^<>]*>", "", html)))
        text = written.partition("\n---\n")[2] or written
        labels = sum(len(_DOLLARS.findall(link.label or link.target)) for link in note.facts.links)
        headings = sum(len(_DOLLARS.findall(h.text)) for h in note.facts.headings if h.id == "top")
        # What begins with a number and is maths after all says so: 2\pi, 7x = 21, 1/2.
        formulas = [unescape(_TAGS.sub("", drawn)).strip() for drawn in note.formulas]
        numbers = [tex for tex in formulas if tex[:1].isdigit()]
        assert all(_MATHS.search(tex) or _FRACTION.fullmatch(tex) for tex in numbers), (path.name, numbers)
        assert shown + headings + labels + len(numbers) >= len(_DOLLARS.findall(text)), path.name
    assert notes > 20


# ---- single notes with a known right answer (../shared/expected) ------------------------------------------


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, dict[str, Any]]:
    return {
        case["id"]: case for case in json.loads((shared / "expected" / "links-and-content.json").read_text("utf-8"))
    }


def _page(cases: dict[str, dict[str, Any]], name: str, vault: Path, *others: str) -> tuple[dict[str, bytes], str, Any]:
    """The site of one case's note and of others, the address of its page, and what the build knows."""
    paths = [cases[name]["path"], *others]
    result = build_notes({path: (vault / path).read_bytes() for path in paths})
    return site_files(result), result.vault.places[cases[name]["path"]].ref.url, result


def _body(files: dict[str, bytes], url: str) -> str:
    return files[url].decode().partition('<div class="prose')[2].partition("</article>")[0]


def test_L1_a_link_to_itself_by_title_is_text(cases: dict[str, dict[str, Any]], tubegraph_vault: Path) -> None:
    files, url, result = _page(cases, "L1", tubegraph_vault)
    links = result.vault.facts[cases["L1"]["path"]].links
    assert any(link.target == "Convolution theorem and its mathematical significance" for link in links)
    assert 'href="convolution_theorem' not in _body(files, url)
    assert json.loads(files["graph.json"])["edges"] == []


def test_L3_a_channel_is_found_by_its_name(cases: dict[str, dict[str, Any]], tubegraph_vault: Path) -> None:
    files, _, result = _page(cases, "L3", tubegraph_vault, "mrbeast/mrbeast.md")
    target = result.vault.places["mrbeast/mrbeast.md"].ref.url
    place = result.vault.places[cases["L3"]["path"]]
    found = {
        link.target: r.ref
        for link, r in zip(result.vault.facts[cases["L3"]["path"]].links, place.resolutions, strict=True)
    }
    assert found["@mrbeast"] is not None and found["@mrbeast"].url == target
    assert dangling(files) == []


def test_L5_a_link_in_the_address_of_a_link_is_two_links(
    cases: dict[str, dict[str, Any]], tubegraph_vault: Path
) -> None:
    written = (tubegraph_vault / cases["L5"]["path"]).read_text("utf-8")
    pairs = re.findall(r"\[\[([^\[\]|]+)\|[^\[\]]*\]\]\(\[\[([^\[\]|]+)\|[^\[\]]*\]\]\)", written)
    assert pairs
    names = [f"artedeinvertir/{name.strip().replace(' ', '_').lower()}.md" for pair in pairs for name in pair]
    others = [name for name in names if (tubegraph_vault / name).exists()]
    files, url, result = _page(cases, "L5", tubegraph_vault, *others)
    targets = [link.target for link in result.vault.facts[cases["L5"]["path"]].links]
    for first, second in pairs:
        assert first.strip() in targets
        assert second.strip() in targets
    assert "](" not in _body(files, url)
    assert "[[" not in _body(files, url)


def test_L7_invisible_marks_leave_the_address_and_links_still_resolve(
    cases: dict[str, dict[str, Any]], tubegraph_vault: Path
) -> None:
    folder = cases["L7"]["path"].partition("/")[0]
    assert "\u2068" in folder
    channel = next(path.name for path in (tubegraph_vault / folder).glob("*cleoabram*.md"))
    files, url, result = _page(cases, "L7", tubegraph_vault, f"{folder}/{channel}")
    assert all(url.isascii() for url in files)
    assert url.startswith("cleoabram/")
    fact, place = result.vault.facts[cases["L7"]["path"]], result.vault.places[cases["L7"]["path"]]
    assert fact.origin is not None
    origin = place.resolutions[fact.origin].ref
    assert origin is not None and origin.path == f"{folder}/{channel}"
    assert dangling(files) == []


def test_P1_a_row_of_185805_characters_builds_quickly(cases: dict[str, dict[str, Any]], tubegraph_vault: Path) -> None:
    started = time.process_time()
    files, url, _ = _page(cases, "P1", tubegraph_vault)
    assert time.process_time() - started < 2
    body = _body(files, url)  # without a row of hyphens it is no table in any dialect of Markdown, but no word is lost
    for word in ("Feature", "Operational excellence", "Time commitment", "Lifespan", "minor wording changes"):
        assert word in body


def test_P3_brackets_in_code_are_left_alone(cases: dict[str, dict[str, Any]], tubegraph_vault: Path) -> None:
    files, url, result = _page(cases, "P3", tubegraph_vault)
    assert "[[-3, 2], [1, 1]]" in _body(files, url)
    assert "-3, 2" not in {link.target for link in result.vault.facts[cases["P3"]["path"]].links}
