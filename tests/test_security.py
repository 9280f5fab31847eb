"""Nothing that a note, a name or an attachment says runs in a reader's browser: every page is parsed as a browser would."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest

from tests.conftest import BuildSite, Built
from tests.crawler import dangling

# Each writes the word PWNED where a script would run.
ATTACKS = [
    "<script>PWNED</script>",
    "<SCRIPT SRC=//evil/PWNED.js></SCRIPT>",
    "<scr<script>ipt>PWNED</script>",
    "<script\n>PWNED</script\n>",
    "<img src=x onerror=PWNED>",
    "<img src='x' OnErRoR='PWNED'>",
    "<img/src/onerror=PWNED>",
    '<img src="x` `<script>PWNED</script>"` `>',
    '"><img src=x onerror=PWNED>',
    "'><svg/onload=PWNED>",
    "</title><script>PWNED</script>",
    "</textarea><script>PWNED</script>",
    "--><script>PWNED</script>",
    "]]><script>PWNED</script>",
    "<svg onload=PWNED>",
    "<svg><script>PWNED</script></svg>",
    "<svg><animate onbegin=PWNED attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:PWNED'><text>x</text></a></svg>",
    "<svg><set attributeName=href to=javascript:PWNED>",
    "<svg><foreignObject><iframe srcdoc='<script>PWNED</script>'></foreignObject></svg>",
    "<svg><style><img src=x onerror=PWNED></style></svg>",
    "<svg><use href='data:image/svg+xml,PWNED'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=PWNED&gt;'>",
    "<math><maction actiontype=statusline xlink:href=javascript:PWNED>x",
    "<noscript><p title='</noscript><img src=x onerror=PWNED>'>",
    "<form><button formaction=javascript:PWNED>x</button></form>",
    "<form action=javascript:PWNED><input type=submit>",
    "<input autofocus onfocus=PWNED>",
    "<iframe src=javascript:PWNED></iframe>",
    "<iframe srcdoc='<script>PWNED</script>'></iframe>",
    "<object data=javascript:PWNED></object>",
    "<embed src=javascript:PWNED>",
    "<base href=//evil/PWNED/>",
    "<meta http-equiv=refresh content='0;url=javascript:PWNED'>",
    "<link rel=stylesheet href=//evil/PWNED.css>",
    "<style>@import '//evil/PWNED.css';</style>",
    "<div style='background:url(//evil/PWNED)'>x</div>",
    "<body onload=PWNED>",
    "<details open ontoggle=PWNED>x</details>",
    "<video><source onerror=PWNED></video>",
    "<audio src=x onerror=PWNED>",
    "<a href='javascript:PWNED'>x</a>",
    "<a href=' java\nscript:PWNED'>x</a>",
    "<a href='&#106;avascript&colon;PWNED'>x</a>",
    "<a href='\x01javascript:PWNED'>x</a>",
    "<a href='vbscript:PWNED'>x</a>",
    "<a href='data:text/html,PWNED'>x</a>",
    "<a href='x' target=_blank onclick=PWNED ping=//evil>x</a>",
    "<template><script>PWNED</script></template>",
    "<xmp><script>PWNED</script></xmp>",
    "<plaintext><script>PWNED</script>",
    "<frameset onload=PWNED>",
    "<isindex action=javascript:PWNED>",
    "<marquee onstart=PWNED>",
    "<table background=javascript:PWNED><td>x",
    "<portal src=//evil/PWNED>",
    "[x](javascript:PWNED)",
    "[x](<java script:PWNED>)",
    "[x](JaVaScRiPt:PWNED)",
    "[x](&#x6A;avascript:PWNED)",
    "[x](javascript&colon;PWNED)",
    "[x](data:text/html;base64,PWNED)",
    "[x](vbscript:PWNED)",
    "[x](file:///etc/passwd 'PWNED')",
    "![x](javascript:PWNED)",
    '![x" onerror="PWNED](https://e.org/x.png)',
    "![x](https://e.org/x.png 'a\" onerror=PWNED')",
    "<javascript:PWNED>",
    "javascript://PWNED/%0aPWNED",
    "[x]: javascript:PWNED\n\n[x]",
    '[[a" onclick="PWNED|x" onclick="PWNED]]',
    "[[javascript:PWNED]]",
    '![[x.png|PWNED" onerror="PWNED]]',
    '![[x.png|100x100" onerror="PWNED]]',
    '![[x.png#" onerror="PWNED]]',
    '![[x.pdf#page=1" onclick="PWNED]]',
    '```x" onclick="PWNED\ncode\n```',
    "```<script>PWNED</script>\ncode\n```",
    '> [!x" onclick="PWNED] title\n> text',
    '> [!note|x" onclick="PWNED] title\n> text',
    "> [!note] <img src=x onerror=PWNED>\n> text",
    '# Heading " onclick="PWNED <img src=x onerror=PWNED>',
    "# Heading {#x onclick=PWNED}",
    'text ^x"onclick=PWNED',
    '- [" onclick="PWNED] task',
    '- ["] task PWNED',
    '[^" onclick="PWNED]\n\n[^" onclick="PWNED]: x',
    '#tag"onclick=PWNED #<script>PWNED</script>',
    '<a class="yt-timestamp" data-t="1:02" onclick="PWNED">[1:02]</a>',
    '<a class="yt-timestamp" data-t="1:02&quot; onclick=&quot;PWNED">[1:02]</a>',
    '<a class="yt-timestamp" data-t="javascript:PWNED">x</a>',
    "<a class='yt-timestamp' data-t='1:02'><img src=x onerror=PWNED></a>",
    '<wbr data-hole="L0"><a data-hole="L0" href="javascript:PWNED">x</a>',
    "<div data-hole='E0\" onclick=\"PWNED'></div>",
    "==<img src=x onerror=PWNED>==",
    "$<script>PWNED</script>$",
    "| <img src=x onerror=PWNED> | b |\n|--|--|\n| </table><script>PWNED</script> | x |",
    "&lt;script&gt;PWNED&lt;/script&gt;",
    "{{ ''.__class__ }}{% include 'PWNED' %}",
    "<!--[if IE]><script>PWNED</script><![endif]-->",
    "<?php PWNED ?>",
    "<![CDATA[<script>PWNED</script>]]>",
]

FORBIDDEN = {
    "iframe",
    "object",
    "embed",
    "style",
    "form",
    "template",
    "frame",
    "frameset",
    "portal",
    "marquee",
    "applet",
    "foreignobject",
    "animate",
    "set",
    "use",
    "handler",
    "math",
    "plaintext",
    "xmp",
}
SCHEMES = {
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
}
OWN_HEAD = {"script", "link", "meta", "base", "title"}


def dangers(html: str) -> list[str]:
    """What a whole page of ours holds that could run, load or post something other than the theme's own files."""
    found = []
    document = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    within = {child: parent for parent in document.iter() for child in parent}
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2].lower()
        attributes = {
            str(key).rpartition("}")[2].rpartition(":")[2].lower(): value for key, value in element.attrib.items()
        }
        if name in FORBIDDEN and not _is_ours(name, attributes, within[element].attrib.get("class", "")):
            found.append(f"<{name}>")
        if name == "script" and (
            element.text or not re.fullmatch(r"(\.\./)*static/[\w./-]+\.js\?v=\w+", attributes.get("src", ""))
        ):
            found.append(f"script {attributes}")
        if name == "link" and attributes.get("rel") not in ("icon", "stylesheet", "canonical", "alternate"):
            found.append(f"link {attributes}")
        leads = name == "meta" and re.fullmatch(r"0; url=[\w./%-]+\.html", attributes.get("content", ""))
        if (
            name == "meta"
            and attributes.get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy"
            and not leads
        ):
            found.append(f"meta {attributes}")
        if name == "base" and attributes["href"] not in ("/", "/w/"):
            found.append(f"base {attributes}")
        for key, value in attributes.items():
            if key.startswith("on") or key in (
                "style",
                "srcdoc",
                "formaction",
                "action",
                "ping",
                "background",
                "srcset",
                "target",
            ):
                found.append(f"{name} {key}={value!r}")
            if key in ("href", "src", "poster", "cite", "data", "to"):
                address = "".join(c for c in value if c > " " and unicodedata.category(c)[0] != "C")
                scheme, colon, _ = address.partition(":")
                if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) and scheme.lower() not in SCHEMES:
                    found.append(f"{name} {key}={value!r}")
    return found


