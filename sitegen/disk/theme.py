"""Reading a theme: the built-in templates and static files, with a site's own laid over them file by file.

A script that imports others, or asks for tools and their sheets, names them with their versions, as pages name the
scripts they need: so a browser that keeps files for long never puts the new half of a theme together with the old half of another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from posixpath import dirname, join, normpath

from sitegen.diagnostics import Diagnostic
from sitegen.disk.compiled import template_code
from sitegen.disk.scan import Problem, ThemeFolder, theme_files
from sitegen.model import CopiedFile, Theme

_IMPORT = re.compile(rb"""(\b(?:from|import|tool|sheet)\s*\(?\s*["'])(\.{1,2}/[\w./-]+\.(?:js|css))(?=["'])""")

_PACKAGE = Path(__file__).resolve().parent.parent


def builtin_folder() -> Path:
    """Where the built-in theme lies: beside the code in an installed wheel, else at the project's root."""
    installed = _PACKAGE / "theme"
    return installed if installed.is_dir() else _PACKAGE.parent


def read_theme(root: Path, language: str = "en") -> Theme:
    """The theme of the site at ``root``, with code for pages in ``language``.

    ``builtin/NAME`` is always the built-in template of that name.
    """
    problems: list[Diagnostic] = []

    def report(path: str, what: str, hint: str) -> None:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        problems.append(Diagnostic("unreadable-file", shown, what, hint=hint))

    builtin, builtin_static, *own = theme_folders(root)
    templates = _templates(builtin, report)
    code = template_code(templates, language)
    templates |= {f"builtin/{name}": text for name, text in templates.items()}
    static = _static(builtin_static, report)
    if own:
        templates |= _templates(own[0], report)
        static |= _static(own[1], report)
    icons = {Path(name).stem: _text(static[name].path) for name in static if name.startswith("vendor/icons/")}
    shipped = {
        name: file for name, file in static.items() if not name.startswith("vendor/icons/") and "/." not in "/" + name
    }
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(templates):
        digest.update(f"{name}\0{templates[name]}\0".encode())
    for name in sorted(static):
        digest.update(f"{name}\0{static[name].digest}\0".encode())
    versioned = _Versions(shipped)
    contents = {name: versioned.content(name) for name in shipped}
    versions = {name: versioned.of(name) for name in shipped}
    return Theme(digest.hexdigest(), templates, contents, icons, versions, code, tuple(problems))


class _Versions:
    """The static files with the versions of what they import written into them."""

    def __init__(self, files: Mapping[str, CopiedFile]) -> None:
        self._files = files
        self._contents: dict[str, CopiedFile | bytes] = {}

    def of(self, name: str) -> str:
        content = self.content(name)
        return (
            content.digest if isinstance(content, CopiedFile) else hashlib.blake2b(content, digest_size=16).hexdigest()
        )

    def content(self, name: str, within: tuple[str, ...] = ()) -> CopiedFile | bytes:
        if name not in self._contents:
            self._contents[name] = self._made(name, (*within, name))
        return self._contents[name]

    def _made(self, name: str, within: tuple[str, ...]) -> CopiedFile | bytes:
        file = self._files[name]
        if not name.endswith(".js") or name.startswith("vendor/"):
            return file

        def versioned(match: re.Match[bytes]) -> bytes:
            asked = match[1].startswith((b"tool", b"sheet"))  # from beside reader.js, whoever asks
            target = normpath(join("" if asked else dirname(name), match[2].decode()))
            if target not in self._files or target in within:  # two that import each other have no versions
                return match[0]
            self.content(target, within)
            return b"%b%b?v=%b" % (match[1], match[2], self.of(target)[:8].encode())

        data = Path(file.path).read_bytes()
        changed = _IMPORT.sub(versioned, data)
        return file if changed == data else changed


def theme_folders(root: Path) -> list[ThemeFolder]:
    """The folders that the theme of the site at ``root`` is read from: templates and static files, the built-in ones first."""
    base, site = builtin_folder(), root.resolve()
    roots = [(base, "")] if site == base.resolve() else [(base, ""), (root, str(site))]
    return [ThemeFolder(str(folder / kind), within) for folder, within in roots for kind in ("templates", "static")]


def _templates(folder: ThemeFolder, problem: Problem) -> dict[str, str]:
    return {name: _text(path) for name, path in theme_files(folder, problem)}


def _static(folder: ThemeFolder, problem: Problem) -> dict[str, CopiedFile]:
    found = {}
    for name, path in theme_files(folder, problem):
        data = Path(path).read_bytes()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        found[name] = CopiedFile(path, digest, len(data))
    return found


def _text(path: str | Path) -> str:
    return Path(path).read_text("utf-8")
