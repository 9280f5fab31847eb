"""What editors, file managers and git do to a vault, and what is served afterwards (THREATS.md F5)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitegen.commands.session import Session
from sitegen.disk.rereading import Interrupted, Reader
from sitegen.disk.scan import content_files
from sitegen.disk.site import locate
from sitegen.model import Rendered
from sitegen.pool import SERIAL
from sitegen.preview.bell import Ring
from tests.conftest import write
from tests.preview import Preview, serve


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    write(
        tmp_path / "vault",
        {
            "Start.md": "# Start\n\nSee [[Other]].\n",
            "Other.md": "# Other\n\nIts words.\n",
            "Folder/Inner.md": "Inside.\n",
            ".obsidian/app.json": "{}",
        },
    )
    with serve(tmp_path / "vault") as running:
        yield running


def _in_place(path: Path, text: str) -> None:
    """As Obsidian: the file is emptied and written."""
    path.write_text(text)


def _by_rename(path: Path, text: str) -> None:
    """As VS Code may, and most scripts that are careful."""
    temporary = path.with_name(f".{path.name}.tmp-1")
    temporary.write_text(text)
    os.replace(temporary, path)


def _as_vim(path: Path, text: str) -> None:
    """With a swap file, a backup, and a new file in its place."""
    swap = path.with_name(f".{path.name}.swp")
    swap.write_bytes(b"b0VIM")
    (path.parent / "4913").write_text("")
    (path.parent / "4913").unlink()
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()
    swap.unlink()


def _as_emacs(path: Path, text: str) -> None:
    lock = path.with_name(f".#{path.name}")
    lock.symlink_to("user@host.1")
    auto = path.with_name(f"#{path.name}#")
    auto.write_text(text)
    shutil.copy(path, path.with_name(path.name + "~"))
    path.write_text(text)
    auto.unlink()
    lock.unlink()


def _deleted_and_made(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def _as_a_crawl(path: Path, text: str) -> None:
    """Written bit by bit, with pauses."""
    with path.open("w") as file:
        for piece in (text[:5], text[5:12], text[12:]):
            file.write(piece)
            file.flush()
            time.sleep(0.06)


def _with_an_old_time(path: Path, text: str) -> None:
    """As an archive or a synchroniser puts back: later work, an earlier time."""
    path.write_text(text)
    os.utime(path, (1_000_000_000, 1_000_000_000))


SAVES = [_in_place, _by_rename, _as_vim, _as_emacs, _deleted_and_made, _as_a_crawl, _with_an_old_time]


@pytest.mark.parametrize("save", SAVES)
def test_every_way_to_save_is_seen(preview: Preview, save: Callable[[Path, str], None]) -> None:
    for number in range(3):
        save(preview.vault / "Other.md", f"# Other\n\nVersion {number} of its words.\n")
        preview.until(lambda number=number: preview.shows("/other.html", f"Version {number} of its words"))
    assert preview.get("/").status == 200
    left = sorted(path for path in ("4913", "other.md", "other-2.html") if preview.get(f"/{path}").status == 200)
    assert left == []


def test_a_note_is_never_seen_empty_while_it_is_saved(preview: Preview) -> None:
    """Some editors empty the file, and write a moment later."""
    path, seen = preview.vault / "Other.md", list[bool]()
    for number in range(5):
        this_time = []
        with path.open("w") as file:
            began = time.monotonic()
            while time.monotonic() < began + 0.15:
                this_time.append("words" in preview.get("/other.html").text)
            if time.monotonic() < began + 0.35:  # else this machine was too slow to be an editor
                seen += this_time
            file.write(f"# Other\n\nThe words {number}.\n")
        preview.until(lambda number=number: preview.shows("/other.html", f"The words {number}"))
    assert seen
    assert all(seen)


def test_a_note_is_not_seen_empty_while_the_disk_makes_its_editor_wait(preview: Preview) -> None:
    """Between emptying a file and writing it a busy disk can hold up an editor for more than half a second."""
    seen = []
    with (preview.vault / "Other.md").open("w") as file:
        began = time.monotonic()
        while time.monotonic() < began + 1.2:
            seen.append("Its words" in preview.get("/other.html").text)
            time.sleep(0.02)
        file.write("# Other\n\nNew words.\n")
    preview.until(lambda: preview.shows("/other.html", "New words"))
    assert all(seen)


def test_half_a_letter_is_waited_for(preview: Preview) -> None:
    text = "# Other\n\nIts words, and ünäbhängïg.\n".encode()
    end = text.index("ï".encode()) + 1
    with (preview.vault / "Other.md").open("wb", buffering=0) as file:
        file.write(text[:end])
        time.sleep(0.15)
        assert "\ufffd" not in preview.get("/other.html").text
        file.write(text[end:])
    preview.until(lambda: preview.shows("/other.html", "ünäbhängïg"))


def test_an_emptied_note_is_empty_in_the_end(preview: Preview) -> None:
    preview.write("Other.md", "")
    preview.until(lambda: "Its words" not in preview.get("/other.html").text)


def test_typing_with_saves_every_few_milliseconds(preview: Preview) -> None:
    text = "# Other\n\n"
    for number in range(60):
        text += f"word{number} "
        (preview.vault / "Other.md").write_text(text)
        time.sleep(0.01)
    preview.until(lambda: preview.shows("/other.html", "word58 word59"))


def test_a_renamed_note_leads_from_its_old_address_to_the_new_one(preview: Preview) -> None:
    (preview.vault / "Other.md").rename(preview.vault / "Another.md")
    preview.until(lambda: preview.shows("/another.html", "Its words"))
    assert preview.get("/other.html").headers.get("location") == "/another.html"
    assert preview.state("/other.html")["moved"] == "/another.html"
    (preview.vault / "Another.md").rename(preview.vault / "Third.md")
    preview.until(lambda: preview.shows("/third.html", "Its words"))
    assert preview.get("/other.html").headers.get("location") == "/third.html"
    preview.write("Other.md", "Somebody else.")
    preview.until(lambda: preview.shows("/other.html", "Somebody else"))


def test_a_rename_in_case_only(preview: Preview) -> None:
    (preview.vault / "Other.md").rename(preview.vault / "OTHER.md")
    preview.until(lambda: preview.shows("/other.html", "<title>OTHER") or preview.shows("/other.html", "Its words"))
    preview.write("OTHER.md", "In capitals.")
    preview.until(lambda: preview.shows("/other.html", "In capitals"))
    assert 'href="other.html"' in preview.get("/start.html").text


def test_a_deleted_note_is_gone_with_its_backlinks(preview: Preview) -> None:
    preview.until(lambda: preview.shows("/other.html", "Its words"))
    (preview.vault / "Start.md").unlink()
    preview.until(lambda: preview.get("/start.html").status == 404)
    assert 'href="start.html"' not in preview.get("/other.html").text
    assert preview.state("/start.html")["gone"] == {"note": "Start.md", "reason": "deleted"}


def test_a_file_that_vanishes_between_two_looks_is_no_file(tmp_path: Path) -> None:
    """Writing goes on while folders are read: what was listed may be gone before it is looked at."""
    write(tmp_path, {"a.md": "A", "b.md": "B", "in/c.md": "C", "pic.png": b"x"})
    read = Reader(locate(tmp_path, None)).read
    assert {source.path for source in read().contents.sources} == {"a.md", "b.md", "in/c.md"}
    files = content_files(str(tmp_path), (), (), lambda *_: None)
    first, _ = next(files)
    assert first == "a.md"
    (tmp_path / "b.md").unlink()
    (tmp_path / "pic.png").unlink()
    shutil.rmtree(tmp_path / "in")
    assert [path for path, _ in files] == []


def test_a_new_folder_and_what_is_put_into_it_at_once(preview: Preview) -> None:
    preview.write("New/Newer/Newest/Note.md", "Deep inside.")
    preview.until(lambda: preview.shows("/new/newer/newest/note.html", "Deep inside"))
    preview.write("New/Newer/Newest/Note.md", "Deeper still.")
    preview.until(lambda: preview.shows("/new/newer/newest/note.html", "Deeper still"))


def test_a_folder_that_is_moved_in_renamed_and_moved_out(preview: Preview, tmp_path: Path) -> None:
    write(tmp_path / "ready", {"One.md": "First.", "Sub/Two.md": "Second."})
    (tmp_path / "ready").rename(preview.vault / "Came")
    preview.until(lambda: preview.shows("/came/sub/two.html", "Second"))
    (preview.vault / "Came").rename(preview.vault / "Renamed")
    preview.until(
        lambda: preview.shows("/renamed/sub/two.html", "Second") and preview.get("/came/one.html").status != 200
    )
    preview.write("Renamed/Sub/Two.md", "Second, and more.")
    preview.until(lambda: preview.shows("/renamed/sub/two.html", "and more"))
    (preview.vault / "Renamed").rename(tmp_path / "gone")
    preview.until(lambda: preview.get("/renamed/sub/two.html").status == 404)


def test_two_folders_that_change_places(preview: Preview) -> None:
    write(preview.vault, {"A/Note.md": "From A.", "B/Note.md": "From B."})
    preview.until(lambda: preview.shows("/b/note.html", "From B"))
    (preview.vault / "A").rename(preview.vault / "C")
    (preview.vault / "B").rename(preview.vault / "A")
    (preview.vault / "C").rename(preview.vault / "B")
    preview.until(lambda: preview.shows("/a/note.html", "From B") and preview.shows("/b/note.html", "From A"))


def test_a_branch_is_checked_out(preview: Preview) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=preview.vault, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    shutil.rmtree(preview.vault / "Folder")
    (preview.vault / "Other.md").unlink()
    write(preview.vault, {f"Many/Note {n}.md": f"Number {n}. See [[Start]]." for n in range(300)})
    write(preview.vault, {"Start.md": "On the other branch."})
    git("add", "-A")
    git("commit", "-m", "two")
    preview.until(lambda: preview.shows("/many/note-299.html", "Number 299"))
    for _ in range(2):
        git("checkout", "main")
        preview.until(lambda: preview.shows("/start.html", "See") and preview.shows("/folder/inner.html", "Inside"))
        preview.until(lambda: preview.get("/many/note-299.html").status == 404)
        git("checkout", "other")
        preview.until(lambda: preview.shows("/start.html", "On the other branch"))
        preview.until(
            lambda: preview.shows("/many/note-0.html", "Number 0") and preview.get("/other.html").status == 404
        )
    assert preview.get("/.git/config").status == 404


def test_ten_thousand_events_at_once(preview: Preview) -> None:
    folder = preview.vault / "Storm"
    folder.mkdir()
    for number in range(2500):
        (folder / f"file{number}.txt").write_text("x")
    for number in range(2500):
        (folder / f"file{number}.txt").unlink()
    (folder / "Last.md").write_text("After the storm.")
    (preview.vault / "Other.md").write_text("Also after it.")
    preview.until(lambda: preview.shows("/storm/last.html", "After the storm"), 60)
    preview.until(lambda: preview.shows("/other.html", "Also after it"))


def test_an_edit_need_not_wait_for_a_look_at_everything(tmp_path: Path) -> None:
    vault = tmp_path / "notes"
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/One.md": "One.", "notes/In/Two.md": "Two."})
    session = Session(None, locate(vault, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)

    def shown(url: str) -> str:
        content = session.snapshot.artifacts[url].content
        assert isinstance(content, Rendered)
        return content.read().decode()

    write(vault, {"One.md": "One more."})
    with pytest.raises(Interrupted):
        session.update(Ring(everywhere=True), lambda: True)
    assert session.update(Ring(folders={str(vault)}, touched={str(vault / "One.md")}), lambda: True)
    assert "One more." in shown("one.html")
    write(vault, {"In/Two.md": "Two more."})
    write(tmp_path, {"sitegen.toml": 'content = "notes"\ntitle = "Elsewhere"\n'})
    assert session.update(Ring(everywhere=True), lambda: True)  # other settings are not left for later
    assert "Two more." in shown("in/two.html") and "Elsewhere" in shown("in/two.html")


def test_a_vault_that_begins_empty_is_no_vault_that_has_gone(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    with serve(tmp_path / "vault") as running:
        time.sleep(1)  # in which it is looked at more than once
        assert running.state("/")["error"] == ""
        running.write("First.md", "The first words.")
        running.until(lambda: running.shows("/first.html", "The first words"))
        assert not running.said("nothing any more")


def test_a_vault_that_vanishes_and_comes_back(preview: Preview, tmp_path: Path) -> None:
    preview.vault.rename(tmp_path / "away")
    preview.until(lambda: "cannot be read any more" in preview.state("/start.html")["error"])
    assert preview.shows("/start.html", "See")
    (tmp_path / "away").rename(preview.vault)
    preview.until(lambda: preview.state("/start.html")["error"] == "")
    preview.write("Start.md", "Here again.")
    preview.until(lambda: preview.shows("/start.html", "Here again"))


def test_a_vault_whose_drive_is_not_mounted(preview: Preview, tmp_path: Path) -> None:
    preview.vault.rename(tmp_path / "away")
    preview.vault.mkdir()
    preview.until(lambda: "holds nothing any more" in preview.state("/start.html")["error"])
    assert preview.shows("/start.html", "See")
    preview.vault.rmdir()
    (tmp_path / "away").rename(preview.vault)
    preview.write("Start.md", "Here again.")
    preview.until(lambda: preview.shows("/start.html", "Here again"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_note_that_may_not_be_read_keeps_its_last_text(preview: Preview) -> None:
    path = preview.vault / "Other.md"
    path.chmod(0)
    preview.until(lambda: preview.state("/other.html")["problems"])
    assert preview.shows("/other.html", "Its words")
    path.chmod(0o644)


def test_drafts_are_shown_only_when_asked_for(preview: Preview) -> None:
    preview.write("Other.md", "---\ndraft: true\n---\nNobody may see this.\n")
    preview.until(lambda: preview.get("/other.html").status == 404)
    assert preview.state("/other.html")["gone"] == {"note": "Other.md", "reason": "draft"}
    for path in ("/", "/start.html", "/notes.html", "/sitemap.xml"):
        assert "Nobody may see" not in preview.get(path).text
        assert "other.html" not in preview.get(path).text
    preview.write("Other.md", "---\ndraft: false\n---\nAll may.\n")
    preview.until(lambda: preview.shows("/other.html", "All may"))


def test_drafts_are_marked_with_drafts(tmp_path: Path) -> None:
    write(
        tmp_path / "vault",
        {"a.md": "A", "b.md": "---\ndraft: true\n---\nSoon.", "c.md": "---\npublish: false\n---\nNever."},
    )
    with serve(tmp_path / "vault", "--drafts") as running:
        assert running.shows("/b.html", "Soon")
        assert running.get("/c.html").status == 404
        assert running.state("/b.html")["draft"] is True
        assert running.state("/a.html")["draft"] is False


def test_unreadable_front_matter_that_speaks_of_drafts_withholds_the_note(preview: Preview) -> None:
    preview.write("Other.md", "---\ntitle: [half\ndraft: tr\n---\nSecret words.\n")
    state = preview.until(lambda: (now := preview.state("/other.html"))["gone"] and now)
    assert state["gone"] == {"note": "Other.md", "reason": "withheld"}
    assert "withheld-note" in {problem["code"] for problem in state["problems"]}
    assert state["open"].startswith("obsidian://open")
    assert preview.shows("/other.html", "Its words")  # the last good text
    assert "Secret" not in preview.get("/other.html").text
    assert 'href="other.html"' not in preview.get("/start.html").text
    preview.write("Other.md", "---\ntitle: Whole\n---\nIts better words.\n")
    preview.until(lambda: preview.shows("/other.html", "Its better words"))
    assert preview.state("/other.html")["gone"] is None


@pytest.mark.parametrize(("then", "reason"), [("---\ndraft: true\n---\nNo more.\n", "draft"), (None, "deleted")])
def test_a_withheld_note_that_turns_out_to_be_none_shows_no_last_text(
    preview: Preview, then: str | None, reason: str
) -> None:
    preview.write("Other.md", "---\ntitle: [half\ndraft: tr\n---\nSecret words.\n")
    preview.until(lambda: preview.state("/other.html")["gone"])
    if then is None:
        (preview.vault / "Other.md").unlink()
    else:
        preview.write("Other.md", then)
    preview.until(lambda: preview.get("/other.html").status == 404)
    assert preview.state("/other.html")["gone"] == {"note": "Other.md", "reason": reason}
    preview.write("Other.md", "---\ntitle: [half\ndraft: tr\n---\nSecret words.\n")
    preview.until(lambda: preview.state("/other.html")["gone"]["reason"] == "withheld" if then else True)
    assert "Its words" not in preview.get("/other.html").text


def test_a_note_that_is_withheld_from_the_start_is_not_shown(tmp_path: Path) -> None:
    write(
        tmp_path / "vault",
        {"a.md": "A", "b.md": "---\ntitle: [half\ndraft: tr\n---\nSecret.\n", "c.md": "---\ndraft: true\n---\nSoon."},
    )
    with serve(tmp_path / "vault") as running:
        assert running.get("/b.html").status == 404
        state = running.state("/b.html")
        assert state["gone"] == {"note": "b.md", "reason": "withheld"}  # whoever writes it is told why
        assert [problem["code"] for problem in state["problems"]] == ["withheld-note"]
        assert running.state("/c.html")["gone"] == {"note": "c.md", "reason": "draft"}
        running.write("d.md", "---\ndraft: true\n---\nLater.\n")
        running.until(lambda: running.state("/d.html")["gone"] == {"note": "d.md", "reason": "draft"})
        running.write("d.md", "Now.\n")
        running.until(lambda: running.shows("/d.html", "Now."))
        assert running.state("/d.html")["gone"] is None


def test_problems_of_a_note_with_the_way_to_them(preview: Preview) -> None:
    preview.write("Other.md", "# Other\n\nSee [[No such note]].\n")
    problem = preview.until(lambda: preview.state("/other.html")["problems"])[0]
    assert (problem["code"], problem["severity"], problem["line"], problem["column"]) == (
        "missing-note",
        "warning",
        3,
        5,
    )
    path = str(preview.vault / "Other.md").replace("/", "%2F")
    assert problem["open"] == f"obsidian://open?path={path}"
    assert preview.state("/start.html")["problems"] == []
    preview.write("Other.md", "# Other\n\nSee nothing.\n")
    preview.until(lambda: not preview.state("/other.html")["problems"])


def test_only_new_problems_are_printed(preview: Preview) -> None:
    preview.write("Other.md", "See [[No such note]].\n")
    preview.until(lambda: preview.said("missing-note.*No such note"))
    preview.write("Other.md", "One more line.\n\nSee [[No such note]] and [[Nor this one]].\n")
    preview.until(lambda: preview.said("missing-note.*Nor this one"))
    assert sum("No such note" in line for line in preview.lines if "missing-note" in line) == 1


def test_obsidians_settings_count(preview: Preview) -> None:
    preview.write("Other.md", "one\ntwo\n")
    preview.until(lambda: preview.shows("/other.html", "<p>one<br>\ntwo</p>"))
    preview.write(".obsidian/app.json", '{"strictLineBreaks": true}')
    preview.until(lambda: preview.shows("/other.html", "<p>one\ntwo</p>"))


def test_a_style_sheet_of_the_site_is_served_as_it_is_now(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words.", "static/site.css": "/* one */"})
    with serve(tmp_path / "notes") as running:
        before = running.state("/a.html")
        write(tmp_path, {"static/site.css": "/* two */"})
        running.until(lambda: running.get("/static/site.css").text == "/* two */")
        after = running.until(lambda: (s := running.state("/a.html"))["number"] > before["number"] and s)
        assert after["tag"] == before["tag"]  # no page need be made again for that
        assert {n for n in after["static"] if after["static"][n] != before["static"][n]} == {"/static/site.css"}
        (tmp_path / "static" / "site.css").unlink()  # the built-in one shows again
        running.until(lambda: "@layer" in running.get("/static/site.css").text)


def test_a_theme_that_begins_while_it_is_served(tmp_path: Path) -> None:
    write(tmp_path, {"sitegen.toml": 'content = "notes"\n', "notes/a.md": "Words."})
    with serve(tmp_path / "notes") as running:
        write(tmp_path, {"templates/partials/foot.html": "<footer>Our own foot</footer>"})
        running.until(lambda: running.shows("/a.html", "Our own foot"))
        write(tmp_path, {"templates/partials/foot.html": "<footer>Another foot</footer>"})
        running.until(lambda: running.shows("/a.html", "Another foot"))


def test_a_theme_that_lies_elsewhere_in_the_site_and_is_linked_to(tmp_path: Path) -> None:
    template = "{{% extends 'builtin/note.html' %}}{{% block skip %}}<p>{0}</p>{{% endblock %}}"
    write(tmp_path, {"site/sitegen.toml": 'content = "notes"\n', "site/notes/a.md": "Words."})
    site = tmp_path / "site"
    write(site, {"one/note.html": template.format("First one"), "two/note.html": template.format("First two")})
    linked = site / "templates"
    linked.symlink_to(site / "one")
    with serve(site / "notes") as preview:
        assert preview.shows("/a.html", "First one")
        time.sleep(2)  # until everything was looked at once more
        write(site, {"one/note.html": template.format("Second one")})
        preview.until(lambda: preview.shows("/a.html", "Second one"))
        linked.unlink()
        linked.symlink_to(site / "two")
        preview.until(lambda: preview.shows("/a.html", "First two"))
        time.sleep(2)
        write(site, {"two/note.html": template.format("Second two")})
        preview.until(lambda: preview.shows("/a.html", "Second two"))


def test_an_attachment_that_changes_is_told_of(preview: Preview) -> None:
    preview.write("pic.png", b"one")
    preview.write("Other.md", "![[pic.png]]")
    preview.until(lambda: preview.get("/pic.png").body == b"one")
    preview.write("pic.png", b"another")
    preview.until(lambda: preview.get("/pic.png").body == b"another")


def test_follow_names_the_note_that_was_saved(tmp_path: Path) -> None:
    write(tmp_path / "vault", {"a.md": "A", "in/b.md": "B", "c.md": "C"})
    with serve(tmp_path / "vault", "--follow") as running:
        assert running.state("/a.html")["follow"] is None
        running.write("in/b.md", "More.")
        running.until(lambda: running.state("/a.html")["follow"] == "/in/b.html")
