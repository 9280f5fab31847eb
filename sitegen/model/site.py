"""A whole site: its theme, its other pages, the files it consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sitegen.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class View:
    """A page that is not a note's: its template and the values the template may use."""

    url: str
    template: str
    title: str
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """Content that is a file of the vault or theme, copied as it is."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file of the site. ``note`` names the note whose page it is, if it is one."""

    url: str
    content: bytes | CopiedFile
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """Pages and files that a feature makes by calling ``make`` with ``inputs``, but only if these are not those of last time.

    ``make`` is a pure function of a module, ``key`` tells what it makes from all else it makes.
    """

    key: str
    make: Callable[..., tuple[Artifact | View, ...]]
    inputs: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What every page may print about the site; nothing here grows or changes with the vault."""

    title: str
    description: str
    language: str
    base_url: str  # "" or an absolute URL ending in "/"
    generator: str
    feed: bool = False  # whether there is a feed.xml
    tags: bool = False  # whether any note has a tag


@dataclass(frozen=True, slots=True)
class Theme:
    """Templates and static files by name. Two themes are equal if their digests are.

    ``versions`` has, for each static file, a digest that changes with it and with whatever it imports.
    """

    digest: str
    templates: Mapping[str, str] = field(compare=False)
    static: Mapping[str, CopiedFile | bytes] = field(compare=False)
    icons: Mapping[str, str] = field(compare=False)
    versions: Mapping[str, str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site, ready to be written."""

    artifacts: Mapping[str, Artifact]
    diagnostics: tuple[Diagnostic, ...]
    pages: int = 0
    links: int = 0
