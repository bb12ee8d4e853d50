"""Where tokens may be in a request: how to find each copy, and how to hide it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, Protocol, TypeVar

from jwtgate.errors import TokenConflict
from jwtgate.extraction.bearer import HeaderReader, read_bearer
from jwtgate.extraction.cookies import cookie_pattern, cookies, without_cookies
from jwtgate.extraction.query import (
    parameter_pattern,
    parameters,
    without_parameters,
)
from jwtgate.extraction.request import COMMA, RequestView
from jwtgate.identity import fold
from jwtgate.reason import Reason

__all__ = ["Carrier", "CookieSource", "HeaderSource", "QuerySource", "Source"]

Carrier = Literal["header", "query", "cookie"]

MAX_CARRIER_LENGTH = 65_536
"""Octets of a query, or of all Cookie lines together, in which tokens are sought."""

MAX_COPIES = 16
"""Copies of one parameter or cookie that are looked at; more are a conflict."""

_T = TypeVar("_T")


class Source(Protocol):
    """One kind of carrier, with the names that are configured for it."""

    @property
    def carrier(self) -> Carrier:
        """Which kind it is."""
        ...

    def find(self, request: RequestView) -> list[bytes | None]:
        """Give every copy, in order, garbage included.

        Empty where a name came with an empty value; None where a parameter came
        without ``=``.

        Raises:
            TokenConflict: A header that came twice or has a comma, too many copies, a
                carrier too long to search.
        """
        ...

    def hide_header(self, name: bytes, value: bytes) -> bytes | None:
        """Give a header's value without tokens, None if nothing of it is left."""
        ...

    def hide_query(self, query: bytes) -> bytes:
        """Give a query without tokens; what is no token stays byte for byte."""
        ...


class HeaderSource:
    """Tokens in headers, the names of which are compared folded."""

    carrier: Carrier = "header"
    __slots__ = ("_names", "_read")

    def __init__(self, names: Iterable[str], read: HeaderReader = read_bearer) -> None:
        self._names = tuple(dict.fromkeys(fold(name.encode()) for name in names))
        self._read = read

    @property
    def single(self) -> tuple[bytes, HeaderReader] | None:
        """The name, folded, and what reads its value, if there is only one name."""
        return (self._names[0], self._read) if len(self._names) == 1 else None

    def find(self, request: RequestView) -> list[bytes | None]:
        """Read the one line of each name."""
        found: list[bytes | None] = []
        for name in self._names:
            lines = request.lines(name)
            if not lines:
                continue
            # Servers join repeated lines by a comma, or leave them apart; both are
            # refused, equal or not, since others may have read another copy.
            if len(lines) > 1 or COMMA in lines[0]:
                raise TokenConflict(Reason.TOKEN_REPEATED)
            if (token := self._read(lines[0])) is not None:
                found.append(token)
        return found

    def hide_header(self, name: bytes, value: bytes) -> bytes | None:
        """Drop a line that holds a token, or may hold one among others."""
        if fold(name) in self._names and (b"," in value or self._read(value)):
            return None
        return value

    def hide_query(self, query: bytes) -> bytes:
        """Leave the query alone."""
        return query


class QuerySource:
    """Tokens in parameters of the query, names case-sensitive.

    Args:
        names: The parameters' names, decoded.
        unique: Refuse a parameter that is repeated, even with the same value.
    """

    carrier: Carrier = "query"
    __slots__ = ("_pattern", "_unique")

    def __init__(self, names: Iterable[str], *, unique: bool = False) -> None:
        self._pattern = parameter_pattern(names)
        self._unique = unique

    def find(self, request: RequestView) -> list[bytes | None]:
        """Read every copy of every name."""
        if len(request.query) > MAX_CARRIER_LENGTH:
            raise TokenConflict(Reason.CARRIER_TOO_LONG)
        found = _few(parameters(self._pattern, request.query))
        if self._unique and len(found) > 1:
            raise TokenConflict(Reason.TOKENS_DIFFER)
        return found

    def hide_header(self, name: bytes, value: bytes) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Leave headers alone."""
        return value

    def hide_query(self, query: bytes) -> bytes:
        """Take the parameters out."""
        return without_parameters(self._pattern, query)


class CookieSource:
    """Tokens in cookies; names in ``any_case`` or exactly, values ``quoted`` or not."""

    carrier: Carrier = "cookie"
    __slots__ = ("_pattern", "_quoted")

    def __init__(
        self, names: Iterable[str], *, any_case: bool = False, quoted: bool = True
    ) -> None:
        self._pattern = cookie_pattern(names, any_case=any_case)
        self._quoted = quoted

    def find(self, request: RequestView) -> list[bytes | None]:
        """Read every copy of every name, in all Cookie lines."""
        lines = request.lines(b"cookie")
        if sum(map(len, lines)) > MAX_CARRIER_LENGTH:
            raise TokenConflict(Reason.CARRIER_TOO_LONG)
        return _few(
            value
            for line in lines
            for value in cookies(self._pattern, line, quoted=self._quoted)
        )

    def hide_header(self, name: bytes, value: bytes) -> bytes | None:
        """Take the cookies out of a Cookie line."""
        if fold(name) != b"cookie":
            return value
        kept = without_cookies(self._pattern, value)
        return kept if kept or not value else None

    def hide_query(self, query: bytes) -> bytes:
        """Leave the query alone."""
        return query


def _few(found: Iterator[_T]) -> list[_T]:
    copies = list(islice(found, MAX_COPIES + 1))
    if len(copies) > MAX_COPIES:
        raise TokenConflict(Reason.TOKENS_DIFFER)
    return copies
