"""The parse stage: one note's text becomes a Note. It looks at nothing else and never fails.

All of Markdown happens here; nothing after it touches markdown-it.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib import import_module
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from sitegen.diagnostics import Diagnostic, Span
from sitegen.model import Facts, Heading, Note, Properties, Source
from sitegen.paths import fold_key, readable, stem
from sitegen.stages.blocks import DispatchingBlocks
from sitegen.stages.collect import Collector
from sitegen.stages.formulas import drawn
from sitegen.stages.inline import DispatchingParser, inline, join_text, normalize_ends
from sitegen.stages.lifting import lift_embeds
from sitegen.stages.markup import Renderer, pieces
from sitegen.stages.properties import Reading, read_properties
from sitegen.stages.sanitise import clean, clean_own, without_relative_addresses
from sitegen.stages.tags import without_repeated_ids
from sitegen.syntax import (
    address,
    block_id,
    callout,
    comment,
    footnote,
    highlight,
    math,
    stamp,
    tag,
    task,
    wikilink,
    written,
)
from sitegen.syntax import origin as origin_line
from sitegen.syntax.comment import without_comments
from sitegen.value import Value
from sitegen.words import words_of

MAX_CHARACTERS = 4_000_000
_PLUGINS = (
    address.plugin,
    wikilink.plugin,
    highlight.plugin,
    tag.plugin,
    task.plugin,
    callout.plugin,
    block_id.plugin,
    stamp.plugin,
    origin_line.plugin,
    written.plugin,
    math.plugin,
    comment.plugin,
)


class Dialect(Value, frozen=True):
    """All that decides how text is read, besides the text. ``plugins`` are "module:function" names."""

    strict_line_breaks: bool = False
    plugins: tuple[str, ...] = ()
    properties: bool = False  # whether notes keep what their properties say, to be shown
    math: str = ""  # "module:function" that draws a formula; "": the reader's browser does
    language: str = (
        "en"  # of notes that do not say theirs, and of words in them that are ours, such as a callout's "Note"
    )


@lru_cache(maxsize=8)
def engine(dialect: Dialect, *, rare: bool = True) -> MarkdownIt:
    """markdown-it with everything an Obsidian note may hold; without ``rare`` it knows nothing of ``$$`` and ``%%``."""
    options = {"html": True, "linkify": True, "maxNesting": 60, "breaks": not dialect.strict_line_breaks}
    md = MarkdownIt("commonmark", options, renderer_cls=Renderer)
    md.renderer.words = words_of(dialect.language)  # type: ignore[attr-defined]
    md.inline = DispatchingParser(md.inline)
    md.core.ruler.at("normalize", normalize_ends)
    md.core.ruler.at("inline", inline)
    md.core.ruler.at("text_join", join_text)
    md.block = DispatchingBlocks(md.block)
    md.enable(["table", "strikethrough"])
    md.use(footnote.plugin)
    for plugin in _PLUGINS:
        md.use(plugin)
    if not rare:
        md.disable(["math_block", "comment"])
    for name in dialect.plugins:
        module, _, function = name.partition(":")
        md.use(getattr(import_module(module), function))
    return md


def parse(source: Source, dialect: Dialect) -> Note:
    """The note that ``source`` holds; whatever is wrong with it is a diagnostic in the result."""
    reading = read_properties(source.path, source.text, keep=dialect.properties)
    words = words_of(dialect.language)
    collector = Collector(source.path, reading.body, reading.body_line, words)
    origin: int | None = None
    formulas: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    problems = [*source.diagnostics, *reading.problems]
    try:
        if len(source.text) > MAX_CHARACTERS:
            raise ValueError(f"it has more than {MAX_CHARACTERS:,} characters")
        bad_stamps: list[tuple[str, str]] = []
        video = reading.properties.video_id is not None or reading.media is not None
        no_times: list[tuple[str, bool]] = []
        env: dict[str, Any] = {"video": video, "bad_stamps": bad_stamps, "no_times": no_times}
        md = engine(dialect, rare="$$" in reading.body or "%%" in reading.body)
        text, unclosed = without_comments(reading.body)
        if unclosed >= 0:
            problems.append(_unclosed(collector, unclosed))
        tokens = md.parse(text, env)
        if "origin" in env:
            origin = collector.origin(env["origin"])
        if "![" in reading.body:
            lift_embeds(tokens)
        tokens = _take_title(tokens, collector, reading.properties.title)
        collector.walk(tokens)
        html = md.renderer.render(tokens, md.options, env)
        body = pieces(_cleaned(html, collector) if collector.has_html else clean_own(html))
        _check_whole(body, collector)
        problems += _bad_stamps(collector, [*bad_stamps, *_no_times(collector, no_times)])
        formulas = _formulas(collector, dialect.math)
    except (RecursionError, ValueError) as problem:
        collector = Collector(source.path, reading.body, reading.body_line, words)
        origin, formulas, body = None, (), (f"<pre>{escape(reading.body[:MAX_CHARACTERS])}</pre>",)
        problems.append(
            Diagnostic(
                "note-too-large",
                source.path,
                f"the note is shown as plain text: {problem}",
                Span(1),
                "split it into several notes",
            )
        )
    if reading.withheld:
        reading.properties = replace(reading.properties, published=False)
    facts = _facts(source.path, reading, collector, origin)
    return Note(
        source.path, source.digest, facts, body, (*problems, *collector.problems), formulas, _shown(reading, collector)
    )


def _facts(path: str, reading: Reading, found: Collector, origin: int | None) -> Facts:
    properties: Properties = reading.properties
    title = (
        properties.title
        or next((h.text for h in found.headings[:1] if h.level == 1 and h.text), None)
        or readable(stem(path))
    )
    stamps = len(found.stamps)
    return Facts(
        path=path,
        title=title,
        properties=properties,
        aliases=properties.aliases,
        tags=tuple(found.tags),
        headings=tuple(
            h if h.stamp is None or h.stamp < stamps else Heading(h.level, h.text, h.id) for h in found.headings
        ),
        blocks=tuple(found.blocks),
        ids=tuple(found.raw_ids),
        links=(*found.links, *reading.links),
        stamps=tuple(found.stamps),
        origin=origin,
        excerpt=found.excerpt,
        words=found.words,
        videos=tuple(dict.fromkeys(found.videos)),
        media=len(found.links) + reading.media if reading.media is not None else None,
    )


def _take_title(tokens: list[Token], collector: Collector, title: str | None) -> list[Token]:
    """Take a leading heading that says the note's title out of the text, as it stands above it; links to it lead to the top."""
    if len(tokens) < 3 or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return tokens
    children = tokens[1].children or ()
    text = "".join(child.content for child in children).strip()
    plain = all(child.nesting or child.type in ("text", "code_inline") for child in children) and "link_open" not in {
        c.type for c in children
    }
    if not text or not plain or (title is not None and fold_key(title) != fold_key(text)):
        return tokens
    collector.headings.append(Heading(1, text, "top", 0))
    return tokens[3:]


