"""Rows for pages that list things: notes, folders, videos, each as a template shows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sitegen.model import CitedMoment, FolderRow, NoteRef, NoteRow, Reading, Status, Vault, VideoRow
from sitegen.paths import case_key, folder
from sitegen.stages.videos import cited_seconds, recording_title, watch_address
from sitegen.video.moments import merge


def note_row(vault: Vault, path: str) -> NoteRow:
    fact, place = vault.facts[path], vault.places[path]
    moments = len(fact.stamps) if place.video or place.media else 0
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
    about = _about(vault)
    for path in vault.facts:
        here = own = folder(path)
        while here:
            notes[here] += here != own or path != vault.folder_notes.get(here)
            if path in about:
                videos[here].add(about[path])
            here = folder(here)
    rows = defaultdict[str, list[FolderRow]](list)
    for name, ref in vault.folders.items():
        if name:
            rows[folder(name)].append(FolderRow(ref, notes[name], len(videos.get(name, ()))))
    return {
        parent: tuple(sorted(found, key=lambda row: (case_key(row.ref.title), row.ref.path)))
        for parent, found in rows.items()
    }


def videos_of(vault: Vault, paths: Iterable[str]) -> tuple[str, ...]:
    """The ids of the videos that these notes are about, each once."""
    about = _about(vault)
    return tuple(dict.fromkeys(about[path] for path in paths if path in about))


def _about(vault: Vault) -> dict[str, str]:
    """By path of a note, the video it is about."""
    return {path: video for video, paths in vault.videos.items() for path in paths}


def video_rows(vault: Vault, paths: Iterable[str]) -> tuple[VideoRow, ...]:
    """The videos that the notes at ``paths`` are about, most notes first."""
    wanted: dict[str, list[str]] = {}
    about = _about(vault)
    for path in paths:
        if path in about:
            wanted.setdefault(about[path], []).append(path)
    rows = [_video_row(vault, video, notes) for video, notes in wanted.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.notes), case_key(row.title), row.video_id)))


_MOMENTS_OF_ONE = 3


def video_title(vault: Vault, video: str) -> str:
    """What a video is called: as a link to it says, else after its file, or the folder of its notes and its id."""
    info = vault.video_info[video]
    if info.title:
        return info.title
    if info.kind != "youtube":
        return recording_title(video)
    folders = vault.places[vault.videos[video][0]].breadcrumbs
    return f"{folders[-1].title}, video {video}" if folders else f"Video {video}"


def _video_row(vault: Vault, video: str, paths: list[str]) -> VideoRow:
    refs = tuple(sorted((vault.places[p].ref for p in paths), key=lambda ref: (case_key(ref.title), ref.path)))
    seconds = cited_seconds(reading for path in paths for reading in vault.places[path].readings)
    info = vault.video_info[video]
    title = info.title or (video if info.kind == "youtube" else recording_title(video))
    return VideoRow(video, title, watch_address(info), info.page or info.url, refs, seconds)


def cited_moments(vault: Vault, limit: int, videos: Iterable[str] | None = None) -> tuple[CitedMoment, ...]:
    """The moments that most notes cite, two at the least; of all videos, or of those given.

    A few of each video at most, so that one with many notes is not all there is, and those of one video together.
    """
    ranked: list[tuple[int, str, int, tuple[tuple[str, int], ...]]] = []
    for video in vault.videos if videos is None else videos:
        paths = vault.videos[video]
        if len(paths) < 2:
            continue
        # a placeholder such as 0:00 is no moment worth showing
        citing = [(s, p) for p in paths for s in _sure_seconds(vault.places[p].readings) if s > 0]
        for moment in merge(citing):
            first: dict[str, int] = {}  # of each note, the second it cites
            for second, path in moment.by:
                first.setdefault(path, second)
            if len(first) > 1:
                ranked.append((-len(first), video, moment.seconds, tuple(first.items())))
    chosen: dict[str, list[tuple[int, tuple[tuple[str, int], ...]]]] = {}
    for _, video, second, notes in sorted(ranked):
        if sum(map(len, chosen.values())) == limit:
            break
        if len(of_video := chosen.setdefault(video, [])) < _MOMENTS_OF_ONE:
            of_video.append((second, notes))
    rows = []
    for video, second, notes in ((v, s, n) for v, found in chosen.items() for s, n in sorted(found)):
        refs = tuple(NoteRef(p, vault.facts[p].title, f"{vault.places[p].ref.url}#t-{at}") for p, at in notes)
        info = vault.video_info[video]
        rows.append(CitedMoment(video, video_title(vault, video), watch_address(info, second), info.page, second, refs))
    return tuple(rows)


def _sure_seconds(readings: Iterable[Reading]) -> tuple[int, ...]:
    return cited_seconds(reading for reading in readings if reading.status is not Status.AMBIGUOUS)
