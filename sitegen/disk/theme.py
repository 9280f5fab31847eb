"""Reading a theme: the built-in templates and static files, with a site's own laid over them file by file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sitegen.disk.scan import theme_files
from sitegen.model import CopiedFile, Theme

_PACKAGE = Path(__file__).resolve().parent.parent


def builtin_folder() -> Path:
    """Where the built-in theme lies: beside the code in an installed wheel, else at the project's root."""
    installed = _PACKAGE / "theme"
    return installed if installed.is_dir() else _PACKAGE.parent


def read_theme(root: Path) -> Theme:
    """The theme of the site at ``root``. ``builtin/NAME`` is always the built-in template of that name."""
    base = builtin_folder()
    templates = _templates(base / "templates")
    templates |= {f"builtin/{name}": text for name, text in templates.items()}
    static = _static(base / "static")
    if root.resolve() != base.resolve():
        templates |= _templates(root / "templates")
        static |= _static(root / "static")
    icons = {Path(name).stem: _text(static[name].path) for name in static if name.startswith("vendor/icons/")}
    shipped = {
        name: file for name, file in static.items() if not name.startswith("vendor/icons/") and "/." not in "/" + name
    }
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(templates):
        digest.update(f"{name}\0{templates[name]}\0".encode())
    for name in sorted(static):
        digest.update(f"{name}\0{static[name].digest}\0".encode())
    return Theme(digest.hexdigest(), templates, shipped, icons)


def theme_folders(root: Path) -> list[str]:
    """The folders that the theme of the site at ``root`` is read from."""
    base = builtin_folder()
    roots = [base] if root.resolve() == base.resolve() else [base, root]
    return [str(folder / kind) for folder in roots for kind in ("templates", "static")]


def _templates(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): _text(path) for path in _files(folder)}


def _static(folder: Path) -> dict[str, CopiedFile]:
    found = {}
    for path in _files(folder):
        data = path.read_bytes()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        found[path.relative_to(folder).as_posix()] = CopiedFile(str(path), digest, len(data))
    return found


def _files(folder: Path) -> list[Path]:
    return [Path(path) for path in theme_files(str(folder))]


def _text(path: str | Path) -> str:
    return Path(path).read_text("utf-8")
