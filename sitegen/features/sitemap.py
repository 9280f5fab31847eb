"""sitemap.xml, for sites that know their own address. Source: the sitemaps.org protocol 0.9."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

from sitegen.model import Artifact, Pages, SiteInfo, Vault


def sitemap(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    """Every page people may want to find, with the date of its last change where the note says one."""
    if not site.base_url:
        return
    dates = {row.ref.url: row.date for row in vault.rows.values()}
    urls = {
        "index.html",
        "notes.html",
        *(["recent.html"] if site.dated else []),
        *(["garden.html"] if site.garden else []),
        "graph.html",
        *dates,
        *(ref.url for ref in vault.folders.values()),
        *(url for _, url, _ in vault.tags.values()),
        *(info.page for info in vault.video_info.values() if info.page),
        *(info.transcript_page for info in vault.video_info.values() if info.transcript_page),
    }
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url in sorted(urls):
        address = escape(site.base_url + quote("" if url == "index.html" else url))
        changed = f"<lastmod>{dates[url]}</lastmod>" if dates.get(url) else ""
        lines.append(f"<url><loc>{address}</loc>{changed}</url>")
    yield Artifact("sitemap.xml", "\n".join([*lines, "</urlset>\n"]).encode())
