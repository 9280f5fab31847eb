"""The block between ``---`` lines: found by python-frontmatter, read as text, never guessed at.

Keys and values stay as written (``12:30``, ``yes`` and a video id that looks like a number are text), duplicate
keys are kept, and nothing can be constructed, expanded or nested without bound.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import yaml
from frontmatter.default_handlers import YAMLHandler

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_EVENTS = 10_000

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Quoted(str):
    """Text that stands in quotes: a comma in it separates nothing."""

    __slots__ = ()


class PropertiesHandler(YAMLHandler):
    """python-frontmatter's YAML with Obsidian's boundary: at the very start, and ``...`` may end it too."""

    FM_BOUNDARY = re.compile(r"\A---[^\S\n]*$|^(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE)


HANDLER = PropertiesHandler()
# `key: value` on one line, where the value is text in YAML whatever follows on the next line that is the same.
_PLAIN = re.compile(r"(\w[\w-]*): +(\w(?:[^:#\n]|:(?=[^\s:])|(?<=\S)#)*)")


class PropertiesError(Exception):
    """Front matter that cannot be read. ``line`` counts from the first line of the file, from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def split(text: str) -> tuple[str, str, int]:
    """``(block, body, lines before the body)``; the block is "" where the note has none."""
    if not text.startswith("---") or not re.match(r"---[^\S\n]*\n", text):
        return "", text, 0
    boundaries = HANDLER.FM_BOUNDARY.finditer(text)
    opening, closing = next(boundaries), next(boundaries, None)
    if closing is None:
        return "", text, 0
    end = closing.end() + 1
    return text[opening.end() + 1 : closing.start()], text[end:], text.count("\n", 0, end)


def load(block: str) -> tuple[tuple[str, Value, int], ...]:
    """The pairs of a block; raises PropertiesError for anything but a bounded YAML mapping."""
    if len(block) > MAX_BYTES:
        raise PropertiesError(f"the block is longer than {MAX_BYTES} characters", 1)
    try:
        return _plain_pairs(block) or _Composer(block).pairs()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise PropertiesError(problem.problem or "it is not YAML", mark.line + 2 if mark else 1) from None
    except yaml.YAMLError as problem:
        raise PropertiesError(str(problem).partition("\n")[0], 1) from None


def _plain_pairs(block: str) -> tuple[tuple[str, Value, int], ...]:
    """The pairs of a block of nothing but plain text in single lines, as most are; () if it is any more than that."""
    pairs: list[tuple[str, Value, int]] = []
    for number, line in enumerate(block.removesuffix("\n").split("\n"), 2):
        match = _PLAIN.fullmatch(line) if line.isprintable() else None
        if match is None or match[1] == "null":
            return ()
        value = match[2].rstrip()
        pairs.append((match[1], None if value == "null" else value, number))
    return tuple(pairs)


class _Composer:
    """Builds text, lists and mappings from YAML's events, so that no tag, alias or merge key ever acts."""

    def __init__(self, block: str) -> None:
        self.events = yaml.parse(block, Loader=LOADER)
        self.count = 0

    def next(self) -> yaml.Event:
        self.count += 1
        event = next(self.events, None)
        if event is None or self.count > MAX_EVENTS:
            raise PropertiesError("it holds too many values", 1)
        if isinstance(event, yaml.AliasEvent):
            raise PropertiesError("aliases (*name) are not supported", _line(event))
        return event

    def pairs(self) -> tuple[tuple[str, Value, int], ...]:
        event = self.next()
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = self.next()
        if isinstance(event, yaml.StreamEndEvent):
            return ()  # nothing but blanks and comments
        if not isinstance(event, yaml.MappingStartEvent):
            if isinstance(event, yaml.ScalarEvent) and not event.value:
                return ()
            raise PropertiesError("it is not a list of `key: value` lines", _line(event))
        pairs = []
        while not isinstance(key := self.next(), yaml.MappingEndEvent):
            name = self.value(key, 1)
            pairs.append((name.strip() if isinstance(name, str) else "", self.value(self.next(), 1), _line(key)))
        while not isinstance(self.next(), yaml.StreamEndEvent):
            pass  # a second document, or trouble that only shows at the end
        return tuple(pairs)

    def value(self, event: yaml.Event, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise PropertiesError("values are nested too deeply", _line(event))
        if isinstance(event, yaml.ScalarEvent):
            if event.style in ("'", '"'):
                return Quoted(event.value)
            return None if event.style in (None, "") and event.value in ("", "~", "null") else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Value] = []
            while not isinstance(item := self.next(), yaml.SequenceEndEvent):
                items.append(self.value(item, depth + 1))
            return items
        mapping: dict[str, Value] = {}
        while not isinstance(key := self.next(), yaml.MappingEndEvent):
            name = self.value(key, depth + 1)
            mapping[name if isinstance(name, str) else ""] = self.value(self.next(), depth + 1)
        return mapping


def _line(event: yaml.Event) -> int:
    """The line of the file an event begins on: the block begins on the second."""
    return event.start_mark.line + 2 if event.start_mark else 1
