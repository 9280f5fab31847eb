"""Diagnostics for people, for programs (json) and for GitHub's annotations; thousands of alike become one entry."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from sitegen.diagnostics import CATALOGUE, Diagnostic, Severity
from sitegen.disk.read import Contents
from sitegen.disk.write import Written
from sitegen.model import Unread, Vault
from sitegen.paths import stem
from sitegen.terminal.suggest import Suggestions

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class Report:
    """The diagnostics of one run, with the severities that the site has set."""

    def __init__(
        self,
        diagnostics: Iterable[Diagnostic],
        severities: Mapping[str, str],
        vault: Vault,
        contents: Contents,
        say: Callable[[str], None] = click.echo,
    ) -> None:
        self._severity = {code: Severity(severities.get(code, default)) for code, (default, _) in CATALOGUE.items()}
        self._items = [d for d in diagnostics if self._of(d.code) is not Severity.OFF]
        self._vault, self._sources = vault, {source.path: source for source in contents.sources}
        self._texts: dict[str, str] = {}
        self._say = say
        self._suggestions: Suggestions | None = None

    def _of(self, code: str) -> Severity:
        return self._severity.get(code, Severity.WARNING)  # an extension's own code

    def exit_code(self, strict: bool) -> int:
        """1 if there is an error, or with ``strict`` a warning; else 0."""
        worst = {self._of(d.code) for d in self._items}
        return int(Severity.ERROR in worst or (strict and Severity.WARNING in worst))

    def show(self, style: str, verbosity: int, *, strict: bool = False) -> None:
        """Print all diagnostics in one of the styles text, json, github."""
        if style == "json":
            for item in self._items:
                self._say(json.dumps(self._as_data(item), ensure_ascii=False))
        elif style == "github":
            for item in self._items:
                self._say(self._as_annotation(item))
        else:
            self._show_text(verbosity, strict)

    def summary(
        self, what: str, verbosity: int, output: Path | None = None, written: Written | None = None
    ) -> list[str]:
        """The last lines of a run: what there is now, what is wrong, what was written where."""
        counts = Counter(self._of(d.code) for d in self._items)
        parts = [
            f"{counts[s]} info" if s is Severity.INFO else counted(counts[s], s.value) for s in _ORDER if counts[s]
        ]
        lines = [f"{what}; {', '.join(parts) or 'no problems'}"]
        if output is not None and written is not None:
            done = f"{written.changed} written, {written.removed} removed, {written.same} unchanged"
            lines.append(f"{click.format_filename(_near(output))}: {done}")
        if parts and verbosity < 1 and output is not None:
            lines.append("sitegen check lists all of them, with help")
        return lines

    # ---- text ------------------------------------------------------------------------------------

    def _show_text(self, verbosity: int, strict: bool) -> None:
        """Every group of problems; without ``-v`` errors only, and of the rest one line a kind, none with ``-q``."""
        for code, groups in self._by_code():
            if verbosity > 0 or self._of(code) is Severity.ERROR:
                for items in groups:
                    self._show_group(items, verbosity)
            elif verbosity == 0 or (strict and self._of(code) is Severity.WARNING):
                self._show_kind(code, groups)

    def _by_code(self) -> list[tuple[str, list[list[Diagnostic]]]]:
        """Groups of problems about one thing, most of them first, by code; what matters most stands last, in sight."""
        groups: dict[str, dict[str, list[Diagnostic]]] = {}
        for item in self._items:
            subject = item.subject or f"{item.path}:{item.span.line if item.span else 0}:{item.message}"
            groups.setdefault(item.code, {}).setdefault(subject, []).append(item)
        codes = sorted(groups, key=lambda code: (-_ORDER[self._of(code)], len(groups[code]), code))
        return [(code, sorted(groups[code].values(), key=lambda items: (-len(items), items[0].path))) for code in codes]

    def _show_kind(self, code: str, groups: list[list[Diagnostic]]) -> None:
        first = groups[0]
        total = sum(map(len, groups))
        times = f" ({len(first)} times)" if len(first) > 1 else ""
        count = f"{total}, such as: " if total > len(first) else ""
        self._say(f"{self._label(code)}: {count}{first[0].message}{times} --> {_place(first[0])}")

    def _label(self, code: str) -> str:
        severity = self._of(code)
        return click.style(f"{severity.value}[{code}]", fg=_COLOURS[severity], bold=True)

    def _show_group(self, items: list[Diagnostic], verbosity: int) -> None:
        first = items[0]
        times = f" ({len(items)} times)" if len(items) > 1 else ""
        self._say(f"{self._label(first.code)}: {first.message}{times}")
        for item in items[: 3 if verbosity < 2 else None]:
            self._say(f"  --> {_place(item)}")
        if len(items) > 3 and verbosity < 2:
            self._say(f"  ... and {len(items) - 3} more")
        line = self._line(first)
        if line:
            self._say(f"   |  {line}")
        hint = first.hint or self._did_you_mean(first)
        if hint:
            self._say(f"   = help: {hint}")
        self._say("")

    def _line(self, item: Diagnostic) -> str:
        """The line that is meant, shortened around the place."""
        source = self._sources.get(item.path)
        if source is None or item.span is None:
            return ""
        text = self._texts.get(item.path)
        if text is None:
            text = self._texts[item.path] = (source.read() if isinstance(source, Unread) else source).text
        lines = text.split("\n", item.span.line)
        line = lines[item.span.line - 1] if item.span.line <= len(lines) else ""
        start = max(0, item.span.column - 41)
        cut = line[start : start + 110].strip()
        return ("…" if start else "") + cut + ("…" if start + 110 < len(line) else "")

    def _did_you_mean(self, item: Diagnostic) -> str:
        if item.code not in ("missing-note", "missing-embed"):
            return ""
        if self._suggestions is None:
            notes = [
                name for path, fact in self._vault.facts.items() for name in (stem(path), fact.title, *fact.aliases)
            ]
            self._suggestions = Suggestions([*notes, *(path.rpartition("/")[2] for path in self._vault.assets)])
        near = self._suggestions.near(item.subject.rpartition("/")[2])
        return f'did you mean "{near}"?' if near else ""

    # ---- for programs ----------------------------------------------------------------------------

    def _as_data(self, item: Diagnostic) -> dict[str, object]:
        span = item.span
        place = {"line": span.line, "column": span.column, "length": span.length} if span else {}
        hint = item.hint or self._did_you_mean(item)
        return {
            "code": item.code,
            "severity": self._of(item.code).value,
            "path": item.path,
            **place,
            "message": item.message,
            "hint": hint,
        }

    def _as_annotation(self, item: Diagnostic) -> str:
        where = f"file={_escaped(item.path, True)}" + (
            f",line={item.span.line},col={item.span.column}" if item.span else ""
        )
        hint = item.hint or self._did_you_mean(item)
        text = item.message + (f" ({hint})" if hint else "")
        return f"::{_GITHUB[self._of(item.code)]} {where},title={item.code}::{_escaped(text, False)}"


def counted(number: int, noun: str) -> str:
    """``1 page``, ``2 pages``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _escaped(text: str, is_property: bool) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def _place(item: Diagnostic) -> str:
    return f"{item.path}:{item.span.line}:{item.span.column}" if item.span else item.path


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
