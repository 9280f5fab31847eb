"""Where each note stands in the picture of all notes. Knows numbers and links, not notes.

The picture is a function of the vault alone, so that a build with a memory equals one without; and yet one more note leaves
it nearly as it was: a node begins where a checksum of its name says, a group where those of its nodes together say, and both move
as far as a fixed number of steps takes them. Groups of nodes that link to each other are placed first, as if they were nodes, then
what is in them. Everything takes time in proportion to nodes and links.

Only ``+ - * /`` and square roots are used on fractions, which every machine rounds alike, and `sum` on whole numbers alone, as
newer Pythons add up fractions in another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple
from zlib import crc32

_FEW = 100  # nodes that all act on each other one by one
_SOFT = 0.0125  # how much less those in one place push each other, of a cell
_ROUNDS = 5  # in which nodes look which group they belong to
_STEPS = (60, 30, 14)  # of the outermost level, of those between, of the nodes themselves
_NEAR = 4  # nodes a cell, on average
_HOME = 0.08  # how much a folder holds its nodes together, beside a link's 1
_PULL = 0.25  # how much everything is drawn to where it began
_LINK = 0.35  # how much of a node's way to where its links want it it goes at a step
_PUSH = 0.1  # how much two nodes of a length's distance push each other apart
_CROWD = 24  # nodes of a cell that push one by one; of more a part does, and as much
_HASTE = 0.6  # of its own length a node goes at most at the first step
_WHOLE = 400  # nodes that all act on each other; of more only those nearby do, as the larger shape is settled by then


class Network(NamedTuple):
    """Nodes with what is known of them: ``names`` tell them apart, ``homes`` number the folder of each, and ``neighbours`` of
    each node are given with weights, in both directions."""

    names: Sequence[str]
    homes: Sequence[int]
    neighbours: Sequence[dict[int, float]]


class Layout(NamedTuple):
    """Coordinates of each node, about 1 from its neighbours, and the number of its group."""

    x: list[float]
    y: list[float]
    group: list[int]


class Node(NamedTuple):
    """A node or a group of some: its ``mass`` is how many it stands for, and it begins at ``x`` and ``y``, of -1 to 1 or so."""

    mass: float
    x: float
    y: float


def layout(network: Network) -> Layout:
    """Where the nodes of a network stand, and the groups that their links make."""
    nodes = [_seed(name) for name in network.names]
    x, y, group = _placed(network, nodes, 0)
    return Layout(x, y, _numbered(group))


# ---- groups ---------------------------------------------------------------------------------------------


def communities(network: Network) -> list[int]:
    """A group for each node, from 0, larger ones first: nodes move, in several rounds, to the neighbours' group that they
    have more links with than chance would give them (modularity, as in the first phase of Louvain's method).

    A node without links is in a group with the others of its folder.
    """
    names, homes, neighbours = network
    prints = [crc32(name.encode("utf-8", "replace")) for name in names]
    label = list(range(len(names)))
    degree = [sum(links.values()) for links in neighbours]
    inside = degree[:]  # of each group: what its nodes' links weigh
    share = 1 / max(sum(degree), 1e-9)
    order = sorted(range(len(names)), key=prints.__getitem__)
    for _ in range(_ROUNDS):
        moved = 0
        for node in order:
            own, its_degree = label[node], degree[node]
            votes: dict[int, float] = {own: 0.0}
            for other, weight in neighbours[node].items():
                if other == node:
                    continue
                its = label[other]
                votes[its] = votes.get(its, 0.0) + weight
            inside[own] -= its_degree
            expected = its_degree * share
            best, most = own, votes[own] - expected * inside[own]
            for its, vote in votes.items():
                gain = vote - expected * inside[its]
                if gain > most or (gain == most and best != own and prints[its] < prints[best]):
                    best, most = its, gain
            inside[best] += its_degree
            if best != own:
                label[node] = best
                moved += 1
        if moved * 100 < len(names):
            break
    alone: dict[int, int] = {}
    for node, links in enumerate(neighbours):
        if not links or (len(links) == 1 and node in links):
            label[node] = alone.setdefault(homes[node], node)
    return _numbered(label)


def _numbered(label: Sequence[int]) -> list[int]:
    """The same groups numbered by size, largest first."""
    sizes: dict[int, int] = {}
    for its in label:
        sizes[its] = sizes.get(its, 0) + 1
    numbers = {its: number for number, its in enumerate(sorted(sizes, key=lambda its: -sizes[its]))}
    return [numbers[its] for its in label]


# ---- places ---------------------------------------------------------------------------------------------


def _seed(name: str) -> Node:
    """Where a node begins: where a checksum of its name says."""
    print_ = crc32(name.encode("utf-8", "replace"))
    return Node(1.0, (print_ & 0xFFFF) / 32768 - 1, (print_ >> 16) / 32768 - 1)


def _placed(network: Network, nodes: Sequence[Node], level: int) -> tuple[list[float], list[float], list[int]]:
    """Where nodes stand, and their groups: groups are placed first, and then the nodes of each around its place."""
    size = len(nodes)
    groups = communities(network)
    count = max(groups, default=-1) + 1
    if count < 2 or count * 5 > size * 4:
        reach = sqrt(sum([node.mass for node in nodes])) * 0.6
        x, y = [reach * node.x for node in nodes], [reach * node.y for node in nodes]
        return *_moved(network, nodes, x, y, _STEPS[0] if size <= _WHOLE else _STEPS[2]), groups
    outer, larger = _outer(network, groups, nodes)
    xs, ys, largest = _placed(outer, larger, level + 1)
    around = [sqrt(group.mass) / 2 for group in larger]
    x = [xs[group] + around[group] * node.x for group, node in zip(groups, nodes, strict=True)]
    y = [ys[group] + around[group] * node.y for group, node in zip(groups, nodes, strict=True)]
    x, y = _moved(network, nodes, x, y, _STEPS[1] if level else _STEPS[2])
    return x, y, [largest[group] for group in groups]


def _outer(network: Network, groups: Sequence[int], nodes: Sequence[Node]) -> tuple[Network, list[Node]]:
    """The groups as nodes. What a group inherits of its nodes changes little if one of them comes or goes."""
    names, homes, neighbours = network
    size = max(groups) + 1
    chief = [-1] * size
    mass, left, top = [0.0] * size, [0.0] * size, [0.0] * size
    links: list[dict[int, float]] = [{} for _ in range(size)]
    for node, group in enumerate(groups):
        weight, at, height = nodes[node]
        mass[group] += weight
        left[group] += at * sqrt(weight)
        top[group] += height * sqrt(weight)
        first = chief[group]
        if first < 0 or (-len(neighbours[node]), names[node]) < (-len(neighbours[first]), names[first]):
            chief[group] = node
        its = links[group]
        for other, weight in neighbours[node].items():
            to = groups[other]
            its[to] = its.get(to, 0.0) + weight
    larger = [Node(m, at / sqrt(m), height / sqrt(m)) for m, at, height in zip(mass, left, top, strict=True)]
    return Network([names[node] for node in chief], [homes[node] for node in chief], links), larger


def _moved(
    network: Network, nodes: Sequence[Node], x: list[float], y: list[float], steps: int
) -> tuple[list[float], list[float]]:
    """Where nodes stand after so many steps: links draw them together, all others push them apart."""
    size, masses = len(x), [node.mass for node in nodes]
    pairs = _pairs(network.neighbours)
    unit = sqrt(sum([mass * mass for mass in masses]) / max(sum(masses), 1.0))  # the length that a node has for itself
    grid = sqrt(_NEAR * sum(masses) / max(size, 1))
    begin = list(zip(x, y, strict=True))
    for step in range(steps):
        fx, fy = [0.0] * size, [0.0] * size
        if size <= _FEW:
            _push_few(x, y, masses, fx, fy)
        else:
            _push(x, y, masses, grid, step * 0.375, fx, fy)
        _draw(x, y, pairs, 4 * unit, fx, fy)
        if size <= _WHOLE:
            _gather(x, y, network.homes, begin, fx, fy)
        most = unit * (_HASTE * (1 - step / steps) + 0.05)
        for node in range(size):
            dx, dy = fx[node], fy[node]
            length = sqrt(dx * dx + dy * dy)
            if length > most:
                dx, dy = dx * most / length, dy * most / length
            x[node] += dx
            y[node] += dy
    return x, y


def _pairs(neighbours: Sequence[dict[int, float]]) -> list[tuple[int, int, float]]:
    """Each link once with its pull: a node with many links is held by all of them together, not by each as by its only one."""
    roots = [sqrt(sum(links.values()) - links.get(node, 0.0)) for node, links in enumerate(neighbours)]
    return [
        (node, other, _LINK * weight / (roots[node] * roots[other]))
        for node, links in enumerate(neighbours)
        for other, weight in links.items()
        if node < other
    ]


def _draw(
    x: list[float], y: list[float], pairs: list[tuple[int, int, float]], long: float, fx: list[float], fy: list[float]
) -> None:
    """Links draw their ends together, but those much longer than ``long`` no more than that."""
    for one, other, pull in pairs:
        dx = x[other] - x[one]
        dy = y[other] - y[one]
        pull *= long / (long + sqrt(dx * dx + dy * dy))
        dx *= pull
        dy *= pull
        fx[one] += dx
        fy[one] += dy
        fx[other] -= dx
        fy[other] -= dy


def _gather(
    x: list[float],
    y: list[float],
    homes: Sequence[int],
    begin: Sequence[tuple[float, float]],
    fx: list[float],
    fy: list[float],
) -> None:
    """Folders hold their notes together; and each node is drawn back to where it began, lest the picture turn or tip over."""
    size = max(homes, default=-1) + 1
    count, left, top = [0] * size, [0.0] * size, [0.0] * size
    for node, home in enumerate(homes):
        count[home] += 1
        left[home] += x[node]
        top[home] += y[node]
    left = [_HOME * at / max(here, 1) for at, here in zip(left, count, strict=True)]
    top = [_HOME * at / max(here, 1) for at, here in zip(top, count, strict=True)]
    pull = _HOME + _PULL
    for node, home in enumerate(homes):
        at, height = begin[node]
        fx[node] += left[home] + _PULL * at - pull * x[node]
        fy[node] += top[home] + _PULL * height - pull * y[node]


def _push(
    x: list[float],
    y: list[float],
    masses: Sequence[float],
    side: float,
    shift: float,
    fx: list[float],
    fy: list[float],
) -> None:
    """All push each other apart: those in one cell of a grid one by one, cells nearby as one node, and where there
    are few cells those far away too."""
    shift += 1 << 20  # so that all are positive, and the grid leaves no trace
    cells: dict[tuple[int, int], list[int]] = {}
    for node in range(len(x)):
        cells.setdefault((int(x[node] / side + shift), int(y[node] / side + shift)), []).append(node)
    middles = {cell: _middle(nodes, x, y, masses) for cell, nodes in cells.items()}
    far = list(middles.items()) if len(x) <= _WHOLE else []
    soft = side * side * _SOFT
    for (column, row), nodes in cells.items():
        left, top, _ = middles[column, row]
        ax = ay = 0.0
        for (other, line), (at, height, mass) in far:
            if not (-2 < other - column < 2 and -2 < line - row < 2):
                dx, dy = left - at, top - height
                force = mass / (dx * dx + dy * dy)
                ax += dx * force
                ay += dy * force
        near = [
            middles[c, r] for c in _ring(column) for r in _ring(row) if (c, r) != (column, row) and (c, r) in middles
        ]
        some = len(nodes) // _CROWD + 1
        near += [(x[node], y[node], masses[node] * some) for node in nodes[::some]]
        for node in nodes:
            bx, by, px, py = ax, ay, x[node], y[node]
            for at, height, mass in near:
                dx, dy = px - at, py - height
                force = mass / (dx * dx + dy * dy + soft)
                bx += dx * force
                by += dy * force
            fx[node] += _PUSH * bx
            fy[node] += _PUSH * by


def _push_few(x: list[float], y: list[float], masses: Sequence[float], fx: list[float], fy: list[float]) -> None:
    """The same for so few that each may push each other: then a little more here is a little more there."""
    for one in range(len(x)):
        px, py, own = x[one], y[one], _PUSH * masses[one]
        ax = ay = 0.0
        for other in range(one):
            dx, dy, mass = px - x[other], py - y[other], masses[other]
            force = 1 / (dx * dx + dy * dy + 0.05 * (own + mass))
            dx *= force
            dy *= force
            ax += dx * mass
            ay += dy * mass
            fx[other] -= dx * own
            fy[other] -= dy * own
        fx[one] += _PUSH * ax
        fy[one] += _PUSH * ay


def _ring(place: int) -> tuple[int, int, int]:
    return place - 1, place, place + 1


def _middle(nodes: list[int], x: list[float], y: list[float], masses: Sequence[float]) -> tuple[float, float, float]:
    """Where the nodes are on average, and their mass."""
    left = top = mass = 0.0
    for node in nodes:
        weight = masses[node]
        left += weight * x[node]
        top += weight * y[node]
        mass += weight
    return left / mass, top / mass, mass
