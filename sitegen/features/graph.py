"""graph.html, where all notes and their links are seen at once, with the script of its data; and graph.json, the same for
other programs, with hubs, orphans and components.

networkx is imported here alone, when the graph is made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from heapq import nsmallest

from sitegen.model import Artifact, NoteRef, Pages, Recipe, SiteInfo, Vault, View
from sitegen.stages.addresses import parents
from sitegen.stages.network import COLOURS, DATA, Graph, data, drawn, picture

MAX_HUBS = 20
_Shown = tuple[tuple[NoteRef, ...], tuple[str, ...], tuple[NoteRef, ...], tuple[str, ...]]


def graph(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the graph is made from. Connecting the notes of a large vault takes a while, so it is made when it is wanted."""
    yield Recipe("graph.json", graph_file, lambda: (tuple(vault.refs.values()), _joined_targets(vault)), late=True)
    yield Recipe(DATA, data_file, lambda: _shown(vault), late=True)
    yield Recipe("graph.html", graph_page, lambda: _shown(vault), late=True)


def _shown(vault: Vault) -> _Shown:
    """Notes, their links, folders, and tags with the paths of their notes."""
    tags = tuple(["\0".join((name, *paths)) for name, _, paths in vault.tags.values()])
    return tuple(vault.refs.values()), _joined_targets(vault), tuple(vault.folders.values()), tags


# ---- the page ---------------------------------------------------------------------------------------------


def data_file(
    refs: tuple[NoteRef, ...], joined: tuple[str, ...], folders: tuple[NoteRef, ...], tags: tuple[str, ...]
) -> tuple[Artifact]:
    """The script that graph.html takes its notes and links from."""
    return (Artifact(DATA, _data(refs, _graph(refs, joined), folders, tags)),)


def graph_page(
    refs: tuple[NoteRef, ...], joined: tuple[str, ...], folders: tuple[NoteRef, ...], tags: tuple[str, ...]
) -> tuple[View]:
    """The page, with a picture of the most linked notes for whoever runs no scripts."""
    found = _graph(refs, joined)
    titles = _titles(found, folders)
    sizes = Counter(found.folder)
    legend = [(number + 1, title, sizes[number]) for number, title in enumerate(titles[:COLOURS]) if sizes[number]]
    values = (
        ("notes", len(refs)),
        ("links", sum([len(targets) for targets in found.targets])),
        ("picture", picture(refs, found)),
        ("legend", legend),
        ("others", len(sizes) - len(legend)),
        ("data", DATA),
        ("version", blake2b(_data(refs, found, folders, tags), digest_size=4).hexdigest()),
    )
    return (View("graph.html", "graph.html", "Graph", values),)


def _graph(refs: tuple[NoteRef, ...], joined: tuple[str, ...]) -> Graph:
    return drawn(tuple([ref.path for ref in refs]), joined)


def _titles(graph: Graph, folders: Sequence[NoteRef]) -> list[str]:
    """What the graph's folders are called: where several have one title, with those that they are in."""
    titles = {ref.path: ref.title for ref in folders}
    times = Counter([titles.get(path, path) for path in graph.folders])

    def name(path: str) -> str:
        own = titles.get(path, path)
        if times[own] == 1 or not path:
            return own
        return " / ".join([titles.get(above, above) for above in reversed([path, *parents(path)]) if above])

    return [name(path) for path in graph.folders]


def _data(refs: Sequence[NoteRef], graph: Graph, folders: Sequence[NoteRef], tags: Sequence[str]) -> bytes:
    numbers = {ref.path: number for number, ref in enumerate(refs)}
    named = []
    for tag in tags:
        name, *paths = tag.split("\0")
        named.append((name, sorted([numbers[path] for path in paths if path in numbers])))
    return data(refs, graph, _titles(graph, folders), sorted(named)).encode("utf-8", "replace")


# ---- for other programs -----------------------------------------------------------------------------------


def _joined_targets(vault: Vault) -> tuple[str, ...]:
    """For each note the paths it links to, as one text: the fingerprint of many short ones would take long."""
    return tuple(["\0".join(targets) for targets in vault.linked.values()])


def graph_file(refs: tuple[NoteRef, ...], joined: tuple[str, ...]) -> tuple[Artifact]:
    """``{nodes: [{id, title, url, folder, component}], edges: [[from, to]], hubs, orphans, components}``; ids count from 0."""
    numbers = {ref.path: number for number, ref in enumerate(refs)}
    targets = [sorted(numbers[path] for path in text.split("\0")) if text else [] for text in joined]
    parts = _components(targets)
    component = {number: of for of, part in enumerate(parts) for number in part}
    links_to = Counter(target for found in targets for target in found)
    hubs = nsmallest(MAX_HUBS, links_to, key=lambda number: (-links_to[number], number))
    data = {
        "nodes": [
            {
                "id": number,
                "title": ref.title,
                "url": ref.url,
                "folder": ref.path.rpartition("/")[0],
                "component": component[number],
            }
            for number, ref in enumerate(refs)
        ],
        "edges": [(source, target) for source, found in enumerate(targets) for target in found],
        "hubs": hubs,
        "orphans": [number for number, found in enumerate(targets) if not found and number not in links_to],
        "components": [len(part) for part in parts],
    }
    return (Artifact("graph.json", json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()),)


def _components(targets: Sequence[Sequence[int]]) -> list[list[int]]:
    """The notes that links connect, largest group first, each in order."""
    import networkx as nx

    network: nx.Graph[int] = nx.Graph()
    network.add_nodes_from(range(len(targets)))
    network.add_edges_from((source, target) for source, found in enumerate(targets) for target in found)
    parts = [sorted(part) for part in nx.connected_components(network)]
    return sorted(parts, key=lambda part: (-len(part), part[0]))
