"""What the values that travel between stages are: frozen msgspec structs.

Structs are made, compared, and turned into bytes and back by compiled code; defining a dataclass takes fifty times as
long as defining one of these, which every start of the program would pay.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any, ClassVar

from msgspec import Struct


class Value(Struct, frozen=True, array_like=True):
    """A plain value: two are equal if all their fields are. As bytes it is the list of its fields in their order."""

    apart: ClassVar[tuple[str, ...]] = ()  # fields that do not count when two values are compared; see `Partly`


class Partly(Value, frozen=True, eq=False):
    """A value of which only a part counts: two are equal if all fields are that ``apart`` does not name.

    Fields that are apart come last and have defaults, unless a value is never turned into bytes.
    """

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        get = _counted(type(self))
        return get(self) == get(other)  # type: ignore[no-any-return]

    def __hash__(self) -> int:
        return hash(_counted(type(self))(self))


@cache
def _counted(kind: type[Partly]) -> attrgetter[Any]:
    """What gives the fields of a value that count."""
    return attrgetter(*[name for name in kind.__struct_fields__ if name not in kind.apart])
