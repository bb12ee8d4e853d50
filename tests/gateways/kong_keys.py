"""The key that a token names, the credential of that key, and its signature."""

from base64 import b64encode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.gateways.cases import Case
from tests.gateways.kong_configs import (
    DEFAULT,
    FORGED,
    TOKEN,
    Members,
    bearer,
    credential,
    file,
    guarded,
    jack,
    passes,
    refused,
)
from tests.kit import KEY, SECRET, mint, public_pem, segment, signature

_FLOW = "4. Request flow, 6: key"
_CREDENTIALS = "2. Credentials"
_FAILURES = "5. Failures"
_SERVER_ERRORS = "5. Failures: server errors that a client can cause"
_DOCS_BASE64 = "1. Plugin config: secret_is_base64"

_UNKNOWN = "No credentials found for given 'iss'"
_MISSING = "No mandatory 'iss' in claims"
_INVALID = "Invalid 'iss' in claims"
_UNUSABLE = "Invalid key/secret"
_SIGNATURE = "Invalid signature"
_ALGORITHM = "Invalid algorithm"

_NAMED = {"alg": "HS256", "iss": KEY}
_BY_SUB = guarded(key_claim_name="sub")
_BY_KID = guarded(key_claim_name="kid")
_JILL_SECRET = "a-secret-of-jill-that-nobody-else-has-and-that-is-long-enough-too"

_JACK_AND_JILL = file(
    jack(),
    {
        "username": "jill",
        "jwt_secrets": [credential(key="jill-key", secret=_JILL_SECRET)],
    },
)
_JILL = {"x-consumer-username": "jill", "x-credential-identifier": "jill-key"}


def _by(claim: str, value: object, **more: object) -> str:
    return mint({"iss": None, claim: value, **more})


KEY_CLAIMS = (
    refused("no key claim", _FAILURES, DEFAULT, bearer(mint(iss=None)), _MISSING),
    refused("empty claims", _FAILURES, DEFAULT, bearer(mint(b"{}")), _MISSING),
    refused("an empty key claim", _FAILURES, DEFAULT, bearer(mint(iss="")), _INVALID),
    refused(
        "a key claim that is false",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=False)),
        _MISSING,
    ),
    passes(
        "the key may be in the header",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=None, header=_NAMED)),
    ),
    refused(
        "an empty key in the header",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=None, header={"alg": "HS256", "iss": ""})),
        _INVALID,
    ),
    refused(
        "the payload's key counts, not the header's",
        _FLOW,
        DEFAULT,
        bearer(mint(iss="unknown", header=_NAMED)),
        _UNKNOWN,
    ),
    passes(
        "another key in the header does not matter",
        _FLOW,
        DEFAULT,
        bearer(mint(header={"alg": "HS256", "iss": "unknown"})),
    ),
    refused(
        "an empty key in the payload hides the header's",
        _FLOW,
        DEFAULT,
        bearer(mint(iss="", header=_NAMED)),
        _INVALID,
    ),
    refused(
        "false in the payload hides the header's key",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=False, header=_NAMED)),
        _MISSING,
        why="Kong falls back to the header's; other readers would see none",
    ),
    *(
        refused(
            f"a key claim that is {name}",
            _SERVER_ERRORS,
            DEFAULT,
            bearer(mint(b'{"iss":%s}' % value)),
            _INVALID,
            why="Kong answers 500",
        )
        for name, value in {
            "a number": b"1",
            "true": b"true",
            "null": b"null",
            "a list": b'["jack-key"]',
        }.items()
    ),
    refused(
        "a key claim that is an object with the key",
        _SERVER_ERRORS,
        DEFAULT,
        bearer(mint(b'{"iss":{"key":"jack-key"}}')),
        _INVALID,
        why="Kong answers 500, and passes once the credential is cached",
    ),
    refused(
        "a key in the header that is a number",
        _SERVER_ERRORS,
        DEFAULT,
        bearer(mint(iss=None, header={"alg": "HS256", "iss": 1})),
        _INVALID,
        why="Kong answers 500",
    ),
    refused(
        "null in the payload hides the header's key",
        _SERVER_ERRORS,
        DEFAULT,
        bearer(mint(b'{"iss":null}', header=_NAMED)),
        _INVALID,
        why="Kong answers 500",
    ),
    refused(
        "a number never names a key of that text",
        _SERVER_ERRORS,
        file(jack(credential(key="0"))),
        bearer(mint(b'{"iss":0}')),
        _INVALID,
        why="Kong answers 500",
    ),
    passes("another key claim", _FLOW, _BY_SUB, bearer(_by("sub", KEY))),
    refused(
        "another key claim that is missing",
        _FAILURES,
        _BY_SUB,
        bearer(TOKEN),
        "No mandatory 'sub' in claims",
    ),
    refused(
        "another key claim that is empty",
        _FAILURES,
        _BY_SUB,
        bearer(_by("sub", "")),
        "Invalid 'sub' in claims",
    ),
    refused(
        "another key claim of an unknown key",
        _FAILURES,
        _BY_SUB,
        bearer(_by("sub", "unknown")),
        "No credentials found for given 'sub'",
    ),
    passes(
        "the key may be the header's kid",
        _FLOW,
        _BY_KID,
        bearer(mint(iss=None, header={"alg": "HS256", "kid": KEY})),
    ),
    passes(
        "a key claim with a dot is one name",
        _FLOW,
        guarded(key_claim_name="user.key"),
        bearer(_by("user.key", KEY)),
    ),
    refused(
        "a key claim is no path",
        _FLOW,
        guarded(key_claim_name="user.key"),
        bearer(_by("user", {"key": KEY})),
        "No mandatory 'user.key' in claims",
    ),
)

