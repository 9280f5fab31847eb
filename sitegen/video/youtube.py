"""YouTube's ids and addresses: the one place that knows the provider.

Owns the grammar of a video id and how an address is made of it. It makes text only; nothing here asks
the network for anything.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
"""A whole id (use ``fullmatch``). Closed and ASCII, so an id may be put into any address or attribute as it is."""

_HOSTS = frozenset(
    prefix + name for name in ("youtube.com", "youtube-nocookie.com") for prefix in ("", "www.", "m.", "music.")
)
_SHORT_HOSTS = frozenset(("youtu.be", "www.youtu.be"))
_PATHS_WITH_ID = frozenset(("embed", "shorts", "live", "v", "e"))

# Longer text is no address of a video; the limit keeps the cost of strange properties small.
_LONGEST_ADDRESS = 2000


def video_id(text: str) -> str | None:
    """The id in ``text``, which is an id or any YouTube address (watch, short, embed, live, shorts).

    None if it is neither; never raises.
    """
    text = text.strip()
    if VIDEO_ID.fullmatch(text):
        return text
    if len(text) > _LONGEST_ADDRESS:
        return None
    if "//" not in text:
        text = "//" + text  # people paste addresses without the scheme
    try:
        address = urlsplit(text)
        host = address.hostname or ""
    except ValueError:  # an address that is broken beyond parsing, such as "http://[x"
        return None
    if address.scheme not in ("", "http", "https"):
        return None
    found = _id_in(host, address.path, address.query)
    return found if found is not None and VIDEO_ID.fullmatch(found) else None


def _id_in(host: str, path: str, query: str) -> str | None:
    """Where an address of this kind keeps the id; what stands there is not checked."""
    segments = path.strip("/").split("/")
    if host in _SHORT_HOSTS:
        return segments[0]
    if host not in _HOSTS:
        return None
    if len(segments) >= 2 and segments[0] in _PATHS_WITH_ID:
        return segments[1]
    if segments[0] != "watch":
        return None
    try:
        values = parse_qs(query, max_num_fields=50)
    except ValueError:  # more fields than any real address has
        return None
    return values.get("v", [None])[0]


_START = re.compile(
    r"(?:[?&#]|^)(?:t|start|time_continue)=(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?(?=[&#]|$)", re.ASCII
)


def start_seconds(address: str) -> int:
    """Where an address says that its video begins (``t=90``, ``t=1m30s``, ``start=90``), in seconds; 0 where it does not."""
    match = _START.search(address[:_LONGEST_ADDRESS])
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds


def watch_url(id: str, seconds: int | None = None) -> str:
    """The address to watch video ``id`` at, from ``seconds`` after its start if given."""
    address = f"https://www.youtube.com/watch?v={id}"
    return address if seconds is None else f"{address}&t={seconds}s"


def embed_url(id: str) -> str:
    """The address of the player for video ``id`` on the host that sets no cookies; it has no query yet."""
    return f"https://www.youtube-nocookie.com/embed/{id}"
