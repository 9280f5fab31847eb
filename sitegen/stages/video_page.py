"""The page of a video, and its chapters for other programs: made from the passages of all its notes that cite it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import Struct, json

from sitegen.model import Artifact, Moment, NoteRef, Passage, Player, Sibling, VideoInfo, View
from sitegen.model.video_page import Chapter, Citation, VideoMoment, VideoPage
from sitegen.paths import relative, title_key
from sitegen.stages.sentences import shorten
from sitegen.stages.videos import watch_address
from sitegen.video.moments import Cited, line_length, merge
from sitegen.video.youtube import embed_url

_TITLE = 80  # characters of a chapter's title


class Source(Struct, frozen=True):
    """What the page of a video is made from; ``folders`` lead to the folder that its notes have in common."""

    info: VideoInfo
    title: str
    folders: tuple[NoteRef, ...]
    notes: tuple[tuple[NoteRef, tuple[Passage, ...]], ...]
    base_url: str


def video_files(source: Source) -> tuple[Artifact | View, ...]:
    """The view of the video's page, and its chapters as WebVTT and as podcast chapters."""
    page = video_page(source)
    chapters = _chapters(page.moments, source.info.duration)
    return (
        View(source.info.page, "video.html", page.title, (("page", page),)),
        Artifact(page.chapters_vtt, _as_vtt(chapters).encode()),
        Artifact(page.chapters_json, _as_podcast_chapters(page, chapters, source.base_url)),
    )


def video_page(source: Source) -> VideoPage:
    """Everything the page shows."""
    info = source.info
    moments = _moments(source.notes)
    chapters = _chapters(moments, info.duration)
    stem = info.page.removesuffix(".html")
    return VideoPage(
        info=info,
        title=source.title,
        player=_player(source, moments),
        sections=(),
        moments=moments,
        notes=_notes(source.notes),
        breadcrumbs=source.folders,
        chapters_vtt=f"{stem}-chapters.vtt",
        chapters_json=f"{stem}-chapters.json",
        data=_linked_data(source, chapters),
    )


def _notes(notes: Iterable[tuple[NoteRef, tuple[Passage, ...]]]) -> tuple[Sibling, ...]:
    cards = [Sibling(ref, tuple(sorted(p.seconds for p in passages))) for ref, passages in notes]
    return tuple(sorted(cards, key=lambda card: (title_key(card.ref.title), card.ref.path)))


def _player(source: Source, moments: Sequence[VideoMoment]) -> Player:
    """A time that no note is sure of does not stretch the timeline; where none is sure, all do."""
    info = source.info
    passages = [passage for _, found in source.notes for passage in found]
    cited = [m for m in moments if m.sure] or list(moments)
    last = max((p.seconds for p in [p for p in passages if p.sure] or passages), default=0)
    length, known = line_length(info.duration, last)
    marks = tuple(Moment(m.seconds, f"t-{m.seconds}") for m in cited)
    video_id = info.id if info.kind == "youtube" else ""
    return Player(video_id, source.title, watch_address(info), length, known, marks, info.kind, last)


# ---- moments ----------------------------------------------------------------------------------------


def _moments(notes: Iterable[tuple[NoteRef, tuple[Passage, ...]]]) -> tuple[VideoMoment, ...]:
    """All cited moments in order of time. A passage in doubt makes no moment of its own where a sure one is near."""
    found: list[VideoMoment] = []
    citing = [(passage.seconds, (ref, passage)) for ref, passages in notes for passage in passages]
    seen: set[str] = set()  # headings that a moment has been named by
    for moment in merge(citing):
        seconds, sure, doubtful = _cited(moment)
        first = next((c for c in (*sure, *doubtful) if c.sentence), (*sure, *doubtful)[0])
        title = first.heading if first.heading and first.heading not in seen else first.sentence or first.heading
        seen.add(first.heading)
        found.append(
            VideoMoment(seconds, first.heading, first.sentence, _short(title) or first.ref.title, sure, doubtful)
        )
    return tuple(found)


