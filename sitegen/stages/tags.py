"""The tags of raw HTML: spelled so plainly that all who read them agree, and never open beyond what they are in.

Browsers, the sanitiser and Markdown read odd tags in different ways. What is left here of such a tag is read in one way;
what only looks like the beginning of one is text. Source: the HTML Standard, "Tokenization".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from html import escape, unescape

from markdown_it.token import Token

from sitegen.stages.swallowing import swallows

_ATTRIBUTE = re.compile(
    r"([^\s/<>=\"']+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|(?![\"'])([^\s<>]++))|(?!\s*+=))[\s/]*+"
)
_TAG = re.compile(rf"<(/?)([A-Za-z][^\s/<>]*+)[\s/]*+((?:{_ATTRIBUTE.pattern})*+)>")
_PLAIN_ATTRIBUTE = r"\s+[A-Za-z_:][\w:.-]*+(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'=<>`]++))?+"
_PLAIN = re.compile(rf"(?:[^<]++|</?[A-Za-z][A-Za-z0-9-]*+(?:{_PLAIN_ATTRIBUTE})*+\s*+/?>)*+")
_OTHER = re.compile(r"<!--(?:-?>|[\s\S]*?--!?>)|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(?:!(?!--)|\?)[^<>]*+>")
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_IDS = re.compile(r"\s(?:id|name)\s*=", re.IGNORECASE)
_IDENTIFIED = re.compile(r'(<[A-Za-z][^<>]*?)\sid="([^"<>]*)"([^<>]*>)')
_BARE = re.compile(r"<[A-Za-z][A-Za-z0-9-]*\s*>")
_LINK = re.compile(r"<(/?)a(?=[\s/>])", re.IGNORECASE)

NEEDS_NO_END = frozenset(
    "area base br col embed hr img input link meta source track wbr p li dt dd td th tr tbody thead tfoot colgroup rt rp".split()
)
# What may be closed where its paragraph ends; of anything else a lone tag is a word about HTML.
_FORMATTING = frozenset(
    "abbr b bdi bdo big center cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub sup "
    "time tt u var".split()
)
_FILES = frozenset({"audio", "video"})
_REACHING = _FORMATTING | _FILES | {"a", "svg"}  # browsers go on with them in the paragraphs that follow


def plain_tags(html: str) -> str:
    """Raw HTML without comments, whose tags all end, have each attribute once and no ``<`` or ``>`` in a value."""
    if _PLAIN.fullmatch(html) and len(_IDS.findall(html)) < 2:
        return html
    out: list[str] = []
    pos, last = 0, html.rfind(">")
    while (start := html.find("<", pos)) >= 0:
        out.append(html[pos:start])
        if html.startswith("<!--", start) and not _OTHER.match(html, start):
            return "".join(out)  # a comment that does not end
        match = _TAG.match(html, start) or _OTHER.match(html, start) if start < last else None
        if match is None:
            out.append("&lt;")
        elif match.re is _TAG:
            out.append(_tag(match[1], match[2], attributes(match[3]), closed=match[0].endswith("/>")))
        pos = match.end() if match else start + 1
    return "".join(out) + html[pos:]


def attributes(text: str) -> dict[str, str | None]:
    """The attributes of a tag by name, None for one without a value; of several of a name the first counts."""
    found: dict[str, str | None] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = next((value for value in match.group(2, 3, 4) if value is not None), None)
        if not any(match[1].lower() == name.lower() for name in found):
            found[match[1]] = value
    return found


def _tag(slash: str, element: str, found: dict[str, str | None], *, closed: bool = False) -> str:
    if slash:
        return f"</{element}>"
    said = "".join(f" {name}" if value is None else f' {name}="{_value(value)}"' for name, value in found.items())
    return f"<{element}{said}{' /' if closed else ''}>"


def _value(value: str) -> str:
    return value.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def with_ids(html: str, claim: Callable[[str], bool]) -> str:
    """Plain raw HTML with those ids that ``claim`` allows. The name of an anchor is its id."""
    if not _IDS.search(html):
        return html

    def tag(match: re.Match[str]) -> str:
        found = attributes(match[3])
        names = {name.lower(): name for name in found}
        is_anchor = match[2].lower() == "a"
        if match[1] or not ("id" in names or (is_anchor and "name" in names)):
            return match[0]
        wanted = found.pop(names["id"]) if "id" in names else found.get(names["name"])
        if is_anchor and "name" in names:
            del found[names["name"]]
        kept = {"id": wanted} if wanted and claim(wanted) else {}
        return _tag("", match[2], {**kept, **found}, closed=match[0].endswith("/>"))

    return _TAG.sub(tag, html)


def without_repeated_ids(html: str, ids: Collection[str]) -> str:
    """Sanitised HTML in which each of these ids stands once: whoever mends wrongly nested elements may double them."""
    seen: set[str] = set()

    def tag(match: re.Match[str]) -> str:
        name = unescape(match[2])
        if name not in ids or name not in seen:
            seen.add(name)
            return match[0]
        return match[1] + match[3]

    return _IDENTIFIED.sub(tag, html) if ids else html


def _unended(tags: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """Which of these tags, each with a number, begin an element that none of them ends, with the element's name."""
    opened: list[tuple[int, str]] = []
    for number, tag in tags:
        match = _NAME.match(tag)
        name = match[2].lower() if match else ""
        if not match or name in NEEDS_NO_END:
            continue
        if not match[1]:
            opened.append((number, name))
        else:
            at = next((at for at in range(len(opened) - 1, -1, -1) if opened[at][1] == name), None)
            if at is not None:
                del opened[at]
    return opened


