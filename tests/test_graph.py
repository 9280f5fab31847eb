"""The graph page's data and its picture for readers without scripts, as files of a site."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.memo import Memo
from tests.sites import build_notes, other_theme
from tests.test_colours import contrast

WIKI = {
    "Sea/Tide.md": "---\ntags: [water/salt]\n---\nSee [[Moon]], [[Moon|it]] and [[Secret]].",
    "Sea/Moon.md": "Pulls the [[Tide]].",
    "Alone.md": "# Alone\n\nNobody links here.",
    "Secret.md": "---\npublish: false\n---\nLinks to [[Moon]].",
}


def read(result: Any, url: str) -> str:
    return str(result.site.artifacts[url].content.read().decode())


def data(result: Any) -> dict[str, Any]:
    match = re.fullmatch(r'sitegen\.give\("graph-data\.js",(.*)\);\n', read(result, "graph-data.js"), re.DOTALL)
    assert match
    found: dict[str, Any] = json.loads(match[1])
    return found


def links(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What the page's script makes of the numbers."""
    titles, flat = found["titles"].split("\n"), iter(found["links"])
    pairs = []
    for note in range(len(found["x"])):
        title, at = titles[note], note
        for _ in range(next(flat)):
            at += next(flat)
            pairs.append((title, titles[at]))
    assert next(flat, None) is None
    return pairs


def test_the_data_holds_notes_links_folders_and_tags() -> None:
    found = data(build_notes(WIKI))
    assert found["titles"].split("\n") == ["Alone", "Moon", "Tide"]
    assert found["urls"].split("\n") == ["alone.html", "sea/moon.html", "sea/tide.html"]
    assert links(found) == [("Moon", "Tide"), ("Tide", "Moon")]
    assert found["folders"] == ["Sea", "Test wiki"] and found["folder"] == [1, 0, 0]
    tags = {name: list(accumulate(steps)) for name, steps in found["tags"]}
    assert tags == {"water": [2], "water/salt": [2]}
    assert max(found["x"] + found["y"]) <= 9999 and min(found["x"] + found["y"]) == 0
    assert found["group"][1] == found["group"][2] != found["group"][0]


def test_folders_have_their_places_and_names_of_their_own() -> None:
    notes = {"work/2022/a.md": "x", "home/2022/b.md": "x", "home/2022/deep/c.md": "x", "d.md": "x"}
    result = build_notes(notes)
    found = data(result)
    named = dict(zip(found["places"], found["folders"], strict=True))
    assert named == {
        "": "Test wiki",
        "home": "Home",
        "home/2022": "Home / 2022",
        "home/2022/deep": "Deep",
        "work": "Work",
        "work/2022": "Work / 2022",
    }
    assert [found["places"][folder] for folder in found["folder"]] == ["", "home/2022", "home/2022/deep", "work/2022"]
    legend = re.findall(r"<bdi>(.*?)</bdi>", read(result, "graph.html"))
    assert sorted(legend) == ["Deep", "Home / 2022", "Test wiki", "Work / 2022"]


def test_nothing_private_is_in_it() -> None:
    result = build_notes(WIKI)
    for url in ("graph-data.js", "graph.html", "graph.json"):
        assert "ecret" not in read(result, url)


def test_titles_are_data() -> None:
    title = "</script><i>\u2028\" \\ 'x"
    result = build_notes({"odd.md": f"---\ntitle: {json.dumps(title)}\n---\n[[other]]", "other.md": "x"})
    assert data(result)["titles"].split("\n")[0] == " ".join(title.split())
    assert "<i>" not in read(result, "graph.html")


@pytest.mark.parametrize("notes", [{}, {"one.md": "x"}, {"a.md": "x", "b.md": "y", "c/d.md": "z"}])
def test_vaults_without_links(notes: dict[str, str]) -> None:
    result = build_notes(notes)
    assert data(result)["links"] == [0] * len(notes)
    html = read(result, "graph.html")
    assert len(re.findall(r"<a class=\"kind-\d\"", html)) == len(notes)
    assert f"{len(notes)} note" in html and "0 links" in html


