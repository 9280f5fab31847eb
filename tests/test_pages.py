"""The pages and files of a site: notes and what is around them, folders, home, tags, lists, feed, sitemap, graph."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import html5lib
import pytest

from sitegen.build import Result
from tests.conftest import BuildSite, Built, run_build
from tests.sites import build_notes, default_settings, site_files

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@lru_cache(maxsize=64)
def document(html: str) -> ET.Element:
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert isinstance(root, ET.Element)
    return root


def elements(root: ET.Element, tag: str, css_class: str = "") -> list[ET.Element]:
    found = root.iter(tag)
    return [e for e in found if not css_class or css_class in str(e.get("class", "")).split()]


def by_id(root: ET.Element, name: str) -> ET.Element | None:
    return next((e for e in root.iter() if e.get("id") == name), None)


def text(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def links(element: ET.Element | None) -> list[tuple[str, str]]:
    """(text, address) of each link below."""
    assert element is not None
    return [(text(a), a.get("href", "")) for a in element.iter("a")]


def page(result: Result, url: str) -> ET.Element:
    return document(site_files(result)[url].decode())


def crumbs(root: ET.Element) -> list[tuple[str, str]]:
    return [link for nav in elements(root, "nav", "crumbs") for link in links(nav)]


def quotes(root: ET.Element) -> dict[str, list[tuple[str, str]]]:
    """By the title of each note that links here: (sentence, what is marked in it)."""
    section = by_id(root, "linked")
    found: dict[str, list[tuple[str, str]]] = {}
    for item in elements(section, "li") if section is not None else []:
        sentences = [(text(p), text(mark)) for p in item.iter("p") for mark in p.iter("mark")]
        found[links(item)[0][0]] = sentences
    return found


def listed(root: ET.Element) -> list[str]:
    """The titles of notes that are said to list this one without saying anything of it."""
    section = by_id(root, "linked")
    return [t for p in elements(section, "p", "names") for t, _ in links(p)] if section is not None else []


# ---- the seed note -----------------------------------------------------------------------------------

SEED = "russian_military_reliance_on_foreign_support"
SECONDS = [103, 116, 218, 220, 228, 239, 291, 335, 340, 352, 372, 376, 400, 416, 429, 455, 471, 501, 519]


@pytest.fixture(scope="module")
def zeihan(zeihan_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    built = run_build(zeihan_vault, tmp_path_factory.mktemp("zeihan") / "out", "--base-url", "https://example.org/z/")
    assert built.exit_code == 0, built.output
    return built


@pytest.fixture(scope="module")
def seed(zeihan: Built) -> ET.Element:
    return document(zeihan.page(f"{SEED}.html"))


def test_the_seed_notes_moments(seed: ET.Element) -> None:
    stamps = [a for div in elements(seed, "div", "prose") for a in elements(div, "a", "stamp")]
    assert [a.get("data-seconds") for a in stamps] == [str(s) for s in SECONDS]
    assert [a.get("href") for a in stamps] == [f"https://www.youtube.com/watch?v=T0uYxK66VLU&t={s}s" for s in SECONDS]
    assert [a.get("id") for a in stamps] == [f"t-{s}" for s in SECONDS]
    assert (text(stamps[0]), stamps[0].get("aria-label")) == ("1:43", "Play from 1:43")
    assert stamps[0].get("title") == "Written 01:43:00"


def test_the_seed_notes_stamps_stand_after_the_full_stop(zeihan: Built) -> None:
    page = zeihan.page(f"{SEED}.html")
    assert "how to use North Korean weaponry.&nbsp;<a " in page
    assert "military-industrial complex.&nbsp;<a " in page
    assert 'weaponry <a class="stamp"' not in page


def test_the_seed_notes_backlinks(seed: ET.Element) -> None:
    """Read in the vault: three sentences of one note, one of another, and the channel's list."""
    found = quotes(seed)
    assert list(found) == [
        "Dependence on foreign support for Russian military operations",
        "Russian nuclear threat and Western response",
    ]
    first, second = found.values()
    assert [mark for _, mark in first] == ["reliance on external factors", "dependent", "dependence"]
    assert first[2][0] == (
        "This dependence makes the Russian military pipeline highly vulnerable to economic and political factors, both "
        "domestically and internationally."
    )
    assert second == [
        (
            "This incursion has led to the effective neutralization of the Russian military in the area, with little "
            "standing in the way of further territorial gains.",
            "Russian military",
        )
    ]
    assert listed(seed) == []


