"""What is kept between builds is what would be made anew, and is made again only where it must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sitegen.build import Memo, Settings, build
from sitegen.disk.spool import Spool
from sitegen.edition import grafted
from sitegen.kept import Kept
from sitegen.memo import Memory, Ref
from sitegen.model import Artifact, Pages, Recipe, SiteInfo, Vault, View
from sitegen.tracing import Tracer, watched
from sitegen.value import Partly, Value
from tests.properties.strategies import VaultFiles, edits, vaults
from tests.sites import build_notes, default_settings, default_theme, site_files, source

names = st.sampled_from("abcdef")
mappings = st.dictionaries(names, st.integers(0, 3), max_size=6)
links = st.dictionaries(names, st.dictionaries(names, st.integers(0, 2), max_size=4), max_size=6)


@given(st.lists(st.tuples(mappings, mappings, st.integers(0, 1)), min_size=1, max_size=6))
def test_mapped_values_are_those_made_anew_and_few_are_made(
    steps: list[tuple[dict[str, int], dict[str, int], int]],
) -> None:
    kept, before = Kept(), None
    for one, other, frame in steps:
        made: list[str] = []

        def make(key: str, a: int, b: int | None, frame: int = frame, made: list[str] = made) -> tuple[Any, ...]:
            made.append(key)
            return key, a % 2, b, frame

        kept.rest()
        found = kept.mapped("stage", make, one, other, frame=(frame,))
        assert list(found.items()) == [(key, (key, a % 2, other.get(key), frame)) for key, a in one.items()]
        if before is not None and before[2] == frame:
            differ = {k for k in one if before[0].get(k) != one[k] or before[1].get(k) != other.get(k)}
            assert set(made) == differ
        before = one, other, frame


@given(
    st.lists(st.tuples(mappings, st.dictionaries(names, st.tuples(names, names), max_size=6)), min_size=1, max_size=6)
)
def test_mapped_values_follow_what_they_look_into(
    steps: list[tuple[dict[str, int], dict[str, tuple[str, str]]]],
) -> None:
    kept = Kept()
    for numbers, uses in steps:
        kept.rest()
        found = kept.mapped(
            "stage", lambda key, used, n=numbers: [n.get(name) for name in used], uses, around=[(numbers, uses)]
        )
        assert list(found.items()) == [(key, [numbers.get(name) for name in used]) for key, used in uses.items()]


@given(st.lists(st.tuples(mappings, st.integers(0, 2)), min_size=1, max_size=6))
def test_a_filtered_mapping_is_what_of_the_whole_is_in(steps: list[tuple[dict[str, int], int]]) -> None:
    kept = Kept()
    for numbers, least in steps:
        kept.rest()

        def is_in(key: str, number: int, least: int = least) -> bool:
            return number >= least

        found = kept.filtered("stage", is_in, numbers, (least,))
        assert list(found.items()) == [(key, number) for key, number in numbers.items() if number >= least]
        assert kept.filtered("stage", is_in, numbers, (least,)) is found


@given(st.lists(links, min_size=1, max_size=6))
def test_a_turned_mapping_is_the_whole_turned_round(steps: list[dict[str, dict[str, int]]]) -> None:
    kept = Kept()
    for outgoing in steps:
        kept.rest()
        found = kept.turned("stage", outgoing)
        pairs = sorted((b, a, value) for a, inner in outgoing.items() for b, value in inner.items())
        assert [(b, a, value) for b, inner in found.items() for a, value in inner.items()] == pairs
        assert kept.turned("stage", outgoing) is found


class _Thing(Value, frozen=True):
    name: Any
    inner: Any


class _Partly(Partly, frozen=True):
    name: Any
    line: Any = 0

    apart = ("line",)


leaves = st.one_of(
    st.text("ab", max_size=2),
    st.binary(max_size=1),
    st.integers(0, 1),
    st.booleans(),
    st.sampled_from((0.0, -0.0, 1.0)),
)
things = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(names, inner, max_size=3),
        st.builds(_Thing, inner, inner),
        st.builds(_Partly, inner, leaves),
        st.builds(Ref, st.binary(max_size=1), st.binary(max_size=1), st.integers(0, 1), st.integers(0, 1)),
    ),
    max_leaves=8,
)


@given(things, things)
def test_a_value_with_the_objects_of_another_is_what_it_was(new: Any, old: Any) -> None:
    before = repr(new), repr(old)
    assert repr(grafted(new, old)) == before[0]  # which tells 1 from True and 0.0 from -0.0, and what is apart
    assert (repr(new), repr(old)) == before


def test_what_two_values_share_is_one_object() -> None:
    def thing(word: str) -> _Thing:
        return _Thing("".join(["na", "me"]), ({"a": "".join(["x", "y"])}, "".join(["z", "z"]), word))

    old = thing("old")
    assert grafted(thing("old"), old) is old
    new = grafted(thing("new"), old)
    assert new == thing("new")
    assert (new.name is old.name, new.inner[0] is old.inner[0], new.inner[1] is old.inner[1]) == (True, True, True)


def test_what_stands_before_and_after_an_edit_is_shared() -> None:
    def lines(*extra: _Thing) -> tuple[_Thing, ...]:
        own = [_Thing(f"line {number}", 1000 + number) for number in range(6)]
        return (*own[:3], *extra, *own[3:])

    old = lines()
    new = grafted(lines(_Thing("more", 2000)), old)
    assert new == lines(_Thing("more", 2000))
    assert [line for line in new if not any(line is other for other in old)] == [_Thing("more", 2000)]
    assert grafted(lines(), new) == old


@given(mappings, mappings)
def test_what_is_equal_is_the_same_object(one: dict[str, int], other: dict[str, int]) -> None:
    kept = Kept()
    first = kept.whole("stage", lambda numbers: {key: (key, n) for key, n in numbers.items()}, one)
    second = kept.whole("stage", lambda numbers: {key: (key, n) for key, n in numbers.items()}, other)
    assert list(second.items()) == [(key, (key, n)) for key, n in other.items()]
    assert all(second[key] is first[key] for key in one if other.get(key) == one[key])
    assert (second is first) == (list(one.items()) == list(other.items()))


# ---- what features look at -------------------------------------------------------------------------------

FIELDS = [name for name in Vault.__struct_fields__ if name != "diagnostics"]


def nosy(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Recipe | View | Artifact]:
    """Looks at everything there is, in every way there is."""
    for name in FIELDS:
        values = getattr(vault, name)
        yield Recipe(
            f"whole-{name}.txt", _told, lambda name=name, values=values: (f"whole-{name}.txt", dict(values.items()))
        )
        yield Recipe(f"order-{name}.txt", _told, lambda name=name, values=values: (f"order-{name}.txt", tuple(values)))
        yield Recipe(f"handed-{name}.txt", _told, lambda name=name, values=values: (f"handed-{name}.txt", values))
        for key in ("one/Alpha.md", "Alpha.md", "one", "", "dQw4w9WgXcQ"):
            url = f"one-{name}-{key.replace('/', '-')}.txt"
            yield Recipe(url, _told, lambda url=url, values=values, key=key: (url, values.get(key), key in values))
    for path in list(pages)[:3]:
        yield Recipe(f"page-{path}.txt", _told, lambda path=path: (f"page-{path}.txt", pages[path], pages.needs(path)))
        yield Recipe(f"said-{path}.txt", _told, lambda path=path: (f"said-{path}.txt", pages.passages(path)))
        yield Recipe(f"words-{path}.txt", _told, lambda path=path: (f"words-{path}.txt", pages.prose(path)))
    yield View("closed.html", "404.html", "Closed", (("folders", ()), ("reads", _Reader(vault))))
    yield Recipe("closed.txt", _read, lambda: (_Reader(vault),))
    yield Artifact("number.txt", str(len(vault.rows)).encode())


class _Reader:
    """Something of which nobody can tell what it looks at."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault


