"""``sitegen serve``: the site as it is while it is being written, patched in every open browser."""

from __future__ import annotations

import socket
import time
import traceback
import webbrowser
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from sitegen.commands.session import Session, give_back
from sitegen.config import ConfigError
from sitegen.disk.rereading import Interrupted
from sitegen.disk.site import Location, locate
from sitegen.pool import Workers
from sitegen.preview.bell import Bell, Ring
from sitegen.preview.guard import is_loopback
from sitegen.preview.server import PortTaken, Server, listen
from sitegen.preview.watch import Watch
from sitegen.terminal.progress import Bar
from sitegen.terminal.report import Report, counted

USUAL_PORT = 8000
_POLL = 1.0  # seconds between two looks at folders that say nothing
_CALM = 0.25  # seconds without a change after which there is time for what nobody waits for
_AFTER = 1.5  # seconds after a change at which everything is looked at again, as the system may have dropped events
_LONGEST = 10.0  # seconds for which such a look may be put off by further changes
_BUSY = 0.5  # seconds without such calm after which there has to be time
_SOON = 0.2  # seconds until a half-written file is looked at again
_IDLE = 2.0  # seconds between two looks at whether what is watched is still there
_NAMED = 3  # files of a change that are named


@dataclass(frozen=True, slots=True)
class Serve:
    """How one ``sitegen serve`` was asked for. ``port`` is None for the next free one from the usual one on."""

    vault: Path | None
    host: str
    port: int | None
    browse: bool
    drafts: bool
    follow: bool
    editor: str
    verbosity: int


def serve_command(serve: Serve, workers: Workers) -> int:
    """Build, serve, and build again whenever something changes, until Ctrl-C; returns the exit code."""
    location = locate(serve.vault, None)
    try:
        port = USUAL_PORT if serve.port is None else serve.port
        bound = listen(serve.host, port, any_free=serve.port is None)
    except PortTaken as problem:
        click.echo(click.style("error", fg="red", bold=True) + f": {problem}", err=True)
        return 2
    try:
        return _Preview(serve, location, workers).run(bound)
    except KeyboardInterrupt:
        click.echo("\nThe preview has ended.")
        return 0