def test_the_seed_notes_siblings(seed: ET.Element) -> None:
    assert {title for title, _ in links(by_id(seed, "same-video"))} == {
        "Impact of Israel and South Koreas involvement",
        "Iranian participation in the Ukraine conflict",
        "North Korean involvement in the Ukraine war",
        "Strategic and diplomatic implications for Russia",
        "All that is cited of this video",
    }


def test_the_seed_notes_video(seed: ET.Element) -> None:
    (video,) = elements(seed, "section", "video")
    assert (video.get("data-kind"), video.get("data-video")) == ("youtube", "T0uYxK66VLU")
    (poster,) = elements(video, "a", "poster")
    assert poster.get("href") == "https://www.youtube.com/watch?v=T0uYxK66VLU"
    assert "The Koreans Are Coming to the Ukraine War || Peter Zeihan" in text(poster)
    assert [rect.get("data-seconds") for rect in seed.iter() if rect.get("class") == "tick"] == [
        str(s) for s in SECONDS
    ]


def test_the_seed_notes_contents_start_where_the_video_does(seed: ET.Element) -> None:
    (nav,) = elements(seed, "nav", "sections")
    assert [href for _, href in links(nav)] == [
        "#top",
        "#north-korean-military-aid",
        "#iranian-military-aid",
        "#implications-of-foreign-dependence",
        "#broader-geopolitical-consequences",
    ]


def test_the_seed_notes_links(seed: ET.Element) -> None:
    (prose,) = elements(seed, "div", "prose")
    own = [a for a in prose.iter("a") if "link" in str(a.get("class")).split()]
    assert {a.get("href") for a in own} == {
        "russian_involvement_and_tactics.html",
        "russian_military_challenges_and_recruitment_issues.html",
        "dependence_on_foreign_support_for_russian_military_operations.html",
        "russian_defensive_positions_and_supply_challenges.html",
    }
    assert len(own) == 16  # counted in the note
    # The section after the opening links to it four times: the first is new there, the others are again.
    first, *others = [a for a in own if a.get("href") == "russian_involvement_and_tactics.html"][1:5]
    assert (text(first), first.get("class")) == ("Russia", "link")
    assert {a.get("class") for a in others} == {"link again"}


def test_no_dollar_amount_of_the_channel_became_maths(zeihan: Built) -> None:
    pages = b"".join(data for url, data in zeihan.files().items() if url.endswith(".html"))
    assert pages.count(b"$") > 50 and b"<math" not in pages and b"katex" not in pages and b'class="formula' not in pages


# ---- titles ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "content", "title"),
    [
        ("n.md", "---\ntitle: From a property\n---\n\n# Heading\n", "From a property"),
        ("n.md", "# From *the* `first` heading\n\n# Second\n", "From the first heading"),
        ("n.md", "Text.\n\n# Later heading\n", "Later heading"),
        ("n.md", "## Not of the first level\n", "N"),
        ("curl_in_vector_fields.md", "Text.\n", "Curl in vector fields"),
        ("my-note.md", "", "My note"),
        ("Already Fine - and_more.md", "Text.\n", "Already Fine - and_more"),
        ("\u2068marks\u2069.md", "Text.\n", "Marks"),
        ("v1.2.md", "Text.\n", "V1.2"),
    ],
)
def test_a_notes_title(path: str, content: str, title: str) -> None:
    (ref,) = [place.ref for place in build_notes({path: content}).vault.places.values()]
    assert ref.title == title


def test_a_heading_that_says_the_title_stands_once() -> None:
    for content in ("# My title\n\nText.\n", "---\ntitle: My title\n---\n\n# My title\n\nText.\n"):
        root = page(build_notes({"n.md": content}), "n.html")
        assert [text(h) for h in root.iter("h1")] == ["My title"]
        assert "My title" not in text(elements(root, "div", "prose")[0])


def test_another_heading_than_the_title_stays() -> None:
    root = page(build_notes({"n.md": "---\ntitle: One\n---\n\n# Two\n\nText.\n"}), "n.html")
    assert [text(h) for h in root.iter("h1")] == ["One"]
    assert next(text(h) for h in root.iter("h2")) == "Two"


# ---- folders and home --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["talks/talks.md", "talks/Talks.md", "talks/index.md", "talks/Index.md"])
def test_a_folder_note_is_the_folders_page(name: str) -> None:
    result = build_notes({name: "---\ntitle: All talks\n---\n\nWelcome.\n", "talks/a.md": "[[index]] [[talks]]\n"})
    root = page(result, "talks/index.html")
    assert [text(h) for h in root.iter("h1")] == ["All talks"]
    assert "Welcome." in text(elements(root, "div", "prose")[0])
    assert ("A", "a.html") in links(by_id(root, "notes"))
    assert not any(url.startswith("talks/talks") for url in result.site.artifacts)
    assert crumbs(page(result, "talks/a.html")) == [("All talks", "index.html")]


