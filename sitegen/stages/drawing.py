"""The parts of a page's drawings that are too many to be made one by one in a template:
marks along a timeline, nodes of a graph.

Places are percentages in SVG attributes, since the pages' policy forbids style attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup
from markupsafe import escape as escaped

from sitegen.model import LocalGraph, Moment, Player, Section, Sibling
from sitegen.stages.escaping import escape
from sitegen.stages.network import Picture

_MARKS = 500  # places for marks along a small line


def mini(seconds: Iterable[int], length: float) -> Markup:
    """A small line with a mark at each of the seconds that are on it: which part of a video something is about.

    A page may have a hundred of them with some thousand seconds: all marks are one element, and those that would lie on one
    another are one mark.
    """
    scale = _MARKS / max(length, 1)
    places = dict.fromkeys([round(second * scale) for second in seconds if second <= length])
    marks = "M%d 0V1" * len(places) % tuple(places)  # all at once, in half the time
    return Markup(
        f'<svg class="mini" viewBox="0 0 {_MARKS} 1" preserveAspectRatio="none" aria-hidden="true"><path d="{marks}"/></svg>'
    )


def shared_length(player: Player | None, siblings: Iterable[Sibling]) -> int:
    """One scale for all notes of a video, in seconds.

    Where the video's length is not known, others may reach past this note's last moment; but a time far beyond it is
    a misreading that would press all others together.
    """
    own = max(player.length, 1) if player else 1
    if player and player.length_known:
        return own
    return max([own, *(second for sibling in siblings for second in sibling.seconds if second <= 2 * own)])


def ticks(moments: Iterable[Moment], length: float) -> Markup:
    """A tick at each moment that scripts can find by its time, as SVG."""
    scale = 100 / max(length, 1)
    places = [place for m in moments for place in (m.seconds, min(m.seconds * scale, 100))]
    return Markup('<rect class="tick" data-seconds="%d" x="%.2f%%"/>' * (len(places) // 2) % tuple(places))


def contents(sections: Sequence[Section], *, timed: bool) -> Markup:
    """The items of a page's table of contents; if it is ``timed``, each with the first moment cited under it."""
    top = min(section.level for section in sections)
    out: list[str] = []
    for section in sections:
        deeper = section.level - top
        level = f' class="sub-{min(deeper, 3)}"' if deeper else ""
        seconds = f' data-seconds="{section.seconds}"' if timed and section.seconds is not None else ""
        time = f'<span class="time">{section.clock or ""}</span> ' if timed else ""
        out.append(
            f'<li{level}><a href="#{escaped(section.id)}"{seconds}>{time}<span>{escaped(section.title)}</span></a></li>\n'
        )
    return Markup("".join(out))


def segments(sections: Iterable[Section], length: float) -> Markup:
    """The parts of the line that belong to each section, with a small gap between, as SVG.

    Authors go back and forth, so sections are put in order of their first moment, and two that begin together are one.
    """
    timed = [(section.level, section.seconds) for section in sections if section.seconds is not None]
    main = [seconds for level, seconds in timed if level <= 2] or [seconds for _, seconds in timed]
    starts = sorted({0, *(seconds for seconds in main if seconds < length)})
    scale, gap = 100 / max(length, 1), 0.7
    rects = []
    for start, end in zip(starts, [*starts[1:], length], strict=True):
        width = max((end - start) * scale - (gap if end < length else 0), 0.4)
        rects.append(f'<rect class="segment" data-seconds="{start}" x="{start * scale:.2f}%" width="{width:.2f}%"/>')
    return Markup("\n".join(rects))


def nodes(graph: LocalGraph, href: Callable[[str], str]) -> Markup:
    """The nodes of a local graph as links with their labels, and the curves to them, as SVG."""
    out = [f'<path d="{"".join([node.curve for node in graph.nodes])}"/>']
    for node in graph.nodes:
        lines = "".join([f'<tspan x="{node.label_x}" y="{y}">{escape(text)}</tspan>' for y, text in node.lines])
        side = ' text-anchor="end"' if node.left else ""
        out.append(
            f'<a class="to-{node.kind}" href="{escape(href(node.ref.url))}"><title>{escape(node.ref.title)}</title>'
            f'<circle cx="{node.x}" cy="{node.y}" r="4"/><text{side}>{lines}</text></a>'
        )
    return Markup("\n".join(out))


def spots(picture: Picture, href: Callable[[str], str]) -> Markup:
    """The notes of the small picture of the whole graph as links, as SVG."""
    out = []
    for spot in picture.spots:
        x, side = (spot.x - 14, ' text-anchor="end"') if spot.left else (spot.x + 14, "")
        label = f'<text x="{x}" y="{spot.y + 5}"{side}>{escape(spot.label)}</text>' if spot.label else ""
        out.append(
            f'<a class="kind-{spot.colour}" href="{escape(href(spot.ref.url))}"><title>{escape(spot.ref.title)}</title>'
            f'<circle cx="{spot.x}" cy="{spot.y}" r="{spot.r}"/>{label}</a>'
        )
    return Markup("\n".join(out))
