"""Pages of videos, what they are made from, and their files for other programs."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sitegen.build import Memo, Result
from sitegen.stages.drawing import mini
from sitegen.video.moments import WITHIN, merge
from tests.sites import build_notes, default_settings, site_files

ID = "T0uYxK66VLU"
URL = f"videos/{ID}.html"
SEED = (
    "strategic_and_diplomatic_implications_for_russia north_korean_involvement_in_the_ukraine_war "
    "impact_of_israel_and_south_koreas_involvement russian_military_reliance_on_foreign_support "
    "iranian_participation_in_the_ukraine_conflict zeihanongeopolitics"
).split()


def note(text: str, *properties: str, video: str = ID) -> str:
    return "\n".join(["---", f"videoId: {video}", *properties, "---", "", text, ""])


def site(notes: dict[str, str], **options: str) -> Result:
    settings = default_settings()
    return build_notes(notes, settings=replace(settings, options=replace(settings.options, **options)))


def page(result: Result, url: str = URL) -> str:
    return site_files(result)[url].decode()


def moments(result: Result, url: str = URL) -> list[tuple[str, str, str, str]]:
    """The time, heading, sentence and citation of each moment on a video's page."""
    html = page(result, url)
    body = html[html.index('<ol class="passages">') :]
    items = re.split(r'<li(?: class="doubtful")?>\n<a class="stamp', body)[1:]
    return [
        (
            _text(re.search(r">([0-9:]+)</a>", item)),
            _text(re.search(r"<h3>(.*?)</h3>", item)),
            _text(re.search(r"</(?:h3|a)>\n(?:<div>\n)?<p>(.*?)</p>", item)),
            _text(re.search(r'<(?:summary|p class="by")>(.*?)</(?:summary|p)>', item, re.S)),
        )
        for item in items
    ]


def _text(match: re.Match[str] | None) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", match[1]).replace("&#x27;", "'").split()) if match else ""


# ---- the seed's video -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seed(zeihan_vault: Path) -> Result:
    return site({f"z/{name}.md": (zeihan_vault / f"{name}.md").read_text("utf-8") for name in SEED})


def test_the_seeds_video_has_a_page_where_three_notes_cite_its_second_103(seed: Result) -> None:
    found = moments(seed)
    assert found[0] == (
        "1:43",
        "North Korea's Contribution",
        "There are reports of North Korean troops deploying to Russia, with technical advisors already assisting Russians in using "
        "North Korean weaponry.",
        "cited by 3 notes, perhaps by 1 more",
    )
    assert [time for time, *_ in found[:4]] == ["1:43", "1:56", "2:14", "2:42"]
    assert "5 notes about this video" in page(seed) and "The Koreans Are Coming to the Ukraine War" in page(seed)


def test_the_seeds_lone_stamp_is_flagged(seed: Result) -> None:
    """As written, 01:43:53 is an hour and three quarters into a video of nine minutes."""
    path = "z/strategic_and_diplomatic_implications_for_russia.md"
    [problem] = [d for d in seed.site.diagnostics if d.code == "ambiguous-timestamp"]
    assert problem.path == path and "01:43:53, read as 1:43 and perhaps 1:43:53" in problem.hint
    own = page(seed, "z/strategic_and_diplomatic_implications_for_russia.html")
    assert '<a class="stamp ambiguous" id="t-103"' in own and 'title="Written 01:43:53' in own
    first = page(seed).split("</details>")[0]
    assert "written 01:43:53, perhaps another time" in first


def test_the_seeds_note_leads_to_the_video_and_to_its_other_notes(seed: Result) -> None:
    own = page(seed, "z/russian_military_reliance_on_foreign_support.html")
    assert own.count(f'href="../{URL}"') == 2
    assert own.count('class="mini"') == 4


def test_a_small_line_is_light_however_much_is_cited() -> None:
    line = mini(range(7200), 7200)
    assert len(line) < 5000 and line.count("<") == 3  # begin of the drawing, the path, the end
    assert 'd="M0 0V1M250 0V1M500 0V1"' in mini([0, 1, 1800, 1801, 3600, 4000], 3600)


