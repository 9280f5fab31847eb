"""Quotations in a note that are not said where their time stamps say.

A quotation stands in quotation marks, or is a block quote, and belongs to the stamp that follows it in its block, or to the one
right before it. Only notes whose video has a transcript are asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from sitegen.diagnostics import Diagnostic
from sitegen.model import Note, Reading, Status, Transcript, clock
from sitegen.video.quotes import Spoken, find, is_said, spoken, words

MIN_WORDS = 6  # fewer are said anywhere
_SLACK = 90  # seconds before and after its stamp in which a quotation may begin
_FAR = 300  # characters between a quotation and a stamp that still belong together
_LONGEST = 1_500

_QUOTED = re.compile(
    "“([^“”\n]{20,1500})”|«([^«»\n]{20,1500})»|„([^„“”\n]{20,1500})[“”]|「([^「」\n]{6,1500})」"
    # Single ones: the closing sign is an apostrophe too, between two letters.
    r"|(?<!\w)‘((?:[^‘’\n]|(?<=\w)’(?=\w)){20,1500})’(?!\w)|‚([^‚‘’\n]{20,1500})[‘’](?!\w)|‹([^‹›\n]{20,1500})›"
    r'|(?<!\w)"(?=\S)([^"\n]{20,1500})(?<=\S)"(?!\w)'
)
_BLOCK = re.compile(
    r"</?(?:p|li|ul|ol|h[1-6]|div|blockquote|table|tr|t[dh]|d[ltd]|section|pre|hr|details|summary)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<br\b[^>]*>\n?")
# Who says it, after a dash: on a line of its own, or at the end of the line.
_DASH = r"(?:[—–―~]|-{1,3})"
_LINE_OF_WHO = re.compile(rf"\s*\n\s*{_DASH}\s*(?=[^\W_])[^\n]{{1,80}}$")
_ONLY_WHO = re.compile(rf"\s*{_DASH}\s*(?=[^\W_])[^\n]{{1,80}}$")
_DASH_IN_LINE = re.compile(r"(?:(?<=\s)(?:[—–―~]|-{1,3})\s+|(?<=[\s.!?…”’»])[—―])(?=[^\W_])")
_ENDS_SENTENCE = re.compile(r"[.!?…]['\"”’»)\]]*\s*$")
_NAME = re.compile(r"[^,;:(]*")
_PARTICLES = frozenset("al and bin da de del der di du e el ibn la le of the van von y zu".split())
_MOST_NAMES = 6
_LONGEST_WHO = 80
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3})\s*")


class _Block(NamedTuple):
    """A block's text with its line breaks, where in it which stamps stand, and whether it is a block quote."""

    text: str
    stamps: tuple[tuple[int, int], ...]
    is_quote: bool


def unfound_quotes(note: Note, readings: tuple[Reading, ...], transcript: Transcript) -> tuple[Diagnostic, ...]:
    """quote-not-found for each quotation that is said at another time, or not at all."""
    found: list[Diagnostic] = []
    said = _spoken(transcript)
    for block in _blocks(note.body):
        for quote, stamp in _quotes(block):
            reading = readings[stamp] if stamp < len(readings) else None
            if reading is not None and reading.seconds is not None and reading.status is not Status.AMBIGUOUS:
                problem = _problem(quote, reading.seconds, said)
                if problem:
                    message, hint = problem
                    span = note.facts.stamps[stamp].span
                    found.append(Diagnostic("quote-not-found", note.path, message, span, hint))
    return tuple(found)


@lru_cache(maxsize=4)
def _spoken(transcript: Transcript) -> Spoken:
    return spoken(transcript)


def _problem(quote: str, seconds: int, said: Spoken) -> tuple[str, str] | None:
    parts = [part for text in _ELLIPSIS.split(quote) if len(part := words(text)) > 1]
    whole = [word for part in parts for word in part]
    if len(whole) < MIN_WORDS or is_said(whole, said, seconds - _SLACK, seconds + _SLACK):
        return None
    place = find(whole, said)
    shown = quote if len(quote) <= 60 else quote[:60].rpartition(" ")[0] + "…"
    message = f'"{shown}" is not said near {clock(seconds)}'
    if place is None:
        return f"{message}, nor anywhere in the transcript", "check the wording, or say it without quotation marks"
    return f"{message}, but at {clock(place)}", f"cite {clock(place)} if that is what is meant"


