"""What a video is called: what most links to it say, and never what a link to one of its moments does."""

from __future__ import annotations

import json

from tests.conftest import BuildSite

NOTE = "---\nvideoId: BBBBBBBBBBB\n---\n\nSaid [1:02].\n"


def title(build_site: BuildSite, text: str) -> str | None:
    built = build_site({"a.md": NOTE, "b.md": NOTE, "links.md": text})
    (video,) = json.loads(built.page("videos.json"))["videos"]
    found = video.get("title")
    assert found is None or isinstance(found, str)
    return found


def test_a_link_to_a_moment_is_no_title(build_site: BuildSite) -> None:
    assert title(build_site, "[Why it rains](https://youtu.be/BBBBBBBBBBB?t=61)\n") is None


def test_neither_is_a_time_or_a_word_that_points(build_site: BuildSite) -> None:
    text = "[12:30](https://youtu.be/BBBBBBBBBBB), [here](https://youtu.be/BBBBBBBBBBB), [Video](https://youtu.be/BBBBBBBBBBB)\n"
    assert title(build_site, text) is None


def test_what_most_links_say_is(build_site: BuildSite) -> None:
    links = "[A guess](https://youtu.be/BBBBBBBBBBB)\n\n" + "[The tide tables](https://youtu.be/BBBBBBBBBBB)\n\n" * 2
    assert title(build_site, links) == "The tide tables"
