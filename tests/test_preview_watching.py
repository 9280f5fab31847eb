"""The doorbell, the looks at a vault, and what is remembered between builds: each by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from sitegen.codec import digest
from sitegen.commands.session import Session
from sitegen.disk.drives import tells_of_changes
from sitegen.disk.rereading import Interrupted, Reader, Reading, VaultGone
from sitegen.disk.site import locate
from sitegen.disk.spool import Layered, Spool
from sitegen.memo import Memory, Ref
from sitegen.model import Unread
from sitegen.pool import SERIAL
from sitegen.preview.bell import CHANGING, GONE, WHOLE, Bell, Ring
from sitegen.preview.editor import editor_link, open_at
from tests.conftest import write
from tests.preview import Preview, serve

MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
31 22 0:40 / /mnt/c rw,noatime - 9p drvfs rw,aname=drvfs
32 22 0:41 / /home/me/My\\040share rw - cifs //server/share rw
33 22 0:42 / /net rw - nfs4 server:/export rw
34 33 8:2 / /net/local rw - xfs /dev/sdb1 rw
35 22 0:43 / /media/phone rw - fuse.sshfs phone: rw
"""


@pytest.mark.parametrize(
    ("folder", "tells"),
    [
        ("/home/me/notes", True),
        ("/mnt/c/Users/me/notes", False),
        ("/mnt/cold/notes", True),
        ("/home/me/My share/notes", False),
        ("/net/notes", False),
        ("/net/local/notes", True),
        ("/media/phone/notes", False),
    ],
)
def test_drives_that_say_nothing_of_changes_are_known(folder: str, tells: bool) -> None:
    assert tells_of_changes(Path(folder), MOUNTS) is tells


@pytest.fixture
def deaf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Preview]:
    """A preview on a system that has no more watches to give, as Linux may have after many programs took theirs."""
    write(
        tmp_path,
        {
            "python/sitecustomize.py": (
                "import watchdog.observers as o\n"
                "def schedule(*_, **__): raise OSError(28, 'inotify watch limit reached')\n"
                "o.Observer.schedule = schedule\n"
            ),
            "vault/a.md": "First.",
        },
    )
    monkeypatch.setenv("SITEGEN_TEST_PATH", str(tmp_path / "python"))
    with serve(tmp_path / "vault") as running:
        yield running


def test_a_vault_is_looked_through_where_it_cannot_be_watched(deaf: Preview) -> None:
    deaf.until(lambda: deaf.said("looked through every second or so: it cannot be watched: .*limit reached"))
    for text in ("Second.", "Third."):
        deaf.write("a.md", text)
        deaf.write("New/b.md", text)
        deaf.until(lambda text=text: deaf.shows("/a.html", text) and deaf.shows("/new/b.html", text))
    assert deaf.stop() < 1


# ---- the bell ---------------------------------------------------------------------------------------------


def test_the_bell_is_answered_when_it_is_quiet() -> None:
    bell = Bell()
    assert not bell.answer(0.01)
    bell.file("/v/a.md", CHANGING)
    bell.file("/v/a.md", WHOLE)  # closed: no need to wait for more
    began = time.monotonic()
    ring = bell.answer(5)
    assert time.monotonic() - began < CHANGING
    assert (ring.folders, ring.touched, ring.everywhere) == ({"/v"}, {"/v/a.md"}, False)
    assert not bell.answer(0.01)  # and then it is forgotten


def test_a_look_at_everything_waits_as_long_as_it_is_to_and_nothing_waits_for_it() -> None:
    """Looking through a slow drive may take longer than the time between two looks is otherwise."""
    bell, began = Bell(), time.monotonic()
    bell.everywhere(1.2)
    bell.file("/v/a.md", WHOLE)
    ring = bell.answer(5)
    assert time.monotonic() - began < 0.5
    assert (ring.touched, ring.everywhere) == ({"/v/a.md"}, False)
    assert not bell.is_rung()
    assert not bell.answer(0.05)  # there is time for something else
    ring = bell.answer(5)
    assert time.monotonic() - began >= 1.2
    assert (ring.touched, ring.everywhere) == (set(), True)
    assert not bell.is_rung()
    bell.everywhere()
    bell.file("/v/a.md", WHOLE)
    assert bell.answer(5) == Ring({"/v"}, {"/v/a.md"}, everywhere=True)


def test_a_storm_is_answered_in_the_midst_of_it() -> None:
    bell, ends = Bell(), time.monotonic() + 1.5

    def storm() -> None:
        number = 0
        while time.monotonic() < ends:
            number += 1
            bell.file(f"/v/{number % 500}.md", GONE)
            time.sleep(0.0005)

    thread = Thread(target=storm)
    thread.start()
    began = time.monotonic()
    assert bell.answer(5)
    assert time.monotonic() - began < 1.4
    thread.join()


