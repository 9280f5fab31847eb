"""What a note says in words, section by section: its plain text, for whoever looks for words in it.

It is read off the finished body, so comments and what the sanitiser took away are not in it. Labels of links are; what is
embedded is not, nor are formulas, nor the numbers of footnotes, nor stamps as written, whose places are known instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

from sitegen.model import Facts, Prose, ProseSection

# Marks that take part in the text while it is read. "<" stands in no text of a body, so nothing can be taken for one.
_STAMP, _HEADING, _APART, _APART_END = "<\x01>", "<\x02>", "<\x03>", "<\x04>"
_MARK = re.compile("(<[\x01\x03\x04]>)")
_APART_TAG = re.compile(r'\n*<(/)(?:code|a)>|<(?:code|a)\b[^<>"]*(?:"[^"]*"[^<>"]*)*>')
_BREAK = re.compile(
    r"<(?:/?(?:p|li|ul|ol|h[1-6]|div|blockquote|table|tr|t[dh]|thead|tbody|d[ltd]|section|pre|hr|details|summary|figure|figcaption|center)"
    r"(?=[\s>])|br\b)[^<>]*>"
)
_TAG = re.compile(r'<[a-z/][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_NOTE = re.compile(
    r'<sup class="footnote-ref">.*?</sup>|(?: ?<a href="#fnref[\d:]+" class="footnote-backref">[^<]*</a>)+'
)
_TITLE = re.compile(rf"{_HEADING}<h([1-6])[\s>].*?</h\1>", re.DOTALL)
_DASH = re.compile("\u2060–\u2060")  # between two stamps of one range
_LINES = re.compile(r"\n\s+")


def prose_of(facts: Facts, body: tuple[str, ...]) -> Prose:
    """The text of a note whose finished ``body`` this is. Its first section is what stands before any heading, and may be empty."""
    stamps: list[int] = []
    headings: list[tuple[str, str]] = [("", "")]
    found = list(body)
    for number in range(1, len(found), 2):
        key = found[number]
        kind = key[0]
        if kind == "S":
            stamps.append(int(key[1:]))
            found[number] = _STAMP
        elif kind == "H":
            heading = facts.headings[int(key[1:])]
            headings.append((heading.id, heading.text))
            found[number] = _HEADING
        elif kind == "T":
            found[number] = f"{_APART}#{escape(facts.tags[int(key[1:])])}{_APART_END}"
        elif kind == "L":
            found[number] = _APART
        elif kind == "/":
            found[number] = _APART_END
        elif kind == "E" or kind == "M":
            found[number] = " "
        elif key == "F0":
            headings.append(("fn1", ""))
            found[number] = _HEADING
        else:
            found[number] = ""
    parts = _text("".join(found), bool(stamps)).split(_HEADING)
    following = iter(stamps)
    return Prose(tuple([_section(*of, part, following) for of, part in zip(headings, parts, strict=True)]))


def _text(html: str, has_stamps: bool) -> str:
    """HTML as text in which the marks and characters such as ``&lt;`` are still as they were."""
    if _HEADING in html:
        html = _TITLE.sub(lambda title: _HEADING + _STAMP * title[0].count(_STAMP), html)
    if "footnote-" in html:
        html = _NOTE.sub("", html)
    if has_stamps:
        html = _DASH.sub("", html)
    if "<code" in html or "<a" in html:
        html = _APART_TAG.sub(lambda tag: _APART_END if tag[1] else _APART, html)
    return _LINES.sub("\n", _TAG.sub("", _BREAK.sub("\n", html)).replace("&nbsp;", " "))


def _section(id: str, title: str, text: str, following: Iterator[int]) -> ProseSection:
    parts, stamps, apart = [], [], []
    offset = depth = 0
    for number, part in enumerate(_MARK.split(text.strip())):
        if not number & 1:
            parts.append(unescape(part) if "&" in part else part)
            offset += len(parts[-1])
        elif part == _STAMP:
            stamps.append((offset, next(following)))
        elif part == _APART:
            if not depth:
                apart.append((offset, offset))
            depth += 1
        elif depth:
            depth -= 1
            apart[-1] = (apart[-1][0], offset)
    return ProseSection(id, title, "".join(parts), tuple(stamps), tuple(apart))
