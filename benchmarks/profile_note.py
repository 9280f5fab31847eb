"""Where the time of a note goes: milliseconds of CPU a note, stage by stage, for the notes of a folder."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sitegen.build import Settings, build
from sitegen.codec import decode, encode, hidden, printed, restored
from sitegen.disk.read import decode as decode_text
from sitegen.disk.theme import builtin_folder, read_theme
from sitegen.extensions import checks, features
from sitegen.memo import Memo
from sitegen.model import Facts, Place, SiteInfo, Source
from sitegen.stages.parse import Dialect, parse
from sitegen.stages.render import render
from sitegen.stages.resolve import resolve
from sitegen.words import ENGLISH

T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("vault", type=Path)
    parser.add_argument("--notes", type=int, default=500, help="how many of them (default: 500)")
    options = parser.parse_args()
    paths = sorted(options.vault.rglob("*.md"))[: options.notes]
    print(f"{len(paths)} notes of {sum(path.stat().st_size for path in paths) / max(len(paths), 1):,.0f} bytes")

    def timed(what: str, work: Callable[[], T]) -> T:
        begin = time.process_time()
        result = work()
        print(f"  {what:40} {(time.process_time() - begin) / max(len(paths), 1) * 1000:7.3f} ms a note", flush=True)
        return result

    data = timed("read", lambda: [path.read_bytes() for path in paths])
    texts = timed("decode", lambda: [decode_text("a.md", item)[0] for item in data])
    names = [path.relative_to(options.vault).as_posix() for path in paths]
    sources = [Source(name, name, text) for name, text in zip(names, texts, strict=True)]
    dialect = Dialect()
    parse(Source("warm.md", "", "# Up\n"), dialect)
    notes = timed("parse", lambda: [parse(source, dialect) for source in sources])
    facts = timed("facts to bytes", lambda: [printed(note.facts)[1] for note in notes])
    lines = timed("line numbers to values", lambda: [hidden(note.facts) for note in notes])
    again = timed("facts from bytes", lambda: [decode(item, Facts) for item in facts])
    timed("line numbers back", lambda: [restored(item, found) for item, found in zip(again, lines, strict=True)])
    timed("bodies to bytes", lambda: [encode(note.body) for note in notes])
    theme, site = read_theme(builtin_folder()), SiteInfo("Wiki", "", "en", "", "sitegen")
    memo = Memo()
    build_settings = Settings(site, features=features(()), checks=checks(()))
    result = timed("a whole build, all of these in it", lambda: build(sources, [], theme, build_settings, memo))
    places = [result.vault.places[note.path] for note in notes if note.path in result.vault.places]
    shown = [note for note in notes if note.path in result.vault.places]
    packed = timed("places to bytes", lambda: [encode(place) for place in places])
    timed("places from bytes", lambda: [decode(item, Place) for item in packed])
    without = [(note, place) for note, place in zip(shown, places, strict=True) if "![[" not in "".join(note.body)]
    pages = timed("resolve", lambda: [resolve(note, place, {}, ENGLISH) for note, place in without])
    timed("pages to digests", lambda: [printed(page)[0] for page in pages])
    timed("render", lambda: [render(page, theme, site) for page in pages])


if __name__ == "__main__":
    main()
