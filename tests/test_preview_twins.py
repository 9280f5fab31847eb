"""Two folders of one name in two Unicode forms, as disks that tell them apart may hold: one folder to the vault."""

from __future__ import annotations

import os
import random
import shutil
import unicodedata
from pathlib import Path

import pytest

from sitegen.disk.read import Contents, read_vault
from sitegen.disk.rereading import Interrupted, Reader
from sitegen.disk.site import locate
from tests.conftest import write

NFC, NFD = (unicodedata.normalize(form, "\u00c9t\u00e9") for form in ("NFC", "NFD"))


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    for name in (NFC, NFD):
        (tmp_path / "vault" / name).mkdir(parents=True, exist_ok=True)
    if len(list((tmp_path / "vault").iterdir())) < 2:
        pytest.skip("this disk does not tell Unicode forms apart")
    return tmp_path / "vault"


def held(contents: Contents) -> tuple[dict[str, str], list[str]]:
    return {note.path: note.digest for note in contents.sources}, sorted(
        problem.path for problem in contents.diagnostics
    )


@pytest.mark.parametrize("deep", ["", "In/"])
def test_a_note_is_there_as_long_as_one_of_them_holds_it(vault: Path, deep: str) -> None:
    write(vault, {f"{NFC}/{deep}One.md": "One.", f"{NFD}/{deep}One.md": "Another.", "Two.md": "Two."})
    location = locate(vault, None)
    reader = Reader(location)
    assert held(reader.read().contents) == held(read_vault(location))
    for name in (NFC, NFD, NFC):
        for content in (None, "Again."):
            folder, path = vault / name / deep, f"{name}/{deep}One.md"
            write(vault, {path: content})
            contents = reader.read([str(folder)], [str(vault / path)]).contents
            assert held(contents) == held(read_vault(location))
            assert f"{NFC}/{deep}One.md" in held(contents)[0]
        shutil.move(vault / name, vault / "Away")
        assert held(reader.read([str(vault)]).contents) == held(read_vault(location))
        shutil.move(vault / "Away", vault / name)
        assert held(reader.read([str(vault)]).contents) == held(read_vault(location))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_to_them_they_are_read_as_by_a_build(vault: Path, seed: int) -> None:
    chance = random.Random(seed)
    location = locate(vault, None)
    reader = Reader(location)
    write(vault, {"Two.md": "Two."})
    reader.read()
    for step in range(60):
        folders = [path for path in vault.rglob("*") if path.is_dir()]
        folder = chance.choice([vault, *folders])
        rung = {str(folder)}
        kind = chance.randrange(6)
        if kind < 3:
            path = folder / chance.choice((f"{NFC}.md", f"{NFD}.md", "One.md"))
            if path.exists() and chance.random() < 0.5:
                path.unlink()
            elif not path.is_dir():
                path.write_text(f"Step {step}.")
        elif kind == 3 and len(folder.parts) < len(vault.parts) + 3:
            new = folder / chance.choice((NFC, NFD, "In"))
            new.mkdir(exist_ok=True)
            rung |= {str(folder), str(new) + os.sep}
        elif kind == 4 and folder != vault:
            target = folder.with_name(chance.choice((NFC, NFD, "In")))
            if not target.exists():
                folder.rename(target)
                rung = {str(folder.parent), str(folder) + os.sep, str(target) + os.sep}
        elif kind == 5 and folder != vault and len(folders) > 3:
            shutil.rmtree(folder)
            rung = {str(folder.parent), str(folder) + os.sep}
        try:
            if chance.random() < 0.3:
                asked = iter(range(chance.randrange(1, 6)))
                reader.read(None, (), lambda asked=asked: next(asked, None) is None)
        except Interrupted:
            pass
        contents = reader.read(rung).contents if chance.random() < 0.8 else reader.read().contents
        assert held(contents) == held(read_vault(location))
        assert list(contents.by_path) == sorted(held(contents)[0])