# ---- looking again -----------------------------------------------------------------------------------------


def test_only_what_happened_is_read_and_nothing_is_believed(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "A", "in/b.md": "B", "in/deep/c.md": "C"})
    reader = Reader(locate(tmp_path, None))
    assert sorted(reader.read().changed) == ["a.md", "in/b.md", "in/deep/c.md"]
    write(tmp_path, {"a.md": "A2", "in/b.md": "B2"})
    reading = reader.read([str(tmp_path / "in")])
    assert reading.changed == ("in/b.md",)
    assert {source.path: source.digest for source in reading.contents.sources}.keys() == {
        "a.md",
        "in/b.md",
        "in/deep/c.md",
    }
    assert reader.read([str(tmp_path / "nowhere"), str(tmp_path / "in" / "deep")]).changed == ("a.md",)
    assert reader.read().changed == ()


def test_a_text_that_was_read_is_given_once_and_not_kept(tmp_path: Path) -> None:
    """A preview goes on for hours: the texts of all that was edited would stay in memory."""
    write(tmp_path, {"a.md": "One."})
    [note] = Reader(locate(tmp_path, None)).read().contents.sources
    assert isinstance(note, Unread)
    write(tmp_path, {"a.md": "Two."})
    assert note.read().text == "One."
    assert note.read().text == "Two."


def test_a_change_that_leaves_size_and_times_is_seen_where_something_happened(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "One."})
    os.utime(tmp_path / "a.md", ns=(10**18, 10**18))
    reader = Reader(locate(tmp_path, None))
    reader.read()
    (tmp_path / "a.md").write_text("Two.")
    os.utime(tmp_path / "a.md", ns=(10**18, 10**18))
    assert reader.read([str(tmp_path)], {str(tmp_path / "a.md")}).changed == ("a.md",)


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_what_took_the_place_of_a_note_is_not_read_though_its_folder_looks_untouched(tmp_path: Path, kind: str) -> None:
    write(tmp_path, {"vault/a.md": "One.", "vault/b.md": "Other.", "secret.md": "Secret."})
    vault, note = tmp_path / "vault", tmp_path / "vault" / "a.md"
    os.utime(vault, (10**9, 10**9))
    reader = Reader(locate(vault, None))
    reader.read()
    note.unlink()
    if kind == "link":
        note.symlink_to(tmp_path / "secret.md")
    else:
        note.mkdir()
    os.utime(vault, (10**9, 10**9))  # as programs do that copy folders with their times
    reading = reader.read([str(vault)], {str(note)})
    assert [source.path for source in reading.contents.sources] == ["b.md"]
    assert reading.changed == ("a.md",)


