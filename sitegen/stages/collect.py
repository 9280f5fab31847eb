"""One walk over a note's tokens: finds its links, stamps, tags, headings and blocks, and gives each its hole.

Works on tokens alone; nothing here knows other notes or makes HTML.
"""

from __future__ import annotations

import re
from collections import Counter
from html import escape, unescape

from markdown_it.token import Token

from sitegen.diagnostics import Diagnostic, Span
from sitegen.model import Block, Heading, Link, LinkKind, Stamp, clock
from sitegen.stages.ids import Ids, is_made
from sitegen.stages.plain import read_plain
from sitegen.stages.sanitise import FILE, without_forged_holes
from sitegen.stages.sentences import Sentences, shorten
from sitegen.stages.swallowing import unswallowing
from sitegen.stages.tags import (
    NEEDS_NO_END,
    end_in_their_block,
    end_in_their_run,
    link_ends_below,
    plain_tags,
    with_ids,
)
from sitegen.syntax.comment import without_any_comment
from sitegen.syntax.diagram import is_diagram, linked_names
from sitegen.syntax.wikilink import shown, split_address, split_target
from sitegen.video.stamps import match_anchor
from sitegen.video.youtube import start_seconds, video_id, watch_url
from sitegen.words import Words

EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
MEDIA = re.compile(
    r"\.(?:avif|bmp|gif|jpe?g|png|svg|webp|flac|m4a|mp3|ogg|wav|3gp|mkv|mov|mp4|ogv|webm|ico)$", re.IGNORECASE
)
PICTURE = re.compile(r"\.(?:avif|bmp|gif|jpe?g|png|svg|webp|ico)$", re.IGNORECASE)
_SIZE = re.compile(r"^(?:(.*)\|)?\s*(\d{1,5})(?:x(\d{1,5}))?\s*$", re.DOTALL | re.ASCII)
_RAW = re.compile(
    r"<(a|img|video|audio|source|track)\b([^<>]*?)"
    r"\b(href|src|poster)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>=`]+))([^<>]*)>|<a (?=[^<>\n]*yt)",
    re.IGNORECASE,
)
_RAW_ATTRIBUTE = re.compile(r"\b(alt|width)\s*=\s*[\"']?([^\"'<>]*)", re.IGNORECASE)
_TWEET = re.compile(r"https://(?:www\.)?(?:twitter|x)\.com/(\w+)/status/\d+")
_OPENING = re.compile(r"<(?!br\b)[A-Za-z]", re.IGNORECASE)
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
MAX_OPEN = 500
# What a link to a video may say that is not the video's title.
_NO_TITLES = frozenset(
    ["", *"here|link|this|this video|video|the video|watch|watch here|watch on youtube|youtube|source|clip".split("|")]
)
_TIME = re.compile(r"[\[(]?[0-9:.,hms\s–-]+[\])]?")
_NAMED = re.compile(r"\sid=\"[^\"<>]*\"")
MAX_IDS = 2_000  # of raw HTML in one note
EXCERPT = 320


def image_size(label: str) -> tuple[str, str, str]:
    """``"alt|640x480"`` -> ``("alt", "640", "480")``; a lone number is a width; else all of it is the alternative text."""
    match = _SIZE.match(label)
    return (match[1] or "", match[2], match[3] or "") if match else (label, "", "")


