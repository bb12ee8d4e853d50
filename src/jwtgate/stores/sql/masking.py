"""Secrets as values that no log of statements or of rows shows."""

from typing import Any, final

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from jwtgate.stores.sql.octets import Octets

__all__ = ["MaskedOctets", "MaskedText", "unmasked"]


class _Masked:
    """What is not in its ``repr``."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show that there is something."""
        return "'***'"


@final
class _MaskedStr(_Masked, str):
    __slots__ = ()


@final
class _MaskedBytes(_Masked, bytes):
    __slots__ = ()


@final
class MaskedText(TypeDecorator[str]):
    """A column of secrets.

    SQLAlchemy logs the ``repr`` of each row at DEBUG, whatever ``hide_parameters``
    says; aiosqlite that of each value which goes into a statement.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Mask what goes into a statement."""
        return _masked(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - same
        """Mask what a row has."""
        return _masked(value)


@final
class MaskedOctets(TypeDecorator[str]):
    """The same for databases that keep octets; their drivers log no values."""

    impl = Octets
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - same
        """Mask what a row has."""
        return _masked(value)


def unmasked(value: Any) -> Any:
    """Give what was masked; anything else stays as it is."""
    if isinstance(value, _MaskedStr):
        return str(value)
    return bytes(value) if isinstance(value, _MaskedBytes) else value


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _MaskedStr(value)
    return _MaskedBytes(value) if isinstance(value, bytes) else value
