"""Watching the folders of a site and ringing the bell; where the system says nothing of changes, by looking regularly."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from sitegen.disk.drives import tells_of_changes
from sitegen.disk.scan import theme_files, theme_place
from sitegen.disk.site import CONFIG_NAME, Location
from sitegen.disk.theme import theme_folders
from sitegen.preview.bell import CHANGING, GONE, WHOLE, Bell

_PATIENCE = {
    "closed": WHOLE,
    "moved": WHOLE,
    "created": CHANGING,
    "modified": CHANGING,
    "deleted": GONE,
    "attrib": CHANGING,
}
_APP = os.path.join(".obsidian", "app.json")


class Watch:
    """Watches one site from `begin` to `end`. ``silent`` says why nothing can be heard of it, "" if it can."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._observer: Any = None
        self._watched: dict[str, int] = {}  # folder -> number of its node when the watch began
        self._targets = frozenset[str]()  # what links in the theme led to then
        self.silent = ""

    def begin(self, location: Location) -> None:
        """Watch the vault, the theme and the settings of a site, and nothing else from now on."""
        self.end()
        if not tells_of_changes(location.vault):
            self.silent = "it is on a drive that does not say when a file changes"
            return
        observer, self._targets = Observer(), _link_targets(location)
        handler = _Handler(self._bell, location, self._targets)
        try:
            observer.start()
            for folder, deep in _folders(location, self._targets):
                observer.schedule(handler, folder, recursive=deep)
                self._watched[folder] = _node(folder)
        except OSError as problem:  # the system has no more watches to give, or the folder has just gone
            self.silent = f"it cannot be watched: {problem.strerror or problem}"
        self._observer = observer

    def end(self) -> None:
        """Watch nothing."""
        if self._observer is not None:
            self._observer.stop()
        self._observer, self._watched, self._targets, self.silent = None, {}, frozenset(), ""

    def is_whole(self, location: Location) -> bool:
        """Whether what is watched is what should be: not so if a folder was replaced or came since, or a link leads elsewhere."""
        if self.silent:
            return True
        targets = _link_targets(location)
        folders = {folder: _node(folder) for folder, _ in _folders(location, targets)}
        return folders == self._watched and targets == self._targets


def _folders(location: Location, targets: Iterable[str]) -> list[tuple[str, bool]]:
    """What is to be watched, and whether with all that is below it. ``targets`` are those of links in the theme."""
    places = [theme_place(folder, _unsaid) for folder in theme_folders(location.root)]  # a link says nothing itself
    deep = [folder for folder in dict.fromkeys((str(location.vault), *places)) if folder and os.path.isdir(folder)]
    inner = [f for f in deep if not any(f.startswith(other + os.sep) for other in deep)]
    flat = dict.fromkeys((str(location.root), *sorted(map(os.path.dirname, targets))))
    outer = [f for f in flat if not any(f == other or f.startswith(other + os.sep) for other in inner)]
    return [(folder, True) for folder in inner] + [(folder, False) for folder in outer]


def _link_targets(location: Location) -> frozenset[str]:
    """What links in the site's own theme lead to that lies elsewhere in the site."""
    found = set[str]()
    for folder in theme_folders(location.root):
        if folder.within:
            place = theme_place(folder, _unsaid) + os.sep
            found |= {path for _, path in theme_files(folder, _unsaid) if not path.startswith(place)}
    return frozenset(found)


def _unsaid(path: str, what: str, hint: str) -> None:
    """Problems of the theme are told by who reads it."""


def _node(folder: str) -> int:
    try:
        return os.stat(folder).st_ino
    except OSError:
        return -1


class _Handler(FileSystemEventHandler):
    """Turns events into rings; what is no business of the site is not heard."""

    def __init__(self, bell: Bell, location: Location, targets: frozenset[str]) -> None:
        self._bell, self._targets = bell, targets
        self._vault, self._output = str(location.vault), str(location.output)
        folders = theme_folders(location.root)
        self._theme = tuple(folder.path + os.sep for folder in folders)
        linked = [theme_place(folder, _unsaid) for folder in folders if os.path.islink(folder.path)]
        self._linked = tuple(place + os.sep for place in linked if place)
        self._settings = {str(location.root / CONFIG_NAME), str(location.vault / _APP)}

    def dispatch(self, event: FileSystemEvent) -> None:
        kind = event.event_type
        if kind not in _PATIENCE:
            return  # opened, or closed without writing: that was us
        for path in (event.src_path, event.dest_path):
            if path:
                patience = GONE if kind == "moved" and path == event.src_path else _PATIENCE[kind]
                self._happened(os.fsdecode(path), kind, patience, is_folder=event.is_directory)

    def _happened(self, path: str, kind: str, patience: float, *, is_folder: bool) -> None:
        if path.startswith(self._linked) or path in self._targets:  # perhaps content too
            self._bell.theme(path, patience)
        if path in self._settings or path == os.path.dirname(str(Path(self._vault) / _APP)):
            self._bell.settings()
        elif path.startswith(self._theme) or path + os.sep in self._theme:
            if not (is_folder and kind == "modified"):
                self._bell.theme(path, patience)
        elif path == self._vault:
            if kind != "modified":
                self._bell.everywhere(GONE)
        elif self._is_content(path):
            if not is_folder:
                self._bell.file(path, patience)
            elif kind != "modified":
                self._bell.folder(path)

    def _is_content(self, path: str) -> bool:
        if not path.startswith(self._vault + os.sep) or path == self._output or path.startswith(self._output + os.sep):
            return False
        return os.sep + "." not in path[len(self._vault) :]
