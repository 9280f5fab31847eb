"""What runs: the built-in features and checks, and those that installed packages offer and sitegen.toml names.

Entry-point groups: ``sitegen.syntax`` (a markdown-it plugin ``(md) -> None``), ``sitegen.features``
``(vault, pages, site) -> Iterable[Artifact | View | Recipe]`` and ``sitegen.checks``
``(facts, place) -> Iterable[Diagnostic]``, called for every published note, in any process.
The built-in ones have the same signatures. Installed is not enabled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from sitegen.config import ConfigError
from sitegen.diagnostics import Diagnostic
from sitegen.model import Artifact, Facts, Pages, Place, Recipe, SiteInfo, Vault, View

Feature = Callable[[Vault, Pages, SiteInfo], Iterable[Artifact | View | Recipe]]
Check = Callable[[Facts, Place], Iterable[Diagnostic]]

FEATURES = (
    "sitegen.features.folders:folders",
    "sitegen.features.home:home",
    "sitegen.features.videos:videos",
    "sitegen.features.all_notes:all_notes",
    "sitegen.features.browse:browse",
    "sitegen.features.recent:recent",
    "sitegen.features.garden:garden",
    "sitegen.features.tags:tags",
    "sitegen.features.redirects:redirects",
    "sitegen.features.not_found:not_found",
    "sitegen.features.search:search",
    "sitegen.features.graph:graph",
    "sitegen.features.sitemap:sitemap",
    "sitegen.features.feed:feed",
    "sitegen.features.formulas:formulas",
    "sitegen.features.nojekyll:nojekyll",
)
CHECKS = (
    "sitegen.checks.links:links",
    "sitegen.checks.embeds:embeds",
    "sitegen.checks.timestamps:timestamps",
    "sitegen.checks.transcripts:transcripts",
)


def features(names: Iterable[str]) -> tuple[Feature, ...]:
    """The built-in features and the named installed ones."""
    return tuple(_load(spec) for spec in (*FEATURES, *_specs("sitegen.features", names)))


def checks(names: Iterable[str]) -> tuple[Check, ...]:
    """The built-in checks and the named installed ones."""
    return tuple(_load(spec) for spec in (*CHECKS, *_specs("sitegen.checks", names)))


def syntax(names: Iterable[str]) -> tuple[str, ...]:
    """The named installed syntax plugins as "module:function", which travels to other processes."""
    return tuple(_specs("sitegen.syntax", names))


def _specs(group: str, names: Iterable[str]) -> list[str]:
    wanted = list(names)
    if not wanted:
        return []
    from importlib.metadata import entry_points

    installed = {point.name: point.value for point in entry_points(group=group)}
    for name in wanted:
        if name not in installed:
            known = ", ".join(sorted(installed)) or "none"
            raise ConfigError(
                f"[extensions] names {name!r}, but no installed package offers it in {group} (installed: {known})"
            )
    return [installed[name] for name in wanted]


def _load(spec: str) -> Any:
    module, _, name = spec.partition(":")
    return getattr(import_module(module), name)
