"""The passages of a note that cite moments: heading and sentence of each stamp, read off the note's body.

A sentence ends where its stamp stands, for stamps follow the words they belong to; one that begins a line belongs to
the words after it. Only notes whose video has a page are asked, so parsing need not keep sentences for all.
"""

from __future__ import annotations

import re
from html import unescape

from sitegen.model import Note, Passage, Place, Status
from sitegen.stages.sentences import first_sentence, last_sentence, shorten

MAX_SENTENCE = 160
_WINDOW = 400  # characters before a stamp in which its sentence is looked for
_BLOCK = re.compile(
    r"<(?:/?(?:p|li|ul|ol|h[1-6]|div|blockquote|table|tr|t[dh]|d[ltd]|section|pre|hr|details|summary)\b[^>]*>|br\b[^>]*>)"
)
_LAST_BLOCK = re.compile(
    "(?s:.*)" + _BLOCK.pattern
)  # what follows begins with one sign, so it is soon found from behind
_TAG = re.compile(r"<[^>]*>")
_DASH = re.compile("\u2060–\u2060")  # between two stamps of one range
_WORD = re.compile(r"\w\w")


def passages(note: Note, place: Place) -> tuple[Passage, ...]:
    """The note's own stamps in their order, each second once; a stamp without a reading is none."""
    found: dict[int, Passage] = {}
    waiting: list[int] = []  # seconds whose sentence is still to come
    heading, text = "", ""
    stamps, readings = note.facts.stamps, place.readings
    for number, piece in enumerate(note.body):
        if not number & 1:
            before, text = text, _text_after(text, piece)
            if waiting:
                waiting = _complete(found, waiting, before, piece, text)
        elif piece[0] == "H":
            heading, text = note.facts.headings[int(piece[1:])].text, ""
        elif piece[0] == "S":
            at = int(piece[1:])
            reading = readings[at] if at < len(readings) else None
            if reading is None or reading.seconds is None or reading.seconds in found:
                continue
            sentence = _sentence(text)
            sure = reading.status is not Status.AMBIGUOUS
            found[reading.seconds] = Passage(reading.seconds, sure, heading, sentence, stamps[at].written)
            if not sentence:
                waiting.append(reading.seconds)
    return tuple(found.values())


def _text_after(text: str, html: str) -> str:
    """The text of the block that is open at the end of ``html``, when ``text`` was that at its beginning."""
    rest = html
    if "<" in html:
        if last := _LAST_BLOCK.match(html):
            text, rest = "", html[last.end() :]
        if "<" in rest:
            rest = _TAG.sub("", rest)
    if "&" in rest:
        rest = rest.replace("&nbsp;", "\u00a0")  # before most stamps stands one
        return text + (unescape(rest) if "&" in rest else rest)
    return text + rest


def _complete(found: dict[int, Passage], waiting: list[int], before: str, html: str, text: str) -> list[int]:
    """Give stamps that began a line the sentence after them; returns those that must go on waiting."""
    block = _BLOCK.search(html)
    after = unescape(_TAG.sub("", html[: block.start()] if block else html))
    if block is None and len(text) < MAX_SENTENCE:
        return waiting  # a link or another stamp follows: the sentence may go on
    following = (before + after)[:_WINDOW].strip(" \t\n\u00a0\u2060–—-:|")
    sentence = shorten(first_sentence(following.replace("\u00a0", " ")), MAX_SENTENCE)
    for second in waiting:
        found[second] = found[second]._replace(sentence=sentence)
    return []


def _sentence(text: str) -> str:
    """The sentence that ``text`` ends with; "" if that is no more than a mark."""
    window = text[-_WINDOW:]
    if not window.isascii():
        window = _DASH.sub("", window).replace("\u00a0", " ").replace("\u2060", "")
    sentence = last_sentence(window.strip())
    if len(sentence) > MAX_SENTENCE or "  " in sentence or "\n" in sentence:
        sentence = shorten(sentence, MAX_SENTENCE)
    return sentence if _WORD.search(sentence) else ""