def _is_ours(name: str, attributes: dict[str, str], around: str) -> bool:
    """A frame of ours shows a document of the site and nothing else; the formulas' MathML stands where KaTeX puts it."""
    if name == "iframe":
        shown = re.fullmatch(r"[^:?#]+\.pdf(#page=\d+)?", attributes.get("src", ""), re.IGNORECASE)
        return shown is not None and set(attributes) <= {"src", "title", "loading", "height"}
    return name == "math" and around == "katex-mathml"


def assert_safe(built: Built) -> None:
    """No page runs anything, no data file is broken by what was written into it, and every page is whole."""
    for url, data in built.files().items():
        if url.endswith(".html"):
            html = data.decode()
            assert dangers(html) == [], url
            assert (
                html.count("</html>") == html.count("</body>") == html.count("<main ") == html.count("</main>") == 1
            ), url
        elif url.endswith(".json"):
            json.loads(data)
        elif url.endswith(".xml"):
            ElementTree.fromstring(data)
    assert dangling(built.files()) == []


def _everywhere(attack: str) -> dict[str, str]:
    """Notes that say one thing wherever a note can say something."""
    quoted = json.dumps(attack)
    properties = [
        "title",
        "aliases",
        "tags",
        "description",
        "date",
        "updated",
        "lang",
        "cssclasses",
        "permalink",
        "image",
        "videoId",
        "duration",
        "timestampFormat",
        "unknown",
    ]
    front = "\n".join(f"{name}: {quoted}" for name in properties)
    return {
        "in text.md": f"{attack}\n",
        "in properties.md": f"---\n{front}\n---\nText [[in text]].\n",
        "in lists.md": "---\n" + "\n".join(f"{name}: [{quoted}, {quoted}]" for name in properties) + "\n---\nText\n",
        "with a video.md": f"---\nvideoId: dQw4w9WgXcQ\n---\n{attack} [1:02]\n\n{attack}",
        "within.md": f"- {attack}\n\n> {attack}\n\n**{attack}** *{attack}* [{attack}](x) [[in text|{attack}]] [[in text#{attack}]]\n\n"
        f"## {attack}\n\n| {attack} |\n|--|\n| {attack} |\n\nA sentence with [[in properties]] and {attack} too. ^id\n",
        "embeds.md": "![[in text]]\n\n![[within]]\n\n![[in properties]]\n\n![[within#^id]]\n",
        "a folder/in a folder.md": "[[in properties]] #tag\n",
    }


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_note_says_never_runs(build_site: BuildSite, attack: str) -> None:
    built = build_site(
        {**_everywhere(attack), "x.png": "x", "x.pdf": "x"}, None, "--base-url", "https://example.org/w/", "-q"
    )
    assert_safe(built)


