"""The server: pages and files of the snapshot that is current, and a stream that tells open pages of the next one."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator
from threading import Event, Thread

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sitegen.memo import Lost
from sitegen.preview.answers import OWN, answer, artifact_url, client_answer, page_tag, remaking, unmade
from sitegen.preview.guard import Guard, is_loopback
from sitegen.preview.snapshot import Snapshot
from sitegen.stages.render import RenderError

_ALIVE = 15.0  # seconds after which a silent stream says that it is still there
_WAYS = 20  # ports that are tried for a free one
_RUN = secrets.token_hex(4)  # tells this server from one that was there before: numbers of snapshots begin anew


class PortTaken(Exception):
    """Nothing can listen where it was asked to; the text says why and what to do."""


def listen(host: str, port: int, *, any_free: bool) -> socket.socket:
    """A socket that listens at ``host`` and ``port``, or with ``any_free`` at the next port that can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, port + (_WAYS if any_free and port else 1)):
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows, where the other option would share the port
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, number))
            bound.listen(128)
            return bound
        except OSError as problem:
            bound.close()
            reason = problem
    if any_free and port:
        raise PortTaken(f"none of the ports {port} to {port + _WAYS - 1} of {host} is free: {reason.strerror}")
    raise PortTaken(
        f"the preview cannot listen at {host}, port {port}: {reason.strerror or reason}. "
        "Name another with --port N, or let it take the next free one with --port auto"
    )


class Server:
    """Serves what `show` was last given, in a thread of its own."""

    def __init__(self, bound: socket.socket, host: str, first: Snapshot) -> None:
        self._bound, self._snapshot = bound, first
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self._unmade: dict[
            str, tuple[str, str]
        ] = {}  # pages that could not be made when asked for: their tags, and why
        self._ready = Event()
        routes = [
            Route(f"{OWN}events", self._events, methods=["GET"]),
            Route(f"{OWN}{{name:path}}", self._own, methods=["GET"]),
            Route("/{path:path}", self._page, methods=["GET"]),
        ]
        config = uvicorn.Config(
            Guard(Starlette(routes=routes), host),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._run, name="preview server", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        """What is served now."""
        return self._snapshot

    def start(self) -> None:
        """Serve from now on, until the process ends or `stop`."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Serve no more."""
        self._server.should_exit = True
        self._wake()
        self._thread.join(5)

    def show(self, snapshot: Snapshot) -> None:
        """Serve this from now on, and tell every open page."""
        self._snapshot = snapshot
        self._wake()

    def _wake(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for news in self._waiting:
            news.set()

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            await self._server.serve([self._bound])

        asyncio.run(serve())

    # ---- what is asked for ---------------------------------------------------------------------------

    async def _page(self, request: Request) -> Response:
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        for _ in range(3):
            snapshot = self._snapshot
            try:
                return answer(snapshot, request)
            except Lost:  # the snapshot is no longer the current one, and what it stood on was given away
                continue
            except RenderError as problem:  # of a page that no build makes before somebody asks for it
                url = artifact_url(snapshot, str(request.scope["path"])) or ""
                tag = page_tag(snapshot, url) or ""
                self._unmade[url] = tag, str(problem)
                self._wake()
                return unmade(tag, str(problem))
        return remaking()

    async def _own(self, request: Request) -> Response:
        return client_answer(request.path_params["name"])

    async def _events(self, request: Request) -> Response:
        page = request.query_params.get("page", "")
        near = request.client is not None and is_loopback(request.client.host)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(None, 200, headers, "text/event-stream")
        return StreamingResponse(self._told(page, near), 200, headers, "text/event-stream")

    async def _told(self, page: str, near: bool) -> AsyncIterator[str]:
        """The stream for one open page: its state now, and whenever that is another."""
        news = asyncio.Event()
        self._waiting.add(news)
        said = ""
        try:
            yield "retry: 500\n\n"
            while not self._server.should_exit:
                snapshot = self._snapshot
                try:
                    state = await run_in_threadpool(self._state, snapshot, page, near)
                except Lost:
                    state = said  # there will be news in a moment
                if state != said:
                    said = state
                    yield f"data: {state}\n\n"
                try:
                    await asyncio.wait_for(news.wait(), _ALIVE)
                    news.clear()
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._waiting.discard(news)

    def _state(self, snapshot: Snapshot, page: str, near: bool) -> str:
        url = artifact_url(snapshot, page) or ""
        tag = page_tag(snapshot, url)
        state = snapshot.state(url, tag, near=near)
        failed, why = self._unmade.get(url, ("", ""))
        if not state["error"] and failed == tag:
            state["error"] = why
        return json.dumps({"run": _RUN, **state})
