"""A running ``sitegen serve`` on a vault that a test may write in, and ways to ask it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds; on a machine with much else to do
T = TypeVar("T")


@dataclass
class Answer:
    """What the server said. Names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Preview:
    """One running preview."""

    vault: Path
    process: subprocess.Popen[str]
    url: str = ""
    lines: list[str] = field(default_factory=list)  # what it printed

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """The answer to a request for ``path``, sent as it is; ``Host="..."`` and others are headers, ``_`` standing for ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.putrequest(method, path, skip_host="Host" in sent, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def state(self, path: str = "/", **headers: str) -> dict[str, Any]:
        """What the stream says first to a page at ``path``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", f"/.sitegen/events?page={quote(path)}", headers=headers)
            answer = connection.getresponse()
            assert answer.status == 200
            while not (line := answer.readline()).startswith(b"data: "):
                pass
            state: dict[str, Any] = json.loads(line[6:])
            return state
        finally:
            connection.close()

    def write(self, name: str, text: str | bytes) -> None:
        path = self.vault / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def until(self, what: Callable[[], T], patience: float = PATIENCE) -> T:
        """``what()`` once it is true; fails if it never is."""
        end = time.monotonic() + patience
        while not (value := what()):
            assert time.monotonic() < end, "nothing like that happened:\n" + "".join(self.lines[-20:])
            time.sleep(0.02)
        return value

    def shows(self, path: str, text: str) -> bool:
        """Whether the page at ``path`` is there and holds ``text``."""
        answer = self.get(path)
        return answer.status == 200 and text in answer.text

    def said(self, pattern: str) -> bool:
        """Whether it has printed a line like this."""
        return any(re.search(pattern, line) for line in self.lines)

    def stop(self) -> float:
        """End it as Ctrl-C does; returns how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return time.monotonic() - began


@contextmanager
def serve(
    vault: Path, *options: str, cwd: Path | None = None, port: str = "0", patience: float = 60
) -> Iterator[Preview]:
    """``sitegen serve VAULT OPTIONS``, up and serving."""
    command = [sys.executable, "-m", "sitegen", "serve", str(vault), "--port", port, *options]
    paths = [path for path in (os.environ.get("SITEGEN_TEST_PATH"), str(ROOT)) if path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # tests that run in the background would hand that on
        signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, cwd=cwd or vault, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    preview = Preview(vault, process)
    assert process.stdout is not None
    reader = Thread(target=lambda: preview.lines.extend(process.stdout or ()), daemon=True)
    reader.start()
    try:

        def address() -> str:
            assert process.poll() is None, "".join(preview.lines)
            found = re.search(r"http://\S+", "".join(preview.lines))
            return found[0] if found else ""

        preview.url = preview.until(address, patience)
        yield preview
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join(5)
        process.stdout.close()
