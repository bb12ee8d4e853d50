"""Where a token goes in a request that a gate is to find it in."""

from typing import NamedTuple
from urllib.parse import urlencode

from jwtgate.errors import ConfigurationError
from jwtgate.outcome import HeaderPairs
from jwtgate.policy import Policy

__all__ = ["Carried", "carried"]


class Carried(NamedTuple):
    """The parts of a request that carry tokens.

    Attributes:
        headers: Names and values.
        query: The query string, without ``?``; empty without one.
    """

    headers: HeaderPairs = ()
    query: str = ""

    def __repr__(self) -> str:
        """Name the places, and not the tokens in them."""
        names = [name for name, _ in self.headers]
        return f"Carried(headers={names}, query={'***' if self.query else ''!r})"


def carried(policy: Policy, *tokens: str) -> Carried:
    """Put a token where a policy looks first, a second one where it looks next.

    Two in one request are refused, unless they are the same::

        headers, query = carried(gate.policy, mint(gate, "jack"), mint(gate, "ann"))

    Args:
        policy: What the request is to satisfy. Its first header is before its first
            parameter, and that before its first cookie; then come the others.
        tokens: One for each place.

    Raises:
        ConfigurationError: More tokens than places.
    """
    places = _places(policy)
    if len(tokens) > len(places):
        raise ConfigurationError(
            f"this policy looks in {len(places)} place(s), for {len(tokens)} tokens"
        )
    headers: list[tuple[str, str]] = []
    query: list[tuple[str, str]] = []
    cookies: list[str] = []
    for (kind, name), token in zip(places, tokens, strict=False):
        if kind == "header":
            headers.append((name, f"Bearer {token}"))
        elif kind == "query":
            query.append((name, token))
        else:
            cookies.append(f"{name}={token}")
    if cookies:
        # A browser says so of a page of the same site; see Policy.csrf.
        headers += [("Cookie", "; ".join(cookies)), ("Sec-Fetch-Site", "same-origin")]
    return Carried(tuple(headers), urlencode(query))


def _places(policy: Policy) -> list[tuple[str, str]]:
    kinds = [
        [(kind, name) for name in names]
        for kind, names in (
            ("header", policy.header_names),
            ("query", policy.query_names),
            ("cookie", policy.cookie_names),
        )
    ]
    first = [places[0] for places in kinds if places]
    return first + [place for places in kinds for place in places[1:]]
