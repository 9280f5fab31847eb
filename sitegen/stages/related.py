"""Which notes are like a note, and why: what both link to, who names both, which rare words their titles share. A part of index.

What many notes share says little of any of them, so it counts less the more they are, and nothing beyond `_MANY`; this
also bounds the work a note costs. Notes that are linked to one another, or are about one video, are shown elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import log2
from typing import NamedTuple

from sitegen.model import NoteRef, Related
from sitegen.paths import case_key

MOST = 6
_MANY = 40  # notes that share something, from which on it says nothing
_ENOUGH = 0.75  # what a reason must weigh in all
_NAMED = 0.6  # being named by one note, against linking to one
_REASONS = 2  # notes or words that are given as the reason
_WORD = re.compile(r"[^\W\d_]{4,}")
_PLAIN = frozenset(
    "about after also among between both could does during each ending every from have having here into just like more most much"
    " only other over some such than that their them then there these they this those through under upon very were what when"
    " where which while will with within without would your".split()
)

Shares = Mapping[str, tuple[str, ...]]  # what a note has, and by what: who has it


class Tie(NamedTuple):
    """A note like another, with the paths of notes and the words that make it so, weightiest first."""

    path: str
    shared: tuple[str, ...]
    by: tuple[str, ...]
    words: tuple[str, ...]


def title_words(path: str, ref: NoteRef) -> dict[str, bool]:
    """The words of a note's title that may tie it to others."""
    return {word: True for word in _WORD.findall(case_key(ref.title)) if word not in _PLAIN}


def ties(
    path: str,
    outgoing: tuple[str, ...],
    incoming: tuple[str, ...],
    words: Iterable[str],
    apart: Iterable[str],
    near: tuple[Shares, Shares, Mapping[str, Mapping[str, bool]]],
) -> tuple[Tie, ...]:
    """The notes most like a note, best first. ``near`` says who links to each note, whom each note links to, and whose
    title has each word; ``apart`` are notes that must not be among them."""
    linkers, linked, holders = near
    shares: list[tuple[tuple[float, int, str], Iterable[str]]] = []  # reasons, and the notes that have each
    weights: dict[str, float] = {}
    for kind, own, weight, having in (
        (0, outgoing, 1.0, linkers),
        (1, incoming, _NAMED, linked),
        (2, words, 1.0, holders),
    ):
        for thing in own:
            others = having.get(thing, ())
            if 1 < len(others) <= _MANY:
                share = weight / log2(1 + len(others))
                shares.append(((share, kind, thing), others))
                for other in others:
                    weights[other] = weights[other] + share if other in weights else share
    for other in (path, *outgoing, *incoming, *apart):
        weights.pop(other, None)
    # most others share little: why they are like the note is asked only of those that are shown
    likely = [(round(weight, 6), other) for other, weight in weights.items() if weight > _ENOUGH - 0.1]
    best = sorted([(-weight, other) for weight, other in likely if weight >= _ENOUGH])[:MOST]
    found: dict[str, list[tuple[float, int, str]]] = {other: [] for _, other in best}
    for reason, sharing in shares if found else ():
        for other in sharing:
            if other in found:
                found[other].append(reason)
    return tuple([_tie(other, reasons) for other, reasons in found.items()])


def _tie(path: str, reasons: list[tuple[float, int, str]]) -> Tie:
    ordered = sorted(reasons, key=lambda reason: (-reason[0], reason[1:]))
    kinds = [tuple([thing for _, kind, thing in ordered if kind == wanted][:_REASONS]) for wanted in range(3)]
    return Tie(path, *kinds)


def used(path: str, ties: Iterable[Tie]) -> tuple[str, ...]:
    """The notes whose titles are shown with these ties."""
    return tuple(dict.fromkeys([name for tie in ties for name in (tie.path, *tie.shared, *tie.by)]))


def related(ties: Iterable[Tie], refs: Mapping[str, NoteRef]) -> tuple[Related, ...]:
    """The notes of ``ties`` as a page shows them: of each the strongest kind of reason."""
    return tuple(
        [
            Related(refs[tie.path], tuple([refs[p] for p in tie.shared]), tuple([refs[p] for p in tie.by]), tie.words)
            for tie in ties
        ]
    )
