"""Words that templates make of data."""

from __future__ import annotations

_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ps sd syr ug ur yi".split())


def figure(number: int) -> str:
    """``5253`` -> ``"5,253"``."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """``counted(1, "note")`` -> ``"1 note"``, ``counted(5253, "note")`` -> ``"5,253 notes"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def direction(language: str) -> str:
    """The writing direction of a language tag, ``"rtl"`` or ``"ltr"``."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