def test_what_sitegen_toml_says_is_escaped_too(build_site: BuildSite) -> None:
    attack = "</title><script>PWNED</script>\"'>"
    config = "".join(f"{key} = {json.dumps(attack)}\n" for key in ("title", "description", "language"))
    built = build_site(
        {"a.md": "---\ndate: 2026-01-01\n---\nText"}, config, "--base-url", "https://example.org/", exit_code=None
    )
    if built.exit_code == 0:
        assert_safe(built)


def test_names_of_files_and_folders_never_run(build_site: BuildSite) -> None:
    names = [
        "<img src=x onerror=PWNED>",
        '" onclick="PWNED',
        "' onclick='PWNED",
        "<script>PWNED<",
        "javascript:PWNED",
        "javascript&colon;PWNED",
        "{{ PWNED }}",
        "&lt;script&gt;PWNED",
        "`PWNED`",
        'x" onerror=PWNED x="',
        "--><script>PWNED",
        "</title>".replace("/", ""),
    ]
    files = {f"{name}/{name}.md": "Text #tag" for name in names} | {f"{name}.md": "[[all]]" for name in names}
    files |= {f"{name}.png": "x" for name in names}
    links = "\n".join(f"[[{name}]] ![[{name}.png]] [x](<{name.replace('<', '').replace('>', '')}>)" for name in names)
    built = build_site({**files, "all.md": links}, None, "--base-url", "https://example.org/", "-q")
    assert_safe(built)
    for url in built.files():
        assert not set(url) & set("<>\"'`&:?\\\n"), url