def end_in_their_run(children: list[Token], written: str) -> None:
    """Elements in a run of text end with it. One that nothing ends and that would do no more than hide or move the text
    after it is text itself: "the <audio> element". ``written``: the run as it stands in the note.
    """
    for child in children:
        if child.type == "html_inline" and swallows(child.content, written):
            child.type = "text"
    tags = ((at, child.content) for at, child in enumerate(children) if child.type == "html_inline")
    for at, name in reversed(_unended(tags)):
        child = children[at]
        if ends := _ended_at_once(child.content, name):
            child.content = ends
        elif _BARE.fullmatch(child.content) and name not in _FORMATTING:
            child.type = "text"
        else:
            children.append(Token("html_inline", "", 0, content=f"</{name}>"))


def goes_on_as_link(html: str) -> bool:
    """Whether plain raw HTML ends within a link. A link that begins ends the one before it."""
    links = list(_LINK.finditer(html))
    if not links or links[-1][1]:
        return False
    tag = _TAG.match(html, links[-1].start())
    return tag is None or not _ended_at_once(tag[0], "a")


def link_ends_below(lines: Sequence[str], first: int) -> bool:
    """Whether the next tag of a link in the lines of a note, from this one on, ends one."""
    below = (_LINK.search(lines[number]) for number in range(first, len(lines)))
    return next((found[1] != "" for found in below if found), False)


def _ended_at_once(tag: str, name: str) -> str:
    """A tag with its end behind it, where the element was never to hold anything; else ""."""
    match = _TAG.match(tag)
    found = {key.lower() for key in attributes(match[3])} if match else set()
    if tag.endswith("/>"):
        return f"{tag[:-2].rstrip()}></{name}>"
    if (name in _FILES and "src" in found) or (name == "a" and "href" not in found and found & {"id", "name"}):
        return f"{tag}</{name}>"
    return ""


def end_in_their_block(html: str, ends_later: Callable[[str], bool]) -> str:
    """A block of raw HTML in which elements end that would reach over all the rest, and that the note never ends.

    ``ends_later``: whether an element of a name ends further below.
    """
    tags = {match.start(): match[0] for match in _TAG.finditer(html)}
    open_ones = [
        (at, name)
        for at, name in _unended(iter(tags.items()))
        if name in _REACHING and (not ends_later(name) or (name == "a" and _ended_at_once(tags[at], name)))
    ]
    if not open_ones:
        return html
    out, pos, closing = [], 0, ""
    for start, name in open_ones:
        tag = tags[start]
        ends = _ended_at_once(tag, name) or (escape(tag) if name in _FILES else "")
        is_empty = name == "a" and not html[start + len(tag) :].strip()  # and nobody could follow it
        if not ends and not is_empty:
            closing = f"</{name}>{closing}"
            continue
        out += [html[pos:start], ends]
        pos = start + len(tag)
    return f"{''.join(out)}{html[pos:].rstrip()}{closing}\n"
