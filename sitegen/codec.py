"""Values as bytes and back, for any struct of the model (see `sitegen.value`): what the cache keeps and what travels between processes.

The bytes are MessagePack of plain data and are read with the types that are asked for. Nothing that was written
can run code when it is read, so a cache from elsewhere cannot either; what does not have the right shape is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_type_hints

import msgspec

from sitegen.value import Value

T = TypeVar("T")
DIGEST_BYTES = 16
Unreadable = (msgspec.MsgspecError, UnicodeError, ValueError, TypeError, OverflowError, RecursionError)

_unequal = count(1)
_foreigners = [0]  # how many values were met so far that cannot be compared


def encode(value: Any) -> bytes:
    """``value`` as bytes. A lone surrogate, which no encoding can hold, becomes ``?`` as it does in a page."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_without_surrogates(value))


def decode(data: bytes, kind: Any) -> Any:
    """The value of type ``kind`` in ``data``; raises one of `Unreadable` if it holds none."""
    return _decoder(kind).decode(data)


def digest(data: bytes) -> bytes:
    """The beginning of the SHA-256 of bytes: processors of today have instructions for it, and it takes a third of BLAKE2b's time."""
    return sha256(data).digest()[:DIGEST_BYTES]


def fingerprint(value: Any) -> bytes:
    """A digest of all that counts when two values are compared: fields that are ``apart`` are left out."""
    return digest(encode(visible(value)))


def printed(value: Any) -> tuple[bytes, bytes]:
    """The fingerprint of ``value``, and what counts of it as bytes; the rest is `hidden`."""
    data = encode(visible(value))
    return digest(data), data


def foreigners() -> int:
    """How many values have been met so far that nothing is known of, and that are equal to no other."""
    return _foreigners[0]


def joined(*parts: bytes | str) -> bytes:
    """One digest of several parts in their order."""
    whole = sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "little") + data)
    return whole.digest()[:DIGEST_BYTES]


def rest_type(kind: type, *without: str) -> Any:
    """The type of a tuple of all of a struct's fields save some, in their order (see `rest_of`)."""
    hints = get_type_hints(kind)
    return tuple[tuple(hints[name] for name in _names(kind) if name not in without)]  # type: ignore[misc]


@cache
def rest_of(kind: type, *without: str) -> Callable[[Any], tuple[Any, ...]]:
    """The function that gives these fields of a value."""
    names = [name for name in _names(kind) if name not in without]
    if len(names) == 1:
        only = attrgetter(names[0])
        return lambda value: (only(value),)
    return attrgetter(*names)


def named_rest(kind: type, values: tuple[Any, ...], *without: str) -> dict[str, Any]:
    """The fields that `rest_of` gave, by name."""
    names = [name for name in _names(kind) if name not in without]
    return dict(zip(names, values, strict=True))


# ---- what counts when values are compared -------------------------------------------------------------
# A field that does not count (it is ``apart``, last, and has a default) can be taken out of a value and put back.


def visible(value: Any) -> Any:
    """What counts of a value, for `encode`."""
    kind: Any = type(value)
    if kind is tuple or kind is list:
        kinds: set[Any] = set(map(type, value))
        if len(kinds) == 1 and (plan := _plan(kinds.pop())) is not None and not plan.within:
            return list(map(plan.get, value))
        return [visible(item) for item in value]
    if isinstance(value, dict):
        return {key: visible(item) for key, item in value.items()}
    plan = _plan(kind)
    if plan is None:
        return value
    found = list(plan.get(value))
    for position in plan.within:
        found[position] = visible(found[position])
    return found


def hidden(value: Any) -> list[Any]:
    """What does not count of a value, in the order of its fields."""
    found: list[Any] = []
    _walk(value, lambda item, names: found.extend([getattr(item, name) for name in names]))
    return found


def hidden_type(kind: type) -> Any:
    """The type of what `hidden` gives for a value of this type."""
    return tuple[Union[tuple(_hidden_types(kind))], ...]  # type: ignore[misc]  # noqa: UP007


def restored(value: T, found: Iterable[Any]) -> T:
    """A value that was just decoded, with what `hidden` gave put back into it."""
    rest = iter(found)

    def put(item: Any, names: tuple[str, ...]) -> None:
        for name in names:
            msgspec.structs.force_setattr(item, name, next(rest))

    _walk(value, put)
    return value


class _Plan(NamedTuple):
    """How to take a struct apart: the fields that count, which of them hide something, those that do not count."""

    get: Callable[[Any], tuple[Any, ...]]
    within: tuple[int, ...]
    look: Callable[[Any], tuple[Any, ...]] | None
    hidden: tuple[str, ...]


def _walk(value: Any, visit: Callable[[Any, tuple[str, ...]], None]) -> None:
    kind: Any = type(value)
    if kind is tuple or kind is list:
        for item in value:
            of: Any = type(item)
            plan = _plan(of)
            if plan is None or plan.look is not None:
                _walk(item, visit)
            else:
                visit(item, plan.hidden)
    elif isinstance(value, dict):
        for item in value.values():
            _walk(item, visit)
    elif (plan := _plan(kind)) is not None:
        if plan.look is not None:
            for item in plan.look(value):
                _walk(item, visit)
        visit(value, plan.hidden)


@cache
def _plan(kind: Any) -> _Plan | None:
    """The plan for a type; None if all of it counts."""
    if not _hides(kind, ()):
        return None
    hints = get_type_hints(kind)
    names, hidden = [name for name in _names(kind) if name not in kind.apart], tuple(kind.apart)
    if _names(kind) != (*names, *hidden):
        raise TypeError(f"what is apart comes last in {kind.__qualname__}")
    within = [name for name in names if _hides(hints[name], ())]
    look = rest_of(kind, *(name for name in _names(kind) if name not in within)) if within else None
    return _Plan(rest_of(kind, *hidden), tuple(map(names.index, within)), look, hidden)


def _names(kind: Any) -> tuple[str, ...]:
    names: tuple[str, ...] = kind.__struct_fields__
    return names


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Value)


def _hides(kind: Any, seen: tuple[Any, ...]) -> bool:
    """Whether a value of this type may hold a field that does not count."""
    if kind is Any or kind is object:
        return True
    if _is_struct(kind):
        if kind in seen:
            return False
        hints = get_type_hints(kind)
        return bool(kind.apart) or any(_hides(hints[name], (*seen, kind)) for name in _names(kind))
    return any(_hides(part, seen) for part in get_args(kind) if part is not Ellipsis)


def _hidden_types(kind: Any) -> list[Any]:
    if _is_struct(kind):
        hints = get_type_hints(kind)
        return [
            found
            for name in _names(kind)
            for found in ([hints[name]] if name in kind.apart else _hidden_types(hints[name]))
        ]
    return [found for part in get_args(kind) if part is not Ellipsis for found in _hidden_types(part)]


# ---- MessagePack -------------------------------------------------------------------------------------


def _foreign(value: Any) -> Any:
    """What an extension put into a view and MessagePack does not know is never equal to anything: the view is made again."""
    if isinstance(value, Mapping):
        return {key: visible(item) for key, item in value.items()}
    _foreigners[0] = next(_unequal)
    return f"{type(value).__qualname__} {_foreigners[0]}"


_encoder = msgspec.msgpack.Encoder(enc_hook=_foreign)


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, (tuple, list)):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, Value):
        return [_without_surrogates(getattr(value, name)) for name in _names(value)]
    return value
