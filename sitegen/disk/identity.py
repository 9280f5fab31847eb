"""Which program this is: what was remembered by another one is forgotten. Imports next to nothing: see `unchanged`."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_FORMAT = "1"  # of the cache's files


def identity() -> str:
    """A digest (hex) of Python's version, of every source of this package and of the names of all installed distributions.

    The sources count, not a version number alone, so that an edit of them shows in a checkout; the names of
    distributions' folders hold their versions.
    """
    whole = hashlib.blake2b(digest_size=16)
    whole.update(f"{_FORMAT} {sys.version} {sys.implementation.cache_tag}\0".encode())
    for folder, folders, names in os.walk(_PACKAGE):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "theme"))
        for name in sorted(names):
            if name.endswith(".py"):
                with open(f"{folder}/{name}", "rb") as file:
                    data = file.read()
                whole.update(f"{folder[len(_PACKAGE) :]}/{name} {len(data)}\0".encode() + data)
    for place in (f"{_PACKAGE}/theme", os.path.dirname(_PACKAGE)):
        with suppress(OSError), open(f"{place}/static/vendor/katex/katex.min.js", "rb") as file:
            whole.update(file.read())  # which parse runs
            break
    for folder in sys.path:  # of which the first is the one that the command lies in, or is run in
        if found := _distributions(folder):
            whole.update("\0".join(found).encode("utf-8", "surrogateescape") + b"\1")
    return whole.hexdigest()


def _distributions(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info", ".pth")))
    except OSError:
        return []