def _read(reader: _Reader) -> tuple[Artifact]:
    return (Artifact("closed.txt", repr(list(reader.vault.rows.items())).encode("utf-8", "surrogatepass")),)


def _told(url: str, *seen: object) -> tuple[Artifact]:
    said = [dict(item.items()) if hasattr(item, "items") else item for item in seen]
    return (Artifact(url, repr(said).encode("utf-8", "surrogatepass")),)


def _nosy(settings: Settings) -> Settings:
    return replace(settings, features=(nosy, *settings.features))


@given(st.data())
@settings(max_examples=40)
def test_a_feature_is_asked_again_whatever_it_looked_at(data: st.DataObject) -> None:
    vault, memo = data.draw(vaults()), Memo()
    site = _nosy(default_settings())
    build_notes(vault.texts(), vault.assets, memo=memo, settings=site)
    for _ in range(data.draw(st.integers(1, 4))):
        vault = data.draw(edits(vault))
        again = build_notes(vault.texts(), vault.assets, memo=memo, settings=site)
        clean = build_notes(vault.texts(), vault.assets, settings=site)
        assert site_files(again) == site_files(clean)


def test_every_mapping_of_a_vault_is_watched() -> None:
    vault, tracer = build_notes({"a.md": "[[b]]", "b.md": "#t"}).vault, Tracer()
    seen = watched(vault, tracer)
    for name in FIELDS:
        _, whole = tracer.traced(lambda name=name: list(getattr(seen, name).values()))
        _, order = tracer.traced(lambda name=name: list(getattr(seen, name)))
        _, one = tracer.traced(lambda name=name: "a.md" in getattr(seen, name))
        assert whole.mask and order.mask and whole.mask != order.mask
        assert (one.mask, one.keys) == (0, {name: ("a.md",)})


