"""The flaws that a token of a test may have: each a function of its parts."""

import hmac
import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias, cast

from jwtgate.credential import Credential
from jwtgate.jose.hmac import HMACKey
from jwtgate.material import hmac_key
from jwtgate.testing.forging import Forge, segment
from jwtgate.testing.signing import Sign

__all__ = ["FLAWS", "Flaw"]

Flaw: TypeAlias = Literal[
    "expired",
    "not_yet_valid",
    "wrong_key",
    "tampered_header",
    "tampered_payload",
    "tampered_signature",
    "no_signature",
    "alg_none",
    "alg_None",
    "alg_nOnE",
    "alg_confusion",
    "missing_claims",
    "missing_key",
    "unknown_key",
    "unknown_kid",
]
"""What is wrong with a token; everything else of it is right.

``expired`` and ``not_yet_valid`` are so by a second, beyond any leeway. ``wrong_key``
is signed by another key of the same kind. The tampered ones were signed, then changed.
``no_signature`` has the right ``alg`` and an empty signature; the ``alg_none`` ones say
that there is none. ``alg_confusion`` has the public key for its HMAC secret, or the
secret under another hash. ``missing_claims`` has the key claim alone, ``missing_key``
all but that. ``unknown_kid`` is refused if the credential has a kid of its own.
"""

Members: TypeAlias = dict[str, Any]
Make: TypeAlias = Callable[[Forge, Members, Members], str]

_UNKNOWN = "nobody-has-this-key"


def _expired(forge: Forge, header: Members, claims: Members) -> str:
    """Expired by a second, beyond any leeway (RFC 7519 section 4.1.4)."""
    past = math.floor(forge.now - forge.grace) - 1
    return forge.seal(header, {**claims, "exp": past})


def _not_yet_valid(forge: Forge, header: Members, claims: Members) -> str:
    """Not valid for another second, beyond any leeway (RFC 7519 section 4.1.5)."""
    coming = math.ceil(forge.now + forge.grace) + 1
    return forge.seal(header, {**claims, "nbf": coming})


def _wrong_key(forge: Forge, header: Members, claims: Members) -> str:
    """Signed by another key of the same kind."""
    return forge.seal(header, claims, forge.stranger)


def _tampered_header(forge: Forge, header: Members, claims: Members) -> str:
    """Signed, then given another member in the header."""
    _, payload, signature = forge.seal(header, claims).split(".")
    return f"{_text({**header, 'cty': 'JWT'})}.{payload}.{signature}"


def _tampered_payload(forge: Forge, header: Members, claims: Members) -> str:
    """Signed, then given another claim."""
    head, _, signature = forge.seal(header, claims).split(".")
    return f"{head}.{_text({**claims, 'sub': 'root', 'admin': True})}.{signature}"


def _tampered_signature(forge: Forge, header: Members, claims: Members) -> str:
    """Signed, then one bit of the signature turned."""
    return forge.seal(header, claims, lambda octets: _turned(forge.sign(octets)))


def _no_signature(forge: Forge, header: Members, claims: Members) -> str:
    """The right ``alg``, and an empty signature (CVE-2020-28042)."""
    return forge.seal(header, claims, lambda _: b"")


def _unsigned(name: str) -> Callable[[Forge, Members, Members], str]:
    """Make the flaw that ``alg`` is ``none``, spelled so (RFC 8725 section 3.2)."""

    def alg_none(forge: Forge, header: Members, claims: Members) -> str:
        return forge.seal({**header, "alg": name}, claims, lambda _: b"")

    return alg_none


def _alg_confusion(forge: Forge, header: Members, claims: Members) -> str:
    """The public key as the secret of an HMAC, or the secret under another hash.

    Source: CVE-2016-10555, CVE-2022-29217; RFC 8725 section 2.1.
    """
    algorithm, sign = _confused(forge)
    return forge.seal({**header, "alg": algorithm}, claims, sign)


def _missing_claims(forge: Forge, header: Members, claims: Members) -> str:
    """The key claim and nothing else: no expiration, no audience."""
    name = forge.policy.key_claim
    return forge.seal(header, {name: claims[name]} if name in claims else {})


def _missing_key(forge: Forge, header: Members, claims: Members) -> str:
    """No key claim, in neither place: it says not whose token it is."""
    name = forge.policy.key_claim
    return forge.seal(_without(name, header), _without(name, claims))


def _unknown_key(forge: Forge, header: Members, claims: Members) -> str:
    """A key claim that no credential has."""
    name = forge.policy.key_claim
    header, claims = (
        {**part, name: _UNKNOWN} if name in part else part for part in (header, claims)
    )
    return forge.seal(header, claims)


def _unknown_kid(forge: Forge, header: Members, claims: Members) -> str:
    """A ``kid`` that no credential of this key has."""
    return forge.seal({**header, "kid": _UNKNOWN}, claims)


def _confused(forge: Forge) -> tuple[str, Sign]:
    credential = forge.credential
    key = credential.verification_key
    if isinstance(key, HMACKey):
        other = "HS512" if credential.algorithm == "HS256" else "HS256"
        return other, _under(other, credential)
    octets = _octets(credential.public_key)
    return "HS256", lambda signing_input: hmac.digest(octets, signing_input, "sha256")


def _under(algorithm: str, credential: Credential) -> Sign:
    is_base64 = credential.secret_is_base64
    key = hmac_key(algorithm, credential.secret, is_base64=is_base64, allow_weak=True)
    return cast("HMACKey", key).sign


def _octets(public_key: object) -> bytes:
    if isinstance(public_key, bytes):
        return public_key
    if isinstance(public_key, Mapping):
        return json.dumps(dict(public_key)).encode()
    return str(public_key).encode()


def _turned(signature: bytes) -> bytes:
    return signature[:-1] + bytes([signature[-1] ^ 1])


def _text(members: Members) -> str:
    return segment(members).decode()


def _without(name: str, members: Members) -> Members:
    return {key: value for key, value in members.items() if key != name}


FLAWS: Mapping[Flaw, Make] = {
    "expired": _expired,
    "not_yet_valid": _not_yet_valid,
    "wrong_key": _wrong_key,
    "tampered_header": _tampered_header,
    "tampered_payload": _tampered_payload,
    "tampered_signature": _tampered_signature,
    "no_signature": _no_signature,
    "alg_none": _unsigned("none"),
    "alg_None": _unsigned("None"),
    "alg_nOnE": _unsigned("nOnE"),
    "alg_confusion": _alg_confusion,
    "missing_claims": _missing_claims,
    "missing_key": _missing_key,
    "unknown_key": _unknown_key,
    "unknown_kid": _unknown_kid,
}
"""Makes the token of each flaw from a header and claims that are good."""
