"""Where a link leads, what it shows and what is said of it: every rule of "Links" in what an Obsidian note means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape
from pathlib import Path

import pytest

from sitegen.build import Result
from sitegen.model import Found
from tests.sites import build_notes, content_of, site_files

_LINK = re.compile(r'<a class="link[^"]*" href="([^"]*)">(.*?)</a>|<span class="link-missing">(.*?)</span>', re.DOTALL)


def prose(result: Result, url: str) -> str:
    """The text of the note at an address, as HTML."""
    content = content_of(result.site.artifacts[url]).decode()
    match = re.search(r'<div class="prose"[^>]*>\n(.*?)\n</div>\n', content, re.DOTALL)
    return match[1] if match else ""


def shown(result: Result, url: str) -> list[tuple[str, str]]:
    """(text, address) of each link in the text of a page; the address is "" where the link leads nowhere."""
    found = []
    for href, text, missing in _LINK.findall(prose(result, url)):
        found.append((unescape(re.sub("<[^>]*>", "", text or missing)), unescape(href)))
    return found


def targets(notes: Mapping[str, str], assets: Iterable[str] = (), url: str = "here.html") -> list[str]:
    return [href for _, href in shown(build_notes(notes, assets), url)]


def problems(result: Result, code: str) -> list[str]:
    return [d.message for d in result.site.diagnostics if d.code == code]


def others(*paths: str) -> dict[str, str]:
    """Notes of which nothing matters but that they are there."""
    return dict.fromkeys(paths, "Text.\n")


# ---- which note is meant -----------------------------------------------------------------------------


def test_a_relative_path_is_from_the_linking_notes_folder() -> None:
    notes = {"a/b/here.md": "[[./x]] [[../x]] [[../../x.md]] [x](../c/x.md)\n", **others("x.md", "a/x.md", "a/b/x.md")}
    notes |= others("a/c/x.md")
    assert targets(notes, url="a/b/here.html") == ["x.html", "../x.html", "../../x.html", "../c/x.html"]


def test_a_relative_path_does_not_leave_the_vault() -> None:
    assert targets({"here.md": "[[../../etc/passwd]] [x](../../../x.md)\n", **others("a/y.md")}) == ["", ""]


def test_a_path_from_the_root_comes_before_a_name() -> None:
    notes = {"a/here.md": "[[x]] [[b/x]]\n", **others("x.md", "a/x.md", "b/x.md", "a/b/x.md")}
    assert targets(notes, url="a/here.html") == ["../x.html", "../b/x.html"]


def test_a_name_or_the_end_of_a_path_is_found_anywhere() -> None:
    notes = {"here.md": "[[x]] [[c/x]] [[b/c/x]] [[z/x]]\n", **others("a/b/c/x.md")}
    assert targets(notes) == ["a/b/c/x.html", "a/b/c/x.html", "a/b/c/x.html", ""]


def test_the_exact_case_comes_before_another() -> None:
    result = build_notes({"here.md": "[[Ab]] [[aB]]\n", **others("x/Ab.md", "y/aB.md")})
    assert [href for _, href in shown(result, "here.html")] == ["x/ab.html", "y/ab.html"]
    assert problems(result, "ambiguous-link") == []


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("STRASSE", "straße"),  # Unicode's case folding, not the lower case alone
        ("ΟΔΟΣ", "οδος"),
        ("e\u0301te\u0301", "été"),  # letters and accents apart, and as one
        ("ÉTÉ", "e\u0301te\u0301"),
        ("NOTE", "note"),
    ],
)
def test_case_and_composition_do_not_matter(target: str, name: str) -> None:
    (href,) = targets({"here.md": f"[[{target}]]\n", **others(f"{name}.md")})
    assert href


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("Curl in vector fields", "curl_in_vector_fields"),
        ("curl-in-vector-fields", "Curl in Vector Fields"),
        ("What's next?", "whats_next"),
        ("whats_next", "What’s next?"),
        ("@mrbeast", "mrbeast"),
        ("cleoabram", "\u2068cleoabram\u2069"),
        ("a (b)", "a - b"),
    ],
)
def test_blanks_hyphens_underscores_and_punctuation_fold_together(target: str, name: str) -> None:
    (href,) = targets({"here.md": f"[[{target}]]\n", **others(f"{name}.md")})
    assert href


def test_signs_that_tell_names_apart_do_not_fold() -> None:
    notes = {"here.md": "[[C]] [[C++]] [[C#]] [[c#]] [[C##Part]]\n", **others("C.md", "C++.md")}
    notes["C#.md"] = "## Part\n\nText.\n"
    result = build_notes(notes)
    refs = [resolution.ref.path for resolution in result.vault.places["here.md"].resolutions if resolution.ref]
    assert refs == ["C.md", "C++.md", "C#.md", "C#.md", "C#.md"]
    assert [text for text, _ in shown(result, "here.html")] == ["C", "C++", "C#", "c#", "C# > Part"]
    assert shown(result, "here.html")[4][1].endswith("#part")


def test_the_sharp_sign_alone_does_not_make_another_name() -> None:
    assert targets({"here.md": "[[Note#]]\n", **others("Note.md")}) == ["note.html"]


def test_titles_and_aliases_come_last_and_only_when_one_note_has_them() -> None:
    notes = {
        "here.md": "[[Long title]] [[long-TITLE]] [[Nick]] [[Shared]] [[x]]\n",
        "a.md": "---\ntitle: Long title\naliases: [Nick, Shared]\n---\n",
        "b.md": "---\nalias: Shared\ntitle: x\n---\n",
        "x.md": "Text.\n",
    }
    assert targets(notes) == ["a.html", "a.html", "a.html", "", "x.html"]


def test_a_title_may_be_the_first_heading() -> None:
    assert targets({"here.md": "[[The whole truth]]\n", "n1.md": "# The whole truth\n\nText.\n"}) == ["n1.html"]


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["a/b/x.md", "a/x.md", "c/x.md"], "a/b/x.md"),  # the linking note's own folder
        (["a/x.md", "c/x.md"], "a/x.md"),  # the nearest common folder
        (["a/d/e/x.md", "c/x.md"], "a/d/e/x.md"),  # which counts more than a short path
        (["a/b/z/x.md", "a/x.md"], "a/b/z/x.md"),
        (["c/x.md", "d/e/x.md"], "c/x.md"),  # the shortest path
        (["d/x.md", "c/x.md"], "c/x.md"),  # the alphabet
    ],
)
def test_of_several_the_nearest_is_taken_and_all_are_named(paths: list[str], chosen: str) -> None:
    result = build_notes({"a/b/here.md": "See [[x]].\n", **others(*paths)})
    (resolution,) = result.vault.places["a/b/here.md"].resolutions
    assert resolution.ref is not None and resolution.ref.path == chosen
    (diagnostic,) = [d for d in result.site.diagnostics if d.code == "ambiguous-link"]
    assert all(path in diagnostic.message for path in paths)
    assert diagnostic.message.endswith(f"{chosen} was taken")
    assert diagnostic.hint == f"write [[{chosen.removesuffix('.md')}]]"
    assert diagnostic.span is not None and (diagnostic.span.line, diagnostic.span.column) == (1, 5)


def test_a_path_that_names_one_of_several_is_not_ambiguous() -> None:
    result = build_notes({"here.md": "[[a/x]] [[b/x]]\n", **others("a/x.md", "b/x.md")})
    assert problems(result, "ambiguous-link") == []


def test_md_is_the_only_extension_that_may_be_left_out() -> None:
    notes = {"here.md": "[[Note.1]] [[Note.1.md]] [[pic]] [[v1.2]] [[upper]]\n", **others("Note.1.md", "upper.MD")}
    assert targets(notes, ["pic.png", "v1.2.txt"]) == ["note.1.html", "note.1.html", "", "", "upper.html"]


@pytest.mark.parametrize(
    "link",
    [
        "[[Two words]]",
        "[[Two words.md]]",
        "[[ Two words | x ]]",
        "[x](Two%20words.md)",
        "[x](<Two words.md>)",
        "[x](Two%20words)",
        "[x](./Two%20words.md)",
        '[x](Two%20words.md "title")',
        "[x][ref]\n\n[ref]: <Two words.md>",
        '<a href="Two words.md">x</a>',
    ],
)
def test_all_ways_to_write_a_link_are_the_same_link(link: str) -> None:
    assert targets({"here.md": f"{link}\n", **others("Two words.md")}) == ["two-words.html"]


def test_percent_signs_that_are_none_of_an_escape() -> None:
    assert targets({"here.md": "[[100%]] [x](100%25.md)\n", **others("100%.md")}) == ["100.html", "100.html"]


# ---- anchors -----------------------------------------------------------------------------------------

ANCHORED = """## First

