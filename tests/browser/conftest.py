"""Pages in a real browser, watched: a logged error or a request to another host fails the test.

A test that takes ``scheme`` or ``viewport`` runs once for each of their values, with its page set to it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from select import select
from threading import Thread
from typing import Any, BinaryIO, Literal
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

from tests.browser.provider import answer_for

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 60_000  # ms until what is waited for counts as absent: a machine may have much else to do
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = [
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a careful host would send: the site has to work under it.
POLICY = (
    "default-src 'self'; img-src 'self' data: https: http:; media-src 'self' https:; "
    "frame-src 'self' https://www.youtube-nocookie.com; object-src 'none'; base-uri 'self'"
)

Scheme = Literal["light", "dark"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# ---- sites ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that content/ is built into."""
    return build_folder(ROOT / "content", tmp_path_factory.mktemp("demo") / "public")


@pytest.fixture(scope="session")
def zeihan_site(zeihan_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the 491 real notes are built into, by whichever test process comes first."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    out, done = base / "zeihan" / "public", base / "zeihan" / "built"
    out.parent.mkdir(exist_ok=True)
    with FileLock(base / "zeihan.lock"):
        if not done.exists():
            build_folder(zeihan_vault, out)
            done.touch()
    return out


@pytest.fixture(scope="session")
def site_url(demo_site: Path) -> Iterator[str]:
    """The address under which ``demo_site`` is served, ending in a slash."""
    with serve(demo_site) as url:
        yield url


@pytest.fixture(scope="session")
def zeihan_url(zeihan_site: Path) -> Iterator[str]:
    """The address under which ``zeihan_site`` is served, ending in a slash."""
    with serve(zeihan_site) as url:
        yield url


def build_folder(vault: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "sitegen", "build", str(vault), "-o", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"building {vault.name} failed:\n{done.stdout}{done.stderr}"
    return out


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder as a plain host of static sites does: 404.html for what is missing, parts of files, and a policy."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            return super().send_head()
        content = path.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        return BytesIO(content[first : last + 1])

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            return super().send_error(code, message, explain)
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that stops what it had asked for, as a preview does when the pointer leaves, is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on a free port of this machine; yields the address, ending in a slash."""
    with _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            while select([server], [], [], 0.1)[0]:  # a page may have just asked for its icon, which is no error of it
                server.handle_request()


# ---- browser --------------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """The path of the machine's Chromium; CHROMIUM may name another one."""
    names = (os.environ.get("CHROMIUM"), *CHROMIUM_NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole run; without one the test is skipped, in CI it fails."""
    path = find_chromium()
    if path is None:
        absent = "there is no Chromium on this machine (make test installs it where it may)"
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    """The colours the reader's system asks for."""
    value: Scheme = request.param
    return value


@pytest.fixture(params=[1440, 900, 390])
def viewport(request: pytest.FixtureRequest) -> int:
    """The width of the window in pixels: desktop, tablet, phone."""
    width: int = request.param
    return width


@dataclass
class Watch:
    """What went wrong on a page so far."""

    errors: list[str] = field(default_factory=list)  # console errors and exceptions
    foreign: list[str] = field(default_factory=list)  # addresses asked from other hosts


class WatchedPage(Page):
    """For type checkers: a Playwright page with ``watch``."""

    watch: Watch


OpenPage = Callable[..., WatchedPage]


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """``open_page(**options) -> page``: a page in a context of its own; options are Playwright's of a context.

    The page's lists ``page.watch.errors`` and ``page.watch.foreign`` must be empty in the end, unless the test
    is marked ``allow_console_errors`` or ``allow_hosts("www.youtube-nocookie.com", ...)``; a test that has
    dealt with an entry may remove it. Requests to other hosts never leave: they get an empty answer.
    """
    opened: list[WatchedPage] = []

    def open_one(**options: Any) -> WatchedPage:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | options)
        context.set_default_timeout(PATIENCE)
        page: Any = context.new_page()
        page.watch = watch = Watch()

        def on_console(message: ConsoleMessage) -> None:
            if message.type == "error":
                watch.errors.append(f"{message.text} ({message.location.get('url', '')})")

        def on_request(asked: Request) -> None:
            if not _is_local(asked.url):
                watch.foreign.append(asked.url)

        def answer(route: Route) -> None:
            route.fulfill(status=200, content_type="text/html", body="")

        page.on("console", on_console)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        context.on("request", on_request)
        context.route(lambda url: not _is_local(url), answer)
        opened.append(page)
        return opened[-1]

    yield open_one
    for page in opened:
        page.context.close()
    allowed = {host for marker in request.node.iter_markers("allow_hosts") for host in marker.args}
    for page in opened:
        foreign = [url for url in page.watch.foreign if urlsplit(url).hostname not in allowed]
        assert not foreign, f"the page asked other hosts: {foreign}"
        if not request.node.get_closest_marker("allow_console_errors"):
            assert not page.watch.errors, f"the page logged errors: {page.watch.errors}"


@pytest.fixture
def page(open_page: OpenPage, request: pytest.FixtureRequest) -> WatchedPage:
    """One watched page, in the ``scheme`` and ``viewport`` that the test takes, if it does; a phone has touch."""
    options: dict[str, Any] = {}
    if "scheme" in request.fixturenames:
        options["color_scheme"] = request.getfixturevalue("scheme")
    if "viewport" in request.fixturenames:
        width = request.getfixturevalue("viewport")
        phone = width < 600
        options |= {"viewport": {"width": width, "height": 844 if phone else 900}, "has_touch": phone}
    return open_page(**options)


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about", "file", "chrome", "chrome-extension") or parts.hostname in (
        "127.0.0.1",
        "localhost",
    )


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """What the page has asked of the provider so far; it is answered by the stand-in."""
    return answer_for(page)


# ---- waiting --------------------------------------------------------------------------------------


def until(page: Page, what: Callable[[], object]) -> None:
    """Wait until ``what()`` is true."""
    end = time.monotonic() + PATIENCE / 1000
    while not what():
        assert time.monotonic() < end, "it never happened"
        page.wait_for_timeout(20)


class Held:
    """Keeps back what the page asks for at addresses like ``pattern``, until it is released."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page = page
        self._kept: list[Route] = []
        self._is_released = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._is_released:
            route.continue_()
        else:
            self._kept.append(route)

    def wait(self) -> None:
        """Wait until something has been asked for."""
        until(self._page, lambda: self._kept)

    def release(self) -> None:
        """Let go what was asked for, and all that will be."""
        self._is_released = True
        while self._kept:
            self._kept.pop(0).continue_()


# ---- accessibility --------------------------------------------------------------------------------


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """``axe(page, **options) -> violations``: axe-core's findings on the page as it stands, a line for each node.

    ``options`` are those of ``axe.run``, such as ``rules={"region": {"enabled": False}}``. The script goes in by
    the debugging protocol, so the page's policy need not allow it.
    """
    if not AXE.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is not in node_modules (make vendor)")
        pytest.skip("axe-core is not in node_modules (make vendor)")
    source = AXE.read_text("utf-8")

    def run(page: Page, **options: Any) -> list[str]:
        page.evaluate(source)
        result = page.evaluate("(options) => axe.run(document, {...options, resultTypes: ['violations']})", options)
        return [
            f"{violation['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return run
