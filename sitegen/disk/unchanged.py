"""Whether anything must be done at all: the answer for a command that was run before just so, on just this.

A build leaves a record of everything it depends on: the command and its folder, this program, the settings, what the
disk says of every file of the vault, of the theme and of the output. If all of it still holds, the same command would
change nothing and say the same, so it is said. Any doubt means no.

This runs before any library is imported: twenty thousand files cost a quarter of a second, most of it asking the disk.
It imports the standard library and `scan`, `seal` and `identity`, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sitegen.disk.identity import identity
from sitegen.disk.scan import (
    MANIFEST,
    MARK_BYTES,
    FileState,
    Look,
    ThemeFolder,
    look,
    mark_of,
    text_digest,
    theme_files,
)
from sitegen.disk.seal import opened, own_key, read_own, sealed, write_own

FOLDER = ".sitegen/cache/last"
SECONDS = "\0seconds\0"  # stands in a recorded text for the time that a run took
_Row = tuple[str, bytes]  # path and mark
_looks: list[Look] = []
_KEEP = 8  # records of different commands
_ENVIRONMENT = ("SOURCE_DATE_EPOCH", "PYTHONPATH", "NO_COLOR", "FORCE_COLOR")


def said_before(arguments: Sequence[str]) -> tuple[int, str] | None:
    """The exit code and the text of the command with these arguments, if nothing changed since it was last run; else None."""
    started = time.perf_counter()
    key = own_key()
    record = _find(arguments, key) if key is not None else None
    try:
        if record is None or not _holds(record, key or b""):
            return None
        seconds = f"{time.perf_counter() - started:.1f}"
        return record["code"], record["text"].replace(SECONDS, seconds)
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _find(arguments: Sequence[str], key: bytes) -> dict[str, Any] | None:
    """The record of this command: it lies at or above this folder, or one that an argument names."""
    name = _name(arguments, os.getcwd())
    for start in (os.getcwd(), *(os.path.realpath(item) for item in arguments if os.path.isdir(item))):
        folder = start
        while True:
            try:
                data = opened(read_own(f"{folder}/{FOLDER}/{name}"), key)
                record = json.loads(bytes(data)) if data is not None else None
                if isinstance(record, dict) and record.get("command") == _command(arguments, os.getcwd()):
                    return {**record, "path": f"{folder}/{FOLDER}/{name}"}
            except (OSError, ValueError):
                pass
            parent = os.path.dirname(folder)
            if parent == folder:
                break
            folder = parent
    return None


def _command(arguments: Sequence[str], folder: str) -> list[Any]:
    return [list(arguments), folder, {name: os.environ.get(name) for name in _ENVIRONMENT}]


def _name(arguments: Sequence[str], folder: str) -> str:
    return hashlib.blake2b(json.dumps(_command(arguments, folder)).encode(), digest_size=12).hexdigest()


# ---- does a record hold? ------------------------------------------------------------------------------


def _holds(record: dict[str, Any], key: bytes) -> bool:
    if record["identity"] != identity() or any(_digest_of(path) != known for path, known in record["files"].items()):
        return False
    # What people change is looked at first: if a note is new, nothing need be asked of the larger output.
    seen = look(record["vault"], record["skipped"], tuple(record["rules"]))
    _looks.append(seen)
    if _states(seen) != record["seen"] or any(_digest_of(path) != known for path, known in record["young"].items()):
        return False
    return (
        theme_states(ThemeFolder(*folder) for folder in record["theme"]) == record["theme_seen"]
        and not os.path.islink(record["output"])
        and written_states(record["output"], record["names"].split("\n")) == record["written"]
    )


def take_look() -> Look | None:
    """What was seen of the vault to find an answer, for who has to go on: a moment ago, so nobody need look again."""
    return _looks.pop() if _looks else None


def _states(seen: Look) -> str:
    """A digest of what the disk says of every file of a vault."""
    rows = [_row(path, entry.stat(follow_symlinks=False)) for path, entry in seen.files]
    return _digest(rows, [f"{path}: {what}" for path, what, _ in seen.problems])


def seen_states(states: Mapping[str, FileState], problems: Iterable[str]) -> str:
    """The same of what a build read, in the order in which it did; ``problems`` as ``path: what``."""
    return _digest([(path, state[:MARK_BYTES]) for path, state in states.items()], problems)


def put_states(files: Mapping[str, FileState], names: Iterable[str], output: str) -> str:
    """The digest that `written_states` gives as long as nothing changes what a build wrote."""
    first = mark_of(os.lstat(f"{output}/{MANIFEST}"))
    return _joined([first, *[files[name][:MARK_BYTES] for name in names]])


def theme_states(folders: Iterable[ThemeFolder]) -> str:
    """The same of the theme's folders; of a link that is followed, what the disk says of the file it leads to."""
    problems: list[str] = []

    def report(path: str, what: str, _: str) -> None:
        problems.append(f"{path}: {what}")

    rows = [
        _row(f"{folder.path}/{name}", os.lstat(path))
        for folder in folders
        for name, path in theme_files(folder, report)
    ]
    return _digest(rows, problems)


