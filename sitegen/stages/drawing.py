"""The parts of a page's drawings that are too many to be made one by one in a template: marks along a timeline.

Places are percentages in SVG attributes, since the pages' policy forbids style attributes.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup


def percent(seconds: float, length: float) -> str:
    """Where a second stands along a line as long as ``length`` seconds: ``"19.22%"``."""
    return f"{100 * min(seconds, length) / max(length, 1):.2f}%"


def marks(seconds: Iterable[int], length: float) -> Markup:
    """A small mark at each of the seconds, as SVG."""
    scale = 100 / max(length, 1)
    return Markup("".join([f'<rect x="{min(second * scale, 100):.1f}%"/>' for second in seconds]))


def ticks(seconds: Iterable[int], length: float) -> Markup:
    """A tick at each of the seconds that scripts can find by its time, as SVG."""
    scale = 100 / max(length, 1)
    return Markup(
        "".join(
            [f'<rect class="tick" data-seconds="{s}" x="{min(s * scale, 100):.2f}%"/>' for s in seconds],
        )
    )
