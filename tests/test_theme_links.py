"""A site's folder may come from somebody else, and git keeps links: those in its theme lead nowhere but within the site."""

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
from click.testing import CliRunner

from sitegen.cli import main
from tests.conftest import ROOT, run_build, tree, write
from tests.preview import serve

FOOT = "templates/partials/foot.html"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with its notes in a folder, and something beside it that is nobody's business."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767312000")
    write(tmp_path, {"secret/key.txt": "OutsideText", "secret/foot.html": "<footer>OutsideText</footer>"})
    write(tmp_path, {"site/sitegen.toml": 'content = "notes"\n', "site/notes/a.md": "# One\n\nText.\n"})
    return tmp_path / "site"


def _link(path: Path, target: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _problems(site: Path) -> dict[str, str]:
    """What `sitegen check` says of each file, with what to do."""
    said = CliRunner().invoke(main, ["check", str(site / "notes"), "--format", "json"], catch_exceptions=False)
    rows = [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
    assert len({row["path"] for row in rows}) == len(rows), "one message for each"
    return {row["path"]: f"{row['code']}: {row['message']}; {row['hint']}" for row in rows}


# ---- what is left out, and said -----------------------------------------------------------------------


@pytest.mark.parametrize("in_vault", [False, True], ids=["beside the notes", "in the vault"])
def test_links_out_of_the_site_are_not_followed_and_each_is_named(site: Path, in_vault: bool) -> None:
    if in_vault:
        write(site, {"notes/sitegen.toml": "", "sitegen.toml": None})
    root = site / "notes" if in_vault else site
    _link(root / "static/key.txt", os.path.relpath(site.parent / "secret/key.txt", root / "static"))
    _link(root / "static/site.css", site.parent / "secret/key.txt")
    _link(root / "static/deep/zero.js", "/dev/zero")
    _link(root / "static/round.css", "round.css")
    _link(root / "static/folder", site.parent / "secret")
    _link(root / FOOT, site.parent / "secret/foot.html")
    _link(root / "templates/other.html", site.parent / "secret/foot.html")
    built = run_build(site / "notes", site.parent / "out", "-v")
    assert built.exit_code == 0, built.output
    files = built.files()
    assert not [url for url, data in files.items() if b"OutsideText" in data]
    assert not {"static/key.txt", "static/deep/zero.js", "static/round.css"} & set(files)
    assert files["static/site.css"] == (ROOT / "static/site.css").read_bytes()
    assert '<footer class="foot">' in built.page("a.html")
    said = _problems(site)
    left = {
        "static/key.txt", "static/site.css", "static/deep/zero.js", "static/round.css", "static/folder", FOOT,
        "templates/other.html",
    }  # fmt: skip
    assert said.keys() == left
    for path, what in said.items():
        assert re.fullmatch(r"unreadable-file: it is a link .+; put a copy .+", what), what
        assert f"--> {path}\n" in built.stdout


@pytest.mark.parametrize("kind", ["static", "templates"])
def test_a_whole_folder_that_is_a_link_out_of_the_site_is_left_out(site: Path, kind: str) -> None:
    write(site.parent, {"secret/partials/foot.html": "<footer>OutsideText</footer>"})
    _link(site / kind, "../secret")
    built = run_build(site / "notes", site.parent / "out")
    assert built.exit_code == 0, built.output
    assert not [url for url, data in built.files().items() if b"OutsideText" in data]
    assert _problems(site).keys() == {kind}


@pytest.mark.parametrize("target", [".", ".sitegen", ".git", "..", "nowhere", "sitegen.toml", "static"])
def test_a_folder_linked_to_what_is_no_theme_is_left_out(site: Path, target: str) -> None:
    write(site, {".sitegen/config": "HiddenText", ".git/config": "HiddenText", ".env": "HiddenText"})
    _link(site / "static", target)
    built = run_build(site / "notes", site.parent / "out")
    assert built.exit_code == 0, built.output
    assert not [url for url, data in built.files().items() if b"HiddenText" in data or url == "static/sitegen.toml"]
    assert _problems(site).keys() == {"static"}


@pytest.mark.parametrize("target", [".sitegen/cache/key", ".git/config", "notes/.obsidian/app.json", ".env"])
def test_what_is_hidden_in_the_site_stays_so(site: Path, target: str) -> None:
    write(site, {target: '"HiddenText"'})
    _link(site / "static/x.txt", f"../{target}")
    built = run_build(site / "notes", site.parent / "out")
    assert "static/x.txt" not in built.files()
    assert "hidden" in _problems(site)["static/x.txt"]


def test_a_note_is_not_published_by_a_link_to_its_source(site: Path) -> None:
    write(site, {"notes/private.md": "---\npublish: false\n---\nWithheldText\n"})
    _link(site / "static/x.txt", "../notes/private.md")
    built = run_build(site / "notes", site.parent / "out")
    assert not [url for url, data in built.files().items() if b"WithheldText" in data]
    assert "a note" in _problems(site)["static/x.txt"]


def test_a_name_that_is_not_utf8_is_told_of_too(site: Path) -> None:
    (site / "static").mkdir()
    try:
        os.symlink("/dev/zero", os.fsencode(site / "static") + b"/\xff.css")
    except OSError:
        pytest.skip("this disk has no such names")
    assert _problems(site).keys() == {"static/\ufffd.css"}


# ---- what counts --------------------------------------------------------------------------------------


def test_links_within_the_site_are_followed(site: Path) -> None:
    write(site, {"brand/logo.svg": "<svg/>", "brand/own.css": "a{}", "parts/foot.html": "<footer>Own</footer>"})
    _link(site / "static/logo.svg", "../brand/logo.svg")
    _link(site / "static/own.css", site / "brand/own.css")
    _link(site / FOOT, "../../parts/foot.html")
    _link(site.parent / "way", site)  # and however one gets there
    for vault in (site / "notes", site.parent / "way" / "notes"):
        built = run_build(vault, site.parent / "out")
        assert (built.page("static/logo.svg"), built.page("static/own.css")) == ("<svg/>", "a{}")
        assert "<footer>Own</footer>" in built.page("a.html")
    assert _problems(site) == {}


def test_folders_that_are_links_within_the_site_are_followed(site: Path) -> None:
    write(site, {"theme/css/own.css": "a{}", "theme/html/partials/foot.html": "<footer>Own</footer>"})
    _link(site / "theme/css/key.txt", site.parent / "secret/key.txt")
    _link(site / "static", "theme/css")
    _link(site / "templates", "theme/html")
    built = run_build(site / "notes", site.parent / "out")
    assert built.page("static/own.css") == "a{}"
    assert "<footer>Own</footer>" in built.page("a.html")
    assert _problems(site).keys() == {"static/key.txt"}


def test_the_theme_that_comes_with_sitegen_may_be_installed_through_links(site: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    shutil.copytree(ROOT / "sitegen", installed / "sitegen", ignore=shutil.ignore_patterns("__pycache__", "theme"))
    _link(installed / "templates", ROOT / "templates")
    for name in tree(ROOT / "static"):
        _link(installed / "static" / name, ROOT / "static" / name)
    environment = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "sitegen", "build", str(site / "notes"), "-o", str(tmp_path / "linked")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "no problems" in done.stdout
    assert tree(tmp_path / "linked") == run_build(site / "notes", tmp_path / "out", "--no-cache").files()


# ---- when nothing changed -----------------------------------------------------------------------------


def _to_another_target(site: Path) -> None:
    (site / "static/own.css").unlink()
    _link(site / "static/own.css", "../brand/other.css")


def _to_what_can_be_followed(site: Path) -> None:
    (site / "static/key.txt").unlink()
    _link(site / "static/key.txt", "../brand/own.css")


LINKED: dict[str, Callable[[Path], object]] = {
    "what a link leads to": lambda site: write(site, {"brand/own.css": "b{}"}),
    "where a link leads": _to_another_target,
    "a link that leads out no more": _to_what_can_be_followed,
    "a link to something new": lambda site: write(site, {"brand/new.css": "new"}),
    "another link that leads out": lambda site: _link(site / "templates/x.html", "/dev/zero"),
}


@pytest.mark.parametrize("change", LINKED.values(), ids=LINKED)
def test_the_answer_of_an_unchanged_site_knows_of_links(site: Path, change: Callable[[Path], object]) -> None:
    write(site, {"brand/own.css": "a{}", "brand/other.css": "c{}"})
    _link(site / "static/own.css", "../brand/own.css")
    _link(site / "static/key.txt", "../../secret/key.txt")
    _link(site / "static/new.css", "../brand/new.css")
    time.sleep(2.6)  # until times can be trusted
    probe = "import os, sys\nfrom sitegen.__main__ import run\nend = os._exit\n"
    probe += "os._exit = lambda code: (print('click' in sys.modules, file=sys.stderr, flush=True), end(code))\nrun()\n"

    def build() -> tuple[bool, str]:
        """Whether it was answered at once, and what was said."""
        command = [sys.executable, "-c", probe, "build", "notes", "-v", "-o", "../out"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=True)
        return done.stderr == "False\n", done.stdout

    first, again = build(), build()
    assert (first[0], again[0]) == (False, True)
    assert "--> static/key.txt\n" in again[1]
    write(site.parent, {"secret/key.txt": "other text"})  # which is no business of the site
    assert build()[0]
    change(site)
    at_once, said = build()
    assert not at_once
    clean = run_build(site / "notes", site.parent / "clean", "--no-cache", "-v")
    assert tree(site.parent / "out") == clean.files()
    assert re.findall("--> .*", said) == re.findall("--> .*", clean.stdout)


# ---- the preview --------------------------------------------------------------------------------------


def test_a_preview_serves_links_within_the_site_and_follows_them(site: Path) -> None:
    write(site, {"brand/own.css": "a{}", "static/plain.css": "p{}"})
    _link(site / "static/own.css", "../brand/own.css")
    with serve(site / "notes") as preview:
        assert preview.get("/static/own.css").text == "a{}"
        write(site, {"brand/own.css": "b{}"})
        preview.until(lambda: preview.get("/static/own.css").text == "b{}")
        (site / "static/plain.css").unlink()
        _link(site / "static/plain.css", "../brand/own.css")
        preview.until(lambda: preview.get("/static/plain.css").text == "b{}")
        write(site, {"brand/own.css": "c{}"})
        preview.until(lambda: preview.get("/static/plain.css").text == "c{}")


def test_a_link_that_appears_while_serving_is_not_served(site: Path) -> None:
    write(site, {"static/own.css": "a{}", "static/in/key.txt": "plain", FOOT: "<footer>Own</footer>"})
    with serve(site / "notes") as preview:
        assert preview.get("/static/in/key.txt").text == "plain"
        (site / "static/in").rename(site.parent / "elsewhere")
        _link(site / "static/in", site.parent / "secret")
        assert preview.get("/static/in/key.txt").status == 404  # at once, and for good
        preview.until(lambda: preview.said("--> static/in$"))
        (site / "static/own.css").unlink()
        _link(site / "static/own.css", site.parent / "secret/key.txt")
        assert preview.get("/static/own.css").status == 404
        preview.until(lambda: preview.said("--> static/own.css$"))
        (site / FOOT).unlink()
        _link(site / FOOT, site.parent / "secret/foot.html")
        preview.until(lambda: preview.shows("/a.html", '<footer class="foot">'))
        preview.until(lambda: preview.said(f"--> {FOOT}$"))
        for path in ("/static/in/key.txt", "/static/own.css"):
            assert preview.get(path).status == 404
        (site / FOOT).unlink()
        write(site, {FOOT: "<footer>Again</footer>"})
        preview.until(lambda: preview.shows("/a.html", "<footer>Again</footer>"))


def test_a_folder_that_becomes_a_link_out_of_the_site_is_not_served(site: Path) -> None:
    write(site, {"static/key.txt": "plain"})
    with serve(site / "notes") as preview:
        assert preview.get("/static/key.txt").text == "plain"
        (site / "static").rename(site / "old")
        _link(site / "static", site.parent / "secret")
        assert preview.get("/static/key.txt").status == 404
        preview.until(lambda: preview.said("--> static$"))
        assert preview.get("/static/key.txt").status == 404
