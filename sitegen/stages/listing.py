"""Rows for pages that list things: notes, folders, videos, each as a template shows it.

What says little of many notes is a part of index, made once a note, video or folder; the functions for features put
together what one page lists.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import chain

from sitegen.model import (
    CitedMoment,
    Cites,
    Counts,
    Facts,
    FolderRow,
    Found,
    LinkKind,
    NoteRef,
    NoteRow,
    Place,
    SharedMoment,
    Vault,
    VideoRow,
)  # fmt: skip
from sitegen.paths import fold_key, folder, title_key
from sitegen.stages.addresses import parents
from sitegen.stages.videos import About, recording_title, watch_address
from sitegen.video.moments import merge
from sitegen.words import Words


def note_row(path: str, facts: Facts, place: Place, date: str | None = None) -> NoteRow:
    """``date`` is for a note that says none itself."""
    moments = len(facts.stamps) if place.video or place.media else 0
    properties = facts.properties
    return NoteRow(
        place.ref, facts.excerpt, len(place.backlinks), moments, properties.updated or properties.date or date
    )


def dated(rows: Mapping[str, NoteRow]) -> dict[str, str]:
    """The dates of those that have one."""
    return {path: row.date for path, row in rows.items() if row.date}


def linked(path: str, facts: Facts, place: Place) -> tuple[str, ...]:
    """The notes that a note links to, each once."""
    refs = (
        r.ref
        for link, r in zip(facts.links, place.resolutions, strict=True)
        if r.found is Found.NOTE and link.kind is not LinkKind.DIAGRAM
    )
    return tuple(dict.fromkeys(ref.path for ref in refs if ref is not None and ref.path != path))


def wanted(path: str, facts: Facts, place: Place) -> tuple[str, ...]:
    """The targets of a note's links to nothing, in order."""
    return tuple(
        link.target
        for link, r in zip(facts.links, place.resolutions, strict=True)
        if r.found is Found.MISSING and link.kind is not LinkKind.EMBED
    )


def counts(path: str, place: Place) -> Counts:
    return Counts(
        sum(r.found is Found.NOTE for r in place.resolutions), sum(r.seconds is not None for r in place.readings)
    )


