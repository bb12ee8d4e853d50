"""Tokens that nobody signed who may: algorithms, signatures and keys."""

import base64
import hmac
import json
from typing import Any

import jwt

from jwtgate.jose import ALGORITHMS
from jwtgate.testing.attacks.attack import Attack, with_token
from jwtgate.testing.flaws import Flaw
from jwtgate.testing.forging import Forge
from jwtgate.testing.minting import token_of
from jwtgate.testing.signing import keypair

__all__ = ["ATTACKS"]

_EVIL = "https://evil.example/keys"


def _flawed(name: str, about: str, flaw: Flaw) -> Attack:
    return with_token(name, about, lambda forge: token_of(forge, flaw))


def _header(name: str, about: str, **members: object) -> Attack:
    """Make an attack of a header of a stranger's token."""
    return with_token(
        name,
        about,
        lambda forge: forge.seal(forge.header(**members), sign=forge.stranger),
    )


def _with_own_jwk(forge: Forge) -> str:
    algorithm = forge.credential.algorithm
    if ALGORITHMS[algorithm].symmetric:
        secret = b"the secret of whoever made this token, and a few more octets" * 2
        encoded = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
        header = forge.header(jwk={"kty": "oct", "k": encoded})
        digest = ALGORITHMS[algorithm].hash_name
        return forge.seal(header, sign=lambda text: hmac.digest(secret, text, digest))
    by: Any = jwt.get_algorithm_by_name(algorithm)
    pem = keypair(algorithm, "stranger").public_key
    jwk = json.loads(by.to_jwk(by.prepare_key(pem)))
    return forge.seal(forge.header(jwk=jwk), sign=forge.stranger)


def _with_own_certificate(forge: Forge) -> str:
    lines = keypair("RS256", "stranger").public_key.splitlines()[1:-1]
    header = forge.header(x5c=["".join(lines)])
    return forge.seal(header, sign=forge.stranger)


def _hmac(kid: str, secret: bytes) -> Any:
    def token(forge: Forge) -> str:
        header = forge.header(alg="HS256", kid=kid)
        return forge.seal(header, sign=lambda t: hmac.digest(secret, t, "sha256"))

    return token


def _resized(sizes: slice, extra: bytes = b"") -> Any:
    return lambda forge: forge.seal(sign=lambda text: forge.sign(text)[sizes] + extra)


def _zeros(forge: Forge) -> str:
    return forge.seal(sign=lambda text: bytes(len(forge.sign(text))))


def _of_another_token(forge: Forge) -> str:
    signature = forge.seal(claims=forge.claims(sub="nobody")).rpartition(".")[2]
    return f"{forge.seal().rpartition('.')[0]}.{signature}"


def _none_though_signed(forge: Forge) -> str:
    return forge.seal(forge.header(alg="none"), sign=forge.stranger)


def _no_alg(forge: Forge) -> str:
    header = forge.header()
    del header["alg"]
    return forge.seal(header, sign=lambda _: b"")


def _in_lower_case(forge: Forge) -> str:
    return forge.seal(forge.header(alg=forge.credential.algorithm.lower()))


ATTACKS = (
    _flawed("alg-none", "an unsigned token (RFC 8725 3.2, CVE-2022-23540)", "alg_none"),
    _flawed("alg-none-capital", "the same, alg None (RFC 7515 4.1.1)", "alg_None"),
    _flawed("alg-none-mixed", "the same, alg nOnE (RFC 7515 4.1.1)", "alg_nOnE"),
    with_token("alg-none-signed", "alg none, and a signature", _none_though_signed),
    with_token("alg-missing", "no alg, no signature (RFC 7515 4.1.1)", _no_alg),
    _header("alg-null", "alg is null (RFC 7515 4.1.1)", alg=None),
    _header("alg-list", "alg is a list (RFC 7515 4.1.1)", alg=["none"]),
    _header("alg-number", "alg is a number (RFC 7515 4.1.1)", alg=0),
    with_token("alg-case", "alg in lower case (RFC 7515 10.13)", _in_lower_case),
    _flawed(
        "alg-confusion",
        "public key as HMAC secret, or another hash (RFC 8725 3.1, CVE-2022-29217)",
        "alg_confusion",
    ),
    _flawed("no-signature", "an empty signature (CVE-2020-28042)", "no_signature"),
    _flawed("wrong-key", "another key of the same kind (RFC 8725 3.3)", "wrong_key"),
    _flawed("unknown-key", "a key claim that nobody has", "unknown_key"),
    _flawed("tampered-header", "changed when signed (RFC 7515 5.2)", "tampered_header"),
    _flawed("tampered-payload", "changed when signed", "tampered_payload"),
    _flawed("tampered-signature", "one bit turned", "tampered_signature"),
    with_token("signature-cut", "half a signature", _resized(slice(8))),
    with_token(
        "signature-longer", "octets behind it", _resized(slice(None), b"\0\0\0")
    ),
    with_token("signature-zeros", "zeros for r and s (CVE-2022-21449)", _zeros),
    with_token("signature-moved", "that of another token", _of_another_token),
    with_token("jwk", "the attacker's key in jwk (CVE-2018-0114)", _with_own_jwk),
    with_token("x5c", "the attacker's key in x5c", _with_own_certificate),
    _header("jku", "keys from the attacker's site (RFC 8725 3.10)", jku=_EVIL),
    _header("x5u", "a certificate from there (RFC 8725 3.10)", x5u=_EVIL),
    with_token(
        "kid-path",
        "a kid that is a path to an empty file (RFC 8725 3.10)",
        _hmac("../../../../../../dev/null", b""),
    ),
    with_token(
        "kid-sql",
        "a kid that selects a secret (RFC 8725 3.10)",
        _hmac("x' UNION SELECT 'secret' -- ", b"secret"),
    ),
    _header("kid-command", "a kid that is a command", kid="|sleep 10;`sleep 10`"),
    _header("kid-nul", "a kid with NUL", kid="key\0.pem"),
    _header("kid-long", "a kid of 4000 octets", kid="k" * 4000),
    _header("kid-surrogate", "a kid that is no Unicode", kid="\ud800"),
    _header("kid-list", "a kid that is a list (RFC 7515 4.1.4)", kid=["a"]),
)
"""Forged tokens."""
