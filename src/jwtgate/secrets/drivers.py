"""What the managers have in common: their drivers, and what they are given."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.values import is_seconds

__all__ = ["Given", "driver", "given", "is_address", "problems_of_timeout"]

Given: TypeAlias = str | Callable[[], str]
"""A secret, or what gives it each time: it may be another by then."""


def driver(module: str, extra: str) -> Any:
    """Import a driver.

    Raises:
        ConfigurationError: It is not installed; says how to.
    """
    try:
        return import_module(module)
    except ImportError:
        raise ConfigurationError(
            f"{module} is not installed; pip install 'jwtgate[{extra}]'"
        ) from None


def given(value: Given) -> Callable[[], str]:
    """Give what gives a secret; one that is a text is kept masked."""
    if not isinstance(value, str):
        return value
    masked = Secret(value)
    return lambda: masked.reveal().decode()


def is_address(value: object) -> bool:
    """Whether this is an http or https URL with a host, and nothing secret in it."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and not (parts.query or parts.fragment)
    )


def problems_of_timeout(value: object) -> Iterator[str]:
    """Tell what is wrong with a number of seconds to wait."""
    if not is_seconds(value) or not 0 < value <= 60:
        yield "timeout must be seconds, more than 0 and 60 at most"
