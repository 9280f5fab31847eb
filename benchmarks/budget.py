"""What a build costs in every case of the budget, on made-up wikis: cold, unchanged, one word, one link, twice the notes.

CPU seconds are user and system time of the command and all its processes; memory is the largest sum of all processes'
proportional set sizes seen. Cases of one size share a wiki; peers take turns. README.md says what is compared.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks import build as peers_build
from benchmarks.synthetic import CHANNEL, make, name_of
from sitegen.build import GENERATOR, Settings, build
from sitegen.disk.read import read_vault
from sitegen.disk.site import locate
from sitegen.disk.theme import read_theme
from sitegen.extensions import checks, features
from sitegen.memo import Memo
from sitegen.model import Rendered, SiteInfo, Source, Unread
from sitegen.stages.index import Options

LINKING_THEME = {
    "single.html": "{{ define `main` }}<h1>{{ .Title }}</h1>{{ partial `linked.html` . }}<ul>{{ $me := .File.ContentBaseName }}"
    "{{ range site.RegularPages }}{{ if in .RawContent (printf `[[%s` $me) }}"
    "<li><a href='{{ .RelPermalink }}'>{{ .Title }}</a></li>{{ end }}{{ end }}</ul>{{ end }}",
    "_partials/linked.html": r"{{ $html := .Content }}{{ range findRE `\[\[[^\]]+\]\]` $html }}{{ $found := . }}"
    r"{{ $parts := split (substr . 2 (sub (len .) 4)) `|` }}{{ $target := trim (index $parts 0) ` ` }}"
    r"{{ $label := trim (index (last 1 $parts) 0) ` ` }}{{ with site.GetPage $target }}"
    r"{{ $html = replace $html $found (printf `<a href='%s'>%s</a>` .RelPermalink $label) }}{{ end }}{{ end }}{{ $html | safeHTML }}",
}


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, and megabytes of all processes together."""

    cpu: float
    wall: float
    memory: float


def proportional_size(process: int) -> float:
    """Megabytes of a process and its children, shared pages counted by their share; 0 where the system does not say."""
    total = 0.0
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += proportional_size(int(child))
    except (OSError, StopIteration):
        pass
    return total


def measure(command: Sequence[str | Path], folder: Path) -> Cost:
    """Run a command; exits if it fails."""
    begin, peak, ended = time.perf_counter(), 0.0, threading.Event()
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=peers_build.ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.3):
                peak = max(peak, proportional_size(process.pid))

        thread = threading.Thread(target=watch)
        thread.start()
        _, status, usage = os.wait4(process.pid, 0)
        ended.set()
        thread.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{(folder / 'log.txt').read_text()[-2000:]}")
    wall = time.perf_counter() - begin
    # What the system says of one process counts from before the command began in it, when it was a copy of this one.
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak or usage.ru_maxrss / 1024)


def show(case: str, costs: Sequence[Cost]) -> Cost:
    cost = Cost(median(c.cpu for c in costs), median(c.wall for c in costs), max(c.memory for c in costs))
    spread = f"{min(c.cpu for c in costs):.2f} to {max(c.cpu for c in costs):.2f}"
    print(f"  {case:44} {cost.cpu:8.2f} s CPU ({spread})  {cost.wall:8.2f} s wall  {cost.memory:6.0f} MB", flush=True)
    return cost


# ---- the cases, each in a new process --------------------------------------------------------------------


def cases(notes: int, folder: Path, runs: int) -> Cost:
    """Print the cost of every case for a wiki of this size; returns that of a cold build."""
    print(f"{notes:,} notes", flush=True)
    vault, out = folder / "wiki", folder / "out"
    if not vault.exists():
        make(vault, notes)
    command = (sys.executable, "-m", "sitegen", "build", vault, "-o", out, "-q")
    cold = show("cold", [measure(command, folder)])
    show("nothing changed", [measure(command, folder) for _ in range(runs)])
    note = vault / "channel_0" / f"{name_of(5)}.md"

    def edited(text: str) -> Cost:
        with note.open("a", encoding="utf-8") as file:
            file.write(text)
        return measure(command, folder)

    show("one word", [edited(f"\nAnother word {n}.\n") for n in range(runs)])
    show("one link", [edited(f"\nSee [[{name_of(CHANNEL + 9 + n)}]] too.\n") for n in range(runs)])
    return cold


