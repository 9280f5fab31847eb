"""Fenced code: what its info string asks for, and its colours by Pygments, as classes that the theme gives colours to.

An info string is a language and then, in the spellings of the tools people come from: ``title="x.py"``, ``{2,4-6}`` or
``hl_lines="2 4-6"`` for lines to mark, ``showLineNumbers``, ``linenums="5"`` or ``.numberLines`` for numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any

from msgspec import Struct

MAX_CHARACTERS = 60_000  # of a block that gets colours; some of Pygments' expressions take long on what is no code
MAX_LINES = 10_000  # that may be marked or numbered
_OPTION = re.compile(
    r"""\{(?P<group>[^{}]*)\}|(?P<name>[\w.-]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'{}]+))|"""
    r"""\{(?P<start>\d{1,6})\})?"""
)
_RANGE = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")
_LANGUAGE = re.compile(r"[\s{]")
_NOT_A_NAME = re.compile(r"[^\w+#.-]")
_NO = frozenset(("false", "0", "no"))
# The kinds of token that the theme tells apart, by the short names of Pygments' own style sheets.
_KINDS = {
    "Comment": "c",
    "Generic.Deleted": "gd",
    "Generic.Emph": "ge",
    "Generic.Heading": "gh",
    "Generic.Inserted": "gi",
    "Generic.Output": "go",
    "Generic.Prompt": "gp",
    "Generic.Strong": "gs",
    "Generic.Subheading": "gh",
    "Keyword": "k",
    "Literal": "m",
    "Name.Attribute": "na",
    "Name.Builtin": "nb",
    "Name.Class": "nc",
    "Name.Constant": "no",
    "Name.Decorator": "nd",
    "Name.Entity": "no",
    "Name.Exception": "nc",
    "Name.Function": "nf",
    "Name.Namespace": "nc",
    "Name.Tag": "nt",
    "Name.Variable": "nv",
    "Literal.Number": "m",
    "Literal.String": "s",
    "Operator.Word": "k",
}


class Info(Struct, frozen=True):
    """An info string, read. ``first``: the number of the first line, None where no numbers are asked for."""

    language: str
    title: str
    marked: frozenset[int]
    first: int | None


def read_info(info: str) -> Info:
    """The meaning of what stands after a fence; what cannot be understood counts as not said."""
    info = info.strip()
    cut = _LANGUAGE.search(info)
    word, rest = (info[: cut.start()], info[cut.start() :]) if cut else (info, "")
    if "=" in word:
        word, rest = "", info
    language = _NOT_A_NAME.sub("", word)
    if not rest.strip():
        return Info(language, "", frozenset(), None)
    title, marked, first = "", set[int](), None
    for option in _OPTION.finditer(rest):
        name = (option["name"] or "").lower()
        value = option["double"] or option["single"] or option["bare"] or ""
        if option["group"] is not None:
            inner = option["group"]
            if re.fullmatch(r"[\d\s,-]+", inner):
                marked |= _lines(inner)
            else:  # as Pandoc writes it: {.python .numberLines startFrom="10"}
                classes = [_NOT_A_NAME.sub("", c[1:]) for c in inner.split() if c[0] == "."]
                own = read_info("x " + re.sub(r"(?<!\S)\.", " ", inner))
                language = language or next(
                    (c for c in classes if c.lower() not in ("numberlines", "line-numbers")), ""
                )
                title, marked = title or own.title, marked | own.marked
                first = first if own.first is None else own.first
        elif name in ("title", "file", "filename", "fp"):
            title = title or " ".join(value.split())
        elif name in ("hl_lines", "highlight", "mark"):
            marked |= _lines(value)
        elif name in ("showlinenumbers", "numberlines", "line-numbers", "linenos", "linenums", "ln"):
            start = option["start"] or (value if value.isascii() and value.isdigit() else "")
            first = None if value.lower() in _NO else int(start[:6]) if start else first or 1
        elif name in ("startfrom", "start-from", "linenostart") and value.isascii() and value.isdigit():
            first = int(value[:6])
    return Info(language, title[:200], frozenset(marked), first)


def _lines(text: str) -> set[int]:
    found = set[int]()
    for match in _RANGE.finditer(text):
        start = int(match[1])
        end = min(int(match[2] or start), start + MAX_LINES)
        found.update(range(start, end + 1))
    return found if len(found) <= MAX_LINES else set()


def code_html(code: str, info: str, anchor: str) -> str:
    """A block of code as HTML. ``anchor`` is `` id="…"`` or nothing, as the block's own element carries it."""
    read = read_info(info)
    named = f' class="language-{escape(read.language)}"' if read.language else ""
    plain = not read.title and not read.marked and read.first is None
    inner = _coloured(code, read.language)
    if not plain and (read.marked or read.first is not None) and code.count("\n") <= MAX_LINES:
        inner = _in_lines(inner, read)
    numbers = ' class="numbered"' if read.first is not None else ""
    if not read.title:
        return f'<pre tabindex="0"{anchor}{numbers}><code{named}>{inner}</code></pre>\n'
    return (
        f'<figure class="code"{anchor}><figcaption>{escape(read.title)}</figcaption>'
        f'<pre tabindex="0"{numbers}><code{named}>{inner}</code></pre></figure>\n'
    )


def _coloured(code: str, language: str) -> str:
    lexer = _lexer(language.lower()) if language and len(code) <= MAX_CHARACTERS else None
    if lexer is None:
        return escape(code, quote=False)
    out: list[str] = []
    length = 0
    for kind, text in _runs(lexer.get_tokens(code)):
        length += len(text)
        shown = escape(text, quote=False)
        if kind:  # a span ends with its line, so that lines can be told apart
            shown = "\n".join(f'<span class="{kind}">{line}</span>' if line else "" for line in shown.split("\n"))
        out.append(shown)
    if length != len(code):
        return escape(code, quote=False)  # a lexer that does not give back what it was given
    return "".join(out)


def _runs(tokens: Iterable[tuple[Any, str]]) -> Iterator[tuple[str, str]]:
    """Neighbouring tokens of one look as one."""
    last, waiting = "", ""
    for kind, text in tokens:
        look = _look(kind)
        if look == last or not text.strip():
            waiting += text
            continue
        if waiting:
            yield last, waiting
        last, waiting = look, text
    if waiting:
        yield last, waiting


@lru_cache(maxsize=1024)
def _look(kind: Any) -> str:
    """The class of a kind of token, or of the nearest kind above it that has one."""
    parts = [str(part) for part in kind]
    while parts:
        if found := _KINDS.get(".".join(parts)):
            return found
        parts.pop()
    return ""


@lru_cache(maxsize=256)
def _lexer(language: str) -> Any:
    """Pygments' reader of a language; None where it has none. Pygments is imported by the first note with code."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _in_lines(html: str, read: Info) -> str:
    """Each line in an element of its own; numbers are the theme's to draw, so that nobody copies them."""
    lines = html.removesuffix("\n").split("\n")
    out = []
    for number, line in enumerate(lines, 1):
        mark = " marked" if number in read.marked else ""
        named = f' data-line="{number - 1 + read.first}"' if read.first is not None else ""
        out.append(f'<span class="line{mark}"{named}>{line}\n</span>')
    return "".join(out)
