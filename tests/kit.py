"""What many tests need: a fixed time, keys, a signer that obeys, and both servers."""

import asyncio
import hmac
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    ec,
    ed448,
    ed25519,
    padding,
    rsa,
)
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from jwtgate import (
    Consumer,
    Credential,
    Gate,
    MemoryStore,
    Policy,
    UnusableCredential,
)
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.jose import base64url
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate

NOW = 1_800_000_000.0
"""The time of every test, in seconds since the epoch."""

SECRET = "a-secret-of-the-tests-long-enough-even-for-HS512-which-wants-64-octets"
KEY = "jack-key"

Header = tuple[str, str]


def program(name: str) -> str:
    """Find a program that tests run; without it they are skipped, but fail in CI."""
    found = shutil.which(name)
    if found is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"{name} is not installed; Debian's package has the same name")
    return found


def clock() -> float:
    """Tell the time of the tests."""
    return NOW


@cache
def private_key(algorithm: str) -> PrivateKeyTypes:
    """Give the one private key of an asymmetric algorithm in this run."""
    if algorithm.startswith(("RS", "PS")):
        return _rsa_key()
    curves: dict[str, ec.EllipticCurve] = {
        "ES256": ec.SECP256R1(),
        "ES384": ec.SECP384R1(),
        "ES512": ec.SECP521R1(),
    }
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm])
    if algorithm == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    return ed25519.Ed25519PrivateKey.generate()


