"""Rows for pages that list things: notes, folders, videos, each as a template shows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sitegen.model import CitedMoment, FolderRow, NoteRef, NoteRow, Vault, VideoRow
from sitegen.paths import case_key, folder
from sitegen.stages.index import cited_seconds
from sitegen.video.youtube import watch_url


def note_row(vault: Vault, path: str) -> NoteRow:
    fact, place = vault.facts[path], vault.places[path]
    moments = len(fact.stamps) if place.video else 0
    return NoteRow(
        place.ref, fact.excerpt, len(place.backlinks), moments, fact.properties.updated or fact.properties.date
    )


def note_rows(vault: Vault, paths: Iterable[str]) -> tuple[NoteRow, ...]:
    """Rows in the order of their titles."""
    rows = [note_row(vault, path) for path in paths]
    return tuple(sorted(rows, key=lambda row: (case_key(row.ref.title), row.ref.path)))


def folder_rows(vault: Vault) -> dict[str, tuple[FolderRow, ...]]:
    """By folder: the folders directly in it, with the notes and videos anywhere below each."""
    notes, videos = Counter[str](), defaultdict[str, set[str]](set)
    for path, fact in vault.facts.items():
        here = own = folder(path)
        while here:
            notes[here] += here != own or path != vault.folder_notes.get(here)
            if fact.properties.video_id:
                videos[here].add(fact.properties.video_id)
            here = folder(here)
    rows = defaultdict[str, list[FolderRow]](list)
    for name, ref in vault.folders.items():
        if name:
            rows[folder(name)].append(FolderRow(ref, notes[name], len(videos.get(name, ()))))
    return {
        parent: tuple(sorted(found, key=lambda row: (case_key(row.ref.title), row.ref.path)))
        for parent, found in rows.items()
    }


def video_rows(vault: Vault, paths: Iterable[str]) -> tuple[VideoRow, ...]:
    """The videos that the notes at ``paths`` are about, most notes first."""
    wanted: dict[str, list[str]] = {}
    for path in paths:
        video = vault.facts[path].properties.video_id
        if video:
            wanted.setdefault(video, []).append(path)
    rows = [_video_row(vault, video, notes) for video, notes in wanted.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.notes), case_key(row.title), row.video_id)))


def _video_row(vault: Vault, video: str, paths: list[str]) -> VideoRow:
    refs = tuple(sorted((vault.places[p].ref for p in paths), key=lambda ref: (case_key(ref.title), ref.path)))
    seconds = cited_seconds(reading for path in paths for reading in vault.places[path].readings)
    return VideoRow(video, vault.video_info[video].title or video, watch_url(video), refs, seconds)


def cited_moments(vault: Vault, limit: int) -> tuple[CitedMoment, ...]:
    """The moments that most notes cite, two at the least."""
    ranked: list[tuple[int, str, int, list[str]]] = []
    for video, paths in vault.videos.items():
        if len(paths) < 2:
            continue
        cited: dict[int, list[str]] = {}
        for path in paths:
            for second in cited_seconds(vault.places[path].readings):
                cited.setdefault(second, []).append(path)
        # a placeholder such as 0:00 is no moment worth showing
        ranked += [
            (-len(notes), video, second, notes) for second, notes in cited.items() if len(notes) > 1 and second > 0
        ]
    ranked.sort()
    rows = []
    for _, video, second, citing in ranked[:limit]:
        refs = tuple(NoteRef(p, vault.facts[p].title, f"{vault.places[p].ref.url}#t-{second}") for p in citing)
        rows.append(CitedMoment(video, vault.video_info[video].title or video, watch_url(video, second), second, refs))
    return tuple(rows)
