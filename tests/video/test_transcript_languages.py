"""Of transcripts in several languages the one in the site's own is shown."""

from __future__ import annotations

import pytest

from tests.conftest import BuildSite

NOTE = "---\nvideoId: BBBBBBBBBBB\n---\n\nSaid [1:02].\n"
CUE = "WEBVTT\n\n00:01.000 --> 00:04.000\n{}\n"


@pytest.mark.parametrize(("language", "words"), [("en", "The tide"), ("de-AT", "Die Flut"), ("fr", "Die Flut")])
def test_the_sites_language_decides(build_site: BuildSite, language: str, words: str) -> None:
    files = {"BBBBBBBBBBB.de.vtt": CUE.format("Die Flut"), "BBBBBBBBBBB.en.vtt": CUE.format("The tide")}
    built = build_site({"a.md": NOTE, **files}, f'language = "{language}"\n')
    assert words in built.page("videos/BBBBBBBBBBB-transcript.html")
