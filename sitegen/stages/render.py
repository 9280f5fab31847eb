"""The render stage: a Page or View and the theme become a file's bytes. Jinja lives here and nowhere else.

Notes are data, never template source; everything but a page's sanitised body is escaped by Jinja.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, MutableMapping
from functools import lru_cache, partial
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup

from sitegen.model import Artifact, Page, SiteInfo, Theme, View, clock
from sitegen.paths import relative
from sitegen.stages.drawing import contents, mini, nodes, segments, shared_length, spots, ticks
from sitegen.stages.escaping import shown
from sitegen.stages.moment_list import moment_items
from sitegen.stages.templates import Code, Loader, Spoken
from sitegen.stages.transcript_page import transcript_lines
from sitegen.words import direction, markup, words_of

STATIC = "static/"
_FAULTS = (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError)  # of a template as it runs


class RenderError(Exception):
    """A template of the theme is wrong. The text names the template and the line."""


class _Context(Context):
    """Jinja's context, whose calls cost what a call costs: but for translations, none of our functions asks for the context."""

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **kwargs)
        if kwargs:  # loops and blocks send their variables along, for functions that would
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
        return function(*args, **kwargs)


class _Template(jinja2.Template):
    """Jinja's template, whose values are escaped by a quicker function; what it is given it joins and does nothing else with."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        template = super().from_code(environment, code, globals, uptodate)
        template.root_render_func.__globals__["escape"] = shown
        return template


class _Environment(jinja2.Environment):
    """Jinja's environment, which knows the words of its language before it reads a template."""

    template_class = _Template

    def __init__(self, language: str, **options: Any) -> None:
        self.words = words_of(language)
        super().__init__(**options)


def environment(theme: Theme, language: str) -> jinja2.Environment:
    """Jinja for one theme and the words of one language; what is undefined or unescaped is an error, not a blank."""
    return _environment(theme, words_of(language).language)


@lru_cache(maxsize=4)
def _environment(theme: Theme, language: str) -> jinja2.Environment:
    env = _Environment(
        language,
        loader=Loader(theme.templates),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=Code(theme.code, language),
        extensions=[Spoken],
    )
    env.context_class = _Context
    env.globals.update(
        clock=clock,
        direction=direction,
        figure=env.words.figure,
        day=env.words.day,
        month=env.words.month,
        icon=lambda name: Markup(theme.icons[name]),
        contents=contents,
        mini=mini,
        nodes=nodes,
        segments=segments,
        shared_length=shared_length,
        spots=spots,
        ticks=ticks,
        moment_items=partial(moment_items, words=env.words),
        transcript_lines=partial(transcript_lines, words=env.words),
        words_script=env.words.script,
        **markup(env.words, Markup),
    )
    return env


def compiled(theme: Theme, language: str) -> dict[str, bytes]:
    """The code of all templates of a theme that pages are made from, for `Theme.code`."""
    env = environment(theme, language)
    assert isinstance(env.bytecode_cache, Code)
    for name in theme.templates:
        env.get_template(name)
    return env.bytecode_cache.made


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
        text = environment(theme, site.language).get_template(template).render(context)
    except jinja2.TemplateSyntaxError as problem:
        raise RenderError(_place(problem, theme, site.language)) from problem
    except RecursionError as problem:
        raise RenderError(f"templates/{template}, for {url}: a template includes itself without end") from problem
    except _FAULTS as problem:
        place = _line(template, context, theme, site.language)
        raise RenderError(f"templates/{place}, for {url}: {_reason(problem)}") from problem
    return Artifact(url, text.encode("utf-8", "replace"))


def _place(problem: jinja2.TemplateSyntaxError, theme: Theme, language: str) -> str:
    """Which template says what is wrong in which line: found by reading each of them for itself."""
    for name, source in sorted(theme.templates.items()):
        try:
            environment(theme, language).parse(source, name)
        except jinja2.TemplateSyntaxError as own:
            return f"templates/{name}:{own.lineno}: {own.message}"
    return f"templates/{problem.name}:{problem.lineno}: {problem.message}"


def _line(template: str, context: Mapping[str, Any], theme: Theme, language: str) -> str:
    """Which template fails in which line: found by making the page once more, with no template put into another."""

    def source(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (theme.templates[name], name, lambda: True) if name in theme.templates else None  # Jinja tells the name

    env = environment(theme, language).overlay(loader=jinja2.FunctionLoader(source), bytecode_cache=None, cache_size=0)
    place = template
    try:
        env.get_template(template).render(context)
    except _FAULTS as problem:
        for frame, line in traceback.walk_tb(problem.__traceback__):
            if frame.f_code.co_filename in theme.templates:
                place = f"{frame.f_code.co_filename}:{line}"
    return place


def _reason(problem: Exception) -> str:
    """What went wrong, for people: of what is not there Jinja and Python give the name alone."""
    if isinstance(problem, jinja2.TemplateNotFound):
        return f"there is no template {problem}"
    return f"there is no {problem}" if isinstance(problem, KeyError) else str(problem)


def _asset(url: str, name: str, theme: Theme) -> str:
    try:
        version = theme.versions[name]
    except KeyError:
        raise LookupError(f"the theme has no file {STATIC}{name}") from None
    return f"{relative(url, STATIC + name)}?v={version[:8]}"
