"""What earlier builds found out: per stage and key, a digest of what went in and where what came out is kept.

A memo compares digests, never looks into values, and decides nothing: an entry whose inputs differ, or whose value
is lost, is as good as none. Where the bytes lie is a store's business; without another, they stay in memory.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping
from struct import Struct as Packing
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from msgspec import Struct

from sitegen.codec import DIGEST_BYTES, Unreadable, decode, digest
from sitegen.edition import Edition, edition, same_order
from sitegen.kept import Kept

V = TypeVar("V")


class Ref(bytes):
    """A value that was made, and where it lies. ``fingerprint`` is what it is compared by, ``check`` the digest of its bytes; both
    are zeros where nobody asks for them.

    ``size`` is in bytes; ``offset`` is the store's, -1 for a value that is known but kept nowhere. All of it stands in a few
    bytes, as there are some for each stage and note, and a process that builds once looks into next to none.
    """

    __slots__ = ()

    def __new__(cls, fingerprint: bytes, check: bytes, offset: int, size: int) -> Self:
        return bytes.__new__(cls, _REF.pack(fingerprint, check, offset, size))

    @classmethod
    def packed(cls, data: bytes) -> Self:
        """The one that these bytes are."""
        return bytes.__new__(cls, data)

    @property
    def fingerprint(self) -> bytes:
        return self[:_PRINT]

    @property
    def check(self) -> bytes:
        return self[_PRINT : 2 * _PRINT]

    @property
    def offset(self) -> int:
        return _REF.unpack(self)[2]  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        return _REF.unpack(self)[3]  # type: ignore[no-any-return]

    def moved(self, offset: int) -> Self:
        """The same value elsewhere."""
        return type(self)(self.fingerprint, self.check, offset, self.size)


_REF = Packing(f"<{DIGEST_BYTES}s{DIGEST_BYTES}sqI")
_PRINT, _SIZE = DIGEST_BYTES, _REF.size


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """What one run of a stage for one key took and gave: ``refs`` are those of its outputs, one behind the other. ``extra`` are small
    bytes that are wanted without a look into the store."""

    inputs: bytes
    refs: bytes
    extra: bytes

    @classmethod
    def of(cls, inputs: bytes, outputs: Iterable[Ref], extra: bytes = b"") -> Self:
        return cls(inputs, b"".join(outputs), extra)

    @property
    def outputs(self) -> list[Ref]:
        refs = self.refs
        return [Ref.packed(refs[at : at + _SIZE]) for at in range(0, len(refs), _SIZE)]

    def last(self, count: int) -> list[Ref]:
        """So many outputs at the end."""
        refs, end = self.refs, len(self.refs)
        return [Ref.packed(refs[at : at + _SIZE]) for at in range(end - count * _SIZE, end, _SIZE)]

    def output(self, number: int = 0) -> Ref:
        return Ref.packed(self.refs[number * _SIZE : (number + 1) * _SIZE])

    def spans(self) -> list[tuple[int, int]]:
        """Offset and size of each output."""
        return [(offset, size) for _, _, offset, size in _REF.iter_unpack(self.refs)]

    def fingerprint(self, number: int = 0) -> bytes:
        """That of an output, which takes less than to ask the output for it."""
        return self.refs[number * _SIZE : number * _SIZE + _PRINT]

    def check(self, number: int = 0) -> bytes:
        """The digest of an output's bytes."""
        return self.refs[number * _SIZE + _PRINT : number * _SIZE + 2 * _PRINT]


def known(print_: bytes) -> Ref:
    """A value that is compared and not kept."""
    return Ref(print_, b"", -1, 0)


class Table(NamedTuple):
    """The entries of one stage by key. ``frame`` is a digest of what all of them share, such as the theme."""

    frame: bytes
    entries: dict[str, Entry]


class Store(Protocol):
    """Somewhere that bytes are kept."""

    def put(self, data: bytes) -> int:
        """Keep ``data``; returns its offset."""

    def get(self, ref: Ref) -> bytes | None:
        """The bytes that ``ref`` names, None if they are gone or damaged."""

    def size(self) -> int:
        """How many bytes it holds that it could let go."""

    def keep(self, offsets: set[int]) -> None:
        """Let go whatever has another offset. Offsets that were given out stay what they are, and are never given out again."""


class Memory:
    """A store in this process."""

    def __init__(self) -> None:
        self._blobs: dict[int, bytes] = {}
        self._next = self._size = 0

    def put(self, data: bytes) -> int:
        self._blobs[self._next] = data
        self._next += 1
        self._size += len(data)
        return self._next - 1

    def get(self, ref: Ref) -> bytes | None:
        return self._blobs.get(ref.offset)

    def size(self) -> int:
        return self._size

    def keep(self, offsets: set[int]) -> None:
        self._blobs = {offset: data for offset, data in self._blobs.items() if offset in offsets}
        self._size = sum(map(len, self._blobs.values()))


