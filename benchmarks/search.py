"""How well and how fast the reader's search finds: ``search.py VAULT SITE``, of a vault and the site that was built of it.

Asks the queries of queries.json, which name the notes that a person would want, with the scripts that browsers run (by Node),
and SQLite's FTS5 about the same notes; prints for how many one of these notes is among the first five, first, and none. With
``--queries made-up`` the queries are words of the notes, and only bytes and times are printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sitegen.model import Source
from sitegen.paths import note_url
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.postings import postings_of
from sitegen.stages.search_files import given, shard_content
from sitegen.stages.shards import cells_of, divided, parts_of, shards_of, slots_of
from sitegen.stages.text import prose_of

HERE = Path(__file__).resolve().parent
READER = HERE.parent / "static" / "reader"
SCRIPTS = [READER / name for name in ("terms.js", "finder.js", "search.js", "search.css")]
MADE_UP = ["early harbour", "lantern bridge", "harbour", "quiet archive", "granary needle", "compas", "tower valley"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("--queries", choices=["written", "made-up"], default="written")
    parser.add_argument("--misses", action="store_true", help="name the queries that find none in the first five")
    parser.add_argument("--cost", type=int, default=0, metavar="NOTES", help="also time the index of so many notes")
    options = parser.parse_args()
    written = json.loads((HERE / "queries.json").read_text("utf-8")) if options.queries == "written" else []
    texts = [one["query"] for one in written] or MADE_UP
    answers = ask_site(options.site, texts)
    if written:
        quality(options.vault, written, answers, options.misses)
    weights(answers)
    index = list((options.site / "static" / "search").rglob("*.js"))
    print(f"index: {len(index)} files, {sum(path.stat().st_size for path in index):,} bytes")
    if options.cost:
        cost(sorted(options.vault.rglob("*.md"))[: options.cost], options.vault)


def ask_site(site: Path, texts: Sequence[str]) -> list[dict[str, Any]]:
    """What the scripts find for each text."""
    command = ["node", str(HERE / "search.mjs"), str(READER), str(site)]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def quality(vault: Path, written: Sequence[dict[str, Any]], answers: Sequence[dict[str, Any]], misses: bool) -> None:
    urls = [{note_url(f"{note}.md") for note in one["notes"]} for one in written]
    ours = [answer["notes"] for answer in answers]
    ask = fts5(vault)
    theirs = [ask(one["query"]) for one in written]
    print(f"{len(written)} queries: one of the wanted notes is   among the first five | first | mean of 1/rank")
    for name, found in (("sitegen", ours), ("FTS5, bm25, porter", theirs)):
        ranks = [rank(wanted, list(notes)) for wanted, notes in zip(urls, found, strict=True)]
        five, first = sum(0 < r <= 5 for r in ranks), sum(r == 1 for r in ranks)
        mean = sum(1 / r for r in ranks if r) / len(ranks)
        print(f"  {name:40} {five} ({five / len(ranks):.1%}) | {first} ({first / len(ranks):.1%}) | {mean:.3f}")
        if misses:
            for one, r, notes in zip(written, ranks, found, strict=True):
                if not 0 < r <= 5:
                    print(f"      {one['query']}: {r or 'none'}; {notes[:5]}")


def rank(wanted: set[str], found: Sequence[str]) -> int:
    """Which of those found is the first that is wanted, from 1; 0: none of the first eight."""
    return next((number for number, url in enumerate(found, 1) if url in wanted), 0)


def fts5(vault: Path) -> Callable[[str], list[str]]:
    """SQLite's full-text search over the same texts: titles count five times as much as the rest."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table notes using fts5(url unindexed, title, body, tokenize='porter unicode61')")
    for path in sorted(vault.rglob("*.md")):
        name = path.relative_to(vault).as_posix()
        if not name.startswith("."):
            facts, prose = read(path, name)
            body = "\n".join(f"{section.title}\n{section.text}" for section in prose.sections)
            base.execute("insert into notes values (?, ?, ?)", (note_url(name), facts.title, body))

    def ask(text: str) -> list[str]:
        words = [f'"{a or b}"' for a, b in re.findall(r'"([^"]+)"|([^\s"]+)', text)]
        found: list[str] = []
        for joint in (" AND ", " OR "):
            if len(found) < 5:
                rows = base.execute(
                    "select url from notes where notes match ? order by bm25(notes, 0, 5, 1) limit 8",
                    (joint.join(words),),
                )
                found += [url for (url,) in rows if url not in found]
        return found[:8]

    return ask


def read(path: Path, name: str) -> tuple[Any, Any]:
    note = parse(Source(name, "", path.read_text("utf-8", "replace")), Dialect())
    return note.facts, prose_of(note.facts, note.body)


def weights(answers: Sequence[dict[str, Any]]) -> None:
    """The bytes of a reader's first query and of another after it, and the time from having them to the answer."""
    scripts = [(path.stat().st_size, len(gzip.compress(path.read_bytes(), 9))) for path in SCRIPTS]
    tools = [sum(sizes) for sizes in zip(*scripts, strict=True)]
    first = [[sum(file[at] for file in answer["files"]) + tools[at - 1] for at in (1, 2)] for answer in answers]
    after = []
    for before, answer in pairwise(answers):
        have = {file[0] for file in before["files"]}
        after.append([sum(file[at] for file in answer["files"] if file[0] not in have) for at in (1, 2)])
    print(f"scripts and sheet of the search: {tools[0]:,} bytes, {tools[1]:,} gzipped (in the first answer)")
    for name, sizes in (("first answer", first), ("next answer", after)):
        whole, packed = (sorted(size[at] for size in sizes) for at in (0, 1))
        print(
            f"{name}: median {whole[len(whole) // 2]:,} bytes ({packed[len(packed) // 2]:,} gzipped), "
            f"most {whole[-1]:,} ({packed[-1]:,} gzipped)"
        )
    times = sorted(answer["time"] for answer in answers)
    print(f"from bytes to answer: median {times[len(times) // 2]:.1f} ms, most {times[-1]:.1f} ms")


def cost(paths: Sequence[Path], vault: Path) -> None:
    """What the index costs: milliseconds of CPU a note."""
    names = [path.relative_to(vault).as_posix() for path in paths]
    notes = [
        parse(Source(name, "", path.read_text("utf-8")), Dialect()) for name, path in zip(names, paths, strict=True)
    ]

    def timed(what: str, work: Callable[[], Any]) -> Any:
        begin = time.process_time()
        result = work()
        print(f"  {what:40} {(time.process_time() - begin) / len(notes) * 1000:.3f} ms a note", flush=True)
        return result

    texts = timed("text of notes", lambda: [prose_of(note.facts, note.body) for note in notes])
    made = timed(
        "words", lambda: [postings_of(note.facts, text, "en") for note, text in zip(notes, texts, strict=True)]
    )
    bits, slots = slots_of(names)
    placed = sorted(zip((slots[name] for name in names), made, strict=True), key=lambda pair: pair[0])
    cells = timed("cells", lambda: cells_of(placed))
    parts = timed("parts", lambda: {name: parts_of(name, cell, bits) for name, cell in cells.items()})
    whole = {name: divided(cell, [part.first for part in parts[name]]) for name, cell in cells.items()}
    timed("files", lambda: [given(s.name, shard_content(s, whole, bits)) for s in shards_of(parts)])


if __name__ == "__main__":
    main()
