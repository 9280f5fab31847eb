"""What makes a cache ours: a seal that only this user on this machine can make.

A cache lies beside the notes, and notes are downloaded, synchronised and shared. Its values are plain data, so a
foreign one cannot run code; but it could hold pages that never went through the sanitiser. So its index, and through
it the digest of every value, is authenticated with a key that never leaves the user's own folder; a cache with
another seal is as good as none. Imports next to nothing: see `unchanged`.
"""

from __future__ import annotations

import hmac
import os
import sys
from contextlib import suppress
from stat import S_ISREG

_KEY_BYTES = 32
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
SEAL_BYTES = 32


def state_folder() -> str | None:
    """Where this user's programs keep what is theirs. Source: the XDG base directory specification, and each system's habit."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Application Support")
    else:
        base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.path.join(base, "sitegen") if base and os.path.isabs(base) else None


def own_key() -> bytes | None:
    """This user's key, made when first asked for; None if there is nowhere to keep it."""
    folder = state_folder()
    if folder is None:
        return None
    path = os.path.join(folder, "cache-key")
    try:
        key = _read(path)
        if key is None:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            temporary = f"{path}.{os.getpid()}"
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(_KEY_BYTES))
            try:
                os.link(temporary, path)  # the first of several builds decides
            except FileExistsError:
                if _read(path) is None:
                    os.replace(temporary, path)
            except OSError:  # no links on this file system
                os.replace(temporary, path)
            if os.path.lexists(temporary):
                os.unlink(temporary)
            key = _read(path)
    except OSError:
        return None
    return key


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            key = file.read()
    except FileNotFoundError:
        return None
    return key if len(key) == _KEY_BYTES else None


def read_own(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file of ours, which lies where others may have put something: a link or a pipe is as good as no file."""
    if not S_ISREG(os.lstat(path).st_mode):
        raise FileNotFoundError(f"{os.fspath(path)} is no file")
    with open(path, "rb") as file:
        return file.read()


def write_own(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file of ours anew, whatever is there: what others put there is removed, not written to."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
        file.write(data)


def sealed(data: bytes, key: bytes) -> bytes:
    """``data`` with its seal before it: HMAC-SHA256, as processors of today have instructions for that hash."""
    return hmac.digest(key, data, "sha256") + data


def opened(data: bytes, key: bytes) -> memoryview | None:
    """What `sealed` was given; None if the seal is not ours or the data were damaged."""
    body = memoryview(data)[SEAL_BYTES:]
    return body if hmac.compare_digest(data[:SEAL_BYTES], hmac.digest(key, body, "sha256")) else None
