"""When a running preview looks at everything, and what it makes of what it missed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

import pytest

from sitegen.commands import serve
from sitegen.commands.serve import Serve, _Preview
from sitegen.commands.session import Session
from sitegen.disk.site import locate
from sitegen.pool import SERIAL
from sitegen.preview.bell import WHOLE, Ring
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


@pytest.mark.parametrize(("text", "found"), [("Its words.", "third.html"), ("", None)])
def test_a_note_that_was_renamed_while_its_folder_was_read_has_moved(
    tmp_path: Path, text: str, found: str | None
) -> None:
    """Neither name may be seen then. A text of nothing is everybody's."""
    write(tmp_path, {"One.md": "[[Two]]", "Two.md": text, "Other.md": "Other words."})
    session = Session(tmp_path, locate(tmp_path, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    (tmp_path / "Two.md").unlink()
    assert session.update(Ring(everywhere=True))
    assert session.snapshot.gone["two.html"].reason == "deleted"
    write(tmp_path, {"Third.md": text})
    assert session.update(Ring(everywhere=True))
    assert session.snapshot.moved.get("two.html") == found
    assert ("two.html" in session.snapshot.gone) == (found is None)


def test_a_text_that_comes_again_later_is_another_note(tmp_path: Path) -> None:
    write(tmp_path, {"One.md": "One.", "Two.md": "Two."})
    session = Session(tmp_path, locate(tmp_path, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    (tmp_path / "Two.md").unlink()
    assert session.update(Ring(everywhere=True))
    write(tmp_path, {"One.md": "One more."})
    assert session.update(Ring(everywhere=True))
    write(tmp_path, {"Third.md": "Two."})
    assert session.update(Ring(everywhere=True))
    assert "two.html" in session.snapshot.gone and "two.html" not in session.snapshot.moved
