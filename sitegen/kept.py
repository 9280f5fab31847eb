"""Mappings that are kept between builds, and made again only where what they are made from differs.

A stage that gives one value a key (a note, a name, a video, a folder) says what each value is made from; `Kept` compares
that with what it was when the stage last ran, and asks for those that differ. Like a `Memo` it looks at inputs only, so
that nothing has to say what an edit may have touched; unlike one it compares objects, and ends with its process.
What is equal to what it was is the same object, and a mapping in which nothing changed is the same mapping, so that
the stages after it see at a glance that they have nothing to do. With nothing kept, everything is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from sitegen.edition import Edition, differences, edition, grafted, same_order, settled

V = TypeVar("V")
Around = tuple[Mapping[str, Any], Mapping[str, Iterable[str]]]
_NONE: Mapping[str, Any] = {}


class _Slot(NamedTuple):
    """What a stage was given when it last ran, and what it gave."""

    inputs: tuple[Any, ...]
    frame: tuple[Any, ...]
    around: tuple[Mapping[str, Any], ...]
    value: Any


class Kept:
    """The values of stages by name. ``make`` must be a pure function of what it is given and, for `mapped`, of the frame.

    One that is not ``lasting`` keeps nothing: it is for a process that builds once and has other use for the memory.
    """

    def __init__(self, *, lasting: bool = True) -> None:
        self.lasting = lasting
        self._slots: dict[str, _Slot] = {}
        self._step: Callable[[], None] | None = None
        # with the two mappings, for whose lifetime their ids are theirs alone
        self._differences: dict[tuple[int, int], tuple[Any, Any, frozenset[str]]] = {}

    def rest(self) -> None:
        """A build begins, or nobody waits for one: mappings that were compared are let go."""
        self._differences.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._slots.clear()
        self._differences.clear()

    @contextmanager
    def stepping(self, step: Callable[[], None]) -> Iterator[None]:
        """Call ``step`` before each stage and each key of one; it may raise. What stages before had made is kept then."""
        self._step = step
        try:
            yield
        finally:
            self._step = None

    def renew(self, stage: str, value: Any) -> None:
        """Let a stage have given this value, which must equal what it gave."""
        self._remember(stage, self._slots[stage]._replace(value=value))

    def whole(self, stage: str, make: Callable[..., V], *inputs: Any) -> V:
        """``make(*inputs)``; of a mapping, the values that are what they were are the same objects."""
        last = self._slots.get(stage)
        if last is not None and _alike(inputs, last.inputs):
            return last.value  # type: ignore[no-any-return]
        made: Any = self._stepped(make)(*inputs)
        if last is not None:
            if isinstance(made, dict) and isinstance(last.value, dict):
                made = settled(made, last.value)
            elif made == last.value:
                made = last.value
        elif isinstance(made, dict) and self.lasting:
            made = edition(made)
        self._remember(stage, _Slot(inputs, (), (), made))
        return made  # type: ignore[no-any-return]

    def mapped(
        self,
        stage: str,
        make: Callable[..., V],
        *inputs: Mapping[str, Any],
        frame: tuple[Any, ...] = (),
        around: Sequence[Around] = (),
    ) -> dict[str, V]:
        """For each key of the first of ``inputs``, ``make(key, …)`` of its values in all of them (None where there is none).

        ``frame`` is what all values depend on. ``around`` are further mappings that ``make`` looks into, each with a
        mapping that says at which of its keys: a function of the same inputs.
        """
        make = self._stepped(make)
        last = self._slots.get(stage)
        beside = tuple(mapping for mapping, _ in around)
        if last is None or not _alike(frame, last.frame):
            made = _made(make, *inputs)
            if self.lasting:
                made = settled(made, last.value) if last is not None else Edition(made, like=inputs[0])
            value = made
        else:
            stale = self._stale(inputs, last, around)
            value = _renewed(stale, make, inputs, last.value)
        self._remember(stage, _Slot(inputs, frame, beside, value))
        return value

    def filtered(
        self, stage: str, is_in: Callable[..., bool], mapping: dict[str, V], frame: tuple[Any, ...] = ()
    ) -> dict[str, V]:
        """Those of a mapping for which ``is_in(key, value)``: the mapping itself if all are."""
        found = self.mapped(f"which are {stage}", is_in, mapping, frame=frame)
        last = self._slots.get(stage)
        value = mapping
        if last is None or last.inputs[1] is not found:
            if not all(found.values()):
                value = {key: value for key, value in mapping.items() if found[key]}
                value = edition(value) if last is None else settled(value, last.value)
        elif last.value is not last.inputs[0]:
            changed = self.differences(mapping, last.inputs[0])
            value = edition(last.value).edited({key: mapping[key] for key in sorted(changed) if found[key]})
        self._remember(stage, _Slot((mapping, found), (), (), value))
        return value

    def turned(self, stage: str, outgoing: Mapping[str, Mapping[str, V]]) -> dict[str, dict[str, V]]:
        """``{a: {b: value}}`` as ``{b: {a: value}}``, both in the order of their keys."""
        last = self._slots.get(stage)
        before: Mapping[str, Mapping[str, V]] = last.inputs[0] if last is not None else _NONE
        value: dict[str, dict[str, V]] = last.value if last is not None else {}
        touched: dict[str, dict[str, V]] = {}
        for source in sorted(self.differences(outgoing, before)):
            new, old = outgoing.get(source, _NONE), before.get(source, _NONE)
            for target in (*new, *(key for key in old if key not in new)):
                inner = touched.get(target)
                if inner is None:
                    inner = touched[target] = dict(value.get(target, ()))
                if target in new:
                    inner[source] = new[target]
                else:
                    del inner[source]
        if touched:
            found = {target: _ordered(inner) for target, inner in touched.items() if inner}
            value = settled(_ordered({**{k: v for k, v in value.items() if k not in touched}, **found}), value)
        self._remember(stage, _Slot((outgoing,), (), (), value))
        return value

    def differences(self, new: Mapping[str, Any], old: Mapping[str, Any]) -> frozenset[str]:
        """The keys whose values differ in two mappings, or that only one of them has."""
        if new is old:
            return frozenset()
        pair = (id(new), id(old))
        if pair not in self._differences:
            self._differences[pair] = new, old, differences(new, old)
        return self._differences[pair][2]

    def _stepped(self, make: Callable[..., V]) -> Callable[..., V]:
        step = self._step
        if step is None:
            return make

        def stepped(*given: Any) -> V:
            step()
            return make(*given)

        return stepped

    def _remember(self, stage: str, slot: _Slot) -> None:
        if self.lasting:
            self._slots[stage] = slot

    def _stale(self, inputs: tuple[Mapping[str, Any], ...], last: _Slot, around: Sequence[Around]) -> set[str]:
        """The keys whose values may differ from what they were."""
        stale = set[str]()
        for new, old in zip(inputs, last.inputs, strict=True):
            stale |= self.differences(new, old)
        for (mapping, uses), before in zip(around, last.around, strict=True):
            changed = self.differences(mapping, before)
            if changed:
                stale.update(key for key, used in uses.items() if not changed.isdisjoint(used))
        return stale


def _made(make: Callable[..., V], first: Mapping[str, Any], *others: Mapping[str, Any]) -> dict[str, V]:
    """The value of every key."""
    values = map(make, first, first.values(), *[map(other.get, first) for other in others])
    return dict(zip(first, values, strict=True))


def _alike(new: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    """Whether these are the same inputs; mappings are only if they are the same object, as their order counts too."""
    pairs = zip(new, old, strict=True)
    return len(new) == len(old) and all(a is b or (not isinstance(a, dict) and a == b) for a, b in pairs)


def _renewed(
    stale: set[str], make: Callable[..., V], inputs: tuple[Mapping[str, Any], ...], old: dict[str, V]
) -> dict[str, V]:
    """``old`` with the values of stale keys made again; itself if they are what they were."""
    keys = inputs[0]
    made = {key: make(key, *[values.get(key) for values in inputs]) for key in sorted(stale) if key in keys}
    new = {key: grafted(value, old.get(key)) for key, value in made.items() if key not in old or old[key] != value}
    if same_order(old, keys):
        return edition(old).edited(new)
    return Edition({key: new[key] if key in new else old[key] for key in keys}, like=keys)


def _ordered(mapping: dict[str, V]) -> dict[str, V]:
    return {key: mapping[key] for key in sorted(mapping)}
