"""The block between ``---`` lines: read as text, never guessed at; what is more than plain lines is read as YAML.

Keys and values stay as written (``12:30``, ``yes`` and a video id that looks like a number are text), duplicate
keys are kept, and nothing can be constructed, expanded or nested without bound.
"""

from __future__ import annotations

import re
from typing import TypeAlias

MAX_BYTES = 64 * 1024

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"


class Quoted(str):
    """Text that stands in quotes: a comma in it separates nothing."""

    __slots__ = ()


# Obsidian's: at the very start, and `...` may end it too.
BOUNDARY = re.compile(r"\A---[^\S\n]*$|^(?:---|\.\.\.)[^\S\n]*$", re.MULTILINE)
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
    boundaries = BOUNDARY.finditer(text)
    opening, closing = next(boundaries), next(boundaries, None)
    if closing is None:
        return "", text, 0
    end = closing.end() + 1
    return text[opening.end() + 1 : closing.start()], text[end:], text.count("\n", 0, end)


def load(block: str) -> tuple[tuple[str, Value, int], ...]:
    """The pairs of a block; raises PropertiesError for anything but a bounded YAML mapping."""
    if len(block) > MAX_BYTES:
        raise PropertiesError(f"the block is longer than {MAX_BYTES} characters", 1)
    if pairs := _plain_pairs(block):
        return pairs
    from sitegen.stages.yaml_block import HANDLER  # most notes need no YAML, and it takes long to import

    return HANDLER.pairs(block)


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
