"""sitegen.toml: what a site may set, with defaults that suit any folder of notes.

Reading the file from disk is `disk.site`'s; here is only what it may say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from sitegen.diagnostics import CATALOGUE

FORMATS = ("auto", "hms", "ms")
VIDEO_PAGES = ("shared", "all", "none")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
SEVERITIES = ("error", "warning", "info", "off")


class ConfigError(Exception):
    """sitegen.toml says something that cannot be meant; the text says what and what to do."""


class Extensions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of installed entry points to switch on (groups sitegen.syntax, .features, .checks)."""

    syntax: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of one site. Paths are relative to the folder of sitegen.toml."""

    title: str = ""  # "" means: the vault folder's name made readable
    description: str = ""
    content: str = "."
    output: str = "public"
    base_url: str = ""
    language: str = "en"
    exclude: tuple[str, ...] = ()
    properties: bool = False  # whether a note's page has a table of its properties
    strict_line_breaks: bool | None = None  # None: as .obsidian/app.json says
    timestamp_format: str = "auto"
    timestamps: dict[str, str] = {}  # folder -> format
    git_dates: bool = False  # whether notes that say no date have that of their last commit
    garden: bool = True  # whether there is a page of wanted notes, orphans and the like
    video_pages: str = "shared"  # which videos have a page: those of several notes, all, none
    related: bool = True  # whether a note's page names notes that are like it,
    mentions: bool = True  # and those that name it without a link
    severity: dict[str, str] = {}  # diagnostic code -> severity
    editor: str = ""  # what opens a note from its preview: an editor's name or a pattern of addresses
    extensions: Extensions = Extensions()


def parse_config(text: str, name: str = "sitegen.toml") -> Config:
    """The settings in ``text``; raises ConfigError with place, reason and help."""
    import tomllib  # a folder of notes without settings need not wait for it

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{name} is not valid TOML: {problem}") from None
    _reject_unknown(data, Config, name, "")
    if isinstance(data.get("extensions"), dict):
        _reject_unknown(data["extensions"], Extensions, name, "extensions.")
    try:
        config = msgspec.convert(data, Config)
    except msgspec.ValidationError as problem:
        raise ConfigError(f"{name}: {problem}") from None
    return _checked(config, name)


def normal_base_url(url: str) -> str:
    """``url`` with one slash at its end; raises ConfigError unless it is an absolute http(s) address."""
    if not url:
        return ""
    if not url.startswith(("https://", "http://")) or any(c in url for c in " \"'<>?#"):
        raise ConfigError(
            f"base_url must be an absolute http(s) address without query, such as https://example.org/wiki/, not {url!r}"
        )
    return url.rstrip("/") + "/"


def _close_matches(word: str, known: Iterable[str], most: int) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, list(known), most)


def _reject_unknown(data: dict[str, Any], kind: type, name: str, prefix: str) -> None:
    known = [field.name for field in msgspec.structs.fields(kind)]
    for key in data:
        if key not in known:
            near = _close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
            raise ConfigError(f"{name} has an unknown key {prefix}{key!r}; {hint}")


def _checked(config: Config, name: str) -> Config:
    for where, value in {"timestamp_format": config.timestamp_format, **config.timestamps}.items():
        if value not in FORMATS:
            raise ConfigError(f"{name}: the stamp format of {where!r} is {value!r}; it must be auto, hms or ms")
    language = config.language.replace("_", "-")  # as systems write it
    if not LANGUAGE_TAG.fullmatch(language):
        raise ConfigError(f"{name}: language is {config.language!r}, which is no language tag such as en or pt-BR")
    if config.video_pages not in VIDEO_PAGES:
        raise ConfigError(f"{name}: video_pages is {config.video_pages!r}; it must be shared, all or none")
    for code, value in config.severity.items():
        if code not in CATALOGUE:
            near = _close_matches(code, CATALOGUE, 1)
            raise ConfigError(
                f"{name}: [severity] names an unknown diagnostic {code!r}"
                + (f"; did you mean {near[0]!r}?" if near else "")
            )
        if value not in SEVERITIES:
            raise ConfigError(f"{name}: the severity of {code!r} is {value!r}; it must be error, warning, info or off")
    return msgspec.structs.replace(config, language=language, base_url=normal_base_url(config.base_url))
