"""Where a site's parts lie: its sitegen.toml, its vault, its output, and what .obsidian/app.json says."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct

from sitegen.config import Config, ConfigError, parse_config
from sitegen.paths import readable

CONFIG_NAME = "sitegen.toml"


class Location(Struct, frozen=True):
    """The folders of one site. ``root`` holds sitegen.toml, or is the vault where there is none."""

    root: Path
    vault: Path
    output: Path
    config: Config
    strict_line_breaks: bool
    attachments: str  # where Obsidian puts attachments: a folder of the vault, or "./…" beside each note; "" unsaid
    ignored: tuple[str, ...]  # Obsidian's "Excluded files": path beginnings, or /regular expressions/

    @property
    def title(self) -> str:
        return self.config.title or readable(self.vault.name) or "Notes"


def locate(vault: Path | None, output: Path | None) -> Location:
    """The site that a folder of notes belongs to; raises ConfigError where there is none or its settings are wrong.

    Without ``vault``: the site of the nearest sitegen.toml upwards from here, else this folder.
    """
    start = (vault or Path.cwd()).resolve()
    if not start.is_dir():
        raise ConfigError(f"{vault} is not a folder")
    root = _root(start, given=vault is not None)
    config = Config()
    if root is not None:
        try:
            text = (root / CONFIG_NAME).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigError(f"{CONFIG_NAME} cannot be read: {problem}") from None
        config = parse_config(text)
    notes = (root / config.content).resolve() if root is not None else start
    if not notes.is_dir():
        raise ConfigError(f"{CONFIG_NAME}: content = {config.content!r}, but there is no such folder")
    target = (
        output.absolute()
        if output is not None
        else (root / config.output if root is not None else notes.parent / "public")
    )
    app = _app_settings(notes)
    strict = config.strict_line_breaks if config.strict_line_breaks is not None else app.get("strictLineBreaks") is True
    ignored = app.get("userIgnoreFilters")
    filters = tuple(item for item in ignored if isinstance(item, str)) if isinstance(ignored, list) else ()
    folder = app.get("attachmentFolderPath")
    attachments = folder if isinstance(folder, str) else ""
    return Location(root or notes, notes, target, config, strict, attachments, filters)


def _root(start: Path, *, given: bool) -> Path | None:
    """The folder whose sitegen.toml is meant: this one, or one above whose content is this one."""
    for folder in (start, *start.parents):
        if not (folder / CONFIG_NAME).is_file():
            continue
        if folder == start or not given:
            return folder
        try:
            content = parse_config((folder / CONFIG_NAME).read_text("utf-8-sig")).content
        except (OSError, UnicodeDecodeError, ConfigError):
            return None
        return folder if (folder / content).resolve() == start else None
    return None


def _app_settings(vault: Path) -> dict[str, object]:
    """.obsidian/app.json; what cannot be read counts as not said."""
    path = vault / ".obsidian" / "app.json"
    try:
        data = json.loads(path.read_text("utf-8-sig")) if path.is_file() else {}
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
