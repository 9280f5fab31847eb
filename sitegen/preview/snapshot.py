"""The site as it is served at one moment, and what an open page is told of it. A snapshot is swapped in whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sitegen.codec import digest
from sitegen.config import Config
from sitegen.diagnostics import CATALOGUE, Diagnostic, Severity
from sitegen.model import Artifact, CopiedFile, Rendered
from sitegen.preview.editor import open_at

_STATIC = "static/"
_VENDOR = "vendor/"


@dataclass(frozen=True, slots=True)
class Gone:
    """Why a page that was there is not: its note is a draft now, is withheld for its front matter, or was deleted."""

    note: str
    reason: str  # "draft", "withheld", "deleted"
    problems: tuple[Diagnostic, ...] = ()
    page: bytes = b""  # the last good one of a note that is withheld; nothing of the text that may be a draft is in it
    text: str = ""  # the digest of what was deleted only just: it may yet come under another name


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is served. Addresses are those of artifacts, without a leading slash."""

    number: int  # counts up; 0 is before the first build
    vault: Path
    base: str = "/"  # the path that the site is served under, with a slash at both ends, nothing in it encoded
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    theme: Mapping[str, CopiedFile | bytes] = field(default_factory=dict)  # the theme's files as they are now, by name
    error: str = ""  # why this is not what the notes say now
    moved: Mapping[str, str] = field(default_factory=dict)  # address -> the one that its note has now
    gone: Mapping[str, Gone] = field(default_factory=dict)
    follow: str = ""  # address of the note that was saved
    files: Mapping[str, int] = field(
        default_factory=dict
    )  # address of an attachment -> number since which it is as it is
    problems: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)  # by note
    is_draft: Callable[[str], bool] = field(default=lambda note: False)
    config: Config = field(default_factory=Config)
    editor: str = ""
    names: Mapping[str, str] = field(default_factory=dict)  # note -> its path as the disk spells it, where that differs

    def content(self, url: str) -> bytes | CopiedFile | Rendered | None:
        """What is at an address."""
        artifact = self.artifacts.get(url)
        if artifact is None:
            return None
        if url.startswith(_STATIC) and url[len(_STATIC) :] in self.theme:
            return self.theme[url[len(_STATIC) :]]
        return artifact.content

    def note(self, url: str) -> str | None:
        """The note whose page is at an address."""
        artifact = self.artifacts.get(url)
        return artifact.note if artifact is not None else None

    def address(self, url: str) -> str:
        """Where a browser finds an artifact; a folder's page without its file name."""
        short = url[: -len("index.html")] if url == "index.html" or url.endswith("/index.html") else url
        return quote(self.base + short, "/:@!$&'()*+,;=")

    def state(self, url: str, tag: str | None, *, near: bool) -> dict[str, Any]:
        """What a page at ``url`` should know; ``tag`` is its present entity tag. ``near`` is a browser on this machine."""
        note = self.note(url)
        gone = self.gone.get(url) if tag is None else None
        if gone is not None and not near and not gone.page and gone.reason != "deleted":
            gone = None  # that a draft exists is the writer's business
        problems = self.problems.get(note, ()) if note is not None else gone.problems if gone else ()
        return {
            "number": self.number,
            "tag": tag,
            "error": self.error_told(near=near),
            "moved": self.address(self.moved[url]) if tag is None and url in self.moved else None,
            "gone": {"note": gone.note, "reason": gone.reason} if gone else None,
            "kept": bool(gone and gone.page),
            "draft": note is not None and self.is_draft(note),
            "note": note or (gone.note if gone else None),
            "open": self._opens(note, gone, near=near),
            "problems": [shown for problem in problems if (shown := self._problem(problem, near=near))],
            "static": {name: _short(content) for name, content in self._watched()},
            "files": {self.base + file: number for file, number in self.files.items()},
            "follow": self.address(self.follow) if self.follow else None,
        }

    def error_told(self, *, near: bool) -> str:
        """The error for a browser on this machine, or without the folder that everything lies in for one elsewhere."""
        return self.error if near else self.error.replace(f"{self.vault.parent}{os.sep}", "")

    def _opens(self, note: str | None, gone: Gone | None, *, near: bool) -> str:
        """The link that opens the note of a page, also of one that went though its file is there."""
        if note is None and gone is not None and gone.reason != "deleted":
            note = gone.note
        return self._open(note, None, near=near) if note is not None else ""

    def _watched(self) -> list[tuple[str, CopiedFile | bytes]]:
        """The theme's own files that this site has; those that come with sitegen from elsewhere are not edited."""
        return [
            (self.base + _STATIC + name, content)
            for name, content in self.theme.items()
            if not name.startswith(_VENDOR) and _STATIC + name in self.artifacts
        ]

    def _problem(self, problem: Diagnostic, *, near: bool) -> dict[str, Any] | None:
        severity = severity_of(problem, self.config)
        if severity is Severity.OFF:
            return None
        span = problem.span
        return {
            "code": problem.code,
            "severity": severity.value,
            "message": problem.message,
            "hint": problem.hint,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "open": self._open(problem.path, problem, near=near),
        }

    def _open(self, note: str, problem: Diagnostic | None, *, near: bool) -> str:
        """The link that opens a note here; another machine has no use for it, and need not know where the notes lie."""
        if not near or not self.editor:
            return ""
        span = problem.span if problem else None
        return open_at(
            self.editor, self.vault / self.names.get(note, note), span.line if span else 1, span.column if span else 1
        )


def severity_of(problem: Diagnostic, config: Config) -> Severity:
    """How bad a problem is, by the site's settings or else by the catalogue."""
    default = CATALOGUE.get(problem.code, (Severity.WARNING, ""))[0]
    return Severity(config.severity.get(problem.code, default))


def _short(content: CopiedFile | bytes) -> str:
    return content.digest[:8] if isinstance(content, CopiedFile) else digest(content).hex()[:8]
