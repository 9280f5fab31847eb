"""The command: its verbs, options and exit codes, where it finds a site and where it puts it, and what it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sitegen
from sitegen.cli import main
from tests.conftest import tree, write

NOTES = {"one.md": "See [[two]].\n", "two.md": "Text.\n"}
WITH_WARNING = {"one.md": "See [[nowhere]].\n"}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(a) for a in args], catch_exceptions=False)


def vault(tmp_path: Path, files: Mapping[str, str], name: str = "wiki") -> Path:
    write(tmp_path / name, files)
    return tmp_path / name


# ---- verbs -------------------------------------------------------------------------------------------


def test_only_verbs_that_work_are_offered() -> None:
    assert set(main.commands) == {"build", "check", "serve"}


@pytest.mark.parametrize("args", [["--help"], ["-h"], ["build", "--help"], ["check", "-h"], ["serve", "-h"]])
def test_help(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_version_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "sitegen", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"sitegen {sitegen.__version__}\n"


@pytest.mark.parametrize(
    "args",
    [
        ["buidl"],
        ["build", "--nonsense"],
        ["build", "--format", "yaml"],
        ["build", "a", "b"],
        ["check", "-o", "x"],
    ],
)
def test_wrong_usage_exits_with_2(args: list[str]) -> None:
    assert run(*args).exit_code == 2


def test_a_folder_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    for verb in ("build", "check"):
        result = run(verb, tmp_path / "nowhere")
        assert result.exit_code == 2
        assert "nowhere is not a folder" in result.output


def test_a_file_is_no_vault(tmp_path: Path) -> None:
    write(tmp_path, {"note.md": "Text.\n"})
    assert run("build", tmp_path / "note.md").exit_code == 2


# ---- where a site is and where it goes ---------------------------------------------------------------


def test_without_settings_the_output_is_beside_the_vault(tmp_path: Path) -> None:
    folder = vault(tmp_path, NOTES)
    before = tree(folder)
    assert run("build", folder).exit_code == 0
    assert (tmp_path / "public" / "one.html").is_file()
    assert tree(folder) == before


def test_with_settings_the_output_is_beside_them(tmp_path: Path) -> None:
    folder = vault(tmp_path, {**NOTES, "sitegen.toml": ""})
    assert run("build", folder).exit_code == 0
    assert (folder / "public" / "one.html").is_file()
    assert "one.html" in tree(folder / "public")
    assert run("build", folder).exit_code == 0  # what it wrote there is no note of the second build
    assert not (folder / "public" / "public").exists()


def test_o_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = vault(tmp_path, {**NOTES, "sitegen.toml": 'output = "elsewhere"\n'})
    monkeypatch.chdir(tmp_path)
    assert run("build", folder, "-o", "deep/site").exit_code == 0
    assert (tmp_path / "deep" / "site" / "one.html").is_file()
    assert run("build", folder).exit_code == 0
    assert (folder / "elsewhere" / "one.html").is_file()


def test_settings_name_the_folder_of_notes(tmp_path: Path) -> None:
    site = vault(tmp_path, {"sitegen.toml": 'content = "notes"\ntitle = "My site"\n', "other.md": "No.\n"}, "site")
    write(site / "notes", NOTES)
    for argument in (site, site / "notes"):  # the site, or its notes: the same
        assert run("build", argument).exit_code == 0
        files = tree(site / "public")
        assert {"one.html", "two.html"} <= files.keys() and "other.html" not in files
        assert b"My site" in files["one.html"]


def test_without_a_vault_the_nearest_settings_upwards_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = vault(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/deep/er/x.md": "Text.\n"}, "site")
    monkeypatch.chdir(site / "notes" / "deep")
    assert run("build").exit_code == 0
    assert (site / "public" / "deep" / "er" / "x.html").is_file()


def test_without_a_vault_and_settings_this_folder_is_the_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(vault(tmp_path, NOTES))
    assert run("build").exit_code == 0
    assert (tmp_path / "public" / "one.html").is_file()


def test_settings_of_another_site_above_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\ntitle = "Above"\n', "notes/x.md": "Text.\n"})
    folder = vault(tmp_path, NOTES)
    assert run("build", folder, "-o", tmp_path / "out").exit_code == 0
    assert b"Above" not in (tmp_path / "out" / "one.html").read_bytes()


def test_an_empty_vault_is_a_site(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    result = run("build", tmp_path / "wiki", "--strict")
    assert result.exit_code == 0
    assert {"index.html", "notes.html", "404.html"} <= tree(tmp_path / "public").keys()


def test_the_title_of_a_site_without_settings_is_its_folders(tmp_path: Path) -> None:
    run("build", vault(tmp_path, NOTES, "my_video-notes"))
    assert "<title>My video notes</title>" in (tmp_path / "public" / "index.html").read_text("utf-8")


# ---- settings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('titel = "x"', "unknown key 'titel'; did you mean 'title'?"),
        ('base-url = "x"', "unknown key 'base-url'; did you mean 'base_url'?"),
        ("zzz = 1", "unknown key 'zzz'; known keys: title, description, content"),
        ("[extensions]\nfeature = []", "unknown key extensions.'feature'; did you mean 'features'?"),
        ("title = 5", "Expected `str`, got `int`"),
        ("title = ", "sitegen.toml is not valid TOML"),
        ('timestamp_format = "mm"', "it must be auto, hms or ms"),
        ('[timestamps]\nchannel = "x"', "the stamp format of 'channel' is 'x'"),
        ('[severity]\nmissing-notes = "off"', "unknown diagnostic 'missing-notes'; did you mean 'missing-note'?"),
        ('[severity]\nmissing-note = "fatal"', "it must be error, warning, info or off"),
        ('language = "no such"', "language is 'no such', which is no language tag such as en or pt-BR"),
        ('base_url = "example.org"', "base_url must be an absolute http(s) address"),
        ('base_url = "ftp://example.org"', "base_url must be an absolute http(s) address"),
        ('content = "nowhere"', "there is no such folder"),
        ('[extensions]\nfeatures = ["podcast"]', "no installed package offers it"),
    ],
)
@pytest.mark.parametrize("verb", ["build", "check"])
def test_settings_that_cannot_be_meant_exit_with_2(tmp_path: Path, verb: str, config: str, message: str) -> None:
    result = run(verb, vault(tmp_path, {**NOTES, "sitegen.toml": config + "\n"}))
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ") and message in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "wiki" / "public").exists()


def test_a_language_may_be_written_as_systems_do(tmp_path: Path) -> None:
    run("build", vault(tmp_path, {**NOTES, "sitegen.toml": 'language = "de_AT"\n'}), "-o", tmp_path / "out")
    page = (tmp_path / "out" / "notes.html").read_text("utf-8")
    assert '<html lang="de-AT"' in page and "Alle Notizen" in page


def test_strict_line_breaks(tmp_path: Path) -> None:
    files = {"a.md": "one\ntwo\n"}
    run("build", vault(tmp_path, files, "loose"), "-o", tmp_path / "1")
    run("build", vault(tmp_path, {**files, "sitegen.toml": "strict_line_breaks = true\n"}, "set"), "-o", tmp_path / "2")
    app = {".obsidian/app.json": '{"strictLineBreaks": true}'}
    run("build", vault(tmp_path, {**files, **app}, "obsidian"), "-o", tmp_path / "3")
    files |= {**app, "sitegen.toml": "strict_line_breaks = false\n"}
    run("build", vault(tmp_path, files, "both"), "-o", tmp_path / "4")
    broken = ["<br>" in (tmp_path / number / "a.html").read_text("utf-8") for number in "1234"]
    assert broken == [True, False, False, True]


def test_excluded_files_are_no_content(tmp_path: Path) -> None:
    files = {
        "a.md": "Text.\n",
        "templates_/t.md": "Text.\n",
        "old/x.md": "Text.\n",
        "b.draft.md": "Text.\n",
        "sitegen.toml": 'exclude = ["templates_/", "*.draft.md"]\n',
        ".obsidian/app.json": '{"userIgnoreFilters": ["old/"]}',
        ".trash/gone.md": "Text.\n",
    }
    run("build", vault(tmp_path, files), "-o", tmp_path / "out")
    pages = {name for name in tree(tmp_path / "out") if name.endswith(".html")}
    assert pages == {"a.html", "index.html", "notes.html", "graph.html", "404.html", "garden.html", "search.html"}


# ---- exit codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["build", "check"])
@pytest.mark.parametrize(
    ("severity", "strict", "code"),
    [
        ("error", False, 1),
        ("error", True, 1),
        ("warning", False, 0),
        ("warning", True, 1),
        ("info", True, 0),
        ("off", True, 0),
    ],
)
def test_exit_codes(tmp_path: Path, verb: str, severity: str, strict: bool, code: int) -> None:
    folder = vault(tmp_path, {**WITH_WARNING, "sitegen.toml": f'[severity]\nmissing-note = "{severity}"\n'})
    assert run(verb, folder, *(["--strict"] if strict else [])).exit_code == code


def test_no_problems_no_complaint(tmp_path: Path) -> None:
    assert run("build", vault(tmp_path, NOTES), "--strict").exit_code == 0
    assert run("check", tmp_path / "wiki", "--strict").exit_code == 0


def test_a_strict_build_still_writes_the_site(tmp_path: Path) -> None:
    assert run("build", vault(tmp_path, WITH_WARNING), "--strict").exit_code == 1
    assert (tmp_path / "public" / "one.html").is_file()


def test_check_writes_nothing(tmp_path: Path) -> None:
    folder = vault(tmp_path, WITH_WARNING)
    before = tree(tmp_path)
    assert run("check", folder).exit_code == 0
    assert tree(tmp_path) == before


# ---- options -----------------------------------------------------------------------------------------


def test_drafts(tmp_path: Path) -> None:
    files = {"d.md": "---\ndraft: true\n---\n\nSoon.\n", "p.md": "---\npublish: false\n---\n\nNever.\n"}
    folder = vault(tmp_path, files)
    run("build", folder, "-o", tmp_path / "1")
    run("build", folder, "-o", tmp_path / "2", "--drafts")
    assert "d.html" not in tree(tmp_path / "1")
    assert b"Soon." in tree(tmp_path / "2")["d.html"]
    assert "p.html" not in tree(tmp_path / "2")


@pytest.mark.parametrize("address", ["https://example.org/wiki", "https://example.org/wiki/"])
def test_base_url(tmp_path: Path, address: str) -> None:
    assert run("build", vault(tmp_path, NOTES), "--base-url", address).exit_code == 0
    page = (tmp_path / "public" / "one.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://example.org/wiki/one.html">' in page
    assert "<loc>https://example.org/wiki/</loc>" in (tmp_path / "public" / "sitemap.xml").read_text("utf-8")


def test_the_base_url_given_counts_more_than_the_one_set(tmp_path: Path) -> None:
    folder = vault(tmp_path, {**NOTES, "sitegen.toml": 'base_url = "https://set.example/"\n'})
    run("build", folder, "--base-url", "https://given.example/")
    assert "https://given.example/one.html" in (folder / "public" / "one.html").read_text("utf-8")
    run("build", folder, "--base-url", "")
    assert "canonical" not in (folder / "public" / "one.html").read_text("utf-8")


@pytest.mark.parametrize(
    "address", ["example.org", "//example.org", "javascript:alert(1)", 'https://e.org/"x', "https://e.org/?a"]
)
def test_a_wrong_base_url_exits_with_2(tmp_path: Path, address: str) -> None:
    result = run("build", vault(tmp_path, NOTES), "--base-url", address)
    assert result.exit_code == 2 and "base_url must be" in result.stderr


def test_json_and_github_say_nothing_else(tmp_path: Path) -> None:
    folder = vault(tmp_path, WITH_WARNING)
    for verb in ("build", "check"):
        (line,) = run(verb, folder, "--format", "json").output.splitlines()
        assert json.loads(line)["code"] == "missing-note"
        (line,) = run(verb, folder, "--format", "github").output.splitlines()
        assert line.startswith("::warning file=one.md,line=1,col=5,")


def test_quiet_prints_nothing_but_failures(tmp_path: Path) -> None:
    folder = vault(tmp_path, WITH_WARNING)
    assert run("build", folder, "-q").output == ""
    assert run("check", folder, "--quiet").output == ""
    assert run("check", folder, "-q", "--strict").exit_code == 1
    assert run("build", tmp_path / "nowhere", "-q").output != ""
    write(folder, {"sitegen.toml": '[severity]\nmissing-note = "error"\n', "one.md": "[[nowhere]] ![[no.png]]\n"})
    for verb in ("build", "check"):
        output = run(verb, folder, "-q").output
        assert output.startswith("error[missing-note]") and output.count("[missing-") == 1


def test_verbose_prints_every_problem(tmp_path: Path) -> None:
    folder = vault(tmp_path, {"a.md": "[[x]] [[y]]\n"})
    assert run("build", folder).output.count("-->") == 1
    assert run("build", folder, "-v").output.count("-->") == 2


# ---- what it says ------------------------------------------------------------------------------------


def test_the_summary_of_a_build(tmp_path: Path) -> None:
    first, second = run("build", vault(tmp_path, NOTES)).output.splitlines()
    # one.html, two.html, index.html, notes.html, graph.html, garden.html, search.html, 404.html; the one link
    assert re.fullmatch(r"8 pages, 1 link in \d+\.\d s; no problems", first)
    assert re.fullmatch(r".*public: (\d+) written, 0 removed, 0 unchanged", second)
    written = int(second.split()[1])
    again = run("build", tmp_path / "wiki").output.splitlines()[1]
    assert again.endswith(f"0 written, 0 removed, {written} unchanged")


def test_the_summary_counts_what_changed(tmp_path: Path) -> None:
    folder = vault(tmp_path, NOTES)
    run("build", folder)
    (folder / "two.md").unlink()
    line = run("build", folder).output.splitlines()[-2]
    assert " 2 removed, " in line  # its page, and the part of the search that had only its words
    assert not (tmp_path / "public" / "two.html").exists()


def test_the_summary_of_a_check(tmp_path: Path) -> None:
    assert run("check", vault(tmp_path, NOTES)).output == "2 notes, 1 link; no problems\n"
    files = {
        "a.md": "[[x]] ![[y.png]] [[b]]\n",
        "b.md": "Text.\n",
        "sitegen.toml": '[severity]\nmissing-note = "error"\n',
    }
    assert run("check", vault(tmp_path, files, "bad")).output.splitlines()[-1] == "2 notes, 1 link; 1 error, 1 warning"


def test_errors_stand_last_in_sight(tmp_path: Path) -> None:
    files = {"a.md": "[[x]] ![[y.png]]\n", "sitegen.toml": '[severity]\nmissing-note = "error"\n'}
    lines = [line for line in run("check", vault(tmp_path, files)).output.splitlines() if "[missing-" in line]
    assert [line.partition(":")[0] for line in lines] == ["warning[missing-embed]", "error[missing-note]"]


def test_no_colours_where_nobody_watches(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sitegen", "check", str(vault(tmp_path, WITH_WARNING))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr == ""
