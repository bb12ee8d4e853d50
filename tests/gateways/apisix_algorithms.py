"""Section 5 of APISIX's page: every algorithm with a right and a wrong signature."""

from base64 import b64encode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.gateways.apisix_configs import (
    FAILED,
    UNKNOWN,
    Tree,
    bearing,
    holding,
    passes,
    refused,
    safer,
    token,
)
from tests.gateways.cases import Case
from tests.kit import (
    KEY,
    SECRET,
    private_key,
    private_pem,
    public_pem,
    segment,
    signature,
)

_HMAC = ("HS256", "HS384", "HS512")
_PUBLIC = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
_PAYLOAD = {"key": KEY}


def _of(algorithm: str) -> Tree:
    if algorithm in _HMAC:
        return holding(algorithm=algorithm)
    return holding(algorithm=algorithm, secret=None, public_key=public_pem(algorithm))


def _written(alg: str, octets: bytes, claims: object = None) -> str:
    head = segment({"alg": alg}) + b"." + segment(claims or _PAYLOAD)
    return (head + b"." + segment(octets)).decode()


def _signing_input(alg: str) -> bytes:
    return segment({"alg": alg}) + b"." + segment(_PAYLOAD)


_RIGHT = tuple(
    passes(
        f"{name} with a right signature",
        "5, algorithms",
        bearing(token(algorithm=name)),
        config=_of(name),
    )
    for name in (*_HMAC, *_PUBLIC)
)
_WRONG = tuple(
    refused(
        f"{name} with a signature of another payload",
        "5, algorithms",
        bearing(
            _written(
                name,
                signature(name, _signing_input(name), SECRET),
                {"key": KEY, "a": 1},
            )
        ),
        FAILED,
        config=_of(name),
    )
    for name in (*_HMAC, *_PUBLIC)
)
_SHORT = tuple(
    refused(
        f"{name} with a signature of one octet",
        "3, signature of wrong length",
        bearing(_written(name, b"\0")),
        FAILED,
        config=_of(name),
    )
    for name in ("RS256", "PS256", "ES256", "EdDSA")
)

# A token that names another algorithm than its credential, signed rightly by it.
_MIXED = (
    ("RS256", "RS512"),
    ("RS256", "PS256"),
    ("PS256", "RS256"),
    ("RS256", "HS256"),
    ("ES256", "ES384"),
    ("EdDSA", "ES256"),
    ("HS256", "HS512"),
    ("HS512", "HS256"),
)
_MISMATCHED = tuple(
    refused(
        f"a credential of {own}, and a good token of {other}",
        "5, credential's algorithm is authoritative",
        bearing(token(algorithm=other)),
        FAILED,
        config=_of(own),
    )
    for own, other in _MIXED
)


def _der() -> bytes:
    raw = signature("ES256", _signing_input("ES256"), "")
    numbers = [int.from_bytes(half, "big") for half in (raw[:32], raw[32:])]
    return encode_dss_signature(*numbers)


def _rsa_case(bits: int, name: str) -> tuple[Tree, str]:
    key = rsa.generate_private_key(65537, bits)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    hash_ = hashes.SHA256()
    salted = padding.PSS(padding.MGF1(hash_), hash_.digest_size)
    signed = key.sign(
        _signing_input(name), salted if name == "PS256" else padding.PKCS1v15(), hash_
    )
    config = holding(algorithm=name, secret=None, public_key=pem.decode())
    return config, _written(name, signed)


_SMALL, _SMALL_TOKEN = _rsa_case(1024, "RS256")
_LARGE, _LARGE_TOKEN = _rsa_case(3072, "PS256")


def _ed448(alg: str) -> str:
    return token(algorithm="Ed448", header={"alg": alg})


_ED448 = holding(algorithm="EdDSA", secret=None, public_key=public_pem("Ed448"))
_P384_AS_ES256 = holding(algorithm="ES256", secret=None, public_key=public_pem("ES384"))


def _es256_by_p384() -> str:
    key = private_key("ES384")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return _written(
        "ES256", key.sign(_signing_input("ES256"), ec.ECDSA(hashes.SHA256()))
    )


def _by_another_kind() -> str:
    key = private_key("ES256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return _written(
        "RS256", key.sign(_signing_input("RS256"), ec.ECDSA(hashes.SHA256()))
    )


