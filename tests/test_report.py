"""What is said of a vault's problems: places that are right, alike problems together, and help that helps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build import Result
from sitegen.cli import main
from sitegen.diagnostics import CATALOGUE, Diagnostic
from tests.conftest import BuildSite, write
from tests.sites import build_notes


def run(tmp_path: Path, files: Mapping[str, str], *args: str) -> str:
    """What ``sitegen check`` prints."""
    write(tmp_path / "vault", files)
    return CliRunner().invoke(main, ["check", str(tmp_path / "vault"), *args], catch_exceptions=False).output


def found(result: Result, code: str) -> list[Diagnostic]:
    return [d for d in result.site.diagnostics if d.code == code]


def places(text: str, code: str = "missing-note", path: str = "here.md") -> list[str]:
    """ "line:column:what stands there" of each problem; what stands there is cut from the text by the span's length."""
    lines = text.replace("\r\n", "\n").split("\n")
    spans = [d.span for d in found(build_notes({path: text}), code)]
    assert None not in spans
    return [f"{s.line}:{s.column}:{lines[s.line - 1][s.column - 1 :][: s.length]}" for s in spans if s]


BAD_STAMP = '<a class="yt-timestamp" data-t="N/A">[N/A]</a>'

# ---- places ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See [[Gone]].\n", ["1:5:[[Gone]]"]),
        ("[[Gone]] and [[Gone]], [[Gone|x]]\n", ["1:1:[[Gone]]", "1:14:[[Gone]]", "1:24:[[Gone|x]]"]),
        ("a\n\nb [[Gone]]\nc [[Lost]]\n", ["3:3:[[Gone]]", "4:3:[[Lost]]"]),
        ("a\r\n\r\nb [[Gone]]\r\n", ["3:3:[[Gone]]"]),
        ("---\ntitle: T\n---\n\n[[Gone]]\n", ["5:1:[[Gone]]"]),
        ("| a | b |\n|--|--|\n| [[Gone]] | [[Gone\\|x]] |\n", ["3:3:[[Gone]]", "3:14:[[Gone\\|x]]"]),
        ("| [[One\\|x]] | [[Gone]] |\n|--|--|\n| a | [[Gone\\|y]] |\n",
         ["1:3:[[One\\|x]]", "1:16:[[Gone]]", "3:7:[[Gone\\|y]]"]),
        ("> quote\n> [[Gone]]\n\n- item\n  - [[Lost]]\n", ["2:3:[[Gone]]", "5:5:[[Lost]]"]),
        ("## A [[Gone]] b\n", ["1:6:[[Gone]]"]),
        ("> [!note] [[Gone]]\n> text\n> [[Lost]]\n", ["1:11:[[Gone]]", "3:3:[[Lost]]"]),
        ("[x](gone.md)\n", ["1:1:[x](gone.md)"]),
        ("[a](https://example.org) [x](gone.md)\n", ["1:26:[x](gone.md)"]),
        ("![i](https://example.org/i.png) [x](gone.md) [x](gone.md)\n", ["1:33:[x](gone.md)", "1:46:[x](gone.md)"]),
        ("`[[Gone]]` [[Gone]]\n", ["1:12:[[Gone]]"]),
        ("`x [[Gone]]` [[Gone]] `[x](gone.md)` [x](gone.md)\n", ["1:14:[[Gone]]", "1:38:[x](gone.md)"]),
        ("[*x* `y`](gone.md 'title')\n", ["1:1:[*x* `y`](gone.md 'title')"]),
        ("[two\nlines](gone.md) [[Lost]]\n", ["1:1:[two", "2:17:[[Lost]]"]),
        ('<a href="gone.md">x</a> [[Lost]]\n', ['1:1:<a href="gone.md">', "1:25:[[Lost]]"]),
        ("[[Gone|a [[Lost]]]]\n", ["1:1:[[Gone|a [[Lost]]]]", "1:10:[[Lost]]"]),
        ("A[^1]\n\n[^1]: [[Gone]]\n", ["3:7:[[Gone]]"]),
        ("日本 [[Gone]]\n", ["1:4:[[Gone]]"]),
        ("a %%x%% [[Gone]]\n%%\ny\n%%\n[[Lost]]\n", ["1:9:[[Gone]]", "5:1:[[Lost]]"]),
        ("[ref][r] [x](gone.md)\n\n[r]: lost.md\n", ["1:1:[ref][r]", "1:10:[x](gone.md)"]),
    ],
)  # fmt: skip
def test_a_link_to_nothing_is_pointed_at(text: str, expected: list[str]) -> None:
    assert sorted(places(text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("x ![[gone.png]] ![a](lost.png)\n", "missing-embed", ["1:3:![[gone.png]]", "1:17:![a](lost.png)"]),
        ("x [[#Nope]] [[#Nope]]\n", "missing-anchor", ["1:3:[[#Nope]]", "1:13:[[#Nope]]"]),
        ("x\n\ny ![[here]]\n", "embed-cycle", ["3:3:![[here]]"]),
        ("---\ntitle: T\n---\na %%b%% `%%`\n\n> x %%c\n\nd %d\n", "unclosed-comment", ["6:5:%%"]),
        ("a %%b%% `%%` \\%% $%%$ %%%\n\n%%\nc\n%%\n", "unclosed-comment", []),
        ("---\nvideoId: T0uYxK66VLU\n---\n\nx " + BAD_STAMP + " y\n", "bad-timestamp", ["5:3:" + BAD_STAMP]),
    ],
)
def test_other_problems_are_pointed_at(text: str, code: str, expected: list[str]) -> None:
    assert places(text, code) == expected


