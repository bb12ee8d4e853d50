"""What a decorator says of a view, where a guard of the whole app can read it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from jwtgate.errors import ConfigurationError
from jwtgate.outcome import Anonymous, Authenticated, Exempt
from jwtgate.requirement import Requirement

__all__ = [
    "demands_of_guard",
    "exempted",
    "is_public",
    "mark",
    "marked",
    "public",
    "said_of",
]

_View = TypeVar("_View", bound=Callable[..., Any])

# Looked for in what a view has of its own: a class that inherits from a public one is
# not public.
_MARK = "__jwtgate__"
_PUBLIC = "public"
_UNSAID: Mapping[str, object] = MappingProxyType({})


class _Demand(NamedTuple):
    requirement: Requirement
    of_guard: Requirement


def public(view: _View) -> _View:
    """Let everybody call a view, or a class of views, of an app that is guarded.

    The outermost decorator, or the innermost: those between that use
    ``functools.wraps`` hand it on. A gate further out may still refuse.

    Raises:
        ConfigurationError: The view demands a caller, too.
    """
    _put(view, _PUBLIC)
    return view


def mark(view: _View, requirement: Requirement) -> _View:
    """Note what a view demands of its caller.

    Raises:
        ConfigurationError: The view is public, too.
    """
    _put(view, _Demand(requirement, replace(requirement, preflights=True)))
    return view


def is_public(*views: object) -> bool:
    """Whether any of these, the view and the class it was made of, is public."""
    for view in views:
        said = getattr(view, "__dict__", _UNSAID)
        # Most say nothing, and of a class that is told sooner than what it says.
        if _MARK in said and said[_MARK] == _PUBLIC:
            return True
    return False


def said_of(*views: object) -> tuple[bool, Requirement | None]:
    """Give what :func:`is_public` and :func:`demands_of_guard` do, in one look."""
    for view in views:
        if _MARK in getattr(view, "__dict__", _UNSAID):
            return is_public(*views), demands_of_guard(*views)
    return False, None


def marked(view: object) -> Requirement | None:
    """Give what a view demands, if a decorator noted it."""
    found = _of(view)
    return found.requirement if isinstance(found, _Demand) else None


def demands_of_guard(*views: object) -> Requirement | None:
    """Give what a guard of the whole app demands for a view, and its class.

    It is what they demand, but of a preflight, which the framework may answer.
    """
    for view in views:
        found = _of(view)
        if isinstance(found, _Demand):
            return found.of_guard
    return None


def exempted(gate: object, found: object) -> Authenticated | Anonymous | Exempt:
    """Give the outcome of a request for a public view.

    Args:
        gate: The gate whose guard lets it pass.
        found: What a gate further out left on the request; it stays.
    """
    if isinstance(found, Authenticated | Anonymous | Exempt):
        return found
    return Exempt("public", None, gate)


def _of(view: object) -> object:
    return getattr(view, "__dict__", _UNSAID).get(_MARK)


def _put(view: object, value: object) -> None:
    before = _of(view)
    if before is not None and (before == _PUBLIC) != (value == _PUBLIC):
        raise ConfigurationError("a view is public, or demands a caller; not both")
    try:
        setattr(view, _MARK, value)
    except AttributeError:
        raise ConfigurationError(
            "nothing can be noted of what is no function and no class, such as a bound "
            "method; decorate the function"
        ) from None
