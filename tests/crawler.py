"""Follows every reference of a finished site, and says which lead nowhere.

The site's HTML is written by our own serialisers, where ``<`` and ``>`` never stand inside a tag's quotes; one
expression then finds all tags of a hundred megabytes in seconds. Tests that distrust the HTML itself parse it
with html5lib.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from urllib.parse import unquote

_TAG = re.compile(r"<([a-zA-Z][\w-]*)((?:[^<>\"]|\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)=\"([^\"]*)\"")
_EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_REFERENCES = frozenset({"href", "src", "poster", "xlink:href"})
_ID_REFERENCES = frozenset({"aria-labelledby", "aria-describedby", "aria-controls", "for", "headers"})


def tags(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every opening tag with its attributes, character references resolved."""
    for match in _TAG.finditer(html):
        yield match[1].lower(), {name: unescape(value) for name, value in _ATTRIBUTE.findall(match[2])}


def ids(html: str) -> Counter[str]:
    """How often each id is given."""
    return Counter(attributes["id"] for _, attributes in tags(html) if "id" in attributes)


def internal_links(html: str, url: str) -> Iterator[tuple[str, str]]:
    """(address, fragment) of every reference to the site itself, the address from the site's root."""
    base = posixpath.dirname(url)
    for tag, attributes in tags(html):
        if tag == "base":
            base = ""  # 404.html alone has one: the site's root, wherever it will be
            continue
        for name in _REFERENCES & attributes.keys():
            value = attributes[name]
            if _EXTERNAL.match(value):
                continue
            path, _, fragment = value.partition("#")
            path = unquote(path.partition("?")[0])
            yield posixpath.normpath(posixpath.join(base, path)) if path else url, unquote(fragment)


def dangling(files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a site's references: "page -> address" for each one without an answer, and ids given twice."""
    pages = {url: data.decode() for url, data in files.items() if url.endswith(".html")}
    anchors = {url: ids(html) for url, html in pages.items()}
    problems: dict[str, None] = {}
    for url, html in pages.items():
        for address, fragment in internal_links(html, url):
            if address not in files:
                problems[f"{url} -> {address}"] = None
            elif address == "graph.html" and fragment in files:
                pass  # its script shows the note at that address
            elif fragment and address in anchors and fragment not in anchors[address]:
                problems[f"{url} -> {address}#{fragment}"] = None
        for _, attributes in tags(html):
            for name in _ID_REFERENCES & attributes.keys():
                for wanted in attributes[name].split():
                    if wanted not in anchors[url]:
                        problems[f"{url}: {name}={wanted}"] = None
        problems |= {f"{url}: id {name!r} is given {n} times": None for name, n in anchors[url].items() if n > 1}
    return list(problems)
