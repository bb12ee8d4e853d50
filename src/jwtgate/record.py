"""How values are declared: those made for each request, and those made at start-up.

``dataclass`` writes out and compiles the methods of each class, which is most of what
it costs to import one. The methods that no request waits for are here, once for all.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar, dataclass_transform

__all__ = ["Record", "per_request"]

_T = TypeVar("_T")
_Read: TypeAlias = Callable[[object], object]


class Record:
    """Compares, hashes and shows a value by its fields, as a dataclass does.

    The base of frozen dataclasses with ``eq=False, repr=False``; what ``compare``,
    ``hash`` and ``repr`` of a field mean there, they mean here.
    """

    __slots__ = ()

    def __eq__(self: Any, other: object) -> bool:
        """Whether the other is of the very class, and its fields are equal."""
        compared, _ = _readers(self.__class__)
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(compared(self) == compared(other))

    def __hash__(self: Any) -> int:
        """Hash the fields that are compared."""
        _, hashed = _readers(self.__class__)
        return hash(hashed(self))

    def __repr__(self) -> str:
        """Show the fields."""
        return _shown(self)


@dataclass_transform(frozen_default=True, kw_only_default=False, eq_default=False)
def per_request(cls: type[_T]) -> type[_T]:
    """Make a slotted class that the type checker takes as frozen.

    Two of them are equal only as objects. A constructor that freezes at run time
    costs five times this one, for each request; values made at start-up are frozen
    dataclasses instead, most of them a :class:`Record`.
    """
    cls.__repr__ = _shown  # type: ignore[method-assign] # none has its own
    return dataclass(slots=True, eq=False, repr=False)(cls)


@cache
def _readers(kind: Any) -> tuple[_Read, _Read]:
    """Give what reads the fields that are compared, and those that are hashed."""
    compared = [each for each in fields(kind) if each.compare]
    hashed = [each for each in compared if each.hash is not False]
    return _reader(compared), _reader(hashed)


def _reader(chosen: list[Any]) -> _Read:
    return attrgetter(*(each.name for each in chosen))


def _shown(value: Any) -> str:
    shown = (
        f"{each.name}={getattr(value, each.name)!r}"
        for each in fields(value)
        if each.repr
    )
    return f"{type(value).__qualname__}({', '.join(shown)})"
