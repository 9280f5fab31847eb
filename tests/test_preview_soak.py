"""After hundreds of random edits what is served equals a clean build, no edit was missed, and memory has not grown."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from benchmarks.edits import Edits
from tests.conftest import run_build, tree
from tests.preview import Preview, serve

SCRIPT = re.compile(rb'<script src="/.sitegen/preview.js[^>]*></script>\n')


@pytest.fixture
def preview(zeihan_vault: Path, tmp_path: Path) -> Iterator[Preview]:
    shutil.copytree(zeihan_vault, tmp_path / "vault")
    with serve(tmp_path / "vault") as running:
        yield running


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


@pytest.mark.slow
def test_the_served_site_equals_a_clean_build_after_many_edits(preview: Preview, tmp_path: Path) -> None:
    edits, chance = Edits(preview.vault, 7), random.Random(11)
    seen = set[str]()
    before = 0.0
    for number in range(300):
        seen.add(edits.one())
        if chance.random() < 0.3:
            time.sleep(chance.random() * 0.05)
        if number == 100:
            before = memory(preview)
    assert len(seen) == 8
    preview.write("Last of all.md", "The last edit.")
    preview.until(lambda: preview.shows("/last-of-all.html", "The last edit"), 60)
    time.sleep(3)  # everything is looked through once more after an edit
    assert differences(preview, tmp_path / "clean") == []
    assert memory(preview) < before * 1.1
