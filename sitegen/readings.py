"""What the stamps of all notes mean, as far as those of a video have changed. Part of `build`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

from msgspec.structs import replace

from sitegen.codec import fingerprint, printed
from sitegen.memo import Entry, Memo
from sitegen.model import Facts
from sitegen.video.reading import NoteReading, NoteStamps, read_video

_READ = attrgetter("seconds", "status")
_READINGS: Any = tuple[NoteReading, ...]


class Forms(NamedTuple):
    """How stamps are written, as the settings say: in all notes, and in those below a folder. The innermost folder decides."""

    default: str = "auto"
    folders: tuple[tuple[str, str], ...] = ()

    def of(self, path: str) -> str:
        """The form of the stamps in the note at this path."""
        within = [(len(folder), form) for folder, form in self.folders if path.startswith(folder.rstrip("/") + "/")]
        return max(within, key=lambda found: found[0])[1] if within else self.default


def stamp_readings(
    all_facts: Mapping[str, Facts], about: Mapping[str, str | None], forms: Forms, memo: Memo
) -> dict[str, NoteReading]:
    """What each note's stamps mean, by path; the published notes of one video are read together.

    ``about`` has the video of each published note. A note on a file that is not there is read alone.
    """

    def stamps_of(path: str, video: str | None, facts: Facts) -> dict[str, NoteStamps]:
        video = video or (path if facts.media is not None else None)
        return {video: note_stamps(facts, forms)} if video else {}

    stamps = memo.kept.mapped("stamps", stamps_of, about, all_facts, frame=forms)
    groups = memo.kept.turned("stamps of videos", stamps)

    def make(videos: list[str]) -> Iterator[tuple[str, Entry]]:
        for video in videos:
            read = read_video(list(groups[video].values()))
            yield video, Entry.of(wanted[video], (memo.put(printed(read)),))

    def readings(video: str, entry: Entry, notes: Mapping[str, NoteStamps]) -> dict[str, NoteReading]:
        found = memo.get(entry.output(), _READINGS, video)
        return {path: replace(r, readings=memo.alike(r.readings, _READ)) for path, r in zip(notes, found, strict=True)}

    wanted = memo.kept.mapped("stamp prints", lambda video, notes: fingerprint(list(notes.values())), groups)
    entries = memo.update("read_video", b"", wanted, make)
    found = memo.kept.mapped("readings of videos", readings, entries, groups)
    return memo.kept.whole(
        "readings", lambda found: {p: r for notes in found.values() for p, r in notes.items()}, found
    )


def note_stamps(facts: Facts, forms: Forms) -> NoteStamps:
    """The stamps of a note with all that it and the settings say of how to read them."""
    form = facts.properties.timestamp_format or forms.of(facts.path)
    return NoteStamps(tuple(stamp.fields for stamp in facts.stamps), form, facts.properties.duration)