def test_a_folder_without_a_note_has_a_page_too() -> None:
    root = page(build_notes({"my_talks/deep/a.md": "Text.\n"}), "my_talks/index.html")
    assert [text(h) for h in root.iter("h1")] == ["My talks"]
    assert any(href == "deep/index.html" for _, href in links(by_id(root, "folders")))


def test_the_note_of_the_folders_name_comes_before_an_index() -> None:
    result = build_notes({"t/t.md": "Own.\n", "t/index.md": "Index.\n"})
    assert "Own." in text(page(result, "t/index.html"))
    (problem,) = result.site.diagnostics
    assert problem.code == "duplicate-address" and problem.path == "t/index.md"
    other = result.vault.places["t/index.md"].ref.url
    assert "Index." in text(page(result, other))


@pytest.mark.parametrize("name", ["index.md", "Home.md", "README.md"])
def test_an_index_home_or_readme_is_the_front_page(name: str) -> None:
    result = build_notes({name: "# Hello\n\nCome in.\n", "a.md": "Text.\n"})
    root = page(result, "index.html")
    assert [text(h) for h in root.iter("h1")] == ["Hello"]
    assert "Come in." in text(root)
    assert result.vault.places[name].ref.url == "index.html"


def test_index_comes_before_home_and_home_before_readme() -> None:
    result = build_notes({"readme.md": "R.\n", "home.md": "H.\n", "index.md": "I.\n"})
    assert [result.vault.places[f"{n}.md"].ref.url for n in ("index", "home", "readme")] == [
        "index.html",
        "home.html",
        "readme.html",
    ]


def test_a_note_named_like_the_vault_is_the_front_page(build_site: BuildSite) -> None:
    built = build_site({"Vault.md": "Come in.\n", "a.md": "No.\n"})  # the folder is called vault
    assert "Come in." in built.page("index.html")
    assert "vault.html" not in built.files()


def test_a_vault_without_an_index_has_a_front_page() -> None:
    root = page(build_notes({"a.md": "Text.\n", "talks/b.md": "Text.\n"}), "index.html")
    assert [text(h) for h in root.iter("h1")] == ["Test wiki"]
    hrefs = {href for _, href in links(root)}
    assert {"a.html", "talks/index.html", "notes.html"} <= hrefs


def test_breadcrumbs_are_the_folders_outermost_first() -> None:
    result = build_notes({"a/b/c.md": "Text.\n", "a/b/b.md": "# Bee\n", "a/x.md": "Text.\n", "top.md": "Text.\n"})
    assert crumbs(page(result, "a/b/c.html")) == [("A", "../index.html"), ("Bee", "index.html")]
    assert crumbs(page(result, "a/b/index.html")) == [("A", "../index.html")]
    assert crumbs(page(result, "top.html")) == []


def test_the_from_line_is_shown_above_the_text_and_not_in_it() -> None:
    note = "From: [[talks]] <br/> \n\nThe text.\n"
    root = page(build_notes({"talks/talks.md": "- [[a]]\n", "talks/a.md": note}), "talks/a.html")
    assert text(elements(root, "div", "prose")[0]) == "The text."
    assert ("Talks", "index.html") in [link for ul in elements(root, "ul", "facts") for link in links(ul)]


def test_missing_notes_are_wanted_on_their_folders_page() -> None:
    notes = {"t/a.md": "[[Wanted]] [[Rare]]\n", "t/b.md": "[[wanted]]\n", "u/c.md": "[[Else]]\n"}
    wanted = by_id(page(build_notes(notes), "t/index.html"), "wanted")
    assert wanted is not None
    assert [text(li) for li in wanted.iter("li")] == ["Wanted 2 links", "Rare 1 link"]


# ---- backlinks ---------------------------------------------------------------------------------------


def test_backlinks_say_the_sentence_and_mark_the_link() -> None:
    notes = {
        "b.md": "Text.\n",
        "a.md": "First one. The second links to [[b|a *thing*]], as was said. And a third.\n",
        "c.md": "> A quote of [[b]] here.\n",
    }
    assert quotes(page(build_notes(notes), "b.html")) == {
        "A": [("The second links to a thing, as was said.", "a thing")],
        "C": [("A quote of b here.", "b")],
    }


