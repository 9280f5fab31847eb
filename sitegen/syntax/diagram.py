"""```` ```mermaid ````: diagrams, which a script draws in the reader's browser; here only what links they hold.

A node with the class ``internal-link`` is a link to the note that its text names.
Source: the Obsidian help page "Advanced formatting syntax", section "Diagram".
"""

from __future__ import annotations

import re

_CLASS = re.compile(r"^[ \t]*class[ \t]+([^;\n]*?)[ \t]+internal-link[ \t]*;?[ \t]*$", re.MULTILINE)
_SHORT = re.compile(r"([^\s;&|<>()\[\]{}-][^\s;&|<>()\[\]{}:]*)(?:[\[({>]+[^\n\])}]*[\])}]+)?:::internal-link\b")
_LABEL = re.compile(
    r"(?<![^\s;&|>-])([^\s;&|<>()\[\]{}:-][^\s;&|<>()\[\]{}:]*)(?:\[|\(|\{|>)[\[({/\\]*[ ]?(?:\"([^\"\n]*)\"|([^\"\n\])}]+))"
)


def is_diagram(info: str) -> bool:
    return info.strip().lower().startswith("mermaid")


def linked_names(source: str) -> tuple[str, ...]:
    """What the nodes that are links show, each once, as it stands in the source."""
    if "internal-link" not in source:
        return ()
    ids = [name.strip() for match in _CLASS.finditer(source) for name in match[1].split(",")]
    ids += [match[1] for match in _SHORT.finditer(source)]
    labels: dict[str, str] = {}
    for match in _LABEL.finditer(source):
        labels.setdefault(match[1], (match[2] if match[2] is not None else match[3]).strip(" /\\"))
    return tuple(dict.fromkeys(labels.get(name) or name for name in ids if name))