# ---- which videos have one --------------------------------------------------------------------------

TWO = {"a.md": note("One [1:00]."), "b.md": note("Two [1:05]."), "c.md": note("Three [2:00].", video="abcdefghijk")}


@pytest.mark.parametrize(
    ("option", "urls"),
    [("shared", {URL}), ("all", {URL, "videos/abcdefghijk.html"}), ("none", set())],
)
def test_which_videos_have_pages(option: str, urls: set[str]) -> None:
    found = site(TWO, video_pages=option).site.artifacts
    assert {url for url in found if url.startswith("videos/") and url.endswith(".html")} == urls
    assert {url for url in found if url.endswith(".vtt")} == {url.replace(".html", "-chapters.vtt") for url in urls}


def test_the_option_is_checked(build_site) -> None:  # type: ignore[no-untyped-def]
    built = build_site({"a.md": "x\n"}, 'video_pages = "many"\n', exit_code=2)
    assert "video_pages is 'many'; it must be shared, all or none" in built.output


def test_ids_that_differ_in_case_alone_have_different_pages() -> None:
    notes = {f"{n}.md": note("x [1:00].", video=video) for n, video in enumerate(["AAAAAAAAAAA", "aaaaaaaaaaa"] * 2)}
    urls = [url for url in site(notes).site.artifacts if url.startswith("videos/")]
    assert len({url.lower() for url in urls}) == len(urls) == 6


def test_private_notes_are_not_counted_or_quoted() -> None:
    notes = {"a.md": note("Open words [1:00]."), "b.md": note("Secret words [1:00].", "draft: true")}
    result = site(notes)
    assert URL not in result.site.artifacts
    notes["c.md"] = note("Other words [1:00].")
    files = site_files(site(notes))
    assert URL in files and not any(b"Secret" in data for data in files.values())


# ---- moments ----------------------------------------------------------------------------------------


def test_moments_are_labelled_by_heading_and_sentence() -> None:
    text = (
        "Begun [0:30]. The second [1:00]\n\n## A *part*\n\nDr. Smith said so; it was good. Then, [[b|she]] left & he stayed [2:00]!\n\n"
        "[3:00] After the time, what follows counts. Not this.\n\n- An item\n- **Another** one [4:00]\n\n"
        "| x | y |\n|--|--|\n| cell | in a cell [5:00] |\n\n> [!note] Title\n> In a callout [6:00 - 6:30].\n"
    )
    found = moments(site({"a.md": note(text), "b.md": note("x")}))
    assert [(time, heading, sentence) for time, heading, sentence, _ in found] == [
        ("0:30", "", "Begun."),
        ("1:00", "", "The second"),
        ("2:00", "A part", "Then, she left &amp; he stayed!"),
        ("3:00", "", "After the time, what follows counts."),
        ("4:00", "", "Another one"),
        ("5:00", "", "in a cell"),
        ("6:00", "", "In a callout."),
        ("6:30", "", "In a callout."),
    ]
    assert found[0][3] == "cited by A"


def test_a_moment_is_what_lies_within_ten_seconds() -> None:
    notes = {
        "a.md": note("One [1:40]. Two [3:00]."),
        "b.md": note("Three [1:43]. Four [1:49]."),
        "c.md": note("Five [1:43]. Six [3:11]."),
    }
    found = moments(site(notes))
    assert [(time, by) for time, _, _, by in found] == [
        ("1:43", "cited by 3 notes"),
        ("3:00", "cited by A"),
        ("3:11", "cited by C"),
    ]
    assert found[0][2] == "Three."


def test_the_line_of_the_videos_page_ends_where_that_of_its_notes_does() -> None:
    result = site({"a.md": note("One [8:37], two [8:43]."), "b.md": note("One [8:37].")})
    assert "<span>after 8:43</span>" in page(result) and "<span>after 8:43</span>" in page(result, "a.html")
    assert [re.search(r'data-length="(\d+)"', page(result, url))[1] for url in (URL, "a.html")] == ["538", "538"]  # type: ignore[index]


