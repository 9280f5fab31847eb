"""Reading a vault again and again: only the folders that something happened in, and in them only the files that differ.

What happened is never believed, only where: the disk says what is there now. A file that its editor is still writing
counts as what it was before; the reader says then that it wants to look again.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from sitegen.diagnostics import Diagnostic
from sitegen.disk.read import (
    Contents,
    Read,
    Taken,
    exclusions,
    not_content,
    read_again,
    take,
    transcript_source,
    unreadable,
)
from sitegen.disk.scan import (
    FileState,
    changed_in,
    digest_in,
    folder_content,
    is_settled,
    mark_of,
    now,
    size_in,
    text_digest,
    written_in,
)
from sitegen.disk.site import Location
from sitegen.edition import Edition
from sitegen.model import Asset, Source, Unread

_FEW = 16  # files that somebody edits at a time
_AT_ONCE = 32  # files between two questions whether something else is to be done
_WRITING = 2_000_000_000  # nanoseconds for which a file that is empty or ends in half a letter may be one that is being written:
# a busy disk can hold up its editor for more than half a second between emptying a file and writing it
_PRIVATE = re.compile(
    r"draft|publish|private", re.IGNORECASE
)  # what a text that may not be seen from now on says of itself

_EMPTY = text_digest(b"").encode()  # the digest of no text


class VaultGone(Exception):
    """The folder of the notes is not there, or may not be read; the text says so."""


def _never() -> bool:
    return False


class Interrupted(Exception):
    """Something else is to be done before a whole vault is looked at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A vault as it is now. ``changed`` are the files that came, went or differ; ``unsettled`` are those (paths
    on the disk) that ask for another look soon."""

    contents: Contents
    changed: tuple[str, ...]
    unsettled: tuple[str, ...]


@dataclass(slots=True)
class _Holdings:
    """All files of a vault by path, as `Contents` has them, so that an edit need not go through those it left alone."""

    sources: dict[str, Source | Unread] = field(default_factory=dict)
    assets: dict[str, Asset] = field(default_factory=dict)
    texts: dict[str, Source | Unread] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    states: dict[str, FileState] = field(default_factory=dict)
    ordered: Edition[Source | Unread] = field(default_factory=Edition)  # the sources by path, as they were given last
    fresh: set[str] = field(default_factory=set)  # paths of sources that may be others since then

    def add(self, path: str, file: Taken) -> None:
        self.remove(path)
        if isinstance(file.item, Asset):
            self.assets[path] = file.item
        else:
            self.sources[path] = file.item
            self.fresh.add(path)
        if file.text is not None:
            self.texts[path] = file.text
        if file.name:
            self.names[path] = file.name
        self.states[path] = file.state

    def remove(self, path: str) -> None:
        if path in self.sources:
            self.fresh.add(path)
        for kind in (self.sources, self.assets, self.texts, self.names, self.states):
            kind.pop(path, None)

    def by_path(self) -> Edition[Source | Unread]:
        """The sources in order; they know by which they differ from those that this gave last."""
        new = {path: self.sources[path] for path in self.fresh if path in self.sources}
        if new.keys() == self.fresh and new.keys() <= self.ordered.keys():
            self.ordered = self.ordered.edited(new)
        else:
            self.ordered = Edition({path: self.sources[path] for path in sorted(self.sources)})
        self.fresh.clear()
        return self.ordered

    def contents(self, problems: tuple[Diagnostic, ...], looked: int) -> Contents:
        return Contents(
            tuple(self.sources.values()),
            tuple(self.assets.values()),
            problems,
            tuple(self.texts.values()),
            self.by_path(),
            dict(self.names),
            dict(self.states),
            looked,
        )


@dataclass(slots=True)
class _Folder:
    """What one folder holds itself: its files by vault path, and the folders in it as the disk spells them, with the beginnings
    of their files' paths; when names in it ``changed`` last, and when somebody ``looked`` at all of it (ns since the epoch)."""

    prefix: str
    files: dict[str, Taken] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    changed: int = 0
    looked: int = 0


