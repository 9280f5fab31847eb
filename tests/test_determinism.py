"""The same vault gives the same bytes: from any folder, under any hash seed, zone, locale and order of files."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import tree


def _build(vault: Path, out: Path, cwd: Path, **environment: str) -> dict[str, bytes]:
    # The folder's name is the site's title where no sitegen.toml gives one, so it is the same everywhere here.
    command = [
        sys.executable,
        "-m",
        "sitegen",
        "build",
        str(vault),
        "-o",
        str(out),
        "--base-url",
        "https://example.org/w",
    ]
    paths = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **paths, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return tree(out)


def _copied_in_another_order(vault: Path, copy: Path) -> Path:
    """The same files, made in another order and with other times, as another checkout would have them."""
    files = [path for path in sorted(vault.rglob("*")) if path.is_file()]
    random.Random(5).shuffle(files)
    for number, path in enumerate(files):
        target = copy / path.relative_to(vault)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1_500_000_000 + number, 1_500_000_000 + number))
    return copy


@pytest.mark.parametrize("name", ["content", "obsidian-help", "tubegraph/zeihanongeopolitics"])
def test_another_folder_seed_zone_locale_and_order_give_the_same_bytes(root: Path, tmp_path: Path, name: str) -> None:
    vault = root / name if name == "content" else root.parent / "shared" / "vaults" / name
    if not vault.is_dir():
        pytest.skip(f"the vault {name} is not in ../shared/vaults")
    here = tmp_path / "here" / vault.name
    there = tmp_path / "a" / "longer" / "way" / "there" / vault.name
    shutil.copytree(vault, here)
    _copied_in_another_order(vault, there)
    first = _build(
        here, tmp_path / "first", tmp_path, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8", HOME=str(tmp_path)
    )
    second = _build(
        there, tmp_path / "other" / "second", there, PYTHONHASHSEED="4242", TZ="Pacific/Kiritimati", LC_ALL="C",
        LANG="tr_TR.UTF-8", PYTHONUTF8="0", COLUMNS="20", USER="somebody",
    )  # fmt: skip
    assert sorted(first) == sorted(second)
    assert [url for url in first if first[url] != second[url]] == []


def test_nothing_of_the_machine_is_in_the_output(root: Path, tmp_path: Path) -> None:
    """No path, user or host name, and no time but those that notes say."""
    vault = tmp_path / "distinctive-parent-folder" / "content"
    shutil.copytree(root / "content", vault)
    user = "distinctive-user-name"
    files = _build(
        vault, tmp_path / "out", tmp_path, USER=user, LOGNAME=user, EMAIL=f"{user}@example.org", HOSTNAME=user
    )
    for url, data in files.items():
        if not url.startswith("static/"):
            for private in (b"distinctive-", str(tmp_path).encode(), str(root).encode()):
                assert private not in data, url


def test_a_build_on_another_day_is_the_same(root: Path, tmp_path: Path) -> None:
    vault = tmp_path / "content"
    shutil.copytree(root / "content", vault)
    first = _build(vault, tmp_path / "one", tmp_path, SOURCE_DATE_EPOCH="0")
    for path in vault.rglob("*"):
        os.utime(path, (0, 0))
    second = _build(vault, tmp_path / "two", tmp_path, SOURCE_DATE_EPOCH="0")
    assert first == second
