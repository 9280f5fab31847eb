"""The colours of callouts: enough contrast for their titles in both schemes, wherever a callout may stand.

Source of the measure: WCAG 2.2, "relative luminance" and success criterion 1.4.3.
"""

from __future__ import annotations

import re

import pytest

from sitegen.syntax.callout import ALIASES
from tests.conftest import ROOT

PROSE = (ROOT / "static" / "prose.css").read_text("utf-8")
TOKENS = dict(re.findall(r"(--[\w-]+): (light-dark\([^)]*\));", (ROOT / "static" / "site.css").read_text("utf-8")))
# The page, embeds (which are raised), and code (which is sunk) as the deepest that any background gets.
BACKGROUNDS = ("--paper", "--raised", "--sunk")
KINDS = (*sorted({"note", "info", "todo", "bug", "example", *ALIASES.values()}), "definition")


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def shades(value: str) -> list[str]:
    """The colours of a value in the light and in the dark scheme."""
    if value.startswith("var("):
        value = TOKENS[value[4:-1]]
    return re.findall(r"#[0-9a-f]{3,6}", value)


def kind_colour(kind: str) -> str:
    rules = re.findall(r"(\.callout[^\n{]*) \{ --kind: (light-dark\([^)]*\)|var\([^)]*\));", PROSE)
    named = [value for selector, value in rules if f'data-callout="{kind}"' in selector]
    return named[0] if named else next(value for selector, value in rules if selector == ".callout")


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the standard's well-known near miss


@pytest.mark.parametrize("kind", KINDS)
def test_a_callouts_title_can_be_read_in_both_schemes(kind: str) -> None:
    colours = shades(kind_colour(kind))
    assert len(colours) == 2
    for background in BACKGROUNDS:
        for colour, behind in zip(colours, shades(TOKENS[background]), strict=True):
            assert contrast(colour, behind) >= 4.5, (kind, background, colour, behind)


def test_every_kind_but_the_plain_one_has_a_colour_of_its_own() -> None:
    assert len({kind_colour(kind) for kind in KINDS if kind != "definition"}) == len(KINDS) - 1
