"""Names, addresses and the way between them: slugs, comparison keys, relative links, claims.

Pure text functions; nothing here looks at a disk.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_SEGMENT_BYTES = 200  # file systems allow 255; a temporary file's name and an extension must fit as well

_MAX_EXTENSION_BYTES = 30
_ACCENTS = re.compile("[\u0300-\u036f]+")
_FIGURES = re.compile("[0-9]+")
_FIGURES_MOST = 12  # of a number; longer ones are in order as text

_ASCII_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]|[A-Za-z0-9_]")
_WINDOWS_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})


def nfc(text: str) -> str:
    """``text`` in Unicode's composed form, in which names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def case_key(name: str) -> str:
    """What names that differ only in case or composition have in common."""
    return name.lower() if name.isascii() else nfc(nfc(name).casefold())


@lru_cache(maxsize=1 << 17)
def title_key(title: str) -> str:
    """What titles are in order by: case and accents do not count, and numbers do by their size. `browse.js` knows it too."""
    key = case_key(title)
    if not key.isascii():
        key = _ACCENTS.sub("", unicodedata.normalize("NFKD", key))
    return _FIGURES.sub(lambda figures: figures[0].lstrip("0").rjust(_FIGURES_MOST, "0"), key)


@lru_cache(maxsize=1 << 17)
def fold_key(name: str) -> str:
    """What names have in common that differ only in case, blanks, hyphens, underscores and punctuation.

    ``+`` and ``#`` stay, because C, C++ and C# are three things.
    """
    kept = (
        c for c in unicodedata.normalize("NFKC", case_key(name)) if unicodedata.category(c)[0] in "LNM" or c in "+#"
    )
    return "".join(kept)


def forget(most: int) -> None:
    """Let go what is remembered of names and addresses where it is more than ``most``: those of notes long gone stand among
    them in a process that goes on."""
    for remembered in (title_key, fold_key, slug, _between):
        if remembered.cache_info().currsize > most:
            remembered.cache_clear()


def stem(path: str) -> str:
    """The file name without folders and without ``.md``: ``a/Note.1.md`` -> ``Note.1``."""
    name = path.rpartition("/")[2]
    return name[:-3] if name[-3:].lower() == ".md" else name


def folder(path: str) -> str:
    """The folder of a path, "" for the root."""
    return path.rpartition("/")[0]


def readable(name: str) -> str:
    """A file name as a title: ``curl_in_vector_fields`` -> ``Curl in vector fields``."""
    name = "".join(c for c in name if unicodedata.category(c) != "Cf").strip()
    if " " not in name:
        name = name.replace("_", " ").replace("-", " ").strip() or name
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=1 << 15)
def slug(name: str) -> str:
    """One readable address segment: letters of any script, digits, ``_ . + -``; never empty, ``.`` or ``..``."""
    if _ASCII_NAME.fullmatch(name) and len(name) <= MAX_SEGMENT_BYTES:
        text = name.lower()
    else:
        kept = []
        for c in nfc(name):
            category = unicodedata.category(c)
            if category[0] in "LNM" or c in "_.+":
                kept.append(c)
            elif category not in ("Cf", "Cc") and c not in "'’`\"":
                kept.append("-")
        if all(unicodedata.category(c)[0] == "M" for c in kept if c != "-"):
            kept = [_spelled(c) for c in name]
        text = nfc("".join(kept).lower())
    text = re.sub(r"-{2,}", "-", text).strip("-.")
    text = _shorten(text, MAX_SEGMENT_BYTES)
    if text.partition(".")[0] in _WINDOWS_DEVICES:
        text = "_" + text
    return text or "untitled"


def _spelled(character: str) -> str:
    """What stands for a character in the address of a name that has no letters: an emoji's own name."""
    if unicodedata.category(character)[0] != "S":
        return "-"
    return f"{unicodedata.name(character, f'u{ord(character):x}').replace(' ', '-')}-"


def _shorten(text: str, limit: int) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore").rstrip("-.")


def slug_path(path: str) -> str:
    """Every segment of a path as a slug, joined again; segments that mean nothing are left out."""
    return "/".join(slug(part) for part in path.split("/") if part not in ("", ".", ".."))