# ---- quotations of a block ---------------------------------------------------------------------------


def _blocks(body: tuple[str, ...]) -> Iterator[_Block]:
    """The blocks that have stamps; a quotation and who says it, in a block quote, are one."""
    text: list[str] = []
    stamps: list[tuple[int, int]] = []
    length = depth = 0
    is_quote = False
    before = ""  # the block before, if it is of the same block quote and has no stamps
    for number, piece in enumerate(body):
        if number & 1:
            if piece[0] == "S":
                stamps.append((length, int(piece[1:])))
            continue
        position = 0
        for match in (*_BLOCK.finditer(piece), None):
            part = _plain(piece[position : match.start() if match else len(piece)])
            text.append(part)
            length += len(part)
            is_quote = is_quote or (depth > 0 and bool(part.strip()))
            if match is None:
                break
            position = match.end()
            if stamps:
                yield _block("".join(text), stamps, before, is_quote=is_quote)
                before = ""
            elif is_quote:
                before = "".join(text)
            text, stamps, length, is_quote = [], [], 0, False
            if match[0].startswith("<blockquote"):
                depth, before = depth + 1, ""
            elif match[0].startswith("</blockquote"):
                depth, before = depth - 1, ""
    if stamps:
        yield _block("".join(text), stamps, before, is_quote=is_quote)


def _plain(html: str) -> str:
    """The text of a piece of HTML; its lines end where a reader sees them end."""
    html = _BREAK.sub("\v", html).replace("\n", " ").replace("\v", "\n")
    return unescape(_TAG.sub("", html)).replace("\u00a0", " ").replace("\u2060", "")


def _block(text: str, stamps: list[tuple[int, int]], before: str, *, is_quote: bool) -> _Block:
    if is_quote and before and _ONLY_WHO.match(text[: stamps[0][0]]):
        return _Block(before, tuple((len(before), stamp) for _, stamp in stamps), True)
    return _Block(text, tuple(stamps), is_quote)


def _quotes(block: _Block) -> Iterator[tuple[str, int]]:
    """The quotations of a block, each with the stamp it belongs to."""
    quoted = list(_QUOTED.finditer(block.text.replace("\n", " ")))
    if block.is_quote and not quoted:
        last, start = block.stamps[-1], 0
        for position, stamp in block.stamps:
            if position - start > 20:
                yield _said(block.text[start:position][-_LONGEST:]), stamp
            start = position
        if len(block.text) - start > 20 and not block.text[:start].strip():
            yield _said(block.text[start:][:_LONGEST]), last[1]
        return
    for match in quoted:
        after = next((s for s in block.stamps if match.end() <= s[0] <= match.end() + _FAR), None)
        before = next((s for s in reversed(block.stamps) if s[0] <= match.start()), None)
        text = next(group for group in match.groups() if group is not None)
        if after is not None:
            yield text, after[1]
        elif before is not None and match.start() - before[0] < 4:
            yield text, before[1]


def _said(text: str) -> str:
    """What is said of a block quote's text, without who says it; "" if that is all there is."""
    text = text.rstrip()
    if _ONLY_WHO.match(text):
        return ""
    text = _LINE_OF_WHO.sub("", text)
    dashes = list(_DASH_IN_LINE.finditer(text, max(0, len(text) - _LONGEST_WHO)))
    if dashes:
        said, who = text[: dashes[-1].start()].rstrip(), text[dashes[-1].end() :]
        if _ENDS_SENTENCE.search(said[-8:]) or _is_name(who):
            text = said
    return text.replace("\n", " ")


def _is_name(text: str) -> bool:
    """Whether a text begins with a name: up to a comma, only words with capitals and what joins them."""
    name = _NAME.match(text)
    words = name[0].split() if name else []
    return 0 < len(words) <= _MOST_NAMES and all(word[0].isupper() or word in _PARTICLES for word in words)