def test_abbreviations_and_numbers_do_not_end_a_sentence() -> None:
    notes = {"b.md": "Text.\n", "a.md": "One. Dr. Who paid $1.5 for [[b]] e.g. on 3.5. Next.\n"}
    assert quotes(page(build_notes(notes), "b.html"))["A"][0][0] == "Dr. Who paid $1.5 for b e.g. on 3.5."


def test_stamps_are_not_part_of_a_sentence() -> None:
    notes = {
        "b.md": "Text.\n",
        "a.md": "---\nvideoId: T0uYxK66VLU\n---\n\nHe spoke of [[b]] at length [01:43]. More.\n",
    }
    assert quotes(page(build_notes(notes), "b.html"))["A"] == [("He spoke of b at length.", "b")]


def test_a_menu_is_no_backlink_worth_a_sentence() -> None:
    notes = {
        "t/b.md": "Text.\n",
        "t/t.md": "- [[b]]\n- [[c]]\n",  # the folder's own page
        "t/c.md": "- [[b]]\n",  # another note that merely lists it
    }
    root = page(build_notes(notes), "t/b.html")
    assert quotes(root) == {} and listed(root) == ["C"]


def test_a_folders_page_that_says_something_is_quoted() -> None:
    notes = {"t/b.md": "Text.\n", "t/t.md": "The best talk here is [[b]] by far.\n"}
    assert list(quotes(page(build_notes(notes), "t/b.html"))) == ["T"]


def test_two_sentences_of_one_note_and_no_sentence_twice() -> None:
    notes = {"b.md": "Text.\n", "a.md": "One [[b]] here, and [[b]] again. Two has [[b]].\n\nTwo has [[b]].\n"}
    found = quotes(page(build_notes(notes), "b.html"))["A"]
    assert [sentence for sentence, _ in found] == ["One b here, and b again.", "Two has b."]


def test_links_in_properties_count_without_a_sentence() -> None:
    notes = {"b.md": "Text.\n", "a.md": '---\nrelated: "[[b]]"\n---\n'}
    assert listed(page(build_notes(notes), "b.html")) == ["A"]


def test_nothing_links_here() -> None:
    assert by_id(page(build_notes({"a.md": "[[a]] Text.\n"}), "a.html"), "linked") is None


def test_what_is_quoted_is_text() -> None:
    notes = {"b.md": "Text.\n", "a.md": "A <b>bold</b> `<i>` [[b|<script>]] & more.\n"}
    assert quotes(page(build_notes(notes), "b.html"))["A"] == [("A bold <i> <script> & more.", "<script>")]


# ---- links within a page -----------------------------------------------------------------------------


def test_a_repeated_link_of_a_section_says_so() -> None:
    notes = {"b.md": "Text.\n", "a.md": "[[b]] [[b#x|y]] [[B|z]]\n\n## Next\n\n[[b]] [[b]]\n"}
    root = page(build_notes(notes), "a.html")
    (prose,) = elements(root, "div", "prose")
    classes = [a.get("class") for a in prose.iter("a")]
    assert classes == ["link", "link again", "link again", "link", "link again"]


def test_stamps_follow_punctuation_and_never_start_a_line() -> None:
    block = "---\nvideoId: T0uYxK66VLU\n---\n\n"
    lines = {
        "He left [01:43].": "He left.\u00a01:43",
        "He left [01:43]. She [2:05], too": "He left.\u00a01:43 She,\u00a02:05 too",
        "[01:43] He left.": "1:43 He left.",
        "He left. [01:43]": "He left.\u00a01:43",
        "He left [01:43] [02:05].": "He left.\u00a01:43\u00a02:05",
        "He left [01:43 - 02:05].": "He left.\u00a01:43\u2060–\u20602:05",
        "Left [01:43]": "Left\u00a01:43",
    }
    for written, shown in lines.items():
        root = page(build_notes({"n.md": f"{block}{written}\n"}), "n.html")
        (prose,) = elements(root, "div", "prose")
        assert "".join(prose.itertext()).strip() == shown, written


# ---- the local graph ---------------------------------------------------------------------------------


def around(root: ET.Element) -> set[tuple[str, str, str]]:
    """(kind, title, address) of each node."""
    found = set()
    for svg in root.iter("{http://www.w3.org/2000/svg}svg"):
        if "graph" in str(svg.get("class")).split():
            for a in svg.iter("{http://www.w3.org/2000/svg}a"):
                title = next(a.iter("{http://www.w3.org/2000/svg}title"))
                found.add((str(a.get("class")), text(title), str(a.get("href"))))
    return found