class Reader:
    """The vault of ``location``. ``known`` are states of files whose content is known, as for `read_vault`."""

    def __init__(self, location: Location, known: Mapping[str, FileState] | None = None) -> None:
        self._location, self._hints = location, dict(known or {})
        self.vault = str(location.vault)
        self._out, self._rules = frozenset(not_content(location)), exclusions(location)
        self._folders: dict[str, _Folder] = {}  # by path on the disk
        self._twins: dict[
            str, list[str]
        ] = {}  # by a prefix that has several Unicode forms, those of them that are known
        self._overtaken: set[str] = set()  # of such folders, those whose files another one may have taken or given back
        self._holdings = _Holdings()
        self._fresh: dict[str, Source] = {}  # what was read this time and differs, until it is asked for
        self._changed: dict[str, None] = {}
        self._unsettled: list[str] = []
        self._begun: dict[str, int] = {}  # when each file was first seen half written, by a clock that nobody sets
        self._looked = 0

    def read(
        self,
        folders: Iterable[str] | None = None,
        touched: Collection[str] = (),
        is_wanted: Callable[[], bool] = _never,
    ) -> Reading:
        """The vault as it is now; raises `VaultGone`.

        ``folders`` are those in which something happened (paths on the disk), with all that is below if they end in a slash;
        ``None`` means anywhere. ``touched`` are files that are looked into whatever the disk says of them. Looking anywhere
        raises `Interrupted` as soon as the reader ``is_wanted`` elsewhere, unless it has found something by then: of a folder
        that was moved it might have seen only that it went.
        """
        self._looked, self._fresh, self._unsettled = now(), {}, []
        self._see()
        if folders is None or not self._folders:
            self._walk(self.vault, "", touched, is_wanted)
        else:
            for folder in sorted({self._known(folder) for folder in folders}):
                self._look(folder, touched)
        while self._overtaken:
            self._list_again(max(self._overtaken))
        self._see()
        self._hints = {}
        changed, self._changed = tuple(self._changed), {}  # what a reading that failed had found is in the next one
        return Reading(self._contents(), changed, tuple(self._unsettled))

    def _see(self) -> None:
        """Whether the vault is there; an empty folder where notes were is a drive that is not mounted."""
        try:
            with os.scandir(self.vault) as entries:
                held = self._holdings.states or len(self._folders) > 1
                if held and not any(True for _ in entries):
                    raise VaultGone(f"{self.vault} holds nothing any more")
        except OSError as problem:
            raise VaultGone(f"{self.vault} cannot be read any more: {problem.strerror}") from problem

    def _known(self, folder: str) -> str:
        """The folder to look into: the one that is meant, or the nearest one around it that is known."""
        deep = "/" if folder.endswith(os.sep) else ""
        path = folder.rstrip(os.sep)
        while path not in self._folders and len(path) > len(self.vault):
            path, deep = os.path.dirname(path), ""
        return (path if path in self._folders else self.vault) + deep

    def _look(self, folder: str, touched: Collection[str]) -> None:
        path = folder.rstrip("/")
        known = self._folders.get(path)
        if known is None:
            return  # it went with a folder that was looked at before
        if folder.endswith("/"):
            self._walk(path, known.prefix, touched)
            return
        after = self._glance(path, known, touched) or self._list(path, known, touched)
        self._take_in(path, known, after)
        for name in sorted(after.folders.keys() - self._folders.keys()):
            self._walk(name, after.folders[name], touched)

    def _walk(self, path: str, prefix: str, touched: Collection[str], is_wanted: Callable[[], bool] = _never) -> None:
        """Look into a folder and all below it."""
        waiting = [(path, prefix)]
        while waiting:
            here, its_prefix = waiting.pop()
            before = self._folders.get(here) or _Folder(its_prefix)
            after = self._list(here, before, touched, is_wanted)
            self._take_in(here, before, after)
            waiting += after.folders.items()

    def _drop(self, path: str) -> None:
        waiting = [path]
        while waiting:
            path = waiting.pop()
            folder = self._folders.pop(path, None)
            if folder is not None:
                self._changed |= dict.fromkeys(folder.files)
                if not folder.prefix.isascii():
                    self._twins[folder.prefix].remove(path)
                    self._overtake(path, folder)
                for name in folder.files:
                    self._give_back(name, folder)
                waiting += folder.folders

    def _list(
        self, path: str, before: _Folder, touched: Collection[str], is_wanted: Callable[[], bool] = _never
    ) -> _Folder:
        """Look at all that a folder holds itself."""
        after = _Folder(before.prefix, changed=_changed(path), looked=self._looked)

        def report(where: str, message: str, hint: str) -> None:
            after.problems.append(Diagnostic("unreadable-file", where, message, hint=hint))

        found = folder_content(before.prefix, path, self._out, self._rules, report, self._taken_by_twins(path, before))
        for number, (name, entry, is_folder) in enumerate(found):
            if number % _AT_ONCE == 0 and is_wanted() and not (self._changed or self._unsettled):
                raise Interrupted
            if is_folder:
                after.folders[entry.path] = name + "/"
            else:
                self._take(name, entry, before, after, forced=entry.path in touched)
        if any(problem.path == before.prefix for problem in after.problems) and not _is_gone(path):
            # The folder itself cannot be read now; what was in it stays as it was.
            return replace(after, files=before.files, folders=before.folders, changed=-1)
        return after

    def _glance(self, path: str, before: _Folder, touched: Collection[str]) -> _Folder | None:
        """Look at the few ``touched`` files of a folder alone; None if more may have happened in it. No name came, went or changed
        since all of it was looked at, if the disk says so of the folder and all that was touched is where it was."""
        changed = _changed(path)
        if changed != before.changed or not is_settled(changed, before.looked) or changed < 0 or before.problems:
            return None
        own = {file for file in touched if os.path.dirname(file) == path} if len(touched) <= _FEW else set[str]()
        after = replace(before, files=dict(before.files), problems=[])
        with suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                if entry.path in own:
                    own.remove(entry.path)
                    name = before.prefix + entry.name
                    if name not in before.files or not entry.is_file(follow_symlinks=False):
                        return None
                    self._take(name, entry, before, after, forced=True)
                    if not own:
                        return None if after.problems else after
        return None

    def _take_in(self, path: str, before: _Folder, after: _Folder) -> None:
        """Let a folder hold what was seen in it; nothing of it if the vault went meanwhile."""
        if path == self.vault:
            self._see()
        for name in before.files.keys() - after.files.keys():
            self._give_back(name, before)
            self._changed[name] = None
        for name, file in after.files.items():
            known = before.files.get(name)
            if file is not known:
                self._holdings.add(name, file)
                if not _same(known, file):
                    self._changed[name] = None
        if not after.prefix.isascii():
            self._keep_apart(path, before, after)
        self._folders[path] = after
        for gone in before.folders.keys() - after.folders.keys():
            self._drop(gone)

    # ---- folders of one name in several Unicode forms: one folder to the vault. As in `content_files`, a file that more
    # than one of them has is that of the last by name.

    def _keep_apart(self, path: str, before: _Folder, after: _Folder) -> None:
        if path not in self._folders:
            self._twins.setdefault(after.prefix, []).append(path)
        if before.files.keys() != after.files.keys() or before.folders != after.folders:
            self._overtake(path, after)

    def _overtake(self, path: str, folder: _Folder) -> None:
        self._overtaken.update(other for other in self._twins[folder.prefix] if other < path)

    def _taken_by_twins(self, path: str, folder: _Folder) -> set[str]:
        """What a folder may not take, as another one has it."""
        taken = set[str]()
        for other in self._twins.get(folder.prefix, ()):
            if other > path:
                twin = self._folders[other]
                taken |= twin.files.keys() | {name[:-1] for name in twin.folders.values()}
        return taken

    def _give_back(self, name: str, folder: _Folder) -> None:
        """Let go a file that a folder had, unless another one has taken it."""
        if not any(
            name in self._folders[other].files
            for other in self._twins.get(folder.prefix, ())
            if self._folders[other] is not folder
        ):
            self._holdings.remove(name)

    def _list_again(self, path: str) -> None:
        self._overtaken.discard(path)
        folder = self._folders.get(path)
        if folder is not None:
            after = self._list(path, folder, ())
            self._take_in(path, folder, after)
            for name in sorted(after.folders.keys() - self._folders.keys()):
                self._walk(name, after.folders[name], ())

    def _take(self, name: str, entry: os.DirEntry[str], before: _Folder, after: _Folder, *, forced: bool) -> None:
        known = before.files.get(name)
        if known is None:
            self._begun.pop(name, None)  # it may have been another file then
        hint = self._hints.get(name) if known is None else known.state
        if forced or (known is not None and hint and not is_settled(changed_in(hint), before.looked)):
            hint = None
        try:
            if known is not None and hint and not isinstance(known.item, Asset) and _is_as(hint, entry):
                after.files[name] = known
                return
            file = take(name, entry, self._location, hint)
        except FileNotFoundError:
            return
        except OSError as problem:
            after.problems.append(unreadable(name, problem))
            if known is not None:  # the last good text stays
                after.files[name] = known
            return
        if known is not None and self._is_being_written(name, file, known):
            self._unsettled.append(entry.path)
            after.files[name] = known
            return
        after.files[name] = self._shelved(name, entry.path, file, is_new=not _same(known, file))

    def _is_being_written(self, name: str, file: Taken, known: Taken) -> bool:
        """Whether an editor seems to have only begun to write, and that not long ago: neither by the file's own time, nor by
        when it was first seen so, as files may have any time."""
        if _is_half_written(file, known):
            since = self._begun.setdefault(name, time.monotonic_ns())
            is_new = written_in(file.state) >= self._looked - _WRITING or _was_emptied(file)
            if is_new and time.monotonic_ns() - since < _WRITING:
                return True
        self._begun.pop(name, None)
        return False

    def _shelved(self, name: str, path: str, file: Taken, *, is_new: bool) -> Taken:
        """``file`` without the text that was read: whoever asks for it gets it once, and from then on what the disk has."""
        source = file.item if isinstance(file.item, Source) else file.text
        if not isinstance(source, Source):
            return file
        if is_new:
            self._fresh[name] = source
        if isinstance(file.item, Source):
            return file._replace(item=Unread(name, source.digest, partial(self._text, name, path)))
        return file._replace(text=Unread(name, source.digest, partial(self._text, name, path, transcript_source)))

    def _text(self, name: str, path: str, *how: Read) -> Source:
        return self._fresh.pop(name, None) or read_again(name, path, *how)

    def _contents(self) -> Contents:
        problems = chain.from_iterable(folder.problems for folder in self._folders.values())
        return self._holdings.contents(tuple(problems), self._looked)