class Lost(Exception):
    """Something that an earlier build kept is gone or damaged; a build that remembers nothing does not need it."""


NO_TABLE = Table(b"", {})
_NO_INPUTS: dict[str, bytes] = {}
_SPOOLED = frozenset({"render", "render_view", "feature", "recipe"})
_WASTE, _SLACK = 1.05, 4 << 20  # how much more than what is needed a store may hold: a share of it, and so many bytes


def is_spooled(stage: str) -> bool:
    """Whether the values of a stage are files of the site. The name of a feature may stand behind a stage's."""
    return stage.partition(" ")[0] in _SPOOLED


class Memo:
    """The tables of the last build, and those of the one under way.

    ``store`` keeps what the next build may need, ``spool`` the files of the site until they are written. However many builds
    there are, neither holds much more than the last one left; of an earlier one's site files may be gone (`Lost`). For a
    process that builds once it need not be ``lasting`` (see `Kept`).
    """

    def __init__(
        self,
        store: Store | None = None,
        spool: Store | None = None,
        tables: Mapping[str, Table] | None = None,
        *,
        lasting: bool = True,
    ) -> None:
        self.store: Store = store or Memory()
        self.spool: Store = spool or Memory()
        self.tables: dict[str, Table] = dict(tables or {})
        self.ran: list[tuple[str, str]] = []  # what was not remembered, for tests that ask which work was done
        self.kept = Kept(lasting=lasting)  # values that this process need not read again
        self.seen: Any = None  # what the last build in this process knew (see `tracing`)
        self.searched: Any = None  # cells of the search's index, and what notes added to them (see `searching`)
        self.looking: Any = None  # what features look at (see `asking`)
        self._same: dict[Any, Any] = {}
        self._met: dict[str, tuple[dict[str, Entry], Mapping[str, bytes]]] = {}  # of what inputs entries of stages are
        self._now: dict[str, Table] = {}
        self._later: dict[str, Callable[[], dict[str, Entry]]] = {}
        self._needed = {"store": 0, "spool": 0}  # bytes that they held when they were last trimmed

    def begin(self) -> None:
        """A build begins; what one that failed had begun to remember is forgotten."""
        self.ran.clear()
        self.kept.rest()
        self._now, self._later = {}, {}

    def last(self, stage: str, frame: bytes = b"") -> dict[str, Entry]:
        """The entries of a stage that the last build left; none if another frame was around them."""
        table = self.tables.get(stage, NO_TABLE)
        return table.entries if table.frame == frame else {}

    def update(
        self,
        stage: str,
        frame: bytes,
        wanted: Mapping[str, bytes],
        make: Callable[[list[str]], Iterable[tuple[str, Entry]]],
    ) -> dict[str, Entry]:
        """The entries for all keys of ``wanted``, which maps them to their inputs; ``make`` is asked for those not remembered."""
        known, missing = self.last(stage, frame), self.missing(stage, frame, wanted)
        made = dict(make(missing)) if missing else {}
        self.ran += [(stage, key) for key in missing]
        known = self.renewed(known, made, wanted)
        self.keep(stage, frame, known)
        if all(entry.inputs == wanted[key] for key, entry in made.items()):  # a file may have changed meanwhile
            self.met(stage, wanted)
        return known

    def missing(self, stage: str, frame: bytes, wanted: Mapping[str, bytes]) -> list[str]:
        """The keys of ``wanted``, which maps them to their inputs, for which a stage has no entry that is remembered."""
        known = self.last(stage, frame)
        entries, before = self._met.get(stage, (None, _NO_INPUTS))
        if entries is known:
            return sorted(key for key in self.kept.differences(wanted, before) if key in wanted)
        if same_order(known, wanted):
            pairs = zip(wanted.items(), known.values(), strict=True)
            return [key for (key, inputs), entry in pairs if entry.inputs != inputs]
        return [k for k, inputs in wanted.items() if (entry := known.get(k)) is None or entry.inputs != inputs]

    def renewed(self, known: dict[str, Entry], made: dict[str, Entry], wanted: Mapping[str, Any]) -> dict[str, Entry]:
        """The entries of all keys that are ``wanted``: those that were ``made``, the others as they were ``known``."""
        if same_order(known, wanted):
            return edition(known).edited(made)
        return Edition({key: made.get(key) or known[key] for key in wanted}, like=wanted)

    def met(self, stage: str, wanted: Mapping[str, bytes]) -> None:
        """Let ``wanted`` be what the entries of a stage that this build keeps were made of, each of its own."""
        if self.kept.lasting:
            self._met[stage] = self._now[stage].entries, wanted

    def keep(self, stage: str, frame: bytes, entries: dict[str, Entry]) -> None:
        """Let the next build find these entries."""
        self._now[stage] = Table(frame, entries)

    def kept_now(self, stage: str) -> dict[str, Entry]:
        """The entries of a stage that the build under way has kept."""
        return self._now[stage].entries

    def keep_later(self, stage: str, make: Callable[[], dict[str, Entry]]) -> None:
        """As `keep` of what ``make`` gives, which is called only if this memo is to outlive its process (see `settle`)."""
        self._later[stage] = make

    def settle(self) -> None:
        """Make what was kept for later."""
        for stage, make in self._later.items():
            self.tables[stage] = Table(b"", make())

    def sweep(self) -> None:
        """Forget what the build that just ended did not ask for."""
        self.tables, self._now = self._now, {}
        if self._is_full("store", self.store) or self._is_full("spool", self.spool):
            self.trim()

    def _is_full(self, name: str, store: Store) -> bool:
        if not self._needed[name]:
            self._needed[name] = store.size()  # of the first build
        return store.size() > _WASTE * self._needed[name] + _SLACK

    def trim(self) -> None:
        """Let go the values of earlier builds."""
        for name, store in (("store", self.store), ("spool", self.spool)):
            tables = [table for stage, table in self.tables.items() if is_spooled(stage) == (name == "spool")]
            entries = (entry for table in tables for entry in table.entries.values())
            store.keep({offset for entry in entries for offset, _ in entry.spans()})
            self._needed[name] = store.size()
        self._same.clear()
        self.kept.rest()

    def forget(self) -> None:
        """Be as if nothing had been built yet."""
        self.tables.clear()
        self.kept.clear()
        self._same.clear()
        self._met.clear()
        self.seen = self.searched = self.looking = None
        self.begin()

    def put(self, value: tuple[bytes, bytes], *, spool: bool = False) -> Ref:
        """Keep the bytes of a value; ``value`` is its fingerprint and they."""
        fingerprint, data = value
        store = self.spool if spool else self.store
        return Ref(fingerprint, digest(data), store.put(data), len(data))

    def blob(self, ref: Ref, what: str) -> bytes:
        """The bytes behind ``ref``; raises `Lost`, naming ``what``, if they are gone."""
        data = self.store.get(ref)
        if data is None:
            raise Lost(what)
        return data

    def get(self, ref: Ref, kind: type[V], what: str) -> V:
        """The value behind ``ref``; raises `Lost` if it is gone."""
        try:
            return decode(self.blob(ref, what), kind)  # type: ignore[no-any-return]
        except Unreadable as problem:
            raise Lost(what) from problem

    def alike(self, values: Iterable[V], by: Callable[[V], Any]) -> tuple[V, ...]:
        """The same values, those that are equal being one object: what thousands of notes repeat is kept once.

        ``by`` gives what tells a value from all others that are kept so, and is quick to compare.
        """
        first = self._same.setdefault
        return tuple([first(by(value), value) for value in values])


