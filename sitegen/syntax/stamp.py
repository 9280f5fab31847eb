"""Time stamps in notes about videos: tokens for them, and their place in the sentence.

How a stamp may be written is `video.stamps`'s; what it means is settled when the whole video is known.  A reader sees a
stamp after the punctuation it was written before, tied to the word it follows so that it never starts a line.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import reference as markdown_reference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from sitegen.video.stamps import Match, match_anchor, match_brackets, match_no_time

_PUNCTUATION = re.compile(r"[ \t]*([.,;:!?…。、，；：！？»”’\"')\]]*[.,;:!?…。、，；：！？][»”’\"')]*)")
_MAY_BE_PUNCTUATION = frozenset(".,;:!?…。、，；：！？»”’\"')]")
_STOPS = frozenset(".!?…。！？:;,")
_TIGHT = "\u00a0"
# What authors write between stamps that belong together: "[1:02], [1:15]", "[1:02] - [1:15]".
_DASHES = frozenset("-–—")
_BETWEEN = _DASHES | {"", ",", ";"}
# A line that Markdown would take for the address of a reference: `[0:30]: Introduction`. Addresses have a sign that words have not.
_TIME_AND_WORD = re.compile(r"\[[0-9]{1,4}(?::[0-9]{2}){1,3}\]:[ \t]{0,9}[^\s<#./\\:?]{1,200}\.?(?:\s|$)")
_REFERENCE = re.compile(r"\[([^\[\]\\]{1,999})\]")


def plugin(md: MarkdownIt) -> None:
    """Add the inline rules, for notes whose parsing environment says ``video``, and the placing of stamps."""
    md.inline.ruler.before("wikilink", "stamp_brackets", stamp_brackets)
    md.inline.ruler.before("autolink", "stamp_anchor", stamp_anchor)
    md.core.ruler.push("stamp_place", place_stamps)
    md.block.ruler.at("reference", reference)


def reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Markdown's rule for ``[name]: address``, which leaves a time and the word after it alone."""
    begins = state.bMarks[start] + state.tShift[start]
    if state.src.startswith("[", begins) and state.env.get("video") and _TIME_AND_WORD.match(state.src, begins):
        return False
    return markdown_reference(state, start, end, silent)


def stamp_anchor(state: StateInline, silent: bool) -> bool:
    """``<a class="yt-timestamp" data-t="01:43:00">[01:43:00]</a>`` and its broken forms."""
    src, pos = state.src, state.pos
    if src[pos] != "<" or not src.startswith("<a ", pos):
        return False
    return _push(state, silent, match_anchor(src, pos))


def stamp_brackets(state: StateInline, silent: bool) -> bool:
    """``[12:34]``, lists and ranges of such times, in notes that have a video."""
    src, pos = state.src, state.pos
    if silent or src[pos] != "[" or not state.env.get("video") or state.linkLevel:
        return False  # asked silently, it stands in what may be a link's text, and is text with it
    match = match_brackets(src, pos)
    if match is not None and state.env.get("references") and _is_reference(state, pos):
        return False
    if match is None and (no_time := match_no_time(src, pos)) is not None:
        state.env["no_times"].append(no_time)
    return _push(state, silent, match)


def _is_reference(state: StateInline, pos: int) -> bool:
    """Whether the brackets at ``pos`` are the text of a link whose address stands elsewhere: ``[5:00][name]``, ``[5:00][]``, ``[5:00]``."""
    text = _REFERENCE.match(state.src, pos, state.posMax)
    if text is None:
        return False
    label = _REFERENCE.match(state.src, text.end(), state.posMax) or text
    return normalizeReference(label[1]) in state.env["references"]


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
        if token.type == "inline" and token.children and any(child.type == "stamp" for child in token.children):
            _place(token.children)


def _place(children: list[Token]) -> None:
    index = 0
    while index < len(children):
        if children[index].type != "stamp":
            index += 1
            continue
        last = _group_end(children, index)
        if index:
            if children[index - 1].type not in ("text", "softbreak", "hardbreak"):
                children.insert(index, _text(""))
                index, last = index + 1, last + 1
            before = children[index - 1]
            after = children[last + 1] if last + 1 < len(children) else None
            if before.type == "text":
                follows = after.content if after is not None and after.type == "text" else ""
                before.content, rest = placed(before.content, follows, is_first=index < 2)
                if after is not None and follows:
                    after.content = rest
        index = last + 1


def placed(before: str, after: str, *, is_first: bool) -> tuple[str, str]:
    """The texts around a stamp: punctuation goes before it, and it is tied to the word it follows.

    ``is_first``: whether nothing comes before the text before it.
    """
    if after.lstrip(" \t")[:1] in _MAY_BE_PUNCTUATION and (match := _PUNCTUATION.match(after)) is not None:
        word = before.rstrip(" \t")
        if word or not is_first:
            if word[-1:] not in _STOPS:
                before = word + match[1]
            after = after[match.end() :]
    return before.rstrip(" \t") + _TIGHT, after


def _group_end(children: list[Token], index: int) -> int:
    """The last stamp of a run of stamps that belong together."""
    last = index
    for position in range(index + 1, len(children)):
        child = children[position]
        if child.type == "stamp":
            last = position
        elif child.type != "text" or not joins(child.content):
            break
    for child in children[index:last]:
        if child.type == "text":
            child.content = between(child.content)
    return last


def joins(text: str) -> bool:
    """Whether two stamps with this text between them belong together, so that what follows the last goes before the first."""
    return text.strip() in _BETWEEN


def between(text: str) -> str:
    """What a reader sees between two stamps that belong together: a dash that holds them together, or a blank that does."""
    return "\u2060–\u2060" if text.strip() in _DASHES else _TIGHT


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
