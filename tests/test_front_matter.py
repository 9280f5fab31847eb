"""What the block between ``---`` lines means: every key, its spellings and types, and what happens when it is broken."""

from __future__ import annotations

import json
import re

import pytest

from sitegen.model import Note, Properties
from sitegen.stages.parse import Dialect, parse
from tests.conftest import BuildSite
from tests.sites import build_notes, default_settings, site_files, source


def note(text: str | bytes) -> Note:
    return parse(source("note.md", text), Dialect())


def properties(block: str) -> Properties:
    found = note(f"---\n{block}\n---\n\nText.\n")
    assert "".join(found.body) == "<p>Text.</p>\n"
    return found.facts.properties


def problems(text: str | bytes) -> list[tuple[str, int]]:
    """(code, line) of each."""
    return [(d.code, d.span.line if d.span else 0) for d in note(text).diagnostics]


def complaints(block: str) -> list[str]:
    found = note(f"---\n{block}\n---\n").diagnostics
    assert all(d.code == "bad-property" and d.span is not None and d.span.line == 2 for d in found)
    return [d.message for d in found]


# ---- keys and what they mean -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("title: A title", "title", "A title"),
        ("TITLE: A title", "title", "A title"),
        ('title: "Quoted: with a colon"', "title", "Quoted: with a colon"),
        ("title: 'It''s'", "title", "It's"),
        ("title: >-\n  over\n  lines", "title", "over lines"),
        ("aliases: [a, b c]", "aliases", ("a", "b c")),
        ("aliases:\n  - a\n  - b c", "aliases", ("a", "b c")),
        ("aliases: one", "aliases", ("one",)),
        ("alias: one, two", "aliases", ("one", "two")),
        ("Aliases: [a, a, '']", "aliases", ("a",)),
        ("aliases: [1, 2.50, yes]", "aliases", ("1", "2.50", "yes")),
        ("tags: [a, b/c]", "tags", ("a", "b/c")),
        ("tags:\n- '#a'\n- b", "tags", ("a", "b")),
        ("tags: a, b  c,d", "tags", ("a", "b", "c", "d")),
        ("tag: one", "tags", ("one",)),
        ('tags: "#one #two/three"', "tags", ("one", "two/three")),
        ("Tags: [été, 日本]", "tags", ("été", "日本")),
        ("cssclasses: [wide, no-title]", "css_classes", ("wide", "no-title")),
        ("cssclass: wide no-title", "css_classes", ("wide", "no-title")),
        ("permalink: about", "permalink", "about.html"),
        ("permalink: /about", "permalink", "about.html"),
        ("permalink: about/", "permalink", "about/index.html"),
        ("permalink: /People/Ada Lovelace.html", "permalink", "people/ada-lovelace.html"),
        ("permalink: /", "permalink", "index.html"),
        ("description: In short", "description", "In short"),
        ("image: pic.png", "images", ("pic.png",)),
        ("cover: '[[pic.png]]'", "images", ("[[pic.png]]",)),
        ("image: [[pic.png]]", "images", ("[[pic.png]]",)),
        ("image: [a.png, '[[b.png]]']\ncover: c.png", "images", ("a.png", "[[b.png]]", "c.png")),
        ("date: 2026-01-31", "date", "2026-01-31"),
        ("created: 2026-01-31T10:00:00", "date", "2026-01-31"),
        ("date: 2026-01-31 10:00", "date", "2026-01-31"),
        ("updated: 2026-02-01", "updated", "2026-02-01"),
        ("modified: '2026-02-01'", "updated", "2026-02-01"),
        ("lang: pt-BR", "language", "pt-BR"),
        ("videoId: T0uYxK66VLU", "video_id", "T0uYxK66VLU"),
        ("videoid: T0uYxK66VLU", "video_id", "T0uYxK66VLU"),
        ("videoId: 12345678901", "video_id", "12345678901"),  # never a number
        ("videoId: 0x123456789", "video_id", "0x123456789"),
        ("videoId: 1e123456789", "video_id", "1e123456789"),
        ("videoId: -abc_DEF-12", "video_id", "-abc_DEF-12"),
        ("videoId: https://youtu.be/T0uYxK66VLU?t=5", "video_id", "T0uYxK66VLU"),
        ("videoId: https://www.youtube.com/watch?v=T0uYxK66VLU", "video_id", "T0uYxK66VLU"),
        ("duration: 536", "duration", 536),
        ("duration: 8:56", "duration", 536),
        ("duration: 1:02:03", "duration", 3723),
        ("duration: 90:00", "duration", 5400),
        ("duration: PT8M56S", "duration", 536),
        ("duration: PT1H2M3S", "duration", 3723),
        ("timestampFormat: ms", "timestamp_format", "ms"),
        ("timestampformat: HMS", "timestamp_format", "hms"),
        ("draft: true", "draft", True),
        ("publish: false", "published", False),
    ],
)
def test_a_key_and_its_value(block: str, field: str, value: object) -> None:
    assert getattr(properties(block), field) == value


