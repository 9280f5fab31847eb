"""graph.json: the link graph of the published notes, with its hubs, orphans and components, for other programs.

networkx is imported here alone, when the graph is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sitegen.model import Artifact, Found, LinkKind, Pages, SiteInfo, Vault

MAX_HUBS = 20


def graph(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
    """``{nodes: [{id, title, url, folder, component}], edges: [[from, to]], hubs, orphans, components}``; ids count from 0."""
    import networkx as nx

    network: nx.DiGraph[str] = nx.DiGraph()
    network.add_nodes_from(vault.places)
    for path, place in vault.places.items():
        network.add_edges_from(
            (path, r.ref.path)
            for link, r in zip(vault.facts[path].links, place.resolutions, strict=True)
            if r.found is Found.NOTE and r.ref is not None and r.ref.path != path and link.kind is not LinkKind.DIAGRAM
        )
    numbers = {path: number for number, path in enumerate(network)}
    parts = sorted(
        (sorted(part) for part in nx.weakly_connected_components(network)), key=lambda part: (-len(part), part[0])
    )
    component = {path: number for number, part in enumerate(parts) for path in part}
    hubs = sorted(network, key=lambda path: (-network.in_degree(path), path))[:MAX_HUBS]
    data = {
        "nodes": [
            {
                "id": numbers[path],
                "title": vault.places[path].ref.title,
                "url": vault.places[path].ref.url,
                "folder": path.rpartition("/")[0],
                "component": component[path],
            }
            for path in network
        ],
        "edges": sorted([numbers[a], numbers[b]] for a, b in network.edges),
        "hubs": [numbers[path] for path in hubs if network.in_degree(path)],
        "orphans": sorted(numbers[path] for path in nx.isolates(network)),
        "components": [len(part) for part in parts],
    }
    yield Artifact("graph.json", json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