def test_each_citation_leads_to_its_stamp() -> None:
    result = site({"a.md": note("One [1:40]."), "b.md": note("Two [1:43].")})
    html = page(result)
    for name, second in (("a", 100), ("b", 103)):
        assert f'href="../{name}.html#t-{second}"' in html
        assert f'id="t-{second}"' in page(result, f"{name}.html")
    assert 'id="t-100" href="https://www.youtube.com/watch?v=T0uYxK66VLU&amp;t=100s" data-seconds="100"' in html


def test_a_note_that_embeds_another_cites_only_its_own() -> None:
    result = site({"a.md": note("Mine [1:00].\n\n![[b]]"), "b.md": note("Theirs [2:00].")})
    assert [(time, by) for time, _, _, by in moments(result)] == [("1:00", "cited by A"), ("2:00", "cited by B")]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 5)), max_size=60))
def test_merging_keeps_all_and_joins_only_what_is_near(citations: list[tuple[int, int]]) -> None:
    merged = merge(citations)
    assert sorted(c for moment in merged for c in moment.by) == sorted(citations)
    for moment in merged:
        seconds = [second for second, _ in moment.by]
        assert max(seconds) - min(seconds) <= WITHIN and moment.seconds in seconds
    starts = [moment.by[0][0] for moment in merged]
    assert all(b - a > WITHIN for a, b in pairwise(starts))


def test_the_order_of_files_does_not_matter() -> None:
    notes = {f"{n}.md": note(f"Words {n} [{n % 3}:0{n}].") for n in range(8)}
    assert page(site(notes)) == page(site(dict(reversed(notes.items()))))


# ---- for other programs -----------------------------------------------------------------------------

CHAPTERS = {
    "t/t.md": f"### [A talk & more](https://www.youtube.com/watch?v={ID})\n",
    "t/a.md": note(
        "## First\n\nOne <i>word</i> [0:10]. Two [1:40].\n\n## 1 < 2 </script>\n\nThree [3:00].", "duration: 4:00"
    ),
    "t/b.md": note("Four [1:41]."),
}


def test_chapters_as_webvtt() -> None:
    text = page(site(CHAPTERS), f"videos/{ID}-chapters.vtt")
    assert text == (
        "WEBVTT\n\n00:00:10.000 --> 00:01:40.000\nFirst\n\n00:01:40.000 --> 00:03:00.000\nTwo.\n\n"
        "00:03:00.000 --> 00:04:00.000\n1 &lt; 2\n"
    )


def test_chapters_for_podcasts() -> None:
    data = json.loads(page(site(CHAPTERS), f"videos/{ID}-chapters.json"))
    assert data["version"] == "1.2.0" and data["title"] == "A talk & more"
    assert data["chapters"][0] == {
        "startTime": 10,
        "endTime": 100,
        "title": "First",
        "url": f"https://www.youtube.com/watch?v={ID}&t=10s",
    }
    assert data["chapters"][-1]["endTime"] == 240


