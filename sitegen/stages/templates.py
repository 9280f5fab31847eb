"""How Jinja finds a theme's templates, and their code, which takes longer to compile than a small site takes to render."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import jinja2
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from sitegen.words import Words

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
    The words of one ``language`` are in it.
    """

    def __init__(self, known: Mapping[str, bytes], language: str) -> None:
        self._known, self._language = known, language
        self.made: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what is known; it looks whether that is still right."""
        if data := self._known.get(f"{self._language} {bucket.key}"):
            bucket.bytecode_from_string(data)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what had to be compiled."""
        self.made[f"{self._language} {bucket.key}"] = bucket.bytecode_to_string()


class Spoken(Extension):
    """Puts the words of ``environment.words`` for constant texts, ``_("Text")``, when a template is compiled: then they cost
    a page nothing. Those that hold values are looked up as it is made."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, with one string for each such call."""
        words: Words = self.environment.words  # type: ignore[attr-defined]
        held: list[Token] = []
        after = ""
        for token in stream:
            held.append(token)
            shape = () if after == "dot" else _CALLS.get(held[0].value, ())
            if len(held) <= len(shape) and token.type == shape[len(held) - 1]:
                if len(held) < len(shape):
                    continue
                texts = [part.value for part in held if part.type == "string"]
                text = words.gettext(texts[0]) if len(texts) == 1 else words.pgettext(*texts)
                held = [Token(held[0].lineno, "string", text)]
            after = held[-1].type
            yield from held
            held = []
        yield from held


_CALLS = {
    "_": ("name", "lparen", "string", "rparen"),
    "gettext": ("name", "lparen", "string", "rparen"),
    "pgettext": ("name", "lparen", "string", "comma", "string", "rparen"),
}
