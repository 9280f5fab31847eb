"""Writing mended notes back: the lines that differ and nothing else, whole or not at all.

Only a regular file inside the vault is touched, and only while it holds the bytes that were read.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from sitegen.disk.read import decode
from sitegen.disk.scan import text_digest

_TEMPORARY = ".sitegen-mend"
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class MendError(Exception):
    """A note was left as it is; the text says why."""


def replace_lines(vault: Path, name: str, digest: str, before: str, after: str, *, dry: bool = False) -> None:
    """Put ``after`` where the file ``name`` says ``before``; both are its text as `decode` gives it.

    Encoding, byte order mark, line ends and permissions stay. Raises MendError where that cannot be, with the file untouched.
    ``dry``: only find out whether it can.
    """
    path = vault / name
    try:
        if path.parent.resolve(strict=True) != (vault.resolve(strict=True) / name).parent:
            raise MendError("a folder above it is a link")
        handle = os.open(path, os.O_RDONLY | _NO_FOLLOW)
        with open(handle, "rb") as file:
            status = os.fstat(file.fileno())
            data = file.read()
        if not stat.S_ISREG(status.st_mode):
            raise MendError("it is no regular file")
        if text_digest(data) != digest:
            raise MendError("it was changed in the meantime")
        rewritten = _rewritten(data, before, after)
        if not dry:
            _swap(path, rewritten, status)
        elif not os.access(path.parent, os.W_OK):
            raise MendError("its folder cannot be written to")
    except OSError as problem:
        raise MendError(problem.strerror or str(problem)) from problem


def _rewritten(data: bytes, before: str, after: str) -> bytes:
    """The file's bytes with the lines that differ replaced."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MendError("it is not UTF-8; save it as UTF-8 first") from None
    if "\x00" in text:
        raise MendError("it holds zero bytes, which would not stay")
    if decode("", data)[0] != before:
        raise MendError("its text is not what was read")
    marks = len(text) - len(text.lstrip("\ufeff"))
    out = [text[:marks]]
    old, new = before.split("\n"), after.split("\n")
    for number, line in enumerate(_LINE.finditer(text, marks)):
        if number == len(old):
            break  # the empty match at the very end
        out.append((line[1] if old[number] == new[number] else new[number]) + line[2])
    result = "".join(out).encode("utf-8")
    if decode("", result)[0] != after:
        raise MendError("it holds signs that cannot be kept")
    return result


def _swap(path: Path, data: bytes, status: os.stat_result) -> None:
    """Put ``data`` in the place of the file with this ``status``, by rename; its permissions and owner stay."""
    temporary = path.with_name(f"{_TEMPORARY}-{os.getpid()}-{status.st_ino}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "chown"):
            with suppress(PermissionError):  # another's file that we may write
                os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        now = os.lstat(path)
        same = (now.st_ino, now.st_size, now.st_mtime_ns) == (status.st_ino, status.st_size, status.st_mtime_ns)
        if not same:
            raise MendError("it was changed in the meantime")
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
