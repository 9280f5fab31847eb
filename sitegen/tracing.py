"""What features looked at, and whether any of it is different now. Part of `build`.

Every mapping that a feature is given notes which of its keys were asked for. What it noted is a `Trace`; `Changes` says
whether somebody with that trace would see anything new, by comparing what the build under way knows with what the last one knew.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sitegen.codec import decode, encode
from sitegen.edition import same_order
from sitegen.kept import Kept
from sitegen.memo import Entry, Ref
from sitegen.model import Vault

V = TypeVar("V")
PAGES, NEEDS, PASSAGES, PROSE, SEARCH = "pages", "needs", "passages", "prose", "search"  # groups beside the vault's own
_FIELDS = tuple(name for name in Vault.__struct_fields__ if name != "diagnostics")
GROUPS = (PAGES, NEEDS, PASSAGES, PROSE, SEARCH, *_FIELDS)
MASK_BYTES = (2 * len(GROUPS) + 7) // 8
_FEW = 64  # keys that are looked for one by one
_MANY = 4096  # keys of one group that are as good as all


class Trace(NamedTuple):
    """What was looked at. ``mask`` has two bits a group: all its values were asked for, its keys and their order were;
    ``keys`` are those asked for one by one, by the groups' names with blanks between them."""

    mask: int
    keys: dict[str, tuple[str, ...]]


class Tracer:
    """Notes what is looked at while some work is done."""

    def __init__(self) -> None:
        self._mask = 0
        self._keys: dict[str, dict[str, None]] = {}

    def traced(self, work: Callable[[], V]) -> tuple[V, Trace]:
        """What ``work`` gives, and what it looked at."""
        outer = self._mask, self._keys
        self._mask, self._keys = 0, {}
        try:
            value = work()
            return value, self._trace()
        finally:
            self._mask, self._keys = outer

    def key(self, group: str, key: str) -> None:
        self._keys.setdefault(group, {})[key] = None

    def whole(self, group: str) -> None:
        """All values of a group, in their order."""
        self._mask |= _whole(group)

    def order(self, group: str) -> None:
        """All keys of a group, in their order."""
        self._mask |= _order(group)

    def everything(self) -> None:
        """All there is."""
        self._mask = (1 << 2 * len(GROUPS)) - 1

    def _trace(self) -> Trace:
        alike: dict[tuple[str, ...], list[str]] = {}
        mask = self._mask
        for group, keys in self._keys.items():
            if len(keys) > _MANY:
                mask |= _whole(group)
            elif not mask & _whole(group):
                alike.setdefault(tuple(keys), []).append(group)
        return Trace(mask, {" ".join(groups): keys for keys, groups in alike.items()})


class Watched(Mapping[str, V]):
    """A mapping that tells a tracer which of its keys are asked for."""

    __slots__ = ("_group", "_tracer", "_values")

    def __init__(self, values: Mapping[str, V], group: str, tracer: Tracer) -> None:
        self._values, self._group, self._tracer = values, group, tracer

    def turn(self, values: Mapping[str, V]) -> None:
        """Let it be of other values."""
        self._values = values

    def __getitem__(self, key: str) -> V:
        self._tracer.key(self._group, key)
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        if isinstance(key, str):
            self._tracer.key(self._group, key)
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        self._tracer.order(self._group)
        return iter(self._values)

    def __len__(self) -> int:
        self._tracer.order(self._group)
        return len(self._values)

    def keys(self) -> KeysView[str]:
        self._tracer.order(self._group)
        return self._values.keys()

    def values(self) -> ValuesView[V]:
        self._tracer.whole(self._group)
        return self._values.values()

    def items(self) -> ItemsView[str, V]:
        self._tracer.whole(self._group)
        return self._values.items()


def watched(vault: Vault, tracer: Tracer) -> Vault:
    """A vault whose mappings tell what is asked for."""
    mappings: dict[str, Any] = {name: Watched(getattr(vault, name), name, tracer) for name in _FIELDS}
    return replace(vault, **mappings)


def turn(watching: Vault, vault: Vault) -> None:
    """Let what `watched` gave be of another vault, which has the same diagnostics."""
    for name in _FIELDS:
        getattr(watching, name).turn(getattr(vault, name))


