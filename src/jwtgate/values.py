"""What values must be that come from rows and files, where no type checker looks."""

from collections.abc import Callable, Iterable
from functools import partial
from inspect import iscoroutinefunction
from typing import TypeGuard

from jwtgate.errors import ConfigurationError

__all__ = ["as_texts", "is_awaited", "is_name", "is_seconds", "is_switch", "is_unicode"]

_FAR = 1e15  # below where sums with the clock lose seconds, let alone overflow


def as_texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    """Make a tuple of texts, none of them empty, of what a caller gave.

    Raises:
        ConfigurationError: One text instead of several, or what is no text.
    """
    if values == ():  # as most are left
        return ()
    # An abstract class asks in Python: the two that are usual come before it.
    if isinstance(values, str) or not isinstance(values, (tuple, list, Iterable)):
        raise ConfigurationError(f"{name} must be several texts, not one text")
    texts = tuple(values)
    if not all(map(is_name, texts)):
        raise ConfigurationError(f"{name} must be texts that are not empty")
    return texts


def is_name(value: object) -> bool:
    """Whether this is a text that is not empty."""
    return isinstance(value, str) and value != ""


def is_seconds(value: object) -> TypeGuard[float]:
    """Whether this is a finite number that a clock can be added to."""
    return (
        isinstance(value, (int, float))
        and type(value) is not bool
        and (-_FAR < value < _FAR)
    )


def is_unicode(value: object) -> TypeGuard[str]:
    """Whether this is a text that can be written as UTF-8."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_awaited(function: Callable[..., object]) -> bool:
    """Whether what this gives has to be awaited, as far as it is declared so."""
    while isinstance(function, partial):
        function = function.func
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)


def is_switch(value: object) -> bool:
    """Whether this is True or False, and not what only counts as one."""
    return type(value) is bool
