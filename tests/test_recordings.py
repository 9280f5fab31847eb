"""Notes about a recording that is a file of the vault: `video: talk.mp4`, `audio: talk.mp3`."""

from __future__ import annotations

import re

import pytest

from sitegen.build import Result
from sitegen.video.files import media_kind, moment_url
from tests.conftest import BuildSite
from tests.sites import build_notes, content_of, default_settings

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
