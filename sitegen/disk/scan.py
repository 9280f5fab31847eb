"""Walking folders and what the disk says of their files. Imports next to nothing, as it decides whether anything must be done.

Only regular files count: no links, no devices, no dot folders, no editors' backups, nothing of the output. A theme may have
links, those of a site's own within the site.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from hashlib import sha256
from operator import attrgetter
from stat import S_ISREG
from struct import Struct
from typing import NamedTuple

from sitegen.paths import nfc

MANIFEST = ".sitegen-manifest.json"

# A file changed again within a tick of its disk's clock looks unchanged. No disk in use ticks more slowly than every
# two seconds (FAT), and those of a network may be a little off. Source: git's "racy-git" note has the problem.
GRAIN = 2_500_000_000  # nanoseconds

# What the disk said of a file (its size, when its content changed and when its node did, the node's number), and behind
# that the digest of its content. One object, as there are some for each note.
FileState = bytes
_MARK = Struct("<qqqQ")
MARK_BYTES = _MARK.size
_mark = _MARK.pack
_BACKUP = re.compile(
    r".*~|#.*#|.*\.(?:swp|swo|swx|bak|tmp|orig|part|crdownload)|desktop\.ini|thumbs\.db|icon\r", re.IGNORECASE
)

_name = attrgetter("name")
Problem = Callable[[str, str, str], None]  # path, what is wrong, what to do


def text_digest(data: bytes) -> str:
    """The digest (hex) of a note's bytes, or of any other text that is known by its content."""
    return sha256(data).hexdigest()[:32]


def mark_of(status: os.stat_result) -> bytes:
    """What the disk says of a file, in `MARK_BYTES`: as long as it says so, the content is the same (see `is_settled`)."""
    return _mark(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & 0xFFFF_FFFF_FFFF_FFFF)


def state_of(digest: bytes, status: os.stat_result) -> FileState:
    """What to remember of a file, to know later that it is the same."""
    return mark_of(status) + digest


def digest_in(state: FileState) -> bytes:
    """The digest of the content."""
    return state[MARK_BYTES:]


def size_in(state: FileState) -> int:
    """The size in bytes."""
    return _MARK.unpack_from(state)[0]  # type: ignore[no-any-return]


def written_in(state: FileState) -> int:
    """When the content changed last, as the file says (ns since the epoch)."""
    return _MARK.unpack_from(state)[1]  # type: ignore[no-any-return]


def changed_in(state: FileState) -> int:
    """When content or node changed last (ns since the epoch)."""
    return max(_MARK.unpack_from(state)[1:3])  # type: ignore[no-any-return]


def is_settled(changed: int, looked: int) -> bool:
    """Whether a file last changed then and looked at then (ns since the epoch) would have another time after any change."""
    return changed < looked - GRAIN


def now() -> int:
    """The time to give to `is_settled`, taken before looking."""
    return time.time_ns()


class Look(NamedTuple):
    """The content of a vault as it was seen at one time.

    ``of`` is what `look` was asked, ``at`` the time before it looked (ns since the epoch), ``problems`` are paths, each with
    what is wrong and what to do.
    """

    of: tuple[str, tuple[str, ...], tuple[str, ...]]
    at: int
    files: list[tuple[str, os.DirEntry[str]]]
    problems: list[tuple[str, str, str]]


def look(vault: str, skipped: Iterable[str], rules: tuple[str, ...]) -> Look:
    """Look at every file of a vault that is content (see `content_files`)."""
    seen = Look((vault, tuple(skipped), rules), now(), [], [])
    seen.files.extend(content_files(*seen.of, lambda *problem: seen.problems.append(problem)))
    return seen


