"""Addresses written out in a text become links: those with a scheme or ``www.``, and e-mail; ``note.md`` is none.

What an address is, linkify-it says. It looks at all of a text once for each address in it, so it is given one
word at a time, and a word longer than any address is text.
"""

from __future__ import annotations

import re

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_LONGEST = 2000  # characters
_WORD = re.compile(r"\S+")
_SCHEME = re.compile(r"(?:^|[^a-z0-9.+-])([a-z][a-z0-9.+-]*)$", re.IGNORECASE)


class _Linkify(LinkifyIt):  # type: ignore[misc]
    def pretest(self, text: str) -> bool:
        return "://" in text or "www." in text or "@" in text

    def test(self, text: str) -> bool:
        return self.pretest(text)

    def match(self, text: str):  # type: ignore[no-untyped-def]
        links = []
        for word in _WORD.finditer(text):
            if len(word[0]) > _LONGEST or not self.pretest(word[0]):
                continue
            for link in super().match(word[0]) or ():
                if link.schema not in ("", None) or link.text.startswith("www."):
                    link.index += word.start()
                    link.last_index += word.start()
                    links.append(link)
        return links or None


_LINKIFY = _Linkify()


def plugin(md: MarkdownIt) -> None:
    """Let the library's rule find addresses in finished text, and this one those that hold signs of Markdown."""
    md.linkify = _LINKIFY
    md.enable("linkify")
    md.inline.ruler.at("linkify", address)


def address(state: StateInline, silent: bool) -> bool:
    """The library's inline rule, which takes an address at its ``://``, shown only what could be part of it."""
    src, pos = state.src, state.pos
    if state.linkLevel or not src.startswith("://", pos):
        return False
    scheme = _SCHEME.search(state.pending[-40:])
    if scheme is None:
        return False
    word = _WORD.match(src, pos - len(scheme[1]), min(state.posMax, pos + _LONGEST))
    link = _LINKIFY.match_at_start(word[0]) if word else None
    url = link.url.rstrip("*") if link else ""  # an asterisk at the end is emphasis
    href = state.md.normalizeLink(url)
    if not url or not state.md.validateLink(href):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": href}
        state.push("text", "", 0).content = state.md.normalizeLinkText(url)
        closing = state.push("link_close", "a", -1)
        opening.markup = closing.markup = "linkify"
        opening.info = closing.info = "auto"
    state.pos += len(url) - len(scheme[1])
    return True
