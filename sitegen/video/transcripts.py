"""Transcripts: what is said when, read from WebVTT and SubRip files.

Owns both formats as they are met in the wild: with styles, notes, settings, voices, entities, timed words, without blank
lines between cues, and with the rolling captions of which each repeats the last. It must not know files or pages. Nothing in a
file makes it fail; lines that make no sense are passed over.

Sources: https://www.w3.org/TR/webvtt1/ for WebVTT; SubRip has no specification, and VLC's and FFmpeg's readers are the measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from sitegen.model import Line, Source, Transcript

MAX_CUES = 100_000
_LONGEST = 2_000  # characters of a cue

_CLOCK = r"(?:([0-9]{1,3}):)?([0-9]{1,2}):([0-9]{2})(?:[.,]([0-9]{1,3}))?"
_TIMING = re.compile(rf"\s*{_CLOCK}\s*-{{1,2}}>\s*{_CLOCK}(?:\s.*)?$")
_NUMBER = re.compile(r"\s*[0-9]{1,7}\s*$")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,80})?[ \t]+([^<>\n]{1,120})>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<[0-9:.]{5,16}>|\{\\[^{}\n]{0,80}\}|</>")
_SPEAKER_CHANGE = re.compile(r"^(?:>>+|»)\s*")
_BLANKS = re.compile(r"\s+")

# Cues are put together into lines for reading: up to so many characters, unless a pause or another speaker comes between.
_LINE = 110
_PAUSE = 2.5  # seconds


def read_transcript(source: Source) -> Transcript:
    """The lines of a transcript in order of time; none if the file holds no cue."""
    cues = sorted(_cues(source.text), key=lambda cue: cue.start)
    return Transcript(source.path, tuple(_lines(_unrolled(cues))))


class _Cue(Line):
    """A cue with its lines apart; ``text`` has them joined by line breaks."""


def _cues(text: str) -> Iterator[_Cue]:
    """The cues of a file in its order: a timing line and what follows it up to a blank line or the next cue."""
    lines = text.split("\n")
    count = 0
    index = 0
    while index < len(lines) and count < MAX_CUES:
        timing = _TIMING.match(lines[index]) if "->" in lines[index] else None
        index += 1
        if timing is None:
            continue
        first = index
        while index < len(lines) and lines[index].strip() and not _begins_cue(lines, index):
            index += 1
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        said = "\n".join(lines[first:index])[:_LONGEST]
        voice = _VOICE.search(said)
        clean = [line for part in said.split("\n") if (line := _plain(part))]
        if clean:
            count += 1
            yield _Cue(start, max(start, end), "\n".join(clean), _plain(voice[1]) if voice else "")


def _begins_cue(lines: list[str], index: int) -> bool:
    """Whether a line is a timing line, or the number before one in a file without blank lines."""
    if "->" in lines[index]:
        return _TIMING.match(lines[index]) is not None
    follows = lines[index + 1] if index + 1 < len(lines) else ""
    return "->" in follows and _NUMBER.match(lines[index]) is not None and _TIMING.match(follows) is not None


def _seconds(fields: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = fields
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole + int((fraction or "0").ljust(3, "0")) / 1000


def _plain(text: str) -> str:
    """A line without markup; entities are read last, so that what they spell is never taken for markup."""
    if "<" in text or "{" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = unescape(text)
    return _SPEAKER_CHANGE.sub("", _BLANKS.sub(" ", text).strip(" \u200b\u200e\u200f\ufeff"))


def _unrolled(cues: list[_Cue]) -> Iterator[Line]:
    """What each cue adds to the one before it.

    Rolling captions show the last line again above the new one, growing ones the words so far; both follow each other without
    a gap. What was really said twice has one between, or other words.
    """
    before: list[str] = []
    current: Line | None = None
    for cue in cues:
        lines = cue.text.split("\n")
        joins = current is not None and cue.start <= current.end + 0.1
        repeated = _overlap(before, lines) if joins else 0
        added = " ".join(lines[repeated:])
        before = lines
        if current is not None and joins:
            if not added:
                current = current._replace(end=max(current.end, cue.end))
                continue
            if not repeated and added.startswith(current.text):
                current = current._replace(end=cue.end, text=added)
                continue
        if current is not None:
            yield current
        current = Line(cue.start, cue.end, added, cue.speaker)
    if current is not None:
        yield current


def _overlap(before: list[str], lines: list[str]) -> int:
    """How many lines at the end of one cue begin the next."""
    for count in range(min(len(before), len(lines)), 0, -1):
        if before[-count:] == lines[:count]:
            return count
    return 0


def _lines(cues: Iterator[Line]) -> Iterator[Line]:
    """Short cues put together, up to the end of a sentence where one is near."""
    current: Line | None = None
    for cue in cues:
        if current is not None and _goes_on(current, cue):
            current = current._replace(end=max(current.end, cue.end), text=f"{current.text} {cue.text}")
            continue
        if current is not None:
            yield current
        current = cue
    if current is not None:
        yield current


def _goes_on(line: Line, cue: Line) -> bool:
    if cue.speaker != line.speaker or cue.start - line.end > _PAUSE or len(line.text) + len(cue.text) > 2 * _LINE:
        return False
    return len(line.text) < _LINE // 2 or (len(line.text) < _LINE and line.text[-1] not in ".?!…。？！")