@pytest.mark.parametrize(
    "value", ["yes", "12:30", "007", "1.10", "2026-01-31", "0x1F", "1_000", "Null and void", ".5", "on"]
)
def test_scalars_stay_text_as_written(value: str) -> None:
    assert properties(f"title: {value}").title == value


@pytest.mark.parametrize(
    "key", ["title", "aliases", "tags", "permalink", "date", "lang", "videoId", "duration", "publish"]
)
def test_a_key_without_a_value_says_nothing(key: str) -> None:
    assert properties(f"{key}:") == Properties()
    assert properties(f"{key}: ''") == Properties()


def test_unknown_keys_are_nobodys_business(build_site: BuildSite) -> None:
    built = build_site({"note.md": "---\ntitle: T\nrating: 5\nsecret-thing: hush\n---\n\nText.\n"})
    assert "0 warnings" not in built.output and "no problems" in built.output
    assert not any(b"hush" in data or b"rating" in data for data in built.files().values())


def test_comments_and_empty_blocks() -> None:
    assert properties("# only a comment") == Properties()
    assert properties("") == Properties()
    assert properties("title: T # a comment").title == "T"


def test_any_sign_of_privacy_wins() -> None:
    assert not properties("publish: true\npublish: false").published
    assert not properties("publish: false\npublish: true").published
    assert properties("publish: true\ndraft: true").draft


# ---- values that cannot be meant ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("date: soon", "date: 'soon' is no date; write it as 2026-01-31"),
        ("date: 2026-02-30", "date: '2026-02-30' is no date; write it as 2026-01-31"),
        ("date: 2026-13-01", "date: '2026-13-01' is no date; write it as 2026-01-31"),
        ("Created: 31/01/2026", "Created: '31/01/2026' is no date; write it as 2026-01-31"),
        ("duration: long", "duration: 'long' is no duration; write seconds, 8:56 or PT8M56S"),
        ("duration: -5", "duration: '-5' is no duration; write seconds, 8:56 or PT8M56S"),
        ("videoId: short", "videoId: 'short' is no YouTube id or address"),
        ("timestampFormat: hh", "timestampFormat: 'hh' must be hms, ms or auto"),
        ("lang: not a language", "lang: 'not a language' is no language tag such as en or pt-BR"),
        ("permalink: ../up", "permalink: '../up' is no address within the site"),
        ("permalink: https://example.org/x", "permalink: 'https://example.org/x' is no address within the site"),
        ("tags: 2024", "tags: '2024' cannot be a tag"),
        ("title: [a, b]", "title: it must be text"),
        ("aliases: {a: b}", "aliases: it must be a list or text"),
    ],
)
def test_a_value_that_cannot_be_meant_is_reported_at_its_line_and_left_out(block: str, message: str) -> None:
    assert complaints(block) == [message]
    assert properties(block) == Properties()


