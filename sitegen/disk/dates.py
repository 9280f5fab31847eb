"""When notes changed last, as the history of their git repository says; only where sitegen.toml asks for it.

One call of git reads the whole history, the latest commits first, and is ended as soon as every note is dated; what it
said is kept beside the cache until HEAD is another commit. The repository may be anybody's: git is called so that
nothing which its settings name is run, and it speaks to no other machine. Where a history is cut off (a shallow clone), what
was there before has no date. Nothing is made up: without git, a repository or a commit there are no dates.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import IO, NamedTuple

from sitegen.disk.seal import opened, own_key, read_own, sealed, write_own

SECONDS = 60.0  # that git may take
_FILE = "dates"
_GIT = (
    "git",
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.attributesFile="),
    *("-c", "diff.external="),
    *("-c", "log.showSignature=false"),
    *("-c", "log.mailmap=false"),
    *("-c", "log.follow=false"),
    *("-c", "log.showRoot=true"),
    *("-c", "protocol.allow=never"),
)
_LOG = (
    "log",
    "--format=%x01%H %as",
    "--name-status",
    "-z",
    "--relative",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--no-show-signature",
    "--no-color",
    "--no-notes",
    f"-O{os.devnull}",
    "--end-of-options",
    "HEAD",
    "--",
    ".",
)


class _Known(NamedTuple):
    """What was read of the history at ``head``: dates by note, "" for one that is deleted; whether it was read to its end."""

    head: str
    dates: dict[str, str]
    whole: bool


class Dates:
    """The dates of a vault's notes, read again only if HEAD is another commit. ``kept`` is the folder of the cache, if any."""

    def __init__(self, vault: Path, kept: Path | None = None) -> None:
        self._vault, self._kept = vault, kept
        self._known = _Known("", {}, False)
        self._given: Mapping[str, str] = {}
        self._asked: tuple[str | None, set[str]] = (None, set())

    def of(self, notes: Iterable[str]) -> Mapping[str, str]:
        """The days of these notes, by path, as 2026-11-29; the same mapping as the last time if nothing is new."""
        asked = head, wanted = head_of(self._vault), set(notes)
        if asked == self._asked:
            return self._given
        self._asked = asked
        if head is None:
            return self._settle({})
        if not self._serves(head, wanted):
            self._known = self._stored()
        if not self._serves(head, wanted):
            self._known = _read(self._vault, head, wanted)
            self._store()
        dates = self._known.dates
        return self._settle({path: date for path in sorted(wanted) if (date := dates.get(path))})

    def _serves(self, head: str, wanted: set[str]) -> bool:
        known = self._known
        return known.head == head and (known.whole or wanted <= known.dates.keys())

    def _settle(self, dates: Mapping[str, str]) -> Mapping[str, str]:
        if dates != self._given:
            self._given = dates
        return self._given

    def _stored(self) -> _Known:
        with suppress(OSError, ValueError, TypeError):
            key = own_key()
            if self._kept is not None and key is not None:
                data = opened(read_own(self._kept / _FILE), key)
                if data is not None:
                    return _Known(*json.loads(bytes(data)))
        return self._known

    def _store(self) -> None:
        key = own_key()
        if self._kept is None or key is None or not self._known.dates:
            return
        with suppress(OSError, ValueError):
            part = self._kept / f"{_FILE}.part"
            write_own(part, sealed(json.dumps(self._known).encode(), key))
            os.replace(part, self._kept / _FILE)


# ---- which commit is checked out ------------------------------------------------------------------------


def head_files(vault: Path) -> tuple[str, ...]:
    """The files that say which commit is checked out in the work tree that the vault lies in; none where there is no such."""
    for folder in (vault, *vault.parents):
        git = folder / ".git"
        if git.is_dir():
            return _head_files(git, git)
        if git.is_file():  # a linked work tree or a submodule
            own = folder / _text(git).removeprefix("gitdir:").strip()
            common = own / (_text(own / "commondir").strip() or ".")
            return _head_files(own, common)
    return ()


def _head_files(own: Path, common: Path) -> tuple[str, ...]:
    named = _text(own / "HEAD").removeprefix("ref:").strip()
    safe = named.startswith("refs/") and ".." not in named.split("/") and "\0" not in named
    refs = [common / named] if safe else []
    files = [own / "HEAD", *refs, common / "packed-refs", common / "shallow", common / "reftable" / "tables.list"]
    return tuple(str(path) for path in files)


def head_of(vault: Path) -> str | None:
    """What tells the commit that is checked out, and where the vault lies, from any other; None outside of work trees."""
    files = head_files(vault)
    if not files:
        return None
    whole = hashlib.blake2b(str(vault).encode("utf-8", "surrogateescape"), digest_size=16)
    for path in files:
        whole.update(b"\0" + _text(Path(path)).encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _text(path: Path) -> str:
    """A small file of a repository; "" where there is none."""
    with suppress(OSError):
        if path.is_file():
            return path.read_text("utf-8", "surrogateescape")
    return ""


# ---- the history ------------------------------------------------------------------------------------------


def _read(vault: Path, head: str, wanted: set[str]) -> _Known:
    """The dates of the wanted notes; nothing at all if git cannot say, or not in time."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    cut = {line for path in head_files(vault) if path.endswith("shallow") for line in _text(Path(path)).split()}
    try:
        git = subprocess.Popen(
            [*_GIT, *_LOG],
            cwd=vault,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return _Known(head, {}, True)
    late = Timer(SECONDS, git.kill)
    late.start()
    try:
        assert git.stdout is not None
        dates, left = dict[str, str](), set(wanted)
        for path, date in _changes(git.stdout, cut):
            dates.setdefault(path, date)
            left.discard(path)
            if not left:
                return _Known(head, dates, False)
        whole = git.wait() == 0
    finally:
        late.cancel()
        git.kill()
        git.wait()
        if git.stdout is not None:
            git.stdout.close()
    return _Known(head, dates if whole else {}, True)


def _changes(output: IO[bytes], cut: set[str]) -> Iterator[tuple[str, str]]:
    """The notes that each commit changed with its day, "" where it deleted one; the latest commit first.

    In ``cut`` are commits whose parents are not there: they seem to add everything.
    """
    date, status, counts = "", "", False  # the path after a letter may begin with anything
    for item in _items(output):
        if status:
            if counts and item.lower().endswith(".md"):
                yield unicodedata.normalize("NFC", item), "" if status == "D" else date
            status = ""
        elif item.startswith("\x01"):
            commit, _, date = item[1:].partition(" ")
            counts = commit not in cut
        else:
            status = item.lstrip("\n")  # a letter


def _items(output: IO[bytes]) -> Iterator[str]:
    """What stands between zero bytes."""
    rest = b""
    while data := output.read(1 << 16):
        *items, rest = (rest + data).split(b"\0")
        for item in items:
            yield item.decode("utf-8", "surrogateescape")
    if rest:
        yield rest.decode("utf-8", "surrogateescape")