def test_changes_that_a_failed_look_found_are_not_forgotten(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    write(vault, {"a.md": "A", "b.md": "B"})
    reader = Reader(locate(vault, None))
    reader.read()
    vault.rename(tmp_path / "away")
    with pytest.raises(VaultGone):
        reader.read()
    (tmp_path / "away" / "b.md").unlink()
    (tmp_path / "away").rename(vault)
    assert reader.read().changed == ("b.md",)


def _held(reading: Reading) -> list[tuple[str, str]]:
    return sorted((source.path, source.digest) for source in reading.contents.sources)


@pytest.mark.parametrize("steps", range(7))
def test_a_look_at_everything_may_be_interrupted_as_long_as_it_has_found_nothing(tmp_path: Path, steps: int) -> None:
    """What it has not found is in the next whole look; a folder that moved is found whole, or not at all."""
    write(tmp_path, {f"{folder}/a.md": "A" for folder in ("1", "2", "old", "old/deep")})
    reader = Reader(locate(tmp_path, None))
    reader.read()
    (tmp_path / "old").rename(tmp_path / "1" / "new")
    (tmp_path / "3").mkdir()
    left, moved = iter(range(steps)), {"old/a.md", "old/deep/a.md", "1/new/a.md", "1/new/deep/a.md"}
    try:
        changed = set(reader.read(None, (), lambda: next(left, None) is None).changed)
        assert steps > 0 and changed == moved
    except Interrupted:
        assert steps == 0
        changed = set()
    write(tmp_path, {"2/b.md": "B", "3/c.md": "C"})
    reading = reader.read([str(tmp_path / "2"), str(tmp_path / "3")])
    assert {"2/b.md", "3/c.md"} <= set(reading.changed)
    changed |= set(reading.changed)
    whole = reader.read()
    assert _held(whole) == _held(Reader(locate(tmp_path, None)).read())
    assert changed | set(whole.changed) == moved | {"2/b.md", "3/c.md"}


@pytest.mark.parametrize("steps", range(5))
def test_folders_that_an_interrupted_look_has_only_heard_of_are_looked_into(tmp_path: Path, steps: int) -> None:
    write(tmp_path, {f"{folder}/a.md": "A" for folder in "123"})
    reader = Reader(locate(tmp_path, None))
    reader.read()
    (tmp_path / "new" / "deep").mkdir(parents=True)
    left = iter(range(steps))
    with pytest.raises(Interrupted):
        reader.read(None, (), lambda: next(left, None) is None)
    write(tmp_path, {"new/deep/c.md": "C"})
    assert reader.read([str(tmp_path / "new" / "deep")]).changed == ("new/deep/c.md",)


@pytest.mark.parametrize("text", ["time.ctime()", "str(time.time_ns())[-7]"], ids=["long", "one letter"])
def test_a_note_that_is_emptied_just_as_it_is_looked_at_keeps_its_text(text: str, tmp_path: Path) -> None:
    """Between the question how long a file is and its reading, its editor may have begun to write it."""
    note = tmp_path / "a.md"
    write(tmp_path, {"a.md": "A"})
    reader = Reader(locate(tmp_path, None))
    reader.read()
    program = f"import sys, time\nwhile True:\n  open(sys.argv[1], 'w').write({text})\n  time.sleep(0.0005)"
    with subprocess.Popen([sys.executable, "-c", program, str(note)]) as editor:
        seen, end = set[str](), time.monotonic() + 1
        try:
            while time.monotonic() < end:
                seen.add(reader.read([str(tmp_path)], [str(note)]).contents.by_path["a.md"].digest)
        finally:
            editor.kill()
    assert len(seen) > 1
    assert sha256(b"").hexdigest()[:32] not in seen


# ---- memory ------------------------------------------------------------------------------------------------


def test_a_heap_gives_back_what_is_forgotten() -> None:
    heap = Spool()
    kept = {heap.put(bytes([n]) * 1000): bytes([n]) * 1000 for n in range(5)}
    lost = [heap.put(os.urandom(1 << 20)) for _ in range(20)]
    heap.keep(kept)
    assert heap._end == 5000
    assert all(heap.get(Ref(b"", b"", number, 1000)) == data for number, data in kept.items())
    assert all(heap.get(Ref(b"", b"", number, 1 << 20)) is None for number in lost)
    assert heap.put(b"next") not in {*kept, *lost}
    heap.close()


def test_a_layered_store_keeps_what_lies_below() -> None:
    below = Memory()
    old = Ref(b"", digest(b"old"), below.put(b"old"), 3)
    store = Layered(below, Spool())
    first, second = (Ref(b"", b"", store.put(data), len(data)) for data in (b"first", b"second"))
    store.keep({old.offset, second.offset})
    assert (store.get(old), store.get(first), store.get(second)) == (b"old", None, b"second")
    store.close()


# ---- links to the editor -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "link"),
    [
        ("obsidian", "obsidian://open?path=%2Fv%2FA%20%26%20B%23.md"),
        ("vscode", "vscode://file/v/A%20%26%20B%23.md:7:3"),
        ("myeditor://open?f={encoded}&l={line}", "myeditor://open?f=%2Fv%2FA%20%26%20B%23.md&l=7"),
        ("none", ""),
    ],
)
def test_links_that_open_a_note(tmp_path: Path, asked: str, link: str) -> None:
    assert open_at(editor_link(asked, tmp_path), Path("/v/A & B#.md"), 7, 3) == link


@pytest.mark.parametrize(
    "asked", ["javascript:alert({path})", "emacs", "data:text/html,{path}", "x://no-path", "{path}"]
)
def test_what_opens_no_note_is_refused(tmp_path: Path, asked: str) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        editor_link(asked, tmp_path)


def test_the_editor_is_guessed_from_the_vault(tmp_path: Path) -> None:
    assert editor_link("", tmp_path).startswith("vscode:")
    (tmp_path / ".obsidian").mkdir()
    assert editor_link("", tmp_path).startswith("obsidian:")


# ---- problems ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_problem_comes_and_goes_with_a_file_that_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"One.md": "One."})
    session = Session(tmp_path, locate(tmp_path, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    session.settle()
    garbled = os.fsencode(tmp_path) + b"/caf\xe9.md"

    def problems() -> list[str]:
        found = session.settle()
        assert found is not None
        return [problem.message for problem in found.all]

    before = problems()
    Path(os.fsdecode(garbled)).write_text("Two.")
    assert session.update(Ring(everywhere=True))
    assert problems() == [*before, "its name is not UTF-8"]
    assert not session.update(Ring(everywhere=True))
    os.unlink(garbled)
    assert session.update(Ring(folders={str(tmp_path)}))
    assert problems() == before
