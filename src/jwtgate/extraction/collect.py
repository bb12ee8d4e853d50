"""Every candidate token of a request, brought down to the one token, or refused."""

from collections.abc import Iterable

from jwtgate.errors import MalformedToken, TokenConflict, TokenMissing
from jwtgate.extraction.bearer import HeaderReader
from jwtgate.extraction.request import MAX_HEADER_LINES, RequestView
from jwtgate.extraction.sources import Carrier, HeaderSource, Source
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = ["NOTHING_HIDDEN", "Collector", "FoundToken", "Hiding"]

_KINDS: tuple[Carrier, ...] = ("header", "query", "cookie")
_ALONE = {kind: frozenset[Carrier]({kind}) for kind in _KINDS}


@per_request
class FoundToken:
    """The one token of a request.

    Attributes:
        value: Its octets as sent, decoded from the carrier, not yet parsed.
        carriers: The kinds of carriers that held it.
    """

    value: bytes
    carriers: frozenset[Carrier]


class Collector:
    """Looks into every source and compares what it finds.

    A request with two tokens is an attack until shown otherwise: a proxy, a log and
    the app may each have read another one (Kong calls it JWT smuggling).

    Args:
        sources: Where to look, in order.
        first_source_wins: The first source that holds anything decides, and the rest
            is not looked at; otherwise all sources are compared.
        keep_empty: An empty value is a candidate, not an absent token.
        keep_valueless: A parameter without ``=`` is a candidate.
    """

    __slots__ = ("_first_source_wins", "_keep_empty", "_keep_valueless", "_sources")

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        first_source_wins: bool = False,
        keep_empty: bool = False,
        keep_valueless: bool = False,
    ) -> None:
        self._sources = tuple(sources)
        self._first_source_wins = first_source_wins
        self._keep_empty = keep_empty
        self._keep_valueless = keep_valueless

    @property
    def single_header(self) -> tuple[bytes, HeaderReader] | None:
        """The header and its reader, if there is nothing else to look into."""
        only, *others = self._sources
        return only.single if isinstance(only, HeaderSource) and not others else None

    def collect(self, request: RequestView) -> FoundToken:
        """Find the one token.

        Raises:
            TokenMissing: No source holds a candidate.
            TokenConflict: Candidates differ, a source refuses what it sees, or there
                are more than 1,000 header lines to look through.
            MalformedToken: The only candidate is a parameter without ``=``.

        Source: RFC 6750 section 2 (one method per request).
        """
        if request.line_count > MAX_HEADER_LINES:
            raise TokenConflict(Reason.CARRIER_TOO_LONG)
        values: list[bytes | None] = []
        carriers: frozenset[Carrier] = frozenset()
        for source in self._sources:
            found = source.find(request)
            if not all(found):
                found = self._candidates(found)
            if found:
                values += found
                one = _ALONE[source.carrier]
                carriers = carriers | one if carriers else one
                if self._first_source_wins:
                    break
        return FoundToken(_the_one_of(values), carriers)

    def hiding(self, request: RequestView) -> "Hiding":
        """Choose what is to be hidden from the app.

        Returns:
            Every source; where the first source wins, that one alone.
        """
        if not self._first_source_wins:
            return Hiding(self._sources)
        return Hiding(
            next(
                ((source,) for source in self._sources if self._holds(source, request)),
                (),
            )
        )

    def _candidates(self, found: list[bytes | None]) -> list[bytes | None]:
        return [
            value
            for value in found
            if value or (self._keep_valueless if value is None else self._keep_empty)
        ]

    def _holds(self, source: Source, request: RequestView) -> bool:
        try:
            return bool(self._candidates(source.find(request)))
        except TokenConflict:
            return True


def _the_one_of(values: list[bytes | None]) -> bytes:
    if not values:
        raise TokenMissing
    value = values[0]
    if len(values) > 1 and len(set(values)) > 1:
        raise TokenConflict(Reason.TOKENS_DIFFER)
    if value is None:
        raise MalformedToken(Reason.TOKEN_UNRECOGNIZABLE)
    return value


class Hiding:
    """Takes tokens out of what is passed on to the app."""

    __slots__ = ("_sources",)

    def __init__(self, sources: tuple[Source, ...] = ()) -> None:
        self._sources = sources

    def header(self, name: bytes, value: bytes) -> bytes | None:
        """Give a header's value without tokens, None if the line is to go."""
        kept: bytes | None = value
        for source in self._sources:
            if kept is not None:
                kept = source.hide_header(name, kept)
        return kept

    def query(self, query: bytes) -> bytes:
        """Give a query without tokens."""
        for source in self._sources:
            query = source.hide_query(query)
        return query


NOTHING_HIDDEN = Hiding()
"""Where nothing is taken out."""
