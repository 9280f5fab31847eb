"""Work in several processes, and elsewhere: the same site, and a word when a worker dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.cli import main
from sitegen.pool import WorkerError, Workers, cluster, local
from tests.conftest import run_build, write

NOTES = {
    f"folder {n % 7}/note {n}.md": f"---\nvideoId: dQw4w9WgXc{n % 9}\n---\n\nText [{n % 60}:10] of [[note {n + 1}]].\n"
    for n in range(700)
}


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_any_number_of_jobs_gives_the_same_bytes(tmp_path: Path, jobs: str) -> None:
    write(tmp_path / "vault", NOTES)
    alone = run_build(tmp_path / "vault", tmp_path / "alone", "--no-cache", "-j", "1")
    several = run_build(tmp_path / "vault", tmp_path / "several", "--no-cache", "-j", jobs)
    assert several.files() == alone.files()
    kept = run_build(tmp_path / "vault", tmp_path / "kept", "-j", jobs)
    again = run_build(tmp_path / "vault", tmp_path / "again", "-j", "1")  # from the cache that workers filled
    assert kept.files() == again.files() == alone.files()


def _dies(shared: bytes, chunk: Sequence[str]) -> list[str]:
    if "b" in chunk:
        os._exit(1)
    return list(chunk)


def _fails(shared: bytes, chunk: Sequence[str]) -> list[str]:
    raise ValueError("a bug")


def test_a_worker_that_dies_is_reported_with_its_notes() -> None:
    workers = local(2)
    with pytest.raises(WorkerError, match=r"at the notes b to b .*--jobs 1"):
        list(Workers(workers._start, break_even=1).run(_dies, b"", iter(["b"]), 1, str))


def test_an_exception_in_a_worker_is_not_swallowed() -> None:
    workers = Workers(local(2)._start, break_even=1)
    with pytest.raises(ValueError, match="a bug"):
        list(workers.run(_fails, b"", iter(["a"]), 1, str))
    workers.close()


def test_a_worker_that_dies_is_an_error_without_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "vault", NOTES)
    monkeypatch.setattr("sitegen.build.parse_notes", _killed)
    arguments = ["build", str(tmp_path / "vault"), "-o", str(tmp_path / "out"), "-j", "2"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 2
    assert "a worker process ended unexpectedly" in result.stderr
    assert "folder 0/note 0.md" in result.stderr
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert run_build(tmp_path / "vault", tmp_path / "out", "-j", "2").exit_code == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says who started a process")
def test_workers_end_with_a_build_that_is_killed_and_the_next_one_need_not_wait(tmp_path: Path) -> None:
    write(tmp_path / "vault", NOTES)
    build = [sys.executable, "-m", "sitegen", "build", str(tmp_path / "vault"), "-o", str(tmp_path / "out"), "-j", "2"]
    process = subprocess.Popen(build, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    started: list[str] = []
    while len(started) < 2 and process.poll() is None:
        time.sleep(0.001)
        started = children.read_text().split()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(started) == 2, "it ended before it was killed"
    again = subprocess.run(build, stderr=subprocess.PIPE, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert not [worker for worker in started if Path(f"/proc/{worker}/cwd").exists()]


def _killed(shared: bytes, chunk: Sequence[object]) -> list[object]:
    os._exit(1)


def test_results_come_in_order_and_little_is_under_way_at_once() -> None:
    taken: list[int] = []

    def items() -> Iterator[str]:
        for number in range(3_000):
            taken.append(number)
            yield str(number)

    workers = Workers(local(2)._start, break_even=1)
    done = workers.run(_same, b"", items(), 3_000, str)
    first = next(done)
    assert first == "0"
    assert len(taken) < 3_000 / 2  # so neither notes nor pages need all be in memory
    assert [first, *done] == [str(number) for number in range(3_000)]
    workers.close()


def _same(shared: bytes, chunk: Sequence[str]) -> list[str]:
    return list(chunk)


# ---- Dask ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a cluster of two workers on this machine."""
    if not os.environ.get("CI"):
        pytest.importorskip("distributed", reason="Dask is not installed: pip install 'sitegen[dask]'")
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made.scheduler_address


@pytest.mark.filterwarnings("default")  # Dask's own warnings are not ours
def test_a_cluster_gives_the_same_bytes(tmp_path: Path, scheduler: str) -> None:
    write(tmp_path / "vault", NOTES)
    alone = run_build(tmp_path / "vault", tmp_path / "alone", "--no-cache", "-j", "1")
    spread = run_build(tmp_path / "vault", tmp_path / "spread", "--no-cache", "--executor", scheduler)
    assert spread.files() == alone.files()
    told = [line for line in alone.stdout.splitlines() if " pages, " not in line and "written" not in line]
    assert [line for line in spread.stdout.splitlines() if " pages, " not in line and "written" not in line] == told


def test_a_cluster_that_does_not_answer_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'sitegen[dask]'")
    monkeypatch.setattr("sitegen.pool._PATIENCE", 1)
    write(tmp_path / "vault", {"a.md": "x"})
    arguments = ["build", str(tmp_path / "vault"), "-o", str(tmp_path / "out"), "--executor", "tcp://127.0.0.1:9"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in result.stderr


def test_without_dask_the_option_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(WorkerError, match=r"sitegen\[dask\]"):
        cluster("tcp://127.0.0.1:8786")