def content_files(
    vault: str, skipped: Iterable[str], rules: tuple[str, ...], problem: Problem
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every regular file that is content, with its vault path in NFC, folders in order of name."""
    out = frozenset(skipped)
    waiting = [("", vault)]
    seen = set[str]()  # names that another Unicode form could spell too
    while waiting:
        prefix, folder = waiting.pop()
        for path, entry, is_folder in folder_content(prefix, folder, out, rules, problem, seen):
            if is_folder:
                waiting.append((path + "/", entry.path))
            else:
                yield path, entry


def folder_content(
    prefix: str, folder: str, out: frozenset[str], rules: tuple[str, ...], problem: Problem, seen: set[str]
) -> Iterator[tuple[str, os.DirEntry[str], bool]]:
    """What of one folder is content, by name: path in NFC, entry, whether it is a folder. ``prefix`` is the folder's path and "/"."""
    backup, left_out = _BACKUP.fullmatch, {os.path.basename(path) for path in out}
    try:
        entries = sorted(os.scandir(folder), key=_name)
    except OSError as fault:
        problem(prefix or ".", f"the folder cannot be read: {fault.strerror}", "")
        return
    for entry in entries:
        name = entry.name
        if name[0] == "." or (not name.endswith(".md") and backup(name)):
            continue
        if name in left_out and entry.path in out:
            continue
        path = prefix + name
        if not path.isascii():
            try:
                path = nfc(path)
                path.encode()
            except UnicodeEncodeError:
                shown = (prefix + name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                problem(shown, "its name is not UTF-8", "rename it")
                continue
        if rules and _excluded(path, rules):
            continue
        if not path.isascii():
            if path in seen and not entry.is_dir(follow_symlinks=False):
                problem(
                    path,
                    "another file has this name in another Unicode form; this one is not read",
                    "rename one of them",
                )
                continue
            seen.add(path)
        if entry.is_dir(follow_symlinks=False):
            if os.path.isfile(f"{entry.path}/{MANIFEST}"):
                continue  # the output of a build, this one's or another's
            yield path, entry, True
        elif entry.is_file(follow_symlinks=False) and _is_regular(entry):
            yield path, entry, False


class ThemeFolder(NamedTuple):
    """A folder of templates or static files. Links in it are followed anywhere if ``within`` is "", as they are those of
    whoever installed sitegen; else only to what lies in that folder, the site's own (without links itself).
    """

    path: str
    within: str


def theme_place(folder: ThemeFolder, problem: Problem) -> str:
    """Where a folder of a theme lies, without links; "" where it is a link that is not followed."""
    place = os.path.realpath(folder.path)
    if folder.within and os.path.islink(folder.path) and (why := _refusal(place, folder.within, os.path.isdir)):
        problem(os.path.basename(folder.path), why, "put a copy of the folder there instead")
        return ""
    return place


def theme_files(folder: ThemeFolder, problem: Problem) -> list[tuple[str, str]]:
    """Every file of a folder of a theme, save hidden ones and editors' backups: its name there, and its path without links.

    A link of a site's own that is not followed is a problem; its path begins with the folder's name.
    """
    found: list[tuple[str, str]] = []
    place = theme_place(folder, problem)
    waiting = [("", place)] if place else []
    while waiting:
        prefix, here = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=_name)
        except OSError:
            continue
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                waiting.append((name + "/", entry.path))
            elif entry.name[0] == "." or entry.name[-1] == "~":
                continue
            elif entry.is_file(follow_symlinks=False):
                found.append((name, entry.path))
            elif entry.is_symlink():
                target = os.path.realpath(entry.path)
                if folder.within and (why := _refusal(target, folder.within, os.path.isfile)):
                    problem(f"{os.path.basename(folder.path)}/{name}", why, "put a copy of what you want there instead")
                elif os.path.isfile(target):
                    found.append((name, target))
    return sorted(found)


def _refusal(target: str, within: str, is_right: Callable[[str], bool]) -> str:
    """Why a link of a site's own theme that ends at ``target`` is not followed, "" if it is."""
    root = os.path.join(within, "")
    if not target.startswith(root):
        return "it is a link to what is not in the site's folder, and not followed"
    if "/." in "/" + target[len(root) :].replace(os.sep, "/"):
        return "it is a link to what is hidden, and not followed"
    if target.lower().endswith(".md"):
        return "it is a link to a note, whose source is not published, and not followed"
    if not is_right(target):
        return f"it is a link to no {'file' if is_right is os.path.isfile else 'folder'}, and not followed"
    return ""


def _is_regular(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file and nothing else; one that was there a moment ago is none."""
    try:
        return S_ISREG(entry.stat(follow_symlinks=False).st_mode)
    except OSError:
        return False


def _excluded(path: str, rules: tuple[str, ...]) -> bool:
    for rule in rules:
        if len(rule) > 2 and rule[0] == rule[-1] == "/":  # Obsidian's notation for a regular expression
            try:
                if re.search(rule[1:-1], path):
                    return True
            except re.error:
                continue
        elif path.startswith(rule.rstrip("/") + "/") or path == rule or fnmatchcase(path, rule):
            return True
    return False