LOOK_UPS = (
    refused("an unknown key", _FAILURES, DEFAULT, bearer(mint(iss="x")), _UNKNOWN),
    refused(
        "a key in another case",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=KEY.upper())),
        _UNKNOWN,
    ),
    refused(
        "a key with a blank behind it",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=f"{KEY} ")),
        _UNKNOWN,
    ),
    refused(
        "a key with NUL behind it",
        _FLOW,
        DEFAULT,
        bearer(mint(iss=f"{KEY}\0")),
        _UNKNOWN,
    ),
    refused("a very long key", _FLOW, DEFAULT, bearer(mint(iss="k" * 2_000)), _UNKNOWN),
    refused(
        "the name of a consumer is no key",
        _FLOW,
        DEFAULT,
        bearer(mint(iss="jack")),
        _UNKNOWN,
    ),
    passes(
        "the key says which consumer it is",
        _CREDENTIALS,
        _JACK_AND_JILL,
        bearer(mint(iss="jill-key", secret=_JILL_SECRET)),
        seen=_JILL,
    ),
    refused(
        "one consumer's key with another's secret",
        _CREDENTIALS,
        _JACK_AND_JILL,
        bearer(mint(iss="jill-key")),
        _SIGNATURE,
    ),
    passes(
        "two credentials may have one secret",
        _CREDENTIALS,
        file(
            jack(),
            {"username": "jill", "jwt_secrets": [credential(key="jill-key")]},
        ),
        bearer(mint(iss="jill-key")),
        seen=_JILL,
    ),
    *(
        passes(
            f"the {name} of a consumer's credentials",
            _CREDENTIALS,
            file(jack(credential(), credential(key="k2", secret=_JILL_SECRET))),
            bearer(token),
            seen={"x-consumer-username": "jack", "x-credential-identifier": key},
        )
        for name, token, key in (
            ("first", TOKEN, KEY),
            ("second", mint(iss="k2", secret=_JILL_SECRET), "k2"),
        )
    ),
    refused(
        "a consumer without credentials",
        _CREDENTIALS,
        file({"username": "jack"}),
        bearer(),
        _UNKNOWN,
    ),
    refused("a wrong signature", _FAILURES, DEFAULT, bearer(FORGED), _SIGNATURE),
    refused(
        "an empty signature",
        _FAILURES,
        DEFAULT,
        bearer(f"{TOKEN.rpartition('.')[0]}."),
        _SIGNATURE,
    ),
    refused(
        "a signature cut short",
        _FAILURES,
        DEFAULT,
        bearer(TOKEN[:-3]),
        _SIGNATURE,
    ),
    refused(
        "a signature of other claims",
        _FAILURES,
        DEFAULT,
        bearer(f"{mint(sub='admin').rpartition('.')[0]}.{TOKEN.rpartition('.')[2]}"),
        _SIGNATURE,
    ),
)

