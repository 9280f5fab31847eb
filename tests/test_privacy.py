"""Nothing of a note that its author keeps back is anywhere in the output: no text, no name, no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import BuildSite, Built, run_build, write
from tests.properties.strategies import BROKEN_PRIVATE, PRIVATE

SECRET = "zqxsecret"

# More ways to say it than the property tests draw from, by the block between the --- lines.
SPELLINGS = [
    *PRIVATE,
    *BROKEN_PRIVATE,
    '{title: "x, publish: false}',
    "- publish: false",
    "? draft\n: true\n: :",
    "x: [\n> draft: true",
    "x: [\npublish\u00a0: false",
    "draft： true",
    "draft = true",
    "draft: y",
    "draft: T",
    "draft: x",
    "draft: done soon",
    "draft: {a: b}",
    "draft: 2026-01-01",
    "draft: “true”",
    "draft: ‘yes’",
    "publish: n",
    "publish: f",
    "publish: “false”",
    "publish: [false]",
    "publish: not yet",
    "Published: No",
    "PRIVATE: YES",
    "publish: true\nprivate: true",
    "publish: false\npublish: true",
    "draft: false\ndraft: true",
    "? draft\n: true",
    "draft: !!bool true",
    "draft: &x true",
    "draft: |\n  true",
    "draft: >-\n  yes",
    "{draft: true}",
    '{"publish": false}',
    "draft: \u00a0true",
    "draft:\u00a0true",
    "\u200bdraft: true",
    "draft\u200b: true",
    "\ufeffdraft: true",
    "title: a: b\ndraft: true",
    "draft: true\n- x\n",
    "draft: true\n\tx",
    "draft: 'true",
    "tags: [a\ndraft: true",
    "x: *y\npublish: false",
    "a: " + "[" * 100 + "\ndraft: true",
    "x: " + "y" * 70_000 + "\ndraft: true",
]


def _everywhere(built: Built, word: str = SECRET) -> list[str]:
    return [url for url, data in built.files().items() if word.encode() in data or word in url]


@pytest.mark.parametrize("block", SPELLINGS)
def test_every_spelling_keeps_a_note_back(build_site: BuildSite, block: str) -> None:
    notes = {
        "public.md": "Nothing here.",
        f"{SECRET}.md": f"---\ntitle: {SECRET}\n{block}\n---\n{SECRET} text\n",
        f"first {SECRET}.md": f"---\n{block}\ntitle: {SECRET}\n---\n{SECRET} text\n",
    }
    if block.startswith("{"):
        notes = {"public.md": "Nothing here.", f"{SECRET}.md": f"---\n{block}\n---\n{SECRET} text\n"}
    assert _everywhere(build_site(notes)) == []


@pytest.mark.parametrize(
    "word",
    ["draft: false", "publish: true", "publish: yes", "publish: 2026-01-31", "draft:", "publish:", "private: no"],
)
def test_a_note_that_says_it_is_public_is_public(build_site: BuildSite, word: str) -> None:
    assert "a.html" in build_site({"a.md": f"---\n{word}\n---\nText"}).files()


FRAMES = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "two BOMs": lambda text: b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(),
    "BOM and CRLF": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, little end first, no mark": lambda text: text.encode("utf-16-le"),
    "UTF-16, big end first, no mark": lambda text: text.encode("utf-16-be"),
    "Latin-1": lambda text: (text + "é").encode("latin-1"),
    "ended by dots": lambda text: text.replace("\n---\n", "\n...\n").encode(),
    "blanks after the lines": lambda text: text.replace("---\n", "---  \t\n").encode(),
    "no-break space after the line": lambda text: text.replace("---\n", "---\u00a0\n").encode(),
    "blank lines before": lambda text: ("\n\n" + text).encode(),
    "blanks before": lambda text: ("  " + text).encode(),
    "no end": lambda text: text.replace("\n---\n", "\n").encode(),
    "no end, and long": lambda text: (
        text.replace("\n---\n", "\n").replace("draft", "x: " + "y" * 9000 + "\ndraft").encode()
    ),
    "zero bytes": lambda text: text.replace(" ", "\x00 ").encode(),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_no_encoding_or_damage_publishes_a_draft(build_site: BuildSite, frame: str) -> None:
    text = f"---\ntitle: {SECRET}\ndraft: true\n---\n{SECRET} text\n"
    built = build_site({"public.md": "Nothing here.", "a.md": FRAMES[frame](text)})
    assert _everywhere(built) == []
    assert "a.html" not in built.files()


def test_a_withheld_note_is_told_of_with_its_line(build_site: BuildSite) -> None:
    built = build_site({"a.md": "---\ntitle: x\ndraft: true\nbad: [\n---\ntext"}, None, "--format", "github")
    (line,) = [line for line in built.stdout.splitlines() if "withheld-note" in line]
    assert "file=a.md,line=" in line


# ---- what public notes make of a private one ----------------------------------------------------------------


@pytest.fixture
def hidden(build_site: BuildSite) -> Built:
    """A vault whose public note names a draft in every way there is."""
    return build_site(
        {
            f"plans/{SECRET}.md": f"---\ntitle: {SECRET} title\naliases: [{SECRET} alias, Known name]\ndraft: true\n"
            f"related: '[[{SECRET} related]]'\n"
            f"permalink: /{SECRET}-address/\ntags: [{SECRET}-tag]\nimage: {SECRET}-cover.png\n---\n"
            f"# {SECRET} heading\n\n{SECRET} text. It links to [[public]] in a {SECRET} sentence. ^{SECRET}-block\n\n"
            f"![[{SECRET}.png]] ![[shared.png]] ![[only-drafts.pdf]] #{SECRET}-inline\n",
            "public.md": "---\nrelated: '[[Known name]]'\nvideoId: dQw4w9WgXcQ\n---\n"
            "Before. [[Known name]] ![[Known name]] ![[Known name#a heading]] ![[Known name#^x]] "
            "[my words](<Known name>) [[Known name|my label]] [[Known name#part]] ![[shared.png]] After.",
            f"{SECRET}.png": "x",
            f"{SECRET}-cover.png": "x",
            "shared.png": "x",
            "only-drafts.pdf": "x",
            "unused.png": "x",
            "other-video.md": "---\ndraft: true\nvideoId: dQw4w9WgXcQ\n---\n[1:23]",
        },
        None,
        "--base-url",
        "https://example.org",
    )


def test_links_and_embeds_of_a_draft_leave_the_authors_own_words(hidden: Built) -> None:
    assert _everywhere(hidden) == []
    body = hidden.page("public.html").partition('<div class="prose')[2].partition("</article>")[0]
    assert "my label" in body and "Known name" in body
    assert "<a " not in body.replace('<a class="attachment"', "")
    assert "link-missing" not in body and "embed" not in body


def test_a_draft_is_no_backlink_no_edge_no_count_and_no_problem(hidden: Built) -> None:
    assert "Linked from" not in hidden.page("public.html")
    assert "Other notes from this video" not in hidden.page("public.html")
    graph = json.loads(hidden.page("graph.json"))
    assert [node["url"] for node in graph["nodes"]] == ["public.html"]
    assert "1 note<" in hidden.page("index.html")
    assert "plans" not in hidden.page("index.html")
    assert not [url for url in hidden.files() if url.startswith("plans")]
    assert "no problems" in hidden.output
    assert SECRET not in hidden.output


def test_only_attachments_that_a_published_note_shows_are_published(hidden: Built) -> None:
    files = hidden.files()
    assert "shared.png" in files
    assert not {"only-drafts.pdf", "unused.png"} & set(files)


def test_an_attachment_named_in_a_comment_code_or_unknown_property_only_is_not_published(build_site: BuildSite) -> None:
    built = build_site(
        {
            "a.md": "---\nnote: a.png\n---\n%%![[b.png]]%% `![[c.png]]` <!-- ![[d.png]] -->\n\n```\n![[e.png]]\n```\n",
            **{f"{c}.png": "x" for c in "abcde"},
        }
    )
    assert not [url for url in built.files() if url.endswith(".png") and not url.startswith("static/")]


# ---- what a public note keeps back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"a %%{SECRET}%% b",
        f"%%\n{SECRET}\n\n{SECRET}\n%%",
        f"a %%{SECRET}",
        f"a <!-- {SECRET} --> b",
        f"<!--\n{SECRET}\n-->\n\nb",
        f"# Heading %%{SECRET}%%",
        f"| a | b |\n|--|--|\n| %%{SECRET}%% | x |",
        f"> quote %%{SECRET}%%",
        f"- item %%{SECRET}%%",
        f"[[a|label %%{SECRET}%%]]",
        f"> ```\n> code\n\n%%{SECRET}%%",
        f"- ```\n  code\n  ```\n\n%%{SECRET}%%",
        f"``a`` %%{SECRET}%% ``b``",
        f"a ` b\n\n%%{SECRET}%% ` c",
        f"    code\n\n%%{SECRET}%%",
        f"```\ncode\n```\n%%{SECRET}%%",
        f"~~~\n```\n~~~\n%%{SECRET}%%",
        f"a ``` b\n\n%%{SECRET}%%",
        f"````\n```\n````\n%%{SECRET}%%",
        f"```\ncode\n  ```\n%%{SECRET}%%",
        f"> [!note]\n> %%{SECRET}%%",
        f"text[^1]\n\n[^1]: note %%{SECRET}%%",
        f"[a](b 'c') %%{SECRET}%% d",
        f"x %% {SECRET} %% y",
        f"\\` %%{SECRET}%% `",
        f"```x``` %%{SECRET}%%",
        f"```\n```js\n```\n\n%%{SECRET}%%",
        f"```\ncode\n`````\n\n%%{SECRET}%%",
        f"- ```\n  code\n\n%%{SECRET}%%",
        f"1. ~~~\n   code\n   ~~~\n\n%%{SECRET}%%",
        f"    ```\n\n%%{SECRET}%%",
        f"> - ```\n>   code\n\n%%{SECRET}%%",
        f"`` ` `` %%{SECRET}%% `` ` ``",
    ],
)
def test_comments_are_nowhere(build_site: BuildSite, text: str) -> None:
    built = build_site(
        {"a.md": f"Opening words.\n\n{text}\n", "b.md": "![[a]] [[a]]"}, None, "--base-url", "https://example.org"
    )
    assert _everywhere(built) == []


@pytest.mark.parametrize(
    "text",
    [
        "`%%kept%%`",
        "- ```\n  %%kept%%\n  ```",
        "> ```\n> %%kept%%\n> ```",
        "1. x\n\n   ```\n   %%kept%%\n   ```",
        "```a`b %%kept%% c```",
        "```\n``` x\n%%kept%%\n```",
        "```\n%%kept%%\n```",
        "~~~\n%%kept%%\n~~~",
        "``a ` %%kept%%``",
        "50%% kept",
        "%%%kept%%%",
    ],
)
def test_what_is_no_comment_is_kept(build_site: BuildSite, text: str) -> None:
    assert "kept" in build_site({"a.md": f"{text}\n\nEnd."}).page("a.html") or text == "50%% kept"


def test_unknown_properties_and_sources_are_nowhere(build_site: BuildSite) -> None:
    built = build_site(
        {
            "a.md": f"---\ncomment: {SECRET}\nemail: {SECRET}@example.org\nnested: {{a: [{SECRET}]}}\n# {SECRET}\n---\nText"
        }
    )
    assert _everywhere(built) == []
    assert not [url for url in built.files() if url.endswith(".md")]


# ---- what is never read --------------------------------------------------------------------------------------------


def test_hidden_folders_backups_and_settings_are_never_read(tmp_path: Path) -> None:
    names = [
        ".obsidian/workspace.json",
        ".obsidian/plugins/x/data.json",
        ".trash/old.md",
        ".git/config",
        ".env",
        ".secret.md",
        "sub/.hidden/a.md",
        "a.md~",
        "a.md.bak",
        "#a.md#",
        ".a.md.swp",
        "a.md.tmp",
        "a.md.orig",
        "folder/.DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "a.md.crdownload",
    ]
    vault = tmp_path / "vault"
    links = " ".join(f"[[{name}]] ![[{name}]] [x](<{name}>)" for name in names)
    write(vault, {**dict.fromkeys(names, f"---\npublish: true\n---\n{SECRET}"), "public.md": links})
    assert _everywhere(run_build(vault, tmp_path / "out")) == []


def test_excluded_notes_are_as_good_as_absent(build_site: BuildSite) -> None:
    built = build_site(
        {
            "a.md": "[[b]]",
            f"{SECRET}/b.md": SECRET,
            "templates note.md": SECRET,
            "x/c.md": SECRET,
            ".obsidian/app.json": '{"userIgnoreFilters": ["' + SECRET + '/", "/templ.*note/"]}',
        },
        'exclude = ["x/*"]\n',
    )
    assert _everywhere(built) == []


# ---- what was public once ------------------------------------------------------------------------------------------


def test_a_note_that_becomes_private_leaves_the_output(build_site: BuildSite) -> None:
    text = f"# {SECRET}\n\n![[{SECRET}.png]] [[other]] #{SECRET}\n"
    public = build_site(
        {f"sub/{SECRET}.md": text, f"{SECRET}.png": "x", "other.md": "Other."},
        None,
        "--base-url",
        "https://example.org",
    )
    assert _everywhere(public)
    for sign in ("draft: true", "publish: false"):
        built = build_site({f"sub/{SECRET}.md": f"---\n{sign}\n---\n{text}"}, None, "--base-url", "https://example.org")
        assert _everywhere(built) == []


def test_drafts_are_shown_when_asked_for_but_nothing_else_private_is(build_site: BuildSite) -> None:
    notes = {
        "draft.md": "---\ndraft: true\n---\nDraftText",
        "both.md": f"---\ndraft: true\npublish: false\n---\n{SECRET}",
        "private.md": f"---\npublish: false\n---\n{SECRET}",
        "broken.md": f"---\ndraft: true\nx: [\n---\n{SECRET}",
    }
    built = build_site(notes, None, "--drafts")
    assert "DraftText" in built.page("draft.html")
    assert _everywhere(built) == []
    assert json.loads(built.page(".sitegen-manifest.json"))["drafts"] is True
    assert "draft.html" not in build_site({}).files()


@pytest.mark.parametrize(
    "text",
    [
        "<!-- x -->\n---\ndraft: true\n---\n",
        "----\ndraft: true\n----\n",
        " ---\ndraft: true\n ---\n",
        "+++\ndraft = true\n+++\n",
        "\u200b---\npublish: false\n---\n",
    ],
)
def test_a_block_that_was_meant_as_front_matter_keeps_its_note_back(build_site: BuildSite, text: str) -> None:
    built = build_site({"a.md": text + SECRET, "b.md": "text"})
    assert SECRET.encode() not in b"".join(built.files().values())
    assert "withheld-note" in built.output


def test_what_may_name_private_notes_is_not_published_raw(build_site: BuildSite) -> None:
    built = build_site({"a.md": "[[board.canvas]]", "board.canvas": f'{{"nodes": [{{"file": "{SECRET}.md"}}]}}'})
    assert SECRET.encode() not in b"".join(built.files().values())
    assert "unsafe-attachment" in built.output
