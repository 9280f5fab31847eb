"""Who may ask: browsers that were pointed here by a name of this machine, and pages that came from here.

A page of another site must not read a vault through its reader's browser, be it by asking directly (Origin,
Sec-Fetch-Site), or by having its own name lead to this address for a moment (DNS rebinding: Host).
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?")
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """Lets through what may ask, for a server that listens at ``host``; all else gets 403 and learns nothing."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app, self._host = app, host.lower()
        self._open = not is_loopback(host)
        name = socket.gethostname().lower().removesuffix(".local")
        # The second is what others in its network call it; no name server outside gives such names. Source: RFC 6762, 3.
        self._names = {self._host, name, f"{name}.local"} if self._open else set[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return  # there are no web sockets, and nothing to do when the server starts

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        refusal = self._refusal(Headers(scope=scope), scope["method"])
        if refusal is None:
            await self._app(scope, receive, guarded)
        else:
            await refusal(scope, receive, guarded)

    def _refusal(self, headers: Headers, method: str) -> PlainTextResponse | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.is_own(hosts[0]):
            return PlainTextResponse("This preview answers to names of its own machine only.\n", 403)
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{hosts[0]}".lower():
            return PlainTextResponse("Pages of other sites may not read this preview.\n", 403)
        foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if foreign and headers.get("sec-fetch-mode") != "navigate":
            return PlainTextResponse("Pages of other sites may not read this preview.\n", 403)
        if method not in ("GET", "HEAD"):
            return PlainTextResponse("There is nothing here to change.\n", 405, {"Allow": "GET, HEAD"})
        return None

    def is_own(self, host: str) -> bool:
        """Whether a Host header names this machine. Numbers cannot be made to lead elsewhere, names can."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].lower().rstrip(".")
        if name == "localhost" or name.endswith(".localhost") or name in self._names:
            return True
        address = _address(name)
        return address is not None and (self._open or address.is_loopback)


def is_loopback(host: str) -> bool:
    """Whether a server that listens at ``host`` is reached from this machine only."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name.strip("[]"))
    except ValueError:
        return None
