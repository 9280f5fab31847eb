"""A page for each video that several notes cite, with chapters for other programs; its transcript; videos.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from urllib.parse import quote

from sitegen.model import Artifact, NoteRef, Pages, Recipe, SiteInfo, Transcript, Vault, VideoInfo
from sitegen.stages.listing import video_title
from sitegen.stages.transcript_page import transcript_files
from sitegen.stages.video_page import Source, video_files
from sitegen.stages.videos import watch_address
from sitegen.words import words_of


def videos(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What each video's files are made from, so that only those of changed videos are made again."""
    for video, info in vault.video_info.items():
        if info.page:
            yield Recipe(info.page, video_files, partial(_shown, vault, pages, site, video))
        if info.transcript_page and video in vault.transcripts:
            yield Recipe(info.transcript_page, transcript_files, partial(_said, vault, site, video))
    if vault.video_info:
        yield Recipe("videos.json", catalogue, lambda: (dict(vault.video_info.items()), _citing(vault), site.base_url))


def _shown(vault: Vault, pages: Pages, site: SiteInfo, video: str) -> tuple[Source]:
    """What the page of a video shows."""
    paths = vault.videos[video]
    notes = tuple((vault.refs[path], pages.passages(path)) for path in paths)
    folders = _common_folders(vault, paths)
    title = video_title(vault, video, words_of(site.language))
    return (Source(vault.video_info[video], title, folders, notes, site.base_url),)


def _said(
    vault: Vault, site: SiteInfo, video: str
) -> tuple[VideoInfo, str, Transcript, tuple[NoteRef, ...], tuple[NoteRef, ...], str]:
    """What the page of a transcript shows."""
    paths = vault.videos[video]
    refs = tuple(vault.refs[path] for path in paths)
    folders = _common_folders(vault, paths)
    title = video_title(vault, video, words_of(site.language))
    return vault.video_info[video], title, vault.transcripts[video], folders, refs, site.language


def _citing(vault: Vault) -> dict[str, tuple[tuple[NoteRef, tuple[int, ...]], ...]]:
    """By video: its notes, and the seconds that each cites."""
    refs, cited = dict(vault.refs.items()), dict(vault.cited.items())
    return {v: tuple([(refs[path], cited[path].seconds) for path in paths]) for v, paths in vault.videos.items()}


def _common_folders(vault: Vault, paths: tuple[str, ...]) -> tuple[NoteRef, ...]:
    """The folders that all these notes are in, outermost first."""
    folders = vault.folders_of(paths[0])
    for path in paths[1:]:
        others = vault.folders_of(path)
        folders = tuple(ref for ref in folders if ref in others)
    return folders


def catalogue(
    info: Mapping[str, VideoInfo],
    notes: Mapping[str, tuple[tuple[NoteRef, tuple[int, ...]], ...]],
    base_url: str,
) -> tuple[Artifact]:
    """``{videos: [{id, title, duration, watch, page, chapters, transcript, notes: [{title, url, seconds}]}]}``.

    What is not known is not there; addresses within the site are absolute if it knows its own. Of a recording that is a file of
    the vault ``id`` is the file's path there and ``watch`` its address.
    """
    entries = []
    for video, about in info.items():
        entry: dict[str, object] = {"id": video, "title": about.title, "watch": _watch(about, base_url)}
        entry = {key: value for key, value in entry.items() if value} | _addresses(about, base_url)
        if about.duration:
            entry["duration"] = about.duration
        entry["notes"] = [
            {"title": ref.title, "url": base_url + ref.url, "seconds": list(seconds)} for ref, seconds in notes[video]
        ]
        entries.append(entry)
    data = json.dumps({"videos": entries}, ensure_ascii=False, separators=(",", ":"))
    return (Artifact("videos.json", data.encode()),)


def _watch(info: VideoInfo, base: str) -> str:
    return watch_address(info) if info.kind == "youtube" else base + quote(info.url)


def _addresses(info: VideoInfo, base: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if info.page:
        found["page"] = base + info.page
        found["chapters"] = base + info.page.removesuffix(".html") + "-chapters.json"
    if info.transcript_page:
        found["transcript"] = base + info.transcript_page
    return found
