"""The part of a note that an embed shows: cut from its body, balanced, with its own footnotes and its headings in place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from sitegen.model import Note
from sitegen.stages.markup import hole, pieces
from sitegen.stages.sanitise import clean

Body = tuple[str, ...]

_REFERENCE = re.compile(r'<sup class="footnote-ref"><a href="#fn(\d+)" id="fnref[\d:]+">\[[\d:]+\]</a></sup>')
_ARROWS = re.compile(r'(?: <a href="#fnref[\d:]+" class="footnote-backref">[^<]*</a>)+')
_ITEM = re.compile(r'<li id="fn\d+"')
_HEADING = re.compile(r"<(/?)h([1-6])(?=[\s>])")
_TAG = re.compile(r'<[a-z][^<>]*\s(?:id="|href="#)[^<>]*>')
_PAINTED = re.compile(r'<[a-z][^<>]*="url\(#[^<>]*>')
_ID = re.compile(r'(\sid=")|(\shref=")#([^"]*)')


def section(note: Note, anchor: str) -> Body:
    """The part of a body that an anchor names: a heading's section, a block, or all of it.

    It carries the footnotes that its own text refers to, and no others, numbered from 1.
    """
    keys = note.body[1::2]
    found = _extent(note, anchor, keys) if anchor else None
    if found is None:
        return note.body
    first, last = found
    marked = (
        ("", keys[first // 2 - 1]) if keys[first // 2 - 1][0] == "H" else ()
    )  # what is embedded in it stands below it
    html = _rejoined((*marked, *note.body[first:last]))
    footnotes = ""
    if "footnote-" in html:
        html, footnotes = _with_footnotes(html, _footnotes(note.body, keys))
    return pieces(clean(_as_list(html)) + clean(footnotes))


def _extent(note: Note, anchor: str, keys: Body) -> tuple[int, int] | None:
    """Where in the body the part begins and ends; None where the anchor names no part of it."""
    start = end = ""
    for number, block in enumerate(note.facts.blocks):
        if block.anchor == anchor:
            start, end = f"B{number}", f"b{number}"
    for number, heading in enumerate(note.facts.headings):
        if heading.id == anchor:
            below = (n for n, h in enumerate(note.facts.headings) if n > number and h.level <= heading.level)
            start, end = f"H{number}", f"H{next(below, -1)}"
    if start not in keys:
        return None
    first = keys.index(start)
    # A section ends before the note's footnotes do begin, one within a footnote with it.
    last = next((at for at in range(first + 1, len(keys)) if keys[at] == end or keys[at][0] in "Ff"), None)
    if end[0] == "b" and end in keys:
        last = keys.index(end)
    return 2 * first + 2, len(note.body) if last is None else 2 * last + 1


def _footnotes(body: Body, keys: Body) -> dict[int, str]:
    """The HTML of each of a note's footnotes, by number."""
    found = {}
    for at, key in enumerate(keys):
        if key[0] == "F" and f"f{key[1:]}" in keys:
            found[int(key[1:])] = _rejoined(body[2 * at + 2 : 2 * keys.index(f"f{key[1:]}") + 1])
    return found


def _with_footnotes(html: str, footnotes: Mapping[int, str]) -> tuple[str, str]:
    """A part of a note with its references numbered anew, and the list of the footnotes they lead to."""
    numbers: dict[int, int] = {}
    order: list[int] = []
    times = Counter[int]()

    def reference(match: re.Match[str]) -> str:
        number = numbers.setdefault(int(match[1]), len(order) + 1)
        if number > len(order):
            order.append(int(match[1]))
        name = f"{number}:{times[number]}" if times[number] else str(number)
        times[number] += 1
        return f'<sup class="footnote-ref"><a href="#fn{number}" id="fnref{name}">[{name}]</a></sup>'

    html = _REFERENCE.sub(reference, _ARROWS.sub("", html))
    items: list[str] = []
    while len(items) < len(order):  # a footnote may refer to more of them
        items.append(_REFERENCE.sub(reference, footnotes.get(order[len(items)], "")))
    if not items:
        return html, ""
    listed = "".join(_numbered(item, number, times[number]) for number, item in enumerate(items, 1))
    return html, (
        f'<hr class="footnotes-sep">\n<section class="footnotes">\n<ol class="footnotes-list">\n{listed}</ol>\n</section>\n'
    )


def _numbered(item: str, number: int, times: int) -> str:
    """A footnote under its new number, with an arrow back to each of its references."""
    names = [f"{number}:{time}" if time else str(number) for time in range(times)]
    arrows = "".join(f' <a href="#fnref{name}" class="footnote-backref">↩︎</a>' for name in names)
    item = _ITEM.sub(f'<li id="fn{number}"', item, count=1)
    own = list(_ARROWS.finditer(item))[-1:]
    return f"{item[: own[0].start()]}{arrows}{item[own[0].end() :]}" if own else item


def _rejoined(body: Body) -> str:
    """HTML with its holes as elements again, so that the sanitiser can balance a slice of it."""
    out: list[str] = []
    for number, piece in enumerate(body):
        if not number & 1:
            out.append(piece)
        elif piece[0] == "L":
            out.append(f'<a data-hole="{piece}">')
        elif piece[0] == "/":
            out.append("</a>")
        else:
            out.append(hole(piece))
    return "".join(out)


def _as_list(html: str) -> str:
    return f"<ul>{html}</ul>" if html.lstrip().startswith("<li") else html


def level_of(html: str) -> int:
    """The level of the heading that ``html`` begins with; 1, the title's, where it begins with none."""
    heading = _HEADING.match(html)
    return int(heading[2]) if heading else 1


def below(body: Body, level: int) -> Body:
    """A body whose headings stand below a heading of this level: the first ones one level down, none more than one
    below the one it is under."""
    if not any("<h" in piece for piece in body[::2]):
        return body
    outline: list[tuple[int, int]] = []  # level as it was, as it is now
    opened: list[int] = []

    def moved(match: re.Match[str]) -> str:
        if match[1]:
            return f"</h{opened.pop() if opened else match[2]}"
        was = int(match[2])
        while outline and outline[-1][0] >= was:
            outline.pop()
        now = min((outline[-1][1] if outline else level) + 1, 6)
        outline.append((was, now))
        opened.append(now)
        return f"<h{now}"

    return tuple(_HEADING.sub(moved, piece) if not number & 1 else piece for number, piece in enumerate(body))


def own_anchors(body: Body, url: str) -> Body:
    """A part of a body with its links to what is not in that part leading to the whole page at ``url``."""
    if not any('href="#' in piece for piece in body[::2]):
        return body
    here = {name for piece in body[::2] for name in re.findall(r'\sid="([^"]*)"', piece)}

    def led(match: re.Match[str]) -> str:
        return match[0] if match[1] or match[3] in here else f"{match[2]}{url}#{match[3]}"

    return tuple(
        _TAG.sub(lambda tag: _ID.sub(led, tag[0]), piece) if not number & 1 else piece
        for number, piece in enumerate(body)
    )


def prefixed(html: str, prefix: str) -> str:
    """Ids of embedded text made unique on the page, and the links to them with them, those of drawings too."""
    if 'id="' not in html and 'href="#' not in html:
        return html
    if '="url(#' in html:
        html = _PAINTED.sub(lambda tag: tag[0].replace('="url(#', f'="url(#{prefix}'), html)
    return _TAG.sub(
        lambda tag: _ID.sub(lambda m: f"{m[1]}{prefix}" if m[1] else f"{m[2]}#{prefix}{m[3]}", tag[0]), html
    )
