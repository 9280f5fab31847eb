"""Filling a body's holes: links, stamps, tags and embeds become HTML for one page.

What an embed shows is sliced from other notes' bodies, with cycles, depth and size bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field

from sitegen.model import Found, Link, LinkKind, Note, Place, Resolution, Status, clock
from sitegen.paths import relative
from sitegen.stages.collect import PICTURE, image_size
from sitegen.stages.escaping import escape
from sitegen.stages.section import below, level_of, own_anchors, prefixed, section
from sitegen.video.files import moment_url
from sitegen.video.youtube import watch_url
from sitegen.words import Words, noted

MAX_DEPTH = 5
MAX_EMBEDS = 1_000  # on one page
MAX_EMBEDDED = 600_000  # characters of embedded text on one page
_AUDIO = re.compile(r"\.(?:flac|m4a|mp3|ogg|wav|3gp)$", re.IGNORECASE)
_VIDEO = re.compile(r"\.(?:mkv|mov|mp4|ogv|webm)$", re.IGNORECASE)
_PDF = re.compile(r"\.pdf$", re.IGNORECASE)
_PDF_HEIGHT = re.compile(r"(?:^|&)height=(\d{2,4})(?=&|$)", re.ASCII)
_PDF_PAGE = re.compile(r"(?:^|&)page=(\d{1,5})(?=&|$)", re.ASCII)

Notes = Mapping[str, tuple[Note, Place]]


class Filling(Struct):
    """The state of one page's filling. ``problems`` are (code, message, number of the link of the page's own note), once each."""

    page_url: str
    notes: Notes
    words: Words
    play: str  # what a stamp says to those who do not see it, as HTML with a place for its time
    written: str  # what one says that is not shown as it stands in the note, likewise
    problems: dict[tuple[str, str, int], None] = field(default_factory=dict)
    stamp_ids: dict[int, str] = field(default_factory=dict)  # second -> id of the first stamp that cites it
    video: str = ""  # what the page plays
    embedded: int = 0  # characters so far
    embeds: int = 0  # number of embeds so far, for unique ids
    link: int = 0  # which of the page's own links is being filled, for problems deep inside it

    def href(self, url: str) -> str:
        return escape(relative(self.page_url, url))


Step = tuple[str, str]  # a note's path and the anchor of the part that is shown


def fill(note: Note, place: Place, notes: Notes, words: Words) -> tuple[str, Filling]:
    """The body of ``note`` as final HTML. ``notes`` are those it embeds, directly or through others."""
    play, written = escape(words.gettext("Play from %(time)s")), escape(words.gettext("Written %(time)s"))
    filling = Filling(place.ref.url, notes, words, play, written, video=_source(place))
    return _fill(note.body, note, place, filling, ((note.path, ""),), "", 1), filling


def _fill(
    body: tuple[str, ...], note: Note, place: Place, filling: Filling, trail: tuple[Step, ...], prefix: str, level: int
) -> str:
    """``level``: of the heading on the page that this body stands under."""
    out: list[str] = []
    closing = ""
    under = -1  # which piece begins with the heading that the one at hand stands under
    seen: set[str] = set()  # what this section has linked to already
    for number, piece in enumerate(body):
        if not number & 1:
            out.append(prefixed(piece, prefix) if prefix else piece)
            continue
        kind, at = piece[0], int(piece[1:])
        if kind == "L":
            opening, closing = _link(note.facts.links[at], place.resolutions[at], filling, seen)
            out.append(opening)
        elif kind == "/":
            out.append(closing)
        elif kind == "S":
            out.append(_stamp(note, place, at, filling, own=len(trail) == 1))
        elif kind == "E":
            out.append(_embed(note, place, at, filling, trail, level_of(body[under]) if under > 0 else level))
        elif kind == "T":
            tag = place.inline_tags[at]
            out.append(f'<a class="tag" href="{filling.href(tag.url)}">#{escape(note.facts.tags[at])}</a>')
        elif kind == "M":
            out.append(note.formulas[at])
        elif kind == "U" or kind == "P":
            out.append(_raw_file(place.resolutions[at], "src" if kind == "U" else "poster", filling))
        elif kind == "H":
            seen.clear()
            under = number + 1
    return "".join(out)


def _link(link: Link, resolution: Resolution, filling: Filling, seen: set[str]) -> tuple[str, str]:
    ref = resolution.ref
    if resolution.found is Found.NOTE and ref is not None:
        url = f"{ref.url}#{resolution.anchor}" if resolution.anchor else ref.url
        again = " again" if ref.url in seen and ref.url != filling.page_url else ""
        if link.kind is not LinkKind.DIAGRAM:  # those stand below the diagram, if they are seen at all
            seen.add(ref.url)
        return f'<a class="link{again}" href="{filling.href(url)}">', "</a>"
    if resolution.found is Found.ASSET and ref is not None:
        return f'<a class="attachment" href="{filling.href(ref.url + _fragment(resolution.anchor))}">', "</a>"
    if resolution.found is Found.SELF or resolution.found is Found.HIDDEN:
        return "", ""
    return '<span class="link-missing">', "</span>"


def _raw_file(resolution: Resolution, attribute: str, filling: Filling) -> str:
    """An attribute of raw HTML that names a file of the vault; nothing where there is none to show."""
    if resolution.found is not Found.ASSET or resolution.ref is None:
        return ""
    return f' {attribute}="{filling.href(resolution.ref.url + _fragment(resolution.anchor))}"'


def _fragment(anchor: str) -> str:
    return "#" + anchor if anchor and re.fullmatch(r"[\w=&,.:%-]+", anchor) else ""


def _stamp(note: Note, place: Place, at: int, filling: Filling, *, own: bool) -> str:
    stamp = note.facts.stamps[at]
    reading = place.readings[at] if at < len(place.readings) else None
    source = _source(place)
    if reading is None or reading.seconds is None or not source:
        return escape(stamp.written)
    seconds, text = reading.seconds, clock(reading.seconds)
    here = source == filling.video
    name = ""
    if own and here and seconds not in filling.stamp_ids:
        filling.stamp_ids[seconds] = f"t-{seconds}"
        name = f' id="t-{seconds}"'
    style = "stamp ambiguous" if reading.status is Status.AMBIGUOUS else "stamp"
    data = f' data-seconds="{seconds}"' if here else ""
    hover = ""
    if stamp.written.lstrip("0:") != text.lstrip("0:"):
        hover = f' title="{filling.written % {"time": escape(stamp.written)}}"'
    address = filling.href(moment_url(source, seconds)) if place.media else escape(watch_url(source, seconds))
    play = filling.play % {"time": text}
    return f'<a class="{style}"{name} href="{address}"{data} aria-label="{play}"{hover}>{text}</a>'


def _source(place: Place) -> str:
    """What a note's stamps are moments of: the address of a file, else a video's id; "" if there is neither."""
    return place.media.url if place.media else place.video.id if place.video else ""


# ---- embeds ------------------------------------------------------------------------------------------


def _embed(note: Note, place: Place, at: int, filling: Filling, trail: tuple[Step, ...], level: int) -> str:
    link, resolution = note.facts.links[at], place.resolutions[at]
    ref = resolution.ref
    if resolution.found is Found.HIDDEN:
        return ""
    if resolution.found is Found.ASSET and ref is not None:
        return _media(link, ref.url, resolution.anchor, filling)
    if resolution.found in (Found.MISSING, Found.UNSAFE) or ref is None:
        return f'<span class="embed-missing">{escape(link.label or link.target)}</span>'
    filling.link = at if len(trail) == 1 else filling.link
    step = (ref.path, resolution.anchor)
    problem = None if resolution.anchor_missing else _refused(step, filling, trail)
    if problem:
        filling.problems[*problem, filling.link] = None
    if len(trail) > 1 and filling.embedded > MAX_EMBEDDED:
        return ""  # even the links that stand for embeds can be too many
    url = f"{ref.url}#{resolution.anchor}" if resolution.anchor else ref.url
    name = f'<a class="link" href="{filling.href(url)}">{escape(ref.title)}</a>'
    filling.embedded += len(name)
    if problem or resolution.anchor_missing:
        why = filling.words.gettext(problem[1]) if problem else _lacking(link, filling.words)
        notice = escape(filling.words.gettext("%(note)s: %(problem)s")) % {"note": name, "problem": escape(why)}
        return f'<p class="embed-notice">{notice}</p>'
    other, other_place = filling.notes[ref.path]
    body = below(section(other, resolution.anchor), level)
    if resolution.anchor:
        body = own_anchors(body, filling.href(ref.url))
    filling.embeds += 1
    filling.embedded += sum(map(len, body))
    inner = _fill(body, other, other_place, filling, (*trail, step), f"e{filling.embeds}-", level)
    title = f'<p class="embed-title">{name}</p>'
    return f'<section class="embed">{title}<div class="embed-body">{inner}</div></section>'


def _lacking(link: Link, words: Words) -> str:
    anchor = link.anchor.rpartition("#")[2] or link.anchor
    if anchor.startswith("^"):
        return words.gettext("it has no block “%(name)s”", name=anchor[1:])
    return words.gettext("it has no section “%(name)s”", name=anchor)


def _refused(step: Step, filling: Filling, trail: tuple[Step, ...]) -> tuple[str, str] | None:
    if step in trail:
        return "embed-cycle", noted("this embeds itself, so it is not shown again here")
    full = filling.embedded > MAX_EMBEDDED or filling.embeds >= MAX_EMBEDS
    if full or len(trail) > MAX_DEPTH or step[0] not in filling.notes:
        return "embed-depth", noted("too much is embedded here, so this is a link instead")
    return None


def _media(link: Link, url: str, anchor: str, filling: Filling) -> str:
    source = filling.href(url + _fragment(anchor))
    alt, width, height = image_size(link.label)
    size = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
    name = escape(alt or link.target.rpartition("/")[2])
    if PICTURE.search(url):
        return f'<img class="media" src="{source}" alt="{escape(alt)}"{size} loading="lazy" decoding="async">'
    if _PDF.search(url):
        return _pdf(name, source, url, anchor, filling)
    if _AUDIO.search(url):
        return f'<audio class="media" controls preload="metadata" src="{source}" title="{name}"></audio>'
    if _VIDEO.search(url):
        return f'<video class="media" controls preload="metadata" src="{source}" title="{name}"{size}></video>'
    return f'<a class="attachment" href="{source}">{name}</a>'


def _pdf(name: str, source: str, url: str, anchor: str, filling: Filling) -> str:
    """A document in a frame of the browser's own viewer, and the link for those that have none."""
    page, height = _PDF_PAGE.search(anchor), _PDF_HEIGHT.search(anchor)
    shown = name
    if page:
        shown = escape(filling.words.gettext("%(name)s, page %(number)s")) % {"name": name, "number": page[1]}
    tall = f' height="{height[1]}"' if height else ""
    at = filling.href(url) + (f"#page={page[1]}" if page else "")
    return (
        f'<figure class="document"><iframe src="{at}" title="{shown}" loading="lazy"{tall}></iframe>'
        f'<figcaption><a class="attachment" href="{source}">{shown}</a></figcaption></figure>'
    )