def _changed(folder: str) -> int:
    """When names in a folder changed last (ns since the epoch)."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return -1


def _is_gone(folder: str) -> bool:
    """Whether it is known that a folder is not there any more."""
    try:
        os.stat(folder)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        pass
    return False


def _is_as(state: FileState, entry: os.DirEntry[str]) -> bool:
    return state.startswith(mark_of(entry.stat(follow_symlinks=False)))


def _is_half_written(file: Taken, known: Taken) -> bool:
    """Whether nothing is there yet of a file that held something, or half a letter at its end and nowhere else. A text that may
    say of itself that it is not to be seen is never waited for."""
    if not isinstance(file.item, Source) or digest_in(file.state) == digest_in(known.state):
        return False
    text = file.item.text
    ends_in_half = bool(file.item.diagnostics) and 0 <= text.find("\ufffd") == len(text) - 1
    is_empty = size_in(file.state) == 0 < size_in(known.state) or _was_emptied(file)
    return is_empty or (ends_in_half and not _PRIVATE.search(text))


def _was_emptied(file: Taken) -> bool:
    """Whether a file was emptied after the disk was asked how long it is, and when it changed."""
    return digest_in(file.state) == _EMPTY and size_in(file.state) > 0


def _same(before: Taken | None, after: Taken) -> bool:
    if before is None:
        return False
    if isinstance(after.item, Asset):
        return before.item == after.item and digest_in(before.state) == digest_in(after.state)
    return digest_in(before.state) == digest_in(after.state)