class _Preview:
    """Answers the bell until it is interrupted."""

    def __init__(self, serve: Serve, location: Location, workers: Workers) -> None:
        self._serve, self._workers = serve, workers
        try:
            self._session = Session(
                serve.vault, location, drafts=serve.drafts, follow=serve.follow, editor=serve.editor
            )
        except ValueError as problem:
            raise ConfigError(str(problem)) from None
        self._bell = Bell()
        self._watch = Watch(self._bell)
        self._error = self._told_silent = ""
        # When there must be time for what can wait, and for a look at everything; 0 is never.
        self._look_by = self._checked = 0.0
        self._unlooked = 0.0  # since when there were changes after which not everything was looked at; 0 is never
        self._settle_by = time.monotonic()  # the problems of the first build are still to be told
        self._pause, self._settled_in = _POLL, 0.0
        self._first = True
        self._warm = False

    def run(self, bound: socket.socket) -> int:
        """Serve at a socket that listens; never returns of itself."""
        session = self._session
        with Bar(enabled=self._serve.verbosity >= 0) as bar, closing(self._workers):
            session.begin(self._workers, bar.stage, self._wait)
        server = Server(bound, self._serve.host, session.snapshot)
        server.start()
        self._greet(bound.getsockname()[1])
        self._tell_error()
        self._begin_watch()
        while True:
            self._round(server)

    # ---- one thing after the other -------------------------------------------------------------------

    def _round(self, server: Server) -> None:
        """Wait for the bell or for something to be due, and do it."""
        ring = self._bell.answer(self._patience())
        now = time.monotonic()
        if ring:
            try:
                different = self._update(server, ring)
            except Interrupted:
                return  # what rang is answered next, and then there is another look
            if different:
                self._settle_by = self._settle_by or now + max(_BUSY, 4 * self._settled_in)
            elif ring.everywhere:
                give_back()  # looking at everything takes some megabytes
            if not ring.everywhere:
                self._unlooked = self._unlooked or now
                self._look_by = min(now + _AFTER, self._unlooked + _LONGEST)
        if self._settle_by and (not ring or now >= self._settle_by):
            self._settle(server)
        if self._look_by and now >= self._look_by and not ring.everywhere:
            self._look_by = 0.0
            self._bell.everywhere()
        if ring.theme or now >= self._checked + _IDLE:
            self._checked = now
            if not self._watch.is_whole(self._session.location):
                self._begin_watch()
        if not (self._warm or ring or self._settle_by or self._look_by):
            self._warm = self._session.warm_up(self._bell.is_rung)
        if self._watch.silent:
            self._bell.regularly(self._pause)

    def _patience(self) -> float:
        """Seconds to wait for the bell before something else is due."""
        if self._settle_by:
            return max(_CALM, 2 * self._settled_in)
        if self._look_by:
            return _AFTER
        return _IDLE if self._warm else _CALM

    def _update(self, server: Server, ring: Ring) -> bool:
        """Let the session find out what happened; says whether anything differs. Raises `Interrupted`."""
        began = time.perf_counter()
        session = self._session
        place = session.location
        try:
            different = session.update(ring, self._is_wanted if ring.is_idle else lambda: False)
            self._unlooked = 0.0 if ring.everywhere else self._unlooked
        except Interrupted:
            raise
        except Exception as problem:  # an author in the middle of a sentence is better served by the last good site
            traceback.print_exc()
            session.fault(problem)
            different = True
        took = time.perf_counter() - began
        if self._watch.silent:  # looking everywhere may take long: then look less often
            self._pause = max(_POLL, 10 * took)
        if different:
            server.show(session.snapshot)
            self._tell_change(took)
            self._tell_error()
        self._bell.again(session.unsettled, _SOON)
        if session.location != place:
            self._begin_watch()
        return different

    def _is_wanted(self) -> bool:
        """Whether to leave a look at everything for what has just happened."""
        return self._bell.is_rung() and time.monotonic() < (self._unlooked or time.monotonic()) + _LONGEST

    def _settle(self, server: Server) -> None:
        self._settle_by = 0.0
        before = self._session.snapshot
        began = time.perf_counter()
        found = self._session.settle()
        self._settled_in = time.perf_counter() - began  # in a large vault it takes a while, in which nobody is answered
        if self._session.snapshot is not before:
            server.show(self._session.snapshot)
        if found is not None and found.new and self._serve.verbosity >= 0:
            location = self._session.location
            report = Report(found.new, location.config.severity, found.result.vault, found.contents)
            report.show("text", self._serve.verbosity if self._first else 1)
            if self._first and len(found.new) > 0:
                click.echo("sitegen check lists all of them, with help")
        self._first = False

    def _begin_watch(self) -> None:
        self._watch.begin(self._session.location)
        if self._watch.silent and self._watch.silent != self._told_silent:
            click.echo(f"The vault is looked through every second or so: {self._watch.silent}.")
        self._told_silent = self._watch.silent
        self._bell.everywhere()  # something may have happened before there was anybody to see it

    # ---- what is said in the terminal ------------------------------------------------------------------

    def _greet(self, port: int) -> None:
        host = self._serve.host
        here = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
        address = f"http://{here}:{port}{self._session.snapshot.address('index.html')}"
        if not is_loopback(host):
            warning = click.style("warning", fg="yellow", bold=True)
            click.echo(f"{warning}: everybody who can reach this machine at {host} can read this site", err=True)
        if self._serve.verbosity >= 0:
            site = self._session.site
            made = f", {counted(site.pages, 'page')}" if site is not None else ""
            click.echo(f"{self._session.location.title}{made}: {click.style(address, bold=True)} (Ctrl-C ends)")
        if self._serve.browse:
            webbrowser.open(address)

    def _tell_change(self, took: float) -> None:
        names = self._session.changed
        if self._serve.verbosity < 0 or not names:
            return
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        click.echo(f"{time.strftime('%H:%M:%S')} {', '.join(names[:_NAMED])}{more} in {took * 1000:.0f} ms")

    def _tell_error(self) -> None:
        error = self._session.snapshot.error
        if error != self._error:
            click.echo(
                click.style("error", fg="red", bold=True) + f": {error}" if error else "no error any more", err=True
            )
        self._error = error

    def _wait(self) -> None:
        click.echo("another build of this site is under way; waiting for it", err=True)
