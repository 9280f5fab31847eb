"""What holds of every build, whatever the vault: see the invariants in each test's name."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sitegen.build import Memo, Result
from sitegen.disk.write import write
from sitegen.model import Found, LinkKind
from tests.conftest import tree
from tests.crawler import dangling
from tests.properties.strategies import VaultFiles, edits, vaults
from tests.sites import build_notes, default_settings, default_theme, other_theme, site_files


def _told(result: Result) -> list[tuple[object, ...]]:
    return [(d.code, d.path, d.span, d.message, d.hint, d.subject) for d in result.site.diagnostics]


@given(st.data())
@settings(max_examples=60)
def test_a_remembering_build_equals_a_clean_one_after_any_edits(data: st.DataObject) -> None:
    vault, memo = data.draw(vaults()), Memo()
    theme, site = default_theme(), default_settings()
    build_notes(vault.texts(), vault.assets, memo=memo)
    for _ in range(data.draw(st.integers(1, 6))):
        change = data.draw(st.sampled_from(["vault", "vault", "vault", "vault", "theme", "drafts", "address"]))
        if change == "vault":
            vault = data.draw(edits(vault))
        elif change == "theme":
            theme = other_theme() if theme.digest != "other" else default_theme()
        else:
            site = default_settings(
                drafts=change == "drafts", base_url="" if change == "address" else "https://example.org/"
            )
        kept = build_notes(vault.texts(), vault.assets, memo=memo, theme=theme, settings=site)
        clean = build_notes(vault.texts(), vault.assets, theme=theme, settings=site)
        assert site_files(kept) == site_files(clean)
        assert list(kept.site.artifacts) == list(clean.site.artifacts)
        assert _told(kept) == _told(clean)


@given(vaults(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_files_does_not_matter(vault: VaultFiles, chance: random.Random) -> None:
    texts, assets = list(vault.texts().items()), list(vault.assets)
    first = build_notes(dict(texts), assets)
    chance.shuffle(texts)
    chance.shuffle(assets)
    second = build_notes(dict(texts), assets)
    assert site_files(first) == site_files(second)
    assert _told(first) == _told(second)


@given(vault=vaults())
@settings(max_examples=15)
def test_a_second_write_writes_nothing_and_the_disk_holds_the_site(vault: VaultFiles, tmp_path_factory: object) -> None:
    folder = Path(tmp_path_factory.mktemp("write"))  # type: ignore[attr-defined]
    site = build_notes(vault.texts()).site
    first = write(site, folder / "out", folder)
    assert (first.changed, first.same) == (len(site.artifacts), 0)
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}
    second = write(build_notes(vault.texts()).site, folder / "out", folder)
    assert (second.changed, second.removed, second.same) == (0, 0, len(site.artifacts))
    manifest = folder / "out" / ".sitegen-manifest.json"
    after = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}
    assert {p: t for p, t in after.items() if p not in (manifest, folder / "out")} == {
        p: t for p, t in before.items() if p not in (manifest, folder / "out")
    }
    assert set(tree(folder / "out")) - {manifest.name} == set(site.artifacts)


@given(vaults())
@settings(max_examples=80)
def test_every_reference_resolves(vault: VaultFiles) -> None:
    assert dangling(site_files(build_notes(vault.texts(), vault.assets))) == []


@given(vaults())
@settings(max_examples=60)
def test_every_published_note_has_one_page_and_addresses_differ_by_more_than_case(vault: VaultFiles) -> None:
    result = build_notes(vault.texts(), vault.assets)
    public = {path for path, note in vault.notes.items() if not note.privacy}
    assert set(result.vault.places) == public
    urls = [place.ref.url for place in result.vault.places.values()]
    assert len(set(urls)) == len(urls)
    assert set(urls) <= set(result.site.artifacts)
    keys = {unicodedata.normalize("NFC", url).casefold() for url in result.site.artifacts}
    assert len(keys) == len(result.site.artifacts)
    folders = {key[:end] for key in keys for end, c in enumerate(key) if c == "/"}
    assert not folders & keys
    assert {node["url"] for node in json.loads(site_files(result)["graph.json"])["nodes"]} == set(urls)


@given(vaults())
@settings(max_examples=60)
def test_backlinks_are_the_links_turned_round(vault: VaultFiles) -> None:
    result = build_notes(vault.texts(), vault.assets)
    places = result.vault.places
    links = {
        (path, resolution.ref.path)
        for path, place in places.items()
        for resolution in place.resolutions
        if resolution.found is Found.NOTE and resolution.ref is not None and resolution.ref.path != path
    }
    back = {(backlink.ref.path, path) for path, place in places.items() for backlink in place.backlinks}
    assert back <= links
    for source, target in links - back:  # a note's own index page, or the page it is "From:", is no backlink
        folder_page = result.vault.folder_notes.get(target.rpartition("/")[0])
        origins = [places[target].resolutions[n].ref for n in [result.vault.facts[target].origin] if n is not None]
        own = source == folder_page or source in {ref.path for ref in origins if ref}
        from_line = result.vault.facts[source].origin is not None
        assert own or from_line, (source, target)
    graph = json.loads(site_files(result)["graph.json"])
    numbered = [node["id"] for node in graph["nodes"]]
    paths = list(places)
    assert {(paths[numbered.index(a)], paths[numbered.index(b)]) for a, b in graph["edges"]} == links


@given(vaults())
@settings(max_examples=100)
def test_nothing_of_an_unpublished_note_is_anywhere(vault: VaultFiles) -> None:
    result = build_notes(vault.texts(), vault.assets)
    written_by_others = " ".join(note.text for note in vault.notes.values() if not note.privacy)
    for secret in vault.secrets():
        assert secret not in written_by_others
        for url, data in site_files(result).items():
            assert secret not in url
            assert secret.encode() not in data, url
    hidden = {path for path, note in vault.notes.items() if note.privacy}
    told = ("withheld-note", "unreadable-file")  # why a note is not there, or not as it was meant
    assert {d.path for d in result.site.diagnostics if d.code not in told} & hidden == set()


@given(vaults(private=False, largest=4), st.sampled_from(["draft: true", "publish: false"]))
@settings(max_examples=25)
def test_an_unpublished_note_that_nobody_names_changes_nothing(vault: VaultFiles, privacy: str) -> None:
    before = build_notes(vault.texts(), vault.assets)
    texts = {
        **vault.texts(),
        "one/Unrelated zq.md": f"---\n{privacy}\naliases: [zq]\n---\n[[Alpha]] ![[pic.png]] #zq\n",
    }
    after = build_notes(texts, vault.assets)
    assert site_files(after) == site_files(before)
    assert _told(after) == _told(before)


@given(vaults(private=False, largest=4))
@settings(max_examples=30)
def test_a_fence_around_a_note_takes_all_its_links_and_tags(vault: VaultFiles) -> None:
    fenced = {path: f"``````````\n{note.text}\n``````````\n" for path, note in vault.notes.items()}
    result = build_notes(fenced, vault.assets)
    for fact in result.vault.facts.values():
        assert (fact.links, fact.tags, fact.stamps, fact.headings, fact.blocks) == ((), (), (), (), ())
    assert result.vault.assets == {}


@given(vaults())
@settings(max_examples=30)
def test_line_ends_of_windows_and_old_macs_change_nothing(vault: VaultFiles) -> None:
    texts = {path: text.replace("\r", "") for path, text in vault.texts().items()}
    unix = build_notes(texts, vault.assets)
    for end in ("\r\n", "\r"):
        other = build_notes({path: text.replace("\n", end) for path, text in texts.items()}, vault.assets)
        assert site_files(other) == site_files(unix)
        assert _told(other) == _told(unix)


@given(vaults(private=False, largest=4))
@settings(max_examples=25)
def test_links_mean_the_same_in_every_unicode_form(vault: VaultFiles) -> None:
    meant = []
    for form in ("NFC", "NFD"):
        texts = {path: unicodedata.normalize(form, text) for path, text in vault.texts().items()}
        result = build_notes(texts, vault.assets)
        meant.append(
            {
                path: [(r.found, r.ref.path if r.ref else "", r.anchor_missing) for r in place.resolutions]
                for path, place in result.vault.places.items()
            }
        )
    assert meant[0] == meant[1]


@given(vaults(private=False, largest=5))
@settings(max_examples=30)
def test_an_embed_shows_the_text_of_the_other_note(vault: VaultFiles) -> None:
    texts = {
        **vault.texts(),
        "Shown zz.md": "MarkerOfShown text.\n",
        "Embeds zz.md": "![[Shown zz]]\n\n![[Shown zz]]\n",
    }
    result = build_notes(texts, vault.assets)
    page = site_files(result)[result.vault.places["Embeds zz.md"].ref.url].decode()
    body = page.partition('<div class="prose')[2]
    assert body.count("<p>MarkerOfShown text.</p>") == 2
    link = result.vault.facts["Embeds zz.md"].links[0]
    assert link.kind is LinkKind.EMBED
    assert re.search(r'<p class="embed-title"><a class="link" href="shown-zz.html">', body)
