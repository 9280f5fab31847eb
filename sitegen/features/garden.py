"""garden.html: what the author of a vault may tend: notes to write, notes nobody finds, notes that lead nowhere.

It is made from published notes alone, from what they are called and how they link. What does not fit the page follows
in scripts, fetched when somebody asks for more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain

from sitegen.model import (
    Artifact,
    GardenList,
    GardenRow,
    NoteRef,
    Pages,
    Recipe,
    SiteInfo,
    Vault,
    View,
)  # fmt: skip
from sitegen.paths import title_key
from sitegen.stages.listing import wanted_notes

ON_PAGE = 30  # rows of a list
MOST_LINKED = 500  # rows: beyond these nobody looks for what stands out
IN_SCRIPT = 500
MAX_ASKING = 3  # notes that are named where one is wanted
MORE = "browse/garden/"


def garden(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe]:
    """What the page and the scripts are made from."""
    if site.garden:
        yield Recipe("garden.html", garden_files, partial(_shown, vault))


def _shown(vault: Vault) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, tuple[GardenRow, ...]], ...]]:
    """How much there is, and all lists by name."""
    linked = vault.linked.items()
    times = Counter(chain.from_iterable([targets for _, targets in linked]))  # that notes are linked to
    alone = [path for path, targets in linked if path not in times and not targets]
    unreached = [path for path, targets in linked if path not in times and targets]
    dead_ends = [path for path, targets in linked if path in times and not targets]
    return (("notes", len(vault.refs)), ("links", times.total())), (
        ("wanted", _wanted(vault)),
        ("linked", _most_linked(vault, times)),
        ("orphans", _by_title(vault, alone)),
        ("unreached", _by_title(vault, unreached)),
        ("dead-ends", _by_title(vault, dead_ends)),
    )


def garden_files(
    counts: tuple[tuple[str, int], ...], lists: tuple[tuple[str, tuple[GardenRow, ...]], ...]
) -> tuple[Artifact | View, ...]:
    """The page with the beginning of each list, and the scripts with what follows:
    ``[[text, url, figure, [[title, url], …]], …]``; "" and 0 are nothing.
    """
    shown = {name: GardenList(len(rows), rows[:ON_PAGE], _scripts(name, len(rows))) for name, rows in lists}
    page = View("garden.html", "garden.html", "Garden", (("counts", dict(counts)), ("lists", shown)))
    scripts = [
        _script(url, rows[ON_PAGE + number * IN_SCRIPT :][:IN_SCRIPT])
        for name, rows in lists
        for number, url in enumerate(shown[name].more)
    ]
    return page, *scripts


def _scripts(name: str, total: int) -> tuple[str, ...]:
    """The addresses of the scripts that follow a list of so many rows."""
    return tuple(f"{MORE}{name}-{number}.js" for number in range(1, 1 + -(-max(0, total - ON_PAGE) // IN_SCRIPT)))


def _script(url: str, rows: Sequence[GardenRow]) -> Artifact:
    value = [(row.text, row.url, row.figure, [(ref.title, ref.url) for ref in row.notes]) for row in rows]
    data = json.dumps([url, value], ensure_ascii=False, separators=(",", ":"))
    return Artifact(url, f"sitegen.give({data[1:-1]});\n".encode("utf-8", "replace"))


# ---- the lists -----------------------------------------------------------------------------------------


def _most_linked(vault: Vault, times: Counter[str]) -> tuple[GardenRow, ...]:
    """The notes that most others link to, two at the least."""
    fewest = max([2, *sorted(times.values(), reverse=True)[MOST_LINKED - 1 : MOST_LINKED]])
    rows = [(vault.refs[path], n) for path, n in times.items() if n >= fewest]
    rows.sort(key=lambda row: (-row[1], title_key(row[0].title), row[0].path))
    return tuple([_row(ref, n) for ref, n in rows[:MOST_LINKED]])


def _wanted(vault: Vault) -> tuple[GardenRow, ...]:
    """The names that links ask for and no note has, with notes that ask for them: most wanted first."""
    return tuple(
        [
            GardenRow(name, "", n, tuple([vault.refs[path] for path in asking[:MAX_ASKING]]))
            for name, n, asking in wanted_notes(vault.wanted.items())
        ]
    )


def _by_title(vault: Vault, paths: Sequence[str]) -> tuple[GardenRow, ...]:
    """Rows of notes; folders' own are left out, as folders lead there."""
    own = set(vault.folder_notes.values())
    refs = [vault.refs[path] for path in paths if path not in own]
    return tuple([_row(ref) for ref in sorted(refs, key=lambda ref: (title_key(ref.title), ref.path))])


def _row(ref: NoteRef, figure: int = 0) -> GardenRow:
    return GardenRow(ref.title, ref.url, figure, ())