def test_a_link_of_a_note_that_is_embedded_elsewhere_is_reported_once() -> None:
    result = build_notes({"a.md": "[[Gone]]\n", "b.md": "![[a]]\n", "c.md": "![[a]]\n"})
    assert [d.path for d in found(result, "missing-note")] == ["a.md"]


# ---- alike problems together -------------------------------------------------------------------------


def test_dead_links_are_grouped_by_target_most_wanted_last_in_sight(tmp_path: Path) -> None:
    files = {f"n{i}.md": "[[Wanted]] [[Wanted]]\n" for i in range(5)} | {"z.md": "[[Rare]]\n"}
    output = run(tmp_path, files)
    assert output.count("error[") == 0 and output.count("warning[missing-note]") == 2
    assert 'no note is named "Wanted" (10 times)' in output
    assert "  --> n0.md:1:1\n  --> n0.md:1:12\n  --> n1.md:1:1\n  ... and 7 more\n" in output
    assert 'warning[missing-note]: no note is named "Rare"\n  --> z.md:1:1\n   |  [[Rare]]\n' in output
    assert "11 warnings" in output


def test_every_place_with_two_vs(tmp_path: Path) -> None:
    output = run(tmp_path, {f"n{i}.md": "[[Wanted]]\n" for i in range(5)}, "-v", "-v")
    assert all(f"  --> n{i}.md:1:1\n" in output for i in range(5)) and "more" not in output


def test_a_build_says_one_line_a_kind(tmp_path: Path) -> None:
    write(tmp_path / "vault", {f"n{i}.md": "[[Wanted]] [[Wanted]] ![[no.png]]\n" for i in range(5)})
    arguments = ["build", str(tmp_path / "vault"), "-o", str(tmp_path / "out")]
    lines = CliRunner().invoke(main, arguments, catch_exceptions=False).output.splitlines()
    assert [line for line in lines if line.startswith("warning")] == [
        'warning[missing-embed]: no file is named "no.png" (5 times) --> n0.md:1:23',
        'warning[missing-note]: no note is named "Wanted" (10 times) --> n0.md:1:1',
    ]
    assert lines[-1] == "sitegen check lists all of them, with help"


# ---- help --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("Zettlekasten", "Zettelkasten"),
        ("zettelkastn", "Zettelkasten"),
        ("folder/Zettelkaste", "Zettelkasten"),
        ("The long titel", "The long title"),
        ("Nicknam", "Nickname"),
        ("Something else", None),
    ],
)
def test_did_you_mean(tmp_path: Path, wanted: str, near: str | None) -> None:
    files = {
        "here.md": f"[[{wanted}]]\n",
        "Zettelkasten.md": "Text.\n",
        "x.md": "---\ntitle: The long title\nalias: Nickname\n---\n",
    }
    output = run(tmp_path, files)
    if near is None:
        assert "did you mean" not in output
    else:
        assert f'   = help: did you mean "{near}"?' in output


