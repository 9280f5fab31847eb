"""A command that would change nothing says so at once; whatever it depends on, a change of it is never missed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import tree, write

MANIFEST = "vault/public/.sitegen-manifest.json"
NOTES = {
    "vault/sitegen.toml": 'title = "Wiki"\n',
    "vault/index.md": "See [[a]], [[gone]] and ![[pic.png]].\n",
    "vault/a.md": "Text.\n",
    "vault/pic.png": "P",
    "vault/templates/404.html": '{% extends "builtin/404.html" %}\n',
}
PROBE = (
    "import sys\nfrom sitegen.__main__ import run\nimport atexit, os\n"
    "end = os._exit\n"
    "os._exit = lambda code: (sys.stderr.write('libraries' if 'click' in sys.modules else 'at once'), sys.stderr.flush(), end(code))\n"
    "run()\n"
)


class Site:
    """A site on disk that is built by the command, each time in a new process."""

    def __init__(self, base: Path) -> None:
        self.base = base
        root = str(Path(__file__).parent.parent)
        self.environment = {**os.environ, "XDG_STATE_HOME": str(base / "state"), "PYTHONPATH": root}
        write(base, NOTES)
        self.age()
        self.build()

    def age(self) -> None:
        """Make all files old enough for their times to be trusted, as if time had passed."""
        time.sleep(2.6)

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-c", PROBE, "build", *args]

    def build(self, *args: str, where: Path | None = None) -> tuple[bool, str]:
        """Whether it was done at once, and what it said."""
        command = self.command(*(args or ("vault",)))
        done = subprocess.run(
            command, cwd=where or self.base, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
        self.code = done.returncode
        assert done.stderr.endswith(("at once", "libraries")), done.stderr
        return done.stderr.endswith("at once"), re.sub(r" in [\d.]+ s", "", done.stdout)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("unchanged"))


@pytest.fixture
def site(made: Site) -> Site:
    """The site, with nothing to do."""
    for path, text in NOTES.items():
        if not (made.base / path).exists() or (made.base / path).read_text() != text:
            write(made.base, {path: text})
    for extra in {"new.md", "new.png"}:
        (made.base / "vault" / extra).unlink(missing_ok=True)
    if not made.build()[0]:
        made.age()
        made.build()
    assert made.build()[0]
    return made


def test_it_says_what_it_said(site: Site) -> None:
    _, slowly = site.build("vault", "-v", "--no-cache")
    site.build("vault", "-v")
    at_once, said = site.build("vault", "-v")
    assert at_once
    assert said == re.sub(r"\d+ written", "0 written", slowly.replace("the cache is not used\n", ""))
    assert "no note is named" in said


CHANGES: dict[str, Callable[[Path], object]] = {
    "a note": lambda base: write(base, {"vault/a.md": "Texts.\n"}),
    "a note, to the same size": lambda base: write(base, {"vault/a.md": "Tent.\n"}),
    "a new note": lambda base: write(base, {"vault/new.md": "New.\n"}),
    "a note gone": lambda base: (base / "vault/a.md").unlink(),
    "a note renamed": lambda base: (base / "vault/a.md").rename(base / "vault/new.md"),
    "an attachment": lambda base: write(base, {"vault/pic.png": "Q"}),
    "an attachment that nobody uses": lambda base: write(base, {"vault/new.png": "Q"}),
    "the settings": lambda base: write(base, {"vault/sitegen.toml": 'title = "Other"\n'}),
    "a template": lambda base: write(base, {"vault/templates/404.html": "None\n"}),
    "a page in the output": lambda base: write(base, {"vault/public/a.html": "tampered"}),
    "a page gone from the output": lambda base: (base / "vault/public/a.html").unlink(),
    "the whole output gone": lambda base: shutil.rmtree(base / "vault/public"),
    "the manifest, written again": lambda base: write(base, {MANIFEST: (base / MANIFEST).read_text()}),
    "Obsidian's settings": lambda base: write(base, {"vault/.obsidian/app.json": '{"strictLineBreaks": true}'}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_never_missed(site: Site, change: str) -> None:
    CHANGES[change](site.base)
    assert not site.build()[0]
    kept = tree(site.base / "vault" / "public")
    site.build("vault", "--no-cache", "-o", "clean")
    assert kept == tree(site.base / "clean")
    (site.base / "vault/.obsidian/app.json").unlink(missing_ok=True)
    shutil.rmtree(site.base / "vault" / "public", ignore_errors=True)


def test_an_edit_that_keeps_size_and_time_is_not_missed(site: Site) -> None:
    note = site.base / "vault" / "a.md"
    status = note.stat()
    note.write_text("Tent.\n")
    os.utime(note, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not site.build()[0]
    assert "Tent." in (site.base / "vault/public/a.html").read_text()


def test_a_page_tampered_with_that_keeps_size_and_time_is_not_missed(site: Site) -> None:
    page = site.base / "vault" / "public" / "a.html"
    status, good = page.stat(), page.read_text()
    page.write_text(good.replace("Text.", "Tent."))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not site.build()[0]
    assert page.read_text() == good


def test_edits_right_after_a_build_are_not_missed(site: Site) -> None:
    """A file changed twice within a tick of the clock has one time for both contents."""
    note = site.base / "vault" / "a.md"
    for number in range(6):
        note.write_text(f"Text {number}.\n")
        site.build()
        assert f"Text {number}." in (site.base / "vault/public/a.html").read_text()


def test_after_an_edit_it_is_done_at_once_without_waiting(site: Site) -> None:
    (site.base / "vault" / "a.md").write_text("Just written.\n")
    assert not site.build()[0]
    assert site.build()[0]


def test_other_options_another_folder_another_environment_are_other_commands(site: Site) -> None:
    assert not site.build("vault", "--drafts")[0]
    assert site.build("vault", "--drafts")[0]
    assert not site.build("vault")[0]  # the output says now that drafts are in it
    assert site.build("vault")[0]
    assert not site.build("../vault", where=site.base / "vault")[0]
    site.environment["SOURCE_DATE_EPOCH"] = "1"
    try:
        assert not site.build("vault")[0]
    finally:
        del site.environment["SOURCE_DATE_EPOCH"]


def test_the_exit_code_is_the_same(site: Site) -> None:
    for _ in range(2):
        at_once, _ = site.build("vault", "--strict")
        assert site.code == 1
    assert at_once


def test_a_forged_record_is_not_believed(site: Site) -> None:
    for record in (site.base / "vault" / ".sitegen" / "cache" / "last").iterdir():
        record.write_bytes(record.read_bytes().replace(b"Wiki", b"Evil").replace(b"0 written", b"9 written"))
    assert not site.build()[0]


def test_a_record_of_nothing_is_not_believed(site: Site) -> None:
    for record in (site.base / "vault" / ".sitegen" / "cache" / "last").iterdir():
        record.write_bytes(b"\0" * 32 + json.dumps({"text": "All is well.\n", "code": 0}).encode())
    assert not site.build()[0]


def test_without_a_place_for_a_key_there_is_no_cache_and_no_record(tmp_path: Path) -> None:
    write(tmp_path, NOTES)
    write(tmp_path, {"state": "a file"})
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    for _ in range(2):
        command = [sys.executable, "-m", "sitegen", "build", "vault", "-v"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        assert "there is no cache" in done.stdout
        assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
def test_what_was_written_while_another_build_was_waited_for_is_in_the_site(site: Site) -> None:
    """The vault was looked at before that to see whether there is anything to do; that look is too old then."""
    import fcntl

    write(site.base, {"vault/a.md": "Before.\n"})
    [lock] = site.base.rglob(".sitegen/cache/*/lock")
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen(
            site.command("vault"), cwd=site.base, env=site.environment, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        assert "waiting for it" in process.stderr.readline()
        write(site.base, {"vault/a.md": "Meanwhile.\n", "vault/new.md": "New.\n"})
    process.communicate(timeout=60)
    pages = tree(site.base / "vault/public")
    assert b"Meanwhile." in pages["a.html"]
    assert "new.html" in pages
