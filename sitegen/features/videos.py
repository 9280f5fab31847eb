"""A page for each video that several notes cite, with chapters for other programs; its transcript; videos.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sitegen.model import Artifact, NoteRef, Page, Recipe, SiteInfo, Vault, VideoInfo
from sitegen.stages.listing import video_title
from sitegen.stages.transcript_page import transcript_files
from sitegen.stages.video_page import Source, video_files
from sitegen.video.youtube import watch_url


def videos(vault: Vault, pages: Mapping[str, Page], site: SiteInfo) -> Iterator[Artifact | Recipe]:
    """What each video's files are made from, so that only those of changed videos are made again."""
    for video, info in vault.video_info.items():
        paths = vault.videos[video]
        folders = _common_folders(vault, paths)
        title = video_title(vault, video)
        if info.page:
            notes = tuple((vault.places[path].ref, pages[path].passages) for path in paths)
            yield Recipe(info.page, video_files, (Source(info, title, folders, notes, site.base_url),))
        if info.transcript_page and video in vault.transcripts:
            refs = tuple(vault.places[path].ref for path in paths)
            yield Recipe(info.transcript_page, transcript_files, (info, title, vault.transcripts[video], folders, refs))
    if vault.video_info:
        yield Artifact("videos.json", _catalogue(vault, site))


def _common_folders(vault: Vault, paths: tuple[str, ...]) -> tuple[NoteRef, ...]:
    """The folders that all these notes are in, outermost first."""
    folders = vault.folders_of(paths[0])
    for path in paths[1:]:
        others = vault.folders_of(path)
        folders = tuple(ref for ref in folders if ref in others)
    return folders


def _catalogue(vault: Vault, site: SiteInfo) -> bytes:
    """``{videos: [{id, title, duration, watch, page, chapters, transcript, notes: [{title, url, seconds}]}]}``.

    What is not known is not there; addresses within the site are absolute if it knows its own.
    """
    entries = []
    for video, info in vault.video_info.items():
        entry: dict[str, object] = {"id": video, "title": info.title, "watch": watch_url(video)}
        entry = {key: value for key, value in entry.items() if value} | _addresses(info, site.base_url)
        if info.duration:
            entry["duration"] = info.duration
        entry["notes"] = [
            {
                "title": vault.places[path].ref.title,
                "url": site.base_url + vault.places[path].ref.url,
                "seconds": sorted({r.seconds for r in vault.places[path].readings if r.seconds is not None}),
            }
            for path in vault.videos[video]
        ]
        entries.append(entry)
    return json.dumps({"videos": entries}, ensure_ascii=False, separators=(",", ":")).encode()


def _addresses(info: VideoInfo, base: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if info.page:
        found["page"] = base + info.page
        found["chapters"] = base + info.page.removesuffix(".html") + "-chapters.json"
    if info.transcript_page:
        found["transcript"] = base + info.transcript_page
    return found