_ALL = (
    *("HS256", "HS384", "HS512"),
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)


def holder(algorithm: str, **members: object) -> Members:
    """Give a file whose jack has a credential of this algorithm."""
    if not algorithm.startswith("HS"):
        members = {
            "secret": None,
            "rsa_public_key": public_pem(algorithm),
            **members,
        }
    return file(jack(credential(algorithm=algorithm, **members)))


def _with_signature(algorithm: str, octets: bytes) -> str:
    signing_input = mint(algorithm=algorithm).rpartition(".")[0]
    return f"{signing_input}.{segment(octets).decode()}"


def _cut(algorithm: str) -> str:
    signing_input = mint(algorithm=algorithm).rpartition(".")[0]
    octets = signature(algorithm, signing_input.encode(), SECRET)[:-1]
    return f"{signing_input}.{segment(octets).decode()}"


def _changed(algorithm: str) -> str:
    signed = mint(algorithm=algorithm).rpartition(".")[2]
    return f"{mint(algorithm=algorithm, sub='admin').rpartition('.')[0]}.{signed}"


SIGNED = (
    *(
        passes(
            f"{algorithm} with its key",
            _CREDENTIALS,
            holder(algorithm),
            bearer(mint(algorithm=algorithm)),
        )
        for algorithm in _ALL
    ),
    *(
        refused(
            f"{algorithm} with the signature of other claims",
            _FAILURES,
            holder(algorithm),
            bearer(_changed(algorithm)),
            _SIGNATURE,
        )
        for algorithm in _ALL
    ),
    *(
        refused(
            f"{algorithm} with a signature of the wrong length",
            _FAILURES,
            holder(algorithm),
            bearer(_cut(algorithm)),
            _SIGNATURE,
        )
        for algorithm in ("HS384", "HS512", "RS256", "RS512")
    ),
    *(
        refused(
            f"{algorithm} with a signature of the wrong length",
            _SERVER_ERRORS,
            holder(algorithm),
            bearer(_cut(algorithm)),
            _SIGNATURE,
            why="Kong answers 500",
        )
        for algorithm in ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512")
    ),
    refused(
        "ES256 with a signature of zeros",
        _FAILURES,
        holder("ES256"),
        bearer(_with_signature("ES256", bytes(64))),
        _SIGNATURE,
    ),
)


def _mismatch(name: str, held: str, token: str) -> Case:
    return refused(name, _FLOW, holder(held), bearer(token), _ALGORITHM)


MISMATCHES = (
    _mismatch("HS512 for a credential of HS256", "HS256", mint(algorithm="HS512")),
    _mismatch("HS256 for a credential of HS384", "HS384", mint()),
    _mismatch(
        "HS256 keyed with the public key of RS256",
        "RS256",
        mint(secret=public_pem("RS256")),
    ),
    _mismatch(
        "HS256 keyed with the public key of ES256",
        "ES256",
        mint(secret=public_pem("ES256")),
    ),
    _mismatch("PS256 with the key of RS256", "RS256", mint(algorithm="PS256")),
    _mismatch("RS512 with the key of RS256", "RS256", mint(algorithm="RS512")),
    _mismatch("RS256 for a credential of HS256", "HS256", mint(algorithm="RS256")),
    _mismatch("EdDSA for a credential of ES256", "ES256", mint(algorithm="EdDSA")),
)


def rsa_key(bits: int) -> tuple[rsa.RSAPrivateKey, str]:
    """Make an RSA key of a size, and its public key as PEM."""
    key = rsa.generate_private_key(65537, bits)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return key, pem.decode()


def _signed_by(key: rsa.RSAPrivateKey, algorithm: str) -> str:
    signing_input = mint(header={"alg": algorithm}).rpartition(".")[0]
    octets = signing_input.encode()
    if algorithm == "PS256":
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
        signed = key.sign(octets, pss, hashes.SHA256())
    else:
        signed = key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return f"{signing_input}.{segment(signed).decode()}"


_BIG, _BIG_PEM = rsa_key(3072)
_RS_TOKEN = mint(algorithm="RS256")

