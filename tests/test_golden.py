"""Small vaults whose pages and problems are written down: tests/golden/CASE/{content,expected,diagnostics.txt}.

Of a page only what stands in <main> is compared, of the report all but its summary. Every file in ``expected`` is used.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.cli import main
from tests.conftest import run_build

CASES = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pages(case: Path, tmp_path: Path) -> None:
    built = run_build(case / "content", tmp_path / "out")
    assert built.exit_code == 0, built.output
    expected = {p.relative_to(case / "expected").as_posix(): p for p in sorted((case / "expected").rglob("*.html"))}
    assert expected and expected.keys() <= built.files().keys()
    for url, path in expected.items():
        match = re.search(r"<main.*?</main>\n", built.page(url), re.DOTALL)
        assert match is not None
        assert match[0] == path.read_text("utf-8"), url


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_report(case: Path) -> None:
    output = CliRunner().invoke(main, ["check", str(case / "content")], catch_exceptions=False).output
    report, _, _ = output.rstrip("\n").rpartition("\n")
    assert report.rstrip("\n") + "\n" == (case / "diagnostics.txt").read_text("utf-8")
