"""Texts as octets, for databases whose own texts fold some and lose others."""

from collections.abc import Callable
from typing import Any, final

from sqlalchemy import BindParameter, ColumnElement, Dialect, func
from sqlalchemy.types import LargeBinary, TypeDecorator

__all__ = ["Octets", "hexadecimal"]


@final
class Octets(TypeDecorator[str]):
    """A column of octets, which texts are written to as UTF-8.

    They go there as hexadecimal digits, and ``UNHEX`` makes octets of them: drivers
    for MariaDB and MySQL write values into the statement, and how octets have to be
    quoted depends on character sets and modes of the session that they do not know
    well. In digits there is nothing to quote.
    """

    impl = LargeBinary
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[Any]) -> ColumnElement[Any]:
        """Make octets of digits."""
        return func.unhex(bindparam)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's
        """Make digits of texts."""
        return hexadecimal


def hexadecimal(value: str | bytes | None) -> str | None:
    """Write the octets of a text as digits; None stays."""
    octets = value.encode() if isinstance(value, str) else value
    return None if octets is None else octets.hex()
