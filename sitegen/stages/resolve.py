"""The resolve stage: a note and its place in the vault become a Page, which holds all its HTML shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sitegen.diagnostics import Diagnostic
from sitegen.model import (
    Found,
    GraphNode,
    Heading,
    LinkKind,
    LocalGraph,
    Mentions,
    Moment,
    Note,
    NoteRef,
    Page,
    Place,
    Player,
    PropertyRow,
    PropertyValue,
    Section,
)  # fmt: skip
from sitegen.paths import remote
from sitegen.stages import formulas
from sitegen.stages.fill import Filling, Notes, fill
from sitegen.stages.needs import needs
from sitegen.stages.passages import passages
from sitegen.video.moments import line_length
from sitegen.video.youtube import watch_url
from sitegen.words import Words

_GRAPH_WIDTH, _GRAPH_REACH = 400, 62  # units of the view box: its width, and from the note to a node
_GRAPH_ROWS, _ROW, _LINE = 4, 51, 13.6  # nodes a side, the height of one, of a line of its label
_LABEL = 20  # characters of a label's line in the local graph
_CONTENTS_LEVEL = 3
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def resolve(note: Note, place: Place, notes: Notes, words: Words, mentions: Mentions | None = None) -> Page:
    """The page of ``note``. ``notes`` are those it embeds, directly or through others, with their places; ``mentions`` those
    that name it and do not link to it."""
    body, filling = fill(note, place, notes, words)
    facts, properties = note.facts, note.facts.properties
    origin = _origin(note, place)
    sheets, scripts = needs(body)
    measures = formulas.rules(body) if formulas.MARK in body else ""
    return Page(
        url=place.ref.url,
        title=facts.title,
        language=properties.language,
        description=properties.description or facts.excerpt,
        image=place.image or next(filter(None, map(remote, properties.images)), None),
        css_classes=properties.css_classes,
        body=body,
        breadcrumbs=place.breadcrumbs,
        origin=origin,
        date=properties.date,
        updated=properties.updated,
        tags=place.tags,
        sections=_sections(note, place, words),
        player=_player(note, place, filling, origin),
        backlinks=place.backlinks,
        siblings=place.siblings,
        graph=_graph(note, place, origin),
        video_page=place.video.page if place.video else "",
        transcript_page=place.video.transcript_page if place.video else "",
        passages=passages(note, place) if place.video and place.video.page else (),
        sheets=sheets,
        scripts=scripts,
        properties=_properties(note, place),
        formula_sheet=formulas.sheet_url(measures) if measures else None,
        related=place.related,
        mentions=mentions or Mentions(),
        diagnostics=tuple(
            Diagnostic(code, note.path, message, facts.links[at].span) for code, message, at in filling.problems
        ),
    )


def _properties(note: Note, place: Place) -> tuple[PropertyRow, ...]:
    """The note's properties; a link to nothing, or to what is not published, is its text."""
    rows = []
    for name, parts in note.properties:
        values = []
        for part in parts:
            if isinstance(part, str):
                values.append(PropertyValue(part, part if _ADDRESS.fullmatch(part) else None))
                continue
            link, resolution = note.facts.links[part], place.resolutions[part]
            known = resolution.found in (Found.NOTE, Found.ASSET) and resolution.ref
            anchor = f"#{resolution.anchor}" if resolution.anchor and resolution.found is Found.NOTE else ""
            values.append(PropertyValue(link.label, resolution.ref.url + anchor if known and resolution.ref else None))
        rows.append(PropertyRow(name, tuple(values)))
    return tuple(rows)


def _origin(note: Note, place: Place) -> NoteRef | None:
    number = note.facts.origin
    resolution = place.resolutions[number] if number is not None else None
    return resolution.ref if resolution and resolution.found is Found.NOTE else None


def _sections(note: Note, place: Place, words: Words) -> tuple[Section, ...]:
    """The note's headings with the first moment cited under each; what comes before them is the introduction."""
    headings = note.facts.headings
    top = 1 if headings and headings[0].level == 1 and headings[0].text == note.facts.title else 0
    if len(headings) == top:
        return ()
    seconds = [reading.seconds for reading in place.readings]
    sections = []
    if (place.video or place.media) and note.body[0].strip():
        sections.append(Section(2, words.gettext("Introduction"), "top", 0))
    starts = [h.stamp if h.stamp is not None else len(seconds) for h in headings]
    for number, end in enumerate(_ends(headings, starts, len(seconds))):
        heading = headings[number]
        if number >= top and heading.level <= _CONTENTS_LEVEL:
            cited = next((s for s in seconds[starts[number] : end] if s is not None), None)
            sections.append(Section(heading.level, heading.text, heading.id, cited))
    return tuple(sections)


