"""Formulas as HTML: drawn by whatever the dialect names, with classes instead of the styles that pages may not have.

The pages' policy forbids style attributes, and KaTeX writes every height and offset as one. Each such declaration
becomes a class whose name says it (``m-height-0.7em``), and a page's sheet defines the ones that its body uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from html import escape
from importlib import import_module

MARK = 'class="katex'  # what the HTML of every drawn formula holds
SOURCE_MARK = 'class="formula'  # and that of every formula that is not drawn
_STYLE = re.compile(r'<([a-z]+)((?:\s[^<>]*?)?)\sstyle="([^"]*)"([^<>]*)>')
_CLASS = re.compile(r'\sclass="([^"]*)"')
_VALUE = r"(?:-?(?:\d+\.?\d*|\.\d+)(?:em|ex|px|pt|mu|%)?|#[0-9a-fA-F]{3,8}|[a-zA-Z]+)"
_DECLARATION = re.compile(
    r"(?!position:(?!relative$))"
    r"(height|width|min-width|top|bottom|left|right|vertical-align|margin|margin-(?:top|left|right)|padding-(?:left|right)|"
    r"border-(?:(?:top|bottom|left|right)-)?(?:width|style)|color|background-color|border-color|position|text-shadow)"
    rf":({_VALUE}(?: {_VALUE}){{0,3}})"
)
# A class says a declaration with hyphens and, for the blanks between values, underscores.
_USED = re.compile(rf"(?<=[\s\"])m-([a-z-]+?)-({_VALUE}(?:_{_VALUE}){{0,3}})(?=[\s\"])")


def drawn(tex: str, display: bool, drawer: str) -> tuple[str, str]:
    """``(HTML, problem)`` of one formula; ``drawer`` is "module:function", or "" to leave it to the reader's browser.

    The HTML is trusted: KaTeX makes it, from a text it does not trust.
    """
    kind = "formula display" if display else "formula"
    if not drawer:
        return f'<code class="{kind}">{escape(tex, quote=False)}</code>', ""
    html, problem = _function(drawer)(tex, display)
    if problem:
        return f'<code class="{kind.replace("formula", "formula-failed")}">{escape(tex, quote=False)}</code>', problem
    return styled_by_classes(html), ""


@lru_cache(maxsize=8)
def _function(name: str):  # type: ignore[no-untyped-def]
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def styled_by_classes(html: str) -> str:
    """``html`` with every style attribute turned into classes; a declaration of an unknown kind is left out."""
    return _STYLE.sub(_classed, html)


def _classed(match: re.Match[str]) -> str:
    names = [
        f"m-{d[1]}-{d[2].replace(' ', '_')}"
        for part in match[3].split(";")
        if (d := _DECLARATION.fullmatch(part.strip()))
    ]
    attributes = match[2] + match[4]
    if not names:
        return f"<{match[1]}{attributes}>"
    known = _CLASS.search(attributes)
    if known:
        attributes = attributes.replace(known[0], f' class="{known[1]} {" ".join(names)}"', 1)
    else:
        attributes = f' class="{" ".join(names)}"{attributes}'
    return f"<{match[1]}{attributes}>"


def rules(body: str) -> str:
    """The style sheet that the formulas in a page's body need, in an order that depends on nothing but what they are."""
    found = set[tuple[str, str]]()
    for match in _USED.finditer(body):
        if _DECLARATION.fullmatch(f"{match[1]}:{match[2].replace('_', ' ')}"):
            found.add((match[1], match[2]))
    return "".join(
        f".m-{name}-{_escaped(value)}{{{name}:{value.replace('_', ' ')}}}\n" for name, value in sorted(found)
    )


def _escaped(value: str) -> str:
    return re.sub(r"([.#%])", r"\\\1", value)


def sheet_url(css: str) -> str:
    """Where a page's sheet lies: by what it says, so that pages that need the same share it."""
    return f"static/math/{blake2b(css.encode(), digest_size=8).hexdigest()}.css"


def sheets(bodies: Iterable[str]) -> dict[str, str]:
    """The sheets of many pages by address."""
    made = (rules(body) for body in bodies if MARK in body)
    return {sheet_url(css): css for css in made if css}
