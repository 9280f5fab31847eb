"""Which pages are looked over: one of each kind, all of them of the manual. A new kind of page is added here."""

from __future__ import annotations

PAGES = {
    "home": "index.html",
    "note": "talks/the_rule_of_twelfths.html",
    "folder": "talks/index.html",
    "tag": "tags/maps.html",
    "tags": "tags/index.html",
    "all notes": "notes.html",
    "search": "search.html?q=chart",
    "graph": "graph.html",
    "recent changes": "recent.html",
    "garden": "garden.html",
    "video": "videos/demoTalk002.html",
    "transcript": "videos/demoTalk002-transcript.html",
    "not found": "404.html",
}

# What Lighthouse may find fault with, and why that is as it should be.
ALLOWED = {
    "not found": {"is-crawlable"},  # no page to be found by a search: it says noindex
}