_KEYS = (
    refused(
        "RS256 with a signature by a key of a curve, which the credential has",
        "1, key of the wrong kind",
        bearing(_by_another_kind()),
        FAILED,
        config=holding(algorithm="RS256", secret=None, public_key=public_pem("ES256")),
        **safer("the key decides how it is verified, and the token passes"),
    ),
    refused(
        "RS256 with a private key in place of the public one",
        "1, a private PEM passes",
        bearing(token(algorithm="RS256")),
        FAILED,
        config=holding(algorithm="RS256", secret=None, public_key=private_pem("RS256")),
        **safer("it verifies as well, where whoever reads the file can sign"),
    ),
    refused(
        "ES256 with a signature in DER",
        "5, raw r||s",
        bearing(_written("ES256", _der())),
        FAILED,
        config=_of("ES256"),
    ),
    refused(
        "ES256 with r and s of zero",
        "5, raw r||s",
        bearing(_written("ES256", bytes(64))),
        FAILED,
        config=_of("ES256"),
    ),
    refused(
        "ES256 with a signature of 96 octets",
        "5, raw r||s of 64 octets",
        bearing(_written("ES256", bytes(range(96)))),
        FAILED,
        config=_of("ES256"),
    ),
    refused(
        "ES256 under a key of another curve",
        "1, key of the wrong kind",
        bearing(_es256_by_p384()),
        FAILED,
        config=_P384_AS_ES256,
    ),
    passes("EdDSA with Ed448", "5, EdDSA", bearing(_ed448("EdDSA")), config=_ED448),
    refused(
        "EdDSA of Ed25519 under a key of Ed448",
        "5, EdDSA",
        bearing(token(algorithm="EdDSA")),
        FAILED,
        config=_ED448,
    ),
    refused(
        "Ed448 as the name of an algorithm",
        "1, algorithm; 3",
        bearing(_ed448("Ed448")),
        FAILED,
        config=_ED448,
    ),
    refused(
        "RS256 under a key of 1024 bits",
        "5, any modulus",
        bearing(_SMALL_TOKEN),
        FAILED,
        config=_SMALL,
        **safer("any modulus is taken, one that can be factored too"),
    ),
    passes(
        "PS256 under a key of 3072 bits",
        "5, PS* of exactly 256 octets",
        bearing(_LARGE_TOKEN),
        config=_LARGE,
        **safer("401: PS* works with 2048 bits alone, and keeps stronger keys out"),
    ),
)

_OCTETS = bytes(range(250, 256)) * 8  # base64 of it has "+" and "/"
_BASE64 = b64encode(_OCTETS).decode()
_RAW_TEXT = b64encode(b"r" * 40).decode()


def _base64(secret: str) -> Tree:
    return holding(secret=secret, base64_secret=True)


_SECRETS = (
    passes(
        "a base64 secret signs by its octets",
        "1, base64_secret",
        bearing(token(secret=_OCTETS)),
        config=_base64(_BASE64),
    ),
    refused(
        "a base64 secret does not sign by its text",
        "1, base64_secret",
        bearing(token(secret=_BASE64)),
        FAILED,
        config=_base64(_BASE64),
    ),
    passes(
        "a secret that looks like base64 signs by its text",
        "1, base64_secret false",
        bearing(token(secret=_RAW_TEXT)),
        config=holding(secret=_RAW_TEXT),
    ),
    refused(
        "a secret that looks like base64 does not sign by its octets",
        "1, base64_secret false",
        bearing(token(secret=b"r" * 40)),
        FAILED,
        config=holding(secret=_RAW_TEXT),
    ),
    refused(
        "a base64 secret that is none leaves no credential",
        "1, base64_secret; 8, skipped",
        bearing(token(secret="no base64!")),
        UNKNOWN,
        config=_base64("no base64!"),
    ),
    passes(
        "a secret that is no ASCII signs by its UTF-8",
        "5, raw text",
        bearing(token(secret="clé-de-jack-et-de-personne-d'autre")),
        config=holding(secret="clé-de-jack-et-de-personne-d'autre"),
    ),
    passes(
        "a secret longer than the block of its hash",
        "5, any length",
        bearing(token(secret="b" * 300)),
        config=holding(secret="b" * 300),
    ),
    passes(
        "a secret that is shorter than its hash",
        "5, any length",
        bearing(token(algorithm="HS512", secret="short")),
        config=holding(algorithm="HS512", secret="short"),
    ),
    passes(
        "a ciphertext is the secret itself in a file",
        "8; 10, values are literal",
        bearing(token(secret="77+NmbYqNfN+oLm0aX5akg==")),
        config=holding(secret="77+NmbYqNfN+oLm0aX5akg=="),
    ),
    refused(
        "a public key as the secret of HS256",
        "15, CVE-2026-39999",
        bearing(token(secret=public_pem("RS256"))),
        FAILED,
        config=holding(secret=public_pem("RS256")),
        **safer("the token passes, signed with what everyone may know"),
    ),
    refused(
        "a base64 secret in the url-safe alphabet signs by its octets alone",
        "1, standard base64",
        bearing(token(secret=urlsafe_b64encode(_OCTETS).decode())),
        UNKNOWN,
        config=_base64(urlsafe_b64encode(_OCTETS).decode()),
    ),
)

CASES: tuple[Case, ...] = (
    *_RIGHT,
    *_WRONG,
    *_SHORT,
    *_MISMATCHED,
    *_KEYS,
    *_SECRETS,
)
