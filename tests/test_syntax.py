"""What every construct of a note becomes: tests/syntax/*.md, a file a construct, through parse, index and resolve.

Each case is a title, the note, and the HTML of its page's body, separated by lines that hold a dot. ``␠`` stands for
a blank at a line's end and ``⇥`` for a tab; a title that ends in "(CRLF)" has its note saved with such line ends.
The note is ``here.md`` in the vault below.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from sitegen.model import Asset, Note
from sitegen.stages.index import Options, index
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.resolve import resolve
from sitegen.video.reading import NoteStamps, read_video
from sitegen.words import ENGLISH
from tests.sites import source

FIXTURES = sorted((Path(__file__).parent / "syntax").glob("*.md"))

VAULT = {
    "Note.md": "Opening.\n\n## Part one\n\nFirst.\n\n### Deep\n\nDeep text.\n\n## Part two\n\nA block. ^abc\n\n- item ^item\n",
    "My note.md": "Only words, and a [[Note]].\n",
    "folder/Other.md": "---\ntitle: The other one\naliases: [Second name]\n---\n\nIn a folder.\n",
    "C#.md": "Sharp.\n",
    "Note.1.md": "Dotted.\n",
    "Secret.md": "---\npublish: false\ntitle: Hush\naliases: [Whisper]\n---\n\nHidden words.\n",
    "Loop.md": "Round.\n\n![[Loop]]\n",
    "Lists.md": (
        "- one\n- two ^two\n  - deep\n\n^all\n\n> Said.\n\n^quote\n\n| a |\n|--|\n| b |\n\n^table\n\n"
        "> [!tip] Title\n> Content.\n\n^callout\n\n```js\n1\n```\n\n^code\n\n$$x$$\n\n^formula\n\nAfter.\n"
    ),
    "Feet.md": (
        "Begin[^z].\n\n## One\n\nFirst[^a] and again[^a]. ^p\n\n- item[^b] ^li\n\n## Two\n\nSecond[^c].\n\n"
        "[^z]: Zed.\n[^a]: Ay, see[^b].\n[^b]: Bee.\n[^c]:\n    Two of\n\n    - them[^c]\n"
    ),
    "Numbers.md": "| a | b |\n|---|---|\n| 1 | 2 |\n\n^figures\n\nAfter.\n",
}
ASSETS = ("picture.png", "folder/photo one.jpg", "sound.mp3", "film.mp4", "paper.pdf", "board.canvas", "pages.base")


def cases() -> list[object]:
    found = []
    for file in FIXTURES:
        for line, title, note, html in read_fixture_file(file):
            found.append(pytest.param(title, note, html, id=f"{file.stem}:{line}:{title}"))
    return found


@lru_cache(maxsize=1)
def neighbours() -> tuple[Note, ...]:
    return tuple(parse(source(path, text), Dialect()) for path, text in VAULT.items())


def body(text: str) -> str:
    """The HTML of a note's body as its page in the vault shows it."""
    here = parse(source("here.md", text), Dialect())
    notes = {note.path: note for note in (*neighbours(), here)}
    stamps = NoteStamps(tuple(stamp.fields for stamp in here.facts.stamps), None, None)
    readings = {"here.md": read_video((stamps,))[0]} if here.facts.properties.video_id else {}
    files = tuple(Asset(path, path, 1) for path in ASSETS)
    vault = index({path: note.facts for path, note in notes.items()}, files, readings, Options("Test wiki"))
    places = {path: (notes[path], place) for path, place in vault.places.items()}
    return resolve(here, vault.places["here.md"], places, ENGLISH).body


@pytest.mark.parametrize(("title", "note", "html"), cases())
def test_construct(title: str, note: str, html: str) -> None:
    note = note.replace("␠", " ").replace("⇥", "\t")
    if title.endswith("(CRLF)"):
        note = note.replace("\n", "\r\n")
    assert body(note).strip() == html.strip().replace("⇥", "\t")