# ---- builds that fail ----------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=25)
def test_a_build_that_fails_spoils_nothing(data: st.DataObject) -> None:
    vault, memo, fails = data.draw(vaults()), Memo(), [False]

    def failing(vault: Vault, pages: Pages, site: SiteInfo) -> Iterator[Artifact]:
        if fails[0]:
            raise RuntimeError
        yield Artifact("count.txt", str(sum(c.links for c in vault.counts.values())).encode())

    site = default_settings()
    at = data.draw(st.integers(0, len(site.features)))
    site = replace(site, features=(*site.features[:at], failing, *site.features[at:]))

    def made(vault: VaultFiles, memo: Memo) -> dict[str, bytes]:
        sources = [source(path, text) for path, text in vault.texts().items()]
        return site_files(build(sources, (), default_theme(), site, memo))

    made(vault, memo)
    for _ in range(data.draw(st.integers(1, 3))):
        other, fails[0] = data.draw(edits(vault)), True
        with suppress(RuntimeError):  # unless it is not even asked
            made(other, memo)
        fails[0] = False
        vault = data.draw(st.sampled_from([vault, other]))
        assert made(vault, memo) == made(vault, Memo())


@pytest.mark.parametrize("edit", ["a.md", "b.md"])
def test_keeping_is_bounded(edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that builds for long needs no more memory than at first, but for an allowance that this vault would never use."""
    monkeypatch.setattr("sitegen.memo._SLACK", 0)
    notes = {f"{name}.md": f"See [[{other}]]. " * 50 for name, other in zip("abcdefgh", "bcdefgha", strict=True)}
    memo = Memo()
    build_notes(notes, memo=memo)
    build_notes({**notes, edit: notes[edit] + "\n\n1\n"}, memo=memo)
    first = memo.store.size() + memo.spool.size()
    for number in range(100):
        build_notes({**notes, edit: notes[edit] + f"\n\nEdit {number} of [[c]].\n"}, memo=memo)
    assert memo.store.size() + memo.spool.size() <= 1.1 * first


@given(st.lists(st.one_of(st.binary(max_size=40), st.sets(st.integers(0, 20))), max_size=30), st.booleans())
def test_a_store_that_lets_go_keeps_the_rest_where_it_was(steps: list[bytes | set[int]], on_disk: bool) -> None:
    with ExitStack() as stack:
        store = stack.enter_context(closing(Spool())) if on_disk else Memory()
        there: dict[int, bytes] = {}
        given = set[int]()
        for step in steps:
            if isinstance(step, bytes):
                offset = store.put(step)
                assert offset not in given
                given.add(offset)
                there[offset] = step
            else:
                store.keep(step)
                there = {offset: data for offset, data in there.items() if offset in step}
            assert store.size() == sum(map(len, there.values()))
            for offset in given:
                data = there.get(offset)
                assert store.get(Ref(b"", b"", offset, len(data or b""))) == data
