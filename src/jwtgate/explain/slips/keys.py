"""Mistakes with key pairs: the wrong half, another key, another form; and an attack."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import InvalidKey
from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.explain.slips.secrets import hmac_holds
from jwtgate.jose import ALGORITHMS, UnverifiedToken
from jwtgate.jose.publickey import read_public_key
from jwtgate.material import public_key
from jwtgate.reason import Reason

__all__ = ["KEYS"]

_PublicKey: TypeAlias = (
    RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey | Ed448PublicKey
)

_LOOKED_AT = (Reason.SIGNATURE_INVALID, Reason.ALGORITHM_MISMATCH)
_OCTETS = {"ES256": 32, "ES384": 48, "ES512": 66}  # of r, and of s (RFC 7518 3.4)


def _public_key_as_secret(case: Case) -> Slip | None:
    for row, token in _looked_at(case):
        if any(hmac_holds(token, secret) for secret in _public_texts(row)):
            return Slip(
                name="public_key_as_secret",
                saw="The token was signed with the credential's public key as an HMAC "
                "secret: this is how tokens are forged (CVE-2022-29217).",
                mend="Find out who sent it; if it was made by mistake, sign with the "
                f"private key, as {row.algorithm}.",
            )
    return None


def _der_signature(case: Case) -> Slip | None:
    for row, token in _looked_at(case):
        raw = _raw_signature(row, token)
        if raw and row.verification_key.verify(raw, token.signing_input):
            return Slip(
                name="der_signature",
                saw="The signature holds, but is in DER form, as OpenSSL writes it.",
                mend="Write r and s in full, one behind the other (RFC 7518 section "
                "3.4): JWT libraries do.",
            )
    return None


def _another_algorithm(case: Case) -> Slip | None:
    for row, token in _looked_at(case):
        alg = token.header.alg
        if alg == row.algorithm or alg not in ALGORITHMS or token.signature is None:
            continue
        with suppress(InvalidKey):
            key = public_key(str(alg), row.public_key)
            if key.verify(token.signature, token.signing_input):
                return Slip(
                    name="another_algorithm",
                    saw=f"The token is {alg} and the credential {row.algorithm}; the "
                    "key is the same, and the signature holds.",
                    mend=f"Sign with {row.algorithm}, or make the credential {alg}.",
                )
    return None


def _wrong_half(case: Case) -> Slip | None:
    for row in case.rows or ():
        if isinstance(row, UnusableCredential) and "private" in row.why:
            return Slip(
                name="wrong_half",
                saw="The credential was given the private half of a key.",
                mend="Give it the public one: 'openssl pkey -in private.pem -pubout'; "
                "and make a new pair, if others could read that file.",
            )
    return None


def _another_key(case: Case) -> Slip | None:
    if case.reason is not Reason.SIGNATURE_INVALID or _der_signature(case):
        return None
    for row, token in _looked_at(case):
        if row.algorithm == token.header.alg:
            return Slip(
                name="another_key",
                saw="The token was signed with another private key than the one that "
                "belongs to the credential's public key, or was changed afterwards.",
                mend="Compare: 'openssl pkey -in private.pem -pubout' writes the one "
                "that the credential has to have.",
            )
    return None


def _looked_at(case: Case) -> Iterator[tuple[Credential, UnverifiedToken]]:
    if case.token is None or case.reason not in _LOOKED_AT:
        return
    for tried in case.tried:
        if tried.is_picked and tried.credential.public_key is not None:
            yield tried.credential, case.token


def _public_texts(row: Credential) -> Iterator[bytes]:
    material = row.public_key
    if isinstance(material, Mapping):
        material = json.dumps(dict(material))
    given = material.encode() if isinstance(material, str) else material or b""
    yield from (given, given.strip(), given.strip() + b"\n")
    read = [read_public_key(row.algorithm, given)]
    for key in (each for each in read if isinstance(each, _PublicKey)):
        if isinstance(key, RSAPublicKey):
            yield from _written(key, PublicFormat.PKCS1)
        yield from _written(key, PublicFormat.SubjectPublicKeyInfo)


def _written(key: _PublicKey, form: PublicFormat) -> Iterator[bytes]:
    for encoding in (Encoding.PEM, Encoding.DER):
        octets = key.public_bytes(encoding, form)
        yield from (octets, octets.strip())


def _raw_signature(row: Credential, token: UnverifiedToken) -> bytes | None:
    """Give r and s of a signature in DER form; None of any other."""
    size = _OCTETS.get(row.algorithm)
    if size is None or token.signature is None:
        return None
    try:
        r, s = decode_dss_signature(token.signature)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    except (OverflowError, ValueError):
        return None


KEYS: Final = (
    _public_key_as_secret,
    _der_signature,
    _another_algorithm,
    _wrong_half,
    _another_key,
)
"""The attack first."""
