"""From Markdown tokens to HTML with holes: the renderer of the parse stage.

A hole is an element with ``data-hole`` that survives the sanitiser: ``<a data-hole="L3">…</a>`` around a link's text,
``<wbr data-hole="S5">`` for a stamp, a tag, an image or a mark, ``<div data-hole="E4"></div>`` for an embedded note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from sitegen.stages.code import code_html
from sitegen.stages.sanitise import FILE, escape_text, without_forged_holes
from sitegen.syntax.diagram import is_diagram
from sitegen.syntax.task import checkbox
from sitegen.words import ENGLISH, Words

_HOLE = re.compile(r'<a data-hole="(L\d+)">|</a>|<(?:wbr|(div)) data-hole="([A-Za-z]\d+)">(?(2)</div>)')
# All of the above begin alike, which makes them fast to find; few notes need the rest.
_HOLE_OR_FILE = re.compile(rf'{_HOLE.pattern}|\s(src|poster)="{FILE}:(\d+)"')
_ALIGN = {"text-align:left": "left", "text-align:right": "right", "text-align:center": "center"}


def pieces(html: str) -> tuple[str, ...]:
    """Split sanitised HTML at its holes: even items are HTML, odd ones hole keys."""
    out: list[str] = []
    position, open_link = 0, ""
    has_files = FILE in html
    for match in (_HOLE_OR_FILE if has_files else _HOLE).finditer(html):
        if match[1]:
            key, open_link = match[1], match[1]
        elif match[3]:
            key = match[3]
        elif has_files and match[5]:
            key = ("U" if match[4] == "src" else "P") + match[5]
        elif open_link:
            key, open_link = "/" + open_link[1:], ""
        else:
            continue  # the end of a link to another site
        out += [html[position : match.start()], key]
        position = match.end()
    out.append(html[position:])
    return tuple(out)


def hole(key: str) -> str:
    if key[0] in "UP":
        return f' {"src" if key[0] == "U" else "poster"}="{FILE}:{key[1:]}"'
    return f'<wbr data-hole="{key}">'


class Renderer(RendererHTML):
    """markdown-it's renderer, with holes where other notes or files have a say. ``words`` are those of the interface."""

    words: Words = ENGLISH

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        out: list[str] = []
        rules = self.rules
        for index, token in enumerate(tokens):
            if token.type == "inline":
                if token.meta:
                    out.append(checkbox(token, self.words))
                    if "html" in token.meta:
                        out.append(token.meta["html"])
                if token.children:
                    out.append(self.renderInline(token.children, options, env))
                continue
            meta = token.meta
            if meta and "before" in meta:
                out.append(hole(meta["before"]))
            rule = rules.get(token.type)
            if rule:
                out.append(rule(tokens, index, options, env))
            elif not token.hidden:
                out.append(self.renderToken(tokens, index, options, env))
            if meta and "after" in meta:
                out.append(hole(meta["after"]))
        return "".join(out)

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """What the library writes, in fewer steps for the ends of blocks without attributes, which most tokens are."""
        token = tokens[idx]
        if token.attrs or not token.block or token.nesting == 0:
            return super().renderToken(tokens, idx, options, env)
        if token.hidden:
            return ""
        if token.nesting < 0:
            return f"</{token.tag}>\n"
        begin = f"\n<{token.tag}>" if idx and tokens[idx - 1].hidden else f"<{token.tag}>"
        if idx + 1 < len(tokens):
            inner = tokens[idx + 1]
            if inner.type == "inline" or inner.hidden or (inner.nesting < 0 and inner.tag == token.tag):
                return begin
        return begin + "\n"

    def renderInline(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        out: list[str] = []
        rules = self.rules
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                out.append(escape_text(token.content))
            elif (rule := rules.get(kind)) is not None:
                out.append(rule(tokens, index, options, env))
            elif token.nesting < 0:
                out.append(f"</{token.tag}>")
            else:
                out.append(self.renderToken(tokens, index, options, env))
        return "".join(out)

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return escape_text(tokens[idx].content)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        key = token.meta.get("hole")
        if key:
            return f'<a data-hole="{key}">'
        title = token.attrGet("title")
        shown = f' title="{escape(str(title))}"' if title else ""
        return f'<a class="external" href="{escape(str(token.attrGet("href") or ""))}"{shown}>'

    def embed(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        key = token.meta["hole"]
        return f'<div data-hole="{key}"></div>' if token.block else hole(key)

    def stamp(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return hole(tokens[idx].meta["hole"])

    def tag(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return hole(tokens[idx].meta["hole"])

    def math(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return hole(tokens[idx].meta["hole"])

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return f'<div class="formula-block"{_id(token)}>{hole(token.meta["hole"])}</div>\n'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """An image of another site; those of the vault are embeds."""
        token = tokens[idx]
        alt, width, height = token.meta["size"]
        size = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
        title = f' title="{escape(str(token.attrGet("title")))}"' if token.attrGet("title") else ""
        source = f'src="{escape(str(token.attrGet("src") or ""))}" alt="{escape(alt)}"{title}'
        return f'<img class="media" {source}{size} loading="lazy" referrerpolicy="no-referrer">'

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return token.content if token.meta.get("own") else without_forged_holes(token.content)

    html_block = html_inline

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name = escape(self.words.gettext("Table"))
        return f'<div class="table-scroll" tabindex="0" role="group" aria-label="{name}"{_id(tokens[idx])}><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        side = _ALIGN.get(str(token.attrGet("style") or ""))
        return f'<{token.tag} class="{side}">' if side else f"<{token.tag}>"

    td_open = th_open

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        if not token.info.strip():
            return self.code_block(tokens, idx, options, env)
        if is_diagram(token.info):
            return _diagram(token)
        return code_html(token.content, unescapeAll(token.info), _id(token))

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0"{_id(tokens[idx])}><code>{escapeHtml(tokens[idx].content)}</code></pre>\n'


def _diagram(token: Token) -> str:
    """A diagram's source, which a script draws; the notes that its nodes lead to stand below it."""
    links = " ".join(f'<a data-hole="{key}">{escape(name)}</a>' for key, name in token.meta.get("links", ()))
    below = f'<p class="diagram-links">{links}</p>' if links else ""
    source = f'<pre tabindex="0"><code class="language-mermaid">{escapeHtml(token.content)}</code></pre>'
    return f'<figure class="diagram"{_id(token)}>{source}{below}</figure>\n'


def _id(token: Token) -> str:
    anchor = token.attrGet("id")
    return f' id="{escape(str(anchor))}"' if anchor else ""