class Shelf(Mapping[str, V]):
    """A mapping whose values are made when they are asked for, and then kept; ``seen`` says for which keys that was."""

    def __init__(self, keys: Mapping[str, Any], make: Callable[[str], V]) -> None:
        self._keys, self._make = keys, make
        self.seen: dict[str, V] = {}

    def __getitem__(self, key: str) -> V:
        try:
            return self.seen[key]
        except KeyError:
            if key not in self._keys:
                raise
            value = self.seen[key] = self._make(key)
            return value

    def items(self) -> ItemsView[str, V]:
        seen, make = self.seen, self._make
        for key in self._keys:
            if key not in seen:
                seen[key] = make(key)
        if len(seen) != len(self._keys) or list(seen) != list(self._keys):
            self.seen = {key: seen[key] for key in self._keys}
        return self.seen.items()

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Later(Mapping[str, V]):
    """A mapping that is read when it is first looked into."""

    def __init__(self, read: Callable[[], Mapping[str, V]]) -> None:
        self._read = read
        self._values: Mapping[str, V] | None = None

    def there(self) -> Mapping[str, V]:
        """The mapping itself."""
        if self._values is None:
            self._values = self._read()
        return self._values

    def __getitem__(self, key: str) -> V:
        return self.there()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.there())

    def __len__(self) -> int:
        return len(self.there())
