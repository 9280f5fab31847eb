"""Reading a vault: its notes as text, its other files as assets.

Only regular files count: no links out, no devices, no dot folders, no editors' backups, nothing of the output.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic
from sitegen.disk.attachments import is_unsafe
from sitegen.disk.scan import FileState, Look, changed_in, digest_in, is_settled, look, mark_of, state_of, text_digest
from sitegen.disk.site import CONFIG_NAME, Location
from sitegen.edition import Edition
from sitegen.model import Asset, Source, Unread

MAX_NOTE_BYTES = 50_000_000
MAX_TRANSCRIPT_BYTES = 20_000_000
_UNUSED = frozenset(b"\x81\x8d\x8f\x90\x9d")  # bytes that mean nothing in Windows-1252
_FORBIDDEN = str.maketrans({"\x00": "\ufffd"})


Decode = Callable[[str, bytes], tuple[str, tuple[Diagnostic, ...]]]
Read = Callable[[str, str], Source]


class Contents(Struct, frozen=True):
    """What a vault holds. ``diagnostics`` are about files that could not be taken at all.

    ``states`` say, by path, what the disk said of each file when it was ``looked`` at (ns since the epoch), with the digest
    of a note, or "unsafe" for an attachment that is. They tell next time whether a file changed, unless it was so young
    that a change could go unseen (`settled`).
    """

    sources: tuple[Source | Unread, ...]
    assets: tuple[Asset, ...]
    diagnostics: tuple[Diagnostic, ...]
    transcripts: tuple[Source | Unread, ...] = ()  # the text of those attachments that may be one
    by_path: Edition[Source | Unread] = field(default_factory=Edition)  # the sources in order, from a `Reader` alone
    names: Mapping[str, str] = field(default_factory=dict)  # note -> its path as the disk spells it, where that differs
    states: Mapping[str, FileState] = field(default_factory=dict)
    looked: int = 0

    def settled(self, known: Mapping[str, FileState] = {}) -> dict[str, FileState]:
        """The states that can be relied on later; those that are ``known`` could be already."""
        states, looked = self.states, self.looked
        return {p: s for p, s in states.items() if s is known.get(p) or is_settled(changed_in(s), looked)}


class Taken(NamedTuple):
    """One file of the vault: a note or an attachment, and the text of an attachment that may be a transcript."""

    item: Source | Unread | Asset
    text: Source | Unread | None
    state: FileState
    name: str  # as the disk spells a note's path, where that differs, else ""


def read_vault(location: Location, known: Mapping[str, FileState] | None = None, seen: Look | None = None) -> Contents:
    """All notes and attachments of the vault, by path.

    ``known`` are states of files whose content is known (see `Contents`); one that is still so is not read. ``seen`` is a look
    at the vault from a moment ago; what was changed since then is found by the next reading.
    """
    of = str(location.vault), tuple(not_content(location)), exclusions(location)
    if seen is None or seen.of != of:
        seen = look(*of)
    problems = [Diagnostic("unreadable-file", path, what, hint=hint) for path, what, hint in seen.problems]
    taken: dict[str, Taken] = {}
    hints = known or {}
    for path, entry in seen.files:
        try:
            taken[path] = take(path, entry, location, hints.get(path))
        except OSError as problem:
            problems.append(unreadable(path, problem))
    return contents_of(taken, problems, seen.at)


def take(path: str, entry: os.DirEntry[str], location: Location, hint: FileState | None) -> Taken:
    """A file, read unless the disk says of it what ``hint`` does; raises OSError."""
    status = entry.stat(follow_symlinks=False)
    if hint is not None and not hint.startswith(mark_of(status)):
        hint = None
    kind = path.lower()
    if kind.endswith(".md"):
        source = _source(path, entry.path) if hint is None else _unread(path, entry.path, digest_in(hint).decode())
        spelt = "" if path.isascii() else os.path.relpath(entry.path, location.vault)
        return Taken(source, None, hint or state_of(source.digest.encode(), status), "" if spelt == path else spelt)
    asset, text = _asset(path, entry, location, hint), None
    identity = "unsafe" if asset.unsafe else ""
    if kind.endswith((".vtt", ".srt")) and asset.size <= MAX_TRANSCRIPT_BYTES:
        text = (
            transcript_source(path, entry.path)
            if hint is None
            else _unread(path, entry.path, digest_in(hint).decode(), transcript_source)
        )
        identity = text.digest
    return Taken(asset, text, hint or state_of(identity.encode(), status), "")


def contents_of(taken: Mapping[str, Taken], problems: Iterable[Diagnostic], looked: int) -> Contents:
    """What these files hold, all in all."""
    assets, sources = [], []
    for file in taken.values():
        if isinstance(file.item, Asset):
            assets.append(file.item)
        else:
            sources.append(file.item)
    return Contents(
        tuple(sources),
        tuple(assets),
        tuple(problems),
        tuple([file.text for file in taken.values() if file.text is not None]),
        Edition(),
        {path: file.name for path, file in taken.items() if file.name},
        {path: file.state for path, file in taken.items()},
        looked,
    )


def unreadable(path: str, problem: OSError) -> Diagnostic:
    """That a file could not be taken at all."""
    return Diagnostic("unreadable-file", path, f"it cannot be read: {problem.strerror}")


def not_content(location: Location) -> list[str]:
    """The files and folders that lie in the vault and are the site's own business."""
    own = [location.output.resolve()]
    if location.root == location.vault and (location.root / CONFIG_NAME).exists():
        own += [location.root / name for name in ("templates", "static", CONFIG_NAME)]
    return [str(path) for path in own]


