"""Plain CommonMark through our parser is what markdown-it's own gives, for text that people list and text made up.

markdown-it-py passes the CommonMark specification; our parser asks its rules in another order of work (see
`sitegen.stages.blocks` and `inline`), which must not show. Differences that are meant, and evened out here: heading
levels and ids, classes and attributes of our own, colours of code, the sanitiser, and addresses that are links without being marked.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import html5lib
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sitegen.stages.parse import Dialect, parse
from sitegen.stages.sanitise import clean
from tests.sites import source

OPENING = "Opening.\n\n"  # so that no heading is the title and no line opens front matter
SPEC = Path(__file__).resolve().parent.parent / "node_modules" / "commonmark-spec" / "spec.txt"
REFERENCE = MarkdownIt("commonmark", {"maxNesting": 60})
KEPT = {"href", "src", "alt", "title", "start"}


def ours(text: str) -> str:
    note = parse(source("n.md", OPENING + text), Dialect(strict_line_breaks=True))
    assert note.diagnostics == ()
    return "".join(piece for number, piece in enumerate(note.body) if not number & 1)


def theirs(text: str) -> str:
    return clean(REFERENCE.render(OPENING + text))


def normal(html: str, *, local: bool = True) -> list[str]:
    """The tags and texts of HTML as a browser reads it, without what is meant to differ.

    ``local``: whether links and images within the site are kept; with us they are holes when a note is parsed.
    """
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    if not local:
        for element in root.iter():
            address = element.get("href", element.get("src", "x:"))
            if element.tag in ("a", "img") and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", address):
                element.tag = "local"
    out: list[str] = []
    for piece, is_text in _pieces(root):
        if out and is_text and not out[-1].startswith("\0"):
            out[-1] += piece
        else:
            out.append(piece if is_text else "\0" + piece)
    is_pre, shown = 0, []
    for piece in out:
        is_pre += piece.startswith("\0<pre") - piece.startswith("\0</pre")
        shown.append(piece if is_pre else " ".join(piece.split()))
    return [piece for piece in shown if piece]


def _pieces(element: ET.Element) -> Iterator[tuple[str, bool]]:
    for child in element:
        tag = re.sub(r"^h[1-6]$", "h", str(child.tag))
        attributes = {name: value for name, value in child.attrib.items() if name in KEPT}
        language = re.sub(r"[^\w+#.-]", "", child.get("class", "").removeprefix("language-"))  # the letters of its name
        if tag == "code" and language:
            attributes["language"] = language
        # an address is a link of its own with us, and only between < and > in CommonMark
        bare = tag == "a" and unquote(attributes.get("href", "")) in (
            "".join(child.itertext()),
            "mailto:" + (child.text or ""),
        )
        bare = bare or (tag == "span" and "class" in child.attrib)  # a colour of code
        bare = bare or tag == "local"
        if not bare:
            yield (f"<{tag} {sorted(attributes.items())}>" if attributes else f"<{tag}>"), False
        yield child.text or "", True
        yield from _pieces(child)
        if not bare:
            yield f"</{tag}>", False
        yield child.tail or "", True


LISTED = {
    "tabs": ["\tfoo\tbaz", "- foo\n\n\tbar", ">\t\tfoo", "-\t\tfoo", "    foo\n\tbar", "#\tFoo", "*\t*\t*\t"],
    "escapes": [
        r"\*not\* \`a\` \\ \# \> \- \&amp; \é",
        "foo\\\nbar",
        "`` \\` ``",
        "<https://example.org?a=\\*>",
        r"[f](https://e.org/\* 'x\"y')",
    ],
    "entities": [
        "&nbsp; &amp; &copy; &#35; &#X22; &nosuch; &#0; &copy",
        "`f&ouml;&ouml;`",
        "&#42;foo&#42;",
        "[a](https://e.org/f&ouml; 'f&ouml;')",
    ],
    "rules": [
        "***\n---\n___",
        "+++",
        "--",
        " ***",
        "    ***",
        "_ _ _ _",
        "- - -a",
        "*-*",
        "- foo\n***\n- bar",
        "foo\n***\nbar",
        "- a\n- * * *",
    ],
    "headings": [
        "# a\n## b\n###### c",
        "####### a",
        "# a #",
        "### a ### b",
        "#",
        "## ",
        "a\nb\n===",
        "a\n---\nb",
        "    a\n---",
        "> a\n---",
        "- a\n---",
        "\\> a\n---",
        "a\\\n---",
    ],
    "indented code": [
        "    a\n      b\n\n    c",
        "  - a\n\n    b",
        "1.  a\n\n    - b",
        "a\n    b",
        "    \n\n    a\n  ",
        "# a\n    b\nc\n----\n    d",
    ],
    "fences": [
        "```\n<\n >\n```",
        "~~~\na\n```\n~~~",
        "````\na\n```\n``````",
        "```",
        "> ```\n> a\n\nb",
        "  ```\n  a\n b\n  ```",
        "```ruby start=3\na\n```",
        "``` f&ouml;\\+\na\n```",
        "``` a`b\nx",
        "- ```\n  a\n  ```",
        "a\n```\nb\n```\nc",
        "```\n\n  \n```",
    ],
    "html": [
        "<div>\n*a*\n\n*b*\n</div>",
        "<!-- a -->\n*b*",
        "<!-- a\n\n*b* -->\n*c*",
        "a <b>*b*</b> <c-d e='f'/>",
        "</div>\n*a*",
        "<p>\na",
        "a\n<div>\nb",
        "<i\nclass='x'>a</i>",
        "<table>\n\n<tr>\n\n<td>\na\n</td>\n\n</tr>\n\n</table>",
        "<!DOCTYPE html> <?php a ?> <![CDATA[x]]>",
    ],
    "references": [
        "[a]: https://e.org 't'\n\n[a] [A] [x][a] [a][]",
        "[a]:\nhttps://e.org\n'title\nline'\n\n[a]",
        "[a]\n\n[a]: https://e.org/1\n[a]: https://e.org/2",
        "# [a]\n[a]: https://e.org\n> b",
        "a\n[b]: https://e.org\n\n[b]",
        "[\nfoo\n]: https://e.org\n\n[foo]",
    ],
    "paragraphs": ["a\n\n\nb", "  a\n b", "a  \nb", "a\n        b", "a   ", "\u00a0a", "a\x0bb"],
    "quotes": [
        "> # a\n> b\n> c",
        "># a\n>b",
        "> a\nb",
        "> - a\n- b",
        "> ```\na\n```",
        "> a\n    - b",
        ">",
        "> a\n\n> b",
        ">>> a\nb",
        "> a\n> ===",
        ">     code\n\n>    not",
        "a\n> b",
    ],
    "lists": [
        "- a\n- b\n+ c",
        "1. a\n2) b",
        "7. a\n8. b",
        "- a\n\n  b\n\n\n  c",
        "-a",
        "1234567890. a",
        "-\n  a\n-\n  ```\n  b\n  ```",
        "-   \n  a",
        "-\n\n  a",
        "* a\n*\n* c",
        "a\n*\n\na\n1.",
        "a\n2. b",
        "a\n1. b",
        "- a\n - b\n  - c\n   - d\n    - e",
        "- - a",
        "1. - 2. a",
        "- a\n\n\n- b\n- c",
        "- a\n  > b\n  ```\n  c\n  ```\n- d",
        "10) a\n    - b",
        "- a\n- \n- b",
        "   1.  a\n\n           code\n\n       > q",
        "- a\n\n  [ab]: https://e.org\n- b",
    ],
    "code spans": [
        "`a`",
        "`` a ` b ``",
        "` `` `",
        "` a`",
        "`\u00a0b\u00a0`",
        "` `\n`  `",
        "``\na\nb  \nc\n``",
        "`a\\`b`",
        "*a`*`",
        "```a``",
        "`a``b``",
        '`<a href="`">`',
    ],
    "emphasis": [
        "*a* _b_ **c** __d__ ***e***",
        "a*b*c a_b_c",
        "a * b *",
        "*(**a**)*",
        "**a*b**c*",
        "***a** b*",
        "*a **b***",
        "foo*",
        '**a"*b*"c**',
        "_a_b",
        "__a, __b__, c__",
        "*a\nb*",
        "**",
        "****a****",
        "*a `*` b*",
        "**a<https://e.org/**>",
        "\u00a3*a*\u20ac",
        "_(a)_.",
        "*a[ab*](https://e.org)",
    ],
    "links": [
        "[a](https://e.org 't')",
        "[a](<https://e.org/b c>)",
        "[a](https://e.org/\nb)",
        "[a](https://e.org/(b))",
        "[a](https://e.org/\\))",
        "[a [b] c](https://e.org)",
        "[a *b `c`*](https://e.org)",
        "[a [b](https://e.org/1) c](https://e.org/2)",
        "*[a*](https://e.org)",
        "[a](https://e.org \"t 'u' v\")",
        "[a] (https://e.org)",
        "[a](https://e.org 't' u)",
        "[a\\]](https://e.org)",
        "[a](https://e.org/%20%C3%A4ä)",
    ],
    "images": [
        "![a](https://e.org/i.png 't')",
        "![a *b* [c](https://e.org)](https://e.org/i)",
        "[![a](https://e.org/i)](https://e.org)",
        "!\\[a]",
        "\\![a](https://e.org)",
        "![a][r]\n\n[r]: https://e.org/i",
    ],
    "autolinks": [
        "<https://e.org/a?b=c&d=e>",
        "<mailto:a@e.org>",
        "<MAILTO:A@E.ORG>",
        "< https://e.org>",
        "<https://e.org/a b>",
        "<m:abc>",
    ],
    "breaks": ["a  \nb", "a\\\nb", "a       \n     b", "*a  \nb*", "`a  \nb`", "a  ", "a\\", "### a  "],
}


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{name}-{n}") for name, texts in LISTED.items() for n, text in enumerate(texts)]
)
def test_listed_text(text: str) -> None:
    assert normal(ours(text)) == normal(theirs(text))


WORDS = ["a", "bc", "d.", "é", "日本", "1", "2.", "(", ")", "'", '"', "!", ",", "&", "<", ">", "-", "+"]
INLINE = [
    "*",
    "**",
    "_",
    "__",
    "***",
    "`",
    "``",
    "\\",
    "\\*",
    "&amp;",
    "&#35;",
    "<b>a</b>",
    "</b>",
    "<br>",
    "<!-- c -->",
]
LINKS = [
    "[ab](https://e.org)",
    "[ab]",
    "[ab][cd]",
    "[",
    "](https://e.org 't')",
    "![im](https://e.org/i)",
    "<https://e.org>",
]
BREAKS = [
    "\n",
    "\n\n",
    "\n\n\n",
    "  \n",
    "\\\n",
    "\n  ",
    "\n    ",
    "\n\t",
    "\n> ",
    "\n>",
    "\n- ",
    "\n  - ",
    "\n* ",
    "\n1. ",
]
BLOCKS = [
    "\n# ",
    "\n## ",
    "\n---\n",
    "\n***\n",
    "\n===\n",
    "\n```\n",
    "\n~~~\n",
    "\n````md\n",
    "\n\n[ab]: https://e.org/r\n",
]
HTML = ["\n<div>\n", "\n</div>\n", "\n<p>", "\n<!-- \n", " -->\n"]
TEXTS = st.lists(st.sampled_from([" ", *WORDS, " ", *INLINE, *LINKS, *BREAKS, *BREAKS, *BLOCKS, *HTML]), max_size=40)

# What means something in a note that it does not mean in CommonMark.
OBSIDIAN = re.compile(r"\[\[|\[\^|\^\[|\[!|==[^=\s]|~~[^~]|%%|#[^\s#]|\[[^\]]\]( |$)", re.MULTILINE)

# The beginning of a tag or comment that never ends, which is text here and takes what follows with it there.
BEGUN = re.compile(r"<(?!/?(?:b|br|div|p)>|!-- (?=.*?-->)|https:)[A-Za-z/!?]", re.DOTALL)

# So does a comment that goes on after an empty line in HTML which has begun before it: that ends with the line, and the comment with it.
CUT = re.compile(r"<(?!!--)(?:(?!\n *\n).)*<!-- (?:(?!-->|\n[ >]*\n).)*\n[ >]*\n", re.DOTALL)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(TEXTS)
def test_made_up_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assume(not OBSIDIAN.search(text.replace("&#35;", "")) and not BEGUN.search(text) and not CUT.search(text))
    assert normal(ours(text)) == normal(theirs(text))


# ---- the specification's own examples -------------------------------------------------------------

EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)


# Examples whose HTML differs from the specification's, by number, and why that is meant.
DIFFERENT = {
    64: "#hashtag is a tag",
    **dict.fromkeys((156, 157, 158), "the beginning of a tag that never ends is text, and the words after it are seen"),
    **dict.fromkeys((150, 494, 614, 615, 616), "an element that nothing ends is over where its text is"),
    **dict.fromkeys(
        (180, 629), "an instruction is left out whole; a browser would show what follows the first > in it"
    ),
    **dict.fromkeys((201, 613), "a tag by itself that nothing ends is a word about HTML"),
    173: "a style element that never ends is shown as text, so that it takes nothing of the note with it",
    548: "[[ begins a link to a note",
    559: "[[ begins a link to a note",
    590: "![[ begins an embed",
    **dict.fromkeys(
        (520, 572, 574, 575, *range(580, 587), 588, 589, 591),
        "what has no picture's file name is an embedded note, which is a block and stands in no paragraph",
    ),
}


def examples() -> list[tuple[int, str, str]]:
    """(number, text, HTML) of each example of the specification, where npm has fetched it."""
    if not SPEC.is_file():
        return []
    found = EXAMPLE.findall(SPEC.read_text("utf-8"))
    return [(n, text.replace("→", "\t"), html.replace("→", "\t")) for n, (text, html) in enumerate(found, 1)]


def test_the_examples_of_the_specification() -> None:
    if not SPEC.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("commonmark-spec is not in node_modules (make vendor)")
        pytest.skip("commonmark-spec is not in node_modules (make vendor)")
    checked = examples()
    assert len(checked) == 652
    other = set()
    for number, text, html in checked:
        expected = normal(clean("<p>Opening.</p>\n" + html), local=False)
        if normal(ours(text), local=False) != expected:
            other.add(number)
    assert other == set(DIFFERENT)
