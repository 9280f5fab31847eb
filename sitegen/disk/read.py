"""Reading a vault: its notes as text, its other files as assets.

Only regular files count: no links out, no devices, no dot folders, no editors' backups, nothing of the output.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from sitegen.diagnostics import Diagnostic
from sitegen.disk.attachments import is_unsafe
from sitegen.disk.site import CONFIG_NAME, Location
from sitegen.disk.write import MANIFEST
from sitegen.model import Asset, Source
from sitegen.paths import nfc

MAX_NOTE_BYTES = 50_000_000
MAX_TRANSCRIPT_BYTES = 20_000_000
_BACKUP = re.compile(
    r".*~|#.*#|.*\.(?:swp|swo|swx|bak|tmp|orig|part|crdownload)|desktop\.ini|thumbs\.db|icon\r", re.IGNORECASE
)
_FORBIDDEN = str.maketrans({"\x00": "\ufffd"})


@dataclass(frozen=True, slots=True)
class Contents:
    """What a vault holds. ``diagnostics`` are about files that could not be taken at all."""

    sources: tuple[Source, ...]
    assets: tuple[Asset, ...]
    diagnostics: tuple[Diagnostic, ...]
    transcripts: tuple[Source, ...] = ()  # the text of those attachments that may be one
    names: Mapping[str, str] = field(default_factory=dict)  # note -> its path as the disk spells it, where that differs


def read_vault(location: Location) -> Contents:
    """All notes and attachments of the vault, by path."""
    sources: list[Source] = []
    assets: list[Asset] = []
    transcripts: list[Source] = []
    names: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for path, entry in _files(location, problems):
        try:
            if path.lower().endswith(".md"):
                sources.append(_source(path, entry))
                if not path.isascii() and (name := os.path.relpath(entry.path, location.vault)) != path:
                    names[path] = name
            else:
                assets.append(_asset(path, entry, location))
                if path.lower().endswith((".vtt", ".srt")) and assets[-1].size <= MAX_TRANSCRIPT_BYTES:
                    transcripts.append(_source(path, entry))
        except OSError as problem:
            problems.append(Diagnostic("unreadable-file", path, f"it cannot be read: {problem.strerror}"))
    return Contents(tuple(sources), tuple(assets), tuple(problems), tuple(transcripts), names)


def decode(path: str, data: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    """A note's bytes as text with ``\\n`` line ends; what is no UTF-8 is read as well as can be, and reported."""
    problem = ""
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text, problem = data.decode("utf-16", "replace"), "it is UTF-16"
    elif len(data) > 3 and data[1::2][:200].count(0) * 3 > len(data[1::2][:200]) * 2:
        text, problem = data.decode("utf-16-le", "replace"), "it looks like UTF-16"
    elif len(data) > 3 and data[::2][:200].count(0) * 3 > len(data[::2][:200]) * 2:
        text, problem = data.decode("utf-16-be", "replace"), "it looks like UTF-16"
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as fault:
            text, problem = data.decode("utf-8", "replace"), f"byte {fault.start + 1} is not UTF-8"
    text = text.lstrip("\ufeff")  # some editors put a second mark before the first
    if "\x00" in text:
        text, problem = text.translate(_FORBIDDEN), problem or "it holds zero bytes"
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = (
        (Diagnostic("unreadable-file", path, f"{problem}; it was read as well as possible", hint="save it as UTF-8"),)
        if problem
        else ()
    )
    return text, found


def _source(path: str, entry: os.DirEntry[str]) -> Source:
    with open(entry.path, "rb") as file:
        data = file.read(MAX_NOTE_BYTES)
    text, problems = decode(path, data)
    return Source(path, hashlib.blake2b(data, digest_size=16).hexdigest(), text, problems)


def _asset(path: str, entry: os.DirEntry[str], location: Location) -> Asset:
    if not os.access(entry.path, os.R_OK):  # better found now than when half of the site is written
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    status = entry.stat(follow_symlinks=False)
    identity = f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"
    name = "" if path.isascii() else os.path.relpath(entry.path, location.vault)
    return Asset(path, identity, status.st_size, is_unsafe(Path(entry.path)), "" if name == path else name)


def _files(location: Location, problems: list[Diagnostic]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every regular file that is content, with its vault path in NFC, folders in order of name."""
    own = {location.output.resolve()}
    if location.root == location.vault:
        own |= (
            {location.root / name for name in ("templates", "static", CONFIG_NAME)}
            if (location.root / CONFIG_NAME).exists()
            else set()
        )
    skipped = {str(path) for path in own}
    rules = (*location.config.exclude, *location.ignored)
    waiting = [("", str(location.vault))]
    seen = set[str]()  # names that another Unicode form could spell too
    while waiting:
        prefix, folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as problem:
            problems.append(
                Diagnostic("unreadable-file", prefix or ".", f"the folder cannot be read: {problem.strerror}")
            )
            continue
        for entry in entries:
            if entry.name.startswith(".") or _BACKUP.fullmatch(entry.name) or entry.path in skipped:
                continue
            try:
                path = nfc(prefix + entry.name)
                path.encode()
            except UnicodeEncodeError:
                shown = (prefix + entry.name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                problems.append(Diagnostic("unreadable-file", shown, "its name is not UTF-8", hint="rename it"))
                continue
            if rules and _excluded(path, rules):
                continue
            if not path.isascii():
                if path in seen and not entry.is_dir(follow_symlinks=False):
                    problems.append(_twice(path))
                    continue
                seen.add(path)
            if entry.is_dir(follow_symlinks=False):
                if os.path.isfile(f"{entry.path}/{MANIFEST}"):
                    continue  # the output of a build, this one's or another's
                waiting.append((path + "/", entry.path))
            elif entry.is_file(follow_symlinks=False) and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                yield path, entry


def _twice(path: str) -> Diagnostic:
    message = "another file has this name in another Unicode form; this one is not read"
    return Diagnostic("unreadable-file", path, message, hint="rename one of them")


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
