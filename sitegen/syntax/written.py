"""Links and images remember how they were written, in ``meta["raw"]``, so that a report can point at them.

The rules are markdown-it's own.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, image, link

Rule = Callable[[StateInline, bool], bool]


def plugin(md: MarkdownIt) -> None:
    """Also: no address may have the scheme that stands for a file of the vault in raw HTML."""
    valid = md.validateLink
    md.validateLink = lambda url: valid(url) and not url.lower().startswith("sitegen-file:")  # type: ignore[method-assign]
    md.inline.ruler.at("link", remembering(link))
    md.inline.ruler.at("image", remembering(image))


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
