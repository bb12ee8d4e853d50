import hashlib
import json
import re
from base64 import b64decode, b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jose.disguise import key_form
from tests.kit import SECRET, private_key, private_pem, public_pem

KINDS = ["RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed448"]
JWK = json.dumps({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}).encode()
SSH = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKIbDYQ35ApM joe@example.com"

each_kind = pytest.mark.parametrize("kind", KINDS)
SSH_KINDS = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")


def public_der(kind: str) -> bytes:
    """Write a public key as DER."""
    key = private_key(kind).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_der(kind: str, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    """Write a private key as DER."""
    return private_key(kind).private_bytes(Encoding.DER, form, NoEncryption())


def der(content: bytes) -> bytes:
    """Wrap octets in a SEQUENCE with a length of two octets."""
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


# PEM.


@each_kind
def test_public_pem_is_found(kind: str) -> None:
    """CVE-2022-29217: the text of a public key is no secret."""
    assert key_form(public_pem(kind).encode()) == "PEM"


@each_kind
def test_private_pem_is_found(kind: str) -> None:
    """A private key was meant for signing with another algorithm."""
    assert key_form(private_pem(kind).encode()) == "PEM"


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(public_pem("RS256").replace("\n", "\\n"), id="escaped"),
        pytest.param(public_pem("RS256").replace("\n", "\r\n"), id="crlf"),
        pytest.param(public_pem("RS256").replace("\n", ""), id="one-line"),
        pytest.param("\n\t " + public_pem("RS256"), id="blanks-before"),
        pytest.param("\ufeff" + public_pem("RS256"), id="byte-order-mark"),
        pytest.param("key: " + public_pem("RS256"), id="text-before"),
        pytest.param(json.dumps([public_pem("RS256")]), id="inside-json"),
        pytest.param("-----BEGIN CERTIFICATE-----", id="certificate"),
        pytest.param("-----BEGIN RSA PUBLIC KEY-----", id="pkcs-1"),
        pytest.param("-----BEGIN EC PRIVATE KEY-----", id="sec-1"),
        pytest.param("---- BEGIN SSH2 PUBLIC KEY ----", id="ssh2"),
    ],
)
def test_mangled_pem_is_found(secret: str) -> None:
    """Another line end or a new wrapping does not hide a PEM."""
    assert key_form(secret.encode()) == "PEM"


# SSH.


@pytest.mark.parametrize(
    "kind",
    [
        "ssh-rsa",
        "ssh-ed25519",
        "ssh-dss",
        "ecdsa-sha2-nistp256",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    ],
)
@pytest.mark.parametrize("before", ["", " \n"], ids=["bare", "blanks-before"])
def test_ssh_key_is_found(kind: str, before: str) -> None:
    """CVE-2024-33663: a public key as OpenSSH writes it is no secret either."""
    assert key_form(f"{before}{kind} AAAAC3NzaC1lZDI1NTE5".encode()) == "SSH"


# JWK.


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(JWK, id="public"),
        pytest.param(b'{"kty": "oct", "k": "AQ"}', id="symmetric"),
        pytest.param(b'{"keys": []}', id="set"),
        pytest.param(b'\n {"kty":\n"RSA"} \n', id="blanks"),
    ],
)
def test_jwk_is_found(secret: bytes) -> None:
    """CVE-2026-48526: the JSON text of a JWK is no secret."""
    assert key_form(secret) == "JWK"


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(b'{"a": 1}', id="other-object"),
        pytest.param(b"{}", id="empty-object"),
        pytest.param(b'{"kty": "oct"', id="cut"),
        pytest.param(b"{" + SECRET.encode(), id="brace-first"),
        pytest.param(b'{"kty":' * 100_000, id="deep"),
        pytest.param(b'{"kty": "\xff"}', id="not-utf-8"),
        pytest.param(b'["kty"]', id="array"),
        pytest.param(b'"kty"', id="text"),
    ],
)
def test_text_that_is_no_jwk_passes(secret: bytes) -> None:
    """A brace does not make a JWK."""
    assert key_form(secret) is None


# DER.


@each_kind
def test_public_der_is_found(kind: str) -> None:
    """CVE-2024-33663, the bypass: the octets of a public key, without armour."""
    assert key_form(public_der(kind)) == "DER"


@each_kind
def test_private_der_is_found(kind: str) -> None:
    """So are those of a private key."""
    assert key_form(private_der(kind)) == "DER"


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
def test_traditional_private_der_is_found(kind: str) -> None:
    """The older forms, of PKCS #1 and SEC 1, are found, too."""
    assert key_form(private_der(kind, PrivateFormat.TraditionalOpenSSL)) == "DER"


def test_pkcs_1_public_der_is_found() -> None:
    """The bare numbers of an RSA key are found."""
    key = private_key("RS256").public_key()
    assert key_form(key.public_bytes(Encoding.DER, PublicFormat.PKCS1)) == "DER"


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(b"0", id="one-character"),
        pytest.param(b"0" * 64, id="zeros"),
        pytest.param(b"0123456789abcdef0123456789abcdef", id="digits"),
        pytest.param(b"\x30\x00", id="empty-sequence"),
        pytest.param(b"\x30\x80", id="indefinite-length"),
        pytest.param(b"\x30\x82\x01", id="cut-length"),
        pytest.param(b"\x30\x02\x05\x00", id="sequence-of-null"),
        pytest.param(b"\x30\x20" + b"x" * 32, id="random-that-fills"),
        pytest.param(der(b"x" * 300), id="random-that-fills-long"),
        pytest.param(public_der("ES256") + b"x", id="key-and-more"),
        pytest.param(public_der("ES256")[:-1], id="key-cut"),
    ],
)
def test_octets_that_merely_start_like_der_pass(secret: bytes) -> None:
    """The tag of a SEQUENCE is the digit 0, and secrets begin with it, too."""
    assert key_form(secret) is None


