"""``sitegen check --fix``: the stamps of notes written anew, and nothing else touched."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from sitegen.cli import main
from sitegen.disk.mend import MendError, replace_lines
from sitegen.model import Note
from sitegen.readings import Forms, note_stamps
from sitegen.stages.mending import Written, mend
from sitegen.stages.parse import Dialect, parse
from sitegen.video.reading import read_video
from tests.conftest import tree, write
from tests.sites import source

HEAD = "---\nvideoId: T0uYxK66VLU\n---\n\n"


def anchor(time: str, text: str | None = None) -> str:
    return f'<a class="yt-timestamp" data-t="{time}">[{text or time}]</a>'


SHIFTED = HEAD + "".join(f"Said {anchor(time)}.\n\n" for time in ("01:43:00", "03:38:00", "05:40:00", "08:39:00"))
RIGHT = SHIFTED.replace("01:43:00", "00:01:43").replace("03:38:00", "00:03:38").replace("05:40:00", "00:05:40")
RIGHT = RIGHT.replace("08:39:00", "00:08:39")


def run(vault: Path, *args: str) -> Result:
    return CliRunner().invoke(main, ["check", str(vault), "--fix", *args], catch_exceptions=False)


def fixed(folder: Path, files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """The vault's files after a fix; a second one must change nothing."""
    write(folder, files)
    assert run(folder, "--yes").exit_code == 0
    after = tree(folder)
    assert "No time stamp needs to be written anew" in run(folder, "--yes").output
    assert tree(folder) == after
    return after


def seconds(notes: Mapping[str, str]) -> dict[str, list[int | None]]:
    """What the stamps of each note mean."""
    return {w.source.path: [r.seconds for r in w.reading.readings] for video in written(notes) for w in video}


def written(notes: Mapping[str, str]) -> list[list[Written]]:
    """The notes of each video as they are read."""
    videos: dict[str, list[Note]] = defaultdict(list)
    for path in sorted(notes):
        note = parse(source(path, notes[path]), Dialect())
        if note.facts.properties.video_id:
            videos[note.facts.properties.video_id].append(note)
    result = []
    for members in videos.values():
        stamps = [note_stamps(note.facts, Forms()) for note in members]
        readings = read_video(stamps)
        texts = [source(note.path, notes[note.path]) for note in members]
        result.append([Written(*item) for item in zip(texts, members, stamps, readings, strict=True)])
    return result


def mended(notes: Mapping[str, str]) -> dict[str, str]:
    """The notes after a fix, in memory."""
    after = dict(notes)
    for video in written(notes):
        after.update({note.path: note.after for note in mend(video, Dialect())[0]})
    return after


# ---- the command ------------------------------------------------------------------------------------


def test_it_shows_a_diff_and_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": SHIFTED})
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "--- a/n.md\n+++ b/n.md\n@@ -5 +5 @@\n" in result.output
    assert f"-Said {anchor('01:43:00')}.\n+Said {anchor('00:01:43')}.\n" in result.output
    assert (
        "4 time stamps in 1 note would be written anew. Nothing was changed; sitegen check --fix --yes" in result.output
    )
    assert (tmp_path / "n.md").read_text() == SHIFTED


def test_its_diff_is_what_patch_reads(tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("there is no patch on this machine")
    write(tmp_path, {"n.md": SHIFTED})
    diff = run(tmp_path).output
    done = subprocess.run(["patch", "-s", "-p1"], cwd=tmp_path, input=diff, text=True, capture_output=True, check=False)
    assert done.returncode == 0 and (tmp_path / "n.md").read_text() == RIGHT


def test_yes_writes(tmp_path: Path) -> None:
    assert fixed(tmp_path, {"n.md": SHIFTED})["n.md"] == RIGHT.encode()


@pytest.mark.parametrize("args", [("--format", "json"), ("--format", "github")])
def test_it_has_no_other_format(tmp_path: Path, args: tuple[str, ...]) -> None:
    assert run(tmp_path, *args).exit_code == 2


def test_yes_alone_is_a_mistake(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["check", str(tmp_path), "--yes"]).exit_code == 2


# ---- which stamps, and how --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (anchor("1:43:00"), anchor("0:01:43")),  # as wide as it was
        ("[01:43:00]", "[00:01:43]"),
        ("[[01:43:00]]", "[[00:01:43]]"),
        ("[01:43:00 | 03:38:00]", "[00:01:43 | 00:03:38]"),
        ("[01:43:00 - 00:03:38]", "[00:01:43 - 00:03:38]"),
        (anchor("11:16:00", "0:11:16"), anchor("00:11:16", "0:11:16")),  # the text was right
        (anchor("72:05:00"), anchor("01:12:05")),
        (anchor("02:00:00"), anchor("00:02:00")),
        (
            "<a class='yt-timestamp' data-t='06:12:00'>06:12:00</a>",
            "<a class='yt-timestamp' data-t='00:06:12'>00:06:12</a>",
        ),
        (anchor("00:01:10", "00:01:12"), anchor("00:01:10", "00:01:12")),
        ("`[01:43:00]` [01:43:00]", "`[01:43:00]` [00:01:43]"),
        ("%%[01:44:00]%% [01:43:00]", "%%[01:44:00]%% [00:01:43]"),
        (
            "| a | b |\n|--|--|\n| [01:43:00 \\| 03:38:00] | [05:40:00] |",
            "| a | b |\n|--|--|\n| [00:01:43 \\| 00:03:38] | [00:05:40] |",
        ),
        ("> - [01:43:00]", "> - [00:01:43]"),
        ("A[^1].\n\n[^1]: Note [01:43:00].", "A[^1].\n\n[^1]: Note [00:01:43]."),
    ],
)
def test_each_form_is_kept(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, {"n.md": f"{SHIFTED}{before}\n"})["n.md"].decode() == f"{RIGHT}{after}\n"


