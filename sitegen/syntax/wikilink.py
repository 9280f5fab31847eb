"""``[[target#anchor | label]]`` and ``![[target]]``: links and embeds as Obsidian writes them.

Makes ordinary ``link_open``/``link_close`` tokens (so that nothing later links text inside them again) with
``meta["wiki"] = (target, anchor)``, and ``embed`` tokens with ``meta["embed"] = (target, anchor, label)``.
Source: the Obsidian help pages "Internal links" and "Embed files".
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# A link's inside: no line break, no second "[[" and no early "]]"; single brackets are text, though not at its start.
_LINK = re.compile(r"\[\[(?!\[)((?:[^\[\]\n]|\[(?!\[)|\](?!\]))+)\]\]")
_NESTED = re.compile(r"\[\[|\]\]|\n")
_MAX_NESTING = 4
# A label with marks in it, and what would make it more than a link's text.
MARKED = re.compile(r"\|.*?(?:[`*]|==|~~|(?<!\w)_|_(?!\w))")
_MORE = re.compile(r"\]\(|!\[|<|\^\[|%%")


def plugin(md: MarkdownIt) -> None:
    """Add both rules before Markdown's own link rule, which would read ``[[a]](b)`` differently."""
    md.inline.ruler.before("link", "wikilink", wikilink)


def split_address(href: str) -> tuple[str, str]:
    """The relative address of a Markdown link as (target, anchor), percent-escapes resolved."""
    path, _, anchor = href.partition("#")
    return unquote(path.partition("?")[0]), unquote(anchor)


def split_target(inside: str) -> tuple[str, str, str]:
    """``"note#a#b | text"`` -> ``("note", "a#b", "text")``; the label is "" where none is given."""
    target, _, label = inside.partition("|")
    target = target.removesuffix("\\").strip()  # [[a\|b]] is how a table cell writes it
    name, mark, anchor = target.partition("#")
    if name and mark and (not anchor.strip() or anchor[0] == "#"):  # [[C#]], [[C##Heading]]
        name, anchor = name + mark, anchor.removeprefix("#")
    return name.strip(), anchor.strip(), label.strip()


def shown(target: str, anchor: str) -> str:
    """What a link without a label shows: the target as written, "Note > Heading" with an anchor."""
    name = anchor.rstrip("#")  # at its end the sign belongs to a name: "C++ & C#"
    parts = [part for part in (part.strip().removeprefix("^") for part in name.split("#")) if part]
    if parts:
        parts[-1] += anchor[len(name) :]
    return " > ".join([target, *parts] if target else parts) or anchor


def wikilink(state: StateInline, silent: bool) -> bool:
    """The inline rule for both forms."""
    src, pos = state.src, state.pos
    embed = src[pos] == "!"
    start = pos + 1 if embed else pos
    if not src.startswith("[[", start):
        return False
    match = _LINK.match(src, start, state.posMax)
    if match is None:
        return not embed and _nested(state, silent)
    inside, end = match[1], match.end()
    if inside.count("[") > inside.count("]") and src.startswith("]", end) and end < state.posMax:
        inside, end = inside + "]", end + 1  # [[note | [0:41]]]
    target, anchor, label = split_target(inside)
    if not target and not anchor and not label:
        return False
    if not silent:
        if not target and not anchor:  # it names nothing, so its words are all there is
            state.pending += src[pos:end] if embed else label
        elif embed:
            token = state.push("embed", "", 0)
            token.meta = {"embed": (target, anchor, label), "raw": src[pos:end]}
            token.content = label or shown(target, anchor)
        elif state.linkLevel:
            state.pending += label or shown(target, anchor)  # a link may not stand inside a link
        elif label and MARKED.search(inside) and not _MORE.search(inside):
            _push_marked(state, target, anchor, label, src[start:end])
        else:
            _push_link(state, target, anchor, label or shown(target, anchor), src[start:end])
    state.pos = end
    return True


def _push_link(state: StateInline, target: str, anchor: str, text: str, raw: str) -> None:
    token = state.push("link_open", "a", 1)
    token.markup = "wiki"
    token.meta = {"wiki": (target, anchor), "raw": raw}
    inner = state.push("text", "", 0)
    inner.content = text
    state.push("link_close", "a", -1).markup = "wiki"


def _push_marked(state: StateInline, target: str, anchor: str, label: str, raw: str) -> None:
    """A link whose label holds emphasis, highlights or code, all of which end in it."""
    token = state.push("link_open", "a", 1)
    token.markup = "wiki"
    token.meta = {"wiki": (target, anchor), "raw": raw}
    inside: list[Token] = []
    state.md.inline.parse(label, state.md, {**state.env, "within": True}, inside)
    state.tokens += inside
    state.tokens_meta += [None] * len(inside)
    state.push("link_close", "a", -1).markup = "wiki"


def _nested(state: StateInline, silent: bool) -> bool:
    """``[[a | x [[b | y]] z]]``: links do not nest, so x and z link to a, and y to b."""
    src, depth, pos = state.src, 0, state.pos
    spans: list[tuple[int, int]] = []  # the insides of the links one level down
    while (match := _NESTED.search(src, pos, state.posMax)) is not None and match[0] != "\n":
        depth += 1 if match[0] == "[[" else -1
        if depth == 2 and match[0] == "[[":
            inner = match.start()
        elif depth == 1 and match[0] == "]]":
            spans.append((inner, match.end()))
        pos = match.end()
        if depth == 0 or depth > _MAX_NESTING:
            break
    if depth != 0 or not spans:
        return False
    head = src[state.pos + 2 : spans[0][0]]
    if "|" not in head:
        return False
    if not silent:
        target, anchor, _ = split_target(head)
        pieces = _outer_pieces(src, state.pos + 2 + head.index("|") + 1, spans, pos - 2)
        for text, is_link in pieces:
            if is_link:
                inner_target, inner_anchor, label = split_target(text.replace("[[", "").replace("]]", ""))
                _push_link(
                    state, inner_target, inner_anchor, label or shown(inner_target, inner_anchor), "[[" + text + "]]"
                )
            elif text.strip() and target:
                _push_link(state, target, anchor, text, src[state.pos : pos])
            else:
                state.pending += text
    state.pos = pos
    return True


def _outer_pieces(src: str, start: int, spans: list[tuple[int, int]], end: int) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for inner_start, inner_end in spans:
        pieces += [(src[start:inner_start], False), (src[inner_start + 2 : inner_end - 2], True)]
        start = inner_end
    pieces.append((src[start:end], False))
    return [(text, is_link) for text, is_link in pieces if text]
