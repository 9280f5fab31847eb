"""What is installed from a wheel builds what the checkout builds, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import tree


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the source distribution, so that it shows whether either lacks a file."""
    if not (root / "static" / "vendor").is_dir():
        pytest.fail("static/vendor is not there (make vendor)")
    dist = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(dist), str(root))
    (made,) = dist.glob("*.whl")
    return made


def test_wheel_holds_the_program_and_its_theme_and_nothing_else(root: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    program = _files(root / "sitegen", "sitegen")
    theme = _files(root / "templates", "sitegen/theme/templates") | _files(root / "static", "sitegen/theme/static")
    assert held == program | theme
    assert any(name.startswith("sitegen/theme/static/vendor/") for name in held)
    assert "sitegen/py.typed" in held


def test_wheel_builds_the_same_bytes_as_the_checkout(root: Path, wheel: Path, tmp_path: Path) -> None:
    python = _install(root, wheel, tmp_path / "venv")
    # The site is copied away from the checkout, whose own theme would else stand in for the wheel's.
    here, there = _copy_of_our_site(root, tmp_path / "here"), _copy_of_our_site(root, tmp_path / "there")
    common = {"SOURCE_DATE_EPOCH": "1767312000"}
    _run(sys.executable, "-m", "sitegen", "build", str(here), "-o", str(tmp_path / "a"), cwd=root, env=common)
    elsewhere = common | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    command = (str(python.parent / "sitegen"), "build", str(there), "-o", str(tmp_path / "b"))
    _run(*command, cwd=tmp_path, env=elsewhere)

    ours, installed = tree(tmp_path / "a"), tree(tmp_path / "b")
    assert "index.html" in ours
    assert sorted(installed) == sorted(ours)
    assert [name for name in ours if installed[name] != ours[name]] == []


def _install(root: Path, wheel: Path, folder: Path) -> Path:
    """A new environment with the locked libraries and the wheel; returns its Python."""
    venv.create(folder, symlinks=True, with_pip=False)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-input", "--no-compile")
    _run(*pip, "--require-hashes", "-r", str(root / "requirements" / "run.txt"))
    _run(*pip, "--no-deps", str(wheel))
    return python


def _copy_of_our_site(root: Path, folder: Path) -> Path:
    shutil.copytree(root / "content", folder / "content", ignore=shutil.ignore_patterns(".sitegen"))
    if (root / "sitegen.toml").exists():
        shutil.copy(root / "sitegen.toml", folder)
    return folder / "content"


def _files(folder: Path, prefix: str) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {f"{prefix}/{path.as_posix()}" for path in found if "__pycache__" not in path.parts}


def _run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=inherited | (env or {}), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
