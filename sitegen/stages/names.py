"""Which file a link's target means: Obsidian's rules in order, the first that finds anything decides.

1. ``./x``, ``../x`` from the linking note's folder  2. the exact path  3. the file name, or the end of the path
4. the same ignoring case  5. the same ignoring blanks, hyphens, underscores and punctuation  6. a title or alias.
Source: the Obsidian help page "Internal links"; rules 5 and 6 are ours, for links that real wikis have.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping

from sitegen.paths import case_key, fold_key, folder, nfc

_Key = Callable[[str], str]


class Names:
    """The names of a set of files. ``titles`` maps a note's path to its title and aliases."""

    def __init__(self, paths: Iterable[str], titles: Mapping[str, tuple[str, ...]]) -> None:
        self._exact: dict[str, str] = {}
        self._tables: tuple[tuple[_Key, dict[str, dict[str, None]]], ...] = ((nfc, {}), (case_key, {}), (fold_key, {}))
        self._titles: dict[str, dict[str, None]] = {}  # paths in order
        self._cache: dict[tuple[str, str], tuple[str, ...]] = {}
        for path in sorted(paths):
            self._add(path)
        for path in sorted(titles):
            for title in titles[path]:
                for key in {case_key(title), fold_key(title)} - {""}:
                    self._titles.setdefault(key, {})[path] = None

    def _add(self, path: str) -> None:
        names = [path, path[:-3]] if path.lower().endswith(".md") else [path]
        for name in names:
            self._exact.setdefault(nfc(name), path)
            last = name.rpartition("/")[2]
            for key, table in self._tables:
                table.setdefault(key(last), {})[path] = None

    def lookup(self, target: str, source: str) -> tuple[str, ...]:
        """The paths ``target`` may mean when written in the note ``source``, best first; () if there is none."""
        where = folder(source)
        key = (target, where)
        if key not in self._cache:
            self._cache[key] = self._search(target, where)
        return self._cache[key]

    def _search(self, target: str, where: str) -> tuple[str, ...]:
        target = nfc(target).replace("\\", "/")
        if target.startswith("./") or ".." in target.split("/"):
            joined = posixpath.normpath(posixpath.join(where, target))
            if not joined.startswith("../") and (found := self._exact.get(joined)):
                return (found,)
            target = "/".join(part for part in target.split("/") if part not in (".", ".."))
        target = target.strip("/")
        if not target:
            return ()
        if found := self._exact.get(target):
            return (found,)
        for key, table in self._tables:
            if paths := self._by_suffix(key, table, target):
                return self._ranked(paths, where)
        titled = self._titles.get(case_key(target)) or self._titles.get(fold_key(target)) or {}
        if not titled and target.endswith("#"):  # [[C#]] is the note C# if there is one, else it is C
            return self._search(target[:-1], where)
        return tuple(titled) if len(titled) == 1 else ()

    def _by_suffix(self, key: _Key, table: dict[str, dict[str, None]], target: str) -> list[str]:
        *parents, last = target.split("/")
        last_key = key(last)
        paths = list(table.get(last_key, ())) if last_key else []
        if not parents or not paths:
            return paths
        wanted = [key(part) for part in parents]
        return [path for path in paths if [key(part) for part in folder(path).split("/")][-len(wanted) :] == wanted]

    @staticmethod
    def _ranked(paths: list[str], where: str) -> tuple[str, ...]:
        if len(paths) == 1:
            return (paths[0],)
        steps = where.split("/") if where else []

        def rank(path: str) -> tuple[bool, int, int, str]:
            there = folder(path)
            shared = 0
            for one, other in zip(steps, there.split("/") if there else [], strict=False):
                if one != other:
                    break
                shared += 1
            return there != where, -shared, path.count("/"), path

        return tuple(sorted(paths, key=rank))
