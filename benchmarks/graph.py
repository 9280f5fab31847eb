"""What the graph page costs, on made-up wikis: CPU seconds of the layout, bytes, time to the first picture, work a frame.

The wikis are those of synthetic.py; links are read from their notes by a regular expression, so that nothing but the graph is
measured. The browser part needs Chromium and Playwright; without a graphics card Chromium draws by SwiftShader, whose work is
on other threads than the page's but on the same cores.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import tempfile
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from benchmarks.synthetic import CHANNEL, name_of, note
from sitegen.disk.theme import read_theme
from sitegen.features.graph import data_file, graph_page
from sitegen.model import CopiedFile, NoteRef, SiteInfo
from sitegen.stages.network import DATA, drawn
from sitegen.stages.render import render_view

ROOT = Path(__file__).resolve().parent.parent
Inputs = tuple[tuple[NoteRef, ...], tuple[str, ...], tuple[NoteRef, ...], tuple[str, ...]]


def inputs(total: int) -> Inputs:
    """The notes, links and folders of a made-up wiki of that many notes."""
    refs, joined, paths = [], [], dict[str, str]()
    for number in range(total):
        channel = f"channel_{number // CHANNEL}"
        name = channel if number % CHANNEL == 0 else name_of(number)
        paths[name] = f"{channel}/{name}.md"
    for number, (name, path) in enumerate(paths.items()):
        if number % CHANNEL == 0:
            named = [name_of(other) for other in range(number + 1, min(number + CHANNEL, total))]
        else:
            named = [found.strip() for found in re.findall(r"\[\[([^|\]]+)", note(number, total))]
        joined.append("\0".join(sorted({paths[each] for each in named if each in paths and each != name})))
        refs.append(NoteRef(path, name.replace("_", " ").capitalize(), path.removesuffix(".md") + ".html"))
    folders = sorted({ref.path.rpartition("/")[0] for ref in refs})
    return tuple(refs), tuple(joined), tuple(NoteRef(each, each, f"{each}/index.html") for each in folders), ()


def site(folder: Path, given: Inputs) -> None:
    """The graph page of a wiki with all it loads, and nothing else."""
    theme, info = read_theme(ROOT), SiteInfo("Made up", "", "en", "", "sitegen")
    page = render_view(graph_page(*given)[0], theme, info).content
    data = data_file(*given)[0].content
    assert isinstance(page, bytes) and isinstance(data, bytes)
    (folder / "graph.html").write_bytes(page)
    (folder / DATA).write_bytes(data)
    for name, content in theme.static.items():
        target = folder / "static" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, CopiedFile):
            shutil.copyfile(content.path, target)
        elif isinstance(content, bytes):
            target.write_bytes(content)


def layout_cost(given: Inputs) -> None:
    refs, joined, _, _ = given
    drawn.cache_clear()
    begin = time.process_time()
    graph = drawn(tuple([ref.path for ref in refs]), joined)
    laid = time.process_time() - begin
    begin = time.process_time()
    data = data_file(*given)[0].content
    graph_page(*given)
    rest = time.process_time() - begin
    assert isinstance(data, bytes)
    links = sum(len(targets) for targets in graph.targets)
    print(
        f"{len(refs):>7,} notes, {links:,} links, {max(graph.group) + 1} groups: layout {laid:.2f} s, files {rest:.2f} s CPU",
        end="; ",
    )
    print(f"data {len(data) / 1024:,.0f} KB, {len(gzip.compress(data, 9)) / 1024:,.0f} KB gzipped", flush=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


# Notes how long sigma works on each frame, and how far frames are apart.
_WATCH = """() => {
    const { renderer } = document.querySelector(".network-stage").drawing;
    const seen = (globalThis.seen = { work: [], apart: [] });
    let begin = 0, last = performance.now();
    renderer.on("beforeRender", () => {
        begin = performance.now();
        seen.apart.push(begin - last);
        last = begin;
    });
    renderer.on("afterRender", () => seen.work.push(performance.now() - begin));
}"""
_MOVES = 60


def browser_cost(folder: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU time, not the clock's
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/graph.html")
        page.wait_for_function("() => performance.getEntriesByName('graph-drawn').length", timeout=120_000)
        marks = {
            name: page.evaluate(f"performance.getEntriesByName('{name}')[0].startTime")
            for name in ("graph-data", "graph-drawn")
        }
        loading = _metrics(session)["TaskDuration"] * 1000
        page.wait_for_timeout(1500)
        page.evaluate(_WATCH)
        page.mouse.move(600, 450)
        page.mouse.down()
        before = _metrics(session)
        for step in range(_MOVES):
            page.mouse.move(600 + 6 * (step % 30), 450 + 3 * (step % 30))
        after = _metrics(session)
        page.mouse.up()
        found = page.evaluate("seen")
        frames, work = max(len(found["work"]), 1), sorted(found["work"]) or [0]
        whole = (after["TaskDuration"] - before["TaskDuration"]) * 1000 / frames
        print(f"         first picture {marks['graph-drawn'] - marks['graph-data']:.0f} ms after the data", end=", ")
        print(f"{loading:.0f} ms CPU of the main thread for all of the page until then")
        print(
            f"         dragging, {frames} frames: sigma {median(work):.1f} ms a frame (longest {work[-1]:.1f})",
            end=", ",
        )
        print(f"CPU of the main thread {whole:.1f} ms a frame, {median(found['apart']):.0f} ms apart", flush=True)
        browser.close()
        server.shutdown()


def _metrics(session: Any) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="*", default=[491, 5_253, 21_273], help="sizes of the wikis")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser; none: only the build's part")
    options = parser.parse_args()
    for notes in options.notes:
        given = inputs(notes)
        layout_cost(given)
        if options.chromium:
            with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
                site(Path(scratch), given)
                browser_cost(Path(scratch), options.chromium)


if __name__ == "__main__":
    main()
