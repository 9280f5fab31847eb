"""What is remembered changes nothing: cold, warm, parallel and damaged builds give the same bytes.

The whole command is run, on a disk, as people run it.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.build import Memo, build
from sitegen.pool import Workers
from tests.conftest import run_build, tree
from tests.properties.strategies import VaultFiles, edits, vaults
from tests.sites import build_notes, default_settings, default_theme, site_files, source


@pytest.fixture(autouse=True)
def key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """Two processes, for any amount of work."""
    pool = ProcessPoolExecutor(2, mp_context=get_context("fork"))
    yield Workers(lambda: pool, break_even=1)
    pool.shutdown()


def _put(vault: VaultFiles, folder: Path) -> None:
    """Make ``folder`` hold exactly the vault. Files that stay are not touched, as an editor would not."""
    wanted = {path: text.encode("utf-8", "surrogatepass") for path, text in vault.texts().items()}
    wanted |= dict.fromkeys(vault.assets, b"")
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
    for name, data in wanted.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def _names_suit(vault: VaultFiles) -> bool:
    """Whether a disk can hold the vault."""
    return all(len(part.encode()) < 200 for path in (*vault.notes, *vault.assets) for part in path.split("/"))


@given(data=st.data())
@settings(max_examples=12)
def test_a_kept_cache_equals_none_after_any_edits(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    base = tmp_path_factory.mktemp("edits")
    vault = data.draw(vaults().filter(_names_suit))
    for step in range(data.draw(st.integers(2, 4))):
        if step:
            vault = data.draw(edits(vault).filter(_names_suit))
        (base / "vault").mkdir(exist_ok=True)
        _put(vault, base / "vault")
        kept = run_build(base / "vault", base / "kept")
        clean = run_build(base / "vault", base / f"clean{step}", "--no-cache")
        assert kept.files() == clean.files()
        told = [line for line in clean.stdout.splitlines() if " pages, " not in line and "written" not in line]
        assert [line for line in kept.stdout.splitlines() if " pages, " not in line and "written" not in line] == told


@given(vault=vaults())
@settings(max_examples=10)
def test_workers_change_nothing(vault: VaultFiles, workers: Workers) -> None:
    alone = build_notes(vault.texts(), vault.assets)
    sources = [source(*item) for item in vault.texts().items()]
    for some in (workers, Workers(lambda: ThreadPoolExecutor(3), break_even=1)):
        memo = Memo()
        for _ in range(2):  # cold, warm
            together = build(sources, alone_assets(vault), default_theme(), default_settings(), memo, None, some)
            assert site_files(together) == site_files(alone)
            assert list(together.site.artifacts) == list(alone.site.artifacts)
            assert together.site.diagnostics == alone.site.diagnostics


def alone_assets(vault: VaultFiles) -> list[object]:
    from sitegen.model import Asset

    return [Asset(path, path, 0) for path in vault.assets]


NOTES = {
    "index.md": "# Home\n\nSee [[a]], ![[b]] and [[gone]].\n",
    "a.md": "---\nvideoId: dQw4w9WgXcQ\n---\n\nA stamp [1:00] and [[b#Part|part]]. #tag\n",
    "b.md": "Words.\n\n## Part\n\nMore of [[a]] here.\n",
    "folder/c.md": "![[a]]\n\n![[pic.png]]\n",
    "pic.png": "not a picture",
}


@pytest.fixture
def wiki(tmp_path: Path) -> Path:
    for name, text in NOTES.items():
        (tmp_path / "vault" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "vault" / name).write_text(text)
    return tmp_path


def _cache_files(base: Path) -> list[Path]:
    return sorted(p for p in (base / ".sitegen" / "cache").rglob("*") if p.is_file() and p.name != "lock")


def test_a_cache_damaged_anywhere_still_gives_the_site(wiki: Path) -> None:
    clean = run_build(wiki / "vault", wiki / "out").files()
    (wiki / "vault" / "b.md").write_text(NOTES["b.md"] + "Less.\n")
    run_build(wiki / "vault", wiki / "out")
    good = {path: path.read_bytes() for path in _cache_files(wiki)}
    assert {path.name for path in good} >= {"state", "changes", "pack-1"}
    for seed in range(25):
        chance = random.Random(seed)
        for path, data in good.items():
            path.write_bytes(data)
        victim = chance.choice(sorted(good))
        data = bytearray(good[victim])
        kind = chance.choice(["bytes", "cut", "grow", "empty"])
        if kind == "bytes":
            for _ in range(chance.randint(1, 20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        victim.write_bytes(
            {"cut": data[: chance.randrange(len(data))], "grow": data + b"\0" * 50, "empty": b""}.get(kind, data)
        )
        output = wiki / chance.choice(["out", f"other{seed}"])  # another output wants every page again
        (wiki / "vault" / "b.md").write_text(NOTES["b.md"] + ("More.\n" if seed % 2 else ""))
        built = run_build(wiki / "vault", output)
        expected = run_build(wiki / "vault", wiki / "clean", "--no-cache").files()
        assert built.files() == expected, (seed, victim.name, kind)
    assert clean


def test_a_cache_of_another_vault_or_user_is_as_good_as_none(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_build(wiki / "vault", wiki / "out")
    other = wiki / "other"
    other.mkdir()
    shutil.copytree(wiki / "vault", other / "vault")
    (other / "vault" / "b.md").write_text("Entirely different words of [[a]].\n")
    run_build(other / "vault", other / "out")
    clean = run_build(other / "vault", other / "clean", "--no-cache").files()
    ours, theirs = ([p for p in _cache_files(base) if p.name in ("state", "pack-1")] for base in (wiki, other))
    for mine, foreign in zip(ours, theirs, strict=True):
        foreign.write_bytes(mine.read_bytes())
    assert run_build(other / "vault", other / "out").files() == clean
    pack = next(p for p in theirs if p.name == "pack-1")
    pack.write_bytes(ours[0].read_bytes())  # the values of one and the tables of the other
    shutil.rmtree(other / "out")
    assert run_build(other / "vault", other / "out").files() == clean
    monkeypatch.setenv("XDG_STATE_HOME", str(wiki / "someone else"))
    built = run_build(other / "vault", other / "out", "-v")
    assert built.files() == clean
    assert "made by somebody else" in built.stdout


def test_nothing_of_a_forged_cache_is_shown(wiki: Path) -> None:
    """Whoever can write into a shared folder must not get past the sanitiser through the cache."""
    run_build(wiki / "vault", wiki / "out")
    clean = tree(wiki / "out")
    for path in _cache_files(wiki):
        path.write_bytes(path.read_bytes().replace(b"Words", b"<scr>"))
    shutil.rmtree(wiki / "out")
    assert run_build(wiki / "vault", wiki / "out").files() == clean


def test_an_older_format_is_rebuilt_with_a_word(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_build(wiki / "vault", wiki / "out", "-v")
    assert "no cache yet" in first.stdout
    assert "cache" not in run_build(wiki / "vault", wiki / "out", "-v").stdout
    monkeypatch.setattr("sitegen.disk.cache.identity", lambda: "another program")
    again = run_build(wiki / "vault", wiki / "out", "-v")
    assert "another version" in again.stdout
    assert again.files() == first.files()
    assert "cache" not in run_build(wiki / "vault", wiki / "out").stdout  # without -v it is nobody's business


def test_what_a_build_knew_that_was_killed_while_it_said_so_is_not_lost(wiki: Path) -> None:
    run_build(wiki / "vault", wiki / "out", "-v")
    [state] = [path for path in _cache_files(wiki) if path.name == "state"]
    state.rename(state.with_name("state.old"))
    assert "cache" not in run_build(wiki / "vault", wiki / "again", "-v").stdout
    assert sorted(path.name for path in state.parent.iterdir()) == ["lock", "pack-1", "state"]


def test_after_an_edit_only_what_is_different_is_written(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_build(wiki / "vault", wiki / "out")
    [state] = [path for path in _cache_files(wiki) if path.name == "state"]
    before = state.read_bytes()
    for step in range(3):
        (wiki / "vault" / f"{'ab'[step % 2]}.md").write_text(f"Words {step} of [[b]].\n")
        built = run_build(wiki / "vault", wiki / "out")
        assert built.files() == run_build(wiki / "vault", wiki / "clean", "--no-cache").files()
        assert state.read_bytes() == before
        assert sorted(p.name for p in state.parent.iterdir()) == ["changes", "lock", "pack-1", "state"]
    monkeypatch.setattr("sitegen.disk.state._MOST", 0)  # until it is much
    (wiki / "vault" / "new.md").write_text("A new one.\n")
    run_build(wiki / "vault", wiki / "out")
    assert state.read_bytes() != before
    assert sorted(p.name for p in state.parent.iterdir()) == ["lock", "pack-1", "state"]


def test_changes_of_another_state_or_lost_ones_are_as_good_as_none(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_build(wiki / "vault", wiki / "out")
    (wiki / "vault" / "b.md").write_text("Words of [[a]].\n")
    run_build(wiki / "vault", wiki / "out")
    [changes] = [path for path in _cache_files(wiki) if path.name == "changes"]
    stale = changes.read_bytes()
    (wiki / "vault" / "new.md").write_text("A new one.\n")
    with monkeypatch.context() as patch:
        patch.setattr("sitegen.disk.state._FEW", 0)  # so that all is written
        run_build(wiki / "vault", wiki / "out")
    assert not changes.exists()
    for data in (stale, None):
        if data is not None:
            changes.write_bytes(data)
        else:
            changes.unlink()
        (wiki / "vault" / "a.md").write_text(f"Words of [[new]]{len(data or b'')}.\n")
        built = run_build(wiki / "vault", wiki / "out")
        assert built.files() == run_build(wiki / "vault", wiki / "clean", "--no-cache").files()


def test_a_cache_that_cannot_be_is_done_without(wiki: Path) -> None:
    (wiki / "elsewhere").mkdir()
    (wiki / ".sitegen").symlink_to(wiki / "elsewhere")
    built = run_build(wiki / "vault", wiki / "out", "-v")
    assert built.exit_code == 0
    assert "there is no cache" in built.stdout
    assert list((wiki / "elsewhere").iterdir()) == []


def test_no_cache_keeps_nothing_and_needs_nothing(wiki: Path) -> None:
    run_build(wiki / "vault", wiki / "out", "--no-cache")
    assert not (wiki / ".sitegen").exists()


def test_a_vault_with_settings_has_its_cache_beside_them_and_it_is_no_content(wiki: Path) -> None:
    (wiki / "vault" / "sitegen.toml").write_text("")
    first = run_build(wiki / "vault", wiki / "out").files()
    assert (wiki / "vault" / ".sitegen" / "cache").is_dir()
    assert not (wiki / ".sitegen").exists()
    assert run_build(wiki / "vault", wiki / "out2").files() == first


@pytest.mark.parametrize("age", [0, 10])
def test_an_edit_of_the_same_size_and_time_is_seen(wiki: Path, age: int) -> None:
    note = wiki / "vault" / "b.md"
    past = note.stat().st_mtime_ns - age * 10**9
    os.utime(note, ns=(past, past))
    run_build(wiki / "vault", wiki / "out")
    note.write_text(NOTES["b.md"].replace("Words.", "Other."))
    os.utime(note, ns=(past, past))
    run_build(wiki / "vault", wiki / "out")
    assert "Other." in (wiki / "out" / "b.html").read_text()


def test_a_file_that_is_replaced_by_an_older_one_is_seen(wiki: Path) -> None:
    run_build(wiki / "vault", wiki / "out")
    older = wiki / "vault" / "b.md.new"
    older.write_text(NOTES["b.md"].replace("Words.", "Other."))
    os.utime(older, ns=(10**18, 10**18))
    older.replace(wiki / "vault" / "b.md")
    run_build(wiki / "vault", wiki / "out")
    assert "Other." in (wiki / "out" / "b.html").read_text()


def test_an_attachment_of_the_same_size_and_time_is_copied_again(wiki: Path) -> None:
    picture = wiki / "vault" / "pic.png"
    picture.write_text("one picture")
    os.utime(picture, ns=(10**18, 10**18))
    run_build(wiki / "vault", wiki / "out")
    picture.write_text("new picture")
    os.utime(picture, ns=(10**18, 10**18))
    built = run_build(wiki / "vault", wiki / "out")
    assert built.files() == run_build(wiki / "vault", wiki / "clean", "--no-cache").files()


@pytest.mark.skipif(sys.platform != "linux", reason="only there are names any bytes")
def test_an_output_whose_name_is_not_utf8_has_a_cache_like_others(wiki: Path) -> None:
    out = wiki / os.fsdecode(b"out\xff")
    first = run_build(wiki / "vault", out, "-q").files()
    again = run_build(wiki / "vault", out, "-v")
    assert again.files() == first
    assert "cache" not in again.stdout


def test_a_pack_full_of_forgotten_values_is_tidied(wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.disk.cache._WASTE", 0)
    for step in range(12):
        (wiki / "vault" / "b.md").write_text(f"Words {step}. " * 2000 + "[[a]]\n")
        run_build(wiki / "vault", wiki / "out")
    packs = [path for path in _cache_files(wiki) if path.name.startswith("pack")]
    assert [path.name for path in packs] != ["pack-1"]
    assert len(packs) == 1
    assert packs[0].stat().st_size < 4 * 12 * 2000 * 3
    shutil.rmtree(wiki / "out")
    clean = run_build(wiki / "vault", wiki / "clean", "--no-cache").files()
    assert run_build(wiki / "vault", wiki / "out").files() == clean
