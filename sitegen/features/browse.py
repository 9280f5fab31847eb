"""browse/tree/: the folder tree for the drawer, a small script a folder, fetched when a reader opens that folder.

Nothing here says more of a note than its title and address, so that no edit of a text touches it. A folder of very many
notes is given in runs, each a script of its own that is named by the titles at its ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial

from sitegen.model import Artifact, NoteRef, Pages, Recipe, SiteInfo, Vault
from sitegen.paths import title_key

WHOLE = 400  # notes of a folder that are given at once
RUN = 250  # notes of a run where there are more
TREE = "browse/tree/"


def browse(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the scripts of each folder are made from."""
    for name, ref in vault.folders.items():
        yield Recipe(tree_address(ref.url), folder_scripts, partial(_shown, vault, name))


def tree_address(url: str, run: int = 0) -> str:
    """Where the drawer finds what is in the folder whose page is at ``url``, or a run of its notes (counted from 1)."""
    return f"{TREE}{url.removesuffix('.html')}{f'~{run}' if run else ''}.js"


def _shown(vault: Vault, name: str) -> tuple[NoteRef, tuple[tuple[str, str, int], ...], tuple[tuple[str, str], ...]]:
    """The folder; title, address and number of notes of the folders in it; title and address of its notes."""
    note = vault.folder_notes.get(name)
    refs = [vault.refs[path] for path in vault.inside.get(name, ()) if path != note]
    refs.sort(key=lambda ref: (title_key(ref.title), ref.path))
    below = tuple([(row.ref.title, row.ref.url, row.notes) for row in vault.branches.get(name, ())])
    return vault.folders[name], below, tuple([(ref.title, ref.url) for ref in refs])


def folder_scripts(
    folder: NoteRef, below: tuple[tuple[str, str, int], ...], notes: tuple[tuple[str, str], ...]
) -> tuple[Artifact, ...]:
    """``{folders: [[title, url, notes]], notes: [[title, url]]}``, or ``runs: [[first title, last title, notes]]`` of notes
    that follow in scripts of their own.

    The scripts of folders hold addresses of pages; where a folder's own lies follows from its page's (`tree_address`).
    """
    if len(notes) <= WHOLE:
        return (_script(tree_address(folder.url), {"folders": below, "notes": notes}),)
    runs = [notes[start : start + RUN] for start in range(0, len(notes), RUN)]
    ends = [(run[0][0], run[-1][0], len(run)) for run in runs]
    first = _script(tree_address(folder.url), {"folders": below, "runs": ends})
    return first, *(_script(tree_address(folder.url, number), run) for number, run in enumerate(runs, 1))


def _script(url: str, value: dict[str, Sequence[object]] | Sequence[object]) -> Artifact:
    data = json.dumps([url, value], ensure_ascii=False, separators=(",", ":"))
    return Artifact(url, f"sitegen.give({data[1:-1]});\n".encode("utf-8", "replace"))