def test_one_bad_value_costs_no_other() -> None:
    found = properties("date: soon\ntitle: T\nduration: long\ntags: [a]")
    assert (found.title, found.tags, found.date) == ("T", ("a",), None)


# ---- where the block is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\n---\n\nText.\n",
        "---\r\ntitle: T\r\n---\r\n\r\nText.\r\n",
        "---\rtitle: T\r---\r\rText.\r",
        "\ufeff---\ntitle: T\n---\n\nText.\n",
        "\ufeff---\r\ntitle: T\r\n---\r\n\r\nText.\r\n",
        "---\ntitle: T\n...\n\nText.\n",
        "---  \ntitle: T\n--- \n\nText.\n",
        "---\ntitle: T\n---\nText.\n",
        "---\n\ntitle: T\n\n---\nText.\n",
    ],
)
def test_line_ends_marks_and_blanks_around_the_block(text: str) -> None:
    found = note(text)
    assert found.facts.title == "T"
    assert "".join(found.body) == "<p>Text.</p>\n"
    assert found.diagnostics == ()


@pytest.mark.parametrize("text", ["---\ntitle: T\n---", "---\ntitle: T\n---\n"])
def test_a_note_may_be_nothing_but_its_block(text: str) -> None:
    assert (note(text).facts.title, note(text).body) == ("T", ("",))


@pytest.mark.parametrize(
    "text",
    [
        "\n---\ntitle: T\n---\n\nText.\n",  # not at the start
        "Text.\n\n---\ntitle: T\n---\n",
        "----\ntitle: T\n----\n",
        " ---\ntitle: T\n---\n",
        "--- title: T\n---\n",
    ],
)
def test_lines_elsewhere_are_rules_and_headings(text: str) -> None:
    assert note(text).facts.properties == Properties()
    assert "title: T" in "".join(note(text).body)


def test_a_rule_at_the_top_of_a_note_is_a_rule() -> None:
    found = note("---\n\nText.\n")
    assert "".join(found.body) == "<hr>\n<p>Text.</p>\n"
    assert found.diagnostics == ()


def test_code_at_the_start_of_the_text_keeps_its_indent() -> None:
    assert "".join(note("---\ntitle: T\n---\n\n    code\n").body) == '<pre tabindex="0"><code>code\n</code></pre>\n'


def test_lines_are_counted_from_the_top_of_the_file() -> None:
    result = build_notes({"here.md": "---\ntitle: T\ntags: [a]\n---\n\nSee [[Gone]].\n"})
    (problem,) = result.site.diagnostics
    assert problem.span is not None
    assert (problem.code, problem.span.line, problem.span.column) == ("missing-note", 6, 5)


# ---- blocks that cannot be read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("title: T\ntags: [a, b", 4),  # found where the block ends
        ("title: a: b", 2),
        ("title: T\n\tindented: x", 3),
        ("title: 'open", 3),
        ("title: T\nx: *alias", 3),
        ("title: T\n- a", 3),
        ("just words", 2),
        ("- a\n- list", 2),
        ("title: T\n  over: x", 3),
        ("%bad", 2),
    ],
)
def test_bad_yaml_names_its_line_and_does_not_show(block: str, line: int) -> None:
    text = f"---\n{block}\n---\n\nText.\n"
    (found,) = problems(text)
    assert found == ("bad-front-matter", line)
    assert "".join(note(text).body) == "<p>Text.</p>\n"
    assert note(text).facts.properties == Properties()


def test_a_note_with_bad_yaml_is_published(build_site: BuildSite) -> None:
    built = build_site({"my_note.md": "---\ntitle: [\n---\n\nWords to read.\n"})
    assert "Words to read." in built.page("my_note.html")
    assert "My note</h1>" in built.page("my_note.html")
    assert "bad-front-matter" in built.output and "my_note.md:" in built.output


