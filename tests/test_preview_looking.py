"""When a running preview looks at everything."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

import pytest

from sitegen.commands import serve
from sitegen.commands.serve import Serve, _Preview
from sitegen.disk.site import locate
from sitegen.pool import SERIAL
from sitegen.preview.bell import WHOLE
from sitegen.preview.server import Server
from sitegen.preview.snapshot import Snapshot
from tests.conftest import write


class Shown:
    """What a browser would be shown."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def has(self, url: str) -> bool:
        return self.snapshot is not None and url in self.snapshot.artifacts


def test_what_nobody_told_of_is_found_while_somebody_writes_without_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_LONGEST", 0.5)
    write(tmp_path, {"One.md": "One.", "In/Two.md": "Two."})
    asked = Serve(tmp_path, "127.0.0.1", None, browse=False, drafts=False, follow=False, editor="", verbosity=-1)
    preview, shown = _Preview(asked, locate(tmp_path, None), SERIAL), Shown()
    preview._session.begin(SERIAL, lambda *_: None, lambda: None)
    preview._checked = time.monotonic() + 60  # nothing is watched
    write(tmp_path, {"In/Three.md": "Three."})
    until = time.monotonic() + 10
    while not shown.has("in/three.html"):
        assert time.monotonic() < until
        write(tmp_path, {"One.md": f"One at {time.monotonic()}."})
        preview._bell.file(str(tmp_path / "One.md"), WHOLE)
        preview._round(cast(Server, shown))