# ---- closed grammars -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "video",
    [
        'dQw4w9WgXcQ" onload="x',
        "../../../../evil",
        "dQw4w9WgXc",
        "dQw4w9WgXcQQ",
        "//evil/dQw4w9WgXcQ",
        "https://evil.org/watch?v=dQw4w9WgXcQ",
        "javascript:alert",
        "dQw4w9WgXc<",
    ],
)
def test_only_an_id_becomes_a_player(build_site: BuildSite, video: str) -> None:
    built = build_site({"a.md": f"---\nvideoId: {json.dumps(video)}\n---\nText [1:02]\n"}, None, "--format", "github")
    assert "data-video" not in built.page("a.html")
    assert "title=bad-property" in built.stdout


@pytest.mark.parametrize("size", ["100", "100x50", "99999"])
def test_sizes_of_images_are_numbers(build_site: BuildSite, size: str) -> None:
    page = build_site({"a.md": f"![[p.png|{size}]] ![x|{size}](https://e.org/p.png)", "p.png": "x"}).page("a.html")
    assert page.count(f'width="{size.partition("x")[0]}"') == 2


@pytest.mark.parametrize("size", ["100%", "-1", "1e9", "100x", "x100", "100000000", '0x10"', "１００"])
def test_anything_else_is_an_alternative_text(build_site: BuildSite, size: str) -> None:
    page = build_site({"a.md": f"![[p.png|{size}]]", "p.png": "x"}).page("a.html")
    image = page[page.index("<img") :].partition(">")[0]
    assert "width" not in image
    assert "height" not in image


def test_languages_classes_and_code_names_are_words(build_site: BuildSite) -> None:
    text = "---\nlang: 'de\" x=\"'\ncssclasses: ['a\"b', 'ok', 'x y', '<i>']\n---\n```c++ title=\"x\"\ncode\n```\n"
    page = build_site({"a.md": text}).page("a.html")
    assert 'class="prose ok x y"' in page
    assert 'lang="de' not in page
    assert '<code class="language-c++">' in page


# ---- attachments -----------------------------------------------------------------------------------------------

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
ACTIVE = {
    "script.svg": SVG.format("<script>PWNED</script>"),
    "SCRIPT.SVG": SVG.format("<script>PWNED</script>"),
    "handler.svg": SVG.format('<rect onclick="PWNED"/>'),
    "root.svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="PWNED"/>',
    "link.svg": SVG.format('<a href="javascript:PWNED"><text>x</text></a>'),
    "xlink.svg": SVG.format('<a xlink:href=" javascript:PWNED"><text>x</text></a>'),
    "split.svg": SVG.format('<a href="java&#10;script:PWNED"><text>x</text></a>'),
    "control.svg": SVG.format('<a href="&#9;javascript:PWNED"><text>x</text></a>'),
    "foreign.svg": SVG.format('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><b/></body></foreignObject>'),
    "set.svg": SVG.format('<a><set attributeName="href" to="javascript:PWNED"/></a>'),
    "animate.svg": SVG.format('<a><animate attributeName="xlink:href" values="javascript:PWNED"/></a>'),
    "use.svg": SVG.format('<use href="data:image/svg+xml,PWNED#x"/>'),
    "namespace.svg": '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>PWNED</s:script></s:svg>',
    "entity.svg": '<!DOCTYPE svg [<!ENTITY x "&#60;script>PWNED&#60;/script>">]>' + SVG.format("&x;"),
    "style.svg": '<?xml-stylesheet href="javascript:PWNED"?>' + SVG.format(""),
    "broken.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>PWNED</script>',
    "bomb.svg": '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    + SVG.format("&c;"),
    "utf16.svg": SVG.format("<script>PWNED</script>").encode("utf-16"),
    "utf7.svg": b'<?xml version="1.0" encoding="utf-7"?>'
    + SVG.format("+ADw-script+AD4-PWNED+ADw-/script+AD4-").encode(),
    "page.html": "<script>PWNED</script>",
    "page.HTM": "<script>PWNED</script>",
    "page.xhtml": "<script>PWNED</script>",
    "page.shtml": "<script>PWNED</script>",
    "page.xml": "<script xmlns='http://www.w3.org/1999/xhtml'>PWNED</script>",
    "page.mhtml": "PWNED",
    "page.svgz": "PWNED",
    "code.js": "PWNED",
    "code.mjs": "PWNED",
    "page.swf": "PWNED",
    "worker.wasm.js": "PWNED",
}