def test_the_picture_without_scripts_does_not_grow_with_the_vault() -> None:
    def size(count: int) -> tuple[int, int]:
        notes = {
            f"Folder {n % 30}/Note {n}.md": " ".join(f"[[Note {(n * 7 + k) % count}]]" for k in range(9))
            for n in range(count)
        }
        html = read(build_notes(notes), "graph.html")
        return len(re.findall(r"<a class=\"kind-\d\"", html)), len(html)

    few, many = size(300), size(900)
    assert few[0] == many[0] == 200
    assert many[1] < 1.05 * few[1] + 500


def test_an_edit_of_prose_does_not_ask_for_the_graph() -> None:
    memo = Memo()
    build_notes(WIKI, memo=memo)
    before = len(memo.ran)
    build_notes({**WIKI, "Alone.md": "# Alone\n\nNobody at all."}, memo=memo)
    assert not [what for what, _ in memo.ran[before:] if what in ("data_file", "graph_page", "graph_file")]
    build_notes({**WIKI, "Alone.md": "# Alone\n\n[[Moon]]"}, memo=memo)
    assert {"data_file", "graph_page"} <= {what for what, _ in memo.ran}


def test_the_page_is_made_again_for_another_theme() -> None:
    memo = Memo()
    plain = build_notes(WIKI, memo=memo)
    digests = {url: plain.site.artifacts[url].content.digest for url in ("graph.html", "graph-data.js")}
    other = build_notes(WIKI, memo=memo, theme=other_theme())
    assert other.site.artifacts["graph.html"].content.digest != digests["graph.html"]
    assert '<body class="other">' in read(other, "graph.html")
    clean = build_notes(WIKI, theme=other_theme())
    assert read(clean, "graph.html") == read(other, "graph.html")


def test_a_note_named_graph_has_another_address() -> None:
    result = build_notes({"graph.md": "Mine. [[other]]", "other.md": "[[graph]]"})
    assert "Mine." not in read(result, "graph.html")
    assert "graph.html" not in data(result)["urls"].split("\n")


def test_every_note_with_a_local_graph_leads_to_its_place_in_the_whole() -> None:
    result = build_notes(WIKI)
    assert 'href="../graph.html#sea/tide.html"' in read(result, "sea/tide.html")
    assert 'href="graph.html"' in read(result, "alone.html")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=8))
def test_the_links_are_those_of_graph_json(wiki: dict[str, list[str]]) -> None:
    result = build_notes({f"{name}.md": "".join(f"[[{to}]] " for to in targets) for name, targets in wiki.items()})
    known = json.loads(read(result, "graph.json"))
    titles = [node["title"] for node in known["nodes"]]
    assert links(data(result)) == [(titles[one], titles[other]) for one, other in known["edges"]]


# ---- colours ----------------------------------------------------------------------------------------------

# Simulations of colour vision deficiencies in linear RGB. Source: Machado, Oliveira & Fernandes 2009, severity 1.
VISIONS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
}


def palette(root: Any) -> list[list[str]]:
    css = (root / "static" / "graph.css").read_text("utf-8")
    pairs = re.findall(r"--graph-(?:\d|other): light-dark\((#\w{6}), (#\w{6})\)", css)
    assert len(pairs) == 9
    return [list(scheme) for scheme in zip(*pairs, strict=True)]


def oklab(colour: str, vision: str) -> tuple[float, float, float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    rgb = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    r, g, b = (max(sum(k * c for k, c in zip(row, rgb, strict=True)), 0) for row in VISIONS[vision])
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.808675766 * short,
    )


@pytest.mark.parametrize("vision", VISIONS)
def test_no_two_colours_look_alike(vision: str, root: Any) -> None:
    for scheme in palette(root):
        seen = [oklab(colour, vision) for colour in scheme]
        for number, one in enumerate(seen):
            for other in seen[:number]:
                assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.08


def test_every_colour_stands_out_from_the_paper(root: Any) -> None:
    for scheme, paper in zip(palette(root), ("#fcfcfb", "#121519"), strict=True):
        assert all(contrast(colour, paper) >= 3 for colour in scheme)
