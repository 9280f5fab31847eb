"""Recordings that are files of the vault: which names are theirs, and the address of a moment in one.

Owns the kinds of file that browsers play. It looks at names only.
"""

from __future__ import annotations

import re

_AUDIO = re.compile(r"\.(?:aac|flac|m4a|mp3|oga|ogg|opus|wav|3gp)$", re.IGNORECASE)
_VIDEO = re.compile(r"\.(?:m4v|mkv|mov|mp4|ogv|webm)$", re.IGNORECASE)


def media_kind(name: str) -> str | None:
    """What a file is by the ending of its name, "video" or "audio"; None if it is neither."""
    if _VIDEO.search(name):
        return "video"
    return "audio" if _AUDIO.search(name) else None


def moment_url(url: str, seconds: int) -> str:
    """The address of a file at ``seconds`` after its start, which browsers know without scripts.

    Source: W3C Media Fragments URI 1.0, section 4.2.1.
    """
    return f"{url}#t={seconds}"
