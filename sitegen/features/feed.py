"""feed.xml: the notes changed last, as an Atom feed. Source: RFC 4287.

Only notes that say a date are in it: a date is never made up.  Addresses in the text are whole: many readers do not
heed ``xml:base`` within HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import quote, urljoin

from sitegen.model import Artifact, Page, Pages, SiteInfo, Vault

MAX_ENTRIES = 30
_NO_XML = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # characters that XML cannot hold
# In sanitised HTML: a tag, and the attributes of one.
_TAG = re.compile(r'<[a-z][^">]*(?:"[^"]*"[^">]*)*>', re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([\w:-]+)="([^"]*)"')
_ADDRESSES = frozenset({"href", "src", "poster"})


def feed(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    """The feed, for sites that know their own address and have a dated note."""
    if not site.feed:
        return
    days = [(row.ref.url, path, row.date) for path, row in vault.rows.items() if row.date]
    newest = sorted(sorted(days), key=lambda item: item[2], reverse=True)
    dated = [(pages[path], day) for _, path, day in newest[:MAX_ENTRIES]]
    home = escape(site.base_url)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{escape(site.language)}">',
        f"<title>{escape(site.title)}</title>",
        *([f"<subtitle>{escape(site.description)}</subtitle>"] if site.description else []),
        f"<id>{home}</id>",
        f'<link href="{home}"/>',
        f'<link rel="self" href="{home}feed.xml"/>',
        f"<updated>{dated[0][1]}T00:00:00Z</updated>",
        f"<author><name>{escape(site.title)}</name></author>",
        f"<generator>{escape(site.generator)}</generator>",
    ]
    lines += [_entry(page, day, site) for page, day in dated]
    yield Artifact("feed.xml", _NO_XML.sub("", "\n".join([*lines, "</feed>\n"])).encode("utf-8", "replace"))


def _entry(page: Page, day: str, site: SiteInfo) -> str:
    address = escape(site.base_url + quote("" if page.url == "index.html" else page.url))
    published = f"<published>{page.date}T00:00:00Z</published>" if page.date else ""
    summary = f"<summary>{escape(page.description)}</summary>" if page.description else ""
    return (
        f"<entry><title>{escape(page.title)}</title><id>{address}</id>"
        f'<link href="{address}"/><updated>{day}T00:00:00Z</updated>'
        f'{published}{summary}<content type="html" xml:base="{address}">{escape(whole_addresses(page.body, unescape(address)))}'
        "</content></entry>"
    )


def whole_addresses(html: str, base: str) -> str:
    """Sanitised HTML whose links and pictures have the addresses that they have on the page at ``base``."""

    def attribute(match: re.Match[str]) -> str:
        if match[1] not in _ADDRESSES:
            return match[0]
        try:
            address = urljoin(base, unescape(match[2]))
        except ValueError:  # no address at all, as in http://[
            return match[0]
        return f'{match[1]}="{escape(address)}"'

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)