## Common

### Deep one

## Second, *with* marks!

## Common

### Deep one

Text. ^Block-1

## Why C#

## C# or #2
"""


@pytest.mark.parametrize(
    ("anchor", "id"),
    [
        ("First", "first"),
        ("FIRST", "first"),
        ("Second with marks", "second-with-marks"),
        ("Second, with marks!", "second-with-marks"),
        ("Common", "common"),  # the first of that name
        ("Common#Deep one", "deep-one"),
        ("First#Deep one", None),  # not below it
        ("Why C#", "why-c"),
        ("C# or #2", "c-or-2"),
        ("^block-1", "b-block-1"),
        ("^BLOCK-1", "b-block-1"),
        ("Second, with marks!#^block-1", "b-block-1"),
        ("^none", None),
        ("Third", None),
    ],
)
def test_headings_compare_by_their_visible_text(anchor: str, id: str | None) -> None:
    result = build_notes({"here.md": f"[[Note#{anchor}|x]]\n", "Note.md": ANCHORED})
    assert shown(result, "here.html") == [("x", f"note.html#{id}" if id else "note.html")]
    assert bool(problems(result, "missing-anchor")) == (id is None)
    if id is not None:
        assert f'id="{id}"' in prose(result, "note.html")


def test_a_heading_under_a_heading_is_the_one_below_it() -> None:
    note = "## A\n\n### Same\n\n## B\n\n### Same\n\n#### Low\n"
    notes = {"here.md": "[[Note#B#Same]] [[Note#A#Same]] [[Note#B#Low]] [[Note#B#Same#Low]]\n", "Note.md": note}
    assert targets(notes) == ["note.html#same-2", "note.html#same", "note.html#low", "note.html#low"]


def test_anchors_of_this_note() -> None:
    result = build_notes({"here.md": "[[#Part]] [[#^b|x]] [[here#Part]] [y](#Part)\n\n## Part\n\nText ^b\n"})
    assert shown(result, "here.html") == [("Part", "#part"), ("x", "#b-b"), ("here > Part", "#part"), ("y", "#part")]


def test_a_missing_anchor_is_reported_with_what_it_is() -> None:
    result = build_notes({"here.md": "[[Note#Nope]] [[Note#^no]]\n", **others("Note.md")})
    assert problems(result, "missing-anchor") == [
        '"Note" has no heading "Nope"',
        '"Note" has no block "^no"',
    ]


def test_a_stamps_id_is_an_anchor() -> None:
    head = "---\nvideoId: T0uYxK66VLU\n---\n"
    result = build_notes({
        "a.md": "[[b#t-70]], [b](b.md#t-70), [[b#t-71]], [[c#t-70]], [[d#t-70]]",
        "b.md": head + "So [1:10], see [below](#t-5), [0:05].\n",
        "c.md": "No video: 1:10.\n",
        "d.md": head.replace("videoId: T0uYxK66VLU", "video: gone.mp4") + "So [1:10].\n",
    })  # fmt: skip
    page = content_of(result.site.artifacts["a.html"]).decode()
    assert page.count('href="b.html#t-70"') == 2
    assert 'id="t-70"' in content_of(result.site.artifacts["b.html"]).decode()
    found = [d.subject for d in result.site.diagnostics if d.code == "missing-anchor"]
    assert found == ["b.md#t-71", "c.md#t-70", "d.md#t-70"]


def test_a_title_that_stands_as_first_heading_is_the_top_of_the_page() -> None:
    assert targets({"here.md": "[[n#Title]]\n", "n.md": "# Title\n\nText.\n"}) == ["n.html#top"]


# ---- what a link shows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("[[note]]", "note"),
        ("[[folder/note]]", "folder/note"),
        ("[[note.md]]", "note.md"),
        ("[[note|Label]]", "Label"),
        ("[[note | a label ]]", "a label"),
        ("[[note|]]", "note"),
        ("[[note#Part]]", "note > Part"),
        ("[[note#Part#Low]]", "note > Part > Low"),
        ("[[note#Part|x]]", "x"),
        ("[[note#^abc]]", "note > abc"),
        ("[[note|a|b]]", "a|b"),
    ],
)
def test_display_text(link: str, text: str) -> None:
    notes = {"here.md": link + "\n", "folder/note.md": "## Part\n\n### Low\n\nx ^abc\n"}
    assert shown(build_notes(notes), "here.html")[0][0] == text


def test_in_a_table_the_pipe_is_escaped() -> None:
    notes = {"here.md": "| a | b |\n|--|--|\n| [[n\\|x]] | [[n#P\\|y]] |\n", "n.md": "## P\n"}
    assert shown(build_notes(notes), "here.html") == [("x", "n.html"), ("y", "n.html#p")]


# ---- links that are none -----------------------------------------------------------------------------


def test_a_link_to_nothing_is_no_link() -> None:
    result = build_notes({"here.md": "[[Nothing]], [x](nothing.md), [[Nothing#A|y]]\n"})
    assert shown(result, "here.html") == [("Nothing", ""), ("x", ""), ("y", "")]
    assert problems(result, "missing-note") == [
        'no note is named "Nothing"',
        'no note is named "nothing.md"',
        'no note is named "Nothing"',
    ]


def test_a_link_to_itself_is_text_and_no_edge() -> None:
    result = build_notes({"a.md": "See [[a]], [[A|me]] and [x](a.md).\n"})
    assert shown(result, "a.html") == []
    assert "See a, me and x." in prose(result, "a.html")
    assert result.vault.places["a.md"].backlinks == ()
    assert b'"edges":[]' in content_of(result.site.artifacts["graph.json"])


def test_links_to_hidden_notes_say_what_the_author_wrote_and_nothing_else() -> None:
    notes = {
        "here.md": "[[secret]], [[My hush|psst]], [[Nickname]], [x](secret.md), [[secret#Part]] ![[secret]]\n",
        "secret.md": "---\ntitle: My hush\naliases: Nickname\npublish: false\n---\n\n## Part\n\nHidden words.\n",
    }
    result = build_notes(notes)
    assert prose(result, "here.html").startswith("<p>secret, psst, Nickname, x, secret &gt; Part")
    assert shown(result, "here.html") == []
    assert [d.code for d in result.site.diagnostics] == []
    everything = b"".join(site_files(result).values())
    for hidden in (b"hush", b"Hidden words", b"secret.html", b"secret.md"):
        assert hidden not in everything


def test_a_published_note_comes_before_a_hidden_one_of_that_name() -> None:
    notes = {"here.md": "[[x]]\n", "a/x.md": "Text.\n", "b/x.md": "---\ndraft: true\n---\n"}
    result = build_notes(notes)
    assert shown(result, "here.html") == [("x", "a/x.html")]
    assert problems(result, "ambiguous-link") == []


@pytest.mark.parametrize(
    "text",
    [
        "`[[x]]`",
        "``[[x]]``",
        "    [[x]]",
        "```\n[[x]]\n```",
        "~~~md\n[[x]]\n~~~",
        "%%[[x]]%%",
        "<!-- [[x]] -->",
        "\\[[x]]",
    ],
)
def test_code_and_comments_hold_no_links(text: str) -> None:
    result = build_notes({"here.md": f"Text\n\n{text}\n", **others("x.md")})
    assert result.vault.places["here.md"].resolutions == ()
    assert result.vault.places["x.md"].backlinks == ()


@pytest.mark.parametrize(
    "text",
    [
        "[[a | x]]([[b | y]])",
        "[[a|.. [[b|c]]]]",
        "[[a|one [[b]] two]]",
        '<a href="https://example.org">x [[a]] y</a> [[b]]',
        '<a href="a.md">x [[b]] y</a>',
        "[x [[a]] y](b.md)",
        "[![[a]]](b.md)",
        "[[a|[[b]]]]",
        "[[a|x](b.md)]]",
        "[[[a]]] [[[[b]]]]",
    ],
)
def test_links_never_nest(text: str) -> None:
    body = prose(build_notes({"here.md": text + "\n", **others("a.md", "b.md")}), "here.html")
    depth = 0
    for tag in re.findall(r"<a\b|</a>", body):
        depth += 1 if tag != "</a>" else -1
        assert depth in (0, 1), body


# ---- links in front matter ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        'related: "[[x]]"',
        "related: '[[x|Label]]'",
        "related: [[x]]",
        'related:\n  - "[[x]]"\n  - "[[y]]"',
        "related:\n  - [[x]]",
        'deep:\n  er: "see [[x#Part]] here"',
        'title: "About [[x]]"',
    ],
)
def test_links_in_front_matter_count(block: str) -> None:
    result = build_notes({"here.md": f"---\n{block}\n---\n\nText.\n", "x.md": "## Part\n", "y.md": "Text.\n"})
    assert [b.ref.path for b in result.vault.places["x.md"].backlinks] == ["here.md"]


def test_a_dead_link_in_front_matter_is_reported_at_its_line() -> None:
    result = build_notes({"here.md": '---\ntitle: T\nup: "[[Gone]]"\n---\n'})
    (problem,) = [d for d in result.site.diagnostics if d.code == "missing-note"]
    assert problem.span is not None and problem.span.line == 3


# ---- real notes --------------------------------------------------------------------------------------


def real(vault: Path, *paths: str) -> Result:
    return build_notes({path: (vault / path).read_bytes() for path in paths})


def test_l1_a_slug_that_links_to_its_own_note(tubegraph_vault: Path) -> None:
    path = "3blue1brown/convolution_theorem_and_its_mathematical_significance.md"
    result = real(tubegraph_vault, path)
    own = [r for r in result.vault.places[path].resolutions if r.found is Found.SELF]
    assert len(own) == 3
    text = prose(result, path.removesuffix(".md") + ".html")
    assert "Convolution Theorem" in text and "[[" not in text
    assert result.vault.places[path].backlinks == ()


def test_l3_a_channel_by_its_handle(tubegraph_vault: Path) -> None:
    path = "mrbeast/animal_interactions_with_financial_rewards.md"
    result = real(tubegraph_vault, path, "mrbeast/mrbeast.md")
    resolution = result.vault.places[path].resolutions[0]
    assert result.vault.facts[path].links[0].target == "@mrbeast"
    assert resolution.ref is not None and resolution.ref.path == "mrbeast/mrbeast.md"


def test_l5_two_links_written_as_one(tubegraph_vault: Path) -> None:
    names = ("bill_gates_investing_strategies", "bill_gates_investment_strategy_and_portfolio")
    folder = "artedeinvertir/"
    result = real(tubegraph_vault, *(f"{folder}{name}.md" for name in (*names, "top_stocks_in_bill_gates_portfolio")))
    text = prose(result, f"{folder}{names[0]}.html")
    assert re.search(
        r'<a class="link[^"]*" href="bill_gates_investment_strategy_and_portfolio.html">Bill Gates\'</a>'
        r'\(<a class="link[^"]*" href="top_stocks_in_bill_gates_portfolio.html">largest position</a>\)',
        text,
    )
    assert "]]" not in text and "](" not in text


def test_l7_invisible_marks_in_a_folders_name(tubegraph_vault: Path) -> None:
    folder = "\u2068cleoabram\u2069"
    path = f"{folder}/accessibility_of_advanced_video_production_techniques.md"
    result = real(tubegraph_vault, path, f"{folder}/{folder}.md")
    assert result.vault.places[path].ref.url == "cleoabram/accessibility_of_advanced_video_production_techniques.html"
    origin = result.vault.places[path].resolutions[0].ref
    assert origin is not None and origin.url == "cleoabram/index.html"


def test_p3_a_matrix_in_code_is_no_link(tubegraph_vault: Path) -> None:
    path = "3blue1brown/geometric_representation_of_cross_products.md"
    result = real(tubegraph_vault, path)
    assert "<code>[[-3, 2], [1, 1]]</code>" in prose(result, path.removesuffix(".md") + ".html")


def test_the_help_vaults_links_lead_somewhere(help_vault: Path) -> None:
    """Obsidian's own help has very few dead links; each that we call dead is looked up in the vault by hand here."""
    notes = {p.relative_to(help_vault).as_posix(): p.read_bytes() for p in help_vault.rglob("*.md")}
    assets = [p.relative_to(help_vault).as_posix() for p in help_vault.rglob("*") if p.is_file() and p.suffix != ".md"]
    result = build_notes(notes, assets)
    names = {re.sub(r"\W", "", Path(name).stem.lower()) for name in (*notes, *assets)}
    wrong = [
        t
        for t in (t for targets in result.vault.wanted.values() for t in targets)
        if re.sub(r"\W", "", Path(t.removesuffix(".md")).name.lower()) in names
    ]
    assert wrong == []


def test_a_node_of_a_diagram_leads_to_its_note_and_counts_nowhere() -> None:
    diagram = "```mermaid\ngraph TD\nb --> c\nclass b internal-link\n```\n"
    result = build_notes({"a.md": diagram, "b.md": "B.\n"})
    page = content_of(result.site.artifacts["a.html"])
    assert b'<a class="link" href="b.html">b</a>' in page
    assert b"around-title" not in page
    assert result.vault.places["b.md"].backlinks == ()
    assert b'"edges":[]' in content_of(result.site.artifacts["graph.json"])