def inside(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By folder: the notes directly in it."""
    found = defaultdict[str, list[str]](list)
    for path in paths:
        found[folder(path)].append(path)
    return {name: tuple(paths) for name, paths in found.items()}


def branches(
    notes: Mapping[str, Sequence[str]],
    folder_notes: Mapping[str, str],
    folders: Mapping[str, NoteRef],
    abouts: Mapping[str, About],
) -> dict[str, tuple[FolderRow, ...]]:
    """By folder: the folders directly in it, with the notes and videos anywhere below each. ``notes`` are those in each."""
    total, videos = Counter[str](), defaultdict[str, set[str]](set)
    for own, paths in notes.items():
        found = {video for path in paths if (video := abouts[path].video)}
        for here in [own, *parents(own)] if own else ():
            total[here] += len(paths) - (here == own and folder_notes.get(here) in paths)
            videos[here] |= found
    rows = defaultdict[str, list[FolderRow]](list)
    for name, ref in folders.items():
        if name:
            rows[folder(name)].append(FolderRow(ref, total[name], len(videos.get(name, ()))))
    return {
        parent: tuple(sorted(found, key=lambda row: (title_key(row.ref.title), row.ref.path)))
        for parent, found in rows.items()
    }


def shared_moments(notes: Mapping[str, Cites]) -> tuple[SharedMoment, ...]:
    """The few moments of a video that most of its notes cite for sure, two at the least; most cited first."""
    if len(notes) < 2:
        return ()
    # a placeholder such as 0:00 is no moment worth showing
    citing = [(second, path) for path, cites in notes.items() for second in cites.sure if second > 0]
    found = []
    for moment in merge(citing):
        first: dict[str, int] = {}  # of each note, the second it cites
        for second, path in moment.by:
            first.setdefault(path, second)
        if len(first) > 1:
            found.append(SharedMoment(moment.seconds, tuple(first.items())))
    return tuple(sorted(found, key=lambda moment: (-len(moment.by), moment.seconds))[:_MOMENTS_OF_ONE])


# ---- for features ------------------------------------------------------------------------------------


def note_rows(vault: Vault, paths: Iterable[str]) -> tuple[NoteRow, ...]:
    """Rows in the order of their titles."""
    rows = [vault.rows[path] for path in paths]
    return tuple(sorted(rows, key=lambda row: (title_key(row.ref.title), row.ref.path)))


def wanted_notes(wanted: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, int, tuple[str, ...]]]:
    """What links of notes ask for and no note is: the name as most links spell it, how many do, and the notes that ask.

    ``wanted`` are paths of notes with the targets of their links to nothing. Most wanted first. Names that a link would not
    tell apart are one.
    """
    paths, asked = list[str](), defaultdict[str, list[int]](list)
    for number, (path, targets) in enumerate(wanted):
        paths.append(path)
        for target in targets:
            asked[target].append(number)
    spelt: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for target, numbers in asked.items():
        name = target[:-3] if target[-3:].lower() == ".md" else target
        spelt[fold_key(name) or name].setdefault(name, []).extend(numbers)
    ranked = sorted([(-sum(map(len, names.values())), key) for key, names in spelt.items()])
    return [(_usual(spelt[key]), -times, _asking(spelt[key], paths)) for times, key in ranked]


def _usual(names: Mapping[str, Sequence[int]]) -> str:
    """The one that is used most of some names."""
    return min(names, key=lambda name: (-len(names[name]), name))


def _asking(names: Mapping[str, Iterable[int]], paths: Sequence[str]) -> tuple[str, ...]:
    """The notes that use any of some names, in their order; each name has the numbers of those that use it."""
    numbers = sorted(chain.from_iterable(names.values()))
    return tuple(dict.fromkeys([paths[number] for number in numbers]))


def videos_of(vault: Vault, paths: Iterable[str]) -> tuple[str, ...]:
    """The ids of the videos that these notes are about, each once."""
    return tuple(dict.fromkeys(video for path in paths if (video := vault.cited[path].video)))


def video_rows(vault: Vault, paths: Iterable[str]) -> tuple[VideoRow, ...]:
    """The videos that the notes at ``paths`` are about, most notes first."""
    found: dict[str, list[str]] = {}
    for path in paths:
        video = vault.cited[path].video
        if video:
            found.setdefault(video, []).append(path)
    rows = [_video_row(vault, video, notes) for video, notes in found.items()]
    return tuple(sorted(rows, key=lambda row: (-len(row.notes), title_key(row.title), row.video_id)))


_MOMENTS_OF_ONE = 3


def video_title(vault: Vault, video: str, words: Words) -> str:
    """What a video is called: as a link to it says, else after its file, or the folder of its notes and its id."""
    info = vault.video_info[video]
    if info.title:
        return info.title
    if info.kind != "youtube":
        return recording_title(video)
    first = vault.videos[video][0]
    above = next(
        (vault.folders[name] for name in parents(first) if vault.folders[name].url != vault.refs[first].url), None
    )
    if above:
        return words.gettext("%(folder)s, video %(id)s", folder=above.title, id=video)
    return words.gettext("Video %(id)s", id=video)


def _video_row(vault: Vault, video: str, paths: list[str]) -> VideoRow:
    refs = tuple(sorted((vault.refs[p] for p in paths), key=lambda ref: (title_key(ref.title), ref.path)))
    seconds = tuple(sorted({second for path in paths for second in vault.cited[path].seconds}))
    info = vault.video_info[video]
    title = info.title or (video if info.kind == "youtube" else recording_title(video))
    return VideoRow(video, title, watch_address(info), info.page or info.url, refs, seconds)


def cited_moments(
    vault: Vault, words: Words, limit: int, videos: Iterable[str] | None = None
) -> tuple[CitedMoment, ...]:
    """The moments that most notes cite, two at the least; of all videos, or of those given.

    A few of each video at most, so that one with many notes is not all there is, and those of one video together.
    """
    found = vault.moments.items() if videos is None else ((video, vault.moments[video]) for video in videos)
    ranked = ((-len(moment.by), video, moment.seconds, moment.by) for video, moments in found for moment in moments)
    chosen: dict[str, list[tuple[int, tuple[tuple[str, int], ...]]]] = {}
    for _, video, second, notes in nsmallest(limit, ranked):
        chosen.setdefault(video, []).append((second, notes))
    rows = []
    for video, second, notes in ((v, s, n) for v, found in chosen.items() for s, n in sorted(found)):
        refs = tuple(NoteRef(p, vault.refs[p].title, f"{vault.refs[p].url}#t-{at}") for p, at in notes)
        info = vault.video_info[video]
        rows.append(
            CitedMoment(video, video_title(vault, video, words), watch_address(info, second), info.page, second, refs)
        )
    return tuple(rows)
