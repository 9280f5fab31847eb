"""The videos of the vault: which notes are about each, what it is called, its pages, its transcript.

A part of index. Only published notes are looked at; what an unpublished one names as its transcript stays unpublished too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from sitegen.model import Facts, VideoInfo
from sitegen.paths import Claims, folder
from sitegen.value import Value

# `ID.vtt`, `ID.en.vtt`, and what download tools write: `Title [ID].en.vtt`
_NAMED = re.compile(
    r"(?:(?P<id>[\w-]{11})|.*\[(?P<in>[\w-]{11})\])(?P<language>\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?)?\.(?:vtt|srt)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)

Find = Callable[[str, str], "str | None"]


class Videos(Value, frozen=True):
    """By video id, in order of the ids: the paths of its notes, and what is known of it."""

    notes: dict[str, tuple[str, ...]]
    info: dict[str, VideoInfo]


def find_videos(
    facts: Mapping[str, Facts],
    hidden: Sequence[Facts],
    files: Sequence[str],
    find: Find,
    claims: Claims,
    pages: str,
    language: str = "",
) -> Videos:
    """All videos that notes are about. ``find(text, source)`` is the attachment that a property means.

    ``pages``: "all" videos have a page, those that are "shared" by several notes, or "none". ``language`` is the site's, as in
    ``en-GB``: of transcripts in several languages the one in its own is taken.
    """
    notes: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for path, fact in facts.items():
        for video, title in fact.videos:
            titles[video][title] += 1
        if fact.properties.video_id:
            notes[fact.properties.video_id].append(path)
    transcripts = _Transcripts(facts, hidden, files, find, language)
    info = {}
    for video in sorted(notes):
        durations = [d for p in notes[video] if (d := facts[p].properties.duration)]
        found = VideoInfo(video, _most_said(titles[video]), max(durations, default=None))
        found = replace(found, transcript=transcripts.of(video, notes[video]))
        info[video] = _with_pages(found, len(notes[video]), claims, pages)
    return Videos({video: tuple(notes[video]) for video in info}, info)


def _most_said(titles: Counter[str]) -> str:
    """What most links call it; of several the fullest, "" if none names it."""
    return min(titles, key=lambda title: (-titles[title], -len(title), title), default="")


def _with_pages(info: VideoInfo, notes: int, claims: Claims, pages: str) -> VideoInfo:
    """Addresses keep the id's letters as they are; ids that differ only in case get different ones."""
    if pages == "all" or (pages == "shared" and notes > 1):
        info = replace(info, page=claims.claim(f"videos/{info.id}.html", f"video {info.id}")[0])
        stem = info.page.removesuffix(".html")
        claims.claim(f"{stem}-chapters.vtt", f"video {info.id}")
        claims.claim(f"{stem}-chapters.json", f"video {info.id}")
    if info.transcript:
        url = claims.claim(f"videos/{info.id}-transcript.html", f"transcript {info.id}")[0]
        info = replace(info, transcript_page=url)
    return info


class _Transcripts:
    """Which file is the transcript of a video: one that a note names, else one beside its notes that is named after it."""

    def __init__(
        self, facts: Mapping[str, Facts], hidden: Sequence[Facts], files: Sequence[str], find: Find, language: str
    ) -> None:
        self._facts, self._find = facts, find
        self._language = language.partition("-")[0].lower()
        self._all = frozenset(files)
        self._beside: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in files:
            if named := _NAMED.fullmatch(path.rpartition("/")[2]):
                self._beside[folder(path), named["id"] or named["in"]].append(path)
        private = (find(fact.properties.transcript, fact.path) for fact in hidden if fact.properties.transcript)
        self._private = {path for path in private if path}

    def of(self, video: str, notes: Sequence[str]) -> str:
        for note in notes:
            named = self._facts[note].properties.transcript
            path = self._find(named, note) if named else None
            if path in self._all:
                return path
        found = {p for note in notes for p in self._beside.get((folder(note), video), ())} - self._private
        return min(found, key=self._preference, default="")

    def _preference(self, path: str) -> tuple[int, bool, int, str]:
        """A file without a language first, then one in the site's; WebVTT before SubRip."""
        named = _NAMED.fullmatch(path.rpartition("/")[2])
        language = (named["language"] or "") if named else ""
        foreign = 0 if not language else 1 if language[1:].partition("-")[0].lower() == self._language else 2
        return foreign, path.lower().endswith(".srt"), len(path), path