def test_what_is_in_doubt_stays(tmp_path: Path) -> None:
    text = HEAD + "Said [1:12:00], [1:43:00], [2:05:00], [2:31:00] and [3:07:00].\n"
    assert fixed(tmp_path, {"n.md": text})["n.md"] == text.encode()


def test_what_an_override_decides_is_written_so_that_it_stays(tmp_path: Path) -> None:
    text = "---\nvideoId: T0uYxK66VLU\ntimestampFormat: ms\n---\n\nSaid [01:43:00], then [02:00:00].\n"
    after = fixed(tmp_path, {"n.md": text})["n.md"].decode()
    assert after == text.replace("01:43:00", "01:43").replace("02:00:00", "02:00")
    assert seconds({"n.md": after}) == {"n.md": [103, 120]}


def test_an_override_of_the_folder_counts(tmp_path: Path) -> None:
    files = {"talks/n.md": HEAD + "Said [01:43:00].\n", "sitegen.toml": '[timestamps]\ntalks = "ms"\n'}
    assert b"[00:01:43]" in fixed(tmp_path, files)["talks/n.md"]


def test_a_note_on_a_recording_is_mended_too(tmp_path: Path) -> None:
    head = "---\nvideo: talk.mp4\n---\n\n"
    files = {"n.md": SHIFTED.replace(HEAD, head), "talk.mp4": b""}
    assert fixed(tmp_path, files)["n.md"].decode() == RIGHT.replace(HEAD, head)


def test_private_notes_are_left_alone(tmp_path: Path) -> None:
    text = SHIFTED.replace("---\n\n", "draft: true\n---\n\n")
    assert fixed(tmp_path, {"n.md": text})["n.md"] == text.encode()


# ---- everything else stays --------------------------------------------------------------------------


def test_bytes_that_are_no_stamps_stay(tmp_path: Path) -> None:
    text = (
        "\ufeff" + SHIFTED.replace("\n", "\r\n") + "Blanks at the end \t \r\nold line\rend\u2028\u0085\x0b. No line end"
    )
    after = fixed(tmp_path, {"ü/n.md": text})["ü/n.md"]
    assert after == text.encode().replace(SHIFTED.replace("\n", "\r\n").encode(), RIGHT.replace("\n", "\r\n").encode())


