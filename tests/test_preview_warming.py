"""A preview that starts from a warm cache has read the pages of an earlier build, and not its index: it does that when idle."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from sitegen.commands.session import Session
from sitegen.disk.site import locate
from sitegen.disk.write import digest_of
from sitegen.pool import SERIAL
from sitegen.preview.bell import Ring

NOTE = "brics_summit_and_its_significance.md"
LINKS = "\n\nSee [[deflationary_trends_in_china]] and [[no such note]].\n"


def begun(vault: Path) -> Session:
    """A session after its first build."""
    session = Session(vault, locate(vault, None), drafts=False, follow=False, editor="")
    session.begin(SERIAL, lambda *_: None, lambda: None)
    return session


def edited(session: Session, vault: Path) -> int:
    """Add links to a note, and let the session see it; how many functions were called for that."""
    (vault / NOTE).write_text((vault / NOTE).read_text() + LINKS)
    called = 0

    def count(_frame: FrameType, event: str, _of: object) -> None:
        nonlocal called
        called += event == "call"

    sys.setprofile(count)
    try:
        assert session.update(Ring(everywhere=True))
    finally:
        sys.setprofile(None)
    return called


def site(session: Session) -> dict[str, bytes]:
    """What is at each address."""
    made = session.site
    assert made is not None
    return {url: digest_of(artifact) for url, artifact in made.artifacts.items()}


@pytest.fixture
def vault(zeihan_vault: Path, tmp_path: Path) -> Iterator[Path]:
    """Real notes that another process has just built."""
    shutil.copytree(zeihan_vault, tmp_path / "vault", ignore=shutil.ignore_patterns(".sitegen"))
    begun(tmp_path / "vault")
    return tmp_path / "vault"


def test_after_warming_up_an_edit_of_links_costs_little_and_gives_the_same(vault: Path) -> None:
    cold, warm = begun(vault), begun(vault)
    assert warm.warm_up(lambda: False)
    before = (vault / NOTE).read_text()
    much = edited(cold, vault)
    (vault / NOTE).write_text(before)
    little = edited(warm, vault)
    assert site(warm) == site(cold)
    assert little < much / 3


def test_nobody_waits_for_it_and_what_was_done_is_kept(vault: Path) -> None:
    """It is interrupted after ever more steps; whatever it had done by then, edits give what they give without it."""
    session, rounds, steps = begun(vault), 0, 0

    def is_wanted() -> bool:
        nonlocal steps
        steps += 1
        return steps > 700 * rounds

    expected = begun(vault)
    while not session.warm_up(is_wanted):
        rounds, steps = rounds + 1, 0
        if rounds in (2, 5):
            before = (vault / NOTE).read_text()
            (vault / NOTE).write_text(before + f"\n\nProse {rounds}.\n")
            assert session.update(Ring(everywhere=True))
            assert expected.update(Ring(everywhere=True))
        assert rounds < 100
    assert rounds > 5
    edited(session, vault)
    assert expected.update(Ring(everywhere=True))
    assert site(session) == site(expected)


def test_an_edit_of_links_while_it_is_warming_up(vault: Path) -> None:
    session, steps = begun(vault), iter(range(3000))
    assert not session.warm_up(lambda: next(steps, None) is None)
    edited(session, vault)
    assert session.warm_up(lambda: True)  # the edit had it all done
    assert site(session) == site(begun(vault))
