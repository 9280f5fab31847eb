"""Watching the folders of a site and ringing the bell; where the system says nothing of changes, by looking regularly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from sitegen.disk.drives import tells_of_changes
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
        self.silent = ""

    def begin(self, location: Location) -> None:
        """Watch the vault, the theme and the settings of a site, and nothing else from now on."""
        self.end()
        if not tells_of_changes(location.vault):
            self.silent = "it is on a drive that does not say when a file changes"
            return
        observer = Observer()
        handler = _Handler(self._bell, location)
        try:
            observer.start()
            for folder, deep in self._folders(location):
                observer.schedule(handler, folder, recursive=deep)
                self._watched[folder] = _node(folder)
        except OSError as problem:  # the system has no more watches to give, or the folder has just gone
            self.silent = f"it cannot be watched: {problem.strerror or problem}"
        self._observer = observer

    def end(self) -> None:
        """Watch nothing."""
        if self._observer is not None:
            self._observer.stop()
        self._observer, self._watched, self.silent = None, {}, ""

    def is_whole(self, location: Location) -> bool:
        """Whether what is watched is what should be: not so if a folder was replaced or came since."""
        folders = {folder: _node(folder) for folder, _ in self._folders(location)}
        return bool(self.silent) or folders == self._watched

    def _folders(self, location: Location) -> list[tuple[str, bool]]:
        """What is to be watched, and whether with all that is below it."""
        deep = [str(location.vault), *map(os.path.realpath, theme_folders(location.root))]  # a link says nothing itself
        deep = [folder for folder in dict.fromkeys(deep) if os.path.isdir(folder)]
        inner = [f for f in deep if not any(f.startswith(other + os.sep) for other in deep)]
        root = str(location.root)
        return [(folder, True) for folder in inner] + ([] if root in inner else [(root, False)])


def _node(folder: str) -> int:
    try:
        return os.stat(folder).st_ino
    except OSError:
        return -1


class _Handler(FileSystemEventHandler):
    """Turns events into rings; what is no business of the site is not heard."""

    def __init__(self, bell: Bell, location: Location) -> None:
        self._bell = bell
        self._vault, self._output = str(location.vault), str(location.output)
        self._theme = tuple(folder + os.sep for folder in theme_folders(location.root))
        self._linked = tuple(os.path.realpath(folder) + os.sep for folder in self._theme if os.path.islink(folder[:-1]))
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
        if path.startswith(self._linked):  # perhaps content too
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
