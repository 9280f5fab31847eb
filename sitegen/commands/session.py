"""A site that is built again and again while its notes are written: from what happened to the next snapshot.

There is no other way from notes to pages than `build`, here with a memo that is kept. What fails leaves what was
there before, and says so.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen import paths
from sitegen.build import Progress, Result, build, warm_up
from sitegen.commands.moves import Moment, differing, last_pages, moves, saved
from sitegen.commands.prepare import dated, dates_of, settings_of
from sitegen.config import ConfigError
from sitegen.diagnostics import Diagnostic
from sitegen.disk import scan
from sitegen.disk.cache import open_cache
from sitegen.disk.read import Contents
from sitegen.disk.rereading import Reader, VaultGone
from sitegen.disk.site import CONFIG_NAME, Location, locate
from sitegen.disk.spool import Layered, Spool
from sitegen.disk.theme import read_theme, theme_folders
from sitegen.disk.unchanged import newest, theme_states
from sitegen.disk.write import OutputError
from sitegen.memo import Lost, Memo
from sitegen.model import CopiedFile, Site, Theme
from sitegen.pool import SERIAL, Workers
from sitegen.preview.bell import Ring
from sitegen.preview.editor import editor_link
from sitegen.preview.snapshot import Snapshot
from sitegen.stages.index import is_published
from sitegen.stages.render import RenderError

_IN_MEMORY = 1 << 20  # bytes of values that a preview keeps in memory: it is there all day
_REMEMBERED = 2  # names and addresses for each file of the site
_FILES = 100  # attachments that changed earlier of which pages are still told


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Found:
    """All problems of the site, and those that were not there before."""

    contents: Contents
    result: Result
    all: tuple[Diagnostic, ...]
    new: tuple[Diagnostic, ...]


class Session:
    """The site that ``vault`` belongs to. Not for several threads; the snapshots it gives are."""

    def __init__(self, vault: Path | None, location: Location, *, drafts: bool, follow: bool, editor: str) -> None:
        self._asked, self.location = vault, location
        self._drafts, self._follow, self._editor = drafts, follow, editor
        self._memo, self._spool = Memo(), Spool(_IN_MEMORY)
        self._reader = Reader(location)
        self._settings = settings_of(location, drafts=drafts)
        self._dates = dates_of(location)
        self._theme: Theme | None = None  # the one that pages are made with
        self._fresh_theme: Mapping[str, CopiedFile | bytes] = {}  # its files as they are now
        self._theme_read: tuple[object, ...] = ()  # where, in which language and in what state the theme was read last
        self._contents: Contents | None = None
        self._shown: Contents | None = None  # those that the site was made of
        self._read_by: Reader | None = None  # the one that gave the contents
        self._untold: tuple[str, ...] = ()  # what changed since a site was made
        self._result: Result | None = None
        self._past: Moment | None = None  # the one before, until there is time to let it go
        self._errors: dict[str, str] = {}  # by what failed
        self._known = Counter[tuple[str, str, str, str]]()  # problems that were told
        self.unsettled: tuple[str, ...] = ()  # files (paths on the disk) that ask for another look soon
        self._faulty = False
        self.changed: tuple[str, ...] = ()  # what the last snapshot differs by
        pattern = editor_link(editor or location.config.editor, location.vault)
        self.snapshot = Snapshot(0, location.vault, _base(location), config=location.config, editor=pattern)

    @property
    def site(self) -> Site | None:
        """What was built last."""
        return self._result.site if self._result is not None else None

    # ---- building ------------------------------------------------------------------------------------

    def begin(self, workers: Workers, progress: Progress, waiting: Callable[[], None]) -> None:
        """The first build, with what the cache on disk remembers; other builds may have the cache afterwards."""
        with open_cache(self.location, waiting=waiting) as cache:
            self._memo = cache.memo
            self._memo.spool = self._spool
            self._reader, self._dates = Reader(self.location, cache.seen), dates_of(self.location, cache.folder)
            self._update(Ring(theme=True, everywhere=True), workers, progress)
            base = cache.base()
            if self._contents is not None and not self._errors:
                cache.save(self.location.output, self._contents.settled(), cache.written)
        self._memo.store = Layered(base, Spool(_IN_MEMORY))
        gc.freeze()  # what is there now mostly stays, and need not be looked through for garbage
        gc.enable()  # what comes later must not pile up until there is time to settle

    def update(self, ring: Ring, is_wanted: Callable[[], bool] = _never) -> bool:
        """Make the next snapshot if anything differs; says whether it did.

        A look at everything ends unfinished (raises `Interrupted`) as soon as the session ``is_wanted`` for something else.
        """
        gc.disable()  # somebody waits, and not for garbage to be found: `settle` does that
        try:
            return self._update(ring, is_wanted=is_wanted)
        finally:
            gc.enable()

    def _update(
        self,
        ring: Ring,
        workers: Workers = SERIAL,
        progress: Progress | None = None,
        is_wanted: Callable[[], bool] = _never,
    ) -> bool:
        failed, self.changed, self.unsettled = dict(self._errors), (), ()
        self._past = None
        if self._faulty:  # begin with nothing that was there when it went wrong
            self._memo.forget()
            self._reader, self._faulty = Reader(self.location), False
            self._errors.pop("fault", None)
        again = self._contents is None or "build" in failed or "fault" in failed
        if ring.settings or ring.everywhere:
            again |= self._relocate()
        if ring.theme or ring.everywhere:
            again |= self._read_theme()
        if again or self._errors != failed or self._fresh_theme != self.snapshot.theme:
            is_wanted = _never  # what was found has to be shown
        contents = self._read(ring, is_wanted)
        again |= bool(self.changed) or self._have_other_problems(contents)
        if contents is not None and (again or ring.everywhere):
            again |= self._date(contents)
        if contents is not None and self._theme is not None and again:
            return self._build(contents, self._theme, workers, progress)
        if self._errors != failed or self._fresh_theme != self.snapshot.theme:
            self._show(self.snapshot)
            return True
        return False

    def fault(self, problem: Exception) -> None:
        """Say that something went wrong which nobody foresaw; what was there stays, and the next update begins anew."""
        where = "".join(f" {note}" for note in getattr(problem, "__notes__", ()))
        self._errors["fault"] = (
            f"{type(problem).__name__}: {problem}{where}\n"
            "This is a fault of sitegen itself; the terminal says more. The next change is tried again from the beginning."
        )
        self._faulty, self.unsettled = True, ()
        self._show(self.snapshot)

    def _build(self, contents: Contents, theme: Theme, workers: Workers, progress: Progress | None) -> bool:
        then = Moment(self._shown, self._result)
        self._untold = tuple(dict.fromkeys((*self._untold, *self.changed)))
        pages = last_pages(self.snapshot, self._untold, then)
        self._contents = contents
        try:
            result = build(
                contents.by_path,
                contents.assets,
                theme,
                self._settings,
                self._memo,
                progress,
                workers,
                transcripts=contents.transcripts,
            )
        except (RenderError, OutputError) as problem:
            self._errors["build"] = str(problem)
            self._show(self.snapshot)
            return True
        self._errors.pop("build", None)
        self._result, self._past, now = result, then, Moment(contents, result)
        self._shown, self.changed = contents, self._untold
        moved, gone = moves(self.snapshot, self.changed, then, now, pages)
        self._show(
            replace(
                self.snapshot,
                vault=self.location.vault,
                base=_base(self.location),
                artifacts=result.site.artifacts,
                moved=moved,
                gone=gone,
                follow=saved(self.changed, then, now) if self._follow and then.result is not None else "",
                files=self._files(result),
                is_draft=_draft_of(result) if self._drafts else lambda note: False,
                config=self.location.config,
                names=contents.names,
            )
        )
        self._untold = ()
        return True

    def _show(self, snapshot: Snapshot) -> None:
        fresh = "\n\n".join(self._errors.values())
        built = snapshot is not self.snapshot
        number = self.snapshot.number + 1 if built or self.snapshot.number else 0
        self.snapshot = replace(snapshot, number=number, error=fresh, theme=self._fresh_theme)
        if not built:
            self.snapshot = replace(self.snapshot, follow="")

    def _files(self, result: Result) -> Mapping[str, int]:
        """Since which snapshot each attachment is as it is, for those that changed last: a page may have missed some."""
        changed = [url for path in self.changed if (url := result.vault.assets.get(path)) is not None]
        earlier = {url: number for url, number in self.snapshot.files.items() if url not in changed}
        return dict(list(earlier.items())[-_FILES:]) | dict.fromkeys(changed, self.snapshot.number + 1)

    # ---- reading -------------------------------------------------------------------------------------

    def _relocate(self) -> bool:
        """Read the settings again; says whether they are others."""
        try:
            # A file of settings that cannot be read does not say any more which vault it is about.
            configured = (self.location.root / CONFIG_NAME).is_file()
            location = locate(self.location.root if configured else self._asked, None)
            settings = settings_of(location, drafts=self._drafts) if location != self.location else self._settings
            pattern = editor_link(self._editor or location.config.editor, location.vault)
        except (ConfigError, ValueError) as problem:
            if self.location.vault.is_dir():  # else it is said of the vault
                self._errors["settings"] = str(problem)
            return False
        self._errors.pop("settings", None)
        if location == self.location:
            return False
        known = self._contents.settled() if self._contents and location.vault == self.location.vault else None
        self.location, self._settings, self._reader = location, settings, Reader(location, known)
        self._dates = dates_of(location)
        self.snapshot = replace(self.snapshot, editor=pattern)
        return True

    def _read_theme(self) -> bool:
        """Read the theme again; says whether pages have to be made again.

        While only the content of static files differs, pages are what they were: they name a file's version, but a
        browser asks for it whatever its version is.
        """
        root, language, looked = self.location.root, self.location.config.language, scan.now()
        folders = theme_folders(root)
        try:
            read = (*folders, language, theme_states(folders))
            if read == self._theme_read:
                return False
            theme = read_theme(root, language)
            self._theme_read = read if scan.is_settled(newest(folders), looked) else ()
        except (OSError, UnicodeDecodeError) as problem:
            self._errors["theme"], self._theme_read = f"the theme cannot be read: {problem}", ()
            return False
        self._errors.pop("theme", None)
        held = self._theme
        if theme.static != self._fresh_theme:
            self._fresh_theme = theme.static
        if (
            held is not None
            and held.templates == theme.templates
            and held.icons == theme.icons
            and held.static.keys() == theme.static.keys()
            and held.problems == theme.problems
        ):
            return False
        self._theme = theme
        return True

    def _date(self, contents: Contents) -> bool:
        """Ask when notes changed last; says whether that is new."""
        before, self._settings = self._settings, dated(self._settings, contents, self._dates)
        return self._settings.options.dates is not before.options.dates

    def _read(self, ring: Ring, is_wanted: Callable[[], bool]) -> Contents | None:
        """The vault as it is; ``None`` if it is not there."""
        try:
            everywhere = ring.everywhere or ring.settings or self._contents is None or "vault" in self._errors
            reading = self._reader.read(None if everywhere else ring.folders, ring.touched, is_wanted)
        except VaultGone as problem:
            self._errors["vault"] = f"{problem}. What was there before is shown until it is back"
            return None
        self._errors.pop("vault", None)
        self.changed, self.unsettled = reading.changed, reading.unsettled
        if self._read_by is not self._reader:  # it begins anew, and all is new to it
            if self._read_by is not None and self._contents is not None and self._read_by.vault == self._reader.vault:
                self.changed = differing(self._contents, reading.contents, self.location.vault)
            self._read_by = self._reader
        return reading.contents

    def _have_other_problems(self, contents: Contents | None) -> bool:
        """Whether other files cannot be read than before, which need not be any that could."""
        known = self._contents
        return contents is not None and known is not None and contents.diagnostics != known.diagnostics

    # ---- what there is time for later -----------------------------------------------------------------

    def settle(self) -> Found | None:
        """Find all problems for the next snapshot, and give back memory that is no longer needed."""
        found = self._past = None
        if self._result is not None and self._contents is not None:
            with suppress(Lost):  # the next build finds out what is lost, and makes it anew
                found = self._problems(self._contents, self._result)
        self._memo.trim()
        paths.forget(_REMEMBERED * len(self.snapshot.artifacts))
        gc.collect()
        give_back()
        return found

    def warm_up(self, is_wanted: Callable[[], bool]) -> bool:
        """Have at hand what the next change of links needs, unless that is so; says whether it is now.

        It takes a while in a large vault. As soon as the session ``is_wanted`` for something else it stops, to go on the
        next time.
        """
        if self._contents is None or self._result is None or self._errors:
            return True

        def step() -> None:
            if is_wanted():
                raise _Wanted

        gc.disable()
        try:
            warm_up(self._contents.assets, self._settings, self._memo, step)
            import_module("sitegen.stages.yaml_block")  # only front matter that is more than plain lines needs it
        except _Wanted:
            return False
        except Lost:
            return True  # the next build finds out what is lost, and makes it anew
        finally:
            gc.enable()
        gc.freeze()
        return True

    def _problems(self, contents: Contents, result: Result) -> Found:
        diagnostics = (*contents.diagnostics, *result.site.diagnostics)
        by_note = defaultdict[str, list[Diagnostic]](list)
        for problem in diagnostics:
            by_note[problem.path].append(problem)
        grouped = {note: tuple(problems) for note, problems in by_note.items()}
        if grouped != self.snapshot.problems:
            self.snapshot = replace(self.snapshot, problems=grouped)  # the same site, of which more is known
        now = Counter(map(_identity, diagnostics))
        fresh, self._known = now - self._known, now
        new = []
        for problem in diagnostics:
            if fresh[_identity(problem)] > 0:
                fresh[_identity(problem)] -= 1
                new.append(problem)
        return Found(contents, result, diagnostics, tuple(new))


class _Wanted(Exception):
    """Something else is to be done first."""


def give_back() -> None:
    """Let the C library give back to the system what was freed, of which it keeps much. Source: malloc_trim(3)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _identity(problem: Diagnostic) -> tuple[str, str, str, str]:
    """What makes a problem the same one although the lines above it are others."""
    return problem.code, problem.path, problem.message, problem.subject


def _base(location: Location) -> str:
    """The path of the site's own address, so that the preview has what the site will have."""
    return unquote(urlsplit(location.config.base_url).path) or "/"


def _draft_of(result: Result) -> Callable[[str], bool]:
    def is_draft(note: str) -> bool:
        with suppress(Lost, KeyError):
            return not is_published(result.vault.facts[note], False)
        return False

    return is_draft
