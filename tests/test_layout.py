"""Where notes stand in the graph: the same on every machine, nearly the same after an edit, near what they link to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from math import dist, isfinite, sqrt
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from sitegen.stages.layout import Layout, Network, communities, layout
from tests.sites import build_notes


def network(names: list[str], links: list[tuple[int, int]], homes: list[int] | None = None) -> Network:
    neighbours: list[dict[int, float]] = [{} for _ in names]
    for one, other in links:
        if one != other:
            neighbours[one][other] = neighbours[other][one] = 1.0
    return Network(names, homes or [0] * len(names), neighbours)


def villages(count: int, size: int) -> Network:
    """Groups of nodes that link within themselves, each with one link to the next."""
    names, links = [], []
    for village in range(count):
        first = village * size
        names += [f"village {village}/house {house}" for house in range(size)]
        for house in range(size):
            for step in (1, 3, 7):
                links.append((first + house, first + (house * 5 + step) % size))
        if village:
            links.append((first, first - size))
    return network(names, links)


def places(found: Layout) -> list[tuple[float, float]]:
    return list(zip(found.x, found.y, strict=True))


def test_the_places_are_those_of_every_other_machine() -> None:
    found = layout(villages(12, 40))
    said = " ".join(f"{x:.9f},{y:.9f},{group}" for (x, y), group in zip(places(found), found.group, strict=True))
    assert crc32(said.encode()) == 2805134611


def test_nodes_stand_near_those_they_link_to() -> None:
    net = villages(12, 40)
    at = places(layout(net))
    linked = [dist(at[one], at[other]) for one, links in enumerate(net.neighbours) for other in links]
    others = [dist(at[one], at[(one * 7 + 211) % len(at)]) for one in range(len(at))]
    assert median(linked) * 3 < median(others)


def test_groups_are_the_villages() -> None:
    net = villages(12, 40)
    group = layout(net).group
    for village in range(12):
        houses = group[village * 40 : village * 40 + 40]
        assert max(map(houses.count, houses)) >= 36
    assert 3 <= len(set(group)) <= 14


def test_notes_without_links_stand_apart_from_each_other_and_with_their_folder() -> None:
    found = layout(network([f"note {number}" for number in range(200)], [], [number % 2 for number in range(200)]))
    assert len(set(places(found))) == 200
    middles = []
    for home in (0, 1):
        mine = places(found)[home::2]
        middles.append((sum(x for x, _ in mine) / 100, sum(y for _, y in mine) / 100))
    assert dist(*middles) > 4
    assert sorted(set(found.group)) == [0, 1]


def test_a_vault_of_one_note_and_of_none() -> None:
    assert layout(network([], [])) == Layout([], [], [])
    found = layout(network(["only"], []))
    assert len(found.x) == 1 and isfinite(found.x[0]) and found.group == [0]


@given(st.lists(st.text(max_size=5), unique=True, max_size=60), st.data())
def test_any_network_has_places(names: list[str], data: Any) -> None:
    number = st.integers(0, max(len(names) - 1, 0))
    links = data.draw(st.lists(st.tuples(number, number), max_size=120)) if names else []
    net = network(names, links)
    found = layout(net)
    assert all(map(isfinite, [*found.x, *found.y]))
    assert sorted(set(found.group)) == list(range(len(set(found.group))))
    sizes = [found.group.count(group) for group in range(len(set(found.group)))]
    assert all(one >= other for one, other in pairwise(sizes))
    assert found == layout(net)


def steps_of(work: Callable[[], object]) -> int:
    """How many lines of the layout run: a measure of work that no other program disturbs."""
    count = 0

    def line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        count += 1
        return line

    def call(frame: FrameType, event: str, _: object) -> Any:
        return line if frame.f_code.co_filename.endswith("layout.py") else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_twice_the_notes_take_about_twice_the_work() -> None:
    once, twice = (steps_of(lambda size=size: layout(villages(size, 40))) for size in (25, 50))
    assert twice <= 2.4 * once


def test_a_crowd_in_one_place_takes_no_longer() -> None:
    star = network([f"ray {number}" for number in range(2000)], [(0, number) for number in range(1, 2000)])
    clique = network(
        [f"x {number}" for number in range(2000)], [(a, (a * a + b) % 2000) for a in range(2000) for b in range(3)]
    )
    assert steps_of(lambda: layout(star)) < 6 * steps_of(lambda: layout(villages(50, 40)))
    assert steps_of(lambda: layout(clique)) < 6 * steps_of(lambda: layout(villages(50, 40)))


def moved(before: Layout, after: Layout) -> list[float]:
    """How far each node of the first has moved, as a share of the picture's width."""
    width = max(before.x) - min(before.x)
    return sorted(dist(a, b) / width for a, b in zip(places(before), places(after), strict=False))


def test_one_more_note_leaves_the_picture_nearly_as_it_was(zeihan_vault: Path) -> None:
    notes = {path.name: path.read_bytes() for path in sorted(zeihan_vault.glob("*.md"))}
    data = json.loads(build_notes(notes).site.artifacts["graph.json"].content.read())  # type: ignore[union-attr]
    names = [node["url"] for node in data["nodes"]]
    links = [tuple(edge) for edge in data["edges"]]
    before = layout(network(names, links))
    shares = []
    for number in range(0, len(names), 49):
        new = [(len(names), (number + 17 * step) % len(names)) for step in range(number % 4)]
        after = layout(network([*names, f"a new note {number}"], links + new))
        shares.append(median(moved(before, after)))
    # Sometimes a group finds another place; then what is in it goes along.
    assert median(shares) < 0.05, shares
    assert sorted(shares)[len(shares) * 3 // 4] < 0.1, shares


def test_communities_do_not_depend_on_an_earlier_build() -> None:
    net = villages(5, 30)
    assert communities(net) == communities(net)
    assert sqrt(len(net.names)) > len(set(communities(net))) / 5
