"""An identity provider on this machine, which obeys, stalls or lies as a test says."""

import json
import ssl
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import TCPServer
from tempfile import TemporaryDirectory
from threading import Event, Thread
from threading import enumerate as all_threads
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from jwtgate.stores.jwks.leash import Leash
from jwtgate.stores.jwks.source import Fetched
from tests.kit import private_key

KEYS = "/keys"
CONFIGURATION = "/.well-known/openid-configuration"

Answer = Callable[[BaseHTTPRequestHandler], None]


# Keys


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _number(value: int, size: int | None = None) -> str:
    return _text(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def material(key: Any) -> dict[str, Any]:
    """Write a public key as a JWK of nothing else."""
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    if isinstance(key, ec.EllipticCurvePublicKey):
        point, size = key.public_numbers(), (key.key_size + 7) // 8
        curve = {256: "P-256", 384: "P-384", 521: "P-521"}[key.key_size]
        x, y = _number(point.x, size), _number(point.y, size)
        return {"kty": "EC", "crv": curve, "x": x, "y": y}
    assert isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)
    octets = key.public_bytes_raw()
    curve = "Ed25519" if len(octets) == 32 else "Ed448"
    return {"kty": "OKP", "crv": curve, "x": _text(octets)}


def jwk(algorithm: str, **members: Any) -> dict[str, Any]:
    """Write the tests' public key of an algorithm as a JWK; None leaves one out."""
    key = material(private_key(algorithm).public_key())
    whole = {**key, "use": "sig", "alg": algorithm, **members}
    return {name: value for name, value in whole.items() if value is not None}


def stranger(algorithm: str = "ES256", **members: Any) -> dict[str, Any]:
    """Write a public key of which nobody here has the private one."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return {**material(public), "use": "sig", "alg": algorithm, **members}


def document(*keys: object, **members: object) -> bytes:
    """Write a JWK Set."""
    return json.dumps({"keys": keys, **members}).encode()


# Time


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time go by."""
        self.now += seconds


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for what another thread does."""
    end, pause = time.monotonic() + seconds, Event()
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        pause.wait(0.002)


def is_idle() -> bool:
    """Whether nothing is fetched any more, nor reported to the log."""
    return not any(each.name == "jwtgate-jwks" for each in all_threads())


class Source:
    """A source that gives what it is told, or raises it, when it is let."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.let = Event()
        self.let.set()

    def fetch(self, leash: Leash) -> Fetched:
        """Give the next answer; the last one again and again."""
        self.asked += 1
        assert self.let.wait(10)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(leash)
        return answer if isinstance(answer, Fetched) else Fetched(answer)


# The server


def says(
    octets: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """Answer with these octets."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(octets)))
        handler.end_headers()
        handler.wfile.write(octets)

    return answer


def redirects(location: str, status: int = 302) -> Answer:
    """Answer that it is elsewhere."""
    return says(b"", status, {"Location": location})


def raw(octets: bytes) -> Answer:
    """Answer with octets that need not be HTTP."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(octets)

    return answer


class Provider(ThreadingHTTPServer):
    """The provider; ``answers`` says what it does at each path.

    Attributes:
        answers: By path.
        asked: The paths that were asked for, in order.
        seen: The headers of the last request.
        gone: Set when it goes away; who stalls, stalls until then.
    """

    def __init__(self, answers: Mapping[str, Answer], *, port: int = 0) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.seen: dict[str, str] = {}
        self.gone = Event()
        self.scheme = "http"
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind, without asking what this machine is called."""
        TCPServer.server_bind(self)

    def handle_error(self, *_: object) -> None:
        """Bear that a client goes away."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def publish(self, *keys: object, **headers: str) -> None:
        """Publish these keys, with these headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[KEYS] = says(document(*keys), headers=named)

    def stall(self, path: str = KEYS) -> None:
        """Take connections, and say nothing."""
        self.answers[path] = lambda _: self._linger()

    def trickle(self, octets: bytes, *, again: bytes = b" ", path: str = KEYS) -> None:
        """Say this, then that again and again, and never come to an end."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(octets)
            while not self.gone.wait(0.02):
                handler.wfile.write(again)

        self.answers[path] = answer

    def _linger(self) -> None:
        self.gone.wait(10)


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        """Answer as the test says."""
        self.server.asked.append(self.path)
        self.server.seen = dict(self.headers)
        self.server.answers.get(self.path, says(b"no such page", 404))(self)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - its name there
        """Keep quiet."""


@contextmanager
def provider(*keys: object, tls: bool = False) -> Iterator[Provider]:
    """Run a provider that publishes these keys and tells where."""
    with Provider({}) as server:
        if tls:
            server.scheme = "https"
            server.socket = _server_context().wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        server.publish(*keys)
        server.answers[CONFIGURATION] = says(configuration(server.url))
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.gone.set()
            server.shutdown()
            thread.join()


def configuration(issuer: object, **members: object) -> bytes:
    """Write what an issuer tells about itself."""
    told = {"issuer": issuer, "jwks_uri": f"{issuer}{KEYS}", **members}
    return json.dumps(told).encode()


# Certificates


@cache
def _authority() -> tuple[str, ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    basic = x509.BasicConstraints(ca=True, path_length=0)
    made = _unsigned(name, name, key).add_extension(basic, critical=True)
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        **dict.fromkeys(
            (
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        ),
    )
    certificate = made.add_extension(usage, critical=True).sign(key, SHA256())
    return certificate.public_bytes(Encoding.PEM).decode(), key, certificate


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


@cache
def _server_context() -> ssl.SSLContext:
    _, authority, certificate = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a provider")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = _unsigned(name, certificate.subject, key).add_extension(
        names, critical=False
    )
    pem = made.sign(authority, SHA256()).public_bytes(Encoding.PEM)
    pem += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(pem)
        context.load_cert_chain(file)
    return context


def trusting() -> ssl.SSLContext:
    """Make what trusts the provider's certificate."""
    return ssl.create_default_context(cadata=_authority()[0])
