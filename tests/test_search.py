"""The index of the search: its words, its files, and that an edit touches no more of them than it must."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.memo import Memo
from sitegen.stages.terms import cut, cutter
from tests.sites import default_settings, default_theme, site_files, source

WORDS = {
    "Ships,": ["ships"],
    "C++,": ["c++"],
    "(c#)": ["c#"],
    "F-16s": ["f", "16", "f16"],
    "U.S.": ["us"],
    "(U.S.-led": ["us", "led"],
    "1,000": ["1000"],
    "3.5%": ["3.5"],
    "1990s": ["1990"],
    "Russia's": ["russia"],
    "long-term": ["long", "term"],
    "x-ray": ["x", "ray", "xray"],
    "snake_case": ["snake", "case"],
    "東京都は": ["東京", "京都", "都は"],
    "हिन्दी": ["हिन्दी"],
    "--": [],
    "<b>": ["b"],
}
TEXTS = [
    *WORDS,
    "Café",
    "naïve",
    "Straße",
    "l’Ukraine",
    "ﬁnal",
    "Ｆ－１６",
    "don't",
    "Ελλάδα",
    "مُحَمَّد",
    "ก็ตาม",
    "10.1.2022",
    "a.m.",
    "#tag/x",
]


@pytest.mark.parametrize(("text", "words"), WORDS.items())
def test_what_words_are(text: str, words: list[str]) -> None:
    assert cut(text) == words


def test_forms_of_a_word_share_its_stem() -> None:
    english, german = cutter("en-GB"), cutter("de")
    assert list(english.words("walking")) == ["walk\twalking"]
    assert english.words("Drones, drones (drones)") == {"drone\tdrones": 3}
    assert list(german.words("Häuser")) == ["haus\thauser"]
    assert list(cutter("ja").words("drones")) == ["drones"]
    assert english.words("dying") == {"die\tdying": 1, "dying": 1}  # nobody could know where to look for it


def test_browsers_cut_words_as_the_index_does() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    script = Path(__file__).resolve().parent.parent / "static" / "reader" / "terms.js"
    run = (
        "globalThis.sitegen = { add: (name, value) => (globalThis.terms = value) };"
        f"eval(require('fs').readFileSync({json.dumps(str(script))}, 'utf8'));"
        f"console.log(JSON.stringify({json.dumps(TEXTS)}.map((text) => terms.cut(text))))"
    )
    done = subprocess.run([node, "-e", run], capture_output=True, text=True, check=True)
    forms = [[key.rpartition("\t")[2] for key in cutter("xx").words(text)] for text in TEXTS]
    assert dict(zip(TEXTS, json.loads(done.stdout), strict=True)) == dict(zip(TEXTS, forms, strict=True))


# ---- what an edit touches -----------------------------------------------------------------------------

FOLDER = "static/search/"


@dataclass
class Wiki:
    notes: dict[str, str]
    memo: Memo

    def files(self) -> dict[str, bytes]:
        """The search's files after a build, which are those of a clean one."""
        settings = default_settings()
        sources = [source(path, text) for path, text in self.notes.items()]
        files = site_files(build(sources, [], default_theme(), settings, self.memo))
        assert files == site_files(build(sources, [], default_theme(), settings, Memo()))
        return {name: data for name, data in files.items() if name.startswith(FOLDER)}


@pytest.fixture
def wiki() -> Wiki:
    words = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima".split()
    notes = {f"{word}.md": f"# {word}\n\nThe {words[-n]} and {word} of it.\n" for n, word in enumerate(words)}
    return Wiki(notes, Memo())


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name.removeprefix(FOLDER) for name in before | after if before.get(name) != after.get(name)}


def test_a_word_more_changes_its_own_file_alone(wiki: Wiki) -> None:
    before = wiki.files()
    wiki.notes["alpha.md"] += "\nZulu.\n"
    assert differing(before, wiki.files()) == {"index.js", "t/zu.js"}
    assert {key for stage, key in wiki.memo.ran if stage == "search cells"} == {"zu"}


def test_notes_come_and_go_and_come_back(wiki: Wiki) -> None:
    before = wiki.files()
    text = wiki.notes.pop("golf.md")
    without = wiki.files()
    assert differing(before, without)
    wiki.notes["golf.md"] = text
    assert wiki.files() == before
    wiki.notes |= {f"more {n}.md": f"Word{n} is {n}.\n" for n in range(200)}  # slots have more bits now
    wiki.files()
    for n in range(200):
        del wiki.notes[f"more {n}.md"]
    assert wiki.files() == before


def test_what_is_withdrawn_is_in_no_file(wiki: Wiki) -> None:
    wiki.notes["alpha.md"] += "\nThe zanzibar secret.\n"
    assert any(b"zanzibar" in data for data in wiki.files().values())
    wiki.notes["alpha.md"] = "---\npublish: false\n---\n" + wiki.notes["alpha.md"]
    assert not any(b"zanzibar" in data or b"alpha.html" in data for data in wiki.files().values())


def test_an_unchanged_vault_makes_no_cell(wiki: Wiki) -> None:
    wiki.files()
    wiki.files()
    assert wiki.memo.ran == []
