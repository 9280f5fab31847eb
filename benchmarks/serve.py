"""How long a writer waits: from a saved note to its page being ready at the server, and to being seen in the browser.

By default on made-up wikis of 491, 5,253 and 21,273 notes; a folder of notes may be named instead. With ``--soak N``
also N random edits as fast as they go, what memory they cost, and whether the site is then what a clean build makes.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from statistics import median
from urllib.parse import quote

from benchmarks.budget import proportional_size
from benchmarks.edits import Edits
from benchmarks.synthetic import make
from sitegen.disk.scan import MANIFEST
from tests.preview import Preview, serve

SCRIPT = re.compile(rb'<script src="/.sitegen/preview.js[^>]*></script>\n')
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WATCH = """(word) => {
  window.seen = new Promise((done) => {
    const look = () => document.body.textContent.includes(word) && requestAnimationFrame(() => done(Date.now()));
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
  });
}"""


class Stream:
    """The stream of events for one page."""

    def __init__(self, preview: Preview, path: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", preview.port, timeout=300)
        self._connection.request("GET", f"/.sitegen/events?page={quote(path)}")
        self._answer: HTTPResponse = self._connection.getresponse()
        self.tag = self._next()

    def _next(self) -> str:
        while not (line := self._answer.readline()).startswith(b"data: "):
            pass
        tag: str = json.loads(line[6:])["tag"]
        return tag

    def wait(self) -> None:
        """Until the page is another."""
        before = self.tag
        while self.tag == before:
            self.tag = self._next()

    def close(self) -> None:
        self._connection.close()


def ready(preview: Preview, note: Path, path: str, texts: list[str]) -> list[float]:
    """Milliseconds from each of ``texts`` being saved in ``note`` to its page being there whole.

    A page that is told to be another and is without the new text was made of half an edit, or made twice: that is printed,
    and the edit takes until the text is there.
    """
    stream, taken = Stream(preview, path), []
    for number, text in enumerate(texts):
        note.write_text(text, "utf-8")
        began = time.perf_counter()
        stream.wait()
        while f"ready{number}x" not in (answer := preview.get(path)).text:
            after = (time.perf_counter() - began) * 1000
            print(f"  edit {number}: after {after:.0f} ms a page without the text: {answer.status}, {stream.tag}")
            stream.wait()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(2.5 if taken[-1] < 1000 else 6)  # as a writer does; what can wait is done then
    stream.close()
    return taken


def visible(preview: Preview, note: Path, path: str, runs: int) -> list[float]:
    """Milliseconds from a note being saved to its text being drawn in Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import find_chromium

    taken, text = [], note.read_text("utf-8")
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM).new_page()
        page.goto(f"http://127.0.0.1:{preview.port}{path}")
        page.locator("sitegen-preview").wait_for(state="attached")
        page.wait_for_timeout(1500)
        for number in range(runs):
            page.evaluate(WATCH, f"seen{number}x")
            note.write_text(f"{text}\n\nWord seen{number}x.\n", "utf-8")
            saved = time.time() * 1000
            taken.append(page.evaluate("window.seen") - saved)
            page.wait_for_timeout(2500)
    return taken


def show(what: str, taken: list[float], budget: int) -> None:
    print(f"  {what:44} {median(taken):6.0f} ms ({min(taken):.0f} to {max(taken):.0f}); the budget is {budget}")


def cases(preview: Preview, note: Path, other: str, runs: int) -> None:
    """Print the three rows of the budget for one vault."""
    path = f"/{quote(note.relative_to(preview.vault).as_posix().lower().removesuffix('.md'))}.html"
    text = note.read_text("utf-8")
    preview.until(lambda: preview.get(path).status == 200)
    print(f"  memory: {proportional_size(preview.process.pid):.1f} MB", flush=True)
    prose = [f"{text}\n\nWord ready{number}x.\n" for number in range(runs)]
    show("prose, saved to page ready", ready(preview, note, path, prose), 50)
    links = [f"{text}\n\nSee [[{other}]] ready{number}x and [[nothing {number}]].\n" for number in range(runs)]
    show("a link, saved to page ready", ready(preview, note, path, links), 500)
    show("prose, saved to visible in Chromium", visible(preview, note, path, runs), 200)
    sys.stdout.flush()


def soak(preview: Preview, count: int) -> None:
    """Print what ``count`` random edits do to memory, and to the site."""
    edits, began = Edits(preview.vault, 1), time.perf_counter()
    for number in range(count):
        if number % max(1, count // 10) == 0:
            settle(preview, number)
            print(f"  {number:6} edits: {proportional_size(preview.process.pid):.1f} MB", flush=True)
        edits.one()
        time.sleep(0.02)
    settle(preview, count)
    took = time.perf_counter() - began
    print(f"  {count:6} edits: {proportional_size(preview.process.pid):.1f} MB after {took:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
        out = Path(scratch) / "out"
        command = [sys.executable, "-m", "sitegen", "build", str(preview.vault), "-o", str(out), "--no-cache", "-q"]
        subprocess.run(command, check=True)
        files = [path for path in out.rglob("*") if path.is_file() and path.name != MANIFEST]
        different = [path for path in files if not is_served(preview, path, out)]
    print(f"  of {len(files)} files of a clean build {len(different)} are served otherwise: {different[:5]}")


def again(vault: Path, count: int) -> None:
    """Print what a new preview of what the edits left needs, once it has seen a few edits itself."""
    with serve(vault, patience=1800) as preview:
        edits = Edits(vault, 2)
        for _ in range(count):
            edits.one()
            time.sleep(0.02)
        settle(preview, count)
        print(
            f"  a new preview of the same notes, after {count} edits: {proportional_size(preview.process.pid):.1f} MB"
        )


def is_served(preview: Preview, path: Path, out: Path) -> bool:
    answer = preview.get("/" + quote(path.relative_to(out).as_posix()))
    return answer.status == 200 and SCRIPT.sub(b"", answer.body, count=1) == path.read_bytes()


def settle(preview: Preview, number: int) -> None:
    """Wait until the last edit is served and there was time for what can wait."""
    word = f"settled{number}x"
    preview.write("Settled.md", word)
    preview.until(lambda: preview.shows("/settled.html", word), 300)
    time.sleep(4)


def with_notes(fill: Callable[[Path], object], options: argparse.Namespace) -> None:
    """Measure on a vault that ``fill`` makes."""
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
        vault = Path(scratch) / "wiki"
        fill(vault)
        notes = sorted(vault.rglob("*.md"))
        print(f"{len(notes):,} notes", flush=True)
        began = time.perf_counter()
        with serve(vault, patience=1800) as preview:
            print(f"  served after {time.perf_counter() - began:.1f} s, with nothing remembered", flush=True)
            if options.runs:
                cases(preview, notes[len(notes) // 3], notes[len(notes) // 2].stem, options.runs)
            if options.soak:
                soak(preview, options.soak)
        if options.soak:
            again(vault, options.soak // 10)
        print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vaults", nargs="*", type=Path, help="folders of notes, which are copied")
    parser.add_argument("--notes", type=int, nargs="*", default=[491, 5_253, 21_273], help="sizes of made-up wikis")
    parser.add_argument("--runs", type=int, default=7, help="edits of each kind (default: 7; 0 for none)")
    parser.add_argument("--soak", type=int, default=0, metavar="N", help="that many random edits as well")
    options = parser.parse_args()
    for folder in options.vaults:
        with_notes(partial(shutil.copytree, folder), options)
    for notes in options.notes if not options.vaults else ():
        with_notes(partial(make, notes=notes), options)


if __name__ == "__main__":
    main()
