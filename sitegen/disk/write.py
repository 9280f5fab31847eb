"""Writing a site: only what differs, never half a page, and never anything we did not write.

The manifest in the output says which files are ours; nothing else is overwritten or removed.  A first build goes to a
sibling folder that is then renamed, a later one replaces file by file, each by rename.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sitegen.model import Artifact, CopiedFile, Site

if sys.platform != "win32":
    import fcntl

MANIFEST = ".sitegen-manifest.json"
_TEMPORARY = ".sitegen-part"


class OutputError(Exception):
    """The output folder cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files a write changed, removed and left as they were."""

    changed: int
    removed: int
    same: int


def check_output(output: Path, vault: Path) -> None:
    """Refuse an output folder that holds, or could overwrite, something that is not ours."""
    target, notes = output.resolve(), vault.resolve()
    if output.is_symlink():
        raise OutputError(f"{output} is a link; name the folder itself with -o")
    if target == notes or target in notes.parents:
        raise OutputError(f"{output} holds the notes themselves; choose another folder with -o")
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output} is a file; choose another folder with -o")
    if output.is_dir() and not (output / MANIFEST).is_file() and any(output.iterdir()):
        raise OutputError(f"{output} has files that sitegen did not write; empty it or choose another folder with -o")


def write(
    site: Site, output: Path, vault: Path, progress: Callable[[int, int], None] | None = None, *, drafts: bool = False
) -> Written:
    """Make ``output`` hold exactly the site (and whatever else was there before that we did not write)."""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with _alone(output.parent):
            check_output(output, vault)
            fresh = not output.exists()
            folder = output.with_name(f".{output.name}.sitegen-new") if fresh else output
            if fresh and folder.exists():
                shutil.rmtree(folder)  # what a killed first build left
            folder.mkdir(exist_ok=True)
            put_all = _write_fresh if fresh else _write_into
            written = put_all(site.artifacts, folder, vault, progress, drafts)
            if fresh:
                folder.rename(output)
    except OSError as problem:
        raise OutputError(f"{output} could not be written: {problem}") from problem
    return written


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for other builds that write below ``folder``; where the system has no such locks, do not."""
    if sys.platform == "win32":
        yield
    else:
        handle = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)  # which ends the lock


def read_manifest(output: Path) -> dict[str, object]:
    """What an earlier build says it wrote; {} if there is no manifest or it cannot be read."""
    try:
        data = json.loads((output / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _write_into(
    artifacts: Mapping[str, Artifact],
    folder: Path,
    vault: Path,
    progress: Callable[[int, int], None] | None,
    drafts: bool,
) -> Written:
    listed = read_manifest(folder).get("files")
    before = (
        {name for name in listed if isinstance(name, str) and _is_plain(name)} if isinstance(listed, list) else set()
    )
    _save_manifest(
        folder, before | set(artifacts), drafts
    )  # were this build killed, the next one would still know its files
    root = str(folder)
    changed, made = 0, {root}
    for done, (url, artifact) in enumerate(artifacts.items()):
        if progress:
            progress(done, len(artifacts))
        changed += _put(root, url, artifact.content, vault, made, ours=url in before)
    gone = sorted(before - set(artifacts))
    for name in gone:
        _remove(folder, name)
    _save_manifest(folder, set(artifacts), drafts)
    return Written(changed, len(gone), len(artifacts) - changed)


def _write_fresh(
    artifacts: Mapping[str, Artifact],
    folder: Path,
    vault: Path,
    progress: Callable[[int, int], None] | None,
    drafts: bool,
) -> Written:
    """Write everything into a new folder, which nobody sees before it is whole: no file needs care of its own."""
    root = str(folder)
    made = {root}
    for done, (url, artifact) in enumerate(artifacts.items()):
        if progress:
            progress(done, len(artifacts))
        path = f"{root}/{url}"
        _make_parent(root, path, made)
        with open(path, "wb") as file:
            file.write(_read(vault, artifact.content))
    _save_manifest(folder, set(artifacts), drafts)
    return Written(len(artifacts), 0, 0)


def _is_plain(name: str) -> bool:
    return bool(name) and not name.startswith("/") and "\\" not in name and ".." not in name.split("/")


def _save_manifest(folder: Path, names: set[str], drafts: bool) -> None:
    text = json.dumps({"generator": "sitegen", "drafts": drafts, "files": sorted(names)}, ensure_ascii=False, indent=0)
    _replace(str(folder), str(folder / MANIFEST), text.encode())


def _put(root: str, url: str, content: bytes | CopiedFile, vault: Path, made: set[str], *, ours: bool) -> bool:
    """Write one file if it differs; says whether it did."""
    path = f"{root}/{url}"
    _make_parent(root, path, made)
    data = content if isinstance(content, bytes) else None
    size = len(data) if data is not None else content.size  # type: ignore[union-attr]
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        status = None
    if status is not None:
        if not ours:
            raise OutputError(
                f"{path} was not written by sitegen and is in the way; move it, or choose another folder with -o"
            )
        data = data if data is not None else _read(vault, content)
        if status.st_size == size and os.path.isfile(path) and not os.path.islink(path):
            with open(path, "rb") as file:
                if file.read() == data:
                    return False
    _replace(root, path, data if data is not None else _read(vault, content))
    return True


def _read(vault: Path, content: bytes | CopiedFile) -> bytes:
    return content if isinstance(content, bytes) else (vault / content.path).read_bytes()


def _make_parent(root: str, path: str, made: set[str]) -> None:
    """Make the folder that ``path`` is in, unless it is among those ``made`` already."""
    parent = path.rpartition("/")[0]
    if parent not in made:
        _make_folder(root, parent)
        made.add(parent)


def _make_folder(root: str, parent: str) -> None:
    """Make the folders down to ``parent``; a link among them would lead out of the output, so it is refused."""
    here = root
    for part in parent[len(root) + 1 :].split("/"):
        here = f"{here}/{part}"
        if os.path.islink(here):
            raise OutputError(f"{here} is a link that sitegen did not make; remove it")
        try:
            os.mkdir(here)
        except FileExistsError:
            if not os.path.isdir(here):
                raise OutputError(f"{here} is a file where a folder is needed; remove it") from None


def _replace(root: str, path: str, data: bytes) -> None:
    """Put ``data`` at ``path`` whole or not at all. What a killed build leaves behind is the next one's first temporary file."""
    temporary = f"{root}/{_TEMPORARY}"
    with open(temporary, "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def _remove(folder: Path, name: str) -> None:
    path = folder / name
    if any(parent.is_symlink() for parent in path.parents if folder in parent.parents):
        return
    path.unlink(missing_ok=True)
    parent = path.parent
    while parent != folder and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