def test_the_local_graph_shows_what_is_one_link_away() -> None:
    notes = {
        "n.md": "---\nvideoId: T0uYxK66VLU\n---\n\n[[out]] [[both]] [[gone]] [[n]]\n",
        "out.md": "Text.\n",
        "both.md": "It says [[n]] too.\n",
        "in.md": "It says [[n]] as well.\n",
        "same.md": "---\nvideoId: T0uYxK66VLU\n---\n",
        "far.md": "[[out]]\n",
    }
    assert around(page(build_notes(notes), "n.html")) == {
        ("to-link", "Out", "out.html"),
        ("to-link", "Both", "both.html"),
        ("to-backlink", "In", "in.html"),
        ("to-sibling", "Same", "same.html"),
    }


def test_a_note_alone_has_no_graph() -> None:
    assert around(page(build_notes({"n.md": "Text.\n"}), "n.html")) == set()


# ---- tags --------------------------------------------------------------------------------------------


def test_tag_pages_hold_what_is_below_them() -> None:
    notes = {
        "a.md": "---\ntags: [talks/war]\n---\n",
        "b.md": "#Talks/Peace is one.\n",
        "c.md": "#talks\n",
        "d.md": "#other\n",
    }
    result = build_notes(notes)
    upper, lower = page(result, "tags/talks.html"), page(result, "tags/talks/war.html")
    assert {href for _, href in links(next(upper.iter("main")))} >= {
        "../a.html",
        "../b.html",
        "../c.html",
        "talks/war.html",
    }
    assert "../d.html" not in {href for _, href in links(upper)}
    assert {href for _, href in links(next(lower.iter("main")))} >= {"../../a.html", "../talks.html"}
    assert "../../b.html" not in {href for _, href in links(lower)}
    overview = {href for _, href in links(next(page(result, "tags/index.html").iter("main")))}
    assert overview >= {"talks.html", "talks/war.html", "talks/peace.html", "other.html"}


def test_a_tag_is_one_whatever_its_case_and_where_it_is_written() -> None:
    result = build_notes({"a.md": "---\ntags: Über\n---\n", "b.md": "#über #ÜBER\n"})
    assert list(result.vault.tags) == ["über"]
    name, url, paths = result.vault.tags["über"]
    assert (name, url, paths) == ("Über", "tags/über.html", ("a.md", "b.md"))
    for file in ("a.html", "b.html"):
        assert ("#Über", "tags/über.html") in [
            x for ul in elements(page(result, file), "ul", "tags") for x in links(ul)
        ]


def test_a_vault_without_tags_has_no_tag_pages() -> None:
    result = build_notes({"a.md": "Text.\n"})
    assert not any(url.startswith("tags/") for url in result.site.artifacts)
    assert not any("tags/" in href for _, href in links(page(result, "a.html")))


# ---- lists -------------------------------------------------------------------------------------------


def test_all_notes_by_their_first_letter() -> None:
    notes = {f"{name}.md": "Text.\n" for name in ("beta", "Älpha", "alpha", "7 ways", "日本")} | {
        "x/y/zeta.md": "Text.\n"
    }
    root = page(build_notes(notes), "notes.html")
    main = next(root.iter("main"))
    sections = elements(main, "section")
    assert [text(next(s.iter("h2"))) for s in sections] == ["#", "A", "B", "Z", "日"]
    titles = [title for section in sections for title, _ in links(section)]
    assert titles == ["7 ways", "Alpha", "Älpha", "Beta", "Zeta", "日本"]
    assert ("Zeta", "x/y/zeta.html") in links(main)


def test_the_page_for_addresses_that_are_not_there() -> None:
    root = page(build_notes({"a/b.md": "Text.\n"}), "404.html")
    assert [base.get("href") for base in root.iter("base")] == ["/wiki/"]  # of the site's own address
    assert [m.get("content") for m in root.iter("meta") if m.get("name") == "robots"] == ["noindex"]
    assert {"a/index.html", "index.html"} <= {href for _, href in links(root)}


def test_without_an_address_the_404_page_starts_from_the_root() -> None:
    root = page(build_notes({"a.md": "Text.\n"}, settings=default_settings(base_url="")), "404.html")
    assert [base.get("href") for base in root.iter("base")] == ["/"]


# ---- feed, sitemap, canonical ------------------------------------------------------------------------


