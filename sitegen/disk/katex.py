"""Draws formulas at build time: KaTeX, which the theme brings along, run by QuickJS where that is installed.

The parse stage knows this only by name (`Dialect.math`), so that it stays a function of its arguments; a KaTeX without
macros that last gives the same HTML for the same formula, whatever was drawn before.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from sitegen.disk.theme import builtin_folder

MAX_CHARACTERS = 8_000  # of one formula
_MEMORY, _STACK = 256 << 20, 1 << 20  # bytes
# `trust` off: no links, no pictures, no classes or ids of the note's choice. The result is JSON, since the binding
# cannot take over a text that the engine keeps in parts.
_CALL = """(tex, display) => JSON.stringify(katex.renderToString(tex, {
    displayMode: display, output: "htmlAndMathml", throwOnError: true, strict: "ignore", trust: false, maxExpand: 500,
    maxSize: 50}))"""

_local = threading.local()


def script() -> Path:
    return builtin_folder() / "static" / "vendor" / "katex" / "katex.min.js"


def drawer() -> str:
    """The name under which `draw` is found, as a `Dialect` wants it; "" where formulas cannot be drawn."""
    return f"{__name__}:{draw.__name__}" if find_spec("quickjs") is not None and script().is_file() else ""


@lru_cache(maxsize=4096)
def draw(tex: str, display: bool) -> tuple[str, str]:
    """A formula as KaTeX's HTML, or "" and why it cannot be drawn."""
    if len(tex) > MAX_CHARACTERS:
        return "", f"it has more than {MAX_CHARACTERS:,} characters"
    import quickjs

    try:
        return json.loads(_engine()(tex, display)), ""
    except quickjs.JSException as problem:
        reason = str(problem).partition("\n")[0]
        if "ParseError" not in reason:
            _local.__dict__.clear()  # out of memory or stack: do not trust what is left
        return "", " ".join(reason.replace("ParseError: ", "").replace("KaTeX parse error: ", "").split())


def _engine() -> Callable[[str, bool], str]:
    """KaTeX, one for each thread: an engine belongs to the thread that made it."""
    if not hasattr(_local, "call"):
        import quickjs

        context = quickjs.Context()
        context.set_memory_limit(_MEMORY)
        context.set_max_stack_size(_STACK)
        context.eval(script().read_text("utf-8"))
        _local.call = context.eval(_CALL)
    call: Callable[[str, bool], str] = _local.call
    return call