class Seen(Struct, frozen=True, eq=False):
    """What a build knows, by group: mappings whose values differ where what a feature would see does."""

    groups: Mapping[str, Mapping[str, Any]]
    made: Mapping[str, Entry]  # of each note's page


def seen_in(
    vault: Vault,
    facts: Mapping[str, bytes],
    places: Mapping[str, Entry],
    prose: Mapping[str, bytes],
    search: Mapping[str, bytes],
    transcripts: Mapping[str, Ref],
    made: Mapping[str, Entry],
) -> Seen:
    """What there is to be seen. ``facts`` and ``prose`` are fingerprints, ``places`` and ``made`` entries of a memo, all by
    note; ``search`` are fingerprints of the search's files, ``transcripts`` says where those of videos lie."""
    groups = {name: getattr(vault, name) for name in _FIELDS}
    return Seen(
        {**groups, "facts": facts, "places": places, PROSE: prose, SEARCH: search, "transcripts": transcripts}, made
    )


def needs_of(page: Entry) -> bytes:
    """What the body of a note's page asks for, as encoded `Needs`; b"" for nothing."""
    return decode(page.extra, tuple[bytes, bytes])[0] if page.extra else b""


class Changes:
    """What is different since the last build; of no use without one (``before`` is None)."""

    def __init__(self, before: Seen | None, now: Seen, kept: Kept) -> None:
        self._keys: dict[str, frozenset[str]] = {}
        self._mask = 0
        self.none_known = before is None
        if before is None:
            return
        for group in (PROSE, SEARCH, *_FIELDS):
            self._compare(group, now.groups[group], before.groups[group], kept)
        found = kept.differences(now.made, before.made)
        for group, look in ((PAGES, _page_print), (NEEDS, needs_of), (PASSAGES, _passages_print)):
            self._keys[group] = frozenset(path for path in found if _differs(path, look, now.made, before.made))
            self._mask |= _whole(group) if self._keys[group] else 0
            self._mask |= (_whole(group) | _order(group)) if self._mask & _order("places") else 0
        few = len({key for keys in self._keys.values() for key in keys}) <= _FEW
        self._needles = {group: set(map(encode, keys)) for group, keys in self._keys.items()} if few else None
        self._every = set[bytes]().union(*self._needles.values()) if self._needles else set()

    def _compare(self, group: str, new: Mapping[str, Any], old: Mapping[str, Any], kept: Kept) -> None:
        self._keys[group] = kept.differences(new, old)
        if self._keys[group]:
            self._mask |= _whole(group)
        if not same_order(new, old):
            self._mask |= _whole(group) | _order(group)

    def needles(self, mask: int, is_in: Callable[[str], bool]) -> set[bytes] | None:
        """What the bytes of a trace with this ``mask`` hold at least one of if it is touched; None if that says nothing.
        ``is_in`` says whether a group may be named in it."""
        if self.none_known or self._mask & mask or self._needles is None:
            return None
        return set[bytes]().union(*[keys for group, keys in self._needles.items() if keys and is_in(group)])

    def touch(self, mask: int, extra: bytes, trace: Callable[[], Trace]) -> bool:
        """Whether any of it was looked at. ``extra`` are bytes that hold the keys of the trace, which is asked for if need be."""
        if self.none_known or self._mask & mask:
            return True
        if self._needles is not None and not any(needle in extra for needle in self._every):
            return False
        asked = ((group, keys) for groups, keys in trace().keys.items() for group in groups.split(" "))
        return any(not self._keys[group].isdisjoint(keys) for group, keys in asked)


def _whole(group: str) -> int:
    return _BITS[group]


def _order(group: str) -> int:
    return _BITS[group] << 1


def _page_print(page: Entry) -> bytes:
    return page.fingerprint()


def _passages_print(page: Entry) -> bytes:
    return page.fingerprint(1)


def _differs(path: str, look: Callable[[Entry], bytes], new: Mapping[str, Entry], old: Mapping[str, Entry]) -> bool:
    here, there = new.get(path), old.get(path)
    return here is None or there is None or look(here) != look(there)


_BITS = {group: 1 << (2 * number) for number, group in enumerate(GROUPS)}
