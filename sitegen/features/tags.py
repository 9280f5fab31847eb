"""Tag pages: tags/index.html lists all tags, and each tag has a page with the notes at and below it."""

from __future__ import annotations

from collections.abc import Iterator

from sitegen.model import Pages, SiteInfo, TagRow, Vault, View
from sitegen.paths import case_key
from sitegen.stages.listing import note_rows


def tags(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[View]:
    """The list of all tags, and one view a tag; nothing in a vault without tags."""
    rows = {key: TagRow(name, url, name.count("/"), len(notes)) for key, (name, url, notes) in vault.tags.items()}
    keys = sorted(rows, key=lambda key: key.split("/"))
    if not keys:
        return
    below: dict[str, list[str]] = {}
    for key in keys:
        below.setdefault(key.rpartition("/")[0], []).append(key)
    yield View("tags/index.html", "tags.html", "Tags", (("tags", tuple(rows[key] for key in keys)),))
    for key in keys:
        parents = [key[:end] for end, c in enumerate(key) if c == "/"]
        yield View(
            rows[key].url,
            "tag.html",
            "#" + rows[key].name,
            (
                ("tag", rows[key]),
                ("parents", tuple(rows[case_key(parent)] for parent in parents)),
                ("children", tuple(rows[child] for child in below.get(key, ()))),
                ("notes", note_rows(vault, vault.tags[key][2])),
            ),
        )
