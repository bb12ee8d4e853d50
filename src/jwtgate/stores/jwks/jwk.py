"""One member of a JWK Set: what it is for, and the public key in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, final

from jwtgate.jose.strictjson import JSONObject
from jwtgate.keytext import is_key_text
from jwtgate.stores.jwks.issuer import Issuer

__all__ = ["PassedOver", "PublishedKey", "read_jwk"]

# What a key is made of. All else in a JWK (x5c, x5u, members of others) stays behind,
# and so the same key gives the same credential whatever comes to stand beside it.
_MATERIAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
)
_FAMILY: Final = MappingProxyType({"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"})
_BY_CURVE: Final = MappingProxyType(
    {
        ("EC", "P-256"): "ES256",
        ("EC", "P-384"): "ES384",
        ("EC", "P-521"): "ES512",
        ("OKP", "Ed25519"): "EdDSA",
        ("OKP", "Ed448"): "EdDSA",
    }
)
_PRIVATE: Final = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")  # RFC 7518 6.2.2, 6.3.2


class PassedOver(Exception):
    """A key that is not taken; the text says why and has nothing of the key.

    Attributes:
        harmless: The key is sound, and for something else.
    """

    def __init__(self, why: str, *, harmless: bool = False) -> None:
        super().__init__(why)
        self.harmless = harmless


@final
@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key that may verify tokens.

    Attributes:
        kid: Its id, if it has one.
        algorithms: What it may be used with; one, if the JWK says which.
        material: A JWK of nothing but the public key.
    """

    kid: str | None
    algorithms: tuple[str, ...]
    material: Mapping[str, object]


def read_jwk(jwk: object, issuer: Issuer) -> PublishedKey:
    """Read a member of ``keys``; the key itself is not yet looked at.

    Args:
        jwk: Any JSON.
        issuer: Says which algorithms are allowed.

    Raises:
        PassedOver: Another kind of key or another use; a secret or a private key; a
            member that is not what RFC 7517 says.

    Source: RFC 7517 sections 4 and 5 ("implementations SHOULD ignore JWKs ... that are
    not understood"); RFC 7518 section 6.
    """
    if not isinstance(jwk, JSONObject):
        raise PassedOver("it is no JSON object")
    kty = jwk.get("kty")
    if kty not in tuple(_MATERIAL):
        raise PassedOver("its kty is not RSA, EC or OKP", harmless=True)
    if any(member in jwk for member in _PRIVATE):
        raise PassedOver("it is a private key, and published: it is nobody's any more")
    kid = jwk.get("kid")
    if "kid" in jwk and not is_key_text(kid):
        raise PassedOver("its kid is no printable text of 1 to 512 octets")
    _require_for_signatures(jwk)
    material = {name: jwk.get(name) for name in ("kty", *_MATERIAL[kty])}
    return PublishedKey(kid, _algorithms(jwk, kty, issuer), material)


def _require_for_signatures(jwk: JSONObject) -> None:
    if jwk.get("use", "sig") != "sig":
        raise PassedOver("its use is not sig", harmless=True)
    operations = jwk.get("key_ops", ("verify",))
    # A text holds "verify" too, as do others that are no operation.
    if not isinstance(operations, tuple) or "verify" not in operations:
        raise PassedOver("its key_ops do not have verify", harmless=True)


def _algorithms(jwk: JSONObject, kty: str, issuer: Issuer) -> tuple[str, ...]:
    chosen: tuple[str, ...]
    if "alg" in jwk:
        chosen = (jwk["alg"],) if _fits(jwk["alg"], kty) else ()
    elif kty == "RSA":
        chosen = issuer.rsa_algorithms
    else:
        curve = jwk.get("crv")
        named = _BY_CURVE.get((kty, curve)) if isinstance(curve, str) else None
        chosen = () if named is None else (named,)
    allowed = tuple(filter(issuer.allows, chosen))
    if not allowed:
        raise PassedOver("it is for no algorithm that is allowed", harmless=True)
    return allowed


def _fits(alg: object, kty: str) -> bool:
    return isinstance(alg, str) and _FAMILY.get(alg[:2]) == kty