def linked_data(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert found is not None and not re.search("[<>&]", found[1])
    data: dict[str, object] = json.loads(found[1])
    return data


def test_linked_data_says_what_is_known_and_no_more() -> None:
    data = linked_data(page(site(CHAPTERS)))
    clips = data.pop("hasPart")
    assert data == {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": "A talk & more",
        "url": f"https://www.youtube.com/watch?v={ID}",
        "embedUrl": f"https://www.youtube-nocookie.com/embed/{ID}",
        "duration": "PT240S",
    }
    assert isinstance(clips, list) and clips[0] == {
        "@type": "Clip",
        "name": "First",
        "startOffset": 10,
        "endOffset": 100,
        "url": f"https://example.org/wiki/videos/{ID}.html?t=10",
    }


def test_an_end_that_is_not_known_is_not_said() -> None:
    result = site(TWO)
    clips = linked_data(page(result))["hasPart"]
    assert clips == [
        {"@type": "Clip", "name": "One.", "startOffset": 60, "url": f"https://example.org/wiki/{URL}?t=60"},
    ]
    assert "endTime" not in page(result, f"videos/{ID}-chapters.json")


def test_the_catalogue_of_videos() -> None:
    data = json.loads(page(site(CHAPTERS), "videos.json"))
    assert data == {
        "videos": [
            {
                "id": ID,
                "title": "A talk & more",
                "watch": f"https://www.youtube.com/watch?v={ID}",
                "page": f"https://example.org/wiki/{URL}",
                "chapters": f"https://example.org/wiki/videos/{ID}-chapters.json",
                "duration": 240,
                "notes": [
                    {"title": "A", "url": "https://example.org/wiki/t/a.html", "seconds": [10, 100, 180]},
                    {"title": "B", "url": "https://example.org/wiki/t/b.html", "seconds": [101]},
                ],
            }
        ]
    }


def test_the_channels_page_lists_its_videos_and_most_cited_moments() -> None:
    html = page(site(CHAPTERS), "t/index.html")
    assert f'<a class="watch" href="../{URL}">A talk &amp; more</a>' in html
    cited = html[html.index('id="cited"') :]
    assert ">1:40</a>" in cited and "cited by 2 notes" in cited and f'<b><a href="../{URL}">' in cited


def test_one_video_does_not_take_all_places_among_the_most_cited() -> None:
    text = " ".join(f"Words [{minute}:00]." for minute in range(1, 9))
    notes = {f"{name}.md": note(text) for name in "abc"}
    notes |= {f"{name}.md": note("Other [5:00].", video="abcdefghijk") for name in "de"}
    html = page(site(notes), "index.html")
    cited = html[html.index('<ul class="cited">') :]
    assert re.findall(r">([0-9:]+)</a>", cited) == ["1:00", "2:00", "3:00", "5:00"]
    assert cited.count("cited by 3 notes") == 3 and cited.count("cited by 2 notes") == 1


def test_the_sitemap_names_the_pages() -> None:
    assert f"<loc>https://example.org/wiki/{URL}</loc>" in page(site(CHAPTERS), "sitemap.xml")


def test_each_stamp_in_the_feed_is_a_link_to_its_second() -> None:
    feed = ET.fromstring(
        page(site({"a.md": note("One [1:43:00], [2:10:00] and [4:51:00].", "date: 2026-01-31")}), "feed.xml")
    )
    content = feed.find(".//{*}entry/{*}content")
    assert content is not None and content.text is not None
    assert re.findall(r'<a class="stamp"[^>]* href="([^"]*)"', content.text) == [
        f"https://www.youtube.com/watch?v={ID}&amp;t={second}s" for second in (103, 130, 291)
    ]


# ---- edits ------------------------------------------------------------------------------------------


def test_an_edit_makes_only_the_pages_of_its_video() -> None:
    notes = {**TWO, "d.md": note("Four [2:00].", video="abcdefghijk")}
    notes["a.md"] += "\nMore of it [1:30].\n"
    memo = Memo()
    build_notes(notes, memo=memo)
    notes["a.md"] = notes["a.md"].replace("More", "Less")
    result = build_notes(notes, memo=memo)
    made = {key for stage, key in memo.ran if stage in ("render", "render_view", "video_files")}
    assert made == {"a.md", URL}
    assert site_files(result) == site_files(build_notes(notes))


def test_words_far_from_a_stamp_leave_the_videos_page() -> None:
    notes = {"a.md": note("One [1:00].\n\nMore words."), "b.md": note("Two [1:05].")}
    memo = Memo()
    build_notes(notes, memo=memo)
    notes["a.md"] = notes["a.md"].replace("More", "Many")
    build_notes(notes, memo=memo)
    assert {key for stage, key in memo.ran if stage in ("resolve", "render", "video_files", "render_view")} == {"a.md"}
