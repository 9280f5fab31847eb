"""The built pages as others judge them: html-validate's strictest rules without an error, and 100 from Lighthouse.

htmlvalidate.json leaves out two rules: `attribute-boolean-style`, a matter of taste, as the sanitiser writes ``disabled=""``;
and `long-title`, as a note or a video is called what its author calls it.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.audit.pages import ALLOWED, PAGES
from tests.browser.conftest import build_folder, find_chromium, serve
from tests.conftest import ROOT, run_build

HERE = Path(__file__).parent
REAL = (
    "index.html", "notes.html", "404.html", "irans_support_for_houthi_forces.html", "tags/index.html",
    "search.html", "graph.html", "recent.html", "garden.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that content/ is built into."""
    return build_folder(ROOT / "content", tmp_path_factory.mktemp("manual") / "public")


def test_every_kind_of_page_is_there(manual: Path) -> None:
    assert [url for url in PAGES.values() if not (manual / url.partition("?")[0]).is_file()] == []


def test_pages_are_valid_html(manual: Path, tmp_path: Path) -> None:
    assert _complaints(sorted(manual.rglob("*.html")), tmp_path / "said.json") == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_of_real_notes_are_valid_html(zeihan_vault: Path, tmp_path: Path, language: str) -> None:
    (tmp_path / "sitegen.toml").write_text(
        f'title = "Real"\ncontent = "notes"\noutput = "out"\nlanguage = "{language}"\n', "utf-8"
    )
    (tmp_path / "notes").symlink_to(zeihan_vault)
    built = run_build(tmp_path, tmp_path / "out")
    assert built.exit_code == 0, built.output
    pages = [tmp_path / "out" / url for url in REAL if (tmp_path / "out" / url).is_file()]
    videos = sorted((tmp_path / "out" / "videos").glob("*.html"))[:3]
    assert len(pages) >= 4
    assert _complaints([*pages, *videos], tmp_path / "said.json") == []


@pytest.mark.browser
def test_lighthouse_gives_full_marks(manual: Path) -> None:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no Chromium on this machine (make audit installs it where it may)")
    with serve(manual) as address:
        said = json.loads(_node("lighthouse.mjs", chromium, *(address + url for url in PAGES.values())))
        found = {kind: said[address + url] for kind, url in PAGES.items()}
    for kind, result in found.items():
        assert result["problem"] == "", kind
        assert set(result["failed"]) <= ALLOWED.get(kind, set()), kind
        if kind not in ALLOWED:
            assert result["scores"] == {"accessibility": 100, "best-practices": 100, "seo": 100}, kind


def _complaints(pages: list[Path], said: Path) -> list[str]:
    """What html-validate finds; it writes that to the file ``said``, as it would cut off what it prints."""
    command = "node_modules/html-validate/bin/html-validate.mjs"
    _node(command, "--config", "htmlvalidate.json", "--formatter", f"json={said}", *map(str, pages))
    return [
        f"{Path(page['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for page in json.loads(said.read_text())
        for message in page["messages"]
    ]


def _node(*arguments: str) -> str:
    """What a script prints with node, from PATH or from the wheel that scripts/node.sh takes it from."""
    if not (HERE / "node_modules").is_dir():
        absent = "tests/audit/node_modules is not there (make audit)"
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)
    command = 'source scripts/node.sh >&2; cd tests/audit; exec node "$@"'
    done = subprocess.run(
        ["bash", "-c", command, "node", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode <= 1, done.stderr
    return done.stdout