@cache
def _rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def public_pem(algorithm: str) -> str:
    """Give the public key that belongs to :func:`private_key`, as PEM."""
    return (
        private_key(algorithm)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def private_pem(algorithm: str) -> str:
    """Give :func:`private_key` as PEM, for mistakes."""
    return (
        private_key(algorithm)
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode()
    )


def segment(value: object) -> bytes:
    """Write JSON of anything, or take octets as they are, as a segment."""
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64url.encode(octets)


def signature(algorithm: str, signing_input: bytes, secret: str | bytes) -> bytes:
    """Sign with the secret, or with the private key of an asymmetric algorithm."""
    digest = {"2": "sha256", "3": "sha384", "5": "sha512"}.get(algorithm[2], "")
    if algorithm.startswith("HS"):
        octets = secret.encode() if isinstance(secret, str) else secret
        return hmac.digest(octets, signing_input, digest)
    key = private_key(algorithm)
    hash_ = {
        "sha256": hashes.SHA256(),
        "sha384": hashes.SHA384(),
        "sha512": hashes.SHA512(),
    }.get(digest, hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        if algorithm.startswith("RS"):
            return key.sign(signing_input, padding.PKCS1v15(), hash_)
        salted = padding.PSS(padding.MGF1(hash_), hash_.digest_size)
        return key.sign(signing_input, salted, hash_)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(signing_input, ec.ECDSA(hash_)))
        size = (key.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    assert isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    return key.sign(signing_input)


def mint(
    claims: object = None,
    *,
    algorithm: str = "HS256",
    secret: str | bytes = SECRET,
    header: object = None,
    **more: object,
) -> str:
    """Make a token, good unless asked otherwise.

    Args:
        claims: The payload: a mapping is completed with a key claim and exp unless
            it has them (as None: left out); anything else is written as it is.
        algorithm: What it is really signed with.
        secret: Of an HS algorithm.
        header: The JOSE header; made from the algorithm if left out.
        more: Further claims.
    """
    if claims is None or isinstance(claims, Mapping):
        payload = {"iss": KEY, "exp": int(NOW) + 600, **(claims or {}), **more}
        claims = {name: value for name, value in payload.items() if value is not None}
    if header is None:
        header = {"alg": algorithm, "typ": "JWT"}
    signing_input = segment(header) + b"." + segment(claims)
    signed = segment(signature(algorithm, signing_input, secret))
    return (signing_input + b"." + signed).decode()


def jack(**fields: Any) -> Consumer:
    """Give the consumer of most tests."""
    return Consumer(**{"username": "jack", "custom_id": "495aec6a", **fields})


def credential(**fields: Any) -> Credential:
    """Give the credential of most tests, HS256 unless asked otherwise."""
    algorithm = fields.get("algorithm", "HS256")
    material = (
        {"secret": SECRET}
        if str(algorithm).startswith("HS")
        else {"public_key": public_pem(str(algorithm))}
    )
    return Credential(**{"consumer": jack(), "key": KEY, **material, **fields})


class ListStore:
    """A custom store of the simplest kind: what it was given, by key."""

    blocking = False

    def __init__(self, *credentials: Any) -> None:
        self.credentials = credentials
        self.asked: list[tuple[str, str | None]] = []

    def find(self, key: str, kid: str | None = None) -> Sequence[Any]:
        """Find by key."""
        self.asked.append((key, kid))
        return [each for each in self.credentials if each.key == key]


class WaitingStore(ListStore):
    """The same, as most stores are: one that code has to wait for."""

    blocking = True


def make_gate(
    *credentials: Credential | UnusableCredential, policy: Policy | None = None
) -> Gate:
    """Make a gate over credentials (the usual one if none) at the time of the tests."""
    return Gate(ListStore(*(credentials or (credential(),))), policy, clock=clock)


def make_store() -> MemoryStore:
    """Make an empty memory store at the time of the tests."""
    return MemoryStore(clock=clock)


# Both middlewares, called as a server would call them.


@dataclass
class Sent:
    """A request, to be sent to either middleware."""

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: Sequence[Header] = ()
    body: bytes = b""
    scheme: str = "http"
    client: str | None = None

    @classmethod
    def bearer(cls, token: str, **fields: Any) -> "Sent":
        """Make a request with a bearer token."""
        more = fields.pop("headers", ())
        return cls(headers=(("Authorization", f"Bearer {token}"), *more), **fields)


@dataclass
class Got:
    """What came back, and what the app saw (None where it did not run)."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    outcome: Any = None
    seen_headers: dict[str, str] | None = None
    seen_query: str | None = None

    @property
    def app_ran(self) -> bool:
        """Whether the request reached the app."""
        return self.seen_headers is not None

    @property
    def message(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def scope_of(sent: Sent) -> dict[str, Any]:
    """Make the ASGI scope of a request."""
    return {
        "type": "http",
        "method": sent.method,
        "path": sent.path,
        "query_string": sent.query.encode("latin-1"),
        "headers": [
            (name.encode("latin-1").lower(), value.encode("latin-1"))
            for name, value in sent.headers
        ],
        "scheme": sent.scheme,
        "client": (sent.client, 50_000) if sent.client else None,
        "state": {},
    }


def environ_of(sent: Sent) -> dict[str, Any]:
    """Make the WSGI environ of a request, folded and joined as gunicorn does.

    Cookie lines too are joined by a comma.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "PATH_INFO": sent.path,
        "QUERY_STRING": sent.query,
        "wsgi.url_scheme": sent.scheme,
        "wsgi.input": BytesIO(sent.body),
    }
    if sent.client:
        environ["REMOTE_ADDR"] = sent.client
    for name, value in sent.headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ


def via_asgi(gate: Gate, sent: Sent) -> Got:
    """Send a request through the ASGI middleware; names of headers fold to lower."""
    got = Got()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        got.seen_headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        got.seen_query = scope["query_string"].decode("latin-1")
        got.outcome = scope["jwtgate"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"app"})

    async def receive() -> Any:
        raise AssertionError("the gate must not read the body")

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = {
                name.decode().lower(): value.decode()
                for name, value in message["headers"]
            }
        else:
            got.body += message["body"]

    scope = scope_of(sent)
    asyncio.run(ASGIGate(app, gate)(scope, receive, send))
    got.outcome = scope["state"]["jwtgate"]
    return got


def via_wsgi(gate: Gate, sent: Sent) -> Got:
    """Send a request through the WSGI middleware."""
    got = Got()

    def app(environ: Any, start_response: Any) -> list[bytes]:
        got.seen_headers = {
            key[5:].replace("_", "-").lower(): value
            for key, value in environ.items()
            if key.startswith("HTTP_")
        }
        got.seen_query = environ["QUERY_STRING"]
        start_response("200 OK", [])
        return [b"app"]

    def start_response(status: str, headers: Any, _exc_info: Any = None) -> Any:
        got.status = int(status[:3])
        got.headers = {name.lower(): value for name, value in headers}

    environ = environ_of(sent)
    got.body = b"".join(WSGIGate(app, gate)(environ, start_response))
    got.outcome = environ["jwtgate"]
    return got


BOTH = {"asgi": via_asgi, "wsgi": via_wsgi}
"""Both middlewares by name, for parametrised tests."""
