"""Who has which address: notes, folders, attachments, tags, videos, and the other names of notes, in this order.

A part of index. A function of what notes are called and of what there is besides, so that an edit of anything else
leaves all addresses as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic
from sitegen.model import NoteRef, TagRef, VideoInfo
from sitegen.paths import Claims, asset_url, fold_key, folder, note_url, readable, slug, slug_path, stem

RESERVED = (
    "index.html",
    "notes.html",
    "404.html",
    "recent.html",
    "garden.html",
    "search.html",
    "tags/index.html",
    "graph.html",
    "graph-data.js",
    "graph.json",
    "feed.xml",
    "sitemap.xml",
    "videos.json",
    ".nojekyll",
    ".sitegen-manifest.json",
    "static",  # the theme's folder
    "browse",  # that of the folder tree and of long lists
)
_HOME_NAMES = ("index", "home", "readme")
_LONGEST_REDIRECT = 500  # characters of an address


class Named(NamedTuple):
    """What a note is called, and where it wants to be."""

    title: str
    aliases: tuple[str, ...]
    permalink: str | None


class Addresses(Struct, frozen=True, eq=False):
    """The addresses of a site. ``folder_notes`` are the notes that are a folder's page, ``videos`` what is known of each
    with the addresses of its pages, ``redirects`` where addresses lead that nothing else has."""

    notes: dict[str, NoteRef]
    folders: dict[str, NoteRef]
    folder_notes: dict[str, str]
    assets: dict[str, str]
    tags: dict[str, TagRef]
    videos: dict[str, VideoInfo]
    redirects: dict[str, NoteRef]
    problems: tuple[Diagnostic, ...]


def addresses(
    names: Mapping[str, Named],
    assets: Iterable[str],
    tags: Mapping[str, str],
    videos: Mapping[str, VideoInfo],
    paged: frozenset[str],
    title: str,
    vault_name: str,
) -> Addresses:
    """The addresses of the notes that ``names`` has by path, of attachments, of tags (name by key), and of videos, of which
    those in ``paged`` get a page. ``title`` is the site's, ``vault_name`` the vault folder's."""
    notes = _Notes(names, title, vault_name)
    claims = notes.claims
    asset_urls = {path: claims.claim(asset_url(path), path)[0] for path in assets}
    tag_refs = {key: TagRef(name, _claim_tag(key, name, claims)) for key, name in tags.items()}
    infos = {video: _with_pages(info, video in paged, claims, asset_urls) for video, info in videos.items()}
    redirects = _redirects(names, notes)
    problems = tuple(notes.problems)
    return Addresses(notes.refs, notes.folders, notes.folder_notes, asset_urls, tag_refs, infos, redirects, problems)


def parents(path: str) -> list[str]:
    """The folders that a path is in, innermost first, without the root."""
    found = []
    while path := folder(path):
        found.append(path)
    return found


def _claim_tag(key: str, name: str, claims: Claims) -> str:
    return claims.claim("tags/" + "/".join(slug(part) for part in name.split("/")) + ".html", "#" + key)[0]


def _with_pages(info: VideoInfo, paged: bool, claims: Claims, assets: Mapping[str, str]) -> VideoInfo:
    """Addresses keep the id's letters as they are; ids that differ only in case get different ones."""
    name = info.id
    if info.kind != "youtube":
        info = replace(info, url=assets[info.id])
        name = asset_url(info.id).rpartition(".")[0]
    if paged:
        info = replace(info, page=claims.claim(f"videos/{name}.html", f"video {info.id}")[0])
        stem = info.page.removesuffix(".html")
        claims.claim(f"{stem}-chapters.vtt", f"video {info.id}")
        claims.claim(f"{stem}-chapters.json", f"video {info.id}")
    if info.transcript:
        url = claims.claim(f"videos/{name}-transcript.html", f"transcript {info.id}")[0]
        info = replace(info, transcript_page=url)
    return info


