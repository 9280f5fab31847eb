"""Notes about a recording that is a file of the vault: `video: talk.mp4`, `audio: talk.mp3`."""

from __future__ import annotations

import json
import re

import pytest

from sitegen.build import Memo, Result, build
from sitegen.model import Asset
from sitegen.video.files import media_kind, moment_url
from tests.conftest import BuildSite
from tests.sites import build_notes, content_of, default_settings, default_theme, site_files, source

BODY = "He says so [1:43]. And once more [12:00].\n"


def html(result: Result, url: str = "note.html") -> str:
    return content_of(result.site.artifacts[url]).decode()


def stamps(page: str) -> list[str]:
    return re.findall(r'<a class="stamp[^>]* href="([^"]*)"', page)


def codes(result: Result) -> list[str]:
    return [diagnostic.code for diagnostic in result.site.diagnostics]


@pytest.mark.parametrize(
    "written",
    [
        "video: talk.mp4",
        "video: media/talk.mp4",
        "Video: Talk.mp4",
        'video: "[[talk.mp4]]"',
        "video: [[talk.mp4]]",
        'video: "![[media/talk.mp4]]"',
    ],
)
def test_a_note_names_its_recording_as_any_link_would(written: str) -> None:
    result = build_notes({"note.md": f"---\n{written}\n---\n{BODY}"}, ["media/talk.mp4", "media/other.mp4"])
    page = html(result)
    assert 'class="poster" href="media/talk.mp4"' in page
    assert 'data-kind="video"' in page
    assert stamps(page) == ["media/talk.mp4#t=103", "media/talk.mp4#t=720"]
    assert "media/talk.mp4" in result.site.artifacts
    assert "media/other.mp4" not in result.site.artifacts
    assert "youtube.com" not in page
    assert "missing-embed" not in codes(result)


@pytest.mark.parametrize(
    ("written", "kind"), [("audio: a.mp3", "audio"), ("video: a.mp3", "audio"), ("audio: b.mp4", "audio")]
)
def test_a_sound_is_told_from_a_film(written: str, kind: str) -> None:
    result = build_notes({"note.md": f"---\n{written}\n---\n{BODY}"}, ["a.mp3", "b.mp4"])
    assert f'data-kind="{kind}"' in html(result)


def test_its_stamps_are_read_as_those_of_a_video() -> None:
    shifted = "".join(f"Line {n} [{n:02}:{n + 7:02}:00].\n\n" for n in range(1, 9)) + "First [00:00:41].\n"
    result = build_notes({"note.md": f"---\naudio: a.mp3\n---\n{shifted}"}, ["a.mp3"])
    assert stamps(html(result))[:2] == ["a.mp3#t=68", "a.mp3#t=129"]
    literal = build_notes({"note.md": f"---\naudio: a.mp3\ntimestampFormat: hms\n---\n{shifted}"}, ["a.mp3"])
    assert stamps(html(literal))[0] == "a.mp3#t=4080"


def test_in_a_folder_the_address_is_relative() -> None:
    result = build_notes({"talks/note.md": f"---\nvideo: talk.mp4\n---\n{BODY}"}, ["media/talk.mp4"])
    page = html(result, "talks/note.html")
    assert 'class="poster" href="../media/talk.mp4"' in page
    assert stamps(page)[0] == "../media/talk.mp4#t=103"


def test_a_recording_that_is_not_there_is_reported_once() -> None:
    result = build_notes({"note.md": f"---\ntitle: A note\nvideo: gone.mp4\n---\n{BODY}"})
    assert codes(result) == ["missing-embed"]
    [problem] = result.site.diagnostics
    assert problem.message == 'no file is named "gone.mp4"'
    assert problem.span and problem.span.line == 3
    page = html(result)
    assert 'class="poster"' not in page
    assert "1:43" in page


@pytest.mark.parametrize("value", ["picture.png", "https://example.org/talk.mp4", "notes", "[a.mp4, b.mp4]"])
def test_what_is_no_recording_is_said(value: str) -> None:
    result = build_notes({"note.md": f"---\nvideo: {value}\n---\nText.\n"}, ["picture.png"])
    assert codes(result) == ["bad-property"]


def test_an_address_of_youtube_is_a_video_id() -> None:
    result = build_notes({"note.md": f"---\nvideo: https://youtu.be/T0uYxK66VLU\n---\n{BODY}"})
    assert stamps(html(result))[0] == "https://www.youtube.com/watch?v=T0uYxK66VLU&amp;t=103s"
    assert codes(result) == []


def test_beside_an_id_the_file_plays_and_the_notes_of_the_video_stay_together() -> None:
    result = build_notes(
        {
            "note.md": f"---\nvideoId: T0uYxK66VLU\nvideo: talk.mp4\n---\n{BODY}",
            "other.md": f"---\nvideoId: T0uYxK66VLU\n---\n{BODY}",
        },
        ["talk.mp4"],
    )
    assert stamps(html(result))[0] == "talk.mp4#t=103"
    assert 'id="same-video"' in html(result)
    assert stamps(html(result, "other.html"))[0].startswith("https://www.youtube.com/watch?v=T0uYxK66VLU")


