"""The videos of the vault: which notes are about each, what it is called, its pages, its transcript.

A part of index. Only published notes are looked at; what an unpublished one names as its transcript stays unpublished too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sitegen.model import Facts, VideoInfo
from sitegen.paths import folder

# `ID.vtt`, `ID.en.vtt`, and what download tools write: `Title [ID].en.vtt`
_NAMED = re.compile(
    r"(?:(?P<id>[\w-]{11})|.*\[(?P<in>[\w-]{11})\])(?P<language>\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?)?\.(?:vtt|srt)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)

Find = Callable[[str, str], "str | None"]


class About(NamedTuple):
    """What a note says of its video, and of others: (video id, title) of links."""

    video: str | None
    duration: int | None
    transcript: str | None
    titles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Videos:
    """By video id, in order of the ids: the paths of its notes, and what is known of it besides addresses."""

    notes: dict[str, tuple[str, ...]]
    info: dict[str, VideoInfo]


def about(path: str, facts: Facts) -> About:
    properties = facts.properties
    return About(properties.video_id, properties.duration, properties.transcript, facts.videos)


def find_videos(
    notes: Mapping[str, About], hidden: Mapping[str, str], files: Sequence[str], find: Find, language: str = ""
) -> Videos:
    """All videos that notes are about. ``find(text, source)`` is the attachment that a property means, ``hidden`` what
    notes that are not published say of their transcripts.

    ``language`` is the site's, as in ``en-GB``: of transcripts in several languages the one in its own is taken.
    """
    paths: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for path, note in notes.items():
        for video, title in note.titles:
            titles[video][title] += 1
        if note.video:
            paths[note.video].append(path)
    transcripts = _Transcripts(notes, hidden, files, find, language)
    info = {}
    for video in sorted(paths):
        durations = [d for path in paths[video] if (d := notes[path].duration)]
        found = VideoInfo(video, _most_said(titles[video]), max(durations, default=None))
        info[video] = replace(found, transcript=transcripts.of(video, paths[video]))
    return Videos({video: tuple(paths[video]) for video in info}, info)


def paged(videos: Mapping[str, Sequence[str]], which: str) -> frozenset[str]:
    """The videos that have a page: "all", those that are "shared" by several notes, or "none"."""
    return frozenset(v for v, notes in videos.items() if which == "all" or (which == "shared" and len(notes) > 1))


def _most_said(titles: Counter[str]) -> str:
    """What most links call it; of several the fullest, "" if none names it."""
    return min(titles, key=lambda title: (-titles[title], -len(title), title), default="")


class _Transcripts:
    """Which file is the transcript of a video: one that a note names, else one beside its notes that is named after it."""

    def __init__(
        self, notes: Mapping[str, About], hidden: Mapping[str, str], files: Sequence[str], find: Find, language: str
    ) -> None:
        self._notes, self._find = notes, find
        self._language = language.partition("-")[0].lower()
        self._all = frozenset(files)
        self._beside: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in files:
            if named := _NAMED.fullmatch(path.rpartition("/")[2]):
                self._beside[folder(path), named["id"] or named["in"]].append(path)
        private = (find(text, path) for path, text in hidden.items())
        self._private = {path for path in private if path}

    def of(self, video: str, notes: Sequence[str]) -> str:
        for note in notes:
            named = self._notes[note].transcript
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
