"""A block of front matter as YAML, through python-frontmatter's interface for handlers."""

from __future__ import annotations

import yaml
from frontmatter.default_handlers import YAMLHandler

from sitegen.stages.frontmatter import BOUNDARY, PropertiesError, Quoted, Value

MAX_DEPTH = 16
MAX_EVENTS = 10_000
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class PropertiesHandler(YAMLHandler):
    """Obsidian's boundary, and values as they are written."""

    FM_BOUNDARY = BOUNDARY

    def pairs(self, block: str) -> tuple[tuple[str, Value, int], ...]:
        """The pairs of a block with their lines in the file; raises PropertiesError for anything but a bounded mapping."""
        try:
            return _Composer(block).pairs()
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            raise PropertiesError(problem.problem or "it is not YAML", mark.line + 2 if mark else 1) from None
        except yaml.YAMLError as problem:
            raise PropertiesError(str(problem).partition("\n")[0], 1) from None


HANDLER = PropertiesHandler()


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
