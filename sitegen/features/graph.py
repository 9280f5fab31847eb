"""graph.json: the link graph of the published notes, with its hubs, orphans and components, for other programs.

networkx is imported here alone, when the graph is made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nsmallest

from sitegen.model import Artifact, NoteRef, Pages, Recipe, SiteInfo, Vault

MAX_HUBS = 20


def graph(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the graph is made from. Connecting the notes of a large vault takes a while, so it is made when it is wanted."""
    yield Recipe("graph.json", graph_file, lambda: (tuple(vault.refs.values()), _joined_targets(vault)), late=True)


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