# Base64 of these.


@pytest.mark.parametrize(
    ("octets", "form"),
    [
        (public_pem("ES256").encode(), "PEM"),
        (SSH, "SSH"),
        (JWK, "JWK"),
        (public_der("RS256"), "DER"),
        (public_der("EdDSA"), "DER"),
    ],
    ids=["PEM", "SSH", "JWK", "DER-RSA", "DER-Ed25519"],
)
@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(b64encode, id="standard"),
        pytest.param(urlsafe_b64encode, id="url-safe"),
        pytest.param(encodebytes, id="lines"),
        pytest.param(lambda octets: b64encode(octets).rstrip(b"="), id="unpadded"),
        pytest.param(lambda octets: b" " + b64encode(octets) + b"\n", id="blanks"),
    ],
)
def test_base64_of_a_key_is_found(
    encode: Callable[[bytes], bytes], octets: bytes, form: str
) -> None:
    """What stands between the lines of a PEM, or a key encoded once more."""
    assert key_form(encode(octets)) == form


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda octets: octets.hex(), id="hex"),
        pytest.param(lambda octets: octets.hex().upper(), id="upper-case"),
        pytest.param(lambda octets: octets.hex(" "), id="blanks"),
        pytest.param(lambda octets: "\n" + octets.hex("\n", 31), id="lines"),
        pytest.param(lambda octets: octets.hex().encode().hex(), id="twice"),
        pytest.param(lambda octets: b64encode(octets).hex(), id="of-base64"),
    ],
)
def test_hex_of_a_key_is_found(encode: Callable[[bytes], str]) -> None:
    """As tools show octets."""
    assert key_form(encode(public_der("EdDSA")).encode()) == "DER"


def plain_form(octets: bytes) -> str | None:
    """Name the form of a key that is not encoded, asking for all of them in full."""
    text = octets.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").strip()
    if re.search(rb"--+ ?(BEGIN|END) ", text):
        return "PEM"
    if text.startswith(SSH_KINDS) or octets[4:].startswith(SSH_KINDS):
        return "SSH"
    with suppress(ValueError):
        value = json.loads(text)
        if isinstance(value, dict) and value.keys() & {"kty", "keys"}:
            return "JWK"
    ends = [octets, octets.strip()]
    return "DER" if {*ends} & {*map(public_der, KINDS)} else None


def decoded(octets: bytes) -> list[bytes]:
    """Decode octets as base64 and as hex, where they are."""
    text = b"".join(octets.split())
    found = []
    with suppress(ValueError):
        found.append(b64decode(text.rstrip(b"=") + b"==", b"-_"))
    with suppress(ValueError):
        found.append(bytes.fromhex(text.decode("ascii")))
    return found


keys = st.sampled_from([JWK, SSH, *(public_der(kind) for kind in KINDS)]) | st.just(
    b"--BEGIN \0"
)
junk = st.text("-_+/= \n\t\v\0{0Aa\xff", max_size=4).map(
    lambda text: text.encode("latin-1")
)
encodings = st.sampled_from(
    [
        bytes,
        b64encode,
        urlsafe_b64encode,
        encodebytes,
        lambda octets: octets.hex().encode(),
    ]
)


@given(
    keys | st.binary(max_size=48),
    st.lists(st.tuples(encodings, junk, junk), max_size=3),
)
def test_a_first_look_misses_nothing(
    octets: bytes, steps: list[tuple[Callable[[bytes], bytes], bytes, bytes]]
) -> None:
    """Whatever stands around a key, each form is found that a look in full finds."""
    for encode, before, after in steps:
        octets = before + encode(octets) + after
    once = decoded(octets)
    forms = [octets, *once, *(twice for each in once for twice in decoded(each))]
    assert key_form(octets) == next(filter(None, map(plain_form, forms)), None)


# Secrets.


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(b"", id="empty"),
        pytest.param(SECRET.encode(), id="text"),
        pytest.param(b64encode(bytes(range(64))), id="base64"),
        pytest.param(bytes(range(256)), id="octets"),
        pytest.param(b"my ssh-key", id="speaks-of-ssh"),
        pytest.param(b"BEGIN PUBLIC KEY", id="speaks-of-pem"),
    ],
)
def test_secret_passes(secret: bytes) -> None:
    """A secret that is no key is taken."""
    assert key_form(secret) is None


@given(st.integers(0))
def test_random_secret_passes(seed: int) -> None:
    """Random octets are no key, even where they begin as DER does."""
    secret = hashlib.sha512(str(seed).encode()).digest()
    assert (key_form(secret), key_form(b"0" + secret)) == (None, None)


@given(st.binary() | st.binary().map(der) | st.binary().map(b64encode))
def test_any_octets_are_judged(secret: bytes) -> None:
    """Octets are one of the four forms or none, and looking at them raises nothing."""
    assert key_form(secret) in {"PEM", "SSH", "JWK", "DER", None}