def _ends(headings: Sequence[Heading], starts: Sequence[int], last: int) -> list[int]:
    """For each heading, which stamp is the first after its section: the next heading as high or higher ends it."""
    ends: list[int] = []
    following = [last] * 7  # by level: where the nearest heading of this level or a higher one starts
    for heading, start in zip(reversed(headings), reversed(starts), strict=True):
        ends.append(following[heading.level])
        following[heading.level :] = [start] * (7 - heading.level)
    return ends[::-1]


def _player(note: Note, place: Place, filling: Filling, origin: NoteRef | None) -> Player | None:
    video, media, properties = place.video, place.media, note.facts.properties
    if video is None and media is None:
        return None
    moments = tuple(Moment(second, filling.stamp_ids[second]) for second in sorted(filling.stamp_ids))
    last = moments[-1].seconds if moments else 0
    duration = video.duration if video else properties.duration
    length, known = line_length(duration, last)
    if media is not None:
        title = (video and video.title) or note.facts.title
        return Player("", title, media.url, length, known, moments, properties.media or "video", last)
    assert video is not None
    title = video.title or (
        origin.title if origin else place.breadcrumbs[-1].title if place.breadcrumbs else place.ref.title
    )
    return Player(video.id, title, watch_url(video.id), length, known, moments, last=last)


# ---- the local graph: notes linked to on the left, notes of the same video and notes that link here on the right ------


def _graph(note: Note, place: Place, origin: NoteRef | None) -> LocalGraph | None:
    skipped = {place.ref.path, origin.path if origin else "", *(crumb.path for crumb in place.breadcrumbs)}
    linked = {
        r.ref.path: r.ref
        for link, r in zip(note.facts.links, place.resolutions, strict=True)
        if r.found is Found.NOTE and r.ref and r.ref.path not in skipped and link.kind is not LinkKind.DIAGRAM
    }
    left = [(ref, "link") for ref in linked.values()][:_GRAPH_ROWS]
    others = [(s.ref, "sibling") for s in place.siblings] + [(b.ref, "backlink") for b in place.backlinks]
    shown = {ref.path for ref, _ in left} | skipped
    right: list[tuple[NoteRef, str]] = []
    for ref, kind in others:
        if ref.path not in shown and len(right) < _GRAPH_ROWS:
            shown.add(ref.path)
            right.append((ref, kind))
    if not right:  # both sides are for links then
        left = [(ref, "link") for ref in linked.values()][: 2 * _GRAPH_ROWS]
        left, right = left[: (len(left) + 1) // 2], left[(len(left) + 1) // 2 :]
    if not left and not right:
        return None
    height = max(len(left), len(right), 2) * _ROW + 12
    nodes = [*_column(left, height, is_left=True), *_column(right, height, is_left=False)]
    return LocalGraph(_GRAPH_WIDTH, height, tuple(nodes))


def _column(refs: list[tuple[NoteRef, str]], height: int, *, is_left: bool) -> Iterator[GraphNode]:
    """Nodes one below the other; each curve leaves the note and arrives level."""
    middle, centre = _GRAPH_WIDTH / 2, height / 2
    side = -1 if is_left else 1
    x = middle + side * _GRAPH_REACH
    bend = middle + side * _GRAPH_REACH / 2
    for number, (ref, kind) in enumerate(refs):
        y = round(height * (number + 0.5) / len(refs), 1)
        lines = _label(ref.title)
        top = y + 4 - _LINE * (len(lines) - 1) / 2
        yield GraphNode(
            ref=ref,
            kind=kind,
            x=f"{x:g}",
            y=f"{y:g}",
            curve=f"M{middle:g} {centre:g}C{bend:g} {centre:g} {bend:g} {y:g} {x:g} {y:g}",
            left=is_left,
            label_x=f"{x + side * 11:g}",
            lines=tuple((f"{top + n * _LINE:g}", text) for n, text in enumerate(lines)),
        )


def _label(title: str) -> tuple[str, ...]:
    """A title in at most two short lines."""
    lines = [""]
    for word in title.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= _LABEL or not lines[-1]:
            lines[-1] = joined
        elif len(lines) == 1:
            lines.append(word)
        else:
            lines[-1] = lines[-1][: _LABEL - 1].rstrip(" ,;:") + "…"
            break
    return tuple(line if len(line) <= _LABEL + 2 else line[: _LABEL - 1] + "…" for line in lines)