def test_permissions_stay_and_no_file_is_left(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": SHIFTED})
    (tmp_path / "n.md").chmod(0o640)
    run(tmp_path, "--yes")
    assert stat.S_IMODE((tmp_path / "n.md").stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["n.md"]


def test_what_is_no_utf8_is_left(tmp_path: Path) -> None:
    data = SHIFTED.encode() + b"caf\xe9\n"
    write(tmp_path, {"n.md": data})
    result = run(tmp_path, "--yes")
    assert result.exit_code == 1 and "n.md: left as it is, because it is not UTF-8" in result.output
    assert (tmp_path / "n.md").read_bytes() == data


def test_a_trial_counts_only_what_would_be_written(tmp_path: Path) -> None:
    write(tmp_path, {"bad.md": SHIFTED.encode() + b"caf\xe9\n", "good.md": SHIFTED, "zero.md": SHIFTED + "\0"})
    result = run(tmp_path)
    assert "4 time stamps in 1 note would be written anew." in result.output
    assert "--- a/good.md" in result.output and "--- a/bad.md" not in result.output
    assert "bad.md: left as it is, because it is not UTF-8" in result.output
    assert "zero.md: left as it is, because it holds zero bytes" in result.output
    assert "4 time stamps in 1 note written anew." in run(tmp_path, "--yes").output


def test_a_name_in_another_unicode_form_is_found(tmp_path: Path) -> None:
    name = "u\u0308ber.md"
    write(tmp_path, {name: SHIFTED})
    if (tmp_path / name).name not in os.listdir(tmp_path):
        pytest.skip("this file system changes names")
    assert run(tmp_path, "--yes").exit_code == 0
    assert (tmp_path / name).read_text() == RIGHT


# ---- the disk ---------------------------------------------------------------------------------------


def _digest(data: bytes) -> str:
    return source("n.md", data).digest


def test_a_file_that_changed_in_the_meantime_is_left(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": SHIFTED + "More.\n"})
    with pytest.raises(MendError, match="changed in the meantime"):
        replace_lines(tmp_path, "n.md", _digest(SHIFTED.encode()), SHIFTED, RIGHT)
    assert (tmp_path / "n.md").read_text() == SHIFTED + "More.\n"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_never_followed(tmp_path: Path) -> None:
    write(tmp_path, {"outside/n.md": SHIFTED, "vault/x.md": "x\n"})
    (tmp_path / "vault" / "n.md").symlink_to("../outside/n.md")
    (tmp_path / "vault" / "folder").symlink_to("../outside")
    for name in ("n.md", "folder/n.md"):
        with pytest.raises(MendError):
            replace_lines(tmp_path / "vault", name, _digest(SHIFTED.encode()), SHIFTED, RIGHT)
    run(tmp_path / "vault", "--yes")
    assert (tmp_path / "outside" / "n.md").read_text() == SHIFTED


# ---- promises ---------------------------------------------------------------------------------------

FIELD = st.integers(0, 12).map(lambda n: f"{n:02}")
STAMP = st.one_of(
    st.tuples(FIELD, st.integers(0, 59), st.just(0)),
    st.tuples(st.just("00"), st.integers(0, 59), st.integers(0, 59)),
    st.tuples(FIELD, st.integers(0, 61), st.sampled_from([0, 0, 7, 29, 29, 59, 75])),
).map(lambda t: f"{t[0]}:{t[1]:02}:{t[2]:02}")
MARKUP = st.one_of(
    STAMP.map(anchor),
    STAMP.map("[{}]".format),
    st.tuples(STAMP, STAMP).map(lambda pair: anchor(*pair)),
    st.tuples(STAMP, STAMP).map("[{0[0]} | {0[1]}]".format),
    st.sampled_from(["`[01:43:00]`", "%%[01:43:00]%%", "[1:43]", "<b>[02:10:00]</b>", "[x](y)", "\n\n> ", "\n- "]),
)
NOTE = st.tuples(
    st.sampled_from(["", "", "", "duration: 15:00\n", "timestampFormat: ms\n", "timestampFormat: hms\n"]),
    st.lists(st.tuples(MARKUP, st.sampled_from([" ", ". Then ", "\n", "\n\n"])).map("".join), max_size=14),
).map(lambda parts: f"---\nvideoId: T0uYxK66VLU\n{parts[0]}---\n\nSaid {''.join(parts[1])}\n")


@given(st.lists(NOTE, min_size=1, max_size=4))
def test_a_fix_changes_no_second_and_a_second_fix_nothing(notes: list[str]) -> None:
    before = {f"{number}.md": text for number, text in enumerate(notes)}
    once = mended(before)
    assert seconds(once) == seconds(before)
    assert without_times(once) == without_times(before)
    assert mended(once) == once


def without_times(notes: Mapping[str, str]) -> list[str]:
    return [re.sub(r"[0-9:]", "", text) for text in notes.values()]


def test_the_real_channel(zeihan_vault: Path, tmp_path: Path) -> None:
    """491 notes: the same seconds before and after, and all shifted notes mended."""
    before = {path.name: path.read_text("utf-8") for path in sorted(zeihan_vault.glob("*.md"))}
    write(tmp_path, before)
    assert run(tmp_path, "--yes", "-q").exit_code == 0
    after = {path: data.decode() for path, data in tree(tmp_path).items()}
    assert seconds(after) == seconds(before)
    assert without_times(after) == without_times(before)
    assert mended(after) == after
    seed = after["russian_military_reliance_on_foreign_support.md"]
    assert seed.count('data-t="00:01:43">[00:01:43]</a>') == 1 and ":00]</a>" not in seed
