"""Mistakes in secrets: read as base64 or raw, a line end, quotes, another hash.

The signature is computed again from what the secret may have been taken for. Which
one holds is told; the secret, what was made of it, and the signature never are.
"""

import hmac
from base64 import b64encode
from binascii import Error, a2b_base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from jwtgate.credential import Credential
from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.jose import ALGORITHMS, UnverifiedToken
from jwtgate.reason import Reason

__all__ = ["SECRETS", "hmac_holds"]

_LOOKED_AT = (Reason.SIGNATURE_INVALID, Reason.ALGORITHM_MISMATCH)


def hmac_holds(token: UnverifiedToken, secret: bytes) -> bool:
    """Whether a token was signed with a secret, by the HS algorithm it names."""
    algorithm = ALGORITHMS.get(token.header.alg or "")
    if algorithm is None or not algorithm.symmetric or token.signature is None:
        return False
    mac = hmac.digest(secret, token.signing_input, algorithm.hash_name)
    return hmac.compare_digest(mac, token.signature)


def _misread(case: Case) -> Slip | None:
    for row, token in _looked_at(case):
        if row.algorithm != token.header.alg:
            continue
        for secret, slip in _readings(row):
            if hmac_holds(token, secret):
                return slip
    return None


def _another_hash(case: Case) -> Slip | None:
    for row, token in _looked_at(case):
        secret = _keyed_with(row)
        if row.algorithm == token.header.alg or secret is None:
            continue
        if hmac_holds(token, secret):
            return Slip(
                name="another_hash",
                saw=f"The token is {token.header.alg} and the credential "
                f"{row.algorithm}; the secret is the same, and the signature holds.",
                mend=f"Sign with {row.algorithm}, or make the credential "
                f"{token.header.alg}.",
            )
    return None


def _looked_at(case: Case) -> Iterator[tuple[Credential, UnverifiedToken]]:
    if case.token is None or case.reason not in _LOOKED_AT:
        return
    for tried in case.tried:
        if tried.is_picked and tried.credential.secret is not None:
            yield tried.credential, case.token


def _keyed_with(row: Credential) -> bytes | None:
    secret = row.reveal_secret()
    return _decoded(secret) if secret and row.secret_is_base64 else secret


def _readings(row: Credential) -> Iterator[tuple[bytes, Slip]]:
    given, keyed = row.reveal_secret() or b"", _keyed_with(row) or b""
    if row.secret_is_base64:
        yield given, _AS_TEXT
        for secret in _trimmed(given):
            yield secret, _AS_TEXT
    else:
        for octets in (given, given.strip(), given.strip(b"\"'")):
            yield _decoded(octets) or keyed, _AS_BASE64
            with suppress(ValueError):
                yield bytes.fromhex(octets.decode("ascii")), _AS_HEX
    yield b64encode(keyed), _WRAPPED
    for secret in _trimmed(keyed):
        yield secret, _LINE_END
    for quote in (b'"', b"'"):
        yield quote + keyed + quote, _QUOTED
        yield keyed.strip(quote), _QUOTED


def _trimmed(secret: bytes) -> Iterator[bytes]:
    bare = secret.strip()
    yield bare
    for end in (b"\n", b"\r\n", b"\r", b" "):
        yield bare + end
        yield end + bare


def _decoded(text: bytes) -> bytes | None:
    bare = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True)
    except Error:
        return None


_AS_BASE64 = Slip(
    name="secret_read_raw",
    saw="The token was signed with the octets that the secret is base64 of, and the "
    "credential reads the secret as a text.",
    mend="Set secret_is_base64 (APISIX: base64_secret) in the credential, or sign with "
    "the text itself: at jwt.io, untick 'secret base64 encoded'.",
)
_AS_TEXT = Slip(
    name="secret_read_as_base64",
    saw="The token was signed with the text of the secret, and the credential reads it "
    "as base64.",
    mend="Sign with the decoded octets (at jwt.io, tick 'secret base64 encoded'), or "
    "take secret_is_base64 out of the credential.",
)
_AS_HEX = Slip(
    name="secret_read_as_hex",
    saw="The token was signed with the octets that the secret is hex of, and the "
    "credential reads the secret as a text.",
    mend="Sign with the text itself, or give the credential base64 of the octets and "
    "set secret_is_base64.",
)
_WRAPPED = Slip(
    name="secret_wrapped",
    saw="The token was signed with base64 of the secret, as a text.",
    mend="Decode it before signing: a Kubernetes Secret shows base64 of what it holds.",
)
_LINE_END = Slip(
    name="secret_with_line_end",
    saw="The secret is the same but for a line end or a blank: one side has one, the "
    "other has not.",
    mend="Take it off: write the file with printf '%s', not echo, and strip what is "
    "read of a file.",
)
_QUOTED = Slip(
    name="secret_quoted",
    saw="The secret is the same but for quotes around it: one side took them for a "
    "part of it.",
    mend="Take them off where the secret is written, in an .env file most likely.",
)

SECRETS: Final = (_misread, _another_hash)
"""What may be wrong with a shared secret."""
