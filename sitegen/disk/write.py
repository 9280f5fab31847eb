"""Writing a site: only what differs, never half a page, and never anything we did not write.

The manifest in the output says which files are ours; nothing else is overwritten or removed. A first build goes to a
sibling folder that is then renamed; a later one replaces file by file, each by rename, or if most files are new makes a
sibling folder again, which is swapped with the output. Killed at any moment, a build leaves whole pages, and the next
one finds out what to do.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.disk.exchange import exchange
from sitegen.disk.scan import GRAIN, MANIFEST, FileState, is_settled, mark_of, now, state_of
from sitegen.model import Artifact, CopiedFile, Rendered, Site

if sys.platform != "win32":
    import fcntl

_TEMPORARY = ".sitegen-part"
_NOT_PLAIN = ("\\", "\0", "//", "/./", "/../")  # what of names with "/" around each leads to a closer look
_WHOLESALE = 256  # files that may be replaced one by one, however large their share


class OutputError(Exception):
    """The output folder cannot be used; the text says why and what to do."""


class Written(Struct, frozen=True):
    """How many files a write changed, removed and left as they were; ``files``: what each is now, by address."""

    changed: int
    removed: int
    same: int
    files: Mapping[str, FileState] = {}


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
    site: Site,
    output: Path,
    vault: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    drafts: bool = False,
    known: Mapping[str, FileState] | None = None,
) -> Written:
    """Make ``output`` hold exactly the site (and whatever else was there before that we did not write).

    ``known`` says, by address, as what a file was last written and what the disk said of it then; a file of which both
    still hold is not looked into.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with _alone(output.parent):
            recover(output)
            check_output(output, vault)
            return _Writer(site, output, vault, progress, drafts, known or {}).write()
    except OSError as problem:
        raise OutputError(f"{output} could not be written: {problem}") from problem


def digest_of(artifact: Artifact) -> bytes:
    """What identifies a file's content: a copy's by what it is a copy of, anything else's by its bytes."""
    content = artifact.content
    if isinstance(content, Rendered):
        return content.digest
    return f"copy {content.digest}".encode() if isinstance(content, CopiedFile) else hashlib.blake2b(content).digest()


def recover(output: Path) -> None:
    """Put back what a killed build had set aside, and remove what it left."""
    old, new = _sibling(output, "old"), _sibling(output, "new")
    if old.is_dir() and not old.is_symlink():
        if not output.exists():
            old.rename(output)
        else:
            _discard(old, output)
    if new.is_dir() and not new.is_symlink():
        _discard(new, output) if (new / MANIFEST).is_file() and output.is_dir() else shutil.rmtree(new)


def _sibling(output: Path, kind: str) -> Path:
    return output.with_name(f".{output.name}.sitegen-{kind}")


