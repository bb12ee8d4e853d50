"""How values that are made for each request are declared."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

__all__ = ["per_request"]

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=False, eq_default=False)
def per_request(cls: type[_T]) -> type[_T]:
    """Make a slotted class that the type checker takes as frozen.

    Two of them are equal only as objects. A constructor that freezes at run time
    costs five times this one, for each request; values made at start-up are frozen
    dataclasses instead.
    """
    return dataclass(slots=True, eq=False)(cls)
