"""Redis servers that are spoken to by TLS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.counting.redisserver import HOST, free_port, running


def certified(folder: Path, name: x509.GeneralName) -> Path:
    """Write a key, and a certificate of it that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a Redis")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    kept = Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(*kept))
    (folder / "certificate").write_bytes(made.public_bytes(Encoding.PEM))
    return folder


@contextmanager
def running_tls(folder: Path, name: x509.GeneralName) -> Iterator[str]:
    """Run a server by TLS, and give its URL."""
    port, files = free_port(), certified(folder, name)
    certificate = str(files / "certificate")
    tls = "--tls-port", str(port), "--tls-auth-clients", "no"
    own = "--tls-cert-file", certificate, "--tls-key-file", str(files / "key")
    with running(folder, *tls, *own):
        yield f"rediss://{HOST}:{port}?ssl_ca_certs={certificate}&socket_timeout=15"
