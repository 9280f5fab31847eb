"""Text with nothing in it but words, links, stamps and strong words, read in one pass: most of what notes hold.

`Scanner` finds out whether a run of text is such, `Plain` makes of it what the inline parser, the rules of `syntax`, the
collector and the renderer would make of it together, without tokens between them; a property test holds them equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sitegen.diagnostics import Span
from sitegen.model import Link, LinkKind, Stamp
from sitegen.stages.sanitise import escape_text
from sitegen.stages.sentences import Sentences
from sitegen.syntax.stamp import between, joins, placed
from sitegen.syntax.wikilink import MARKED, shown, split_target
from sitegen.video.stamps import SIMPLE_ANCHOR, SIMPLE_BRACKETS, simple_stamp

# Signs that inline rules begin with, where what stands around them says that they mean nothing.
_HARMLESS = {
    "_": r"_(?<=\w_)(?=\w)",
    "=": r"=(?!=)",
    "!": r"!(?!\[)",
    "#": r"#(?<=\S#)",
    "^": r"\^(?!\[)",
    "&": r"&(?!#|[A-Za-z][A-Za-z0-9]{0,31};)",
    "$": r"\$(?!\$)(?:(?=\s)|(?![^$]*\$)|(?=[^$]*(?:\s\$|\$\d)))",
    "%": r"%(?<!%%)(?!%)",
}
_LINK, _ANCHOR, _BRACKETS, _STRONG = 1, 2, 3, 4
_SIGNS = rf"\[\[([^\S\n]*[^\s\[\]^|#\\][^\[\]\n]*)\]\]|{SIMPLE_ANCHOR}|{SIMPLE_BRACKETS}|\*\*(?!\*)()"
_TIME = re.compile(r"\s*\(?[0-9]{1,4}:")

Sign = re.Match[str]


class Scanner:
    """Finds the signs in a text. ``triggers`` are the characters at which the active inline rules begin."""

    def __init__(self, triggers: Iterable[str]) -> None:
        others = sorted({*triggers, *"[<*"} - {":"})
        harmless = [f"{_HARMLESS[other]}()" for other in others if other in _HARMLESS]
        self._signs = re.compile("|".join([_SIGNS, *harmless, *map(re.escape, others)]))

    def __call__(self, text: str, *, video: bool) -> list[Sign] | None:
        """The links, stamps and strong marks of ``text``; None if there may be anything else in it."""
        if "://" in text or "www." in text or "@" in text:
            return None
        found: list[Sign] = []
        strong = False
        for sign in self._signs.finditer(text):
            kind = sign.lastindex
            if kind is None:
                return None
            if kind > _STRONG:
                continue
            if kind == _STRONG:
                if not (_closes(text, sign) if strong else _opens(text, sign)):
                    return None
                strong = not strong
            elif kind == _LINK:
                if _TIME.match(sign[1]) or MARKED.search(sign[1]):
                    return None
            elif (kind == _BRACKETS and not video) or simple_stamp(sign[kind]) is None:
                return None
            found.append(sign)
        return None if strong else found


def _opens(text: str, sign: Sign) -> bool:
    after, before = text[sign.end() : sign.end() + 1], text[max(0, sign.start() - 1) : sign.start()]
    return after.isalnum() or (bool(after.strip()) and not before.strip())


def _closes(text: str, sign: Sign) -> bool:
    before, after = text[sign.start() - 1], text[sign.end() : sign.end() + 1]
    return before.isalnum() or (bool(before.strip()) and not after.strip())


def read_plain(
    text: str, signs: list[Sign], links: list[Link], stamps: list[Stamp], span: Callable[[str], Span]
) -> Plain:
    """What ``text`` with these signs is. ``links`` and ``stamps`` are the note's so far, and grow.

    ``span`` finds where a text stands in the note, looking from the one before.
    """
    run = _Run(len(links), len(stamps))
    waiting = text[: signs[0].start()] if signs else text  # text before the next sign, not yet written
    number, last = 0, len(signs) - 1
    while number <= last:
        sign = signs[number]
        kind = sign.lastindex
        if kind in (_LINK, _STRONG):
            run.write(waiting)
            if kind == _LINK:
                run.link(sign, span)
            else:
                run.strong()
            waiting = text[sign.end() : signs[number + 1].start() if number < last else None]
        else:
            first, number = number, _group_end(text, signs, number)
            after = text[signs[number].end() : signs[number + 1].start() if number < last else None]
            if waiting or run.html:
                waiting, after = placed(waiting, after, is_first=not run.html)
            run.write(waiting)
            for at in range(first, number + 1):
                run.stamp(signs[at], span, stamps)
                if at < number and (gap := text[signs[at].end() : signs[at + 1].start()]):
                    run.write(between(gap))
            waiting = after
        number += 1
    run.write(waiting)
    return run.end(links)


def _group_end(text: str, signs: list[Sign], number: int) -> int:
    """The last of the stamps from ``number`` on that belong together."""
    last = number
    for following in range(number + 1, len(signs)):
        sign = signs[following]
        if sign.lastindex != _ANCHOR and sign.lastindex != _BRACKETS:
            break
        if not joins(text[signs[last].end() : sign.start()]):
            break
        last = following
    return last


class Plain(NamedTuple):
    """A run of plain text: its HTML with holes, and what a reader sees of it, without its stamps."""

    html: str
    seen: str


class _Run:
    """A run of plain text while it is being read."""

    __slots__ = ("_first_link", "_is_strong", "_length", "_links", "_next_stamp", "_seen", "html")

    def __init__(self, first_link: int, next_stamp: int) -> None:
        self._first_link, self._next_stamp = first_link, next_stamp
        self.html: list[str] = []
        self._seen: list[str] = []
        self._length = 0
        self._is_strong = False
        self._links: list[tuple[str, str, Span, int, int]] = []  # target, anchor, place, where its text begins, ends

    def write(self, text: str) -> None:
        if text:
            self.html.append(escape_text(text))
            self._seen.append(text)
            self._length += len(text)

    def strong(self) -> None:
        self.html.append("</strong>" if self._is_strong else "<strong>")
        self._is_strong = not self._is_strong

    def stamp(self, sign: Sign, span: Callable[[str], Span], stamps: list[Stamp]) -> None:
        found = simple_stamp(sign[sign.lastindex or 0])
        assert found is not None
        self.html.append(f'<wbr data-hole="S{len(stamps)}">')
        stamps.append(Stamp(found.written, found.fields, span(sign[0])))

    def link(self, sign: Sign, span: Callable[[str], Span]) -> None:
        target, anchor, label = split_target(sign[1])
        start = self._length
        self.html.append(f'<a data-hole="L{self._first_link + len(self._links)}">')
        self.write(label or shown(target, anchor))
        self.html.append("</a>")
        self._links.append((target, anchor, span(sign[0]), start, self._length))

    def end(self, links: list[Link]) -> Plain:
        seen = "".join(self._seen).replace("\u00a0", " ")
        if self._links:
            cut = Sentences(seen)
            for target, anchor, place, start, end in self._links:
                sentence = cut.at(start, end)
                links.append(Link(target, anchor, sentence.link, LinkKind.WIKI, sentence, place))
        return Plain("".join(self.html), seen)
