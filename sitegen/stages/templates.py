"""How Jinja finds a theme's templates, and their code, which takes longer to compile than a small site takes to render."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import jinja2
from jinja2.bccache import Bucket

_INCLUDE = re.compile(r'\{% include "([^"{}]+)" %\}')
_OWN_FRAME = re.compile(r"\{%[-+]?\s*(?:extends|block)\b")


class Loader(jinja2.DictLoader):
    """Puts included templates in their place when a template is loaded: including one takes longer than most run.

    One that extends another or holds blocks stays an include.
    """

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, None, Callable[[], bool]]:
        source, name, current = super().get_source(environment, template)
        return self._expanded(source, (template,)), name, current

    def _expanded(self, source: str, within: tuple[str, ...]) -> str:
        def part(match: re.Match[str]) -> str:
            inner = self.mapping.get(match[1])
            if inner is None or match[1] in within or _OWN_FRAME.search(inner):
                return match[0]
            inner = self._expanded(inner.removesuffix("\n"), (*within, match[1]))
            return f"{{% with %}}{inner}{{% endwith %}}"

        return _INCLUDE.sub(part, source)


class Code(jinja2.BytecodeCache):
    """Code by template. Jinja takes it only for the very text, Python and Jinja that it was compiled for.

    It is marshalled Python: what is ``known`` must come from where this program's own code does (see `disk.compiled`).
    """

    def __init__(self, known: Mapping[str, bytes]) -> None:
        self._known = known
        self.made: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what is known; it looks whether that is still right."""
        if data := self._known.get(bucket.key):
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what had to be compiled."""
        self.made[bucket.key] = bucket.bytecode_to_string()
