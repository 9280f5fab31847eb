"""Links and images remember how they were written, in ``meta["raw"]``, so that a report can point at them; a lone
``<a>`` of raw HTML, which nothing ends, does not keep what follows it from being links.

The rules are markdown-it's own.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, html_inline, image, link

Rule = Callable[[StateInline, bool], bool]


def plugin(md: MarkdownIt) -> None:
    """Also: no address may have the scheme that stands for a file of the vault in raw HTML."""
    valid = md.validateLink
    md.validateLink = lambda url: valid(url) and not url.lower().startswith("sitegen-file:")  # type: ignore[method-assign]
    md.inline.ruler.at("link", remembering(link))
    md.inline.ruler.at("image", remembering(image))
    md.inline.ruler.at("html_inline", html_inline_anchored)


def remembering(rule: Rule) -> Rule:
    """``rule``, whose first link or image knows the text it was made from."""

    def remember(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        for token in state.tokens[before : before + 2]:  # a text that was waiting may come first
            if token.type in ("link_open", "image"):
                token.meta["raw"] = state.src[start : state.pos]
                break
        return True

    return remember


def html_inline_anchored(state: StateInline, silent: bool) -> bool:
    """The library's rule, for which an anchor is a link only if it ends."""
    level = state.linkLevel
    if not html_inline(state, silent):
        return False
    if state.linkLevel > level:
        known = state.env.get("last_anchor_end")
        if known is None or known[0] is not state.src:
            state.env["last_anchor_end"] = known = (state.src, state.src.lower().rfind("</a"))
        if known[1] < state.pos:
            state.linkLevel = level
    return True