@pytest.mark.parametrize(
    "block", ["publish: false\nx: [", "x: [\ndraft: true", "Publish : no\n\ty: 1", '"draft": yes\n- a']
)
def test_an_unreadable_block_that_speaks_of_privacy_withholds_the_note(build_site: BuildSite, block: str) -> None:
    built = build_site({"secret.md": f"---\n{block}\n---\n\nHidden words.\n", "a.md": "[[secret]]\n"})
    assert "withheld-note" in built.output and "secret.md:" in built.output
    assert not any(b"Hidden words" in data for data in built.files().values())
    assert "secret.html" not in built.files()


def test_an_unclosed_block_is_reported() -> None:
    text = "---\ntitle: T\n\nText.\n"
    assert problems(text) == [("bad-front-matter", 1)]
    assert "Text." in "".join(note(text).body)


def test_an_unclosed_block_that_speaks_of_privacy_withholds_the_note() -> None:
    found = note("---\ndraft: true\n\nText.\n")
    assert not found.facts.properties.published
    assert [d.code for d in found.diagnostics] == ["withheld-note"]


@pytest.mark.parametrize(
    "block",
    [
        "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "a: " + "[" * 50 + "]" * 50,
        "a: !!python/object/apply:os.system [true]",
        "x: " + "y" * 70_000,
        "<<: {title: T}",
    ],
)
def test_nothing_in_a_block_acts_or_grows(block: str) -> None:
    text = f"---\n{block}\n---\n\nText.\n"
    assert "".join(note(text).body) == "<p>Text.</p>\n"
    assert note(text).facts.title == "Note"


# ---- what a reader sees of them ----------------------------------------------------------------------


def test_description_language_classes_and_dates_reach_the_page(build_site: BuildSite) -> None:
    block = (
        "title: Título\ndescription: Em poucas <palavras>\nlang: pt-BR\ncssclasses: [wide, 'x\"y']\ndate: 2026-01-31"
    )
    page = build_site({"note.md": f"---\n{block}\nupdated: 2026-02-01\n---\n\nTexto.\n"}).page("note.html")
    assert '<meta name="description" content="Em poucas &lt;palavras&gt;">' in page
    assert '<h1 lang="pt-BR" dir="ltr">Título</h1>' in page
    assert '<div class="prose wide" lang="pt-BR" dir="ltr">' in page
    assert 'Updated <time datetime="2026-02-01">' in page


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("image: pic.png\ncover: gone.png", "https://example.org/w/pic.png"),
        ("image: gone.png\ncover: pic.png", "https://example.org/w/pic.png"),
        ("cover: sub/pic2.png\nimage: pic.png", "https://example.org/w/sub/pic2.png"),
        ("image: gone.png\ncover: https://e.org/i.png", "https://e.org/i.png"),
        ("image: https://e.org/i.png\ncover: pic.png", "https://e.org/i.png"),
        ("image: [[pic.png]]", "https://example.org/w/pic.png"),
    ],
)
def test_the_first_picture_that_there_is_counts(build_site: BuildSite, properties: str, expected: str) -> None:
    files = {"a.md": f"---\n{properties}\n---\n", "pic.png": b"p", "sub/pic2.png": b"q"}
    page = build_site(files, 'base_url = "https://example.org/w/"').page("a.html")
    assert re.findall(r'<meta property="og:image" content="([^"]*)">', page) == [expected]


def test_the_image_is_for_link_previews_and_is_published(build_site: BuildSite) -> None:
    files = {"a.md": '---\nimage: "[[pic.png]]"\n---\n', "b.md": "---\ncover: sub/pic2.png\n---\n"}
    files |= {"pic.png": "png", "sub/pic2.png": "png", "sub/unused.png": "png"}
    built = build_site(files, None, "--base-url", "https://example.org/w")
    assert '<meta property="og:image" content="https://example.org/w/pic.png">' in built.page("a.html")
    assert '<meta property="og:image" content="https://example.org/w/sub/pic2.png">' in built.page("b.html")
    assert {"pic.png", "sub/pic2.png"} <= built.files().keys() and "sub/unused.png" not in built.files()