@pytest.mark.parametrize("name", ACTIVE)
def test_active_attachments_are_not_published_and_told_of(build_site: BuildSite, name: str) -> None:
    built = build_site({"a.md": f"[[{name}]] ![[{name}]] [x]({name})", name: ACTIVE[name]}, None, "--format", "github")
    assert not [url for url, data in built.files().items() if b"PWNED" in data or url.casefold() == name.casefold()]
    assert "title=unsafe-attachment" in built.stdout
    assert dangling(built.files()) == []


@pytest.mark.parametrize(
    "name",
    [
        "page.html!",
        "page.html ",
        "page.html.",
        "page.ht ml",
        "page.ｈｔｍｌ",
        "page.html\u200b",
        "code.js~1",
        "page.HTML!",
        "a.svg!",
        "page.h\u0442ml",
    ],
)
def test_no_name_turns_into_an_active_one_by_being_made_an_address(build_site: BuildSite, name: str) -> None:
    built = build_site({"a.md": f"![](<{name}>)\n\n[[{name}]]\n\n[x](<{name}>)", name: "PWNED"}, None, "-q")
    for url, data in built.files().items():
        if b"PWNED" in data and not data.startswith(b"<!DOCTYPE"):
            assert not re.search(r"\.(html?|xhtml|js|mjs|svg|xml)[ .]*$", url, re.IGNORECASE), url


def test_plain_drawings_are_published_and_shown_as_images(build_site: BuildSite) -> None:
    drawing = SVG.format(
        '<title>x</title><style>rect{fill:red}</style><a href="https://e.org"><rect width="9"/></a><use href="#x"/>'
    )
    built = build_site({"a.md": "![[d.svg|100]]", "d.svg": drawing})
    assert built.page("d.svg") == drawing
    assert '<img class="media" src="d.svg"' in built.page("a.html")


@pytest.mark.parametrize(
    "target",
    [
        "../outside.png",
        "/etc/hostname",
        "file:///etc/hostname",
        "..%2foutside.png",
        "%2e%2e/outside.png",
        "..\\outside.png",
        "sub/../../outside.png",
        "....//outside.png",
        "C:\\outside.png",
        "//outside.png",
    ],
)
def test_no_link_reaches_a_file_outside_the_vault(build_site: BuildSite, tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.png").write_text("OUTSIDE")
    text = f"![[{target}]] [[{target}]] ![x](<{target}>) [x](<{target}>) <img src='{target}'>"
    built = build_site({"sub/a.md": f"---\nimage: '{target}'\n---\n{text}"}, None, "-q")
    assert not [url for url, data in built.files().items() if b"OUTSIDE" in data]
    assert {url.partition("/")[0] for url in built.files()} <= {
        "sub",
        "static",
        "index.html",
        "notes.html",
        "search.html",
        "graph.html",
        "graph-data.js",
        "garden.html",
        "browse",
        "404.html",
        "tags",
        "graph.json",
        ".nojekyll",
        ".sitegen-manifest.json",
    }
    assert dangling(built.files()) == []


@pytest.mark.parametrize(
    "permalink",
    [
        "../../x",
        "/../x",
        "a/../../x",
        "C:/x",
        "x\x00y",
        "..",
        "",
        "   ",
        "//evil",
        "%2e%2e/x",
        "..\\..\\x",
        "con",
        "a/./b",
        ".git/x",
        ".nojekyll",
        "index.html",
        "static/site.css",
        "x" * 3000,
    ],
)
def test_no_permalink_leaves_the_site_or_takes_its_files(build_site: BuildSite, permalink: str) -> None:
    built = build_site(
        {"a.md": f"---\npermalink: {json.dumps(permalink)}\n---\nMarkerOfA", "b.md": "[[a]]"}, None, "-q"
    )
    pages = [url for url, data in built.files().items() if b'<div class="prose">\n<p>MarkerOfA</p>' in data]
    assert len(pages) == 1
    assert not re.search(r"(^|/)\.|[\\:%\x00]", pages[0])
    assert dangling(built.files()) == []


def test_every_page_has_the_policy_that_forbids_inline_scripts(build_site: BuildSite) -> None:
    for url, data in build_site({"a.md": "x", "b/c.md": "#tag"}).files().items():
        if url.endswith(".html"):
            policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', data.decode())
            assert policy is not None, url
            assert "script-src 'self'" in policy[1]
            assert "unsafe" not in policy[1]
            assert "object-src 'none'" in policy[1]
