"""What a writer sees in the browser while `sitegen serve` runs on a real vault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.preview import Preview, serve


@pytest.fixture(scope="module")
def preview(zeihan_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview of 491 real notes, with a few of our own."""
    vault = tmp_path_factory.mktemp("written") / "zeihan"
    shutil.copytree(zeihan_vault, vault)
    with serve(vault) as running:
        yield running


def test_text_appears_where_it_was_typed(preview: Preview, page: Page) -> None:
    preview.write("Written now.md", "# Written now\n\nThe first words.\n\nThe last words.\n")
    preview.until(lambda: preview.shows("/written-now.html", "The first words"))
    page.goto(preview.url + "written-now.html")
    page.evaluate("window.stays = 'stays'")
    preview.write("Written now.md", "# Written now\n\nThe first words, and more.\n\nThe last words.\n")
    expect(page.locator(".prose p").first).to_have_text("The first words, and more.")
    assert page.evaluate("window.stays") == "stays"
