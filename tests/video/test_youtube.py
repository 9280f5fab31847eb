"""Ids and addresses of videos."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.video.youtube import VIDEO_ID, embed_url, video_id, watch_url

ID = "T0uYxK66VLU"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"  {ID}\n",
        f"https://www.youtube.com/watch?v={ID}",
        f"http://youtube.com/watch?v={ID}&t=103s",
        f"https://www.youtube.com/watch?app=desktop&v={ID}#t=5",
        f"https://m.youtube.com/watch?v={ID}",
        f"https://music.youtube.com/watch?v={ID}&list=RD",
        f"https://youtu.be/{ID}",
        f"https://youtu.be/{ID}?si=abc&t=1",
        f"youtu.be/{ID}",
        f"www.youtube.com/watch?v={ID}",
        f"https://www.youtube.com/embed/{ID}?rel=0",
        f"https://www.youtube-nocookie.com/embed/{ID}",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}/",
        f"https://www.youtube.com/v/{ID}",
    ],
)
def test_an_id_is_found_in_every_address(text: str) -> None:
    assert video_id(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T0uYxK66VL",
        "T0uYxK66VLUx",
        "T0uYxK66VL!",
        "Ⓣ0uYxK66VLU",
        "talk.mp4",
        f"https://example.com/watch?v={ID}",
        f"https://youtube.com.example.com/watch?v={ID}",
        f"https://notyoutube.com/watch?v={ID}",
        f"javascript://youtube.com/watch?v={ID}",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/watch?v=%3Cscript%3E",
        "https://youtu.be/",
        "http://[broken",
        "https://www.youtube.com/watch?v=" + "a" * 5000,
        "https://www.youtube.com/watch?" + "a=1&" * 300 + f"v={ID}",
    ],
)
def test_other_text_is_no_video(text: str) -> None:
    assert video_id(text) is None


def test_addresses() -> None:
    assert watch_url(ID) == "https://www.youtube.com/watch?v=T0uYxK66VLU"
    assert watch_url(ID, 103) == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=103s"
    assert watch_url(ID, 0) == "https://www.youtube.com/watch?v=T0uYxK66VLU&t=0s"
    assert embed_url(ID) == "https://www.youtube-nocookie.com/embed/T0uYxK66VLU"


@given(st.text())
def test_any_text_has_an_id_of_the_grammar_or_none(text: str) -> None:
    found = video_id(text)
    assert found is None or VIDEO_ID.fullmatch(found)


@given(st.from_regex(VIDEO_ID, fullmatch=True))
def test_what_we_write_we_read(id: str) -> None:
    assert video_id(watch_url(id, 7)) == video_id(embed_url(id)) == id
