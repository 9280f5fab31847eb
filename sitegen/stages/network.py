"""The graph of all notes as the graph page gets it: a script of numbers and names, small enough for 20,000 notes.

Knows what a reader's browser takes apart again (static/graph/model.js), and nothing of how it is shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

from sitegen.model import NoteRef
from sitegen.stages.addresses import parents
from sitegen.stages.layout import Network, layout
from sitegen.value import Value

DATA = "graph-data.js"
EXTENT = 9999  # coordinates are whole numbers from 0 to this
_SPOTS = 200  # notes in the picture that needs no scripts
_LINES = 400
_NAMED = 24
COLOURS = 8  # the theme has as many; what is smaller than the largest folders is grey


class Graph(Value, frozen=True):
    """All notes in one picture: ``x`` and ``y`` from 0 to EXTENT, ``group`` the notes that link to each other much, ``folder``
    the number of each note's folder, both largest first; ``folders`` the paths of these, and behind them those of folders that hold
    no note but other folders; ``targets`` what each note links to."""

    x: tuple[int, ...]
    y: tuple[int, ...]
    group: tuple[int, ...]
    folder: tuple[int, ...]
    folders: tuple[str, ...]
    targets: tuple[tuple[int, ...], ...]


class Spot(Value, frozen=True):
    """A note in the small picture. ``label`` is "" where there is no room for one."""

    ref: NoteRef
    x: int
    y: int
    r: str
    colour: int  # from 1; 0 is grey
    label: str
    left: bool  # the label stands before it


class Picture(Value, frozen=True):
    """The most linked notes: never more of them than a page can carry. ``lines`` is the path of the links between them."""

    spots: tuple[Spot, ...]
    lines: str


@lru_cache(maxsize=1)
def drawn(paths: tuple[str, ...], joined: tuple[str, ...]) -> Graph:
    """The graph of the notes at ``paths``, which link to those that ``joined`` has, as paths with NUL between them."""
    numbers = {path: number for number, path in enumerate(paths)}
    targets = tuple([tuple(sorted([numbers[path] for path in text.split("\0")])) if text else () for text in joined])
    neighbours: list[dict[int, float]] = [{} for _ in paths]
    for source, found in enumerate(targets):
        for target in found:
            if source != target:
                neighbours[source][target] = neighbours[target][source] = 1.0
    homes = [path.rpartition("/")[0] for path in paths]
    sizes = Counter(homes)
    folders = tuple(sorted(sizes, key=lambda folder: (-sizes[folder], folder)))
    folder_numbers = {folder: number for number, folder in enumerate(folders)}
    folder = tuple([folder_numbers[home] for home in homes])
    above = {path for own in folders if own for path in parents(own) if path and path not in folder_numbers}
    places = layout(Network(paths, folder, neighbours))
    left, top = min(places.x, default=0.0), min(places.y, default=0.0)
    reach = max(max(places.x, default=0.0) - left, max(places.y, default=0.0) - top)
    scale = EXTENT / reach if reach else 0.0
    x = tuple([int((at - left) * scale) for at in places.x])
    y = tuple([int((at - top) * scale) for at in places.y])
    return Graph(x, y, tuple(places.group), folder, (*folders, *sorted(above)), targets)


def data(
    refs: Sequence[NoteRef], graph: Graph, folders: Sequence[str], tags: Sequence[tuple[str, Sequence[int]]]
) -> str:
    """The script that gives the page its graph. ``folders`` are the titles of the graph's folders; ``tags`` are names with
    the numbers of the notes that carry them."""
    value = {
        "titles": "\n".join([" ".join(ref.title.split()) for ref in refs]),
        "urls": "\n".join([ref.url for ref in refs]),
        "x": graph.x,
        "y": graph.y,
        "group": graph.group,
        "folder": graph.folder,
        "folders": folders,
        "places": graph.folders,
        "tags": [[name, _steps(numbers)] for name, numbers in tags],
        "links": _links(graph.targets),
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"sitegen.give({json.dumps(DATA)},{text});\n"


def _steps(numbers: Sequence[int]) -> list[int]:
    """Ascending numbers as the steps between them."""
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]


def _links(targets: Sequence[Sequence[int]]) -> list[int]:
    """For each note how many it links to, the first as its distance from the note, the others from the one before."""
    flat: list[int] = []
    for source, found in enumerate(targets):
        flat.append(len(found))
        before = source
        for target in found:
            flat.append(target - before)
            before = target
    return flat


# ---- the small picture ------------------------------------------------------------------------------------


def picture(refs: Sequence[NoteRef], graph: Graph) -> Picture:
    """The most linked notes with some of the links between them."""
    degree = [len(found) for found in graph.targets]
    for found in graph.targets:
        for target in found:
            degree[target] += 1
    chosen = sorted(range(len(refs)), key=lambda number: (-degree[number], number))[:_SPOTS]
    most = max(degree, default=0) or 1
    shown = set(chosen)
    lines: list[str] = []
    for source in chosen:
        for target in graph.targets[source]:
            if target in shown and len(lines) < _LINES:
                lines.append(
                    f"M{_at(graph.x[source])} {_at(graph.y[source])}L{_at(graph.x[target])} {_at(graph.y[target])}"
                )
    spots: list[Spot] = []
    taken: list[tuple[int, int, int]] = []
    for number in chosen:
        x, y, title = _at(graph.x[number]), _at(graph.y[number]), " ".join(refs[number].title.split())
        label, left = (title if len(title) <= 28 else title[:27].rstrip() + "…"), x > 700
        begin, width = (x - 12 - 9 * len(label) if left else x), 9 * len(label) + 12
        free = len(taken) < _NAMED and all(
            abs(y - at) > 20 or begin > end or begin + width < start for at, start, end in taken
        )
        if free:
            taken.append((y, begin, begin + width))
        colour = graph.folder[number] + 1
        radius = f"{3 + 11 * sqrt(degree[number] / most):.1f}"
        spots.append(Spot(refs[number], x, y, radius, colour if colour <= COLOURS else 0, label if free else "", left))
    return Picture(tuple(reversed(spots)), "".join(lines))


def _at(place: int) -> int:
    return 20 + place * 960 // EXTENT
