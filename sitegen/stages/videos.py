"""The videos of the vault: which notes are about each, what it is called, its transcript. A part of index.

Only published notes are looked at; what an unpublished one names as its transcript stays unpublished too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic
from sitegen.model import Facts, VideoInfo
from sitegen.paths import folder, readable
from sitegen.video.files import moment_url
from sitegen.video.youtube import watch_url

# `ID.vtt`, `ID.en.vtt`, and what download tools write: `Title [ID].en.vtt`
_NAMED = re.compile(
    r"(?:(?P<id>[\w-]{11})|.*\[(?P<in>[\w-]{11})\])(?P<language>\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?)?\.(?:vtt|srt)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?", re.ASCII)

Find = Callable[[str, str], "str | None"]


def watch_address(info: VideoInfo, seconds: int | None = None) -> str:
    """Where a video is watched, from ``seconds`` after its start if given: of a recording an address within the site."""
    if info.kind == "youtube":
        return watch_url(info.id, seconds)
    return info.url if seconds is None else moment_url(info.url, seconds)


def watch_link(info: VideoInfo, href: Callable[[str], str], seconds: int | None = None) -> str:
    """The same as a page links to it; ``href`` makes the link to an address within the site."""
    address = watch_address(info, seconds)
    return address if info.kind == "youtube" else href(address)


class Texts(NamedTuple):
    """Attachments by what they say: transcripts, and what looks like one and holds no cue. ``find(text, source)`` is the
    attachment that a property means; of several languages the site's is taken, as in ``en-GB``.
    """

    said: Sequence[str]
    silent: Sequence[str]
    find: Find
    language: str = ""


class About(NamedTuple):
    """What a note says of its video, and of others: (video id, title) of links.

    ``video`` is the video that it is about: an id, or the path of a file of the vault.
    """

    video: str | None
    recording: str | None  # the file of the vault that it names
    kind: str  # of that: "video" or "audio"
    duration: int | None
    transcript: str | None
    titles: tuple[tuple[str, str], ...]


class Videos(Struct, frozen=True, eq=False):
    """By video, in order of their ids: the paths of its notes, and what is known of it besides addresses."""

    notes: dict[str, tuple[str, ...]]
    info: dict[str, VideoInfo]
    problems: tuple[Diagnostic, ...]


def about(path: str, facts: Facts, recording: str | None) -> About:
    """What a note says, as far as it knows: see `videos_by_note`."""
    said = facts.properties
    return About(said.video_id, recording, said.media or "video", said.duration, said.transcript, facts.videos)


def videos_by_note(notes: Mapping[str, About]) -> dict[str, str | None]:
    """By path of a note, the video it is about: its id, else its recording.

    A file that other notes name beside an id is that video, so that all its notes are together.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for note in notes.values():
        if note.recording is not None and note.video is not None:
            ids[note.recording].add(note.video)
    found: dict[str, str | None] = {}
    for path, note in notes.items():
        video = note.video or note.recording
        found[path] = min(ids[video]) if video is not None and len(ids.get(video, ())) == 1 else video
    return found


def find_videos(notes: Mapping[str, About], hidden: Mapping[str, str], texts: Texts) -> Videos:
    """All videos that notes are about. ``hidden`` is what notes that are not published say of their transcripts."""
    paths: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for path, note in notes.items():
        for video, title in note.titles:
            titles[video][title] += 1
        if note.video:
            paths[note.video].append(path)
    transcripts = _Transcripts(notes, hidden, texts)
    info = {}
    for video in sorted(paths):
        durations = [d for path in paths[video] if (d := notes[path].duration)]
        found = VideoInfo(video, _most_said(titles[video]), max(durations, default=None))
        if notes[paths[video][0]].recording == video:
            found = replace(found, kind=notes[paths[video][0]].kind)
        info[video] = replace(found, transcript=transcripts.of(video, paths[video]))
    return Videos({video: tuple(paths[video]) for video in info}, info, tuple(transcripts.problems))


def paged(videos: Mapping[str, Sequence[str]], which: str) -> frozenset[str]:
    """The videos that have a page: "all", those that are "shared" by several notes, or "none"."""
    return frozenset(v for v, notes in videos.items() if which == "all" or (which == "shared" and len(notes) > 1))


def recording_title(path: str) -> str:
    """What a recording is called after its file: ``talks/my_talk.mp4`` -> ``My talk``."""
    return readable(path.rpartition("/")[2].rpartition(".")[0])


def _most_said(titles: Counter[str]) -> str:
    """What most links call it; of several the fullest, "" if none names it."""
    return min(titles, key=lambda title: (-titles[title], -len(title), title), default="")


class _Transcripts:
    """Which file is the transcript of a video: one that a note names, else one beside its notes, or beside the recording, that
    is named after it. ``problems`` are of files that would be one, and say nothing.
    """

    def __init__(self, notes: Mapping[str, About], hidden: Mapping[str, str], texts: Texts) -> None:
        self._notes, self._find = notes, texts.find
        self._language = texts.language.partition("-")[0].lower()
        self._said, self._silent = frozenset(texts.said), frozenset(texts.silent)
        self._beside: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._inside: dict[str, list[str]] = defaultdict(list)  # by folder
        for path in (*texts.said, *texts.silent):
            self._inside[folder(path)].append(path)
            if named := _NAMED.fullmatch(path.rpartition("/")[2]):
                self._beside[folder(path), named["id"] or named["in"]].append(path)
        private = (texts.find(text, path) for path, text in hidden.items())
        self._private = {path for path in private if path}
        self.problems: list[Diagnostic] = []

    def of(self, video: str, notes: Sequence[str]) -> str:
        for note in notes:
            named = self._notes[note].transcript
            path = self._find(named, note) if named else None
            if path in self._said:
                return path
        found = self._named_after(video, notes)
        for path in sorted(found.keys() & self._silent):
            message = "it is named as the transcript of a video, but holds no times with words"
            hint = "export it again as WebVTT or SubRip, or take it away"
            self.problems.append(Diagnostic("bad-transcript", path, message, hint=hint))
        said = {path: language for path, language in found.items() if path in self._said}
        return min(said, key=lambda path: self._preference(path, said[path]), default="")

    def _named_after(self, video: str, notes: Sequence[str]) -> dict[str, str]:
        """The files that are named after a video, or after a recording of it, each with its language ("" or as in ``.en-GB``)."""
        found: dict[str, str] = {}
        for note in notes:
            for path in self._beside.get((folder(note), video), ()):
                named = _NAMED.fullmatch(path.rpartition("/")[2])
                found[path] = (named["language"] or "") if named else ""
        for file in dict.fromkeys(file for note in notes if (file := self._notes[note].recording)):
            whole = file.rpartition("/")[2].lower()
            for place in dict.fromkeys([folder(file), *map(folder, notes)]):
                for path in self._inside.get(place, ()):
                    base = path.rpartition("/")[2].lower()[:-4]  # without .vtt or .srt
                    for name in (whole, whole.rpartition(".")[0]):
                        rest = base.removeprefix(name) if base.startswith(name) else None
                        if rest is not None and (not rest or _LANGUAGE.fullmatch(rest)):
                            found[path] = rest
                            break
        return {path: language for path, language in found.items() if path not in self._private}

    def _preference(self, path: str, language: str) -> tuple[int, bool, int, str]:
        """A file without a language first, then one in the site's; WebVTT before SubRip."""
        foreign = 0 if not language else 1 if language[1:].partition("-")[0].lower() == self._language else 2
        return foreign, path.lower().endswith(".srt"), len(path), path
