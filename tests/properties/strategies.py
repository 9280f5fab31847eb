"""Vaults as nobody would write them, and what people do to them between two builds.

Most links name a note that exists, headings repeat on purpose, and every unpublished note holds a word that
nothing else does, in its text, its title, its aliases and its attachment's name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

ORDINARY = [
    "Alpha",
    "beta",
    "Gamma ray",
    "delta_wave",
    "Epsilon-5",
    "index",
    "Zeta (sixth)",
    "Eta & co",
    "Theta's",
    "note.1",
]
STRANGE = [
    "é", "e\u0301", "ß", "SS", "İstanbul", "漢字", "عربي", "👩‍👩‍👧‍👦", "con", "C#", "100%", "a%20b", "a+b", "x" * 120, "\u2068iso\u2069",
    "\u202eright", "-", "~", "a'b\"c", "(y)", "[z]", "{{ x }}", "$HOME", " blank ", "dots...", "404", "notes", "<i>", "A", "a",
]  # fmt: skip
FOLDERS = ["", "one", "One", "one/two", "föld er", "tags", "static", "x.html"]

names = st.one_of(st.sampled_from(ORDINARY), st.sampled_from(ORDINARY), st.sampled_from(STRANGE))
paths = st.builds(
    lambda folder, name: f"{folder}/{name}.md" if folder else f"{name}.md", st.sampled_from(FOLDERS), names
)

# Every spelling a person would use to keep a note to themselves.
PRIVATE = [
    "draft: true", "draft: True", "Draft: TRUE", "DRAFT: yes", "draft: on", "draft: 1", 'draft: "true"', "draft: 'yes'",
    "publish: false", "publish: False", "Publish: no", "publish: off", "publish: 0", 'publish: "false"', "published: false",
    "private: true", "publish: true\ndraft: true", "draft: true\ndraft: false", "draft: [true]", '"draft": true',
    "draft: true # not yet", "draft : true", "draft:   true  ", "draft: wip", "publish: never",
]  # fmt: skip
# Blocks that cannot be read and speak of it.
BROKEN_PRIVATE = [
    "draft: true\ntitle: [", "draft:true", "title: x\ndraft:true", "publish: false\n\tx: y", "draft: true\n- a", "draft: *yes",
]  # fmt: skip

WORDS = [
    "some",
    "plain",
    "Gamma ray",
    "alpha",
    "the 漢字",
    "words",
    "here.",
    "Then",
    "a sentence",
    "ends!",
    "数",
    "and",
    "5 > 3",
    "a & b",
    "x < y",
]
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)>",
    "<iframe src=//evil></iframe>",
    "<style>*{}</style>",
    '<wbr data-hole="L0">',
    "</div></main>",
    "<b>",
    "<!-- x -->",
    "<base href=//evil>",
    "<details><summary>s</summary>",
    '<a name="top">',
    '<p id="b-x">',
    "<table><td>",
    "&#60;script>",
    "<math><mi//xlink:href=1>",
]
STAMPS = [
    '<a class="yt-timestamp" data-t="01:43:00">[01:43:00]</a>', '<a class="yt-timestamp" data-t="01:43">', "[1:02]", "[99:99:99]",
    '<a class="yt-timestamp data-t="1:02">[1:02]</a>',
]  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A note as the strategies know it: ``secret`` is "" unless the note is unpublished."""

    path: str
    properties: tuple[str, ...]
    blocks: tuple[str, ...]
    secret: str = ""
    privacy: str = ""

    @property
    def text(self) -> str:
        lines = [*self.properties, *([self.privacy] if self.privacy else [])]
        front = "---\n" + "\n".join(lines) + "\n---\n" if lines else ""
        return front + "\n\n".join(self.blocks) + "\n"


@dataclass(frozen=True)
class VaultFiles:
    """A vault by path, with the attachments it has."""

    notes: dict[str, Written] = field(default_factory=dict)
    assets: tuple[str, ...] = ()

    def texts(self) -> dict[str, str]:
        return {path: note.text for path, note in self.notes.items()}

    def secrets(self) -> list[str]:
        return [note.secret for note in self.notes.values() if note.secret]


def _targets(known: list[str]) -> st.SearchStrategy[str]:
    """What a link may name: mostly a note that is there, by path or name, in any case."""
    here = st.sampled_from(known)
    name: Callable[[str], str] = lambda path: path.rpartition("/")[2].removesuffix(".md")  # noqa: E731
    return st.one_of(
        here.map(name), here, here.map(lambda p: p.removesuffix(".md")), here.map(lambda p: name(p).upper()),
        here.map(lambda p: unicodedata.normalize("NFD", name(p))),
        st.sampled_from(["missing", "../x", "/etc/passwd", "pic.png", "Pic.PNG", ""]),
    )  # fmt: skip


_anchors = st.sampled_from(["", "", "", "#Part", "#part 2", "#Part#Inner", "#^id", "#nothing", "#^none"])


def inline(known: list[str]) -> st.SearchStrategy[str]:
    """A run of text: words, links of all kinds, embeds, code, comments, raw HTML, stamps."""
    target = _targets(known)
    leaf = st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS),
        st.builds("[[{}{}]]".format, target, _anchors),
        st.builds("[[{}{}|label]]".format, target, _anchors),
        st.builds("[label](<{}.md>)".format, target),
        st.builds("![[{}{}]]".format, target, _anchors),
        st.sampled_from(
            [
                "#tag",
                "#tag/sub",
                "#Tag",
                "#漢字",
                "`code [[x]]`",
                "$5 to $10",
                "==mark==",
                "%%hidden%%",
                "%%open",
                "[^1]",
                "**",
            ]
        ),
        st.sampled_from(ATTACKS),
        st.sampled_from(STAMPS),
        st.text(max_size=6),
    )
    return st.lists(leaf, min_size=1, max_size=5).map(" ".join)


