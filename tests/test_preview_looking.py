"""When a running preview looks at everything, and what it makes of what it missed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from sitegen.commands import serve
from sitegen.commands.serve import Serve, _Preview
from sitegen.commands.session import Session
from sitegen.disk import rereading, scan
from sitegen.disk.rereading import Reader, VaultGone
from sitegen.disk.site import locate
from sitegen.pool import SERIAL
from sitegen.preview.bell import WHOLE, Bell, Ring
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


def _begun(vault: Path) -> Session:
    session = Session(vault, locate(vault, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    return session


_SOME = {
    "sitegen.toml": 'title = "Some"\n',
    "One.md": "[[Two]] ![[p.png]] ![[q.png]]",
    "Two.md": "Two.",
    "Three.md": "Three.",
}


def test_what_changed_while_the_theme_was_broken_is_told_when_it_is_mended(tmp_path: Path) -> None:
    write(tmp_path, {**_SOME, "p.png": "1"})
    session = _begun(tmp_path)
    write(tmp_path, {"templates/note.html": "{% if %}"})
    session.update(Ring(theme=True))
    assert session.snapshot.error
    (tmp_path / "Two.md").rename(tmp_path / "Four.md")
    write(tmp_path, {"Three.md": None, "p.png": "22"})
    session.update(Ring(everywhere=True))
    (tmp_path / "Four.md").rename(tmp_path / "Five.md")
    session.update(Ring(everywhere=True))
    write(tmp_path, {"templates/note.html": None})
    session.update(Ring(theme=True))
    assert not session.snapshot.error
    assert session.snapshot.moved == {"two.html": "five.html"}
    assert session.snapshot.gone["three.html"].reason == "deleted"
    assert session.snapshot.files["p.png"] == session.snapshot.number


@pytest.mark.parametrize("fails", [True, False])
def test_what_changed_is_told_also_by_a_reader_that_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    """After a fault, or with other settings."""
    write(tmp_path, {**_SOME, "p.png": "1", "q.png": "1"})
    session = _begun(tmp_path)
    if fails:
        write(tmp_path, {"Three.md": None})
        with monkeypatch.context() as patch:
            patch.setattr("sitegen.commands.session.build", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                session.update(Ring(everywhere=True))
        session.fault(ZeroDivisionError())
    else:
        write(tmp_path, {"Three.md": None, "sitegen.toml": 'title = "Other"\n'})
    (tmp_path / "Two.md").rename(tmp_path / "Four.md")
    write(tmp_path, {"p.png": "22"})
    session.update(Ring(everywhere=True))
    assert not session.snapshot.error
    assert session.snapshot.moved == {"two.html": "four.html"}
    assert session.snapshot.gone["three.html"].reason == "deleted"
    assert session.snapshot.files["p.png"] == session.snapshot.number
    assert session.snapshot.files["q.png"] < session.snapshot.number
    assert set(session.changed) == {"Two.md", "Three.md", "Four.md", "p.png"}


def test_a_note_that_is_left_out_from_now_on_was_not_deleted(tmp_path: Path) -> None:
    write(tmp_path, _SOME)
    session = _begun(tmp_path)
    write(tmp_path, {"sitegen.toml": 'exclude = ["Three.md"]\n'})
    session.update(Ring(settings=True))
    assert "three.html" not in session.snapshot.artifacts and not session.snapshot.gone


@pytest.mark.parametrize("mounted", [True, False])
def test_a_vault_that_vanishes_while_it_is_read_is_whole_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, mounted: bool
) -> None:
    monkeypatch.setattr(scan, "GRAIN", -(10**12))  # as if all had been there for long
    vault, away = tmp_path / "vault", tmp_path / "away"
    write(vault, {"One.md": "One.", "In/Two.md": "Two.", "In/p.png": "1"})
    reader = Reader(locate(vault, None))
    before = reader.read().contents
    found = rereading.folder_content

    def vanishing(*asked: object) -> object:
        if not away.exists():
            vault.rename(away)
            if mounted:
                vault.mkdir()
        return found(*asked)  # type: ignore[arg-type]

    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(rereading, "folder_content", vanishing)
            with pytest.raises(VaultGone):
                reader.read()
        if mounted:
            vault.rmdir()
        away.rename(vault)
    after = reader.read().contents
    assert after.by_path == before.by_path and list(after.by_path) == ["In/Two.md", "One.md"]
    assert after.states.keys() == before.states.keys() and after.assets == before.assets


def test_a_vault_that_says_nothing_of_changes_is_looked_through_every_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"One.md": "One.", "Two.md": "Two."})
    asked = Serve(tmp_path, "127.0.0.1", None, browse=False, drafts=False, follow=False, editor="", verbosity=-1)
    preview, shown = _Preview(asked, locate(tmp_path, None), SERIAL), Shown()
    preview._session.begin(SERIAL, lambda *_: None, lambda: None)
    monkeypatch.setattr(preview._watch, "silent", "it is said so here")
    until = time.monotonic() + 15
    while not preview._warm:  # all is done that can be while nobody writes
        assert time.monotonic() < until
        preview._round(cast(Server, shown))
    looks, update, until = list[float](), preview._session.update, time.monotonic() + 3.6

    def counted(ring: Ring, is_wanted: Callable[[], bool]) -> bool:
        looks.append(time.monotonic())
        return update(ring, is_wanted)

    monkeypatch.setattr(preview._session, "update", counted)
    while time.monotonic() < until:
        preview._round(cast(Server, shown))
    assert 3 <= len(looks) <= 5


def test_a_look_that_is_not_due_yet_keeps_nobody_from_what_there_is_time_for() -> None:
    bell = Bell()
    bell.regularly(0.1)
    assert not bell.is_rung()
    bell.regularly(5)  # puts nothing off
    time.sleep(0.12)
    assert bell.is_rung()
    assert bell.answer(1).is_idle
    assert not bell.answer(0.01)