def test_a_permalink_is_the_address_and_links_follow(build_site: BuildSite) -> None:
    built = build_site({"deep/note.md": "---\npermalink: /about/\n---\n\nText.\n", "a.md": "[[note]]\n"})
    assert "Text." in built.page("about/index.html")
    assert '<a class="link" href="about/index.html">note</a>' in built.page("a.html")
    assert '<meta http-equiv="refresh" content="0; url=../about/index.html">' in built.page("deep/note.html")


def test_a_folder_notes_permalink_is_the_folders_address(build_site: BuildSite) -> None:
    files = {"talks/talks.md": "---\npermalink: /speeches/\n---\n\nAll of them.\n", "talks/a.md": "[[talks]]\n"}
    built = build_site(files)
    assert "All of them." in built.page("speeches/index.html")
    assert '<a class="link" href="../speeches/index.html">talks</a>' in built.page("talks/a.html")
    assert "../speeches/index.html" in built.page("talks/index.html") and "All of them." not in built.page(
        "talks/index.html"
    )


@pytest.mark.parametrize(("name", "got"), [("tags", "tags/index-2.html"), ("static", "static-index.html")])
def test_a_folder_that_the_site_needs_itself_moves_and_is_called_a_folder(name: str, got: str) -> None:
    result = build_notes({f"{name}/a.md": "#t\n"})
    assert result.vault.folders[name].url == got
    (problem,) = [d for d in result.site.diagnostics if d.code == "duplicate-address" and d.path == name]
    assert problem.message.endswith(f"is taken by a page that sitegen makes; this folder is at {got}")
    assert problem.hint == "rename the folder, or give it a folder note with a permalink"


def test_a_comma_in_quotes_separates_no_aliases(build_site: BuildSite) -> None:
    files = {"a.md": '---\nalias: "Smith, John"\n---\n', "b.md": "---\naliases: one, two\n---\n"}
    page = build_site(files | {"c.md": "[[Smith, John]] [[one]] [[two]] [[Smith]]"}).page("c.html")
    assert '<a class="link" href="a.html">Smith, John</a>' in page
    assert '<a class="link" href="b.html">one</a>' in page and '<a class="link again" href="b.html">two</a>' in page
    assert '<span class="link-missing">Smith</span>' in page


PRIVATE_JSON = [
    '---\n{"draft": true}\n---\n',
    '---\n{\n\t"title": "x",\n\t"draft": true\n}\n---\n',
    '{"draft": true}\n\n',
    '\ufeff \n{\n  "title": "x",\n  "publish": "no"\n}\n',
    '{"title": "x", "draft": true,}\n\n',
    '{"title": "x",\n "private": 1\n',
    '---json\n{"draft": true}\n---\n',
    ';;;\n{"draft": true}\n;;;\n',
]


@pytest.mark.parametrize("block", PRIVATE_JSON)
def test_a_json_object_keeps_a_note_private_as_yaml_does(block: str) -> None:
    result = build_notes({"a.md": block + "Hushed words.\n", "b.md": "[[a]]\n"})
    assert set(result.vault.places) == {"b.md"}
    assert not any(b"Hushed words" in data for data in site_files(result).values())


@pytest.mark.parametrize(
    "text", ['{"draft": false}\n\nText.', "{draft} is a word", '{"title": "x"}\n\nText.', '{"a": {"draft": true}}\n']
)
def test_a_json_object_that_says_nothing_of_it_is_text(text: str) -> None:
    assert set(build_notes({"a.md": text}).vault.places) == {"a.md"}


# ---- redirects ------------------------------------------------------------------------------------


def test_other_names_of_a_note_lead_to_it(build_site: BuildSite) -> None:
    files = {
        "people/ada.md": "---\naliases: [Countess, /old/path, Ada, Taken]\n---\n",
        "people/taken.md": "Here first.\n",
    }
    built = build_site(files, None, "--base-url", "https://example.org/w", "--strict")
    page = built.page("people/countess.html")
    assert '<meta http-equiv="refresh" content="0; url=ada.html">' in page
    assert '<link rel="canonical" href="https://example.org/w/people/ada.html">' in page
    assert '<a href="ada.html">' in page and '<meta name="robots" content="noindex">' in page
    assert "url=../people/ada.html" in built.page("old/path.html")
    assert "Here first." in built.page("people/taken.html")
    for listing in ("sitemap.xml", "notes.html", "graph.json"):
        assert "countess" not in built.page(listing) and "old/path" not in built.page(listing)