def test_the_feed_has_the_dated_notes_newest_first() -> None:
    notes = {
        "old.md": "---\ndate: 2025-01-01\n---\n\nOld.\n",
        "new.md": "---\ndate: 2024-01-01\nupdated: 2026-03-04\n---\n\nNew & [[old]] \u0007 <i>x</i>.\n",
        "undated.md": "Text.\n",
        "odd.md": "---\ndate: soon\n---\n",
        "a/ünï & cøde?.md": "---\ntitle: A <b> & c\ndate: 2023-05-06\n---\n\n]]> end\n",
    }
    root = ET.fromstring(site_files(build_notes(notes))["feed.xml"])
    entries = root.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}title") for e in entries] == ["New", "Old", "A <b> & c"]
    assert [e.findtext(f"{ATOM}updated") for e in entries] == [
        "2026-03-04T00:00:00Z",
        "2025-01-01T00:00:00Z",
        "2023-05-06T00:00:00Z",
    ]
    assert root.findtext(f"{ATOM}updated") == "2026-03-04T00:00:00Z"
    assert root.findtext(f"{ATOM}id") == "https://example.org/wiki/"
    content = entries[0].find(f"{ATOM}content")
    assert content is not None
    base = content.get("{http://www.w3.org/XML/1998/namespace}base")
    assert base == entries[0].findtext(f"{ATOM}id") == "https://example.org/wiki/new.html"
    assert '<a class="link" href="https://example.org/wiki/old.html">old</a>' in (content.text or "")
    assert entries[2].findtext(f"{ATOM}id") == "https://example.org/wiki/a/%C3%BCn%C3%AF-c%C3%B8de.html"
    for entry in entries:
        assert entry.find(f"{ATOM}link") is not None


def test_every_address_in_the_feed_is_whole_so_that_any_reader_can_follow_it() -> None:
    talk = (
        "---\nvideo: ../my talk.mp4\ndate: 2026-01-02\n---\n\n"
        "Said [1:43] of [[Other|it]] and [this](https://example.com/a?b=1&c=2).[^1] ![[a.png]] [x](mailto:a@example.com)\n\n"
        '`<a href="b.html">` stays. <span title=\'Is a href="c.html" > b\'>So</span>.\n\n[^1]: Below.\n'
    )
    video = '---\nvideoId: T0uYxK66VLU\ndate: 2026-01-01\n---\n\nAlso said <a class="yt-timestamp" data-t="00:01:43"></a>.\n'
    notes = {"sub/talk.md": talk, "video.md": video, "Other.md": "Text.\n"}
    root = ET.fromstring(site_files(build_notes(notes, ["my talk.mp4", "a.png"]))["feed.xml"])
    first, second = [entry.findtext(ATOM + "content", "") for entry in root.iter(ATOM + "entry")]
    home = "https://example.org/wiki/"
    links = re.findall(r'<(?:a|img) [^>]*?(?:href|src)="([^"]*)"', first)
    assert links == [
        f"{home}my-talk.mp4#t=103",
        f"{home}other.html",
        "https://example.com/a?b=1&amp;c=2",
        f"{home}sub/talk.html#fn1",
        f"{home}a.png",
        "mailto:a@example.com",
        f"{home}sub/talk.html#fnref1",
    ]
    assert "&lt;a href=&quot;b.html&quot;&gt;" in first or '&lt;a href="b.html"&gt;' in first
    assert "href=&quot;c.html&quot;" in first
    assert 'href="https://www.youtube.com/watch?v=T0uYxK66VLU&amp;t=103s"' in second


def test_no_feed_without_a_date_or_an_address() -> None:
    assert "feed.xml" not in build_notes({"a.md": "Text.\n"}).site.artifacts
    dated = {"a.md": "---\ndate: 2025-01-01\n---\n"}
    result = build_notes(dated, settings=default_settings(base_url=""))
    assert not {"feed.xml", "sitemap.xml"} & result.site.artifacts.keys()
    assert "feed.xml" not in site_files(result)["a.html"].decode()
    assert 'href="feed.xml"' in site_files(build_notes(dated))["a.html"].decode()


def test_the_sitemap_has_every_page_but_the_404() -> None:
    result = build_notes({"a.md": "---\nupdated: 2026-03-04\n---\n#tag\n", "t/ü b.md": "Text.\n"})
    root = ET.fromstring(site_files(result)["sitemap.xml"])
    found = {e.findtext(f"{SITEMAP}loc"): e.findtext(f"{SITEMAP}lastmod") for e in root}
    base = "https://example.org/wiki/"
    paths = ["", "a.html", "notes.html", "t/index.html", "t/%C3%BC-b.html", "tags/tag.html"]
    assert {base + path for path in paths} <= found.keys()
    assert base + "404.html" not in found
    assert found[base + "a.html"] == "2026-03-04" and found[base + "notes.html"] is None