def _cleaned(html: str, found: Collector) -> str:
    return without_repeated_ids(without_relative_addresses(clean(html)), frozenset(found.raw_ids))


def _check_whole(body: tuple[str, ...], found: Collector) -> None:
    """Raise ValueError where HTML that never ends, such as ``<iframe>``, took headings or named blocks away with it."""
    marks = {f"H{n}" for n, heading in enumerate(found.headings) if heading.id != "top"}
    ids = {heading.id for heading in found.headings}  # a heading that has a block's id is marked as a heading alone
    marks |= {f"B{n}" for n, block in enumerate(found.blocks) if block.anchor not in ids}
    if found.has_html and not marks <= set(body[1::2]):
        raise ValueError("an HTML element that is not shown holds its headings; it may never end")


def _no_times(collector: Collector, found: list[tuple[str, bool]]) -> list[tuple[str, str]]:
    """Brackets such as [99:99] that were meant as times: all where others are times, else those that look like no verse."""
    if not found:
        return []
    lines = collector.body.split("\n")
    spans = [stamp.span for stamp in collector.stamps if stamp.span]
    plain = any(lines[span.line - collector.first_line - 1].startswith("[", span.column - 1) for span in spans)
    return [(f"no readable time in {raw!r}", raw) for raw, is_verse in dict.fromkeys(found) if plain or not is_verse]


def _shown(reading: Reading, collector: Collector) -> tuple[tuple[str, tuple[str | int, ...]], ...]:
    """The properties to show, their links numbered as those of the note are: after the ones of its text."""
    first = len(collector.links)
    return tuple(
        (name, tuple(part + first if isinstance(part, int) else part for part in parts))
        for name, parts in reading.shown
    )


def _formulas(collector: Collector, drawer: str) -> tuple[str, ...]:
    made = []
    for tex, display, span in collector.formulas:
        html, problem = drawn(tex, display, drawer)
        made.append(html)
        if problem:
            collector.problems.append(
                Diagnostic("bad-math", collector.path, f"a formula cannot be drawn: {problem}", span)
            )
    return tuple(made)


def _bad_stamps(collector: Collector, found: list[tuple[str, str]]) -> list[Diagnostic]:
    return [
        Diagnostic("bad-timestamp", collector.path, message, _span(collector, raw), "write it as 1:43 or 1:02:03")
        for message, raw in found
    ]


def _unclosed(collector: Collector, position: int) -> Diagnostic:
    message = "a comment begins here and does not end, so the rest of the note is hidden"
    hint = "write %% where it ends, or \\%% where two percent signs are meant"
    return Diagnostic("unclosed-comment", collector.path, message, _span_at(collector, position, 2), hint)


def _span(collector: Collector, raw: str) -> Span:
    position = collector.body.find(raw)
    return _span_at(collector, position, len(raw)) if position >= 0 else Span(collector.first_line + 1)


def _span_at(collector: Collector, position: int, length: int) -> Span:
    line = collector.body.count("\n", 0, position)
    return Span(collector.first_line + line + 1, position - collector.body.rfind("\n", 0, position), length)