def block(known: list[str]) -> st.SearchStrategy[str]:
    """A paragraph, or any other block with such text in it."""
    text = inline(known)
    return st.one_of(
        text,
        text.map(lambda t: t + " ^id"),
        st.builds(
            "{} {}".format, st.sampled_from(["#", "##", "###"]), st.sampled_from(["Part", "Part 2", "Inner", "ÀB", ""])
        ),
        text.map("- {}\n  - [ ] inner".format),
        text.map("> {}".format),
        text.map("> [!note]+ title {}\n> > [!x|y] inner".format),
        text.map("| a | b |\n|--|--|\n| {} | y |".format),
        text.map("```py\n{}\n```".format),
        text.map("[^1]: {}".format),
        text.map("![[pic.png|{}]]".format),
    )


_properties = st.sampled_from(
    [
        "title: Shared title", "title: '[[x]]'", "aliases: [Alias, beta]", "tags: [tag, other/sub]", "permalink: /fixed/",
        "permalink: x", "date: 2026-01-31", "updated: bad", "lang: de", "lang: <b>", "videoId: dQw4w9WgXcQ", "duration: 9:59",
        "image: pic.png", "related: '[[Alpha]]'", "cssclasses: a b", "description: <script>", "publish: true", "draft: false",
        "strange: {a: [1, 2]}",
    ]
)  # fmt: skip


@st.composite
def written(draw: st.DrawFn, path: str, known: list[str], secret: str) -> Written:
    """One note; with ``secret`` it is unpublished, and says the secret wherever a note can say something."""
    properties = draw(st.lists(_properties, max_size=3, unique_by=lambda line: line.partition(":")[0]))
    blocks = draw(st.lists(block(known), max_size=4))
    if not secret:
        return Written(path, tuple(properties), tuple(blocks))
    properties = [
        p
        for p in properties
        if p.partition(":")[0] not in ("title", "aliases", "tags", "permalink", "related", "image")
    ]
    properties += [
        f"title: Title{secret}", f"aliases: [Alias{secret}]", f"tags: [tag{secret}]", f"permalink: /{secret}/",
        f"related: '[[{secret}target]]'", f"image: {secret}.png",
    ]  # fmt: skip
    said = (
        f"# Head{secret}",
        f"Text {secret} ^{secret}",
        f"![[{secret}.png]] #tag{secret} [[only{secret}]]",
        "![[Alpha]]",
    )
    if draw(st.booleans()):
        return Written(path, tuple(properties), (*said, *blocks), secret, draw(st.sampled_from(PRIVATE)))
    return Written(path, tuple(properties), (*said, *blocks), secret, draw(st.sampled_from(BROKEN_PRIVATE)))


@st.composite
def vaults(draw: st.DrawFn, *, private: bool = True, largest: int = 7) -> VaultFiles:
    """1 to ``largest`` notes in a few folders, with attachments; about every third unpublished unless ``private`` is False."""
    known = draw(st.lists(paths, min_size=1, max_size=largest, unique_by=lambda p: unicodedata.normalize("NFC", p)))
    secrets = [f"zq{n}xv" if private and draw(st.integers(0, 2)) == 0 else "" for n in range(len(known))]
    notes = {path: draw(written(path, known, secret)) for path, secret in zip(known, secrets, strict=True)}
    assets = ["pic.png", "one/pic.png", *(f"{secret}.png" for secret in secrets if secret)]
    return VaultFiles(notes, tuple(sorted(assets)))


Step = Callable[[VaultFiles], VaultFiles]


@st.composite
def edits(draw: st.DrawFn, vault: VaultFiles) -> VaultFiles:
    """What the vault is after one thing that a person does."""
    notes, kind = (
        dict(vault.notes),
        draw(st.sampled_from(["edit", "edit", "rename", "case", "move", "delete", "create", "flip", "cut", "assets"])),
    )
    if kind == "assets":
        return VaultFiles(notes, tuple(draw(st.sets(st.sampled_from(["pic.png", "one/pic.png", "Pic.PNG"])))))
    if kind == "create" or not notes:
        path = draw(paths)
        notes[path] = draw(written(path, [*notes, path], ""))
        return VaultFiles(notes, vault.assets)
    path = draw(st.sampled_from(sorted(notes)))
    note = notes[path]
    if kind == "delete":
        del notes[path]
    elif kind == "edit":
        notes[path] = draw(written(path, list(notes), note.secret))
    elif kind == "flip":
        notes[path] = replace(note, secret="", privacy="" if note.privacy else "draft: true")
    elif kind == "cut":
        notes[path] = replace(note, blocks=note.blocks[: len(note.blocks) // 2])
    else:
        del notes[path]
        folder, _, name = path.rpartition("/")
        other = {
            "rename": draw(paths),
            "case": f"{folder}/{name.swapcase()}".strip("/").removesuffix(".MD"),
            "move": f"moved/{name}",
        }[kind]
        other = other if other.endswith(".md") else other + ".md"
        notes[other] = replace(note, path=other)
    return VaultFiles(notes, vault.assets)