def test_hidden_notes_are_never_suggested(tmp_path: Path) -> None:
    files = {"here.md": "[[Sekret plans]]\n", "Secret plans.md": "---\npublish: false\ntitle: Secret plan\n---\n"}
    output = run(tmp_path, files)
    assert "Sekret plans" in output and "Secret" not in output


def test_the_line_is_quoted_around_the_place(tmp_path: Path) -> None:
    output = run(tmp_path, {"here.md": "x " * 200 + "[[Gone]]" + " y" * 200 + "\n"})
    (line,) = [line for line in output.splitlines() if line.startswith("   |  ")]
    assert "[[Gone]]" in line and len(line) < 130 and line.startswith("   |  …") and line.endswith("…")


def test_ambiguous_links_say_what_to_write(tmp_path: Path) -> None:
    output = run(tmp_path, {"here.md": "[[x]]\n", "a/x.md": "Text.\n", "b/x.md": "Text.\n"})
    assert '"x" could be a/x.md, b/x.md; a/x.md was taken' in output
    assert "= help: write [[a/x]]" in output


# ---- for programs ------------------------------------------------------------------------------------


def test_json_is_one_object_a_line(tmp_path: Path) -> None:
    output = run(tmp_path, {"here.md": "\n[[Gon]]\n", "Gone.md": "Text.\n"}, "--format", "json")
    (line,) = output.splitlines()
    assert json.loads(line) == {
        "code": "missing-note",
        "severity": "warning",
        "path": "here.md",
        "line": 2,
        "column": 1,
        "length": 7,
        "message": 'no note is named "Gon"',
        "hint": 'did you mean "Gone"?',
    }


def test_github_annotations(tmp_path: Path) -> None:
    output = run(tmp_path, {"a, b.md": "100% [[Gone: now]]\n"}, "--format", "github")
    assert output == '::warning file=a%2C b.md,line=1,col=6,title=missing-note::no note is named "Gone: now"\n'


def test_a_line_break_cannot_forge_an_annotation(tmp_path: Path) -> None:
    output = run(
        tmp_path, {"here.md": '---\nx: "[[Gone\\n::error::y]]"\n---\n[x](<a%0A::error::b>)\n'}, "--format", "github"
    )
    assert all(line.startswith("::warning file=here.md,") for line in output.splitlines())


def test_severities_can_be_set(tmp_path: Path) -> None:
    config = '[severity]\nmissing-note = "error"\nmissing-embed = "off"\nmissing-anchor = "info"\n'
    output = run(tmp_path, {"sitegen.toml": config, "here.md": "[[Gone]] ![[no.png]] [[#Nope]]\n"})
    assert "error[missing-note]" in output and "missing-embed" not in output and "info[missing-anchor]" in output
    assert "1 error, 1 info" in output


def test_every_code_has_a_sentence() -> None:
    for code, (_, sentence) in CATALOGUE.items():
        assert code == code.lower() and " " not in code
        assert sentence[0].isupper() and sentence.endswith(".")


# ---- real notes --------------------------------------------------------------------------------------


def test_places_in_real_notes_are_where_the_link_stands(zeihan_vault: Path) -> None:
    notes = {p.name: p.read_text("utf-8") for p in sorted(zeihan_vault.glob("*.md"))}
    result = build_notes(notes)
    wrong = []
    for path, note in result.notes.items():
        lines = notes[path].split("\n")
        for link in note.facts.links:
            assert link.span is not None
            written = lines[link.span.line - 1][link.span.column - 1 :][: link.span.length]
            if not (written.startswith(("[", "![", "<a ")) and link.target.split("/")[-1] in written):
                wrong.append(f"{path}:{link.span.line}:{link.span.column}: {written} for {link.target}")
    assert sum(len(fact.links) for fact in result.vault.facts.values()) > 4000
    assert wrong == []


def test_lines_are_counted_through_embeds_in_a_paragraph(build_site: BuildSite) -> None:
    text = "l1\nl2\nl3\nl4\nl5\n![[nope]] l6\n![[gone]]\nl8 [[gone2]]\n"
    said = build_site({"lines.md": text}, None, "-v").output
    assert "lines.md:6:1" in said
    assert "lines.md:7:1" in said
    assert "lines.md:8:4" in said
