"""A whole site: its theme, its other pages, the files it consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from sitegen.diagnostics import Diagnostic
from sitegen.value import Partly, Value


class View(Value, frozen=True):
    """A page that is not a note's: its template and the values the template may use."""

    url: str
    template: str
    title: str
    values: tuple[tuple[str, Any], ...] = ()


class CopiedFile(Value, frozen=True):
    """Content that is a file of the vault or theme, copied as it is."""

    path: str
    digest: str
    size: int


class Rendered(Partly, frozen=True):
    """Content that was rendered in this build or an earlier one, or is when it is wanted: read then, and known by a digest
    of its bytes or of all it is made from."""

    digest: bytes
    size: int
    read: Callable[[], bytes]

    apart = ("read",)


class SearchFile(Partly, frozen=True):
    """A file of the search's index, known by ``print`` and made when it is wanted."""

    print: bytes
    read: Callable[[], bytes]

    apart = ("read",)


class Artifact(Value, frozen=True):
    """A file of the site. ``note`` names the note whose page it is, if it is one.

    Features give bytes; in a `Site` they are ``Rendered``, so that it need not hold them all.
    """

    url: str
    content: bytes | CopiedFile | Rendered
    note: str | None = None


class Recipe(Value, frozen=True):
    """Pages and files that a feature makes by calling ``make`` with what ``inputs`` gives, but only if that is new.

    ``make`` is a pure function of a module, ``key`` tells what it makes from all else it makes. ``inputs`` gathers from the
    vault and the pages, and is not called while those it looked at are what they were. What is ``late`` is one file at the
    address ``key``, which is known by its inputs and made when somebody wants it.
    """

    key: str
    make: Callable[..., tuple[Artifact | View, ...]]
    inputs: Callable[[], tuple[Any, ...]]
    late: bool = False


class SiteInfo(Value, frozen=True):
    """What every page may print about the site; nothing here grows or changes with the vault."""

    title: str
    description: str
    language: str
    base_url: str  # "" or an absolute URL ending in "/"
    generator: str
    tags: bool = False  # whether any note has a tag
    dated: bool = False  # whether any note has a date, and so whether there is a recent.html
    garden: bool = True  # whether there is a garden.html

    @property
    def feed(self) -> bool:
        """Whether there is a feed.xml, whose addresses have to be whole."""
        return bool(self.base_url) and self.dated


class Theme(Partly, frozen=True):
    """Templates and static files by name. Two themes are equal if their digests are.

    ``versions`` has, for each static file, a digest that changes with it and with whatever it imports.
    ``code`` is what `sitegen.stages.templates` compiled of templates, as far as it is known. ``problems`` are about files
    that are not part of it.
    """

    digest: str
    templates: Mapping[str, str]
    static: Mapping[str, CopiedFile | bytes]
    icons: Mapping[str, str]
    versions: Mapping[str, str]
    code: Mapping[str, bytes] = {}
    problems: tuple[Diagnostic, ...] = ()

    apart = ("templates", "static", "icons", "versions", "code", "problems")


class Site(Struct):
    """A whole site, ready to be written. ``links`` is how many there are; pages are counted when somebody asks.

    ``digests`` gives those of all `Rendered` files by address, without making artifacts of them.
    """

    artifacts: Mapping[str, Artifact]
    digests: Callable[[], Mapping[str, bytes]]
    links: int
    count_pages: Callable[[], int]
    diagnose: Callable[[], tuple[Diagnostic, ...]]
    _diagnostics: tuple[Diagnostic, ...] | None = None

    @property
    def pages(self) -> int:
        """How many pages there are, redirects not counted."""
        return self.count_pages()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong with it, by place; put together when first asked for."""
        if self._diagnostics is None:
            self._diagnostics = self.diagnose()
        return self._diagnostics
