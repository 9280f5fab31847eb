"""What links lead to: files by their names, places in notes by their headings, blocks and ids. A part of index.

Two steps, as each depends on less than both: an `Aim` is what the names of the vault's files say of a link, a `Resolution`
what the note or attachment aimed at says besides, its title, address and anchors.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sitegen.model import Asset, Block, Cites, Facts, Found, Heading, Link, NoteRef, Resolution
from sitegen.paths import case_key, fold_key, folder
from sitegen.stages.addresses import Named
from sitegen.stages.names import Names

_STAMP_ID = re.compile(r"t-(0|[1-9][0-9]{0,5})")


class Aim(NamedTuple):
    """The file that a link names, "" for none, and the anchor that is asked for in it, as written."""

    found: Found
    path: str = ""
    anchor: str = ""
    candidates: tuple[str, ...] = ()


class Anchored(NamedTuple):
    """What a link can lead to within a note."""

    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    ids: tuple[str, ...]


class Linker:
    """Knows the names of published notes, of attachments and, to keep silent about them, of unpublished notes."""

    def __init__(
        self, notes: Mapping[str, Named], hidden: Mapping[str, Named], assets: Sequence[Asset], attachments: str = ""
    ) -> None:
        self._attachments = attachments
        self._assets = {asset.path for asset in assets if not asset.unsafe}
        self._unsafe = Names([asset.path for asset in assets if asset.unsafe], {})
        self._names = Names([*notes, *self._assets], _titles(notes))
        self._hidden = Names(hidden, _titles(hidden)) if hidden else None

    def aim(self, link: Link, source: str) -> Aim:
        """What ``link`` names when written in the note ``source``."""
        if not link.target:
            return Aim(Found.NOTE, source, link.anchor)
        paths = self._names.lookup(link.target, source)
        anchor = link.anchor
        if anchor and (whole := self._names.lookup(f"{link.target}#{anchor}", source)):
            paths, anchor = whole, ""  # [[C#]] and [[Note #3]] where there is such a note
        if not paths:
            if self._hidden is not None and self._hidden.lookup(link.target, source):
                return Aim(Found.HIDDEN)
            return Aim(Found.UNSAFE if self._unsafe.lookup(link.target, source) else Found.MISSING)
        if len(paths) > 1:
            paths = self._from_attachments(paths, source)
        path, candidates = paths[0], paths if len(paths) > 1 else ()
        if path in self._assets:
            return Aim(Found.ASSET, path, anchor, candidates)
        return Aim(Found.SELF if path == source and not anchor else Found.NOTE, path, anchor, candidates)

    def _from_attachments(self, paths: tuple[str, ...], source: str) -> tuple[str, ...]:
        """Of several files of one name the one in Obsidian's folder for attachments, unless one lies beside the note."""
        if not self._attachments or not self._assets.issuperset(paths) or folder(paths[0]) == folder(source):
            return paths
        beside = self._attachments.startswith("./")
        wanted = posixpath.join(folder(source), self._attachments[2:]) if beside else self._attachments.strip("/")
        there = [path for path in paths if folder(path) == wanted.rstrip("/")]
        return (there[0],) if there else paths

    def attachment(self, text: str, source: str) -> str | None:
        """The attachment that a property of a note means by a path, a name or a link."""
        name = text.strip().removeprefix("!").removeprefix("[[").removesuffix("]]").partition("|")[0]
        paths = self._names.lookup(name, source) if "://" not in name else ()
        return next((path for path in paths if path in self._assets), None)

    def first_attachment(self, texts: Iterable[str], source: str) -> str | None:
        """The first of these that is an attachment; None also where one of another site comes before it."""
        found = ((self.attachment(text, source), "://" in text) for text in texts)
        return next((path for path, elsewhere in found if path or elsewhere), None)