class Collector:
    """What a walk has found so far. ``first_line``: how many lines of the file come before the tokens' line 0."""

    def __init__(self, path: str, body: str, first_line: int, says: Words) -> None:
        self.path, self.body, self.first_line, self._says = path, body, first_line, says
        self.links: list[Link] = []
        self.stamps: list[Stamp] = []
        self.tags: list[str] = []
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self.problems: list[Diagnostic] = []
        self.videos: list[tuple[str, str]] = []
        self.raw_ids: list[str] = []
        self.formulas: list[tuple[str, bool, Span]] = []  # TeX, whether on a line of its own, where
        self.excerpt = ""
        self.words = 0
        self._lines: list[str] | None = None
        self._found = (-1, 0)  # where the last span ended: line, column
        self.ids = Ids()
        self._open = Counter[str]()  # elements of raw HTML that have not ended yet
        self._depth = 0  # how many
        self._ends: dict[str, int] = {}  # the last line on which elements of a name end
        self._line = 0
        self.has_html = False
        self._outline: list[tuple[int, int]] = []  # the headings above: level as written, as shown

    # ---- places --------------------------------------------------------------------------------

    def span(self, raw: str) -> Span:
        """Where ``raw`` stands, looking from the line the walk is at (0-based, of the body)."""
        lines = self._lines or self._all_lines()
        last_line, last_column = self._found
        if "\n" in raw:
            raw = raw.partition("\n")[0]
        for line in range(self._line, min(self._line + 3, len(lines))):
            text, start = lines[line], last_column if line == last_line else 0
            written = raw.replace("|", "\\|") if "|" in raw and "\\|" in text else raw  # a table's cell escapes it
            column = text.find(written, start)
            if column < 0 and written is not raw:
                column, written = text.find(raw, start), raw
            if column >= 0:
                self._found = (line, column + 1)  # links may stand in links
                return Span(self.first_line + line + 1, column + 1, len(written))
        return Span(self.first_line + self._line + 1, 1, 1)

    def _pass(self, text: str) -> None:
        """Look for what follows behind this text, which looks like a link and is none."""
        if self.span(text).length == len(text):
            self._found = (self._found[0], self._found[1] - 1 + len(text))

    # ---- the walk ------------------------------------------------------------------------------

    def walk(self, tokens: list[Token]) -> None:
        stack: list[tuple[Token, str]] = []
        for index, token in enumerate(tokens):
            if token.map:
                self._line = token.map[0]
            if token.type == "inline":
                stamps = len(self.stamps)
                text = self.inline(token)
                kind = tokens[index - 1].type
                if kind == "heading_open":
                    self._heading(tokens[index - 1], tokens[index + 1], text, stamps)
                elif not self.excerpt and kind == "paragraph_open" and tokens[index - 1].level == 0:
                    self.excerpt = shorten(text, EXCERPT)
            elif token.type == "html_block":
                token.content = self._raw_block(token)
                token.meta["own"] = True
            elif token.type == "fence" and "internal-link" in token.content and is_diagram(token.info):
                token.meta["links"] = [self._node(name) for name in linked_names(token.content)]
            elif token.type == "math_block":
                self._formula(token)
            if token.meta and "block" in token.meta and token.type != "heading_open":
                self._block(token, stack)
            if (
                stack
                and token.nesting == -1
                and token.level == stack[-1][0].level
                and token.type[:-6] == stack[-1][0].type[:-5]
            ):
                token.meta["after"] = stack.pop()[1]

    def _heading(self, opening: Token, closing: Token, text: str, stamps: int) -> None:
        """Number a heading. It is shown one level below the heading it stands under, the first ones below the title."""
        number, level = len(self.headings), int(opening.tag[1])
        heading = Heading(level, text, self.ids.for_text(text), stamps)
        self.headings.append(heading)
        while self._outline and self._outline[-1][0] >= level:
            self._outline.pop()
        shown = min(self._outline[-1][1] + 1, 6) if self._outline else 2
        self._outline.append((level, shown))
        opening.tag = closing.tag = f"h{shown}"
        opening.attrSet("id", heading.id)
        opening.meta["before"] = f"H{number}"
        if "block" in opening.meta:
            self.blocks.append(Block(opening.meta["block"], heading.id))

    def _block(self, token: Token, stack: list[tuple[Token, str]]) -> None:
        name = token.meta["block"]
        number, anchor = len(self.blocks), self.ids.for_text(f"b-{name}")
        self.blocks.append(Block(name, anchor))
        token.attrSet("id", anchor)
        if token.type == "html_block":
            token.content = f'<span id="{anchor}"></span>{token.content}'
        token.meta["before"] = f"B{number}"
        if token.nesting == 1:
            stack.append((token, f"b{number}"))
        else:
            token.meta["after"] = f"b{number}"

    def origin(self, inside: str) -> int:
        """Number the link to where the note is from; ``inside`` is what stands between its brackets."""
        target, anchor, label = split_target(inside)
        self.links.append(
            Link(target, anchor, label or shown(target, anchor), LinkKind.WIKI, None, self.span(f"[[{inside}]]"))
        )
        return len(self.links) - 1

    # ---- inline text ---------------------------------------------------------------------------

    def inline(self, token: Token) -> str:
        """Collect from one run of text; returns it as a reader sees it, without its stamps."""
        if "plain" in token.meta:
            token.meta["html"], text = read_plain(
                token.content, token.meta["plain"], self.links, self.stamps, self.span
            )
            return self._seen(text)
        parts: list[str] = []
        length = 0
        waiting: list[tuple[int, int]] = []  # (link, where its text begins)
        sentences: list[tuple[int, int, int]] = []
        external: list[tuple[str, int]] = []
        opened: list[str] = []
        children, is_ended = token.children or [], False
        for child in children:
            kind = child.type
            if kind == "html_inline":
                if not is_ended and _OPENING.match(child.content):
                    end_in_their_run(children, token.content)
                    is_ended = True
                kind = child.type
            if kind == "text" or kind == "code_inline":
                if kind == "code_inline" and ("[" in child.content or "<a " in child.content):
                    self._pass(child.content)
                parts.append(child.content)
                length += len(child.content)
            elif kind == "softbreak" or kind == "hardbreak":
                parts.append(" ")
                length += 1
                self._line += 1
            elif kind == "link_open":
                number = self._link(child)
                opened.append("" if number is None else "own")
                if number is None:
                    external.append((str(child.attrGet("href") or ""), length))
                else:
                    waiting.append((number, length))
            elif kind == "link_close" and opened:
                if opened.pop():
                    number, start = waiting.pop()
                    sentences.append((number, start, length))
                elif external:
                    self._video(*external.pop(), "".join(parts))
            elif kind == "stamp":
                child.meta["hole"] = f"S{len(self.stamps)}"
                stamp: Stamp = child.meta["stamp"]
                span = self.span(child.meta["raw"]) if child.meta["first"] else self.stamps[-1].span
                self.stamps.append(Stamp(stamp.written, stamp.fields, span))
            elif kind == "tag":
                parts.append("#" + child.content)
                length += len(child.content) + 1
                child.meta["hole"] = f"T{len(self.tags)}"
                self.tags.append(child.content)
            elif kind == "math":
                self._formula(child)
                parts.append(child.content)
                length += len(child.content)
            elif kind == "embed" or kind == "image":
                self._embed(child, within=bool(opened) or "within" in token.meta)
            elif kind == "html_inline":
                child.content = self.raw_html(child.content)
                child.meta["own"] = True
        text = "".join(parts)
        if sentences:
            cut = Sentences(text.replace("\u00a0", " "))
            for number, start, end in sentences:
                link, sentence = self.links[number], cut.at(start, end)
                self.links[number] = Link(link.target, link.anchor, sentence.link, link.kind, sentence, link.span)
        return self._seen(text)

    def _seen(self, text: str) -> str:
        """``text`` without the signs that hold stamps in their places; its words are counted."""
        if not text.isascii():
            text = text.replace("\u00a0", " ").replace("\u2060", "")
        self.words += text.count(" ") + 1 if text else 0
        return text.strip()

    def _formula(self, token: Token) -> None:
        token.meta["hole"] = f"M{len(self.formulas)}"
        self.formulas.append((token.content, token.meta["display"], self.span("$")))

    def _node(self, name: str) -> tuple[str, str]:
        self.links.append(Link(name, "", name, LinkKind.DIAGRAM, None, self.span(name)))
        return f"L{len(self.links) - 1}", name

    def _link(self, token: Token) -> int | None:
        """Number an internal link; None for one that leaves the site."""
        if "wiki" in token.meta:
            target, anchor = token.meta["wiki"]
            kind, raw = LinkKind.WIKI, token.meta["raw"]
        else:
            href = str(token.attrGet("href") or "")
            if EXTERNAL.match(href) or href.startswith("mailto:"):
                return None
            target, anchor = split_address(href)
            kind, raw = LinkKind.MARKDOWN, token.meta.get("raw", "](")
        token.meta["hole"] = f"L{len(self.links)}"
        self.links.append(Link(target, anchor, "", kind, None, self.span(raw)))
        return len(self.links) - 1

    def _embed(self, token: Token, *, within: bool = False) -> None:
        if token.type == "image":
            source = str(token.attrGet("src") or "")
            label = "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))
            if EXTERNAL.match(source):
                token.meta["size"] = image_size(label)
                if (video := video_id(source)) is not None:
                    self._facade(token, video, start_seconds(source), label, within=within)
                elif (post := _TWEET.match(source)) is not None:
                    name = escape(image_size(label)[0] or self._says.gettext("Post by %(name)s", name="@" + post[1]))
                    token.type, token.meta["own"] = "html_inline", True
                    token.content = name if within else f'<a class="external" href="{escape(source)}">{name}</a>'
                return
            target, anchor = split_address(source)
            raw = token.meta["raw"]
            token.type = "embed"
        else:
            target, anchor, label = token.meta["embed"]
            raw = token.meta["raw"]
        token.meta["hole"] = f"E{len(self.links)}"
        self.links.append(Link(target, anchor, label, LinkKind.EMBED, None, self.span(raw)))

    def _facade(self, token: Token, video: str, start: int, label: str, *, within: bool) -> None:
        """A video in an image's place is a link to it that player.js makes a player of when it is pressed, not before."""
        token.type, token.meta["own"] = "html_inline", True
        name = escape(image_size(label)[0] or self._says.gettext("Video"))
        begin = f' data-start="{start}"' if start else ""
        note = self._says.gettext("Play from YouTube")
        if start:
            note = self._says.gettext("Play from %(time)s on YouTube", time=clock(start))
        token.content = (
            f'<a class="facade" href="{escape(watch_url(video, start or None))}" data-video="{video}"{begin}>'
            f'<span class="facade-title">{name}</span> <span class="facade-note">{escape(note)}</span></a>'
        )
        if within:  # a link already, and links do not nest
            token.content = name

    def _video(self, href: str, start: int, text: str) -> None:
        """Remember a video's title where a link to it gives one; a link to one of its moments names something else."""
        if "youtu" in href and (found := video_id(href)) is not None and not start_seconds(href):
            label = " ".join(text[start:].split())
            if label.casefold() not in _NO_TITLES and not EXTERNAL.match(label) and not _TIME.fullmatch(label):
                self.videos.append((found, label))

    # ---- raw HTML ------------------------------------------------------------------------------

    def raw_html(self, html: str) -> str:
        """Raw HTML with its links to the vault's files and its stamps as holes."""
        html = plain_tags(without_forged_holes(html))
        if "%%" in html:
            html = plain_tags(without_any_comment(html))
        self._count_open(html)
        self.has_html = True
        html = with_ids(html, self._claim)
        lower = html.lower()
        if not any(tag in lower for tag in ("<a", "<img", "<video", "<source", "<track")):
            return html
        out: list[str] = []
        position, linked = 0, False
        while (match := _RAW.search(html, position)) is not None:
            out.append(html[position : match.start()])
            stamp = match_anchor(html, match.start()) if match[1] is None else None
            if match[1] is not None:
                out.append(self._raw_tag(match))
                position, linked = match.end(), linked or match[1].lower() == "a"
            elif stamp is not None:
                first = True
                if linked:
                    out.append("</a>")  # a link ends where another begins
                for part in stamp.parts:
                    if isinstance(part, Stamp):
                        out.append(self._raw_stamp(part, html[match.start() : stamp.end], first=first))
                        first = False
                    else:
                        out.append(part)
                position = stamp.end
            else:
                out.append(match[0])
                position = match.end()
        return "".join(out) + html[position:]

    def _raw_block(self, token: Token) -> str:
        html = unswallowing(plain_tags(token.content), drawing=self._open["svg"] > 0)
        below = token.map[1] if token.map else 0
        return self.raw_html(end_in_their_block(html, lambda name: self._ends_below(name, below)))

    def _ends_below(self, name: str, line: int) -> bool:
        """Whether an element goes on until it is ended at this line or below. A link goes on until the next begins."""
        if self._last_end(name) < line:
            return False
        return name != "a" or link_ends_below(self._all_lines(), line)

    def _all_lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.body.split("\n")
        return self._lines

    def _last_end(self, name: str) -> int:
        """The last line on which an element of this name ends, -1 if none does."""
        if name not in self._ends:
            position = self.body.lower().rfind(f"</{name}")
            self._ends[name] = self.body.count("\n", 0, position) if position >= 0 else -1
        return self._ends[name]

    def _count_open(self, html: str) -> None:
        """Refuse HTML nested so deeply that balancing it takes time beyond measure, which grows with its square."""
        for closing, name in _ELEMENT.findall(html):
            name = name.lower()
            if not closing and name not in NEEDS_NO_END:
                self._open[name] += 1
                self._depth += 1
                if self._depth > MAX_OPEN:
                    raise ValueError(f"more than {MAX_OPEN} HTML elements are open at once")
            elif closing and self._open[name] > 0:
                self._open[name] -= 1
                self._depth -= 1

    def _raw_stamp(self, stamp: Stamp, raw: str, *, first: bool) -> str:
        span = self.span(raw) if first else self.stamps[-1].span  # those of one list stand in one place
        self.stamps.append(Stamp(stamp.written, stamp.fields, span))
        return f'<wbr data-hole="S{len(self.stamps) - 1}">'

    def _claim(self, name: str) -> bool:
        """Whether raw HTML may have this id: no other element of the page has it."""
        if len(self.raw_ids) >= MAX_IDS or not self.ids.claim(name):
            return False
        self.raw_ids.append(name)
        return True

    def _raw_tag(self, match: re.Match[str]) -> str:
        address = next(value for value in match.group(4, 5, 6) if value is not None)
        element = match[1].lower()
        own = element == "a" and address.startswith("#") and not is_made(address[1:])
        if EXTERNAL.match(address) or (address.startswith("#") and not own) or address in ("", "#", "#top"):
            return match[0]
        target, anchor = split_address(unescape(address))
        if element not in ("a", "img"):
            return self._raw_media(match, target, anchor)
        image = element == "img"
        attributes = (
            {name.lower(): value for name, value in _RAW_ATTRIBUTE.findall(match[2] + match[7])} if image else {}
        )
        label = attributes.get("alt", "") + (f"|{attributes['width']}" if attributes.get("width", "").isdigit() else "")
        kind = LinkKind.EMBED if image else LinkKind.MARKDOWN
        shown_as = label if image else shown(target, anchor)
        self.links.append(Link(target, anchor, shown_as, kind, None, self.span(match[0])))
        number = len(self.links) - 1
        if image:
            return f'<wbr data-hole="E{number}">'
        named = _NAMED.search(match[2] + match[7])
        return (
            f'{named[0].strip() and f"<span{named[0]}></span>"}<a data-hole="L{number}">'
            if named
            else f'<a data-hole="L{number}">'
        )

    def _raw_media(self, match: re.Match[str], target: str, anchor: str) -> str:
        """A player of raw HTML keeps its attributes; the one that names a file of the vault is a hole."""
        self.links.append(Link(target, anchor, target, LinkKind.EMBED, None, self.span(match[0])))
        hole = f'{match[3].lower()}="{FILE}:{len(self.links) - 1}"'
        tag = f"<{match[1]}{match[2]}{hole}{match[7]}>"
        other = _RAW.match(tag.replace(hole, "", 1)) if match[1].lower() == "video" else None
        return tag if other is None else f"<{match[1]} {hole}{self._raw_tag(other)[len(match[1]) + 1 :]}"