MATERIAL = (
    passes(
        "no algorithm means HS256", _CREDENTIALS, file(jack(credential())), bearer()
    ),
    passes(
        "a secret of one character",
        _CREDENTIALS,
        file(jack(credential(secret="s"))),
        bearer(mint(secret="s")),
    ),
    passes(
        "a secret that is not ASCII",
        _CREDENTIALS,
        file(jack(credential(secret="\u00e4\u2603 " * 12))),
        bearer(mint(secret="\u00e4\u2603 " * 12)),
    ),
    passes(
        "a dummy secret beside a public key, as deck wants it",
        "3. Declarative file: deck is stricter",
        holder("RS256", secret="dummy"),
        bearer(_RS_TOKEN),
    ),
    refused(
        "the dummy secret verifies nothing",
        "3. Declarative file: deck is stricter",
        holder("RS256", secret="dummy"),
        bearer(mint(secret="dummy")),
        _ALGORITHM,
    ),
    passes(
        "a public key beside a secret is stored unchecked",
        _CREDENTIALS,
        holder("HS256", rsa_public_key="no key at all"),
        bearer(),
    ),
    passes(
        "a public key with CRLF",
        _CREDENTIALS,
        holder("RS256", rsa_public_key=public_pem("RS256").replace("\n", "\r\n")),
        bearer(_RS_TOKEN),
    ),
    passes(
        "RS256 with a key of 3072 bits",
        _CREDENTIALS,
        holder("RS256", rsa_public_key=_BIG_PEM),
        bearer(_signed_by(_BIG, "RS256")),
    ),
    passes(
        "PS256 with a key of 3072 bits",
        _SERVER_ERRORS,
        holder("PS256", rsa_public_key=_BIG_PEM),
        bearer(_signed_by(_BIG, "PS256")),
        why="Kong demands a signature of 256 octets of PS*, and answers 500",
    ),
    *(
        refused(
            f"{algorithm} without a public key",
            _CREDENTIALS,
            holder(algorithm, rsa_public_key=None),
            bearer(mint(algorithm=algorithm)),
            _UNUSABLE,
        )
        for algorithm in ("ES256", "ES384", "ES512")
    ),
)


def _base64(secret: str) -> Members:
    return guarded(jack(credential(secret=secret)), secret_is_base64=True)


_BINARY = bytes(range(224, 256)) * 2
_URL_SAFE = urlsafe_b64encode(_BINARY).decode()

BASE64 = (
    passes(
        "a secret in base64",
        _DOCS_BASE64,
        _base64(b64encode(SECRET.encode()).decode()),
        bearer(),
    ),
    passes(
        "a binary secret in base64url",
        _DOCS_BASE64,
        _base64(_URL_SAFE),
        bearer(mint(secret=_BINARY)),
    ),
    passes(
        "a secret in base64 without padding",
        _DOCS_BASE64,
        _base64(_URL_SAFE.rstrip("=")),
        bearer(mint(secret=_BINARY)),
    ),
    refused(
        "the text of a secret in base64 signs nothing",
        _DOCS_BASE64,
        _base64(_URL_SAFE),
        bearer(mint(secret=_URL_SAFE)),
        _SIGNATURE,
    ),
    passes(
        "a secret is not decoded by default",
        _DOCS_BASE64,
        file(jack(credential(secret=_URL_SAFE))),
        bearer(mint(secret=_URL_SAFE)),
    ),
    refused(
        "the octets of a secret that is not decoded sign nothing",
        _DOCS_BASE64,
        file(jack(credential(secret=_URL_SAFE))),
        bearer(mint(secret=_BINARY)),
        _SIGNATURE,
    ),
    refused(
        "a secret that is no base64",
        _FAILURES,
        _base64("!not base64!"),
        bearer(mint(secret="!not base64!")),
        _UNUSABLE,
    ),
    refused(
        "a secret in base64 of nothing",
        _FAILURES,
        _base64("===="),
        bearer(mint(secret=b"")),
        _UNUSABLE,
        why="Kong takes an empty key, with which anyone can sign",
    ),
    passes(
        "a public key is never decoded",
        "4. Request flow, 9: choose the key",
        guarded(
            jack(
                credential(
                    algorithm="RS256",
                    secret=None,
                    rsa_public_key=public_pem("RS256"),
                )
            ),
            secret_is_base64=True,
        ),
        bearer(_RS_TOKEN),
    ),
)

CASES = (*KEY_CLAIMS, *LOOK_UPS, *SIGNED, *MISMATCHES, *MATERIAL, *BASE64)