def _discard(old: Path, output: Path) -> None:
    """Remove the former output: the files that were ours. Anything else got there since we looked, and moves to the new one."""
    root, new = str(old), str(output)
    there = {root}
    for name in (*_listed(read_manifest(old)), MANIFEST, _TEMPORARY):
        with suppress(FileNotFoundError):
            if _has_parent(root, path := f"{root}/{name}", there):
                os.unlink(path)
    made = {new}
    for folder, _, files in os.walk(root, topdown=False):
        for name in files:
            path = f"{new}{folder[len(root) :]}/{name}"
            if not os.path.lexists(path):
                _make_parent(new, path, made)
                os.replace(f"{folder}/{name}", path)
    shutil.rmtree(old)


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
        data = msgspec.json.decode((output / MANIFEST).read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return data if isinstance(data, dict) else {}


def _names(manifest: Mapping[str, object]) -> list[str]:
    listed = manifest.get("files")
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _listed(manifest: Mapping[str, object]) -> set[str]:
    """The files that a manifest says are ours."""
    names = _names(manifest)
    whole = "/{}/".format("/".join(names))  # one look at all of them is enough nearly always
    return {name for name in names if _is_plain(name)} if any(mark in whole for mark in _NOT_PLAIN) else set(names)


class _Writer:
    """Writes one site into one folder, in whichever of three ways suits."""

    def __init__(
        self,
        site: Site,
        output: Path,
        vault: Path,
        progress: Callable[[int, int], None] | None,
        drafts: bool,
        known: Mapping[str, FileState],
    ) -> None:
        self._artifacts, self._digests, self._output, self._vault = site.artifacts, site.digests, output, vault
        self._progress, self._drafts, self._known = progress or (lambda done, total: None), drafts, known
        self._manifest = read_manifest(output)
        self._before = _listed(self._manifest)
        self._files: dict[str, FileState] = {}

    def write(self) -> Written:
        if not self._output.exists():
            return self._anew()
        most = max(_WHOLESALE, len(self._artifacts) // 2)
        different = self._different(most)
        if len(different) > most and self._all_ours(self._output, ""):
            written = self._aside(different)
            if written is not None:
                return written
        return self._in_place(different)

    def _different(self, most: int) -> list[str]:
        """The files that must be written; once they are more than ``most``, those are with them that nobody looked at."""
        root = str(self._output)
        doubtful = self._doubtful(root)
        different, made = list[str](), {root}
        for done, url in enumerate(doubtful):
            if len(different) > most:
                return different + doubtful[done:]
            path, artifact = f"{root}/{url}", self._artifacts[url]
            ours = url in self._before and _has_parent(root, path, made)
            if ours and _is_same(path, _read(self._vault, artifact.content)):
                self._files[url] = state_of(digest_of(artifact), _aged(path))
            else:
                different.append(url)
        return different

    def _doubtful(self, root: str) -> list[str]:
        """The files of which the disk does not say what it said when this very content was written."""
        known, before, files, lstat, start = self._known, self._before, self._files, os.lstat, root + "/"
        digests = self._digests() if known else {}
        for url in self._artifacts:  # tens of thousands, of which an edit leaves nearly all as they are
            if url in known and url in before:
                was = known[url]
                try:
                    if was == mark_of(lstat(start + url)) + (digests.get(url) or digest_of(self._artifacts[url])):
                        files[url] = was
                except OSError:
                    pass  # it is not there any more, and has to be written
        return [url for url in self._artifacts if url not in files]

    # ---- a new folder that takes the place of the old one, if there was one ---------------------------

    def _anew(self) -> Written:
        """Write everything into a new folder, which nobody sees before it is whole: no file needs care of its own."""
        folder = _sibling(self._output, "new")
        folder.mkdir()
        made = {str(folder)}
        for done, (url, artifact) in enumerate(self._artifacts.items()):
            self._progress(done, len(self._artifacts))
            self._create(str(folder), url, artifact, made)
        _save_manifest(folder, set(self._artifacts), self._drafts)
        folder.rename(self._output)
        return Written(len(self._artifacts), 0, 0, self._files)

    def _aside(self, doubtful: list[str]) -> Written | None:
        """As `_anew`, with links to what stays; renaming thousands of files one by one would take ten times as long.

        None where that cannot be done: no links on this file system, or the output is a mount.
        """
        folder, old = _sibling(self._output, "new"), str(self._output)
        folder.mkdir()
        changed, made, linked = 0, {str(folder)}, list[str]()
        looked_at = set(doubtful)
        try:
            for done, (url, artifact) in enumerate(self._artifacts.items()):
                self._progress(done, len(self._artifacts))
                if url in looked_at and not _is_same(f"{old}/{url}", data := _read(self._vault, artifact.content)):
                    self._create(str(folder), url, artifact, made, data)
                    changed += 1
                else:
                    _make_parent(str(folder), f"{folder}/{url}", made)
                    os.link(f"{old}/{url}", f"{folder}/{url}", follow_symlinks=False)
                    linked.append(url)
            shutil.copymode(self._output, folder)
            _save_manifest(folder, set(self._artifacts), self._drafts)
            self._swap(folder)
        except OSError as problem:
            shutil.rmtree(folder)
            if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            return None
        for url in linked:  # taking a link away changes what the disk says of a file
            digest = digest_of(self._artifacts[url])
            self._files[url] = state_of(digest, os.lstat(f"{old}/{url}"))
        gone = len(self._before - set(self._artifacts))
        return Written(changed, gone, len(linked), self._files)

    def _swap(self, folder: Path) -> None:
        """Let ``folder`` be the output. Killed between the two renames, the next build puts the old one back."""
        if exchange(folder, self._output):
            _discard(folder, self._output)
        else:
            old = _sibling(self._output, "old")
            self._output.rename(old)
            folder.rename(self._output)
            _discard(old, self._output)

    def _all_ours(self, folder: Path, prefix: str) -> bool:
        """Whether the output holds nothing but files of the manifest."""
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not self._all_ours(Path(entry.path), name + "/"):
                        return False
                elif not entry.is_file(follow_symlinks=False) or (
                    name not in self._before and name not in (MANIFEST, _TEMPORARY)
                ):
                    return False
        return True

    def _create(self, root: str, url: str, artifact: Artifact, made: set[str], data: bytes | None = None) -> None:
        path = f"{root}/{url}"
        _make_parent(root, path, made)
        with open(path, "wb") as file:
            file.write(_read(self._vault, artifact.content) if data is None else data)
        self._files[url] = state_of(digest_of(artifact), _aged(path))

    # ---- file by file ---------------------------------------------------------------------------------

    def _in_place(self, doubtful: list[str]) -> Written:
        root, names = str(self._output), set(self._artifacts)
        listed = _names(self._manifest)
        same = self._before == names and len(listed) == len(names)
        stays = same and listed == sorted(listed) and self._manifest.get("drafts") is self._drafts
        with suppress(FileNotFoundError):  # before anything is written to it: it might be a link
            os.unlink(f"{root}/{_TEMPORARY}")
        if not stays:  # were this build killed, the next one would still know its files
            _save_manifest(self._output, self._before | names, self._drafts)
        gone = sorted(self._before - names)
        first = _in_the_way(gone, names)
        for name in sorted(first):
            _remove(self._output, name)
        changed, made = 0, {root}
        for done, url in enumerate(doubtful):
            self._progress(done, len(doubtful))
            artifact = self._artifacts[url]
            changed += _put(root, url, artifact, self._vault, made, ours=url in self._before)
            self._files[url] = state_of(digest_of(artifact), _aged(f"{root}/{url}"))
        for name in gone:
            if name not in first:
                _remove(self._output, name)
        if not stays and gone:
            _save_manifest(self._output, names, self._drafts)
        return Written(changed, len(gone), len(names) - changed, self._files)


def _aged(path: str) -> os.stat_result:
    """What the disk says of a file once it is dated back a little, so that any later change by others gives it another time."""
    status = os.lstat(path)
    if not is_settled(status.st_mtime_ns, looked := now()):
        past = looked - 2 * GRAIN
        os.utime(path, ns=(past, past), follow_symlinks=os.utime not in os.supports_follow_symlinks)
        status = os.lstat(path)
    return status


def _is_same(path: str, data: bytes) -> bool:
    """Whether there is a regular file with these bytes."""
    try:
        status = os.lstat(path)
        if status.st_size != len(data) or not stat.S_ISREG(status.st_mode):
            return False
        with open(path, "rb") as file:
            return file.read() == data
    except FileNotFoundError:
        return False


def _in_the_way(gone: list[str], names: set[str]) -> set[str]:
    """The files no longer wanted that stand where now a folder is needed, or in a folder where now a file is."""
    if not gone:
        return set()
    nearest = {name.rpartition("/")[0] for name in names}  # of all files that are in them: far fewer than those
    folders = nearest.union(*map(_folders_of, nearest))
    return {name for name in gone if name in folders or any(folder in names for folder in _folders_of(name))}


def _folders_of(name: str) -> Iterator[str]:
    while name := name.rpartition("/")[0]:
        yield name


def _is_plain(name: str) -> bool:
    return "\\" not in name and "\0" not in name and {"", ".", ".."}.isdisjoint(name.split("/"))


def _save_manifest(folder: Path, names: set[str], drafts: bool) -> None:
    """Say what is ours, a name a line."""
    files = msgspec.json.Encoder().encode_lines(sorted(names)).rstrip().replace(b"\n", b",\n")
    what = b'"generator": "sitegen",\n"drafts": ' + msgspec.json.encode(drafts)
    _replace(str(folder), str(folder / MANIFEST), b"{\n" + what + b',\n"files": [\n' + files + b"\n]\n}\n")


def _put(root: str, url: str, artifact: Artifact, vault: Path, made: set[str], *, ours: bool) -> bool:
    """Write one file if it differs; says whether it did."""
    path = f"{root}/{url}"
    _make_parent(root, path, made)
    if not ours and os.path.lexists(path):
        raise OutputError(
            f"{path} was not written by sitegen and is in the way; move it, or choose another folder with -o"
        )
    data = _read(vault, artifact.content)
    if _is_same(path, data):
        return False
    _replace(root, path, data)
    return True


def _read(vault: Path, content: bytes | CopiedFile | Rendered) -> bytes:
    if isinstance(content, Rendered):
        return content.read()
    return content if isinstance(content, bytes) else (vault / content.path).read_bytes()


def _make_parent(root: str, path: str, made: set[str]) -> None:
    """Make the folder that ``path`` is in, unless it is among those ``made`` already."""
    parent = path.rpartition("/")[0]
    if parent not in made:
        _make_folder(root, parent)
        made.add(parent)


def _has_parent(root: str, path: str, made: set[str]) -> bool:
    """Whether the folder that ``path`` is in is there, and no link among the folders down to it."""
    parent = path.rpartition("/")[0]
    if parent in made:
        return True
    if os.path.islink(parent) or not os.path.isdir(parent) or not _has_parent(root, parent, made):
        return False
    made.add(parent)
    return True


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
    if path.is_dir() and not path.is_symlink():
        return  # somebody put it there
    path.unlink(missing_ok=True)
    parent = path.parent
    while parent != folder and parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent
