"""What holds of single stages for any text at all."""

from __future__ import annotations

import unicodedata

import html5lib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sitegen.disk.read import decode
from sitegen.paths import MAX_SEGMENT_BYTES, Claims, asset_url, note_url, relative, slug, slug_path
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.sanitise import clean
from tests.properties.strategies import ATTACKS, VaultFiles, inline, vaults
from tests.sites import build_notes, site_files, source

SIGNS = [
    "[[", "]]", "![[", "|", "#", "^", "`", "```\n", "~~~", "*", "_", "==", "%%", "$", "<", ">", "&", "---\n", "\n", "\n\n", "    ",
    "- ", "> ", "> [!x]", "[ ] ", "[^1]", "[^1]: ", "|--|", ":", "\\", "http://a.b", "@", "\x00", "\ufeff", "\u2028", "\r", "\t",
    "draft: true", "a", "[1:02]", '<a class="yt-timestamp" data-t="', "</a>", "<div>", "</", "<!--",
]  # fmt: skip
texts = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=4)), max_size=40).map("".join))
# Characters that may stand in a file's name.
file_names = st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1, max_size=60)

ALLOWED_SCHEMES = (
    "http",
    "https",
    "mailto",
    "tel",
    "obsidian",
    "geo",
    "sms",
    "xmpp",
    "matrix",
    "magnet",
    "irc",
    "ircs",
    "zotero",
)
FORBIDDEN = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "base",
    "meta",
    "link",
    "form",
    "template",
    "noscript",
    "math",
    "foreignobject",
    "frame",
    "frameset",
}


def dangers(html: str) -> list[str]:
    """What a browser would do with ``html`` that it must not, as a second parser sees it."""
    found = []
    for element in html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False).iter():
        name = str(element.tag).rpartition("}")[2].lower()
        if name in FORBIDDEN:
            found.append(f"<{name}>")
        for key, value in element.attrib.items():
            attribute = str(key).rpartition("}")[2].rpartition(":")[2].lower()
            if attribute.startswith("on") or attribute in (
                "style",
                "srcdoc",
                "formaction",
                "action",
                "ping",
                "srcset",
                "background",
            ):
                found.append(f"{name} {attribute}")
            if attribute in ("href", "src", "poster", "cite", "data"):
                address = "".join(c for c in value if c > " " and unicodedata.category(c) != "Cf")
                scheme, colon, _ = address.partition(":")
                if colon and scheme.isalnum() and scheme.lower() not in ALLOWED_SCHEMES:
                    found.append(f"{name} {attribute}={value!r}")
    return found


@given(texts)
@settings(max_examples=500)
@example("![](")
@example("---\n")
@example("|\n|-")
@example("> " * 80)
def test_parse_takes_any_text(text: str) -> None:
    note = parse(source("a.md", text), Dialect())
    assert len(note.body) % 2 == 1
    assert note.facts.title
    for diagnostic in note.diagnostics:
        assert diagnostic.span is None or 1 <= diagnostic.span.line <= text.count("\n") + text.count("\r") + 2


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_become_text_without_zero_bytes(data: bytes) -> None:
    text, problems = decode("a.md", data)
    assert "\x00" not in text
    assert "\r" not in text
    text.encode()
    assert bool(problems) == (not _is_clean(data))


def _is_clean(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode("utf-8") and data[:2] not in (b"\xff\xfe", b"\xfe\xff")
    except UnicodeDecodeError:
        return False


@given(texts)
@settings(max_examples=150)
def test_any_text_becomes_a_site_with_whole_references(text: str) -> None:
    result = build_notes({"a.md": text, "b.md": "![[a]]"})
    site_files(result)


@given(st.lists(st.one_of(st.sampled_from(ATTACKS), texts), max_size=6).map("".join))
@settings(max_examples=300)
def test_the_sanitiser_leaves_nothing_dangerous_and_is_done_after_once(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert dangers(once) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "> ", "- ", "1. ", "  - ", "> [!tip] ", '> > [!x"y] ', "# ", "### ", "`", "    "]),
            st.sampled_from(
                ['"a" & <b', "**b** *i*", '`c "d" <e>`', "x  ", "---", "~~s~~ ==m==", "&nbsp;&quot;&lt;", ""]
            ),
        ).map("".join),
        max_size=9,
    ).map("\n".join)
)
@settings(max_examples=300)
@example("> [!tip] *T*\n> `x`  \n> y\n\n---\n`z`")
def test_what_a_note_writes_in_markdown_is_spelled_as_the_sanitiser_spells_it(text: str) -> None:
    """Whether the sanitiser has seen it or it was known to have nothing to do."""
    html = "".join(parse(source("a.md", text), Dialect()).body[::2])
    assert clean(html) == html


@given(
    st.lists(st.one_of(st.sampled_from(ATTACKS), inline(["a.md", "b.md"]), st.text(max_size=8)), max_size=8).map(
        "\n".join
    )
)
@settings(max_examples=150)
def test_no_page_holds_anything_that_runs(text: str) -> None:
    result = build_notes({"a.md": text, "b.md": "![[a]]\n\n[[a]] " + text.replace("\n", " ")})
    for place in result.vault.places.values():
        html = site_files(result)[place.ref.url].decode()
        body = html.partition('<div class="prose')[2].partition("</article>")[0]
        assert dangers("<div class='prose" + body) == []


@given(st.text(max_size=300))
@settings(max_examples=300)
@example("..")
@example("\u0130" * 120)
@example("a" * 199 + "é" * 10)
@example("CON.txt")
def test_a_slug_is_one_plain_segment(name: str) -> None:
    got = slug(name)
    assert got not in ("", ".", "..")
    assert not set(got) & set('/\\\x00?#%:*"<>| \t\n')
    assert not got.startswith(".") and not got.endswith(".")
    assert len(got.encode("utf-8", "surrogatepass")) <= MAX_SEGMENT_BYTES
    assert got == unicodedata.normalize("NFC", got)
    assert slug(got) == got


@given(st.lists(file_names, min_size=1, max_size=4), st.lists(file_names, min_size=1, max_size=4))
@settings(max_examples=200)
def test_addresses_stay_within_the_site_and_lead_from_one_to_the_other(here: list[str], there: list[str]) -> None:
    start, target = note_url("/".join(here) + ".md"), asset_url("/".join(there))
    for url in (start, target, slug_path("/".join(here))):
        assert ".." not in url.split("/")
        assert not url.startswith("/") and "//" not in url and "\\" not in url
    way = relative(start, target)
    assert "#" not in way.replace("#", "", 0) or "#" not in target
    parts = start.split("/")[:-1]
    for step in way.split("/"):
        if step == "..":
            parts.pop()
        else:
            parts.append(step.replace("%25", "%"))
    assert "/".join(parts) == target


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "A", "é", "e\u0301", "a-2", "b.html", "ß", "ss", "İ", "i"]), min_size=1, max_size=3
        ).map("/".join),
        max_size=20,
    )
)
@settings(max_examples=200)
def test_claims_are_unique_whatever_is_asked_for(wanted: list[str]) -> None:
    claims = Claims(["a/index.html", "index.html"])
    got = [claims.claim(url, f"owner {n}")[0] for n, url in enumerate(wanted)]
    keys = [
        unicodedata.normalize("NFC", unicodedata.normalize("NFC", url).casefold())
        for url in [*got, "index.html", "a/index.html"]
    ]
    assert len(set(keys)) == len(keys)
    folders = {key[:end] for key in keys for end, c in enumerate(key) if c == "/"}
    assert not folders & set(keys)
    for n, url in enumerate(got):
        assert claims.claim(url, f"owner {n}")[0] == url


@given(vaults(private=False, largest=3))
@settings(max_examples=20)
def test_no_note_is_template_source(vault: VaultFiles) -> None:
    texts = {path: text + "\n\n{{ 7 * 191 }} {% raise %} {# gone #}" for path, text in vault.texts().items()}
    files = site_files(build_notes(texts, vault.assets))
    assert not [url for url, data in files.items() if b"1337" in data and url.endswith(".html")]