class _Notes:
    """The addresses of notes and folders, which come before all others."""

    def __init__(self, names: Mapping[str, Named], title: str, vault_name: str) -> None:
        self.claims = Claims(RESERVED)
        self.problems: list[Diagnostic] = []
        self.folders: dict[str, NoteRef] = {}
        self.folder_notes: dict[str, str] = {}
        self.refs: dict[str, NoteRef] = {}
        self._title = title
        self._home_names = (*_HOME_NAMES, fold_key(vault_name))
        folders = sorted({parent for path in names for parent in parents(path)} | {""})
        self._choose_folder_notes(names, folders)
        for name in sorted(folders, key=lambda name: self._permalink(name, names) is None):
            self._claim_folder(name, names)
        for path, note in self.folder_notes.items():
            self.refs[note] = NoteRef(note, names[note].title, self.folders[path].url)
        chosen = set(self.folder_notes.values())
        rest = [path for path in sorted(names) if path not in chosen]
        for path in sorted(rest, key=lambda p: names[p].permalink is None):
            wanted = names[path].permalink or note_url(path)
            self.refs[path] = NoteRef(path, names[path].title, self._claim(wanted, path))

    def _choose_folder_notes(self, names: Mapping[str, Named], folders: Sequence[str]) -> None:
        by_folder: dict[str, dict[str, str]] = defaultdict(dict)
        for path in sorted(names, reverse=True):
            by_folder[folder(path)][fold_key(stem(path))] = path
        home = next((path for path in sorted(names) if names[path].permalink == "index.html"), None)
        if home is not None:
            self.folder_notes[""] = home
        for name in folders:
            if name in self.folder_notes:
                continue
            here = by_folder.get(name, {})
            own = fold_key(name.rpartition("/")[2])
            for candidate in (own, "index") if name else self._home_names:
                if candidate and candidate in here:
                    self.folder_notes[name] = here[candidate]
                    break

    def _permalink(self, name: str, names: Mapping[str, Named]) -> str | None:
        note = self.folder_notes.get(name)
        return names[note].permalink if note else None

    def _claim_folder(self, name: str, names: Mapping[str, Named]) -> None:
        note = self.folder_notes.get(name)
        title = names[note].title if note else readable(name.rpartition("/")[2]) if name else self._title
        if not name:
            self.folders[""] = NoteRef("", title, "index.html")
            return
        wanted = self._permalink(name, names) or slug_path(name) + "/index.html"
        self.folders[name] = NoteRef(name, title, self._claim(wanted, note or name + "/"))

    def _claim(self, url: str, owner: str) -> str:
        got, first = self.claims.claim(url, owner)
        if first is not None:
            holder = first or "a page that sitegen makes"
            is_folder = owner.endswith("/")
            message = f"the address {url} is taken by {holder}; this {'folder' if is_folder else 'note'} is at {got}"
            self.problems.append(
                Diagnostic(
                    "duplicate-address",
                    owner.rstrip("/"),
                    message,
                    hint="rename the folder, or give it a folder note with a permalink"
                    if is_folder
                    else "rename one of them, or give it a permalink",
                    subject=url,
                )
            )
        return got


def _redirects(names: Mapping[str, Named], notes: _Notes) -> dict[str, NoteRef]:
    """Where the other names of notes lead, at addresses that nothing else has; names of several notes lead nowhere.

    An alias with slashes is a path of the vault, as those are that Obsidian leaves when a note moves.
    """
    wanted: dict[str, dict[str, NoteRef]] = defaultdict(dict)
    for path, named in names.items():
        ref = notes.refs[path]
        others = [alias if "/" in alias.strip("/") else f"{folder(path)}/{alias}" for alias in named.aliases]
        if named.permalink is not None:
            is_folder = path in notes.folder_notes.values()
            others.append(f"{folder(path)}/index" if is_folder else path.removesuffix(".md"))
        for name in others:
            if any(c.isalnum() for c in name.rpartition("/")[2]):
                wanted[slug_path(name.removesuffix(".md")) + ".html"][path] = ref
    found: dict[str, NoteRef] = {}
    for url, refs in sorted(wanted.items()):
        if len(refs) == 1 and len(url) <= _LONGEST_REDIRECT and notes.claims.is_free(url):
            (path, ref), *_ = refs.items()
            found[notes.claims.claim(url, path)[0]] = ref
    return found
