"""The allow-list that a note's finished HTML passes through, after all of our own rendering.

Scripts, handlers, styles, frames, forms and dangerous addresses do not survive; what survives is balanced.  Holes do:
``data-hole`` marks the places that later stages fill, and nothing a note writes may forge one.
"""

from __future__ import annotations

import re

import nh3

_TEXT = """
    a abbr b bdi bdo br cite code data del dfn em i ins kbd mark q ruby rb rp rt rtc s samp small span strike strong
    sub sup time tt u var wbr
"""
_BLOCK = """
    address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header
    hgroup hr li ol p pre section summary ul
"""
_TABLE = "caption col colgroup table tbody td tfoot th thead tr"
_MEDIA = "audio img input picture source track video"
_SVG = """
    circle defs desc ellipse g line linearGradient path polygon polyline radialGradient rect stop svg text title tspan
"""
_SVG_ATTRIBUTES = set(
    """
    cx cy d dominant-baseline dx dy fill fill-opacity fill-rule font-family font-size font-weight gradientTransform
    gradientUnits height id offset opacity points preserveAspectRatio r rx ry stop-color stop-opacity stroke
    stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity stroke-width text-anchor transform viewBox width
    x x1 x2 y y1 y2 xmlns
    """.split()
)
_MEDIA_ATTRIBUTES = {"src", "width", "height", "controls", "loop", "muted", "poster", "preload"}

# The address of a vault's file in raw HTML, until the file is known: the scheme is ours, and no note may write it.
FILE = "sitegen-file"

_CLEANER = nh3.Cleaner(
    tags=set(f"{_TEXT} {_BLOCK} {_TABLE} {_MEDIA} {_SVG}".split()),
    clean_content_tags={
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "math",
        "noembed",
        "noframes",
        "textarea",
        "select",
    },
    attributes={
        "*": {"class", "id", "title", "lang", "dir", "role", "aria-label", "aria-hidden", "data-hole", "tabindex"},
        "a": {"href", "name", "hreflang", "data-video", "data-start"},
        "audio": _MEDIA_ATTRIBUTES,
        "video": _MEDIA_ATTRIBUTES,
        "source": {"src", "type", "media"},
        "track": {"src", "kind", "srclang", "label", "default"},
        "img": {"src", "alt", "width", "height", "loading", "decoding", "referrerpolicy"},
        "input": {"checked", "disabled"},
        "ol": {"start", "type", "reversed"},
        "li": {"value", "data-task"},
        "span": {"data-line"},
        "details": {"open", "data-callout", "data-callout-metadata"},
        "div": {"data-callout", "data-callout-metadata"},
        "td": {"colspan", "rowspan", "headers"},
        "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
        "col": {"span"},
        "colgroup": {"span"},
        "time": {"datetime"},
        "data": {"value"},
        "del": {"datetime", "cite"},
        "ins": {"datetime", "cite"},
        "blockquote": {"cite"},
        "q": {"cite"},
        **dict.fromkeys(_SVG.split(), _SVG_ATTRIBUTES),
    },
    tag_attribute_values={"input": {"type": {"checkbox"}}},
    url_schemes={
        FILE,
        "http",
        "https",
        "mailto",
        "tel",
        "obsidian",
        "geo",
        "sms",
        "xmpp",
        "matrix",
        "magnet",
        "irc",
        "ircs",
        "zotero",
    },
    link_rel=None,
    strip_comments=True,
)
_RELATIVE = re.compile(r'(<[a-zA-Z][^<>]*)\s(?:href|src|poster)="(?!#|//|[A-Za-z][A-Za-z0-9+.-]*:)[^"<>]*"')
_FORGED = re.compile(f"data-hole|{FILE}(?=[:&])", re.IGNORECASE)


# Text and the plainest elements, spelled as the sanitiser spells them: it would change nothing about them.
_OWN = re.compile(
    r"(?:[^<&\ufeff]+|&(?:amp|lt|gt|nbsp);|</?(?:p|ul|ol|li|strong|em|code|blockquote|h[2-6])>|</a>|</div>|<[bh]r>"
    r'|<h[2-6] id="[\w-]+">|<a data-hole="L[0-9]+">|<wbr data-hole="[A-Za-z][0-9]+">'
    r'|<div class="callout" data-callout="[\w-]+">|<p class="callout-title">|<div class="callout-content">)*+'
)


def clean_own(html: str) -> str:
    """`clean` for HTML without any raw HTML in it, so that all its elements are ours and in pairs.

    Most notes hold nothing but text, lists, links, stamps and callouts; what is seen to be no more than that need not be parsed.
    """
    html = html.replace("<br />", "<br>").replace("<hr />", "<hr>")
    return html if _OWN.fullmatch(html) else clean(html)


def escape_text(text: str) -> str:
    """``text`` as HTML outside of attributes, spelled as the sanitiser spells it."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text or ">" in text:
        text = text.replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\u00a0", "&nbsp;")


def clean(html: str) -> str:
    """Balanced HTML with only what the allow-list names. Applying it again changes nothing."""
    return _CLEANER.clean(html).lstrip("\ufeff")  # a mark at the very start would be lost the second time


def without_relative_addresses(html: str) -> str:
    """Sanitised HTML of a note without addresses within the site: those that mean a file have become holes before."""
    while _RELATIVE.search(html):
        html = _RELATIVE.sub(r"\1", html)
    return html


def without_forged_holes(html: str) -> str:
    """Raw HTML of a note, unable to pose as a hole of ours."""
    lower = html.lower()
    return _FORGED.sub("data-hol", html) if "hole" in lower or FILE in lower else html
