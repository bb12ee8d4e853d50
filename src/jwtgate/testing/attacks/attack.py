"""What an attack is: a name, what it tests, a request, and when it has succeeded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from jwtgate.testing.attacks.target import Target
from jwtgate.testing.forging import Forge
from jwtgate.testing.requests import Request

__all__ = ["MARK", "Attack", "Sign", "with_header", "with_token"]

Sign: TypeAlias = Literal["enters", "is mark", "is view", "is page"]
"""What tells that an attack has succeeded.

``enters``: the answer has a status of success, or that of the request with a good
token. ``is mark``: it has a text that only the attacker said. ``is view``: it is that
of the request with a good token. ``is page``: as ``enters``, unless it is that of any
path that there is not.
"""

MARK = "mallory-the-admin"
"""Whom attackers say that they are."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A hostile request.

    Attributes:
        name: What it is called, stable.
        about: What it tests, with the clause or the CVE that tells of it.
        request: Makes it; None where the target has nothing that it could attack.
        succeeds: What tells that it has succeeded.
    """

    name: str
    about: str
    request: Callable[[Target], Request | None]
    succeeds: Sign = "enters"


def with_token(name: str, about: str, token: Callable[[Forge], str | None]) -> Attack:
    """Make an attack of a token that has to be refused."""

    def request(target: Target) -> Request | None:
        made = token(target.forge)
        return None if made is None else target.bearing(made)

    return Attack(name=name, about=about, request=request)


def with_header(name: str, about: str, value: Callable[[str], bytes | str]) -> Attack:
    """Make an attack of a line in the token's header, from a good token.

    Such a line is no attack on a policy that does not look for tokens in headers.
    """

    def request(target: Target) -> Request | None:
        if (header := target.header) is None:
            return None
        text = value(target.forge.seal())
        octets = text.encode("latin-1") if isinstance(text, str) else text
        return target.request((header, octets))

    return Attack(name=name, about=about, request=request)
