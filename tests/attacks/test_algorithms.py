"""Algorithms, signatures and keys (R5 to R8, R10 to R13, R26; T5 to T11)."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)

from jwtgate import Credential, InvalidKey, Policy, Reason
from jwtgate.jose import ALGORITHMS, base64url
from tests.attacks.harness import (
    POLICIES,
    Via,
    attacks,
    both,
    every_policy,
    refused,
    seal,
)
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    Sent,
    credential,
    jack,
    make_gate,
    make_store,
    mint,
    private_key,
    private_pem,
    public_pem,
    segment,
    signature,
)

ASYMMETRIC = [name for name in ALGORITHMS if not name.startswith("HS")]

# T5: everything that some parser took for "no signature needed", or for another name.
NAMES = {
    "none": "none",
    "none-capital": "None",
    "none-upper": "NONE",
    "none-mixed": "nOnE",
    "none-blank": "none ",
    "none-nul": "none\0",
    "empty": "",
    "lower": "hs256",
    "mixed": "Hs256",
    "blank-before": " HS256",
    "blank-behind": "HS256 ",
    "line-feed-behind": "HS256\n",
    "nul-behind": "HS256\0",
    "full-width": "\uff28\uff33\uff12\uff15\uff16",
    "cyrillic": "H\u0405256",
    "dotless-i": "H\u017f256",
    "zero-width": "HS\u200b256",
    "dash": "HS-256",
    "slash": "HS256/64",
    "short": "HS25",
    "long": "HS2560",
    "other-hash": "HS1",
    "list-in-a-text": '["HS256"]',
    "two-names": "HS256 none",
    "hash": "SHA256",
    "es256k": "ES256K",
    "fully-specified-ed25519": "Ed25519",
    "fully-specified-ed448": "Ed448",
    "rs1": "RS1",
    "direct": "dir",
    "key-wrap": "A128KW",
    "rsa-oaep": "RSA-OAEP",
    "rsa1-5": "RSA1_5",
    "ecdh-es": "ECDH-ES",
    "pbes2": "PBES2-HS256+A128KW",
    "post-quantum": "ML-DSA-44",
    "xml-name": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "class-name": "jwt.algorithms.NoneAlgorithm",
    "path": "../HS256",
}
VALUES: dict[str, object] = {
    **NAMES,
    "null": None,
    "true": True,
    "zero": 0,
    "number": 256,
    "array": ["HS256"],
    "array-of-none": ["none"],
    "empty-array": [],
    "object": {"alg": "HS256"},
    "empty-object": {},
}
WITHOUT_ALG: dict[str, dict[str, object]] = {
    "no-alg": {"typ": "JWT"},
    "empty-header": {},
    "upper-name": {"ALG": "HS256"},
    "blank-in-the-name": {"alg ": "HS256"},
    "enc-instead": {"enc": "A128GCM"},
}
HEADERS = {f"alg-{name}": {"alg": value} for name, value in VALUES.items()}
HEADERS |= WITHOUT_ALG


def _unsupported(policy: Policy) -> Reason:
    # APISIX has no such answer: to it this alg is not that of the credential.
    if policy.dialect.algorithm_before_key:
        return Reason.ALGORITHM_UNSUPPORTED
    return Reason.ALGORITHM_MISMATCH


@both
@every_policy
@attacks("header", HEADERS)
def test_alg_signed_well(
    via: Via,
    policy: Policy,
    header: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R5, R7, R19, T5: alg is one of 13 exact texts, though the HMAC is right."""
    sent = Sent.bearer(mint(header=header))
    refused(via, sent, caplog, _unsupported(policy), make_gate(policy=policy))


