"""What a cache knows is read as it was written, whatever edits came between and however much of it was written each time."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from sitegen.disk import state as disk
from sitegen.disk.state import State, changes_since, read_known, write_changes, write_state
from sitegen.edition import edition
from sitegen.memo import Entry, Ref, Table

KEY = b"k" * 32
STAGES = ("parse", "resolve", "vault")


def _entry(chance: random.Random) -> Entry:
    return Entry.of(chance.randbytes(8), (Ref(b"print", b"check", chance.randrange(99), 3),))


def _edited(table: Table, chance: random.Random) -> Table:
    """A table after a build: mostly the same keys, of which a few have other values."""
    entries, kind = (
        table.entries,
        chance.choice(["values", "values", "values", "none", "new", "gone", "order", "frame"]),
    )
    if kind == "values" and entries:
        keys = chance.sample(list(entries), chance.randint(1, len(entries)))
        return Table(table.frame, edition(entries).edited({key: _entry(chance) for key in keys}))
    if kind == "new":
        return Table(table.frame, {**entries, f"new{chance.random()}": _entry(chance)})
    if kind == "gone":
        return Table(table.frame, dict(list(entries.items())[1:]))
    if kind == "order":
        return Table(table.frame, dict(chance.sample(list(entries.items()), len(entries))))
    return Table(chance.randbytes(2) if kind == "frame" else table.frame, entries)


def _files(files: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    found = {name: file for name, file in files.items() if chance.random() < 0.9}
    name = f"{chance.randrange(6)}.md"
    return {**found, name: chance.randbytes(36)} if chance.random() < 0.6 else found


def _said(state: State) -> object:
    tables = {stage: (table.frame, list(table.entries.items())) for stage, table in state.tables.items()}
    return state.end, tables, state.seen, state.output, state.written


@pytest.mark.parametrize("few", [2, 5000])
@pytest.mark.parametrize("most", [2000, 1 << 20])
def test_what_is_known_is_read_as_it_was_written(
    few: int, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "_FEW", few)
    monkeypatch.setattr(disk, "_MOST", most)
    (tmp_path / "pack").touch()
    chance, in_part = random.Random(few + most), 0
    tables = {stage: Table(b"", {f"{n}.md": _entry(chance) for n in range(4)}) for stage in STAGES}
    last = State("this", "pack", 0, 0, tables, {}, b"out", {})
    write_state(tmp_path, KEY, last)
    for _ in range(200):
        known, why = read_known(tmp_path, KEY, "this")
        assert known is not None, why
        assert _said(known.state) == _said(last)
        before = known.state
        tables = {stage: _edited(table, chance) for stage, table in before.tables.items()}
        output = chance.choice([before.output] * 19 + [b"other"])
        seen, written = _files(before.seen, chance), _files(before.written, chance)
        last = State("this", "pack", 0, 0, tables, seen, output, written)
        changes = changes_since(known, last)
        if changes is not None and write_changes(tmp_path, KEY, changes):
            in_part += 1
        else:
            write_state(tmp_path, KEY, last)
        if chance.random() < 0.2:  # as if killed between two renames
            name = chance.choice([path.name for path in tmp_path.iterdir() if path.name in ("state", "changes")])
            (tmp_path / name).rename(tmp_path / f"{name}.old")
    assert in_part or few == 2
