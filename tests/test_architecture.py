"""The shape of the code: who imports whom, how long files grow, which names are offered."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import sitegen

MAX_LINES = 450


def test_layers_hold(root: Path) -> None:
    command = Path(sysconfig.get_path("scripts")) / "lint-imports"
    done = subprocess.run([command, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_short(root: Path) -> None:
    lengths = {path.relative_to(root).as_posix(): _lines(path) for path in (root / "sitegen").rglob("*.py")}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_file_says_what_it_is(root: Path) -> None:
    silent = [
        path.relative_to(root).as_posix()
        for path in (root / "sitegen").rglob("*.py")
        if not path.read_text("utf-8").startswith(('"""', 'r"""'))
    ]
    assert silent == []


@pytest.mark.parametrize("verb", [["--help"], ["--version"]])
def test_a_verb_imports_only_what_it_needs(root: Path, verb: list[str]) -> None:
    """Importing networkx, Jinja or markdown-it costs more than all else that a small verb does."""
    heavy = ("networkx", "jinja2", "markdown_it", "nh3", "yaml", "multiprocessing")
    code = (
        "import sys\nfrom sitegen.cli import main\n"
        f"try:\n    main({verb!r}, prog_name='sitegen')\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print('imported:', *[name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported:"


def test_the_package_offers_its_version_alone() -> None:
    offered = {name for name, value in vars(sitegen).items() if not isinstance(value, ModuleType)}
    assert {name for name in offered if not name.startswith("__")} == set()
    assert sitegen.__version__


def test_the_locks_name_no_address(root: Path) -> None:
    for lock in [*(root / "requirements").glob("*.txt"), root / "package-lock.json"]:
        text = lock.read_text("utf-8")
        assert "resolved" not in text, lock.name
        assert not any(word in text for word in ("index-url", "find-links", "file:/")), lock.name


def test_the_runtime_lock_covers_the_dependencies(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (root / "requirements" / "run.txt").read_text("utf-8").lower()
    for dependency in project["dependencies"]:
        name = dependency.partition(">")[0].lower()
        assert f"\n{name}==" in lock, name


def _lines(path: Path) -> int:
    return path.read_text("utf-8").count("\n")
