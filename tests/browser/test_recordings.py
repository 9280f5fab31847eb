"""Recordings that are files of the vault: the same stamps, timeline, keys and controls as for a video from elsewhere."""

from __future__ import annotations

import base64
import io
import math
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import build_folder, serve
from tests.browser.provider import box_of, lit, spoken, visit

LENGTH = 30  # seconds of the sound
TEXT = """The speaker begins with the harbour [0:02]. Then come the lights [0:10].

## Afterwards

The boats come home [0:20].
"""


def sound() -> bytes:
    """A low note as a WAV file."""
    rate = 4000
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 1, rate, 0, "NONE", ""))
        file.writeframes(bytes(128 + int(40 * math.sin(n / 6)) for n in range(rate * LENGTH)))
    return buffer.getvalue()


def film(browser: Browser) -> bytes:
    """Three seconds of a moving square as WebM, which the browser itself records."""
    page = browser.new_page()
    text: str = page.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), {width: 160, height: 90});
          const pen = canvas.getContext("2d");
          let x = 0;
          const drawing = setInterval(() => { pen.fillStyle = `hsl(${x++} 80% 50%)`; pen.fillRect(x % 160, 20, 40, 40); }, 30);
          const recorder = new MediaRecorder(canvas.captureStream(30), {mimeType: "video/webm;codecs=vp8"});
          const parts = [];
          recorder.ondataavailable = ({data}) => parts.push(data);
          const done = new Promise((resolve) => (recorder.onstop = resolve));
          recorder.start();
          await new Promise((resolve) => setTimeout(resolve, 3000));
          recorder.stop();
          await done;
          clearInterval(drawing);
          const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
          return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
        }"""
    )
    page.close()
    return base64.b64decode(text)


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    vault = tmp_path_factory.mktemp("recordings")
    (vault / "media").mkdir()
    (vault / "media" / "talk.wav").write_bytes(sound())
    (vault / "media" / "clip.webm").write_bytes(film(browser))
    (vault / "broken.mp4").write_bytes(b"no film at all")
    (vault / "sound.md").write_text(f"---\naudio: talk.wav\nduration: 0:{LENGTH}\n---\n{TEXT}")
    (vault / "film.md").write_text("---\nvideo: '[[clip.webm]]'\n---\nIt begins [0:01]. It ends [0:02].\n")
    (vault / "more.md").write_text("---\naudio: '[[media/talk.wav]]'\n---\nThe lights come on [0:11].\n")
    (vault / "talk.vtt").write_text("WEBVTT\n\n00:10.000 --> 00:14.000\nAnd now all the lights come on.\n")
    (vault / "broken.md").write_text("---\nvideo: broken.mp4\n---\nOnce [0:01].\n")
    return build_folder(vault, tmp_path_factory.mktemp("recordings-site") / "public")


@pytest.fixture(scope="module")
def url(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


def media(page: Page, expression: str) -> Any:
    return page.evaluate(f"(media) => media.{expression}", page.query_selector(".player > :is(audio, video)"))


def is_near(page: Page, seconds: float) -> None:
    """Wait until it is there, or has played on from there, however long ago."""
    page.wait_for_function(
        """(seconds) => {
          const media = document.querySelector(".player > :is(audio, video)");
          if (!media) return false;
          const {played, currentTime: now} = media;
          const parts = Array.from(played, (_, part) => [played.start(part), played.end(part)]);
          const [from] = parts.find(([start, end]) => start <= now && now <= end + 1) ?? [now];
          return [from, now].some((place) => Math.abs(place - seconds) < 1.5);
        }""",
        arg=seconds,
    )


def test_nothing_is_loaded_before_the_press(page: Page, url: str) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    visit(page, url + "sound.html")
    page.wait_for_load_state("networkidle")
    assert not [address for address in loaded if address.endswith(".wav")]
    poster = page.locator(".poster")
    assert poster.get_attribute("href") == "media/talk.wav"
    assert page.locator(".poster-from").inner_text() == "Play the recording"


def test_a_sound_plays_through_the_same_controls(page: Page, viewport: int, url: str) -> None:
    visit(page, url + "sound.html")
    page.locator("#t-10").click()
    page.locator(".player > audio").wait_for()
    is_near(page, 10)
    page.locator("#t-10.on").wait_for()
    page.wait_for_function("() => CSS.highlights.has('spoken')")  # following comes after the first press
    assert spoken(page) == "Then come the lights."
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert media(page, "paused") is True
    page.keyboard.press("]")
    is_near(page, 20)
    assert lit(page) == ["0:20"]
    assert media(page, "paused") is True
    page.locator(".controls .toggle").click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.wait_for_function("() => document.querySelector('.player > audio')?.currentTime > 20.3")
    assert page.locator(".sections [aria-current]").inner_text().endswith("Afterwards")
    track = page.locator(".track")
    track.click(position={"x": box_of(track)["width"] * 2 / LENGTH, "y": 14})
    is_near(page, 2)


def test_a_film_plays_in_the_page(page: Page, viewport: int, url: str) -> None:
    visit(page, url + "film.html")
    page.locator("#t-1").click()
    page.locator(".player > video").wait_for()
    page.wait_for_function("() => document.querySelector('.player > video')?.videoWidth === 160")
    page.wait_for_function("() => document.querySelector('.player > video')?.currentTime > 1")
    page.locator(".stamp.on").first.wait_for()
    assert box_of(page.locator(".player > video"))["height"] >= 160
    # At its end it says so, and plays again from there when asked.
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert media(page, "ended") is True
    page.locator(".controls .toggle").click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()


def test_the_address_cues_a_recording(page: Page, url: str) -> None:
    visit(page, url + "sound.html?t=20")
    assert page.locator(".poster-from").inner_text() == "Play from 0:20"
    assert page.locator(".poster").get_attribute("href") == url + "media/talk.wav#t=20"
    page.locator(".poster").click()
    is_near(page, 20)


def test_a_file_that_cannot_be_played_is_offered(page: Any, url: str) -> None:
    visit(page, url + "broken.html")
    page.locator("#t-1").click()
    assert page.locator(".player-error").get_by_role("alert").inner_text() == "Your browser could not play this video."
    assert page.get_by_role("link", name="Open the file").get_attribute("href") == url + "broken.mp4#t=1"


def test_only_one_thing_plays(page: Page, url: str) -> None:
    visit(page, url + "sound.html")
    page.evaluate(
        """src => document.querySelector('.prose').append(
          Object.assign(document.createElement('audio'), {src, controls: true, id: 'other'}))""",
        url + "media/talk.wav",
    )
    page.locator("#t-10").click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.evaluate("document.querySelector('#other').play()")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    page.locator(".controls .toggle").click()
    page.wait_for_function("() => document.querySelector('#other').paused")


def test_without_scripts_stamps_open_the_file_at_their_second(open_page: Callable[..., Page], url: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(url + "sound.html")
    stamp = page.locator("#t-10")
    assert stamp.get_attribute("href") == "media/talk.wav#t=10"
    assert stamp.get_attribute("aria-label") == "Play from 0:10"
    stamp.click()
    page.wait_for_url("**/media/talk.wav#t=10")


def test_a_recordings_page_plays_its_moments(
    page: Page, viewport: int, scheme: str, axe: Callable[..., list[str]], url: str
) -> None:
    visit(page, url + "sound.html")
    page.get_by_role("link", name="All about this recording").click()
    page.wait_for_url(f"{url}videos/media/talk.html")
    page.locator("html.playable").wait_for()
    assert axe(page) == []
    assert page.locator(".passages .stamp").all_inner_texts() == ["0:02", "0:20"]  # 0:10 is within ten seconds
    assert page.locator(".passages .stamp").first.get_attribute("href") == "../../media/talk.wav#t=2"
    page.locator(".passages #t-20").click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    is_near(page, 20)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_recordings_transcript_unfolds_and_plays(page: Page, viewport: int, url: str) -> None:
    visit(page, url + "sound.html")
    page.locator("details.transcript summary").click()
    line = page.locator(".transcript .lines .stamp")
    line.wait_for()
    assert "all the lights" in page.locator(".transcript .lines").inner_text()
    line.click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    is_near(page, 10)
    assert line.get_attribute("href") == f"{url}media/talk.wav#t=10"


def test_from_a_disk_stamps_stay_links(page: Page, site: Path) -> None:
    page.goto((site / "sound.html").as_uri())
    page.locator("#t-10").click()
    page.wait_for_url("file:///**/media/talk.wav#t=10")
