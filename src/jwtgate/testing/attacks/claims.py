"""Tokens whose signature holds, and whose claims do not: times, keys, audiences."""

import json
import math
from collections.abc import Callable

from jwtgate.testing.attacks.attack import Attack, with_token
from jwtgate.testing.forging import Forge
from jwtgate.testing.minting import token_of

__all__ = ["ATTACKS"]

_MINUTE = 60


def _claims(name: str, about: str, **members: object) -> Attack:
    return with_token(
        name, about, lambda forge: forge.seal(claims=forge.claims(**members))
    )


def _exp(name: str, about: str, number: str) -> Attack:
    def token(forge: Forge) -> str:
        text = json.dumps(forge.claims(exp="?"))
        return forge.seal(claims=text.replace('"?"', number).encode())

    return with_token(name, about, token)


def _key(name: str, about: str, value: object) -> Attack:
    def token(forge: Forge) -> str:
        return forge.seal(*forge.naming(value))

    return with_token(name, about, token)


def _at(name: str, about: str, times: Callable[[Forge], dict[str, float]]) -> Attack:
    return with_token(
        name, about, lambda forge: forge.seal(claims=forge.claims(**times(forge)))
    )


def _elsewhere(forge: Forge) -> str | None:
    if not (forge.policy.audience or forge.credential.audience):
        return None
    return forge.seal(claims=forge.claims(aud="https://elsewhere.example"))


def _by_another_issuer(forge: Forge) -> str | None:
    if not forge.policy.issuer:
        return None
    return forge.seal(claims=forge.claims(iss="https://evil.example"))


def _of_another_type(forge: Forge) -> str | None:
    if not (forge.policy.types or forge.credential.types):
        return None
    return forge.seal(forge.header(typ="elsewhere+jwt"))


ATTACKS = (
    with_token(
        "expired",
        "a token that is over (RFC 7519 4.1.4)",
        lambda forge: token_of(forge, "expired"),
    ),
    with_token(
        "not-yet-valid",
        "a token before its time (RFC 7519 4.1.5)",
        lambda forge: token_of(forge, "not_yet_valid"),
    ),
    _at(
        "expired-now",
        "exp that is now: on or after it is over (RFC 7519 4.1.4)",
        lambda forge: {"exp": math.floor(forge.now - forge.grace)},
    ),
    _at(
        "expired-long-ago",
        "a token over for years",
        lambda forge: {"exp": forge.now - 10**8},
    ),
    _at(
        "never-begun",
        "a token over before it began",
        lambda forge: {
            "nbf": forge.now + forge.grace + _MINUTE,
            "exp": forge.now - forge.grace - _MINUTE,
        },
    ),
    with_token(
        "claims-missing",
        "a key claim alone, no exp",
        lambda forge: token_of(forge, "missing_claims"),
    ),
    with_token(
        "key-missing", "no key claim", lambda forge: token_of(forge, "missing_key")
    ),
    _exp("exp-nan", "never over: NaN (RFC 8259 6)", "NaN"),
    _exp("exp-infinity", "never over: Infinity (RFC 8259 6)", "Infinity"),
    _exp("exp-overflow", "never over: 1e999 (RFC 8259 6)", "1e999"),
    _exp("exp-digits", "an exp of 5000 digits", "9" * 5000),
    _claims("exp-text", "an exp that is a text (RFC 7519 2)", exp="9999999999"),
    _claims("exp-true", "an exp that is true (RFC 7519 2)", exp=True),
    _claims("exp-null", "an exp that is null (RFC 7519 2)", exp=None),
    _claims("exp-list", "an exp that is a list (RFC 7519 2)", exp=[9999999999]),
    _claims("exp-object", "an exp that is an object (RFC 7519 2)", exp={"a": 1}),
    _claims("exp-zero", "an exp of 0", exp=0),
    _claims("exp-negative", "an exp before 1970", exp=-1),
    _claims("nbf-text", "an nbf that is a text (RFC 7519 2)", nbf="0"),
    _claims("nbf-list", "an nbf that is a list (RFC 7519 2)", nbf=[0]),
    _key("key-list", "a key claim that is a list (RFC 7519 4.1.1)", ["a"]),
    _key("key-object", "a key claim that is an object", {"a": 1}),
    _key("key-number", "a key claim that is a number", 1),
    _key("key-true", "a key claim that is true", value=True),
    _key("key-null", "a key claim that is null", None),
    _key("key-empty", "a key claim that is empty", ""),
    _key("key-nul", "a key claim with NUL", "key\0"),
    _key("key-sql", "a key claim with SQL", "x' OR '1'='1"),
    _key("key-long", "a key claim of 4000 octets", "k" * 4000),
    _key("key-surrogate", "a key claim that is no Unicode", "\ud800"),
    with_token("aud-elsewhere", "for another audience (RFC 8725 3.9)", _elsewhere),
    with_token("iss-elsewhere", "of another issuer (RFC 8725 3.8)", _by_another_issuer),
    with_token("typ-elsewhere", "of another type (RFC 8725 3.11)", _of_another_type),
)
"""Tokens whose claims are to be refused."""
