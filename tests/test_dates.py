"""When notes changed last, as real git repositories say."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sitegen.disk.dates import Dates, head_files
from tests.conftest import BuildSite

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
ASKED = "git_dates = true\n"


class Repository:
    """A repository whose commits have the dates that they are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, day: str = "2020-01-01") -> str:
        names = {"NAME": "Nobody", "EMAIL": "nobody@example.org", "DATE": f"{day}T12:00:00+0000"}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in names.items()}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=os.environ | who | quiet, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self, day: str, **files: str | None) -> None:
        for name, text in files.items():
            path = self.folder / (name.replace("__", "/") + ".md")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", day, day=day)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "vault")


def test_the_last_commit_of_each_note_counts(repository: Repository) -> None:
    repository.commit("2024-01-01", a="1", sub__b="1", gone="1", Überblick="1")
    repository.commit("2024-02-02", a="2", gone=None)
    repository.commit("2024-03-03", sub__c="1")
    (repository.folder / "gone.md").write_text("again, but in no commit")
    dates = Dates(repository.folder)
    notes = ["a.md", "sub/b.md", "sub/c.md", "gone.md", "new.md", "Überblick.md"]
    assert dates.of(notes) == {
        "a.md": "2024-02-02",
        "sub/b.md": "2024-01-01",
        "sub/c.md": "2024-03-03",
        "Überblick.md": "2024-01-01",
    }
    assert dates.of(notes) is dates.of(list(reversed(notes)))  # nothing is new
    assert Dates(repository.folder / "sub").of(["b.md", "c.md"]) == {"b.md": "2024-01-01", "c.md": "2024-03-03"}


def test_what_was_read_is_kept_until_there_is_another_commit(repository: Repository, tmp_path: Path) -> None:
    repository.commit("2024-01-01", a="1", b="1")
    kept = tmp_path / "cache"
    kept.mkdir()
    assert Dates(repository.folder, kept).of(["a.md"]) == {"a.md": "2024-01-01"}
    assert (kept / "dates").is_file()
    assert Dates(repository.folder, kept).of(["a.md", "b.md"]) == {"a.md": "2024-01-01", "b.md": "2024-01-01"}
    repository.commit("2024-02-02", a="2")
    assert Dates(repository.folder, kept).of(["a.md", "b.md"]) == {"a.md": "2024-02-02", "b.md": "2024-01-01"}
    (kept / "dates").write_bytes(b"somebody else's")
    assert Dates(repository.folder, kept).of(["a.md"]) == {"a.md": "2024-02-02"}


def test_without_a_repository_or_a_commit_there_are_none(tmp_path: Path) -> None:
    assert Dates(tmp_path).of(["a.md"]) == {}
    repository = Repository(tmp_path / "empty")
    assert Dates(repository.folder).of(["a.md"]) == {}


def test_a_history_that_is_cut_off_dates_nothing_before_it(repository: Repository, tmp_path: Path) -> None:
    repository.commit("2024-01-01", a="1", b="1")
    repository.commit("2024-02-02", b="2")
    repository.commit("2024-03-03", a="2")
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    assert Dates(tmp_path / "shallow").of(["a.md", "b.md"]) == {"a.md": "2024-03-03"}


def test_a_linked_work_tree_has_its_own_head(repository: Repository, tmp_path: Path) -> None:
    repository.commit("2024-01-01", a="1")
    repository.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    repository.commit("2024-02-02", a="2")
    other = Dates(tmp_path / "other")
    assert other.of(["a.md"]) == {"a.md": "2024-01-01"}
    assert Dates(repository.folder).of(["a.md"]) == {"a.md": "2024-02-02"}
    repository.git("-C", str(tmp_path / "other"), "merge", "-q", "--ff-only", "main")
    assert other.of(["a.md"]) == {"a.md": "2024-02-02"}


@pytest.mark.parametrize(
    "settings",
    [
        "core.fsmonitor={trap}",
        "core.pager={trap}",
        "core.hooksPath={folder}",
        "diff.external={trap}",
        "diff.trap.command={trap}",
        "diff.trap.textconv={trap}",
        "gpg.program={trap}",
        "log.showSignature=true",
        "pager.log={trap}",
        "core.sshCommand={trap}",
        "core.editor={trap}",
        "alias.log=!{trap}",
        "log.showRoot=false",
        "diff.orderFile=/nowhere",
    ],
)
def test_nothing_that_a_repository_names_is_run(repository: Repository, tmp_path: Path, settings: str) -> None:
    repository.commit("2024-01-01", a="1")
    (repository.folder / ".gitattributes").write_text("*.md diff=trap filter=trap\n")
    repository.commit("2024-02-02", b="1")
    trap = tmp_path / "traps" / "trap"
    trap.parent.mkdir()
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        shutil.copy(trap, trap.parent / hook)
    name, _, value = settings.partition("=")
    repository.git("config", name, value.format(trap=trap, folder=trap.parent))
    assert Dates(repository.folder).of(["a.md", "b.md"]) == {"a.md": "2024-01-01", "b.md": "2024-02-02"}
    assert not (tmp_path / "sprung").exists()


def test_only_who_asks_has_them_and_a_new_commit_is_noticed(
    build_site: BuildSite, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("2024-01-01", a="Some text.\n", b="---\ndate: 2025-05-05\n---\n\nDated.\n")
    built = build_site({}, "")
    assert "2024-01-01" not in built.page("recent.html")
    built = build_site({}, ASKED)
    assert "2024-01-01" in built.page("recent.html") and "2024-01-01" in built.page("index.html")
    assert "2025-05-05" in built.page("recent.html")
    assert "2024-01-01" not in built.page("a.html")
    repository.git("commit", "-q", "--amend", "--no-edit", "--date", "2024-09-09T12:00:00+0000")
    built = build_site({}, None)
    assert "2024-09-09" in built.page("recent.html") and "2024-01-01" not in built.page("recent.html")


def test_an_unchanged_vault_with_a_new_commit_is_not_the_same(repository: Repository, tmp_path: Path) -> None:
    import sys

    repository.commit("2024-01-01", a="Some text.\n", sitegen="x")
    (repository.folder / "sitegen.toml").write_text(ASKED)
    command = [sys.executable, "-m", "sitegen", "build", str(repository.folder), "-o", str(tmp_path / "out")]
    for _ in range(2):
        subprocess.run(command, check=True, capture_output=True)
    assert "2024-01-01" in (tmp_path / "out" / "recent.html").read_text("utf-8")
    repository.git("commit", "-q", "--amend", "--no-edit", "--date", "2024-09-09T12:00:00+0000")
    subprocess.run(command, check=True, capture_output=True)
    assert "2024-01-01" not in (tmp_path / "out" / "recent.html").read_text("utf-8")


def test_which_files_tell_of_a_commit(repository: Repository) -> None:
    repository.commit("2024-01-01", a="1")
    names = [Path(name).relative_to(repository.folder / ".git").as_posix() for name in head_files(repository.folder)]
    assert names == ["HEAD", "refs/heads/main", "packed-refs", "shallow", "reftable/tables.list"]
