"""One bad note costs that note a diagnostic and nothing else: the build ends, and every other page is as it was."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.build import Memo
from sitegen.stages.parse import Dialect, parse
from tests.conftest import BuildSite, run_build, write
from tests.crawler import dangling
from tests.sites import build_notes, site_files, source

GOOD = {
    "good.md": "# Good\n\nA sentence that links to [[other]] and says ordinary things.\n",
    "other.md": "---\ntitle: Other\ntags: [fine]\n---\nLinks back to [[good]].\n",
}


def _codes(output: str, path: str) -> set[str]:
    """The codes of the diagnostics about one file, from ``--format github``."""
    found = set()
    for line in output.splitlines():
        if line.startswith("::") and f"file={path}," in line:
            found.add(line.partition("title=")[2].partition("::")[0])
    return found


# ---- what a note's bytes may be ---------------------------------------------------------------------

BAD_NOTES: dict[str, tuple[str | bytes, str]] = {
    "YAML error": ("---\ntitle: [unclosed\nfoo: : bar\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML that is a list": ("---\n- a\n- b\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML with a tab": ("---\ntitle: a\n\tb: c\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML object tag": ("---\na: !!python/object/apply:os.system ['exit 3']\n---\nSurvivingText\n", ""),
    "YAML aliases": (
        "---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n---\nSurvivingText\n",
        "bad-front-matter",
    ),
    "YAML merge bomb": ("---\na: &a {x: 1}\nb: {<<: [*a, *a]}\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML nested deeply": ("---\na: " + "[" * 5000 + "]" * 5000 + "\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML of many values": ("---\na: [" + "1, " * 20_000 + "]\n---\nSurvivingText\n", "bad-front-matter"),
    "YAML huge number": ("---\nduration: " + "9" * 5000 + "\n---\nSurvivingText\n", "bad-property"),
    "YAML unclosed": ("---\ntitle: x\n\nSurvivingText\n", "bad-front-matter"),
    "bad property": ("---\ndate: tomorrow\nlang: '<b>'\n---\nSurvivingText\n", "bad-property"),
    "permalink outside": ("---\npermalink: ../../etc/passwd\n---\nSurvivingText\n", "bad-property"),
    "permalink of many folders": ("---\npermalink: " + "a/" * 3000 + "b\n---\nSurvivingText\n", "bad-property"),
    "binary": (bytes(range(256)) * 40 + b"SurvivingText", "unreadable-file"),
    "UTF-16 with mark": ("# Title\n\nSurvivingText\n".encode("utf-16"), "unreadable-file"),
    "UTF-16 without mark": ("# Title\n\nSurvivingText\n".encode("utf-16-le"), "unreadable-file"),
    "UTF-16 of the other order": ("# Title\n\nSurvivingText\n".encode("utf-16-be"), "unreadable-file"),
    "Latin-1": ("Café SurvivingText\n".encode("latin-1"), "unreadable-file"),
    "NUL": (b"Surviving\x00 text SurvivingText\n", "unreadable-file"),
    "cut within a character": ("SurvivingText ü".encode()[:-1], "unreadable-file"),
    "surrogates": (b"SurvivingText \xed\xa0\x80\n", "unreadable-file"),
    "control characters": ("SurvivingText \x01\x0b\x0c\x1b[31m\x7f\n", ""),
    "old Mac line ends": (b"# Title\r\rSurvivingText [[good]]\r", ""),
    "empty": (b"", ""),
    "mark only": (b"\xef\xbb\xbf", ""),
    "line of a megabyte": ("SurvivingText " + "word " * 200_000, ""),
    "five megabytes": ("SurvivingText\n\n" + "Some *words* of a long note.\n\n" * 180_000, "note-too-large"),
    "row of blanks": ("|a|b|\n|--|--|\n|SurvivingText" + " " * 185_805 + "|x|\n", ""),
    "tag of many levels": ("SurvivingText #" + "a/" * 1000 + "b\n", ""),
    "tag of a thousand characters": ("SurvivingText #" + "ä" * 1000 + "\n", ""),
    "embeds itself": ("SurvivingText\n\n![[bad]]\n", "embed-cycle"),
    "embeds a heading of itself": ("# A\n\nSurvivingText\n\n![[bad#A]]\n", "embed-cycle"),
    "deep quotes": ("> " * 3000 + "x\n\nSurvivingText\n", "note-too-large"),
    "deep lists": ("- " * 3000 + "x\n\nSurvivingText\n", "note-too-large"),
    "deep indented lists": ("\n".join("  " * i + "- x" for i in range(300)) + "\n\nSurvivingText\n", "note-too-large"),
    "deep brackets": ("[" * 3000 + "x" + "]" * 3000 + "\n\nSurvivingText\n", "missing-note"),
    "deep emphasis": ("*a **b " * 2000 + "\n\nSurvivingText\n", ""),
    "deep footnotes": ("^[" * 2000 + "x" + "]" * 2000 + "\n\nSurvivingText\n", ""),
    "deep HTML": ("<div>" * 20_000 + "\n\nSurvivingText\n", "note-too-large"),
    "deep inline HTML": ("x <b>" * 20_000 + "\n\nSurvivingText\n", "note-too-large"),
    "quotes that run into text": ("> ```\nx\n" * 5000 + "\n\nSurvivingText\n", "note-too-large"),
    "HTML that never ends": ("<iframe>\n\n## Heading\n\nSurvivingText\n", ""),
    "deep callouts": ("\n".join(">" * i + " [!note]" for i in range(1, 200)) + "\n\nSurvivingText\n", "note-too-large"),
}


@pytest.mark.parametrize("name", BAD_NOTES)
def test_a_bad_note_costs_itself_a_diagnostic_and_nothing_else(build_site: BuildSite, name: str) -> None:
    content, code = BAD_NOTES[name]
    alone = build_site(GOOD).files()
    built = build_site({**GOOD, "bad.md": content}, None, "--format", "github")

    assert "Traceback" not in built.output
    codes = _codes(built.output, "bad.md")
    assert codes == ({code} if code else set())
    assert _codes(built.output, "good.md") == _codes(built.output, "other.md") == set()
    files = built.files()
    assert "SurvivingText" in files["bad.html"].decode() or name in ("empty", "mark only")
    for page in ("good.html", "other.html", "tags/fine.html"):
        if "good" not in str(content):
            assert files[page] == alone[page]
    assert dangling(files) == []


def test_a_note_without_a_readable_part_names_the_line(build_site: BuildSite) -> None:
    built = build_site({"a.md": "---\ntitle: fine\nb: [1, 2\nc: 3\n---\n"}, None, "--format", "github")
    assert "::warning file=a.md,line=4" in built.output or "::warning file=a.md,line=3" in built.output


# ---- embeds that grow ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [">\t- <script>\n>\t", "\n>\t1. <pre>a\n> "])
def test_a_quote_that_ends_with_its_mark_in_raw_html_is_read(build_site: BuildSite, text: str) -> None:
    """The library looks for a character after the last one there."""
    built = build_site({"quote.md": text, **GOOD})
    assert built.exit_code == 0, built.stderr
    assert {"quote.html", "good.html", "other.html"} <= set(built.files())


def test_a_cycle_of_embeds_ends_and_is_named(build_site: BuildSite) -> None:
    built = build_site({**GOOD, "a.md": "Text A\n\n![[b]]\n", "b.md": "Text B\n\n![[a]]\n"}, None, "--format", "github")
    page = built.page("a.html")
    assert page.count("<p>Text A</p>") == page.count("<p>Text B</p>") == 1
    assert _codes(built.output, "a.md") == _codes(built.output, "b.md") == {"embed-cycle"}


@pytest.mark.parametrize("width", [2, 8, 40])
def test_a_chain_of_embeds_that_doubles_stays_small(width: int) -> None:
    """Each of eight notes embeds the next several times: width to the power of eight, unbounded."""
    notes = {f"n{i}.md": f"Text {i}.\n\n" + f"![[n{i + 1}]]\n\n" * width for i in range(8)}
    started = time.process_time()
    result = build_notes({**notes, "n8.md": "The end.", **GOOD})
    assert time.process_time() - started < 5
    largest = max(len(data) for data in site_files(result).values())
    assert largest < 2_000_000
    about = [d for d in result.site.diagnostics if d.code == "embed-depth"]
    assert {d.path for d in about} >= {"n0.md", "n1.md"}
    assert len(about) <= 8 * width  # one for an embed that was written, not for each time it was met
    assert result.site.artifacts["good.html"] == build_notes(GOOD).site.artifacts["good.html"]


def test_many_small_embeds_of_one_large_note_take_linear_time() -> None:
    def work(n: int) -> None:
        large = "".join(f"## Part {i}\n\nText.\n\n" for i in range(n))
        build_notes({"large.md": large, "many.md": "".join(f"![[large#Part {i}]]\n\n" for i in range(n))})

    assert _growth(work, 400, 6400) < 3


# ---- what a folder may hold ---------------------------------------------------------------------------


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    vault, outside = tmp_path / "vault", tmp_path / "outside"
    write(vault, GOOD)
    write(outside, {"secret.md": "OutsideText", "pic.png": "OutsideText"})
    os.mkfifo(vault / "pipe.md")
    os.mkfifo(vault / "pipe.png")
    (vault / "loop").symlink_to(vault)
    (vault / "self.md").symlink_to(vault / "self.md")
    (vault / "link.md").symlink_to(outside / "secret.md")
    (vault / "pic.png").symlink_to(outside / "pic.png")
    (vault / "zero.md").symlink_to("/dev/zero")
    (vault / "folder").symlink_to(outside)
    write(vault, {"uses.md": "![[pic.png]] [[link]] ![[pipe.png]] [[folder/secret]] ![](../outside/secret.md)"})
    built = run_build(vault, tmp_path / "out")
    assert built.exit_code == 0
    assert {url for url in built.files() if not url.startswith(("static/", "browse/"))} == {
        "index.html", "notes.html", "404.html", "tags/index.html", "tags/fine.html", "graph.json", "graph.html",
        "graph-data.js", "garden.html", "search.html", ".nojekyll", ".sitegen-manifest.json", "good.html", "other.html", "uses.html",
    }  # fmt: skip
    assert not [url for url, data in built.files().items() if b"OutsideText" in data]


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="file permissions are POSIX ones here")
def test_an_unreadable_file_is_named_and_the_rest_is_built(root: Path, tmp_path: Path) -> None:
    done = _build_with_locked_files(root, tmp_path)
    pages = {path.name for path in (tmp_path / "out").glob("*.html")}
    assert done.returncode == 0, done.stdout + done.stderr
    for path in ("locked.md", "locked.png", "closed/"):
        assert _codes(done.stdout, path) == {"unreadable-file"}
    assert _codes(done.stdout, "uses.md") == {"missing-embed"}
    assert pages >= {"good.html", "other.html", "uses.html"}


def _build_with_locked_files(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    vault = folder / "vault"
    write(vault, {**GOOD, "locked.md": "x", "locked.png": "x", "closed/inside.md": "x", "uses.md": "![[locked.png]]"})
    locked = [vault / "locked.md", vault / "locked.png", vault / "closed"]
    for path in locked:
        path.chmod(0)
    command = [sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(folder / "out"), "--format", "github"]
    if os.geteuid() == 0:  # root reads everything unless this right is taken from it
        if shutil.which("setpriv") is None:
            pytest.skip("root reads everything")
        command = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search", *command]
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=root)
    finally:
        for path in locked:
            path.chmod(0o755)


NAMES = [
    "ordinary", "with blank", " leading", "trailing ", "dots...", "a.b.c", "Ünï cödé", "e\u0301 decomposed", "漢字かな", "عربي",
    "👩‍👩‍👧‍👦", "con", "NUL", "aux.1", "a'b\"c", "a&b", "a%20b", "100%", "a#b", "a?b", "a:b", "a|b", "a<b>c", "a*b", "[x]", "(y)",
    "a\\b", "a\nb", "a\tb", "a\x01b", "\u202eevil", "\u2068iso\u2069", "\u200b", "~", "-", "--", "_", "__init__", "$HOME", "`x`",
    "{{ 7*7 }}", "<script>alert(1)</script>".replace("/", ""), "x" * 240, "ü" * 118, "漢" * 80, "index", "Index ", "404", "notes",
    "ß", "SS", "ss", "İ", "ı", "a-b", "a b", "a_b", "A B", ";", "!", "@", "+", "=", "tags", "static", "feed.xml", "static.png",
]  # fmt: skip


def test_every_name_gets_a_page_of_its_own(build_site: BuildSite) -> None:
    files = {f"{name}.md": f"Marker{number}End" for number, name in enumerate(NAMES)}
    links = "\n".join(f"- [x](<{name}.md>)" for name in NAMES if not set(name) & set("<>\n\\%#?"))
    built = build_site({**files, "all.md": links}, None, "-q")
    pages = built.files()
    html = {url: data.decode() for url, data in pages.items() if url.endswith(".html")}
    for number, name in enumerate(NAMES):
        holders = [url for url, text in html.items() if f'<div class="prose">\n<p>Marker{number}End</p>' in text]
        assert len(holders) == 1, (name, holders)
    assert dangling(pages) == []
    assert all(len(part.encode()) <= 240 for url in pages for part in url.split("/"))


def test_every_attachment_name_can_be_linked(build_site: BuildSite) -> None:
    names = [name for name in NAMES if not set(name) & set("<>\n\\|[]#")]
    names += ["!." + "x" * 250, "x.c#", "x.a b", 'x.a"b', "x.%41", "x.p?q", "x.ä", "dot.", "a.tar.gz", "UP.PNG"]
    text = "\n\n".join(f"[x](<{name.replace('%', '%25').replace('#', '%23').replace('?', '%3F')}>)" for name in names)
    built = build_site({**dict.fromkeys(names, "AttachmentText"), "note.md": text}, None, "-q")
    files = built.files()
    assert dangling(files) == []
    copies = [url for url, data in files.items() if data == b"AttachmentText"]
    assert len(copies) >= len(names) - 6  # a name that a link cannot say is simply not published
    assert all(len(part.encode()) <= 240 for url in files for part in url.split("/"))


def test_attachments_with_the_names_of_our_own_files_get_other_addresses(build_site: BuildSite) -> None:
    names = [
        "graph.json",
        "feed.xml.txt",
        "sitemap.txt",
        "static",
        "404.png",
        "sub/index",
        "tags.txt",
        "good.html.txt",
    ]
    more = ["static2/site.css", "Static/site.css", "a", "A!/b.png"]
    attachments = dict.fromkeys([*names, *more], "AttachmentText")
    text = " ".join(f"[[{name}]]" for name in attachments)
    files = build_site(
        {**GOOD, **attachments, "note.md": text}, None, "--base-url", "https://example.org", "-q"
    ).files()
    assert dangling(files) == []
    assert sum(data == b"AttachmentText" for data in files.values()) == len([*names, *more])
    assert b"AttachmentText" not in files["graph.json"]


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    write(vault, GOOD)
    try:
        with open(os.fsencode(vault) + b"/caf\xe9.md", "wb") as file:
            file.write(b"x")
    except OSError:
        pytest.skip("this file system has only UTF-8 names")
    built = run_build(vault, tmp_path / "out")
    assert built.exit_code == 0
    assert "unreadable-file" in built.output
    assert "not UTF-8" in built.output


def test_a_heading_named_a_thousand_times_gets_a_thousand_ids() -> None:
    result = build_notes({"a.md": "## Same\n\n" * 1000 + "## Same 2\n"})
    files = site_files(result)
    assert files["a.html"].count(b'<h2 id="same') == 1001
    assert dangling(files) == []


# ---- the time a note takes ------------------------------------------------------------------------------

UNITS = {
    "opening brackets": "[",
    "closing brackets": "]",
    "images": "![",
    "backticks": "`",
    "backticks with blanks": "` ",
    "asterisks": "*",
    "asterisks with words": "*a ",
    "emphasis of two kinds": "*a_ ",
    "strong within a word": "a**b",
    "underscores": "_",
    "tildes": "~~a ",
    "wikilinks, unclosed": "[[",
    "wikilinks with labels, unclosed": "[[a|",
    "wikilinks nested": "[[a|[[b]]",
    "wikilinks nested, unclosed": "[[a|b ",
    "wikilinks": "[[a]] ",
    "wikilinks in sentences": "[[a]]. ",
    "embeds, unclosed": "![[",
    "comment signs": "%%",
    "comment signs, three": "%%%",
    "comments": "%%a%% ",
    "highlight signs": "==",
    "highlights, unclosed": "==a",
    "highlights that end in blanks": "==a =",
    "highlights": "==a== ",
    "dollars": "$",
    "carets": "^[",
    "footnote references": "[^",
    "footnote definitions": "[^a]: ",
    "stamps, unclosed": '<a class="yt-timestamp',
    "stamps, unclosed in a value": '<a class="yt-timestamp" data-t="',
    "stamps without an end": '<a class="yt-timestamp" data-t="01:02:03">',
    "stamps in brackets, unclosed": "[1:02, ",
    "stamps in brackets": "[1:02] ",
    "angle brackets": "<",
    "unclosed attributes": '<a x="y',
    "links in HTML, unclosed": '<a href="',
    "images in HTML, unclosed": '<img src="',
    "elements": "<div>",
    "elements with attributes": 'x <title a="b"> <g a="b"> ',
    "elements on lines": "<div>a\n",
    "elements in paragraphs": "<div>\n\n",
    "elements nested wrongly": "<i>a</b>",
    "elements that end what never began": "<b></p>",
    "SVG": "<svg>",
    "HTML comments": "<!--",
    "processing instructions": "<?",
    "CDATA": "<![CDATA[",
    "holes, forged": '<wbr data-hole="L0">',
    "quotes": "> ",
    "quotes and lists": "> - ",
    "lists": "- a\n",
    "tasks": "- [ ] a\n",
    "callouts": "> [!note]\n",
    "block ids": "a ^b\n\n",
    "block ids on one line": "^a ",
    "headings": "# a\n",
    "underlined headings": "a\n=\n",
    "headings of one name": "## Same\n",
    "rules": "---\n",
    "fences": "```\n",
    "fences in quotes": "> ```\n",
    "pipes": "|\n",
    "tags": " #a",
    "signs of tags": "#",
    "entities": "&amp;",
    "backslashes": "\\",
    "addresses": "http://",
    "addresses without blanks": "http://a.b",
    "addresses, many": "http://a.bc *x* ",
    "addresses by www": "www.a.bc ",
    "e-mail addresses": "a@b.",
    "e-mail addresses, many": "a@b.com ",
    "Markdown links, unclosed": "[a](",
    "labels with marks": "[[a|**b**]] ",
    "labels with code that does not end": "[[a|`]] ",
    "links of raw HTML, a block each": '<a href="b">\n\n[[c]]\n\n',
    "Markdown links with titles, unclosed": '[a](b "',
    "reference links": "[a][",
    "definitions": "[a]: b\n",
    "line breaks": "\n",
    "blanks": " ",
    "blanks and words": "x ",
    "emoji": "👍🏽",
    "one word": "word",
    "definition lists": ": a\n",
    "strong words": "**a** ",
    "strong words, stamps and links": "**a** [1:02] [[b]] ",
}


_MEASURABLE = 0.04  # seconds


def _growth(work: Callable[[int], object], start: int, largest: int) -> float:
    """How many times longer twice the work takes, in CPU time, at a size that takes long enough to measure."""

    def cost(n: int) -> float:
        gc.collect()
        started = time.process_time()
        work(n)
        return time.process_time() - started

    n, once = start, cost(start)
    while once < _MEASURABLE and n < largest:
        n *= 2
        once = cost(n)
    ratio = cost(2 * n) / once
    for _ in range(3):
        if ratio < 2.6 or n >= largest and once < _MEASURABLE:
            break
        ratio = min(ratio, cost(2 * n) / max(once, cost(n)))
    return ratio if once >= _MEASURABLE else 1.0


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_of_hostile_text_grows_with_its_length(unit: str) -> None:
    text = UNITS[unit]

    def work(characters: int) -> None:
        repeated = text * (characters // len(text))
        build_notes({"a.md": f"---\nvideoId: dQw4w9WgXcQ\n---\n{repeated}"}, memo=Memo())

    build_notes({})  # what only the first build does
    assert _growth(work, 10_000, 160_000) < 3


def test_the_time_of_one_very_long_line_of_strong_words_grows_with_its_length() -> None:
    def work(words: int) -> None:
        parse(source("a.md", "**a** " * words), Dialect())

    work(1_000)
    assert _growth(work, 80_000, 80_000) < 2.6


MANY: dict[str, Callable[[int], str]] = {
    "headings": lambda n: "".join(f"## Part {i}\n" for i in range(n)),
    "links to nothing": lambda n: "".join(f"[[nothing {i}]] " for i in range(n)),
    "anchors that are not there": lambda n: "".join(f"[[#nothing {i}]] " for i in range(n)),
    "tags": lambda n: "".join(f"#tag{i} " for i in range(n // 4)),
    "block ids": lambda n: "".join(f"Text {i} ^id{i}\n\n" for i in range(n)),
    "footnotes": lambda n: "".join(f"[^{i}] " for i in range(n)) + "".join(f"\n\n[^{i}]: x" for i in range(n)),
    "definitions": lambda n: "".join(f"[r{i}]: x\n" for i in range(n)) + "[r1] " * n,
    "stamps": lambda n: "".join(f"[{i // 60}:{i % 60:02}] " for i in range(n)),
    "stamps without a meaning": lambda n: "".join(f"[{i}:99:99]\n" for i in range(n)),
    "links in one row": lambda n: "|" + r"[[a\|b]]|" * n + "\n|" + "--|" * n + "\n",
    "rows": lambda n: "|a|b|\n|--|--|\n" + "|a|b|\n" * n,
    "dots after a link": lambda n: "[[a]] " + "." * (8 * n),
    "dots and brackets after a link": lambda n: "[[a]] " + ".)" * (4 * n),
    "links in one sentence": lambda n: "[[a]] and " * n,
    "text before a colon": lambda n: "a" * (4 * n) + "a:" * n + "://" * n,
    "backticks of growing length": lambda n: " ".join("`" * i for i in range(1, int((8 * n) ** 0.5))),
    "comments and backticks of growing length": lambda n: (
        "%%x%% " + " ".join("`" * i for i in range(1, int((8 * n) ** 0.5)))
    ),
    "comments and fences": lambda n: "%%x%%\n" + "```\n``` x\n" * n,
    "comments and fences in lists": lambda n: "%%x%%\n" + "- ```\n  x\n" * n,
    "comments and fences in quotes": lambda n: "%%x%%\n" + "> ```\nx\n\n" * n,
    "comments and markers": lambda n: "%%x%%\n" + "- " * n + "\n" + "1. \t" * n,
    "comments and backslashes": lambda n: "%%x%% " + "\\`" * n,
    "nested lists": lambda n: "\n".join("  " * (i % 40) + "- a" for i in range(n)),
}


@pytest.mark.parametrize("what", MANY)
def test_the_time_of_many_different_things_grows_with_their_number(what: str) -> None:
    def work(n: int) -> None:
        build_notes({"a.md": f"---\nvideoId: dQw4w9WgXcQ\n---\n{MANY[what](n)}"})

    build_notes({})
    assert _growth(work, 250, 16_000) < 3


def test_a_note_that_takes_too_much_work_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("^[" * 30 + "x" + "]" * 30 + " ") * 100
    assert [d.code for d in build_notes({"a.md": text}).site.diagnostics] == []
    monkeypatch.setattr("sitegen.stages.inline.MAX_READ", 100_000)
    result = build_notes({"a.md": text, "b.md": "See [[a]]."})
    assert [(d.code, d.path) for d in result.site.diagnostics] == [("note-too-large", "a.md")]
    assert b"<pre>^[^[" in site_files(result)["a.html"]


def test_the_work_of_a_chain_of_embeds_grows_with_its_length() -> None:
    def work(n: int) -> None:
        build_notes({f"{i}.md": f"![[{i + 1}]]" for i in range(n)})

    build_notes({})
    assert _growth(work, 50, 1_000) < 3


def test_a_heading_with_a_block_id_beside_raw_html_is_a_heading(build_site: BuildSite) -> None:
    built = build_site({"a.md": "x<br>y\n\n## T ^hid\n\n## U\n\n[[#^hid]]\n"})
    assert '<h2 id="t">T</h2>' in built.page("a.html")
    assert 'href="#t"' in built.page("a.html")
