"""A vault from somebody else may bring links, pipes and folders with it where a build reads and writes what is its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import run_build, tree, write

MANIFEST = ".sitegen-manifest.json"
NOTES = {"vault/index.md": "See [[a]].\n", "vault/a.md": "Text.\n"}


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write(tmp_path, NOTES)
    return tmp_path


def _command(base: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Build as people do, in a process of its own, which must not wait for ever."""
    command = [sys.executable, "-m", "sitegen", "build", "vault", "-o", "out", *args]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    return subprocess.run(command, cwd=base, env=environment, capture_output=True, text=True, timeout=60)


def _cache(base: Path) -> Path:
    """The folder of the vault's cache."""
    [folder] = [path.parent for path in base.glob(".sitegen/cache/*/lock")]
    return folder


# ---- links where a build writes -----------------------------------------------------------------------


def test_a_link_in_place_of_the_records_costs_nobody_a_file(base: Path) -> None:
    mine = {f"mine/{n}.txt": "mine" for n in range(20)}
    write(base, mine)
    (base / ".sitegen" / "cache").mkdir(parents=True)
    (base / ".sitegen" / "cache" / "last").symlink_to("../../mine")
    for _ in range(2):
        assert _command(base).returncode == 0
    assert {f"mine/{name}" for name in tree(base / "mine")} == set(mine)


def test_a_link_in_place_of_a_temporary_file_is_not_followed(base: Path) -> None:
    run_build(base / "vault", base / "out")
    write(base, {"mine.txt": "mine", "vault/new.md": "New.\n"})
    (base / "out" / ".sitegen-part").symlink_to(base / "mine.txt")
    built = run_build(base / "vault", base / "out")
    assert (base / "mine.txt").read_text() == "mine"
    assert built.files() == run_build(base / "vault", base / "clean", "--no-cache").files()


@pytest.mark.parametrize("kind", ["old", "new"])
def test_links_in_a_former_output_are_not_followed(base: Path, kind: str) -> None:
    run_build(base / "vault", base / "out")
    write(base, {"mine/secret.txt": "mine"})
    write(base, {f".out.sitegen-{kind}/{MANIFEST}": json.dumps({"files": ["way/secret.txt"]})})
    (base / f".out.sitegen-{kind}" / "way").symlink_to(base / "mine")
    built = run_build(base / "vault", base / "out")
    assert (base / "mine" / "secret.txt").read_text() == "mine"
    assert built.files() == run_build(base / "vault", base / "clean", "--no-cache").files()


def test_nothing_of_a_former_output_gets_outside_by_a_link(base: Path) -> None:
    run_build(base / "vault", base / "out")
    (base / "mine").mkdir()
    write(base, {".out.sitegen-old/way/planted.txt": "theirs"})
    (base / "out" / "way").symlink_to(base / "mine")
    built = run_build(base / "vault", base / "out")
    assert tree(base / "mine") == {}
    assert built.exit_code == 2
    assert "link" in built.stderr


@pytest.mark.parametrize("name", ["a\0b", ".", "static/.", "./a.html", "static//x"])
def test_a_manifest_with_names_that_no_page_has_does_no_harm(base: Path, name: str) -> None:
    clean = run_build(base / "vault", base / "out").files()
    manifest = json.loads(clean[MANIFEST])
    manifest["files"].append(name)
    (base / "out" / MANIFEST).write_text(json.dumps(manifest))
    assert run_build(base / "vault", base / "out").files() == clean


# ---- what can be read without end ---------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize("put", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "link"])
@pytest.mark.parametrize("name", ["state", "changes", "state.part", "changes.part", "pack-1", "last", "last.part"])
def test_a_cache_of_pipes_and_devices_is_as_good_as_none(base: Path, name: str, put: Callable[[Path], object]) -> None:
    _command(base)
    write(base, {"vault/a.md": "Other text.\n"})
    _command(base)
    folder = _cache(base)
    if name.startswith("last"):
        [record] = (folder.parent / "last").iterdir()
        victim = record.with_name(record.name + name.removeprefix("last"))
    else:
        victim = folder / name
    victim.unlink(missing_ok=True)
    put(victim)
    write(base, {"vault/index.md": "Not [[a]], but [[b]].\n"})
    done = _command(base)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(base / "out") == run_build(base / "vault", base / "clean", "--no-cache").files()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize("path", ["vault/.obsidian/app.json", "vault/sitegen.toml"])
def test_settings_that_are_no_file_are_none(base: Path, path: str) -> None:
    (base / path).parent.mkdir(exist_ok=True)
    os.mkfifo(base / path)
    done = _command(base)
    assert (done.returncode, done.stderr) == (0, "")
    (base / path).unlink()
    (base / path).mkdir()
    done = _command(base)
    assert (done.returncode, done.stderr) == (0, "")