def newest(folders: Iterable[ThemeFolder]) -> int:
    """When the theme changed last (ns since the epoch), 0 if it has no files."""
    status = [os.lstat(path) for folder in folders for _, path in theme_files(folder, lambda *problem: None)]
    return max((max(s.st_mtime_ns, s.st_ctime_ns) for s in status), default=0)


def written_states(output: str, names: Iterable[str]) -> str:
    """The same of these files of the output and its manifest; "" if one is gone."""
    try:
        return _joined([mark_of(os.lstat(f"{output}/{name}")) for name in (MANIFEST, *names)])
    except OSError:
        return ""


def _row(path: str, status: os.stat_result) -> _Row:
    """What counts of a file."""
    return path, mark_of(status)


def _digest(rows: list[_Row], problems: Iterable[str] = ()) -> str:
    """A digest of rows, whose bytes of version 2 say nothing of how often an object occurs; and of what is wrong besides."""
    return hashlib.blake2b(marshal.dumps((rows, list(problems)), 2), digest_size=16).hexdigest()


def _joined(marks: list[bytes]) -> str:
    return hashlib.blake2b(b"".join(marks), digest_size=16).hexdigest()


def _digest_of(path: str) -> str | None:
    """The digest (hex) of a file's bytes, None where there is no file."""
    if not os.path.isfile(path):  # nor are pipes and devices, which may never end
        return None
    try:
        with open(path, "rb") as file:
            return text_digest(file.read())
    except FileNotFoundError:
        return None


# ---- leaving one --------------------------------------------------------------------------------------


def digests(paths: Iterable[str]) -> dict[str, str | None]:
    """The digests of files whose content counts, there or not. To be taken before they are read for the build."""
    return {path: _digest_of(path) for path in paths}


def leave(root: str, arguments: Sequence[str], record: Mapping[str, Any]) -> None:
    """Leave the record of a command whose cache lies at ``root``; raises OSError where that cannot be."""
    key = own_key()
    if key is None:
        return
    folder, here = f"{root}/{FOLDER}", os.getcwd()
    whole = {**record, "command": _command(arguments, here)}
    if os.path.islink(folder):
        raise OSError(f"{folder} is a link")  # and what is old would be removed from where it leads
    os.makedirs(folder, exist_ok=True)
    _keep_few(folder)
    name = _name(arguments, here)
    write_own(
        f"{folder}/{name}.part", sealed(json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass"), key)
    )
    os.replace(f"{folder}/{name}.part", f"{folder}/{name}")


def _keep_few(folder: str) -> None:
    paths = [f"{folder}/{name}" for name in os.listdir(folder)]
    for path in sorted(paths, key=os.path.getmtime, reverse=True)[_KEEP - 1 :]:
        os.unlink(path)
