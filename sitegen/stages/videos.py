"""The videos of the vault: which notes are about each, what it is called, its pages, its transcript.

A part of index. Only published notes are looked at; what an unpublished one names as its transcript stays unpublished too.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic
from sitegen.model import Facts, NoteRef, Reading, Sibling, VideoInfo
from sitegen.paths import Claims, asset_url, case_key, folder, readable
from sitegen.value import Value
from sitegen.video.files import moment_url
from sitegen.video.reading import NoteReading
from sitegen.video.youtube import watch_url

# `ID.vtt`, `ID.en.vtt`, and what download tools write: `Title [ID].en.vtt`
_NAMED = re.compile(
    r"(?:(?P<id>[\w-]{11})|.*\[(?P<in>[\w-]{11})\])(?P<language>\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?)?\.(?:vtt|srt)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(r"\.[A-Za-z]{2,3}(?:-[\w-]{1,12})?", re.ASCII)

Find = Callable[[str, str], "str | None"]


def videos_by_note(facts: Mapping[str, Facts], recordings: Mapping[str, str]) -> dict[str, str]:
    """By path of a note, the video it is about: its id, else the path of the file that ``recordings`` has for the note.

    A file that other notes name beside an id is that video, so that all its notes are together.
    """
    ids: dict[str, set[str]] = defaultdict(set)
    for path, file in recordings.items():
        if (named := facts[path].properties.video_id) is not None:
            ids[file].add(named)
    about: dict[str, str] = {}
    for path, fact in facts.items():
        video = fact.properties.video_id or recordings.get(path)
        if video is not None:
            about[path] = min(ids[video]) if len(ids.get(video, ())) == 1 else video
    return about


def watch_address(info: VideoInfo, seconds: int | None = None) -> str:
    """Where a video is watched, from ``seconds`` after its start if given: of a recording an address within the site."""
    if info.kind == "youtube":
        return watch_url(info.id, seconds)
    return info.url if seconds is None else moment_url(info.url, seconds)


def watch_link(info: VideoInfo, href: Callable[[str], str], seconds: int | None = None) -> str:
    """The same as a page links to it; ``href`` makes the link to an address within the site."""
    address = watch_address(info, seconds)
    return address if info.kind == "youtube" else href(address)


class Recordings(Value, frozen=True):
    """Notes on files of the vault: which file each names (by path), and the files' addresses within the site."""

    files: Mapping[str, str]
    urls: Mapping[str, str]


class Texts(Value, frozen=True):
    """Attachments by what they say: transcripts, and what looks like one and holds no cue. ``find(text, source)`` is the
    attachment that a property means; of several languages the site's is taken, as in ``en-GB``.
    """

    said: Sequence[str]
    silent: Sequence[str]
    find: Find
    language: str = ""


class Videos(Value, frozen=True):
    """By video, in order of their ids: the paths of its notes, and what is known of it."""

    notes: dict[str, tuple[str, ...]]
    info: dict[str, VideoInfo]
    problems: tuple[Diagnostic, ...]


def find_videos(
    facts: Mapping[str, Facts],
    hidden: Sequence[Facts],
    recordings: Recordings,
    texts: Texts,
    claims: Claims,
    pages: str,
) -> Videos:
    """All videos that notes are about. ``pages``: "all" videos have a page, those that are "shared" by several notes, or "none"."""
    notes: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts.values():
        for video, title in fact.videos:
            titles[video][title] += 1
    for path, video in videos_by_note(facts, recordings.files).items():
        notes[video].append(path)
    transcripts = _Transcripts(facts, hidden, recordings.files, texts)
    info = {}
    for video in sorted(notes):
        durations = [d for p in notes[video] if (d := facts[p].properties.duration)]
        found = VideoInfo(video, _most_said(titles[video]), max(durations, default=None))
        if video in recordings.urls:
            kind = facts[notes[video][0]].properties.media or "video"
            found = replace(found, kind=kind, url=recordings.urls[video])
        found = replace(found, transcript=transcripts.of(video, notes[video]))
        info[video] = _with_pages(found, len(notes[video]), claims, pages)
    return Videos({video: tuple(notes[video]) for video in info}, info, tuple(transcripts.problems))


def find_siblings(
    videos: Iterable[tuple[str, ...]],
    readings: Mapping[str, NoteReading],
    refs: Mapping[str, NoteRef],
) -> dict[str, tuple[Sibling, ...]]:
    """By path of a note, the other notes of its video. ``videos`` are the paths of each video's notes."""
    result: dict[str, tuple[Sibling, ...]] = {}
    for paths in videos:
        if len(paths) < 2:
            continue
        cards = {path: Sibling(refs[path], cited_seconds(readings[path].readings)) for path in paths}
        for path in paths:
            others = [cards[p] for p in paths if p != path]
            result[path] = tuple(sorted(others, key=lambda s: (case_key(s.ref.title), s.ref.path)))
    return result


def cited_seconds(readings: Iterable[Reading]) -> tuple[int, ...]:
    """The seconds that readings name, each once, ascending."""
    return tuple(sorted({r.seconds for r in readings if r.seconds is not None}))


def recording_title(path: str) -> str:
    """What a recording is called after its file: ``talks/my_talk.mp4`` -> ``My talk``."""
    return readable(path.rpartition("/")[2].rpartition(".")[0])


def _most_said(titles: Counter[str]) -> str:
    """What most links call it; of several the fullest, "" if none names it."""
    return min(titles, key=lambda title: (-titles[title], -len(title), title), default="")


def _with_pages(info: VideoInfo, notes: int, claims: Claims, pages: str) -> VideoInfo:
    """Addresses keep the id's letters as they are; ids that differ only in case get different ones."""
    name = info.id if info.kind == "youtube" else asset_url(info.id).rpartition(".")[0]
    if pages == "all" or (pages == "shared" and notes > 1):
        info = replace(info, page=claims.claim(f"videos/{name}.html", f"video {info.id}")[0])
        stem = info.page.removesuffix(".html")
        claims.claim(f"{stem}-chapters.vtt", f"video {info.id}")
        claims.claim(f"{stem}-chapters.json", f"video {info.id}")
    if info.transcript:
        url = claims.claim(f"videos/{name}-transcript.html", f"transcript {info.id}")[0]
        info = replace(info, transcript_page=url)
    return info


class _Transcripts:
    """Which file is the transcript of a video: one that a note names, else one beside its notes, or beside the recording, that
    is named after it. ``problems`` are of files that would be one, and say nothing.
    """

    def __init__(
        self, facts: Mapping[str, Facts], hidden: Sequence[Facts], recordings: Mapping[str, str], texts: Texts
    ) -> None:
        self._facts, self._recordings, self._find = facts, recordings, texts.find
        self._language = texts.language.partition("-")[0].lower()
        self._said, self._silent = frozenset(texts.said), frozenset(texts.silent)
        self._beside: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._inside: dict[str, list[str]] = defaultdict(list)  # by folder
        for path in (*texts.said, *texts.silent):
            self._inside[folder(path)].append(path)
            if named := _NAMED.fullmatch(path.rpartition("/")[2]):
                self._beside[folder(path), named["id"] or named["in"]].append(path)
        private = (texts.find(fact.properties.transcript, fact.path) for fact in hidden if fact.properties.transcript)
        self._private = {path for path in private if path}
        self.problems: list[Diagnostic] = []

    def of(self, video: str, notes: Sequence[str]) -> str:
        for note in notes:
            named = self._facts[note].properties.transcript
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
        for file in dict.fromkeys(file for note in notes if (file := self._recordings.get(note))):
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
