"""The index of the search: its words, its files, and that an edit touches no more of them than it must."""

from __future__ import annotations

import json
import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from sitegen.build import build
from sitegen.memo import Memo
from sitegen.model import Postings
from sitegen.stages.search_files import shard_content, words_of
from sitegen.stages.shards import cells_of, divided, parts_of, shards_of
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


# ---- what a browser finds and fetches ------------------------------------------------------------------

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Answer:
    notes: list[str]
    files: list[str]


Ask = Callable[..., list[Answer]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks the search of some notes, with the scripts that browsers run: what it finds and which files it fetches for it."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")

    def ask(notes: dict[str, str], *texts: str) -> list[Answer]:
        sources = [source(path, text) for path, text in notes.items()]
        for name, data in site_files(build(sources, [], default_theme(), default_settings(), Memo())).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        command = [str(node), str(ROOT / "benchmarks" / "search.mjs"), str(ROOT / "static" / "reader"), str(tmp_path)]
        done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
        return [
            Answer(
                [url.removesuffix(".html") for url in one["notes"]],
                [file[0].removeprefix(FOLDER) for file in one["files"]],
            )
            for one in json.loads(done.stdout)
        ]

    return ask


def test_words_that_begin_alike_are_found_in_more_files_than_one(ask: Ask) -> None:
    # so many words begin with "comp" that no file holds them; "comps" is a form of "comp", which stands far before it
    made = [f"comp{a}{b}{c}" for a in "aeiouhlr" for b in "bcfgkmvz" for c in "kmnpxz"]
    notes = {f"n{n}.md": " ".join(word for m, word in enumerate(made) if (m + n) % 3) + "\n" for n in range(60)}
    notes |= {"one.md": "# One\n\nSome comps.\n", "two.md": "# Two\n\nA comp.\n", "last.md": "# Last\n\nA compyk.\n"}
    comps, comp, last, begun, whole = ask(notes, "comps!", "comp!", "compyk", "compab", "compabk!")
    assert sorted(comps.notes) == sorted(comp.notes) == ["one", "two"]
    assert last.notes == ["last"]
    assert len(begun.notes) == len(whole.notes) == 8
    assert comps.files != comp.files != last.files


def test_a_misspelling_is_mended_by_words_that_begin_or_end_alike(ask: Ask) -> None:
    notes = {f"note {n}.md": f"# Note {n}\n\nCola and more{chr(97 + n)}.\n" for n in range(20)}
    notes["Lothar Collatz.md"] = "His conjecture.\n"
    notes["Attractors.md"] = "# Attractor\n\nChaos.\n"
    collatz, attractor, kollatz, form = ask(notes, "colatz", "atractor", "kollatz", "collatzes")
    assert [answer.notes for answer in (collatz, attractor, kollatz)] == [
        ["lothar-collatz"],
        ["attractors"],
        ["lothar-collatz"],
    ]
    assert form.notes == ["lothar-collatz"]  # another form of it


def test_of_a_long_question_words_that_very_many_notes_have_are_not_fetched(ask: Ask) -> None:
    notes = {f"n{n}.md": f"People {'build' if n % 2 else 'like'} number{n}.\n" for n in range(30)}
    notes["Pyramids.md"] = "Pharaohs built them of limestone.\n"
    many, long, few = ask(notes, "people", "people build pharaohs limestone", "people limestone")
    assert [name for name in many.files if name.startswith("t/p")]
    assert long.notes[0] == few.notes[0] == "pyramids"
    assert not [name for name in long.files if name.startswith("t/b")]


def test_a_text_as_a_question_fetches_few_files(ask: Ask) -> None:
    words = [f"{a}{b}{a}" for a in "bcdfghjklmnpqrstvwz" for b in "aeiou"]
    (answer,) = ask({"All.md": " ".join(words) + "\n"}, " ".join(words))
    assert answer.notes == ["all"]
    assert len([name for name in answer.files if name.startswith("t/")]) <= 16


def test_scripts_of_many_characters_have_few_files(wiki: Wiki) -> None:
    wiki.notes["han.md"] = " ".join(chr(code) * 2 for code in range(0x4E00, 0x4F00)) + "\n"
    names = [name for name in wiki.files() if name.startswith(f"{FOLDER}t/_4")]
    assert 1 <= len(names) <= 8
    assert len([name for name in wiki.files() if name.startswith(f"{FOLDER}w/")]) == 1


def test_words_for_misspelt_ones_are_told_by_their_ends() -> None:
    meant = {"ca": (("car", 1), ("cart", 2)), "st": (("star", 3), ("start", 1))}
    # r is 114 and t is 116; backwards they are rac, rats and trac, trats
    assert words_of(14, meant) == {"2": "AracCts", "4": "AtracDts"}
    assert words_of(6, meant) == {"0": "AracCtsAtracDts"}
    assert words_of(6, {}) == {}


@pytest.mark.parametrize("seed", range(4))
def test_each_form_stands_in_the_file_that_is_asked_for_it(seed: int) -> None:
    chance = Random(seed)
    stems = [
        "comp",
        "compu",
        "di",
        "é",
        "中文",
        "#tag",
        *("comp" + "".join(chance.choices("abcdst", k=4)) for _ in range(700)),
    ]
    keys = [f"{stem}\t{stem}{chance.choice(['', 's', 'ed', 'y', 'zz'])}" for stem in sorted(stems)] + [
        "di\tdying",
        "dying",
    ]
    keys = sorted({key.partition("\t")[0] if len(set(key.split("\t"))) == 1 else key for key in keys})
    notes = [(slot, Postings("\n".join(keys), bytes([7]) * len(keys))) for slot in range(64)]
    cells = cells_of(notes)
    parts = {name: parts_of(name, cell, 8) for name, cell in cells.items()}
    shards = shards_of(parts)
    whole = {name: divided(cell, [part.first for part in parts[name]]) for name, cell in cells.items()}
    firsts = [shard.first for shard in shards]
    assert firsts == sorted(firsts)
    assert len([first for first in firsts if first.startswith("co")]) > 4
    told = [{form for name in shard_content(shard, whole, 8)[0] for form in forms_in(name)} for shard in shards]
    for key in keys:
        form = key.rpartition("\t")[2] if key[0] != "#" else key.partition("\t")[0]
        assert form in told[bisect_right(firsts, form) - 1]


def forms_in(name: str) -> list[str]:
    stem, _, forms = name.partition("\t")
    return [stem] if stem[0] == "#" else (forms or stem).split()
