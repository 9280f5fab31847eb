"""The page of a video's transcript: the player, and every line of what is said with its time.

A page of its own, since three hours of speech are longer than all notes about them: a note's page and the video's link to it,
and scripts fetch its lines when a reader opens them there.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from msgspec import Struct

from sitegen.model import Line, NoteRef, Player, Section, Transcript, VideoInfo, View, clock
from sitegen.stages.escaping import escape
from sitegen.stages.videos import watch_address, watch_link
from sitegen.words import Words, words_of


class TranscriptPage(Struct, frozen=True):
    """Everything the page shows. ``player`` and ``sections`` are what a note's page has too."""

    info: VideoInfo
    title: str
    player: Player
    sections: tuple[Section, ...]
    breadcrumbs: tuple[NoteRef, ...]
    notes: tuple[NoteRef, ...]
    lines: tuple[Line, ...]


def transcript_files(
    info: VideoInfo,
    title: str,
    transcript: Transcript,
    folders: tuple[NoteRef, ...],
    notes: tuple[NoteRef, ...],
    language: str,
) -> tuple[View, ...]:
    """The view of a transcript's page."""
    last = int(transcript.lines[-1].end) if transcript.lines else 0
    known = info.duration is not None and info.duration >= last
    length = info.duration if known and info.duration else max(last, 1)
    player = Player(_played(info), title, watch_address(info), length, known, (), info.kind)
    page = TranscriptPage(info, title, player, (), folders, notes, transcript.lines)
    heading = words_of(language).gettext("Transcript of %(title)s", title=title)
    return (View(info.transcript_page, "transcript.html", heading, (("page", page),)),)


def _played(info: VideoInfo) -> str:
    """The id of a video of YouTube."""
    return info.id if info.kind == "youtube" else ""


def transcript_lines(page: TranscriptPage, href: Callable[[str], str], words: Words) -> Markup:
    """The lines as HTML: too many to be made one by one in a template. ``href`` makes a link within the site."""
    out: list[str] = []
    play = escape(words.gettext("Play from %(time)s"))
    seen = -1
    speaker = ""
    for line in page.lines:
        second = int(line.start)
        name = f' id="t-{second}"' if second != seen else ""
        seen = second
        who = f"<b>{escape(line.speaker)}</b> " if line.speaker and line.speaker != speaker else ""
        speaker = line.speaker or speaker
        address = escape(watch_link(page.info, href, second))
        text = clock(second)
        out.append(
            f'<li{name}><a class="stamp" href="{address}" data-seconds="{second}" aria-label="{play % {"time": text}}">{text}</a> '
            f"<span>{who}{escape(line.text)}</span></li>"
        )
    return Markup("\n".join(out))