def test_notes_about_one_file_know_each_other() -> None:
    result = build_notes(
        {"a.md": f"---\nvideo: talk.mp4\n---\n{BODY}", "b.md": f"---\nvideo: '[[media/talk.mp4]]'\n---\n{BODY}"},
        ["media/talk.mp4"],
    )
    assert re.search(r'id="same-video".*href="b\.html"', html(result, "a.html"), re.DOTALL)


SHIFTED = "".join(f"Line {n} [{n:02}:{n + 7:02}:00].\n\n" for n in (4, 5, 6, 7, 8)) + "First [00:00:41].\n"


def talk(**notes: str) -> dict[str, str]:
    """Notes on one recording, which each names in its own way."""
    names = ["talk.mp4", '"[[media/Talk.mp4]]"', "media/talk.mp4"]
    return {
        f"{name}.md": f"---\nvideo: {names[n % 3]}\n---\n{text}" for n, (name, text) in enumerate(sorted(notes.items()))
    }


def test_notes_on_one_recording_are_read_together() -> None:
    """Alone, two whole stamps stay hours; what another note of the recording cites exactly makes them minutes."""
    few = "One [01:43:00], two [02:07:00], three [03:31:00].\n"
    exact = "So [1:43], [2:07], [3:31] and [4:10].\n"
    alone = build_notes(talk(a=few), ["media/talk.mp4"])
    assert stamps(html(alone, "a.html"))[0].endswith("#t=6180")
    together = build_notes(talk(a=few, b=exact), ["media/talk.mp4"])
    assert stamps(html(together, "a.html")) == [f"media/talk.mp4#t={s}" for s in (103, 127, 211)]


def test_a_recording_has_a_page_moments_and_an_entry_in_the_catalogue() -> None:
    result = build_notes(
        talk(a="## Tides\n\nThe tide turns [1:43].\n", b="It turns [1:45]. More [9:00].\n"), ["media/talk.mp4"]
    )
    page = html(result, "videos/media/talk.html")
    assert "<h1>Talk</h1>" in page and 'data-kind="video"' in page and "youtube.com" not in page
    assert 'href="../../media/talk.mp4#t=103" data-seconds="103"' in page and "cited by 2 notes" in page
    assert '<a href="../../media/talk.mp4">Open the file</a>' in page
    assert 'href="videos/media/talk.html"' in html(result, "a.html")
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[-1])
    assert data["@type"] == "VideoObject" and data["contentUrl"] == "https://example.org/wiki/media/talk.mp4"
    assert "embedUrl" not in data and "uploadDate" not in data
    assert data["hasPart"][0]["url"] == "https://example.org/wiki/videos/media/talk.html?t=103"
    chapters = json.loads(html(result, "videos/media/talk-chapters.json"))["chapters"]
    assert [c["startTime"] for c in chapters] == [103, 540]
    assert chapters[0]["url"] == "https://example.org/wiki/media/talk.mp4#t=103"
    [entry] = json.loads(html(result, "videos.json"))["videos"]
    assert entry["id"] == "media/talk.mp4" and entry["watch"] == "https://example.org/wiki/media/talk.mp4"
    assert [note["seconds"] for note in entry["notes"]] == [[103], [105, 540]]
    assert "videos/media/talk.html" in html(result, "sitemap.xml")
    assert "1 video" in html(result, "index.html") and "cited by 2 notes" in html(result, "index.html")


def test_a_sounds_page_says_what_it_is() -> None:
    files = {"t/a.md": f"---\naudio: s.mp3\n---\n{BODY}", "t/b.md": f"---\naudio: s.mp3\n---\n{BODY}"}
    result = build_notes(files, ["t/s.mp3"], settings=default_settings(base_url=""))
    page = html(result, "videos/t/s.html")
    assert 'data-kind="audio"' in page and '"@type":"AudioObject"' in page
    assert '"url":"../../t/s.mp3#t=103"' in page and "example.org" not in page
    assert 'href="../videos/t/s.html"' in html(result, "t/index.html")


@pytest.mark.parametrize("name", ["media/talk.vtt", "talk.vtt", "media/Talk.en.vtt", "media/talk.mp4.srt"])
def test_a_recordings_transcript_lies_beside_it_or_its_notes(name: str) -> None:
    said = "WEBVTT\n\n01:40.000 --> 01:50.000\nThe tide turns twice a day in all of these harbours.\n"
    notes = [source(*item) for item in talk(a='He: "no tide has ever turned in this harbour" [1:43].\n').items()]
    files = [Asset("media/talk.mp4", "1", 1), Asset(name, "2", 2)]
    result = build(notes, files, default_theme(), default_settings(), Memo(), transcripts=[source(name, said)])
    page = html(result, "videos/media/talk-transcript.html")
    assert 'href="../../media/talk.mp4#t=100" data-seconds="100"' in page and "The tide turns twice" in page
    assert "videos/media/talk-transcript.html" in html(result, "a.html")
    assert codes(result) == ["quote-not-found"]
    assert name not in result.site.artifacts