def test_canonical_addresses() -> None:
    def canonical(result: Result) -> Iterator[tuple[str, str]]:
        for url, data in site_files(result).items():
            for link in document(data.decode()).iter("link") if url.endswith(".html") else ():
                if link.get("rel") == "canonical":
                    yield url, str(link.get("href"))

    notes = {"a.md": "Text.\n", "t/b.md": "Text.\n"}
    base = "https://example.org/wiki/"
    found = dict(canonical(build_notes(notes)))
    assert found["a.html"] == base + "a.html" and found["index.html"] == base
    assert found["t/index.html"] == base + "t/index.html"
    assert dict(canonical(build_notes(notes, settings=default_settings(base_url="")))) == {}


# ---- graph.json --------------------------------------------------------------------------------------


def test_the_graph_has_the_resolved_links_and_nothing_else() -> None:
    notes = {
        "a.md": "[[b]] [[b]] [[gone]] [[a]] [[secret]] ![[c]]\n",
        "b.md": "[x](a.md)\n",
        "c.md": '---\nup: "[[a]]"\n---\n',
        "t/alone.md": "![[pic.png]] [[#H]]\n\n## H\n",
        "secret.md": "---\ndraft: true\n---\n\n[[a]]\n",
    }
    data = json.loads(site_files(build_notes(notes, ["pic.png"]))["graph.json"])
    names = {node["id"]: node["url"] for node in data["nodes"]}
    assert sorted(names.values()) == ["a.html", "b.html", "c.html", "t/alone.html"]
    edges = {(names[x], names[y]) for x, y in data["edges"]}
    assert edges == {("a.html", "b.html"), ("b.html", "a.html"), ("a.html", "c.html"), ("c.html", "a.html")}
    assert len(data["edges"]) == len(edges)
    assert [names[n] for n in data["orphans"]] == ["t/alone.html"]
    assert data["components"] == [3, 1]
    assert names[data["hubs"][0]] == "a.html"  # two notes link to it
    assert {node["folder"] for node in data["nodes"]} == {"", "t"}


def test_the_graph_of_real_notes_is_their_links(zeihan: Built) -> None:
    data = json.loads(zeihan.page("graph.json"))
    names = {node["url"]: node["id"] for node in data["nodes"]}
    seed = names[f"{SEED}.html"]
    urls = {number: url for url, number in names.items()}
    assert {urls[b] for a, b in data["edges"] if a == seed} == {
        "index.html",
        "russian_involvement_and_tactics.html",
        "russian_military_challenges_and_recruitment_issues.html",
        "dependence_on_foreign_support_for_russian_military_operations.html",
        "russian_defensive_positions_and_supply_challenges.html",
    }
    assert {urls[a] for a, b in data["edges"] if b == seed} == {
        "index.html",  # the channel's list
        "dependence_on_foreign_support_for_russian_military_operations.html",
        "russian_nuclear_threat_and_western_response.html",
    }
    assert len(data["nodes"]) == 491 == sum(data["components"])


# ---- files -------------------------------------------------------------------------------------------


def test_nojekyll_is_there_and_empty(build_site: BuildSite) -> None:
    assert build_site({"a.md": "Text.\n"}).files()[".nojekyll"] == b""


def test_only_attachments_of_published_notes_are_published(build_site: BuildSite) -> None:
    files: dict[str, str | bytes | None] = {
        "a.md": "![[used.png]] [doc](files/used.pdf) %%![[comment.png]]%% `![[code.png]]`\n\n![[b]]\n",
        "b.md": '<img src="html.png">\n',
        "secret.md": "---\npublish: false\n---\n\n![[secret.png]] ![[used.png]]\n",
        "loose.md": "[[linked.zip]]\n",
    }
    names = [
        "used.png",
        "files/used.pdf",
        "html.png",
        "linked.zip",
        "comment.png",
        "code.png",
        "secret.png",
        "nobody.png",
    ]
    built = build_site(files | {name: name.encode() for name in names})
    published = [name for name in names if name in built.files()]
    assert published == ["used.png", "files/used.pdf", "html.png", "linked.zip"]
    assert built.files()["files/used.pdf"] == b"files/used.pdf"
    assert not any(name.endswith(".md") for name in built.files())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a b.md", "a-b.md"),
        ("Note.md", "note.md"),
        ("straße.md", "STRASSE.md"),
        ("What?.md", "What!.md"),
        ("t/index.md", "t.md"),
    ],
)
def test_two_notes_never_share_an_address(first: str, second: str) -> None:
    result = build_notes({first: "First text.\n", second: "Second text.\n"})
    urls = [place.ref.url for place in result.vault.places.values()]
    assert len({url.casefold() for url in urls}) == 2
    bodies = [text(elements(page(result, url), "div", "prose")[0]) for url in urls]
    assert sorted(bodies) == ["First text.", "Second text."]


