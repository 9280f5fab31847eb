"""What every verb that builds needs first: the site's location, contents, theme and settings."""

from __future__ import annotations

from dataclasses import dataclass

from sitegen.build import GENERATOR, Memo, Progress, Result, Settings, build
from sitegen.config import normal_base_url
from sitegen.disk.katex import drawer
from sitegen.disk.read import Contents, read_vault
from sitegen.disk.site import Location
from sitegen.disk.theme import read_theme
from sitegen.extensions import checks, features, syntax
from sitegen.model import SiteInfo
from sitegen.stages.index import Options
from sitegen.stages.parse import Dialect


@dataclass(frozen=True, slots=True)
class Prepared:
    """A site that was read and built in memory; nothing is written yet."""

    contents: Contents
    result: Result
    settings: Settings


def prepare(
    location: Location,
    *,
    base_url: str | None = None,
    drafts: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Read and build the site at ``location``; raises ConfigError or RenderError with a text for people."""
    config = location.config
    address = normal_base_url(base_url) if base_url is not None else config.base_url
    settings = Settings(
        site=SiteInfo(location.title, config.description, config.language, address, GENERATOR),
        dialect=Dialect(location.strict_line_breaks, syntax(config.extensions.syntax), config.properties, drawer()),
        options=Options(location.title, location.vault.name, drafts, config.video_pages, location.attachments),
        timestamp_format=config.timestamp_format,
        timestamps=tuple(sorted(config.timestamps.items())),
        features=features(config.extensions.features),
        checks=checks(config.extensions.checks),
    )
    contents = read_vault(location)
    theme = read_theme(location.root)
    result = build(
        contents.sources, contents.assets, theme, settings, Memo(), progress, transcripts=contents.transcripts
    )
    return Prepared(contents, result, settings)
