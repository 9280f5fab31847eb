"""What many tests need: the shared vaults, and a site built from a few lines of notes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What sitegen keeps for its user is kept apart from that of whoever runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data beside the checkout; the test is skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("the shared test data (../shared) is not here")
    return SHARED


@pytest.fixture(scope="session")
def zeihan_vault(shared: Path) -> Path:
    """491 real notes of one channel."""
    return _vault(shared, "tubegraph/zeihanongeopolitics")


@pytest.fixture(scope="session")
def tubegraph_vault(shared: Path) -> Path:
    """5,253 real notes of 13 channels."""
    return _vault(shared, "tubegraph")


@pytest.fixture(scope="session")
def help_vault(shared: Path) -> Path:
    """The Obsidian help: 173 notes that use every construct."""
    return _vault(shared, "obsidian-help")


def _vault(shared: Path, name: str) -> Path:
    if not (shared / "vaults" / name).is_dir():
        pytest.skip(f"the vault {name} is not in ../shared/vaults")
    return shared / "vaults" / name


@dataclass(frozen=True)
class Built:
    """One run of ``sitegen build``: what it left on disk and what it said."""

    vault: Path
    out: Path
    exit_code: int
    output: str  # standard output and error as a person sees them
    stdout: str
    stderr: str

    def page(self, url: str) -> str:
        """The text of one file of the site."""
        return (self.out / url).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """All files of the site by address."""
        return tree(self.out)


BuildSite = Callable[..., Built]


@pytest.fixture
def build_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildSite:
    """``build_site(files, config=None, *args) -> Built``: writes a vault and builds it in this process.

    ``files`` are contents by path; a later call adds to and overwrites those of earlier ones, and ``None``
    deletes. ``config`` is the text of sitegen.toml. ``args`` are further arguments of ``sitegen build``.
    Equal times for all: SOURCE_DATE_EPOCH is 2026-01-02 unless the test set it.
    """
    if "SOURCE_DATE_EPOCH" not in os.environ:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767312000")

    def run(
        files: Mapping[str, str | bytes | None], config: str | None = None, *args: str, exit_code: int | None = 0
    ) -> Built:
        vault, out = tmp_path / "vault", tmp_path / "out"
        vault.mkdir(exist_ok=True)
        write(vault, files if config is None else {**files, "sitegen.toml": config})
        built = run_build(vault, out, *args)
        if exit_code is not None:
            assert built.exit_code == exit_code, built.output
        return built

    return run


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Write contents by path below ``folder``; ``None`` deletes the file."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below ``folder`` by relative path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run_build(vault: Path, out: Path, *args: str) -> Built:
    """Run ``sitegen build VAULT -o OUT ARGS`` in this process. An exception is a bug and goes through."""
    from sitegen.cli import main

    result = CliRunner().invoke(main, ["build", str(vault), "-o", str(out), *args], catch_exceptions=False)
    return Built(vault, out, result.exit_code, result.output, result.stdout, result.stderr)


# Property tests find the same examples wherever CI runs, and as many as fit a pull request's minute.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
