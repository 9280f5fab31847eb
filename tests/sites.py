"""Whole sites in memory, for tests that build many: no disk, no command line, the same `build`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec.structs import replace

from sitegen.build import Memo, Result, Settings, build
from sitegen.disk.read import decode
from sitegen.disk.theme import read_theme
from sitegen.extensions import checks, features
from sitegen.model import Artifact, Asset, CopiedFile, Rendered, SiteInfo, Source, Theme
from sitegen.stages.index import Options
from tests.conftest import ROOT


@lru_cache(maxsize=1)
def default_theme() -> Theme:
    """The theme that a site without its own has."""
    return read_theme(ROOT)


def default_settings(*, base_url: str = "https://example.org/wiki/", drafts: bool = False) -> Settings:
    """All built-in features and checks; with an address, so that there are a sitemap and a feed too."""
    site = SiteInfo("Test wiki", "", "en", base_url, "sitegen")
    return Settings(site, options=Options(title="Test wiki", drafts=drafts), features=features(()), checks=checks(()))


def source(path: str, content: str | bytes) -> Source:
    """A note as `read_vault` gives it."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    text, problems = decode(path, data)
    return Source(path, hashlib.blake2b(data, digest_size=16).hexdigest(), text, problems)


def build_notes(
    notes: Mapping[str, str | bytes] | Iterable[Source],
    assets: Iterable[str] = (),
    *,
    memo: Memo | None = None,
    settings: Settings | None = None,
    theme: Theme | None = None,
) -> Result:
    """The site of these notes and (empty) attachments."""
    sources = [source(*item) for item in notes.items()] if isinstance(notes, Mapping) else list(notes)
    files = [Asset(path, path, 0) for path in assets]
    return build(sources, files, theme or default_theme(), settings or default_settings(), memo or Memo())


def other_theme() -> Theme:
    """A theme whose every page differs from the default one's."""
    theme = default_theme()
    templates = dict(theme.templates)
    templates["base.html"] = templates["base.html"].replace("<body>", '<body class="other">')
    return replace(theme, digest="other", templates=templates)


def site_files(result: Result) -> dict[str, bytes]:
    """The bytes of every file of the site; a copied file is told by what it is a copy of."""
    return {url: content_of(artifact) for url, artifact in result.site.artifacts.items()}


def content_of(artifact: Artifact) -> bytes:
    """The bytes of one file of a site."""
    content = artifact.content
    if isinstance(content, CopiedFile):
        return repr(content).encode()
    return content.read() if isinstance(content, Rendered) else content
