"""The output folder: only what is ours is written or removed, never half a page, never outside it."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BuildSite, run_build, tree, write

MANIFEST = ".sitegen-manifest.json"
NOTES = {f"folder/note {n}.md": f"# Note {n}\n\nText {n} links to [[note {n + 1}]].\n" for n in range(300)}


def _cli(*args: str, limits: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sitegen", "build", *args]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limits)


def _whole(page: bytes) -> bool:
    return page.startswith(b"<!DOCTYPE html>") and page.rstrip().endswith(b"</html>")


# ---- what is removed, and what never ------------------------------------------------------------------


def test_pages_of_notes_that_went_away_are_removed_and_nothing_else(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x", "gone/b.md": "x", "gone/c.md": "![[p.png]]", "p.png": b"P", "d.md": "x"})
    out = tmp_path / "out"
    write(out, {"CNAME": "example.org", "gone/mine.txt": "mine", ".git/HEAD": "ref", "a.html.bak": "mine"})
    built = build_site({"gone/b.md": None, "gone/c.md": "---\ndraft: true\n---\n", "d.md": None, "e.md": "x"})
    files = built.files()
    for path in ("gone/b.html", "gone/c.html", "gone/index.html", "d.html", "p.png"):
        assert path not in files
    assert {"a.html", "e.html"} <= set(files)
    assert files["CNAME"] == b"example.org"
    assert files["gone/mine.txt"] == files["a.html.bak"] == b"mine"
    assert files[".git/HEAD"] == b"ref"


def test_folders_that_are_empty_now_are_removed(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x", "one/two/b.md": "x"})
    build_site({"one/two/b.md": None})
    assert not (tmp_path / "out" / "one").exists()


def test_a_page_may_stand_where_a_folder_was_and_the_other_way_round(build_site: BuildSite, tmp_path: Path) -> None:
    files = {"x.html/a.md": "x", "b.md": "---\npermalink: y.html\n---\n"}
    build_site(files)
    assert {"x.html/a.html", "y.html"} <= set(tree(tmp_path / "out"))
    turned = {"x.html/a.md": None, "c.md": "---\npermalink: x\n---\n", "b.md": None, "y.html/d.md": "x"}
    built = build_site(turned).files()
    assert {"x.html", "y.html/d.html"} <= set(built)
    assert not {"x.html/a.html", "y.html"} & set(built)
    write(tmp_path / "out", {"y.html/mine.txt": "mine"})
    refused = build_site({"y.html/d.md": None, "b.md": "---\npermalink: y.html\n---\n"}, exit_code=2)
    assert "y.html was not written by sitegen and is in the way" in refused.stderr
    assert (tmp_path / "out" / "y.html" / "mine.txt").read_text() == "mine"


def test_a_page_changed_by_hand_is_written_again(build_site: BuildSite, tmp_path: Path) -> None:
    clean = build_site({"a.md": "x"}).files()
    (tmp_path / "out" / "a.html").write_bytes(b"changed")
    (tmp_path / "out" / "index.html").unlink()
    assert build_site({}).files() == clean


def test_the_manifest_lists_exactly_the_site(build_site: BuildSite) -> None:
    built = build_site({"a.md": "x"})
    listed = json.loads(built.page(MANIFEST))["files"]
    assert sorted(listed) == sorted(set(built.files()) - {MANIFEST})


@pytest.mark.parametrize(
    "names", [["../outside.txt"], ["/etc/hosts"], ["a/../../outside.txt"], [7, None], "x", ["..\\outside.txt"]]
)
def test_a_forged_manifest_removes_nothing_outside(build_site: BuildSite, tmp_path: Path, names: object) -> None:
    clean = build_site({"a.md": "x"}).files()
    write(tmp_path, {"outside.txt": "mine"})
    (tmp_path / "out" / MANIFEST).write_text(json.dumps({"files": names}))
    for path in clean:
        if path != MANIFEST:
            (tmp_path / "out" / path).unlink()
    build_site({})
    assert (tmp_path / "outside.txt").read_text() == "mine"


def test_a_damaged_manifest_never_costs_a_foreign_file(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x"})
    write(tmp_path / "out", {"mine.txt": "mine", MANIFEST: "{damaged"})
    built = build_site({}, exit_code=None)
    assert built.exit_code in (0, 2)
    assert "Traceback" not in built.output
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


# ---- which folders are refused --------------------------------------------------------------------------


def test_the_vault_itself_and_folders_that_hold_it_are_refused(tmp_path: Path) -> None:
    vault = tmp_path / "home" / "vault"
    write(vault, {"a.md": "x"})
    (tmp_path / "link").symlink_to(vault)
    before = tree(tmp_path)
    for output in (vault, vault.parent, tmp_path, tmp_path / "link", vault / "sub" / ".."):
        built = run_build(vault, output)
        assert built.exit_code == 2, output
        assert "error" in built.stderr
    assert tree(tmp_path) == before


def test_a_file_a_link_and_a_folder_with_foreign_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path, {"vault/a.md": "x", "file": "mine", "foreign/mine.txt": "mine", "elsewhere/x": "mine"})
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path)
    for name in ("file", "link", "foreign"):
        built = run_build(tmp_path / "vault", tmp_path / name)
        assert built.exit_code == 2, name
        assert name in built.stderr
    assert tree(tmp_path) == before


def test_links_inside_the_output_are_not_followed(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x", "sub/b.md": "x", "sub/c.md": "x"})
    out = tmp_path / "out"
    write(tmp_path, {"elsewhere/b.html": "mine", "elsewhere/c.html": "mine", "target.html": "mine"})
    for path in (out / "sub").iterdir():
        path.unlink()
    (out / "sub").rmdir()
    (out / "sub").symlink_to(tmp_path / "elsewhere")
    (out / "a.html").unlink()
    (out / "a.html").symlink_to(tmp_path / "target.html")
    built = build_site({"sub/c.md": None}, exit_code=None)
    assert built.exit_code == 2
    assert "link" in built.stderr
    assert {
        path: (tmp_path / path).read_text() for path in ("elsewhere/b.html", "elsewhere/c.html", "target.html")
    } == dict.fromkeys(("elsewhere/b.html", "elsewhere/c.html", "target.html"), "mine")
    (out / "sub").unlink()
    built = build_site({})
    assert not (out / "a.html").is_symlink()
    assert (tmp_path / "target.html").read_text() == "mine"


def test_a_folder_put_in_the_place_of_a_page_stays_when_its_note_goes(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x", "b.md": "x"})
    (tmp_path / "out" / "b.html").unlink()
    write(tmp_path, {"out/b.html/mine.txt": "mine"})
    built = build_site({"b.md": None})
    assert built.files()["b.html/mine.txt"] == b"mine"


def test_an_output_inside_the_vault_is_no_content(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    write(vault, {"a.md": "![[pic.png]]", "pic.png": b"P"})
    first = run_build(vault, vault / "public").files()
    again = run_build(vault, vault / "public")
    assert again.files() == first
    assert "public/" not in json.loads(first[MANIFEST].decode())["files"]
    assert not [url for url in first if url.startswith("public")]


# ---- what kills a build -----------------------------------------------------------------------------------


def _kill(vault: Path, out: Path, when: float) -> None:
    """Start a build and kill it after so many seconds, unless it ends before."""
    process = subprocess.Popen([sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out), "-q"])
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < when:
        time.sleep(0.0005)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("changed", [120, 300], ids=["file by file", "a new folder"])
def test_killed_at_any_moment_a_build_leaves_whole_pages_and_the_next_one_equals_a_clean_one(
    tmp_path: Path, changed: int
) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, NOTES)
    known = [run_build(vault, out, "-q").files()]
    began = time.monotonic()
    write(vault, {name: text + "Before.\n" for name, text in NOTES.items()})
    subprocess.run([sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out), "-q"], check=True)
    length = time.monotonic() - began
    known.append(tree(out))
    moments = random.Random(changed)
    for part in range(20):
        write(vault, {name: f"{text}\nChange {part}.\n" for name, text in list(NOTES.items())[:changed]})
        _kill(vault, out, moments.uniform(0, length))
        known.append(run_build(vault, tmp_path / "clean", "-q", "--no-cache").files())
        for url, data in tree(out).items():
            if url.endswith(".html"):
                assert _whole(data), url
                assert data in [files.get(url) for files in known], url
        if part % 4 == 3:
            assert run_build(vault, out, "-q").files() == known[-1]
    assert run_build(vault, out, "-q").files() == known[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".sitegen", "clean", "out", "vault"]


def test_a_build_killed_while_it_replaces_files_is_finished_by_the_next(tmp_path: Path) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, NOTES)
    known = [run_build(vault, out, "-q").files()]
    unfinished = part = 0
    while part < 6 or (not unfinished and part < 40):
        part += 1
        some = list(NOTES.items())[:230]
        write(vault, {name: f"{text}\nChange {part}.\n" for name, text in some})
        write(vault, {f"new {part}.md": "New.\n"})
        known.append(run_build(vault, tmp_path / "clean", "-q").files())
        manifest = (out / MANIFEST).stat().st_ino
        process = subprocess.Popen([sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out), "-q"])
        while process.poll() is None and (out / MANIFEST).stat().st_ino == manifest:
            time.sleep(0.0005)
        time.sleep(0.002 * (part % 6))  # it is writing now
        process.send_signal(signal.SIGKILL)
        process.wait()
        pages = {url: data for url, data in tree(out).items() if url.endswith(".html")}
        unfinished += any(data != known[-1].get(url) for url, data in pages.items())
        for url, data in pages.items():
            assert _whole(data), url
            assert data in [files.get(url) for files in known], url
    assert unfinished, "no build was killed while it wrote"
    assert run_build(vault, out, "-q").files() == known[-1]


def test_what_a_swap_had_set_aside_comes_back(build_site: BuildSite, tmp_path: Path) -> None:
    clean = build_site({"a.md": "x"}).files()
    (tmp_path / "out").rename(tmp_path / ".out.sitegen-old")  # killed between two renames
    write(tmp_path, {".out.sitegen-old/mine.txt": "mine", ".out.sitegen-new/half.html": "ha"})
    built = build_site({})
    assert built.files() == {**clean, "mine.txt": b"mine"}
    assert not list(tmp_path.glob(".out*"))


def test_a_foreign_file_in_a_former_output_is_kept(build_site: BuildSite, tmp_path: Path) -> None:
    build_site({"a.md": "x"})
    old = tmp_path / ".out.sitegen-new"  # swapped, then killed before the old files were removed
    write(old, {MANIFEST: json.dumps({"files": ["a.html"]}), "a.html": "old", "deep/mine.txt": "mine"})
    files = build_site({}).files()
    assert files["deep/mine.txt"] == b"mine"
    assert files["a.html"] != b"old"
    assert not old.exists()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_wholesale_change_swaps_folders_and_links_what_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, {**NOTES, "stays.md": "![[pic.png]]", "pic.png": b"P"})
    run_build(vault, out, "-q")
    if not can_exchange:
        monkeypatch.setattr("sitegen.disk.write.exchange", lambda one, other: False)
    before, picture = out.stat().st_ino, (out / "pic.png").stat().st_ino
    write(vault, {name: text + "More.\n" for name, text in NOTES.items()})
    files = run_build(vault, out, "-q").files()
    assert files == run_build(vault, tmp_path / "clean", "-q", "--no-cache").files()
    assert out.stat().st_ino != before
    assert (out / "pic.png").stat().st_ino == picture
    assert not list(tmp_path.glob(".out*"))
    assert "0 written, 0 removed" in run_build(vault, out).stdout
    write(out, {"mine.txt": "mine"})
    before = out.stat().st_ino
    write(vault, NOTES)
    assert run_build(vault, out, "-q").files()["mine.txt"] == b"mine"
    assert (
        out.stat().st_ino == before
    )  # with something foreign in it the folder stays, and files are replaced one by one


def test_a_killed_first_build_leaves_no_output_and_the_next_one_is_clean(tmp_path: Path) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, NOTES)
    clean = run_build(vault, tmp_path / "clean", "-q").files()
    process = subprocess.Popen([sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out), "-q"])
    began = time.monotonic()
    while process.poll() is None and not list(tmp_path.glob(".out*")) and time.monotonic() - began < 30:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists() or tree(out) == clean
    assert run_build(vault, out, "-q").files() == clean
    assert sorted(path.name for path in tmp_path.iterdir()) == [".sitegen", "clean", "out", "vault"]


def test_what_a_killed_build_was_writing_does_not_stay(build_site: BuildSite, tmp_path: Path) -> None:
    clean = build_site({"a.md": "x"}).files()
    for leftover in (".sitegen-part", "../.out.sitegen-new/a.html"):
        write(tmp_path / "out", {leftover: "half a page of a note that is private now"})
    assert build_site({}).files() == clean


def test_a_full_disk_is_an_error_and_every_page_is_an_old_or_a_new_one(tmp_path: Path) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, {**NOTES, "big.md": "Big [[note 1]]."})
    old = run_build(vault, out, "-q").files()
    write(vault, {"big.md": "word " * 100_000, **{name: text + "More." for name, text in NOTES.items()}})
    new = run_build(vault, tmp_path / "clean", "-q").files()

    def limits() -> None:  # no file may grow beyond 200 kB, as if the disk were full then
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = _cli(str(vault), "-o", str(out), "-q", limits=limits)
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    for url, data in tree(out).items():
        if url.endswith(".html"):
            assert data in (old.get(url), new.get(url)), url
    assert run_build(vault, out, "-q").files() == new

    first = _cli(str(vault), "-o", str(tmp_path / "never"), "-q", limits=limits)
    assert first.returncode == 2
    assert not (tmp_path / "never").exists()


def test_a_place_that_cannot_be_written_is_an_error_without_a_trace(tmp_path: Path) -> None:
    write(tmp_path, {"vault/a.md": "x", "file": "mine"})
    for output in (tmp_path / "file" / "out", Path("/proc/sitegen-cannot-be-here"), Path("/dev/null/out")):
        done = _cli(str(tmp_path / "vault"), "-o", str(output))
        assert done.returncode == 2, output
        assert "Traceback" not in done.stderr
        assert str(output) in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_closed_to_us_is_an_error_and_stays_as_it_is(build_site: BuildSite, tmp_path: Path) -> None:
    old = build_site({"a.md": "x"}).files()
    (tmp_path / "out").chmod(0o555)
    try:
        built = build_site({"a.md": "changed"}, exit_code=2)
    finally:
        (tmp_path / "out").chmod(0o755)
    assert "could not be written" in built.stderr
    assert built.files() == old


def test_two_builds_at_once_leave_one_whole_site(tmp_path: Path) -> None:
    vault, out = tmp_path / "vault", tmp_path / "out"
    write(vault, NOTES)
    clean = run_build(vault, tmp_path / "clean", "-q").files()
    for _ in range(2):  # a first build, then one over it
        command = [sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out), "-q"]
        both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        told = [process.communicate()[1] for process in both]
        assert "Traceback" not in "".join(told)
        assert [process.returncode for process in both] == [0, 0], told
        assert tree(out) == clean
        write(vault, {name: text + "More." for name, text in NOTES.items()})
        clean = run_build(vault, tmp_path / "clean", "-q").files()
