"""A page for every folder: its folder note, the folders and notes in it, its videos and most wanted missing notes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from sitegen.model import Pages, SiteInfo, Vault, View, WantedRow
from sitegen.paths import fold_key, folder
from sitegen.stages.listing import cited_moments, folder_rows, note_rows, video_rows, videos_of

MAX_WANTED = 10
MAX_CITED = 8


def folders(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """One view a folder, except the root, which is the home page."""
    inside: dict[str, list[str]] = defaultdict(list)
    for path in vault.facts:
        inside[folder(path)].append(path)
    wanted, rows = _wanted(vault), folder_rows(vault)
    for name, ref in vault.folders.items():
        if not name:
            continue
        note = vault.folder_notes.get(name)
        paths = [path for path in inside[name] if path != note]
        parents = [name[:end] for end, c in enumerate(name) if c == "/"]
        yield View(
            ref.url,
            "folder.html",
            ref.title,
            (
                ("page", pages[note] if note else None),
                ("breadcrumbs", tuple(vault.folders[parent] for parent in parents)),
                ("folders", rows.get(name, ())),
                ("notes", note_rows(vault, paths)),
                ("videos", video_rows(vault, paths)),
                ("most_cited", cited_moments(vault, MAX_CITED, videos_of(vault, paths))),
                ("wanted", wanted.get(name, ())),
            ),
        )


def _wanted(vault: Vault) -> dict[str, tuple[WantedRow, ...]]:
    """By folder: the targets that its notes link to and nobody has written."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for path, target in vault.wanted:
        key = fold_key(target) or target
        names.setdefault(key, target)
        counts[folder(path)][key] += 1
    return {
        name: tuple(
            WantedRow(names[key], n)
            for key, n in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MAX_WANTED]
        )
        for name, found in counts.items()
    }