def exclusions(location: Location) -> tuple[str, ...]:
    """What the settings and Obsidian's exclude."""
    return (*location.config.exclude, *location.ignored)


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


def decode_transcript(path: str, data: bytes) -> tuple[str, tuple[Diagnostic, ...]]:
    """A transcript's bytes as text. Other programs wrote it, many of them as UTF-16, which is read as it is, or in the Latin
    encoding of Windows, which is taken for one and reported, as nothing in the file says so.
    """
    text, problems = decode(path, data)
    if not problems or "\ufffd" not in text:
        return text, () if "UTF-16" in "".join(problem.message for problem in problems) else problems
    if not _looks_western(data):
        return text, problems
    [problem] = problems
    text = data.decode("windows-1252").replace("\r\n", "\n").replace("\r", "\n")
    message = problem.message.replace("as well as possible", "as Windows-1252")
    return text, (replace(problem, message=message),)


def _looks_western(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 may be Western European text: letters, of which few have accents."""
    high = sum(byte >= 0x80 for byte in data)
    letters = sum(0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A for byte in data)
    return b"\x00" not in data and not _UNUSED.intersection(data) and high * 4 < letters


def transcript_source(path: str, file_path: str) -> Source:
    return _source(path, file_path, decode_transcript)


def _source(path: str, file_path: str, decode: Decode = decode) -> Source:
    with open(file_path, "rb") as file:
        # A number makes room for so many bytes, however few there are.
        is_usual = os.fstat(file.fileno()).st_size < MAX_NOTE_BYTES
        data = file.read() if is_usual else file.read(MAX_NOTE_BYTES)
    text, problems = decode(path, data)
    return Source(path, text_digest(data), text, problems)


def _unread(path: str, file_path: str, digest: str, read: Read = _source) -> Unread:
    return Unread(path, digest, partial(read_again, path, file_path, read))


def read_again(path: str, file_path: str, read: Read = _source) -> Source:
    """A file that was there a moment ago."""
    try:
        return read(path, file_path)
    except OSError as problem:
        return Source(path, "gone", "", (unreadable(path, problem),))


def _asset(path: str, entry: os.DirEntry[str], location: Location, known: FileState | None) -> Asset:
    if not os.access(entry.path, os.R_OK):  # better found now than when half of the site is written
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    status = entry.stat(follow_symlinks=False)
    identity = f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"
    name = "" if path.isascii() else os.path.relpath(entry.path, location.vault)
    unsafe = digest_in(known) == b"unsafe" if known is not None else is_unsafe(Path(entry.path))
    return Asset(path, identity, status.st_size, unsafe, "" if name == path else name)
