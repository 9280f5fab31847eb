"""Embedded notes and documents are blocks: where one stands in a run of text, the text ends before and goes on after it.

Works on tokens; what an embed shows, and whether anything, is settled long after.
"""

from __future__ import annotations

import re

from markdown_it.token import Token

from sitegen.stages.collect import EXTERNAL, MEDIA, PICTURE
from sitegen.stages.tags import end_in_their_run
from sitegen.video.youtube import video_id

_ANCHOR = re.compile(r"<(/?)a[\s>]", re.IGNORECASE)
_BREAKS = ("softbreak", "hardbreak")


def lift_embeds(tokens: list[Token]) -> None:
    """Take what is a block out of paragraphs, headings and callouts' titles; in a table it stays in its cell."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        children = token.children if token.type == "inline" else None
        if children and any(child.type in ("embed", "image") for child in children):
            keep_links_flat(children, token.content, depth=0)
        is_title = index > 0 and tokens[index - 1].type in ("heading_open", "callout_title_open")
        if children and any(_is_block(child, is_title=is_title) for child in children):
            for child in children:
                child.block = _is_block(child, is_title=is_title)
            index = _lift(tokens, index)
        index += 1


def _lift(tokens: list[Token], index: int) -> int:
    """Take the blocks out of the run of text at ``index``; returns where the last token stands that came of it."""
    opening, inline = tokens[index - 1], tokens[index]
    end = index + 1  # of the block that the text is in
    while tokens[end].type == "footnote_anchor":
        end += 1
    if opening.type == "paragraph_open" and tokens[end].type == "paragraph_close":
        parts = _split(opening, inline, tokens[end])
        after = len(parts) - 1 if parts[-1].type == "paragraph_close" else len(parts)
        parts[after:after] = tokens[index + 1 : end]  # a footnote's arrows stand at the end of its text
        return _put(tokens, index - 1, end + 1, _named(opening, parts))
    if opening.type == "heading_open":
        embeds = _take_out(inline)
        rest = [opening, inline, tokens[end]] if _is_seen(inline.children or []) else []
        return _put(tokens, index - 1, end + 1, [*rest, *embeds] if rest else _named(opening, embeds))
    if opening.type == "callout_title_open":
        embeds = _take_out(inline)
        if not _is_seen(inline.children or []):
            inline.children = [Token("text", "", 0, content=tokens[index - 2].meta["title"])]
        return _put(tokens, end + 2, end + 2, embeds)  # behind the end of the title and the beginning of the content
    return index


def _put(tokens: list[Token], start: int, end: int, parts: list[Token]) -> int:
    tokens[start:end] = parts
    return start + len(parts) - 1


def _is_block(child: Token, *, is_title: bool) -> bool:
    """Whether an embed, in either spelling, is shown as a block of its own: a note or a document, not a picture.

    In a title (a heading or a callout's) so is a video of YouTube, which is as large as them.
    """
    if child.type == "embed":
        target: str = child.meta["embed"][0]
    elif child.type == "image":
        target = str(child.attrGet("src") or "").partition("#")[0]
        if EXTERNAL.match(target):
            return is_title and video_id(target) is not None
    else:
        return False
    return MEDIA.search(target) is None


def keep_links_flat(children: list[Token], written: str, *, depth: int) -> None:
    """Inside a link only pictures are embedded: all else holds links of its own, so its name stands for it.

    ``depth``: 1 where the text begins within a link, else 0.
    """
    if any(child.type == "html_inline" for child in children):
        end_in_their_run(children, written)
    for child in children:
        if child.type in ("link_open", "link_close"):
            depth += child.nesting
        elif child.type == "html_inline" and (tag := _ANCHOR.match(child.content)):
            depth += -1 if tag[1] else 1
        elif depth > 0 and child.type in ("embed", "image"):
            source = child.meta["embed"][0] if child.type == "embed" else str(child.attrGet("src") or "")
            if not PICTURE.search(source) and not EXTERNAL.match(source):
                child.type = "text"


def _split(opening: Token, inline: Token, closing: Token) -> list[Token]:
    """The parts of a paragraph: paragraphs of text, and embeds. What its inline token says stays with the first."""
    runs: list[list[Token]] = [[]]
    line, end = inline.map or (0, 0)
    lines = [line]  # on which each run begins
    for child in inline.children or ():
        is_break = child.type in _BREAKS
        line += is_break
        if child.block:
            runs += [[child], []]
            lines += [line, line]
        elif runs[-1] or not is_break:
            runs[-1].append(child)
        else:
            lines[-1] = line
    opening = _paragraph(opening)
    meta = inline.meta
    out: list[Token] = []
    for number, run in enumerate(runs):
        while run and run[-1].type in _BREAKS:
            run.pop()
        if not _is_seen(run):
            continue
        piece = Token("inline", "", 0, map=[lines[number], end], level=inline.level, children=run, meta=meta)
        meta = {}
        out += [piece] if len(run) == 1 and run[0].block else [opening, piece, closing]
    return out


def _take_out(inline: Token) -> list[Token]:
    """Remove the blocks from a run of text; returns them, each as a run of its own."""
    children = inline.children or []
    inline.children = [child for child in children if not child.block]
    while inline.children and (inline.children[-1].type in _BREAKS or not _is_seen(inline.children[-1:])):
        inline.children.pop()
    if inline.children and inline.children[-1].type == "text":
        inline.children[-1].content = inline.children[-1].content.rstrip()
    return [
        Token("inline", "", 0, map=inline.map, level=inline.level, children=[child])
        for child in children
        if child.block
    ]


def _is_seen(run: list[Token]) -> bool:
    return any(child.nesting == 0 and (child.type != "text" or child.content.strip()) for child in run)


def _paragraph(opening: Token) -> Token:
    """The opening of a paragraph without the name that its block has."""
    if "block" not in opening.meta:
        return opening
    plain = Token("paragraph_open", "p", 1, map=opening.map, level=opening.level, block=True)
    plain.hidden = opening.hidden
    return plain


def _named(opening: Token, parts: list[Token]) -> list[Token]:
    """The parts that a block with a name came to be, in an element that bears the name."""
    if "block" not in opening.meta:
        return parts
    name = {"block": opening.meta["block"]}
    return [
        Token("embeds_open", "div", 1, level=opening.level, block=True, meta=name),
        *parts,
        Token("embeds_close", "div", -1, level=opening.level, block=True),
    ]
