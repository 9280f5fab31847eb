"""The cited moments of a video as HTML: hundreds on one page, too many to be made one by one in a template.

A heading is shown where it changes; what other notes say at a moment unfolds. Notes' data is escaped here, as Jinja would.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup

from sitegen.model.video_page import Citation, VideoMoment, VideoPage
from sitegen.stages.escaping import escape
from sitegen.stages.videos import watch_link
from sitegen.words import Words

Href = Callable[[str], str]

_DOUBTFUL = ' class="doubtful"'


def moment_items(page: VideoPage, href: Href, words: Words) -> Markup:
    """The items of the list."""
    play = escape(words.gettext("Play from %(time)s"))
    out: list[str] = []
    heading = ""
    for moment in page.moments:
        text, second = moment.clock, moment.seconds
        address = escape(watch_link(page.info, href, second))
        style = "stamp" if moment.sure else "stamp ambiguous"
        out.append(
            f'<li{"" if moment.sure else _DOUBTFUL}>\n<a class="{style}" id="t-{second}" href="{address}" '
            f'data-seconds="{second}" aria-label="{play % {"time": text}}">{text}</a>\n<div>\n'
        )
        if moment.heading and moment.heading != heading:
            out.append(f"<h3>{escape(moment.heading)}</h3>\n")
        heading = moment.heading
        if moment.sentence:
            out.append(f"<p>{escape(moment.sentence)}</p>\n")
        out.append(_by(moment, href, words))
        out.append("</div>\n</li>\n")
    return Markup("".join(out))


def _by(moment: VideoMoment, href: Href, words: Words) -> str:
    if len(moment.sure) + len(moment.doubtful) == 1:
        citation = (moment.sure or moment.doubtful)[0]
        how = _by_one(words, sure=bool(moment.sure)) % {"note": _note(citation, href, words)}
        return f'<p class="by">{how}</p>\n'
    sure, doubtful = len(moment.sure), len(moment.doubtful)
    parts = [words.ngettext("cited by %(num)s note", "cited by %(num)s notes", sure)] if sure else []
    if doubtful and sure:
        parts.append(words.ngettext("perhaps by %(num)s more", "perhaps by %(num)s more", doubtful))
    elif doubtful:
        parts.append(words.ngettext("perhaps by %(num)s note", "perhaps by %(num)s notes", doubtful))
    summary = escape(words.gettext(", ").join(parts))
    return f'<details class="by">\n<summary>{summary}</summary>\n<ul>\n{_notes(moment, href, words)}</ul>\n</details>\n'


@lru_cache(maxsize=32)
def _by_one(words: Words, *, sure: bool) -> str:
    """Who cites a moment that one note does, as HTML with a place for it: most moments are such."""
    return escape(words.gettext("cited by %(note)s") if sure else words.gettext("perhaps cited by %(note)s"))


def _notes(moment: VideoMoment, href: Href, words: Words) -> str:
    return "".join(
        [
            f"<li>{_note(item, href, words)}"
            + (f"<p>{escape(item.sentence)}</p>" if item.sentence and item.sentence != moment.sentence else "")
            + "</li>\n"
            for item in (*moment.sure, *moment.doubtful)
        ]
    )


def _note(citation: Citation, href: Href, words: Words) -> str:
    link = f'<a href="{escape(href(citation.ref.url))}">{escape(citation.ref.title)}</a>'
    if not citation.written:
        return link
    doubt = words.gettext("written %(time)s, perhaps another time", time=citation.written)
    return f'{link} <small class="doubt">{escape(doubt)}</small>'
