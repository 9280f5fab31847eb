"""Time stamps in notes about videos: tokens for them, and their place in the sentence.

How a stamp may be written is `video.stamps`'s; what it means is settled when the whole video is known.  A reader sees a
stamp after the punctuation it was written before, tied to the word it follows so that it never starts a line.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from sitegen.video.stamps import Match, match_anchor, match_brackets

_PUNCTUATION = re.compile(r"[ \t]*([.,;:!?…。、，；：！？»”’\"')\]]*[.,;:!?…。、，；：！？][»”’\"')]*)")
_MAY_BE_PUNCTUATION = frozenset(".,;:!?…。、，；：！？»”’\"')]")
_TIGHT = "\u00a0"


def plugin(md: MarkdownIt) -> None:
    """Add the inline rules, for notes whose parsing environment says ``video``, and the placing of stamps."""
    md.inline.ruler.before("wikilink", "stamp_brackets", stamp_brackets)
    md.inline.ruler.before("autolink", "stamp_anchor", stamp_anchor)
    md.core.ruler.push("stamp_place", place_stamps)


def stamp_anchor(state: StateInline, silent: bool) -> bool:
    """``<a class="yt-timestamp" data-t="01:43:00">[01:43:00]</a>`` and its broken forms."""
    src, pos = state.src, state.pos
    if src[pos] != "<" or not src.startswith("<a ", pos):
        return False
    return _push(state, silent, match_anchor(src, pos))


def stamp_brackets(state: StateInline, silent: bool) -> bool:
    """``[12:34]``, lists and ranges of such times, in notes that have a video."""
    src, pos = state.src, state.pos
    if src[pos] != "[" or not state.env.get("video") or state.linkLevel:
        return False
    return _push(state, silent, match_brackets(src, pos))


def _push(state: StateInline, silent: bool, match: Match | None) -> bool:
    if match is None or match.end > state.posMax:
        return False
    if not silent:
        first = True
        for part in match.parts:
            if isinstance(part, str) or state.linkLevel:
                state.pending += part if isinstance(part, str) else part.written
            else:
                token = state.push("stamp", "", 0)
                token.content = part.written
                token.meta = {"stamp": part, "raw": state.src[state.pos : match.end], "first": first}
                first = False
        if match.problem:
            state.env["bad_stamps"].append((match.problem, state.src[state.pos : match.end]))
    state.pos = match.end
    return True


def place_stamps(state: StateCore) -> None:
    """Move stamps behind the punctuation that follows them and tie them to what they follow."""
    for token in state.tokens:
        if token.type == "inline" and ":" in token.content and token.children:
            _place(token.children)


def _place(children: list[Token]) -> None:
    index = 0
    while index < len(children):
        if children[index].type != "stamp":
            index += 1
            continue
        last = _group_end(children, index)
        if index and last + 1 < len(children) and children[last + 1].type == "text":
            _swap_punctuation(children, index, last)
        before = children[index - 1] if index else None
        if before is not None and before.type == "text" and before.content[-1:] in (" ", "\t"):
            before.content = before.content.rstrip(" \t") + _TIGHT
        elif before is not None and before.type != "softbreak" and before.type != "hardbreak":
            children.insert(index, _text(_TIGHT))
            last += 1
        index = last + 1


def _group_end(children: list[Token], index: int) -> int:
    """The last stamp of a run of stamps with nothing but blanks and dashes between."""
    last = index
    for position in range(index + 1, len(children)):
        child = children[position]
        if child.type == "stamp":
            last = position
        elif child.type != "text" or child.content.strip() not in ("", "–"):
            break
    for child in children[index:last]:
        if child.type == "text":
            child.content = "\u2060–\u2060" if "–" in child.content else _TIGHT
    return last


def _swap_punctuation(children: list[Token], index: int, last: int) -> None:
    after, before = children[last + 1], children[index - 1]
    if after.content.lstrip(" \t")[:1] not in _MAY_BE_PUNCTUATION:
        return
    match = _PUNCTUATION.match(after.content)
    if match is None or before.type in ("softbreak", "hardbreak"):
        return
    if before.type == "text":
        word = before.content.rstrip(" \t")
        if not word and index < 2:
            return
        if word[-1:] not in tuple(".!?…。！？:;,"):
            before.content = word + match[1] + " "
        after.content = after.content[match.end() :]
    else:
        children.insert(index, _text(match[1] + " "))
        after.content = after.content[match.end() :]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