def test_a_taken_address_is_reported_with_both_notes() -> None:
    result = build_notes(
        {"a b.md": "Text.\n", "a-b.md": "Text.\n", "notes.md": "Text.\n", "x.md": "---\npermalink: a-b\n---\n"}
    )
    messages = [d.message for d in result.site.diagnostics if d.code == "duplicate-address"]
    assert messages == [
        "the address a-b.html is taken by x.md; this note is at a-b-2.html",  # a permalink comes first
        "the address a-b.html is taken by x.md; this note is at a-b-3.html",
        "the address notes.html is taken by a page that sitegen makes; this note is at notes-2.html",
    ]


def test_addresses_are_readable_and_keep_their_letters() -> None:
    notes = {
        "Ünïcode/日本 語.md": "Text.\n",
        "What's new? (2).md": "Text.\n",
        "C++.md": "Text.\n",
        ".hidden?.md": "Text.\n",
    }
    urls = {place.ref.url for place in build_notes(notes).vault.places.values()}
    assert urls == {"ünïcode/日本-語.html", "whats-new-2.html", "c++.html", "hidden.html"}


# ---- video titles ------------------------------------------------------------------------------------


def test_a_videos_title_is_what_links_to_it_say() -> None:
    notes = {
        "talks/talks.md": "### [The talk || Someone](https://www.youtube.com/watch?v=T0uYxK66VLU)\n- [[a]]\n",
        "talks/a.md": "---\nvideoId: T0uYxK66VLU\n---\n\nFrom the start [0:05].\n",
        "talks/b.md": "---\nvideoId: AAAAAAAAAAA\n---\n\nhttps://youtu.be/AAAAAAAAAAA\n",
    }
    result = build_notes(notes)
    (poster,) = elements(page(result, "talks/a.html"), "a", "poster")
    assert "The talk || Someone" in text(poster)
    (poster,) = elements(page(result, "talks/b.html"), "a", "poster")
    assert "youtu.be" not in text(poster) and "Talks" in text(poster)
    assert "The talk || Someone" in text(by_id(page(result, "talks/index.html"), "videos") or poster)


def test_a_section_begins_at_the_stamp_in_its_heading(build_site: BuildSite) -> None:
    text = "---\nvideoId: dQw4w9WgXcQ\n---\nintro [0:05]\n\n## A [1:02]\n\ntext [0:32]\n\n## B\n\ntext [2:10]\n"
    shown = elements(document(build_site({"v.md": text}).page("v.html")), "span", "time")
    assert [span.text for span in shown] == ["0:00", "1:02", "2:10"]


def test_footnotes_of_an_embedded_note_lead_to_its_own(build_site: BuildSite) -> None:
    foot = "Em[^1].\n\n## S\n\nX[^1]\n\n[^1]: Foot other\n"
    files = {"foot.md": foot, "own.md": "Text[^1].\n\n[^1]: Foot own\n\n![[foot]]\n", "part.md": "![[foot#S]]"}
    built = build_site(files)
    root = document(built.page("own.html"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    links = [a.get("href", "") for a in root.iter("a") if a.get("href", "").startswith("#")]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links} <= set(ids)
    assert 'href="#e1-fn1" id="e1-fnref1"' in built.page("own.html")
    part = document(built.page("part.html"))
    named = {element.get("id") for element in part.iter() if element.get("id")}
    assert all(a.get("href", "")[1:] in named for a in part.iter("a") if a.get("href", "").startswith("#"))


@pytest.mark.parametrize("tag", ["script", "style", "iframe", "template", "textarea"])
def test_the_mention_of_a_tag_hides_nothing(build_site: BuildSite, tag: str) -> None:
    page = build_site({"a.md": f"Use <{tag}> here.\n\n## Later\n\nThe rest.\n"}).page("a.html")
    assert f"Use &lt;{tag}&gt; here." in page
    assert "The rest." in page


def test_a_video_in_an_images_place_asks_nobody(build_site: BuildSite) -> None:
    page = build_site({"a.md": "![talk](https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90)"}).page("a.html")
    link = elements(document(page), "a", "facade")[0]
    assert link.get("href") == "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s"
    assert "".join(link.itertext()).split() == "talk Play from 1:30 on YouTube".split()
    assert "<iframe" not in page
    assert "<img" not in page
