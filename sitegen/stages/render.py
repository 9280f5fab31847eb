"""The render stage: a Page or View and the theme become a file's bytes. Jinja lives here and nowhere else.

Notes are data, never template source; everything but a page's sanitised body is escaped by Jinja.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

from sitegen.model import Artifact, Page, SiteInfo, Theme, View, clock
from sitegen.paths import relative
from sitegen.stages.drawing import mini, nodes, segments, shared_length, ticks
from sitegen.stages.transcript_page import transcript_lines
from sitegen.stages.words import counted, direction, figure

STATIC = "static/"


class RenderError(Exception):
    """A template of the theme is wrong. The text names the template and the line."""


@lru_cache(maxsize=2)
def environment(theme: Theme) -> jinja2.Environment:
    """Jinja for one theme; what is undefined or unescaped is an error, not a blank."""
    env = jinja2.Environment(
        loader=jinja2.DictLoader(dict(theme.templates)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(
        clock=clock,
        counted=counted,
        direction=direction,
        figure=figure,
        icon=lambda name: Markup(theme.icons[name]),
        mini=mini,
        nodes=nodes,
        segments=segments,
        shared_length=shared_length,
        ticks=ticks,
        transcript_lines=transcript_lines,
    )
    return env


def render(page: Page, theme: Theme, site: SiteInfo) -> Artifact:
    """The file that shows a note's page."""
    return _artifact(page.url, "note.html", {"page": page, "title": page.title}, theme, site)


def render_view(view: View, theme: Theme, site: SiteInfo) -> Artifact:
    """The file of any other page."""
    return _artifact(view.url, view.template, {"title": view.title, **dict(view.values)}, theme, site)


def _artifact(url: str, template: str, values: dict[str, Any], theme: Theme, site: SiteInfo) -> Artifact:
    base = site.base_url
    context = {
        "site": site,
        "url": url,
        "canonical": base + ("" if url == "index.html" else url) if base else "",
        "href": lambda target: relative(url, target),
        "asset": lambda name: _asset(url, name, theme),
        "base_path": urlsplit(base).path if base else "/",
        **values,
    }
    try:
        text = environment(theme).get_template(template).render(context)
    except jinja2.TemplateSyntaxError as problem:
        raise RenderError(f"templates/{problem.name}:{problem.lineno}: {problem.message}") from problem
    except (jinja2.UndefinedError, jinja2.TemplateNotFound, KeyError) as problem:
        raise RenderError(f"templates/{template}, for {url}: {problem}") from problem
    return Artifact(url, text.encode("utf-8", "replace"))


def _asset(url: str, name: str, theme: Theme) -> str:
    return f"{relative(url, STATIC + name)}?v={theme.static[name].digest[:8]}"
