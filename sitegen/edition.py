"""Mappings that know what is new in them: what an edit leaves alone need not be looked at to find that out.

A vault has tens of thousands of notes, and a build of one edited note passes it through dozens of mappings with a key a note.
Each is the one before with a few other values, and made so it can say by which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import is_
from typing import Any, TypeVar

from msgspec import Struct

V = TypeVar("V")
_NONE: Mapping[str, Any] = {}
_ABSENT: Any = object()
_ATOMS = (str, bytes, int)


class Edition(dict[str, V]):
    """A mapping that may be another one with other values, which never change once it is made.

    ``mark`` is its own, ``origin`` the mark of the one it was made of, from which it differs by ``changed`` at most. Mappings of
    one ``order`` have the same keys in the same order.
    """

    __slots__ = ("changed", "mark", "order", "origin")

    def __init__(
        self, values: Mapping[str, V] | Iterable[tuple[str, V]] = (), *, like: Mapping[str, Any] = _NONE
    ) -> None:
        """``like`` has the same keys in the same order."""
        super().__init__(values)
        self.mark = object()  # not the mapping itself, which would never end then
        self.origin: object = None
        self.changed = frozenset[str]()
        self.order: object = like.order if isinstance(like, Edition) else object()

    def edited(self, values: Mapping[str, V]) -> Edition[V]:
        """This mapping with other ``values`` for some of its keys."""
        if not values:
            return self
        new = Edition(self, like=self)
        new.update(values)
        new.origin, new.changed = self.mark, frozenset(values)
        return new


def edition(values: Mapping[str, V]) -> Edition[V]:
    """``values`` as an edition."""
    return values if isinstance(values, Edition) else Edition(values)


def order_of(mapping: Mapping[str, Any]) -> object:
    """What mappings that are known to have the same keys in the same order have in common."""
    return mapping.order if isinstance(mapping, Edition) else mapping


def same_order(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two mappings have the same keys in the same order."""
    are_editions = isinstance(one, Edition) and isinstance(other, Edition)
    if one is other or (are_editions and one.order is other.order):  # type: ignore[attr-defined]
        return True
    same = len(one) == len(other) and list(one) == list(other)
    if same and are_editions:
        one.order = other.order  # type: ignore[attr-defined]  # so that what is made of them need not be compared
    return same


def differences(new: Mapping[str, Any], old: Mapping[str, Any]) -> frozenset[str]:
    """The keys whose values differ in two mappings, or that only one of them has."""
    if new is old:
        return frozenset()
    if isinstance(new, Edition) and isinstance(old, Edition) and new.origin is old.mark:
        return new.changed
    if same_order(new, old):  # as nearly always: half the time
        pairs = zip(new.items(), old.values(), strict=True)
        return frozenset([key for (key, value), before in pairs if value is not before and value != before])
    get = old.get
    found = [k for k, v in new.items() if (o := get(k, _ABSENT)) is not v and (o is _ABSENT or o != v)]
    return frozenset([*found, *(old.keys() - new.keys())])


def grafted(new: Any, old: Any) -> Any:
    """``new`` with the objects of ``old`` for those parts of it that are alike to the last bit.

    What an edit leaves alone is the same object for all who keep it then: or each that took it from another edition would
    have a copy of its own.
    """
    kind = type(new)
    if new is old or kind is not type(old):
        return new
    if isinstance(new, _ATOMS):
        return old if new == old else new
    if kind is float:
        return old if repr(new) == repr(old) else new  # 0.0 equals -0.0
    if isinstance(new, tuple):
        items = _grafted_items(new, old)
        if len(new) == len(old) and all(map(is_, items, old)):
            return old
        return tuple(items) if kind is tuple else kind(*items)
    if kind is dict:
        names = dict(zip(old, old, strict=True))
        found = {names.get(key, key): grafted(value, old.get(key)) for key, value in new.items()}
        return old if list(found) == list(old) and all(map(is_, found.values(), old.values())) else found
    if isinstance(new, Struct):
        fields = kind.__struct_fields__
        values = [grafted(getattr(new, name), getattr(old, name)) for name in fields]
        return (
            old
            if all(value is getattr(old, name) for value, name in zip(values, fields, strict=True))
            else kind(*values)
        )
    return new


def _grafted_items(new: tuple[Any, ...], old: tuple[Any, ...]) -> list[Any]:
    """The items of ``new`` with the objects of ``old``, from both ends: an edit puts something in, or takes something out."""
    items, shared = list(new), min(len(new), len(old))
    first = last = 0
    while first < shared and grafted(new[first], old[first]) is old[first]:
        items[first] = old[first]
        first += 1
    while last < shared - first and grafted(new[~last], old[~last]) is old[~last]:
        items[~last] = old[~last]
        last += 1
    if len(new) == len(old):
        for at in range(first, len(new) - last):
            items[at] = grafted(new[at], old[at])
    return items


def settled(new: dict[str, V], old: dict[str, V]) -> dict[str, V]:
    """``new`` with the objects of ``old`` where they are equal; ``old`` itself if there is no difference."""
    if same_order(new, old):
        return edition(old).edited({key: new[key] for key in differences(new, old)})
    get = old.get
    return Edition({k: o if (o := get(k, _ABSENT)) is v or o == v else v for k, v in new.items()}, like=new)