def note_url(path: str) -> str:
    """The address a note asks for: ``Folder/My note.md`` -> ``folder/my-note.html``."""
    parent = slug_path(folder(path))
    name = slug(stem(path)) + ".html"
    return f"{parent}/{name}" if parent else name


def asset_url(path: str) -> str:
    """The address an attachment asks for; its extension is kept, lower-cased."""
    parent = slug_path(folder(path))
    base, extension = posixpath.splitext(path.rpartition("/")[2])
    # Other characters are replaced, not left out: `.html!` is no `.html`, and must not become one.
    kept = re.sub(r"[^\w-]", "-", extension[1:].lower()).encode()[:_MAX_EXTENSION_BYTES].decode("utf-8", "ignore")
    name = slug(base) + (f".{kept or '-'}" if extension else "")
    return f"{parent}/{name}" if parent else name


def remote(address: str | None) -> str | None:
    """``address`` if it is one of another site."""
    return address if address and address.startswith(("https://", "http://")) else None


def relative(source: str, target: str) -> str:
    """The relative link from one address of the site to another, both without a leading slash."""
    path, mark, fragment = target.partition("#")
    if path == source and mark:
        return "#" + fragment
    return _between(source.rpartition("/")[0], path) + mark + fragment


@lru_cache(maxsize=16_384)  # the pages of a folder link to much the same
def _between(here: str, path: str) -> str:
    """The relative link from any page of the folder ``here``."""
    if not here:
        return _quoted(path or "index.html")
    prefix = here + "/"
    if path.startswith(prefix) and path != prefix:
        return _quoted(path[len(prefix) :])
    steps, there = here.split("/"), path.split("/")
    shared = 0
    while shared < len(steps) and shared < len(there) - 1 and steps[shared] == there[shared]:
        shared += 1
    rest = "/".join(there[shared:]) or "index.html"
    return "../" * (len(steps) - shared) + _quoted(rest)


def _quoted(path: str) -> str:
    """Characters that would end or change a URL's path; slugs have none, permalinks and theme files may."""
    if "%" in path:
        path = path.replace("%", "%25")
    return path.replace("?", "%3F").replace(" ", "%20").replace('"', "%22")


class Claims:
    """Who has which address. Two addresses are one if they differ only in case or composition. The owner "" is the site itself."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._owner: dict[str, str] = {}
        self._folders: dict[str, str] = {}  # a folder that some address lies in -> the first owner of one
        self._numbers: dict[str, int] = {}  # the last number that an address was given to differ from others
        for url in taken:
            self._take(url, "")

    def claim(self, url: str, owner: str) -> tuple[str, str | None]:
        """Take ``url`` for ``owner``, or the next free one like it; also say who had it first (None: it was free)."""
        first = None
        while (file := self._file_above(url)) is not None:  # no folder can have a file's address
            first = self._owner[case_key(file)] if first is None else first
            url = f"{file}-{url[len(file) + 1 :]}"
        holder = self._holder(url, owner)
        if holder is not None:
            first = holder if first is None else first
            base, extension = posixpath.splitext(url)
            number = self._numbers.get(case_key(url), 1)
            while True:
                number += 1
                if self._holder(f"{base}-{number}{extension}", owner) is None:
                    break
            self._numbers[case_key(url)] = number
            url = f"{base}-{number}{extension}"
        self._take(url, owner)
        return url, first

    def is_free(self, url: str) -> bool:
        """Whether ``url`` could be had as it is."""
        return self._file_above(url) is None and self._holder(url, "\0") is None

    def _holder(self, url: str, owner: str) -> str | None:
        """Who else has this address, be it for a file or for a folder."""
        key = case_key(url)
        holder = self._owner.get(key)
        return self._folders.get(key) if holder is None or holder == owner else holder

    def _file_above(self, url: str) -> str | None:
        """The part of ``url`` that would be a folder and is a file's address."""
        end = url.find("/")
        while end >= 0:
            if case_key(url[:end]) in self._owner:
                return url[:end]
            end = url.find("/", end + 1)
        return None

    def _take(self, url: str, owner: str) -> None:
        self._owner[case_key(url)] = owner
        parent = url.rpartition("/")[0]
        while parent and case_key(parent) not in self._folders:
            self._folders[case_key(parent)] = owner
            parent = parent.rpartition("/")[0]