class Resolver:
    """Makes resolutions of aims; ``refs`` are the notes', ``urls`` the attachments' addresses by path, ``cited`` the seconds
    that notes cite of their videos."""

    def __init__(
        self,
        refs: Mapping[str, NoteRef],
        urls: Mapping[str, str],
        anchored: Mapping[str, Anchored],
        cited: Mapping[str, Cites],
    ) -> None:
        self._refs, self._urls, self._anchored, self._cited = refs, urls, anchored, cited
        self._tables: dict[str, dict[str, str]] = {}

    def resolve(self, aim: Aim) -> Resolution:
        """Where a link with this aim leads."""
        if not aim.path:
            return Resolution(aim.found)
        if aim.found is Found.ASSET:
            ref = NoteRef(aim.path, aim.path.rpartition("/")[2], self._urls[aim.path])
            return Resolution(Found.ASSET, ref, aim.anchor, candidates=aim.candidates)
        ref = self._refs[aim.path]
        anchor = self._anchor(aim.path, aim.anchor) if aim.anchor else ""
        return Resolution(aim.found, ref, anchor or "", anchor is None, aim.candidates)

    def _anchor(self, path: str, anchor: str) -> str | None:
        """The HTML id that ``anchor`` names in a note, None if it names nothing."""
        parts = [part.strip() for part in anchor.split("#") if part.strip()]
        if not parts:
            return ""
        if path not in self._tables:
            self._tables[path] = _anchors(self._anchored[path])
        table = self._tables[path]
        if parts[-1].startswith("^"):
            return table.get(parts[-1].lower())
        found = table.get("#".join(_heading_key(part) for part in parts))
        return (
            found or table.get(_heading_key(anchor)) or table.get("#" + case_key(anchor)) or self._stamp(path, anchor)
        )  # "Why C#"; an id of raw HTML

    def _stamp(self, path: str, anchor: str) -> str | None:
        """The id of the stamp that ``t-103`` names, if the note cites that second."""
        named, cites = _STAMP_ID.fullmatch(anchor), self._cited[path]
        return anchor if named is not None and cites.video and int(named[1]) in cites.seconds else None


def anchored(path: str, facts: Facts) -> Anchored:
    return Anchored(facts.headings, facts.blocks, facts.ids)


def aimed_at(path: str, aims: Iterable[Aim]) -> tuple[str, ...]:
    """The files that a note's links name, each once."""
    return tuple(dict.fromkeys([aim.path for aim in aims if aim.path]))


def embedded(direct: Mapping[str, Sequence[str]], depth: int) -> dict[str, tuple[str, ...]]:
    """By path, for notes that embed notes: those they embed, directly or through others.

    What is deeper than ``depth`` is not shown: a chain of embeds is no reason to read them all.
    """
    return {path: tuple(_reached(path, direct, depth)) for path, targets in direct.items() if targets}


def _reached(path: str, direct: Mapping[str, Sequence[str]], depth: int) -> dict[str, None]:
    found: dict[str, None] = {}
    waiting = [path]
    for _ in range(depth):
        current, waiting = waiting, []
        for target in (target for note in current for target in direct[note]):
            if target not in found:
                found[target] = None
                waiting.append(target)
    return found


def _titles(notes: Mapping[str, Named]) -> dict[str, tuple[str, ...]]:
    return {path: (named.title, *named.aliases) for path, named in notes.items()}


def _anchors(note: Anchored) -> dict[str, str]:
    """The HTML ids in a note by all that may name them."""
    table: dict[str, str] = {}
    trail: list[tuple[int, str]] = []
    for heading in note.headings:
        key = _heading_key(heading.text)
        trail = [step for step in trail if step[0] < heading.level]
        for start in range(len(trail)):
            table.setdefault("#".join([*(k for _, k in trail[start:]), key]), heading.id)
            table.setdefault(f"{trail[start][1]}#{key}", heading.id)
        table.setdefault(key, heading.id)
        trail.append((heading.level, key))
    for block in note.blocks:
        table.setdefault("^" + block.id, block.anchor)
    for name in note.ids:
        table.setdefault("#" + case_key(name), name)
    return table


def _heading_key(text: str) -> str:
    return fold_key(text) or text
