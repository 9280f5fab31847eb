"""Links that open a note in the writer's editor."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

# {path} is the file's path, {encoded} the same as one value of a query; {line} and {column} count from 1.
EDITORS = {
    "obsidian": "obsidian://open?path={encoded}",
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "zed": "zed://file{path}:{line}:{column}",
    "idea": "idea://open?file={encoded}&line={line}&column={column}",
    "none": "",
}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_UNSAFE = frozenset({"javascript", "data", "vbscript", "blob"})
_FIELD = re.compile(r"\{(path|encoded|line|column)\}")


def editor_link(asked: str, vault: Path) -> str:
    """The pattern of such links: that of an editor's name, or ``asked`` itself; raises ValueError with a text for people.

    "" means Obsidian for a vault that it has opened before, else Visual Studio Code.
    """
    if not asked:
        asked = "obsidian" if (vault / ".obsidian").is_dir() else "vscode"
    if asked in EDITORS:
        return EDITORS[asked]
    scheme = _SCHEME.match(asked)
    if scheme is None or scheme[1].lower() in _UNSAFE or not re.search(r"\{(path|encoded)\}", asked):
        raise ValueError(
            f"the editor {asked!r} is not known; it must be one of {', '.join(EDITORS)}, "
            "or an address with {path} in it, such as myeditor://open?file={path}&line={line}"
        )
    return asked


def open_at(pattern: str, file: Path, line: int = 1, column: int = 1) -> str:
    """The link that opens ``file`` at a place; "" if ``pattern`` is."""
    path = file.as_posix()
    path = path if path.startswith("/") else f"/{path}"  # a drive's letter on Windows
    values = {
        "path": quote(path, "/:"),
        "encoded": quote(file.as_posix(), ""),
        "line": str(line),
        "column": str(column),
    }
    return _FIELD.sub(lambda field: values[field[1]], pattern)