@both
@every_policy
@attacks("header", HEADERS)
def test_alg_without_signature(
    via: Via,
    policy: Policy,
    header: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R7, T5: an unsecured JWT is refused, however "none" is spelled."""
    sent = Sent.bearer(mint(header=header).rpartition(".")[0] + ".")
    refused(via, sent, caplog, _unsupported(policy), make_gate(policy=policy))


CONFUSIONS = {
    f"{real}-key-{claimed}-token": (real, claimed)
    for real in ALGORITHMS
    for claimed in ALGORITHMS
    if real != claimed
}


def _confused(real: str, claimed: str) -> str:
    """Sign as an attacker who has the public key, or the key of another algorithm."""
    secret = SECRET if real.startswith("HS") else public_pem(real)
    return mint(algorithm=claimed, secret=secret)


@both
@attacks("pair", CONFUSIONS)
def test_algorithm_confusion(
    via: Via, pair: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """R6, T6, T7, CVE-2022-29217, CVE-2026-39999: one key has one algorithm."""
    real, claimed = pair
    gate = make_gate(credential(algorithm=real))
    sent = Sent.bearer(_confused(real, claimed))
    refused(via, sent, caplog, Reason.ALGORITHM_MISMATCH, gate)


def _der(algorithm: str) -> bytes:
    return load_pem_public_key(public_pem(algorithm).encode()).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def _openssh(algorithm: str) -> bytes:
    key = load_pem_public_key(public_pem(algorithm).encode())
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def _jwk(algorithm: str) -> dict[str, str]:
    key = load_pem_public_key(public_pem(algorithm).encode())
    assert isinstance(key, rsa.RSAPublicKey)
    numbers = key.public_numbers()
    octets = [n.to_bytes((n.bit_length() + 7) // 8) for n in (numbers.n, numbers.e)]
    n, e = (base64url.encode(each).decode() for each in octets)
    return {"kty": "RSA", "n": n, "e": e}


PUBLIC_TEXTS: dict[str, Callable[[], str | bytes]] = {
    "pem": lambda: public_pem("RS256"),
    "pem-stripped": lambda: public_pem("RS256").strip(),
    "pem-with-cr-lf": lambda: public_pem("RS256").replace("\n", "\r\n"),
    "pem-on-one-line": lambda: public_pem("RS256").replace("\n", ""),
    "pem-body": lambda: "".join(public_pem("RS256").splitlines()[1:-1]),
    "der": lambda: _der("RS256"),
    "openssh": lambda: _openssh("RS256"),
    "jwk": lambda: json.dumps(_jwk("RS256")),
    "modulus": lambda: _jwk("RS256")["n"],
}


@both
@every_policy
@attacks("text", PUBLIC_TEXTS)
def test_public_key_as_hmac_secret(
    via: Via,
    policy: Policy,
    text: Callable[[], str | bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """T6, CVE-2022-29217, CVE-2024-33663 with its DER bypass, CVE-2026-48526."""
    gate = make_gate(credential(algorithm="RS256"), policy=policy)
    sent = Sent.bearer(mint(algorithm="HS256", secret=text()))
    refused(via, sent, caplog, Reason.ALGORITHM_MISMATCH, gate)


# R6 again, beside the token: the same octets as an HS credential's secret.


def _refused_at_load(**fields: Any) -> str:
    with pytest.raises(InvalidKey) as caught:
        Credential(consumer=jack(), key=KEY, id="credential-7", **fields)
    return str(caught.value)


def _certificate_like() -> str:
    return public_pem("RS256").replace("PUBLIC KEY", "CERTIFICATE")


def _pkcs1() -> str:
    key = load_pem_public_key(public_pem("RS256").encode())
    return key.public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()


def _ssh_private() -> str:
    key = private_key("EdDSA")
    return key.private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    ).decode()


DISGUISES: dict[str, Callable[[], str | bytes]] = {
    **{name: text for name, text in PUBLIC_TEXTS.items() if name != "modulus"},
    "pem-after-blanks": lambda: "\n  " + public_pem("RS256"),
    "pem-after-text": lambda: "my key: " + public_pem("RS256"),
    "pem-with-escaped-ends": lambda: public_pem("RS256").replace("\n", "\\n"),
    "pem-rewrapped": lambda: public_pem("RS256").replace("\n", " "),
    "pem-without-its-last-line": lambda: public_pem("RS256").rsplit("\n", 2)[0],
    "pem-without-its-first-line": lambda: public_pem("RS256").split("\n", 1)[1],
    "der-and-line-feed": lambda: _der("RS256") + b"\n",
    "pem-in-base64": lambda: b64encode(public_pem("RS256").encode()),
    "pem-body-url-safe": lambda: base64url.encode(_der("RS256")),
    "pkcs1-pem": _pkcs1,
    "certificate": _certificate_like,
    "private-pem": lambda: private_pem("RS256"),
    "private-der": lambda: private_key("ES256").private_bytes(
        Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    ),
    "openssh-private": _ssh_private,
    "elliptic-pem": lambda: public_pem("ES256"),
    "elliptic-der": lambda: _der("ES256"),
    "elliptic-openssh": lambda: _openssh("ES256"),
    "edwards-pem": lambda: public_pem("EdDSA"),
    "edwards-der": lambda: _der("EdDSA"),
    "edwards-openssh": lambda: _openssh("EdDSA"),
    "jwk-set": lambda: json.dumps({"keys": [_jwk("RS256")]}),
    "jwk-after-blanks": lambda: "\n" + json.dumps(_jwk("RS256"), indent=1),
    "jwk-in-base64": lambda: b64encode(json.dumps(_jwk("RS256")).encode()),
}


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@attacks("text", DISGUISES)
def test_secret_that_is_a_key(algorithm: str, text: Callable[[], str | bytes]) -> None:
    """R6, T6: an HS secret that is a key in some form is refused when it is loaded."""
    secret = text()
    told = _refused_at_load(algorithm=algorithm, secret=secret, allow_weak_secret=True)
    assert "credential-7" in told
    octets = secret.encode() if isinstance(secret, str) else secret
    assert octets[-40:].decode("latin-1") not in told


@attacks("text", DISGUISES)
def test_base64_secret_that_is_a_key(text: Callable[[], str | bytes]) -> None:
    """R6, T6: nor does base64 hide it."""
    secret = text()
    octets = secret.encode() if isinstance(secret, str) else secret
    told = _refused_at_load(secret=b64encode(octets), secret_is_base64=True)
    assert "credential-7" in told


def _weak_rsa(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _rsa_jwk(modulus: int, exponent: int = 65537) -> dict[str, str]:
    octets = [n.to_bytes((n.bit_length() + 7) // 8) for n in (modulus, exponent)]
    n, e = (base64url.encode(each).decode() for each in octets)
    return {"kty": "RSA", "n": n, "e": e}


def _pem_of(key: Any) -> str:
    pem: bytes = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


Fields = Callable[[], dict[str, Any]]


def _public(algorithm: str, make: Callable[[], object]) -> Fields:
    return lambda: {"algorithm": algorithm, "public_key": make()}


MODULUS_BEYOND = (1 << 8200) + 1

UNFIT: dict[str, Fields] = {
    "rsa-1024": _public("RS256", lambda: _weak_rsa(1024)),
    "rsa-1024-pss": _public("PS256", lambda: _weak_rsa(1024)),
    "rsa-2040": _public("RS256", lambda: _rsa_jwk((1 << 2039) + 1)),
    "rsa-8201": _public("RS256", lambda: _rsa_jwk(MODULUS_BEYOND)),
    "rsa-exponent-1": _public("RS256", lambda: _rsa_jwk((1 << 2047) + 1, 1)),
    "rsa-exponent-2": _public("RS256", lambda: _rsa_jwk((1 << 2047) + 1, 2)),
    "rsa-even-exponent": _public("PS512", lambda: _rsa_jwk((1 << 2047) + 1, 65536)),
    "rsa-for-es256": _public("ES256", lambda: public_pem("RS256")),
    "rsa-for-eddsa-as-kong-takes": _public("EdDSA", lambda: public_pem("RS256")),
    "p256-for-rs256": _public("RS256", lambda: public_pem("ES256")),
    "p256-for-ps256": _public("PS256", lambda: public_pem("ES256")),
    "p256-for-eddsa": _public("EdDSA", lambda: public_pem("ES256")),
    "p384-for-es256": _public("ES256", lambda: public_pem("ES384")),
    "p521-for-es256": _public("ES256", lambda: public_pem("ES512")),
    "p256-for-es384": _public("ES384", lambda: public_pem("ES256")),
    "p521-for-es384": _public("ES384", lambda: public_pem("ES512")),
    "p256-for-es512": _public("ES512", lambda: public_pem("ES256")),
    "p384-for-es512": _public("ES512", lambda: public_pem("ES384")),
    "secp256k1-for-es256": _public(
        "ES256", lambda: _pem_of(ec.generate_private_key(ec.SECP256K1()))
    ),
    "ed25519-for-rs256": _public("RS256", lambda: public_pem("EdDSA")),
    "ed25519-for-es256": _public("ES256", lambda: public_pem("EdDSA")),
    "x25519": _public("EdDSA", lambda: _pem_of(x25519.X25519PrivateKey.generate())),
    "x448": _public("EdDSA", lambda: _pem_of(x448.X448PrivateKey.generate())),
    "two-keys": _public("RS256", lambda: public_pem("RS256") * 2),
    "public-and-private": _public(
        "RS256", lambda: public_pem("RS256") + private_pem("RS256")
    ),
    "empty": _public("RS256", lambda: ""),
    "none": _public("ES256", lambda: None),
    "number": _public("RS256", lambda: 1234567),
    "words": _public("RS256", lambda: "not a key"),
    "pem-without-body": _public(
        "RS256", lambda: "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"
    ),
    "pem-cut": _public("ES256", lambda: public_pem("ES256")[:80]),
    "pem-with-another-label": _public(
        "ES256", lambda: public_pem("ES256").replace("PUBLIC KEY", "DH PARAMETERS")
    ),
    "certificate-that-is-none": _public("RS256", _certificate_like),
    "openssh-public-key": _public("EdDSA", lambda: _openssh("EdDSA")),
    "jwk-private": _public("RS256", lambda: {**_jwk("RS256"), "d": "AQAB"}),
    "jwk-set": _public("RS256", lambda: {"keys": [_jwk("RS256")]}),
    "jwk-symmetric": _public("RS256", lambda: {"kty": "oct", "k": "AAAA"}),
    "jwk-for-encryption": _public("RS256", lambda: {**_jwk("RS256"), "use": "enc"}),
    "jwk-for-another-alg": _public("RS256", lambda: {**_jwk("RS256"), "alg": "RS512"}),
    "jwk-without-kty": _public("RS256", lambda: {"n": "AQAB"}),
    "jwk-padded": _public("RS256", lambda: {**_jwk("RS256"), "e": "AQAB="}),
    "jwk-off-the-curve": _public(
        "ES256",
        lambda: {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
    ),
    "jwk-with-an-unknown-curve": _public(
        "ES256", lambda: {"kty": "EC", "crv": "P-257", "x": "AA", "y": "AA"}
    ),
    "jwk-with-a-curve-that-is-a-list": _public(
        "ES256", lambda: {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"}
    ),
    "jwk-with-a-short-ed25519": _public(
        "EdDSA", lambda: {"kty": "OKP", "crv": "Ed25519", "x": "AA"}
    ),
    "jwk-x25519": _public(
        "EdDSA", lambda: {"kty": "OKP", "crv": "X25519", "x": "A" * 43}
    ),
    "hs-without-secret": lambda: {"algorithm": "HS256"},
    "hs-empty": lambda: {"secret": ""},
    "hs-empty-though-weak-is-allowed": lambda: {
        "secret": "",
        "allow_weak_secret": True,
    },
    "hs-empty-in-base64": lambda: {
        "secret": "====",
        "secret_is_base64": True,
        "allow_weak_secret": True,
    },
    "hs-both": lambda: {"secret": SECRET, "public_key": public_pem("RS256")},
    "rs-both": lambda: {
        "algorithm": "RS256",
        "secret": SECRET,
        "public_key": public_pem("RS256"),
    },
    "hs-public-key-alone": lambda: {"public_key": public_pem("RS256")},
    "rs-secret-alone": lambda: {"algorithm": "RS256", "secret": SECRET},
    "hs256-31-octets": lambda: {"secret": "s" * 31},
    "hs384-47-octets": lambda: {"algorithm": "HS384", "secret": "s" * 47},
    "hs512-63-octets": lambda: {"algorithm": "HS512", "secret": "s" * 63},
    "hs256-31-octets-in-base64": lambda: {
        "secret": b64encode(b"s" * 31),
        "secret_is_base64": True,
    },
    "hs-mixed-base64": lambda: {"secret": "+_" * 32, "secret_is_base64": True},
    "hs-base64-with-line-end": lambda: {
        "secret": b64encode(b"s" * 48) + b"\n",
        "secret_is_base64": True,
    },
}
UNFIT |= {
    f"private-pem-for-{name}": _public(name, lambda name=name: private_pem(name))  # type: ignore[misc]
    for name in ASYMMETRIC
}


@attacks("fields", UNFIT)
def test_key_that_does_not_fit(fields: Fields) -> None:
    """R6, R10, R11, R12, T8, T11: refused at load, with the id, not the material."""
    given = fields()
    told = _refused_at_load(**given)
    assert "credential-7" in told
    material = str(given.get("public_key") or given.get("secret") or "-" * 99)
    assert material[-40:] not in told


@pytest.mark.parametrize("member", ["n", "e"])
@pytest.mark.parametrize("value", [5, None, ["AQAB"]], ids=["number", "null", "array"])
def test_jwk_with_a_member_that_is_no_text(member: str, value: object) -> None:
    """T8: whatever a JWK holds, it is refused as a key, by no foreign exception."""
    jwk = {**_jwk("RS256"), member: value}
    assert "credential-7" in _refused_at_load(algorithm="RS256", public_key=jwk)


def test_jwk_of_100000_levels() -> None:
    """T8: nesting does not turn the refusal of a JWK into a foreign exception."""
    assert "credential-7" in _refused_at_load(
        algorithm="RS256", public_key='{"a":' * 100_000
    )


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_generated_secret_is_random_and_long(algorithm: str) -> None:
    """R26: nobody needs to invent a secret: a long random one is made."""
    store = make_store()
    consumer = store.create_consumer(username="jack")
    made = [store.create_credential(consumer, algorithm=algorithm) for _ in range(4)]
    secrets = {each.reveal_secret() for each in made}
    assert len(secrets) == 4
    assert min(len(each or b"") for each in secrets) >= max(
        32, ALGORITHMS[algorithm].hash_size
    )


Forge = Callable[[bytes], bytes]

# R6, T9, T10: what was once accepted somewhere in place of a whole, right signature.
FORGERIES: dict[str, Forge] = {
    "empty": lambda _: b"",
    "one-octet": lambda good: good[:1],
    "first-half": lambda good: good[: len(good) // 2],
    "cut-by-one": lambda good: good[:-1],
    "longer-by-one": lambda good: good + b"\0",
    "zero-before": lambda good: b"\0" + good,
    "doubled": lambda good: good + good,
    "reversed": lambda good: good[::-1],
    "all-zero": lambda good: bytes(len(good)),
    "all-ones": lambda good: b"\xff" * len(good),
    "first-bit-flipped": lambda good: bytes([good[0] ^ 0x80]) + good[1:],
    "last-bit-flipped": lambda good: good[:-1] + bytes([good[-1] ^ 1]),
    "middle-bit-flipped": lambda good: (
        good[: len(good) // 2]
        + bytes([good[len(good) // 2] ^ 1])
        + good[len(good) // 2 + 1 :]
    ),
    "in-base16": lambda good: good.hex().encode(),
    "in-base64-again": b64encode,
    "4-kib-of-it": lambda good: (good * 256)[:4096],
}


def _resigned(algorithm: str, forge: Forge) -> str:
    head, _, good = mint(algorithm=algorithm).rpartition(".")
    forged = forge(base64url.decode(good.encode()))
    return f"{head}.{segment(forged).decode()}"


@both
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@attacks("forge", FORGERIES)
def test_forged_signature(
    via: Via, algorithm: str, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    """R12, T9, T10: only the whole signature counts, none of another length."""
    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(_resigned(algorithm, forge))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


@both
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_changed_payload(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T9: the signature of one token does not cover another."""
    head, _, good = mint(algorithm=algorithm).rpartition(".")
    changed = f"{head.partition('.')[0]}.{segment({'iss': KEY, 'exp': 9e9}).decode()}"
    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(f"{changed}.{good}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


@both
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_changed_header(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T9: the header is covered as well, whatever its members mean."""
    _, payload, good = mint(algorithm=algorithm).split(".")
    header = segment({"alg": algorithm, "typ": "at+jwt"}).decode()
    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(f"{header}.{payload}.{good}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


ORDERS = {
    "ES256": ec.SECP256R1().group_order,
    "ES384": ec.SECP384R1().group_order,
    "ES512": ec.SECP521R1().group_order,
}
SIZES = {"ES256": 32, "ES384": 48, "ES512": 66}

Pair = Callable[[int, int, int], tuple[int, int]]
PAIRS: dict[str, Pair] = {
    "psychic-zero-zero": lambda *_: (0, 0),
    "zero-r": lambda _r, s, _n: (0, s),
    "zero-s": lambda r, _s, _n: (r, 0),
    "zero-one": lambda *_: (0, 1),
    "one-zero": lambda *_: (1, 0),
    "one-one": lambda *_: (1, 1),
    "order-order": lambda _r, _s, n: (n, n),
    "order-r": lambda _r, s, n: (n, s),
    "order-s": lambda r, _s, n: (r, n),
    "order-less-one": lambda _r, _s, n: (n - 1, n - 1),
    "order-plus-one": lambda _r, _s, n: (n + 1, n + 1),
    "exchanged": lambda r, s, _n: (s, r),
    "negated-r": lambda r, s, n: (n - r, s),
}


@both
@pytest.mark.parametrize("algorithm", ORDERS)
@attacks("pair", PAIRS)
def test_elliptic_numbers_out_of_range(
    via: Via, algorithm: str, pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """R12, T9, CVE-2022-21449 ("psychic signatures"): 0 < r, s < n."""
    size = SIZES[algorithm]

    def forge(good: bytes) -> bytes:
        r, s = (int.from_bytes(half) for half in (good[:size], good[size:]))
        return b"".join(n.to_bytes(size) for n in pair(r, s, ORDERS[algorithm]))

    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(_resigned(algorithm, forge))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


@both
@pytest.mark.parametrize("algorithm", ORDERS)
def test_elliptic_signature_in_der(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R12, T9: a JWS has r and s in full, never DER, or one token had two texts."""
    size = SIZES[algorithm]

    def forge(good: bytes) -> bytes:
        return encode_dss_signature(
            int.from_bytes(good[:size]), int.from_bytes(good[size:])
        )

    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(_resigned(algorithm, forge))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


def _rsa_key() -> rsa.RSAPrivateKey:
    key = private_key("RS256")
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _plus_modulus(good: bytes) -> bytes:
    total = int.from_bytes(good) + _rsa_key().public_key().public_numbers().n
    return total.to_bytes((total.bit_length() + 7) // 8)


@both
@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_rsa_signature_plus_modulus(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T9: s + n is no second spelling of s (RFC 8017 8.2.2, step 1 and 2)."""
    gate = make_gate(credential(algorithm=algorithm))
    sent = Sent.bearer(_resigned(algorithm, _plus_modulus))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


PSS: dict[str, padding.PSS] = {
    "no-salt": padding.PSS(padding.MGF1(hashes.SHA256()), 0),
    "one-octet-less-salt": padding.PSS(padding.MGF1(hashes.SHA256()), 31),
    "one-octet-more-salt": padding.PSS(padding.MGF1(hashes.SHA256()), 33),
    "longest-salt": padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH),
    "sha-1-mask": padding.PSS(padding.MGF1(hashes.SHA1()), 32),  # noqa: S303 - the attack
    "sha-512-mask": padding.PSS(padding.MGF1(hashes.SHA512()), 32),
}


@both
@attacks("scheme", PSS)
def test_pss_with_other_parameters(
    via: Via, scheme: padding.PSS, caplog: pytest.LogCaptureFixture
) -> None:
    """R11: the salt is as long as the hash, and the mask uses the same hash."""
    head = mint(algorithm="PS256").rpartition(".")[0]
    signed = _rsa_key().sign(head.encode(), scheme, hashes.SHA256())
    sent = Sent.bearer(f"{head}.{segment(signed).decode()}")
    gate = make_gate(credential(algorithm="PS256"))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


@both
@attacks(
    "other",
    {"pss": "PS256", "sha-384": "RS384", "sha-512": "RS512", "pss-512": "PS512"},
)
def test_rsa_signature_of_another_kind(
    via: Via, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R6, T7: under alg RS256 only RS256 signatures count, the key being the same."""
    head = mint(algorithm="RS256").rpartition(".")[0]
    signed = segment(signature(other, head.encode(), b"")).decode()
    gate = make_gate(credential(algorithm="RS256"))
    sent = Sent.bearer(f"{head}.{signed}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


def _cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


@both
def test_bleichenbacher_2006(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T9: with e = 3, a cube root of padding with garbage behind is no signature."""
    key = rsa.generate_private_key(3, 2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = mint(algorithm="RS256").rpartition(".")[0]
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    digest = hashlib.sha256(head.encode()).digest()
    block = b"\0\1" + b"\xff" * 8 + b"\0" + info + digest
    block += b"\xff" * (256 - len(block))
    root = _cube_root(int.from_bytes(block)) - 1
    assert (root**3).to_bytes(256)[:40] == block[:40]
    gate = make_gate(credential(algorithm="RS256", public_key=pem))
    sent = Sent.bearer(f"{head}.{segment(root.to_bytes(256)).decode()}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


EDWARDS_ORDER = 2**252 + 27742317777372353535851937790883648493

EDWARDS: dict[str, Forge] = {
    "s-plus-order": lambda good: (
        good[:32]
        + (int.from_bytes(good[32:], "little") + EDWARDS_ORDER).to_bytes(32, "little")
    ),
    "small-order-r": lambda good: b"\1" + bytes(31) + good[32:],
    "zero-s": lambda good: good[:32] + bytes(32),
    "identity-and-zero": lambda _: b"\1" + bytes(63),
    "sign-bit-of-r": lambda good: good[:31] + bytes([good[31] ^ 0x80]) + good[32:],
    "exchanged": lambda good: good[32:] + good[:32],
}


@both
@attacks("forge", EDWARDS)
def test_edwards_malleability(
    via: Via, forge: Forge, caplog: pytest.LogCaptureFixture
) -> None:
    """R13, T9: S + L and small-order points are refused."""
    gate = make_gate(credential(algorithm="EdDSA"))
    sent = Sent.bearer(_resigned("EdDSA", forge))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


@both
def test_ed448_signature_under_an_ed25519_key(
    via: Via, caplog: pytest.LogCaptureFixture
) -> None:
    """R13: EdDSA names two curves; the key says which."""
    head = mint(algorithm="EdDSA").rpartition(".")[0]
    signed = segment(signature("Ed448", head.encode(), b"")).decode()
    gate = make_gate(credential(algorithm="EdDSA"))
    sent = Sent.bearer(f"{head}.{signed}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


# Mallory's own key, offered in every way a header knows.
OFFERED: dict[str, Callable[[], dict[str, object]]] = {
    "jwk": lambda: {"jwk": _jwk("RS256")},
    "jwk-symmetric": lambda: {"jwk": {"kty": "oct", "k": "bWFsbG9yeQ"}},
    "jwk-set": lambda: {"jwks": {"keys": [_jwk("RS256")]}},
    "jku": lambda: {"jku": "https://evil.example/jwks.json"},
    "jku-file": lambda: {"jku": "file:///etc/passwd"},
    "jku-metadata": lambda: {"jku": "http://169.254.169.254/latest/meta-data"},
    "x5u": lambda: {"x5u": "https://evil.example/cert.pem"},
    "x5c": lambda: {"x5c": ["MIIB"]},
    "x5c-pem": lambda: {"x5c": [public_pem("RS256")]},
    "x5t": lambda: {"x5t": "AAAA", "x5t#S256": "AAAA"},
    "kid-path": lambda: {"kid": "../../../../dev/null"},
    "kid-sql": lambda: {"kid": "x' UNION SELECT 'mallory' -- "},
    "kid-shell": lambda: {"kid": "| /bin/sh"},
    "kid-url": lambda: {"kid": "https://evil.example/key"},
    "kid-template": lambda: {"kid": "{{7*7}}${7*7}"},
    "kid-is-the-key": lambda: {"kid": KEY},
    "epk": lambda: {"epk": {"kty": "EC"}},
    "secret": lambda: {"secret": "mallory", "key": "mallory"},
}


@both
@every_policy
@attacks("members", OFFERED)
def test_key_from_the_token(
    via: Via,
    policy: Policy,
    members: Callable[[], dict[str, object]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """R8: no key, certificate or URL of a token is ever looked at."""
    header = {"alg": "HS256", **members()}
    sent = Sent.bearer(mint(header=header, secret="mallory"))
    gate = make_gate(policy=policy)
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID, gate)


GUESSES: dict[str, str | bytes] = {
    "empty": b"",
    "nul": b"\0",
    "key": KEY,
    "username": "jack",
    "secret-word": "secret",
    "your-256-bit-secret": "your-256-bit-secret",
    "null-word": "null",
    "undefined-word": "undefined",
    "zeros": bytes(64),
    "masked-secret": "***",
    "masked-repr": "Secret('***')",
    "secret-cut": SECRET[:-1],
    "secret-and-nul": SECRET + "\0",
    "secret-and-line-feed": SECRET + "\n",
    "secret-upper": SECRET.upper(),
    "secret-in-base64": b64encode(SECRET.encode()),
    "secret-hashed-in-base16": hashlib.sha256(SECRET.encode()).hexdigest(),
}


@both
@attacks("secret", GUESSES)
def test_guessed_secret(
    via: Via, secret: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """R10, T10: nothing but the very secret signs."""
    sent = Sent.bearer(mint(secret=secret))
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID)


@both
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signature_of_another_credential(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R17: a token is checked with the key that its key claim names, no other."""
    other = credential(key="other-key", secret="o" * 64)
    gate = make_gate(credential(algorithm=algorithm), other)
    sent = Sent.bearer(mint({"iss": "other-key"}, algorithm=algorithm))
    reason = Reason.ALGORITHM_MISMATCH
    if algorithm == "HS256":
        reason = Reason.SIGNATURE_INVALID
    refused(via, sent, caplog, reason, gate)


@both
@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_decoy_signs_nothing(
    via: Via, name: str, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """T33: a signature that would hold under the decoy of unknown keys is refused."""
    secret = bytes(64)  # what the decoy of HS algorithms is
    token = mint({"iss": "nobody"}, algorithm=algorithm, secret=secret)
    gate = make_gate(policy=POLICIES[name])
    refused(via, Sent.bearer(token), caplog, Reason.KEY_UNKNOWN, gate)


@both
@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "ES256"])
def test_algorithm_that_the_policy_forbids(
    via: Via, algorithm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """R6: the allow-list of a policy holds for credentials that exist, too."""
    gate = make_gate(
        credential(algorithm=algorithm), policy=Policy(algorithms=["ES256"])
    )
    sent = Sent.bearer(mint(algorithm=algorithm))
    refused(via, sent, caplog, Reason.ALGORITHM_UNSUPPORTED, gate)


@both
def test_mac_of_the_payload_alone(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T10: the MAC covers header, dot and payload."""
    header, payload, _ = mint().split(".")
    mac = hmac.digest(SECRET.encode(), payload.encode(), "sha256")
    sent = Sent.bearer(f"{header}.{payload}.{segment(mac).decode()}")
    refused(via, sent, caplog, Reason.SIGNATURE_INVALID)


@both
def test_dot_moved(via: Via, caplog: pytest.LogCaptureFixture) -> None:
    """T10: octets cannot move between header and payload."""
    head = mint({"iss": KEY, "exp": int(NOW) + 9}).rpartition(".")[0]
    joined = head.replace(".", "")
    cut = len(head.partition(".")[0])
    moved = f"{joined[: cut + 4]}.{joined[cut + 4 :]}"
    sent = Sent.bearer(seal(moved.encode()))
    refused(via, sent, caplog, Reason.HEADER_MALFORMED)
