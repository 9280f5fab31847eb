"""Finding one's way: the drawer's tree, lists of large vaults, recent changes, the garden; and what an edit makes again."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec.structs import replace

from sitegen.build import Memo, Result
from sitegen.features.all_notes import all_notes
from sitegen.features.browse import RUN, WHOLE
from sitegen.features.garden import IN_SCRIPT, MOST_LINKED, ON_PAGE
from tests.conftest import BuildSite
from tests.sites import build_notes, content_of, default_settings, site_files

WIKI = {
    "index.md": "[[plants/Oak]] and [[Beech]] and [[Beech]].\n",
    "plants/plants.md": "The plants.\n",
    "plants/Oak.md": "---\ndate: 2026-03-04\n---\n\nUnder an oak. See [[Fern]].\n",
    "plants/ferns/Fern.md": "---\nupdated: 2026-03-20\n---\n\nA fern, and a [[beech]].\n",
    "plants/ferns/Moss.md": "---\ndate: 2025-12-31\n---\n\nAlone.\n",
    "plants/Secret.md": "---\npublish: false\ndate: 2026-04-01\n---\n\n[[Nowhere at all]] [[Moss]]\n",
}


def given(result: Result, url: str) -> Any:
    """What a data file of the site gives to scripts."""
    text = content_of(result.site.artifacts[url]).decode()
    match = re.fullmatch(r"sitegen\.give\((.*)\);\n", text)
    assert match
    name, value = json.loads(f"[{match[1]}]")
    assert name == url
    return value


def page(result: Result, url: str) -> str:
    return content_of(result.site.artifacts[url]).decode()


# ---- the tree ------------------------------------------------------------------------------------------


def test_a_folders_script_has_what_is_in_it() -> None:
    result = build_notes(WIKI)
    assert given(result, "browse/tree/index.js") == {"folders": [["Plants", "plants/index.html", 3]], "notes": []}
    assert given(result, "browse/tree/plants/index.js") == {
        "folders": [["Ferns", "plants/ferns/index.html", 2]],
        "notes": [["Oak", "plants/oak.html"]],
    }


def test_a_folder_of_very_many_notes_is_given_in_runs() -> None:
    result = build_notes({f"n/Note {number:04}.md": "Text.\n" for number in range(WHOLE + 1)})
    whole = given(result, "browse/tree/n/index.js")
    assert whole == {
        "folders": [],
        "runs": [["Note 0000", "Note 0249", RUN], ["Note 0250", "Note 0400", WHOLE + 1 - RUN]],
    }
    assert given(result, "browse/tree/n/index~2.js")[0] == ["Note 0250", "n/note-0250.html"]
    assert all(len(content_of(a)) < 30_000 for url, a in result.site.artifacts.items() if url.startswith("browse/tree"))


def test_the_folder_of_the_data_is_the_sites_own() -> None:
    result = build_notes({"browse/tree/index.md": "Mine.\n", "garden.md": "My garden.\n", "recent.md": "New.\n"})
    assert {d.code for d in result.site.diagnostics} == {"duplicate-address"}
    assert "My garden." in page(result, "garden-2.html")


# ---- lists ---------------------------------------------------------------------------------------------


def test_a_large_vault_lists_its_notes_on_pages_of_letters(monkeypatch: Any) -> None:
    module = all_notes.__globals__
    for name, value in {"AT_ONCE": 9, "ON_PAGE": 4, "MOST": 5}.items():
        monkeypatch.setitem(module, name, value)
    titles = ["Ant", "Ape", "bee", "Cat", "Elk", "Äpfel", "42", *(f"Sea {n}" for n in range(7)), "Жук"]
    result = build_notes({f"{title}.md": "Text.\n" for title in titles})
    links = re.findall(r'data-script="([^"]*)" data-letters="([^"]*)">([^<]*) <small>(\d+)', page(result, "notes.html"))
    assert links == [
        ("browse/letters/other.js", "# A", "#–A", "4"),
        ("browse/letters/b.js", "B C E", "B–E", "3"),
        ("browse/letters/s.js", "S", "S", "5"),
        ("browse/letters/s-2.js", "S", "S 2", "2"),
        ("browse/letters/u0416.js", "Ж", "Ж", "1"),
    ]
    assert "Sea 0" not in page(result, "notes.html")
    assert [title for title, _ in given(result, "browse/letters/other.js")] == ["42", "Ant", "Ape", "Äpfel"]
    assert 'href="../../sea-6.html"' in page(result, "browse/letters/s-2.html")
    assert 'href="../../notes.html"' in page(result, "browse/letters/s-2.html")


def test_titles_are_in_the_order_in_which_people_look_for_them() -> None:
    """Numbers count as numbers and accents do not count, in every list."""
    ordered = ["Ape", "Äpfel 2", "Äpfel 10", "Apple", "Part 2", "Part 2 b", "Part 10", "Zebra"]
    texts = {f"{title}.md": "#tag2/x #tag10 [[Hub]]\n" for title in reversed(ordered)}
    result = build_notes({**{f"n/{path}": text for path, text in texts.items()}, "Hub.md": "Text.\n"})

    def titles(url: str) -> list[str]:
        found = re.findall(r"<a href[^>]*>([^<]*)</a>", page(result, url).partition("<main")[2].partition("</main>")[0])
        return [title for title in found if title in ordered]

    shown = [
        title[:1].upper() + title[1:] for title in ordered
    ]  # a file's name begins with a capital where it is a title
    ordered = shown
    for url in ("n/index.html", "notes.html", "tags/tag10.html"):
        assert titles(url) == ordered
    assert [title for title, _ in given(result, "browse/tree/n/index.js")["notes"]] == ordered
    tags = page(result, "tags/index.html")
    assert tags.index(">tag2<") < tags.index(">tag10<")
    linked = page(result, "hub.html").partition('id="linked"')[2]
    assert re.findall(r'<a href="n/[^"]*">([^<]*)</a>', linked) == ordered


def test_a_wanted_note_is_one_in_all_its_spellings() -> None:
    asking = ["big idea", "Big Idea", "Big Idea", "big-idea", "Big idea.md", "BIG_IDEA#part"]
    result = build_notes({f"n/{number}.md": f"[[{target}]]\n" for number, target in enumerate(asking)})
    garden_page = page(result, "garden.html").partition('id="wanted-list"')[2].partition("</ul>")[0]
    assert re.findall(r"<b>([^<]*)</b> <small>([^<]*)</small>", garden_page) == [("Big Idea", "6 links")]
    folder_page = page(result, "n/index.html").partition('<ul class="wanted">')[2].partition("</ul>")[0]
    assert re.findall(r"<li>([^<]*) <small>([^<]*)</small>", folder_page) == [("Big Idea", "6 links")]


def test_recent_changes_by_month_and_only_what_has_a_date() -> None:
    text = page(build_notes(WIKI), "recent.html")
    assert re.findall(r'<h2 id="month-(\S+)"><time datetime="\1">([^<]*)', text) == [
        ("2026-03", "March 2026"),
        ("2025-12", "December 2025"),
    ]
    rows = re.findall(r'<li><time datetime="[^"]*">([^<]*)</time> <a href="([^"]*)">', text)
    assert rows == [
        ("20 March 2026", "plants/ferns/fern.html"),
        ("4 March 2026", "plants/oak.html"),
        ("31 December 2025", "plants/ferns/moss.html"),
    ]
    assert "3 dated notes" in text


def test_no_dates_no_page_of_changes() -> None:
    result = build_notes({"a.md": "Undated.\n"})
    assert "recent.html" not in result.site.artifacts
    assert "recent.html" not in page(result, "a.html")


def test_the_garden() -> None:
    text = page(build_notes(WIKI), "garden.html")
    part = dict(re.findall(r'<section class="part" id="([^"]*)"(.*?)</section>', text, re.S))
    assert part.keys() == {"wanted", "orphans", "dead-ends"}  # nothing is linked twice, and the home page leads to Oak
    assert re.findall(r"<b>([^<]*)</b> <small>([^<]*)", part["wanted"]) == [("Beech", "3 links")]
    assert re.findall(r'<a href="([^"]*)', part["wanted"]) == ["index.html", "plants/ferns/fern.html"]
    assert re.findall(r'<a href="([^"]*)', part["orphans"]) == ["plants/ferns/moss.html"]
    assert re.findall(r'<a href="([^"]*)', part["dead-ends"]) == ["plants/ferns/fern.html"]  # it asks for Beech alone
    assert "Nowhere" not in text and "Secret" not in text


def test_the_rest_of_a_long_list_is_fetched() -> None:
    many = ON_PAGE + IN_SCRIPT + 1
    result = build_notes({f"Note {number:04}.md": "Text.\n" for number in range(many)})
    text = page(result, "garden.html")
    assert text.count("<li><a href=") >= ON_PAGE
    assert 'data-scripts="browse/garden/orphans-1.js browse/garden/orphans-2.js"' in text
    assert given(result, "browse/garden/orphans-1.js")[0] == ["Note 0030", "note-0030.html", 0, []]
    assert len(given(result, "browse/garden/orphans-2.js")) == 1


def test_of_the_most_linked_notes_the_first_are_listed() -> None:
    names = [f"Note {number:04}" for number in range(MOST_LINKED + 5)]
    all_of_them = "".join(f"[[{name}]]\n" for name in names)
    notes = {f"{name}.md": "Text.\n" for name in names} | {"a.md": all_of_them, "b.md": all_of_them}
    notes |= {
        "c.md": f"[[{names[-1]}]] [[{names[-2]}]]",
        "d.md": f"[[{names[-1]}]] [[{names[-2]}]] [[a]]",
        "e.md": "[[Note 0009]]",
    }
    result = build_notes(notes)
    part = page(result, "garden.html").partition('id="linked-list"')[2]
    on_page = re.findall(r'<li><a href="[^"]*">([^<]*)</a> <small>(\d+) links', part.partition("</ul>")[0])
    rest = [(title, str(links)) for title, _, links, _ in given(result, "browse/garden/linked-1.js")]
    first = [(names[-2], "4"), (names[-1], "4"), (names[9], "3")]
    others = [(name, "2") for name in names[:-2] if name != names[9]]
    assert on_page + rest == (first + others)[:MOST_LINKED]
    assert f"Show more of {MOST_LINKED}" in part


def test_a_site_may_go_without_a_garden(build_site: BuildSite) -> None:
    built = build_site({"a.md": "[[b]]\n"}, "garden = false\n")
    assert not (built.out / "garden.html").exists()
    assert "garden.html" not in built.page("a.html")


def test_tags_say_where_they_are() -> None:
    text = page(build_notes({"a.md": "#one/two/three\n"}), "tags/one/two/three.html")
    crumbs = text.partition('aria-label="Breadcrumb"')[2].partition("</nav>")[0]
    assert re.findall(r'<a href="([^"]*)">([^<]*)', crumbs) == [
        ("../../index.html", "Tags"),
        ("../../one.html", "#one"),
        ("../two.html", "#one/two"),
    ]


# ---- what an edit makes again --------------------------------------------------------------------------


def test_words_touch_nothing_of_it_and_titles_only_what_shows_them() -> None:
    memo, notes = Memo(), dict(WIKI)
    before = site_files(build_notes(notes, memo=memo))
    notes["plants/Oak.md"] = notes["plants/Oak.md"].replace("Under an oak", "Below an oak")
    after = site_files(build_notes(notes, memo=memo))
    made = {key for _, key in memo.ran}
    assert not any(key.startswith(("browse/", "garden", "recent", "notes")) for key in made), made
    shown = {"plants/oak.html", "plants/ferns/fern.html", "plants/index.html", "index.html", "feed.xml"}
    changed = {url for url in after if before[url] != after[url]}
    assert {url for url in changed if not url.startswith("static/search/")} <= shown  # the search is of words
    notes["plants/Oak.md"] = notes["plants/Oak.md"].replace("date:", "title: Oaken\ndate:")
    build_notes(notes, memo=memo)
    assert {key for stage, key in memo.ran if stage == "folder_scripts"} == {"browse/tree/plants/index.js"}


def test_dates_of_others_count_where_a_note_says_none() -> None:
    settings = default_settings()
    dates = {"a.md": "2024-05-06", "b.md": "2024-05-06"}
    settings = replace(settings, options=replace(settings.options, dates=dates))
    memo = Memo()
    result = build_notes({"a.md": "A.\n", "b.md": "---\ndate: 2026-01-02\n---\nB.\n"}, settings=settings, memo=memo)
    assert result.vault.dated == {"a.md": "2024-05-06", "b.md": "2026-01-02"}
    assert "<updated>2024-05-06T00:00:00Z</updated>" in page(result, "feed.xml")
    assert "2024-05-06" in page(result, "index.html")
    later = replace(settings, options=replace(settings.options, dates={**dates, "a.md": "2024-05-07"}))
    build_notes({"a.md": "A.\n", "b.md": "---\ndate: 2026-01-02\n---\nB.\n"}, settings=later, memo=memo)
    assert "render" not in {stage for stage, _ in memo.ran}
    assert {"recent.html", "index.html"} <= {key for stage, key in memo.ran if stage == "render_view"}
