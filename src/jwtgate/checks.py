"""The checks of claims, each a pure function with the time as an argument.

A check gives None, or the claim that refuses and why. Numbers are compared as they
are: a claim is never made a datetime, an integer of 4,000 digits never a float.
"""

from collections.abc import Callable, Collection
from typing import TypeAlias

from jwtgate.jose import VerifiedToken
from jwtgate.jose.claims import is_numeric_date
from jwtgate.reason import Reason

__all__ = [
    "Check",
    "Failure",
    "audience",
    "expiration",
    "issuer",
    "maximum_expiration",
    "not_before",
    "not_before_exclusive",
    "required",
    "token_type",
]

Failure: TypeAlias = tuple[str, Reason]
"""The name of a claim, or ``typ``, and why it refuses."""

Check: TypeAlias = Callable[[VerifiedToken, float, float], Failure | None]
"""Takes the token, now, and the grace in seconds."""


def expiration(token: VerifiedToken, now: float, grace: float) -> Failure | None:
    """Refuse from ``exp`` on, plus the grace; a token without it passes.

    Source: RFC 7519 section 4.1.4 ("on or after").
    """
    claims = token.claims
    if "exp" not in claims:
        return None
    exp = claims["exp"]
    if type(exp) is int or is_numeric_date(exp):
        return ("exp", Reason.TOKEN_EXPIRED) if exp <= now - grace else None
    return "exp", Reason.CLAIM_INVALID


def not_before(token: VerifiedToken, now: float, grace: float) -> Failure | None:
    """Refuse before ``nbf``, less the grace; a token without it passes.

    Source: RFC 7519 section 4.1.5.
    """
    claims = token.claims
    if "nbf" not in claims:
        return None
    nbf = claims["nbf"]
    if type(nbf) is int or is_numeric_date(nbf):
        return ("nbf", Reason.TOKEN_NOT_YET_VALID) if nbf > now + grace else None
    return "nbf", Reason.CLAIM_INVALID


def not_before_exclusive(
    token: VerifiedToken, now: float, grace: float
) -> Failure | None:
    """Refuse until after the very second of ``nbf``, as APISIX does."""
    failure = not_before(token, now, grace)
    if failure is None and token.claims.get("nbf") == now + grace:
        return "nbf", Reason.TOKEN_NOT_YET_VALID
    return failure


def maximum_expiration(limit: float) -> Check:
    """Refuse an ``exp`` more than ``limit`` seconds from now, and a token without.

    Measured from now, not from ``iat``, which the sender chooses; no grace widens it.

    Source: Kong ``maximum_expiration``.
    """

    def check(token: VerifiedToken, now: float, _grace: float) -> Failure | None:
        exp = token.claims.get("exp")
        if not is_numeric_date(exp):
            return "exp", Reason.CLAIM_INVALID
        return ("exp", Reason.EXPIRATION_TOO_FAR) if exp > now + limit else None

    return check


def required(name: str) -> Check:
    """Refuse a token that lacks this claim; ``null`` counts as present."""

    def check(token: VerifiedToken, _now: float, _grace: float) -> Failure | None:
        return None if name in token.claims else (name, Reason.CLAIM_MISSING)

    return check


def issuer(accepted: Collection[str]) -> Check:
    """Refuse an ``iss`` that is not exactly one of these.

    Source: RFC 7519 section 4.1.1; RFC 8725 section 3.8.
    """

    def check(token: VerifiedToken, _now: float, _grace: float) -> Failure | None:
        found = token.claims.get("iss")
        if isinstance(found, str) and found in accepted:
            return None
        return "iss", Reason.ISSUER_MISMATCH

    return check


def audience(accepted: Collection[str]) -> Check:
    """Refuse an ``aud`` that names none of these, as text or in an array.

    Source: RFC 7519 section 4.1.3; RFC 8725 section 3.9.
    """

    def check(token: VerifiedToken, _now: float, _grace: float) -> Failure | None:
        found = token.claims.get("aud")
        named = found if isinstance(found, tuple) else (found,)
        if any(isinstance(name, str) and name in accepted for name in named):
            return None
        return "aud", Reason.AUDIENCE_MISMATCH

    return check


def token_type(accepted: Collection[str]) -> Check:
    """Refuse a ``typ`` header that is none of these, ``application/`` left out.

    Source: RFC 7515 section 4.1.9; RFC 8725 section 3.11; RFC 9068 section 4.
    """
    bare = {name.removeprefix("application/") for name in accepted}

    def check(token: VerifiedToken, _now: float, _grace: float) -> Failure | None:
        found = token.header.members.get("typ")
        if isinstance(found, str) and found.removeprefix("application/") in bare:
            return None
        return "typ", Reason.TYPE_MISMATCH

    return check