def test_a_name_of_two_notes_leads_nowhere_and_that_of_a_private_one_neither(build_site: BuildSite) -> None:
    files = {
        "a.md": "---\naliases: Both\n---\n",
        "b.md": "---\naliases: Both\n---\n",
        "c.md": "---\ndraft: true\naliases: Mine\n---\n",
    }
    assert not {"both.html", "both-2.html", "mine.html"} & build_site(files).files().keys()


# ---- the table of properties ----------------------------------------------------------------------

TABLE = """---
status: in *progress*
related: ["[[b]]", "[[secret|hush]]", "[[nothing]]", plain]
home: https://example.org/x
maker:
  name: Ada
  likes: [[b]]
draft: false
---
Text and [[b|a link]].
"""


def test_properties_are_shown_where_the_site_says_so(build_site: BuildSite) -> None:
    files = {"a.md": TABLE, "b.md": "B.\n", "secret.md": "---\npublish: false\n---\n"}
    assert "in *progress*" not in build_site(files).page("a.html")
    page = build_site(files, "properties = true\n").page("a.html")
    assert '<details class="properties">' in page
    assert '<th scope="row">status</th><td>in *progress*</td>' in page
    assert '<th scope="row">related</th><td><a href="b.html">b</a>, hush, nothing, plain</td>' in page
    assert '<td><a href="https://example.org/x">https://example.org/x</a></td>' in page
    assert '<th scope="row">maker</th><td>name: Ada, <a href="b.html">b</a></td>' in page
    assert 'row">draft' not in page and "properties" not in build_site(files, "properties = true\n").page("b.html")


# ---- Obsidian's own settings ------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "got"), [("files/here", "files/here/p.png"), ("./img", "notes/img/p.png")])
def test_of_several_files_the_one_in_obsidians_attachment_folder_is_meant(
    build_site: BuildSite, folder: str, got: str
) -> None:
    names = ["a/p.png", "files/here/p.png", "notes/img/p.png"]
    files = {"notes/n.md": "![[p.png]]\n", ".obsidian/app.json": json.dumps({"attachmentFolderPath": folder})}
    built = build_site(files | dict.fromkeys(names, "png"), None, "--strict")
    assert [name for name in names if name in built.files()] == [got]


def test_drafts_show_when_asked_for_and_private_notes_never() -> None:
    notes = {"d.md": "---\ndraft: true\n---\n", "p.md": "---\npublish: false\n---\n", "n.md": "---\ntitle: N\n---\n"}
    assert set(build_notes(notes).vault.places) == {"n.md"}
    settings = default_settings(drafts=True)
    assert set(build_notes(notes, settings=settings).vault.places) == {"d.md", "n.md"}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_a_value_that_is_nothing_says_nothing(build_site: BuildSite, nothing: str) -> None:
    keys = ("title", "tags", "aliases", "date", "videoId", "publish", "draft")
    block = "".join(f"{key}: {nothing}\n" for key in keys)
    built = build_site({"My note.md": f"---\n{block}---\ntext"}, None, "--strict")
    assert "<h1>My note</h1>" in built.page("my-note.html")
    assert not (built.out / "tags").exists()


def test_both_spellings_of_a_list_add_up(build_site: BuildSite) -> None:
    files = {"a.md": "---\nalias: one\naliases: [two]\n---\ntext", "b.md": "[[one]] and [[two]]"}
    page = build_site(files, None, "--strict").page("b.html")
    assert '<a class="link" href="a.html">one</a> and <a class="link again" href="a.html">two</a>' in page
