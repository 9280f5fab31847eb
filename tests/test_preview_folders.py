"""Folders that cannot be read for a while, as on a drive of a network: what was in them stays, and it is said."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sitegen.commands.session import Session
from sitegen.disk.site import locate
from sitegen.pool import SERIAL
from sitegen.preview.bell import Ring
from tests.conftest import write


def begun(vault: Path) -> Session:
    session = Session(vault, locate(vault, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    return session


@pytest.mark.parametrize("ring", [Ring(everywhere=True), Ring(folders={"{}/In/"}), Ring(folders={"{}/In"})])
def test_the_notes_of_a_folder_that_cannot_be_read_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ring: Ring
) -> None:
    ring = Ring(folders={folder.format(tmp_path) for folder in ring.folders}, everywhere=ring.everywhere)
    write(tmp_path, {"One.md": "[[Two]]", "In/Two.md": "Two.", "In/Deep/Three.md": "Three.", "In/p.png": "1"})
    session = begun(tmp_path)
    before, scandir = dict(session.snapshot.artifacts).keys(), os.scandir

    def failing(path: Any) -> Any:
        if str(path).startswith(str(tmp_path / "In")):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        session.update(ring)
    assert dict(session.snapshot.artifacts).keys() == before and not session.snapshot.gone
    found = session.settle()
    assert (
        found is not None and next(problem.path for problem in found.all if problem.code == "unreadable-file") == "In/"
    )
    write(tmp_path, {"In/Two.md": "Two more."})
    session.update(ring)
    found = session.settle()
    assert found is not None and not [problem for problem in found.all if problem.code == "unreadable-file"]
    assert session.changed == ("In/Two.md",)
    shutil.rmtree(tmp_path / "In")
    session.update(ring)
    assert "in/two.html" not in session.snapshot.artifacts
    assert set(session.snapshot.gone) == {"in/two.html", "in/deep/three.html"}