def kept(vault: Path, out: Path, runs: int) -> None:
    """Print the cost of an edit in a process that keeps its memo, up to the bytes of the page."""
    location = locate(vault, out)
    contents, theme = read_vault(location), read_theme(location.root)
    site = SiteInfo(location.title, "", "en", "", GENERATOR)
    settings = Settings(site, options=Options(location.title, vault.name), features=features(()), checks=checks(()))
    memo, sources = Memo(), list(contents.sources)
    build(sources, contents.assets, theme, settings, memo)
    gc.collect()
    gc.freeze()
    gc.disable()
    for what, text in (("one word", "\n\nWord {}.\n"), ("one link", "\n\nSee [[" + name_of(CHANNEL + 9) + "]] {}.\n")):
        costs = []
        for number in range(runs):
            found = sources[number + 1]
            source = found.read() if isinstance(found, Unread) else found
            more = text.format(number)
            sources[number + 1] = Source(source.path, f"{source.digest}{what}{number}", source.text + more)
            begin, wall = time.process_time(), time.perf_counter()
            result = build(sources, contents.assets, theme, settings, memo)
            page = result.vault.places[source.path].ref.url
            content = result.site.artifacts[page].content
            assert isinstance(content, Rendered)
            content.read()
            costs.append(Cost(time.process_time() - begin, time.perf_counter() - wall, 0))
        show(f"{what}, in a process that keeps its memo", costs)
    gc.enable()


# ---- peers ---------------------------------------------------------------------------------------------


def against_hugo(vault: Path, runs: int) -> None:
    """Cold builds in turns: sitegen, plain Hugo, and Hugo with wikilinks and backlinks by templates."""
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
        plain, linking = Path(scratch) / "plain", Path(scratch) / "linking"
        for site in (plain, linking):
            peers_build.prepare_hugo(vault, site)
        for name, text in LINKING_THEME.items():
            (linking / "layouts" / name).parent.mkdir(exist_ok=True)
            (linking / "layouts" / name).write_text(text)
        contestants: dict[str, Callable[[Path], peers_build.Cost]] = {
            "sitegen": lambda folder: peers_build.run_sitegen(vault, folder),
            "hugo": lambda folder: peers_build.run_hugo(plain, folder),
            "hugo with wikilinks and backlinks": lambda folder: peers_build.run_hugo(linking, folder),
        }
        costs = peers_build.take_turns(runs, contestants)
    for name, taken in costs.items():
        print(peers_build.report(name, taken))
    ours = median(cost.cpu for cost in costs["sitegen"])
    for name, taken in list(costs.items())[1:]:
        print(f"  sitegen takes {ours / median(cost.cpu for cost in taken):.2f} of the CPU seconds of {name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="*", default=[491, 5_253], help="sizes (default: 491 5253)")
    parser.add_argument("--growth", action="store_true", help="a cold build of twice as many notes too, and the ratios")
    parser.add_argument("--peers", action="store_true", help="Hugo on the same notes, in turns")
    parser.add_argument("--runs", type=int, default=3, help="runs of each case but a cold one (default: 3)")
    options = parser.parse_args()
    for notes in options.notes:
        with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
            cold = cases(notes, Path(scratch), options.runs)
            kept(Path(scratch) / "wiki", Path(scratch) / "out", options.runs)
            if options.peers:
                against_hugo(Path(scratch) / "wiki", options.runs)
        if options.growth:
            with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
                twice = cases(2 * notes, Path(scratch), 1)
            ratio = replace(
                cold, cpu=twice.cpu / cold.cpu, wall=twice.wall / cold.wall, memory=twice.memory / cold.memory
            )
            print(f"  twice the notes: {ratio.cpu:.2f} times the CPU seconds, {ratio.memory:.2f} times the memory")
        print(flush=True)


if __name__ == "__main__":
    main()