def _cited(moment: Cited[tuple[NoteRef, Passage]]) -> tuple[int, tuple[Citation, ...], tuple[Citation, ...]]:
    """The second that stands for a moment, and the citations of it that are sure and in doubt, nearest first, one a note."""
    if len(moment.by) == 1:  # as most have
        [(_, (ref, passage))] = moment.by
        only = (_citation(ref, passage),)
        return moment.seconds, only if passage.sure else (), () if passage.sure else only
    exact = [second for second, (_, passage) in moment.by if passage.sure]
    seconds = moment.seconds if moment.seconds in exact or not exact else exact[0]
    nearest = [by for _, by in sorted(moment.by, key=lambda item: abs(item[0] - seconds))]
    sure = _citations((ref, passage) for ref, passage in nearest if passage.sure)
    certain = {citation.ref.path for citation in sure}
    return seconds, sure, _citations((r, p) for r, p in nearest if not p.sure and r.path not in certain)


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else shorten(title, _TITLE)


def _citations(passages: Iterable[tuple[NoteRef, Passage]]) -> tuple[Citation, ...]:
    """One citation a note: that of its first passage here."""
    found: dict[str, Citation] = {}
    for ref, passage in passages:
        if ref.path not in found:
            found[ref.path] = _citation(ref, passage)
    return tuple(found.values())


def _citation(ref: NoteRef, passage: Passage) -> Citation:
    place = NoteRef(ref.path, ref.title, f"{ref.url}#t-{passage.seconds}")
    return Citation(place, passage.heading, passage.sentence, "" if passage.sure else passage.written)


# ---- for other programs -----------------------------------------------------------------------------


def _chapters(moments: Sequence[VideoMoment], duration: int | None) -> tuple[Chapter, ...]:
    """A chapter from each sure moment to the next; nothing is said of an end that nobody knows."""
    sure = [moment for moment in moments if moment.sure and (duration is None or moment.seconds < duration)]
    ends: list[int | None] = [*(moment.seconds for moment in sure[1:]), duration]
    return tuple(Chapter(moment.seconds, end, moment.title) for moment, end in zip(sure, ends, strict=False))


def _as_vtt(chapters: Iterable[Chapter]) -> str:
    """WebVTT, https://www.w3.org/TR/webvtt1/ (chapter cues). A cue needs an end: an unknown one is a minute on."""
    cues = [
        f"{_vtt_time(c.start)} --> {_vtt_time(c.start + 60 if c.end is None else c.end)}\n{_vtt_text(c.title)}\n"
        for c in chapters
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _vtt_time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000"


def _vtt_text(text: str) -> str:
    text = " ".join(text.split())
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _as_podcast_chapters(page: VideoPage, chapters: Iterable[Chapter], base_url: str) -> bytes:
    """JSON chapters 1.2, https://github.com/Podcastindex-org/podcast-namespace (chapters/jsonChapters.md)."""
    entries = []
    for chapter in chapters:
        entry: dict[str, Any] = {"startTime": chapter.start}
        if chapter.end is not None:
            entry["endTime"] = chapter.end
        entries.append(entry | {"title": chapter.title, "url": _absolute(page.info, base_url, chapter.start)})
    return json.encode({"version": "1.2.0", "title": page.title, "chapters": entries})


def _absolute(info: VideoInfo, base_url: str, seconds: int | None = None) -> str:
    """Where the video is watched; relative to the video's page if it is a recording and the site does not know its address."""
    if info.kind == "youtube":
        return watch_address(info, seconds)
    address = watch_address(info, seconds)
    return base_url + quote(address, safe="/#=") if base_url else relative(info.page, address)


def _linked_data(source: Source, chapters: Iterable[Chapter]) -> str:
    """A schema.org VideoObject, or AudioObject, with its clips, and only what is known: no dates, no pictures, no ends that are not.

    ``<``, ``>`` and ``&`` are escaped, so that no text can end the element it stands in.
    """
    info = source.info
    here = source.base_url + quote(info.page) if source.base_url else ""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "AudioObject" if info.kind == "audio" else "VideoObject",
        "name": source.title,
        "url": _absolute(info, source.base_url),
    }
    if info.kind == "youtube":
        data["embedUrl"] = embed_url(info.id)
    else:
        data["contentUrl"] = data["url"]
    if info.duration:
        data["duration"] = f"PT{info.duration}S"
    clips = []
    for chapter in chapters:
        clip: dict[str, Any] = {"@type": "Clip", "name": chapter.title, "startOffset": chapter.start}
        if chapter.end is not None:
            clip["endOffset"] = chapter.end
        clips.append(clip | {"url": f"{here}?t={chapter.start}" if here else _absolute(info, "", chapter.start)})
    if clips:
        data["hasPart"] = clips
    text = json.encode(data).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
