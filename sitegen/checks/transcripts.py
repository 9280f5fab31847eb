"""Transcripts that a note names and that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.diagnostics import Diagnostic, Span
from sitegen.model import Facts, Place


def transcripts(facts: Facts, place: Place) -> Iterator[Diagnostic]:
    """bad-transcript, for each note whose ``transcript:`` is no readable file of the vault."""
    named, path = facts.properties.transcript, facts.path
    if not named:
        return
    if place.video is None:
        hint = "add videoId: to the front matter"
        yield Diagnostic("bad-transcript", path, "it has a transcript, but the note names no video", Span(1), hint)
    elif not _is_used(named, place.video.transcript):
        message = f'the transcript "{named}" is no WebVTT or SubRip file of the vault that holds times and words'
        yield Diagnostic("bad-transcript", path, message, Span(1), "name a .vtt or .srt file of the vault")


def _is_used(named: str, transcript: str) -> bool:
    name = named.strip().removeprefix("[[").removesuffix("]]").partition("|")[0].strip()
    return bool(transcript) and transcript.lower().endswith(name.lstrip("./").lower())
