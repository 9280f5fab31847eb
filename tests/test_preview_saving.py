"""What a preview makes of a note that its editor has emptied and not written yet, or has written half of."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import cast

import pytest

from sitegen.commands.serve import Serve, _Preview
from sitegen.commands.session import Session
from sitegen.disk import rereading
from sitegen.disk.site import locate
from sitegen.model import Rendered
from sitegen.pool import SERIAL
from sitegen.preview.bell import WHOLE, Bell, Ring
from sitegen.preview.server import Server
from sitegen.preview.snapshot import Snapshot
from tests.conftest import write


def begun(vault: Path) -> Session:
    session = Session(vault, locate(vault, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    return session


def touching(*files: Path) -> Ring:
    return Ring(folders={str(file.parent) for file in files}, touched=set(map(str, files)))


def shown(session: Session, url: str) -> str:
    content = session.snapshot.artifacts[url].content
    assert isinstance(content, Rendered)
    return content.read().decode()


def test_an_emptied_note_is_empty_in_the_end_whatever_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drive of a network has a clock of its own."""
    monkeypatch.setattr(rereading, "_WRITING", 200_000_000)
    write(tmp_path, {"One.md": "Some words.", "Two.md": "[[One]]"})
    session, note = begun(tmp_path), tmp_path / "One.md"
    note.write_text("")
    os.utime(note, (time.time() + 3600, time.time() + 3600))
    session.update(touching(note))
    assert session.unsettled and "Some words" in shown(session, "one.html")
    time.sleep(0.25)
    session.update(touching(note))
    assert not session.unsettled and "Some words" not in shown(session, "one.html")


def test_a_note_of_nothing_but_marks_of_its_encoding_is_empty_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no text though the disk says that it is not empty."""
    monkeypatch.setattr(rereading, "_WRITING", 200_000_000)
    write(tmp_path, {"One.md": "Some words.", "Two.md": "[[One]]"})
    session, note = begun(tmp_path), tmp_path / "One.md"
    note.write_bytes(b"\xef\xbb\xbf" * 2)
    session.update(touching(note))
    time.sleep(0.25)
    session.update(touching(note))
    assert not session.unsettled and "Some words" not in shown(session, "one.html")


def test_a_note_that_is_saved_empty_again_and_again_is_empty_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "_WRITING", 200_000_000)
    write(tmp_path, {"One.md": "Some words.", "Two.md": "[[One]]"})
    session, note, until = begun(tmp_path), tmp_path / "One.md", time.monotonic() + 5
    while "Some words" in shown(session, "one.html"):
        assert time.monotonic() < until
        note.write_text("")
        session.update(touching(note))
        time.sleep(0.02)


def test_every_time_that_a_note_is_emptied_counts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "_WRITING", 200_000_000)
    write(tmp_path, {"One.md": "Some words.", "Two.md": "[[One]]"})
    session, note = begun(tmp_path), tmp_path / "One.md"
    for number in range(3):
        note.write_text("")
        session.update(touching(note))
        assert session.unsettled
        if number == 1:
            note.unlink()
            session.update(touching(note))
            assert not session.unsettled and "one.html" not in session.snapshot.artifacts
        note.write_text(f"Some words {number}.")
        session.update(touching(note))
        assert not session.unsettled and f"Some words {number}." in shown(session, "one.html")
        time.sleep(0.25)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_note_in_another_encoding_is_not_waited_for(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"One.md": "Caf\u00e9s and some words.\n".encode(encoding)})
    session, note = begun(tmp_path), tmp_path / "One.md"
    note.write_bytes("Caf\u00e9s and other words.\n".encode(encoding))
    session.update(touching(note))
    assert "other words" in shown(session, "one.html") and not session.unsettled


def test_a_note_that_is_a_draft_from_now_on_goes_at_once_though_it_ends_in_half_a_letter(tmp_path: Path) -> None:
    write(tmp_path, {"One.md": "Some words.", "Two.md": "[[One]]"})
    session, note = begun(tmp_path), tmp_path / "One.md"
    note.write_bytes("---\ndraft: true\n---\nSome words and \u00fc".encode()[:-1])
    session.update(touching(note))
    assert "one.html" not in session.snapshot.artifacts


def test_only_what_is_being_written_is_looked_at_again(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.md": "Words." for number in range(20)})
    session = begun(tmp_path)
    notes = [tmp_path / f"{number}.md" for number in range(20)]
    for note in notes[1:]:
        note.write_text("Other words.")
    notes[0].write_text("")
    session.update(touching(*notes[1:]))
    assert session.unsettled == (str(notes[0]),)
    session.update(Ring(everywhere=True))
    assert session.unsettled == (str(notes[0]),)


def test_what_is_to_be_looked_at_again_keeps_nothing_waiting() -> None:
    bell = Bell()
    bell.again(("/vault/Emptied.md",), 0.3)
    bell.file("/vault/Other.md", WHOLE)
    began = time.monotonic()
    assert bell.answer(2).touched == {"/vault/Other.md"}
    assert time.monotonic() < began + 0.2
    assert not bell.is_rung()
    ring = bell.answer(2)
    assert ring.touched == {"/vault/Emptied.md"} and ring.folders == {"/vault"}
    assert 0.25 < time.monotonic() - began < 1
    assert not bell.answer(0.01)


def test_what_is_rung_again_need_not_be_looked_at_again() -> None:
    bell = Bell()
    bell.again(("/vault/Emptied.md",), 0.05)
    bell.file("/vault/Emptied.md", WHOLE)
    assert bell.answer(2).touched == {"/vault/Emptied.md"}
    assert not bell.answer(0.1)


def test_a_vault_that_vanishes_while_a_note_is_empty_is_not_looked_for_all_the_time(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    write(vault, {"One.md": "Some words."})
    session, note = begun(vault), vault / "One.md"
    note.write_text("")
    session.update(touching(note))
    assert session.unsettled
    vault.rename(tmp_path / "away")
    session.update(touching(note))
    assert "cannot be read" in session.snapshot.error and not session.unsettled


class Shown:
    """What a browser would be shown."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot


def test_a_fault_while_a_note_is_empty_is_not_met_again_before_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"One.md": "Some words.", "Two.md": "Words."})
    asked = Serve(tmp_path, "127.0.0.1", None, browse=False, drafts=False, follow=False, editor="", verbosity=-1)
    preview = _Preview(asked, locate(tmp_path, None), SERIAL)
    preview._session.begin(SERIAL, lambda *_: None, lambda: None)
    write(tmp_path, {"One.md": "", "Two.md": "Other words."})

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sitegen.commands.session.build", fails)
    preview._update(cast(Server, Shown()), touching(tmp_path / "One.md", tmp_path / "Two.md"))
    assert not preview._bell.answer(0.4)
