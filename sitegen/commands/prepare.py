"""What every verb that builds needs first: the site's location, contents, theme and settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build import GENERATOR, Progress, Result, Settings, build
from sitegen.config import normal_base_url
from sitegen.disk.cache import Cache
from sitegen.disk.dates import Dates
from sitegen.disk.katex import drawer
from sitegen.disk.read import Contents, read_vault
from sitegen.disk.scan import Look
from sitegen.disk.site import Location
from sitegen.disk.theme import read_theme
from sitegen.extensions import checks, features, syntax
from sitegen.memo import Lost
from sitegen.model import SiteInfo
from sitegen.pool import SERIAL, Workers
from sitegen.stages.index import Options
from sitegen.stages.parse import Dialect

T = TypeVar("T")


class Prepared(Struct, frozen=True):
    """A site that was read and built; nothing is written yet."""

    contents: Contents
    result: Result
    settings: Settings


def prepare(
    location: Location,
    cache: Cache,
    *,
    base_url: str | None = None,
    drafts: bool = False,
    progress: Progress | None = None,
    workers: Workers = SERIAL,
    seen: Look | None = None,
) -> Prepared:
    """Read and build the site at ``location``; raises ConfigError or RenderError with a text for people. ``seen`` is a look at
    the vault from a moment ago, if there was one."""
    settings = settings_of(location, base_url=base_url, drafts=drafts)
    contents = read_vault(location, cache.seen, seen)
    settings = dated(settings, contents, dates_of(location, cache.folder))
    theme = read_theme(location.root, location.config.language)
    result = build(
        contents.sources,
        contents.assets,
        theme,
        settings,
        cache.memo,
        progress,
        workers,
        transcripts=contents.transcripts,
    )
    return Prepared(contents, result, settings)


def settings_of(location: Location, *, base_url: str | None = None, drafts: bool = False) -> Settings:
    """What a build of the site at ``location`` depends on besides its files; raises ConfigError."""
    config = location.config
    address = normal_base_url(base_url) if base_url is not None else config.base_url
    return Settings(
        site=SiteInfo(location.title, config.description, config.language, address, GENERATOR, garden=config.garden),
        dialect=Dialect(
            location.strict_line_breaks, syntax(config.extensions.syntax), config.properties, drawer(), config.language
        ),
        options=Options(
            location.title,
            location.vault.name,
            drafts,
            config.video_pages,
            config.language,
            location.attachments,
            related=config.related,
            mentions=config.mentions,
        ),
        timestamp_format=config.timestamp_format,
        timestamps=tuple(sorted(config.timestamps.items())),
        features=features(config.extensions.features),
        checks=checks(config.extensions.checks),
    )


def dates_of(location: Location, kept: Path | None = None) -> Dates | None:
    """Where notes that say no date get one from, if the settings want that. ``kept`` is the folder of the cache."""
    return Dates(location.vault, kept) if location.config.git_dates else None


def dated(settings: Settings, contents: Contents, dates: Dates | None) -> Settings:
    """The settings with the dates of these notes."""
    if dates is None:
        return settings
    found = dates.of(source.path for source in contents.sources)
    return replace(settings, options=replace(settings.options, dates=found))


def undamaged(cache: Cache, work: Callable[[], T]) -> T:
    """What ``work`` gives; should it find the cache damaged, what it gives without one."""
    try:
        return work()
    except Lost:
        cache.reset()
        return work()
