"""After hundreds of random edits what is served equals a clean build, no edit was missed, and memory has not grown."""

from __future__ import annotations

import random
import re
import shutil
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.edits import Edits
from tests.conftest import run_build, tree
from tests.preview import Preview, serve

SCRIPT = re.compile(rb'<script src="/.sitegen/preview.js[^>]*></script>\n')


def memory(preview: Preview) -> float:
    """Megabytes of memory that the process has to itself."""
    status = Path(f"/proc/{preview.process.pid}/smaps_rollup")
    if not status.exists():
        pytest.skip("this system does not say how much memory a process has")
    found = re.search(r"Pss:\s+(\d+) kB", status.read_text())
    assert found
    return int(found[1]) / 1024


def differences(preview: Preview, folder: Path) -> list[str]:
    """The files of a clean build that are served otherwise or not at all."""
    run_build(preview.vault, folder, "--no-cache")
    wanted = tree(folder)
    del wanted[".sitegen-manifest.json"]
    different = []
    for name, content in wanted.items():
        answer = preview.get("/" + quote(name))
        served = SCRIPT.sub(b"", answer.body, count=1)
        if answer.status != 200 or served != content:
            different.append(name)
    return different


def edit(preview: Preview, edits: Edits, count: int) -> set[str]:
    """Make so many edits as fast as they go, with a pause now and then, and wait until they are served; returns the kinds."""
    chance, kinds = random.Random(11), set[str]()
    for _ in range(count):
        kinds.add(edits.one())
        if chance.random() < 0.3:
            time.sleep(chance.random() * 0.05)
    preview.write("Last of all.md", f"The last of {count} edits.")
    preview.until(lambda: preview.shows("/last-of-all.html", f"The last of {count} edits"), 60)
    time.sleep(4)  # everything is looked through once more after an edit, and memory tidied
    return kinds


@pytest.mark.slow
def test_the_served_site_equals_a_clean_build_after_many_edits(zeihan_vault: Path, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    shutil.copytree(zeihan_vault, vault)
    with serve(vault) as preview:
        edits = Edits(vault, 7)
        edit(preview, edits, 150)  # until everything is imported and has been used
        before = memory(preview)
        assert len(edit(preview, edits, 300)) == 8
        assert memory(preview) < before * 1.1
        assert differences(preview, tmp_path / "clean") == []
        assert not preview.said("Traceback")