def test_a_name_of_any_signs_is_found_and_harmless() -> None:
    name = "Ü & <b> #1.mp4"
    notes = {f"{n}.md": f'---\nvideo: "{name}"\n---\n{BODY}' for n in "ab"}
    result = build_notes(notes, [f"m/{name}", "m/Ü & <b>.mp4"])
    assert codes(result) == []
    [page] = [url for url in result.site.artifacts if url.startswith("videos/") and url.endswith(".html")]
    assert "<h1>Ü &amp; &lt;b&gt; #1</h1>" in html(result, page)
    assert stamps(html(result, "a.html"))[0] == "m/ü-b-1.mp4#t=103"


def test_another_files_transcript_is_not_taken() -> None:
    said = "WEBVTT\n\n01:40.000 --> 01:50.000\nThe tide turns.\n"
    for name in ("media/talk2.vtt", "media/talk.extra.vtt", "other/talk.vtt"):
        notes = [source(*item) for item in talk(a=BODY).items()]
        files = [Asset("media/talk.mp4", "1", 1), Asset(name, "2", 2)]
        result = build(notes, files, default_theme(), default_settings(), Memo(), transcripts=[source(name, said)])
        assert "videos/media/talk-transcript.html" not in result.site.artifacts


def test_a_private_note_adds_nothing_to_its_recording() -> None:
    notes = talk(a="One [01:43:00], two [02:07:00], three [03:31:00].\n", b="So [1:43], [2:07], [3:31], [4:10].\n")
    notes["b.md"] = notes["b.md"].replace("video:", "draft: true\nvideo:")
    notes["c.md"] = "---\nvideo: secret.mp4\npublish: false\n---\n" + BODY
    notes["d.md"] = "---\nvideo: secret.mp4\ndraft: true\n---\n" + BODY
    result = build_notes(notes, ["media/talk.mp4", "secret.mp4"])
    assert stamps(html(result, "a.html"))[0].endswith("#t=6180")
    assert not [url for url in result.site.artifacts if url.startswith("videos/") or "secret" in url]
    assert all(b"secret" not in data for data in site_files(result).values())
    assert json.loads(html(result, "videos.json"))["videos"][0]["notes"][0]["title"] == "A"


def test_a_file_that_a_note_names_beside_an_id_is_that_video() -> None:
    both = f"---\nvideoId: T0uYxK66VLU\nvideo: talk.mp4\n---\n{BODY}"
    files = {
        "a.md": both,
        "b.md": f"---\nvideo: talk.mp4\n---\n{BODY}",
        "c.md": f"---\nvideoId: T0uYxK66VLU\n---\n{BODY}",
    }
    result = build_notes(files, ["talk.mp4"])
    assert len(re.findall(r"cited by 3 notes", html(result, "videos/T0uYxK66VLU.html"))) == 2
    assert stamps(html(result, "b.html"))[0] == "talk.mp4#t=103"
    files["d.md"] = both.replace("T0uYxK66VLU", "AAAAAAAAAAA")
    result = build_notes(files, ["talk.mp4"])  # two ids: the file is neither's
    assert 'id="same-video"' not in html(result, "b.html")


def test_an_embedded_notes_stamps_belong_to_its_own_recording() -> None:
    result = build_notes(
        {
            "a.md": f"---\nvideo: a.mp4\n---\n{BODY}\n![[b]]\n\n![[c]]\n",
            "b.md": "---\nvideo: b.mp4\n---\nElsewhere [0:05].\n",
            "c.md": "---\nvideo: a.mp4\n---\nThe same [0:07].\n",
        },
        ["a.mp4", "b.mp4"],
    )
    page = html(result, "a.html")
    assert re.search(r'<a class="stamp" href="b\.mp4#t=5" aria-label', page)
    assert re.search(r'<a class="stamp" href="a\.mp4#t=7" data-seconds="7"', page)


def test_the_recording_of_a_private_note_is_not_published() -> None:
    for private in ("draft: true", "publish: false"):
        result = build_notes(
            {"note.md": f"---\nvideo: secret.mp4\n{private}\n---\n{BODY}", "open.md": "Text.\n"},
            ["secret.mp4"],
            settings=default_settings(),
        )
        assert not [url for url in result.site.artifacts if "secret" in url]
        assert not [d for d in result.site.diagnostics if "secret" in d.message]


def test_the_file_is_copied(build_site: BuildSite) -> None:
    built = build_site({"note.md": f"---\naudio: talk.mp3\n---\n{BODY}", "talk.mp3": b"\x00sound"})
    assert built.files()["talk.mp3"] == b"\x00sound"


def test_kinds_and_moments() -> None:
    assert [media_kind(name) for name in ("a.MP4", "b/c.webm", "d.m4a", "e.md", "mp3")] == [
        "video",
        "video",
        "audio",
        None,
        None,
    ]
    assert moment_url("a/b.mp4", 103) == "a/b.mp4#t=103"
