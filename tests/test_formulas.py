"""Formulas drawn at build time: what a page holds of them, what it loads for them, and what it does not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.disk.katex import draw, drawer
from sitegen.stages.formulas import rules, styled_by_classes
from sitegen.stages.parse import Dialect, parse
from tests.conftest import BuildSite
from tests.sites import source

pytestmark = pytest.mark.skipif(not drawer(), reason="quickjs-ng is not installed, or static/vendor not made")

CHECKED = r"""
x^2 \frac{a}{b} \sqrt[3]{x} \begin{pmatrix}a&b\\c&d\end{pmatrix} \underbrace{abc}_{n} \xrightarrow{abc} \widehat{xyz} \boxed{x}
\cancel{y} \colorbox{yellow}{x} \color{#123456}{x} \rule{1em}{2em} \begin{array}{c|c}a&b\\\hline c&d\end{array}
\overset{a}{=} \text{größe} \mathbb{R} \mathscr{L} \left\{\begin{aligned}a&=b\\c&=d\end{aligned}\right. \sum_{i=0}^n i \int_0^1
"""


def test_a_drawn_formula_has_no_style_attributes_and_its_sheet_has_all_they_said(build_site: BuildSite) -> None:
    built = build_site({"a.md": f"$${CHECKED}$$ and $e^{{i\\pi}}$\n"}, None, "--strict")
    page = built.page("a.html")
    assert page.count('class="katex"') == 2 and " style=" not in page
    html, problem = draw(CHECKED.strip(), True)
    assert not problem
    declared = {d for style in re.findall(r'style="([^"]*)"', html) for d in style.rstrip(";").split(";") if ":" in d}
    (sheet,) = re.findall(r'href="(static/math/\w+\.css)"', page)
    assert len(declared) > 60
    assert [d for d in declared if f"{{{d}}}\n" not in built.page(sheet)] == []


def test_the_source_of_a_formula_is_there_for_those_who_copy_or_hear_it(build_site: BuildSite) -> None:
    page = build_site({"a.md": "$\\frac{a}{b}$\n"}).page("a.html")
    assert '<annotation encoding="application/x-tex">\\frac{a}{b}</annotation>' in page
    assert "<mfrac><mi>a</mi><mi>b</mi></mfrac>" in page


def test_only_a_site_with_formulas_has_what_they_need(build_site: BuildSite) -> None:
    built = build_site({"a.md": "$5 and $6.\n"})
    assert not [name for name in built.files() if "katex" in name or "math" in name]
    assert "katex" not in built.page("a.html")
    built = build_site({"b.md": "$x$\n"})
    assert "katex.min.css" in built.page("b.html") and "katex" not in built.page("a.html")
    assert "static/vendor/katex/fonts/KaTeX_Main-Regular.woff2" in built.files()
    assert "static/vendor/katex/katex.min.js" not in built.files()  # drawn already


def test_an_embedded_formula_brings_its_sheet_along(build_site: BuildSite) -> None:
    built = build_site({"a.md": "![[b#^f]]\n", "b.md": "$$\\sqrt{x}$$\n\n^f\n"}, None, "--strict")
    sheets = [re.findall(r'href="(static/math/\w+\.css)"', built.page(name)) for name in ("a.html", "b.html")]
    assert sheets[0] == sheets[1] and len(sheets[0]) == 1
    assert 'id="e1-b-f"' in built.page("a.html")


@pytest.mark.parametrize(
    ("tex", "why"),
    [
        (r"\frac{a", "Unexpected end of input"),
        (r"\nosuch", "Undefined control sequence"),
        ("x" * 9_000, "more than 8,000 characters"),
        (r"\def\a{\a\a}\a", "Too many expansions"),
        ("{" * 4_000 + "}" * 4_000, ""),
    ],
)
def test_what_cannot_be_drawn_is_shown_as_written_and_reported(build_site: BuildSite, tex: str, why: str) -> None:
    built = build_site({"a.md": f"One ${tex}$ two.\n"})
    assert "bad-math" in built.output and why in built.output and "a.md:1:5" in built.output
    assert f'One <code class="formula-failed">{tex}</code> two.' in built.page("a.html")
    assert draw("x", False)[0]  # and the next one is drawn


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}", r"\url{https://e.org}", r"\includegraphics{https://e.org/x.png}", r"\htmlStyle{color:red}{x}",
        r"\htmlId{top}{x}", r"\text{<script>alert(1)</script>}", r"\color{red\"onclick=alert(1)}{x}", r"\unicode{x3c}",
    ],
)  # fmt: skip
def test_no_formula_makes_markup_of_its_own(tex: str) -> None:
    html = styled_by_classes(draw(tex, False)[0])
    assert not re.search(r"<(?:a|img|script)\b|\s(?:on\w+|style|id|href|src)=", html)


def test_a_formula_is_the_same_whatever_was_drawn_before() -> None:
    alone = parse(source("a.md", "$\\a$ $x$"), Dialect(math=drawer()))
    parse(source("b.md", "$\\gdef\\a{b}\\a$ $\\global\\def\\x{y}$"), Dialect(math=drawer()))
    draw.cache_clear()
    again = parse(source("a.md", "$\\a$ $x$"), Dialect(math=drawer()))
    assert alone == again


def test_rules_are_only_what_a_measure_can_be() -> None:
    body = '<p class="katex m-height-1em m-height-url(x) m-top--3.5em m-color-#abc m-position-fixed m-width-1em;x:y">'
    assert rules(body).splitlines() == [
        r".m-color-\#abc{color:#abc}",
        r".m-height-1em{height:1em}",
        r".m-top--3\.5em{top:-3.5em}",
    ]


def test_a_note_without_formulas_loads_no_engine(tmp_path: Path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "a.md").write_text("It cost $5.\n")
    code = (
        "import atexit, sys; from sitegen.cli import main\n"
        "atexit.register(lambda: print(sorted({'quickjs', 'pygments'} & set(sys.modules))))\n"
        f"main(['build', {str(tmp_path / 'v')!r}, '-o', {str(tmp_path / 'o')!r}, '-q'], standalone_mode=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
