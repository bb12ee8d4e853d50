"""Requests that say in headers who calls: what a gate says is not for clients."""

from collections.abc import Callable
from dataclasses import replace

from jwtgate.testing.attacks.attack import MARK, Attack
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.requests import Request

__all__ = ["ATTACKS"]

_IDENTITY = (
    "X-Consumer-ID",
    "X-Consumer-Custom-ID",
    "X-Consumer-Username",
    "X-Consumer-Groups",
    "X-Credential-Identifier",
    "X-Credential-Username",
    "X-Anonymous-Consumer",
    "X-Authenticated-Groups",
)
_PROXIES = (
    "X-Forwarded-User",
    "X-Remote-User",
    "Remote-User",
    "X-User",
    "X-Original-User",
    "X-Authenticated-User",
)
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "as-they-are": str,
    "in-upper-case": str.upper,
    "in-lower-case": str.lower,
    "with-underscores": lambda name: name.replace("-", "_"),
    "with-one-underscore": lambda name: name.replace("-", "_", 1),
    "with-a-blank": lambda name: f"{name} ",
}


def _named(
    spell: Callable[[str], str], names: tuple[str, ...], *, signed: bool
) -> Callable[[Target], Request]:
    def request(target: Target) -> Request:
        sent = target.bearing(target.forge.seal()) if signed else target.request()
        lines = [(spell(name).encode(), MARK.encode()) for name in names]
        return replace(sent, headers=(*sent.headers, *lines))

    return request


def _alone(name: str, spell: Callable[[str], str]) -> Attack:
    return Attack(
        name=f"identity-{name}",
        about="X-Consumer-* of a client, and no token (CVE-2025-64484)",
        request=_named(spell, _IDENTITY, signed=False),
    )


def _beside(name: str, spell: Callable[[str], str]) -> Attack:
    return Attack(
        name=f"identity-beside-token-{name}",
        about="the same beside a good token (CVE-2015-0219)",
        request=_named(spell, _IDENTITY, signed=True),
        succeeds="is mark",
    )


ATTACKS = (
    *(_alone(name, spell) for name, spell in _SPELLINGS.items()),
    *(_beside(name, spell) for name, spell in _SPELLINGS.items()),
    Attack(
        name="identity-of-proxies",
        about="headers of other proxies, and no token",
        request=_named(str, _PROXIES, signed=False),
    ),
)
"""Forged identities."""
