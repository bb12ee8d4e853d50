import json
import re
import shlex
import subprocess
from base64 import b64encode, encodebytes
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from jwtgate.errors import InvalidKey
from jwtgate.jose.publickey import read_public_key
from tests.kit import NOW, private_key, private_pem, program, public_pem

KINDS = ["RS256", "ES256", "ES384", "ES512", "EdDSA", "Ed448"]
RSA_PEM = public_pem("RS256").encode()
BODY = b"".join(RSA_PEM.splitlines()[1:-1])

each_kind = pytest.mark.parametrize("kind", KINDS)


def alg(kind: str) -> str:
    """Give the JWA name that a kind of key is for."""
    return "EdDSA" if kind == "Ed448" else kind


def signing_key(
    kind: str,
) -> RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey:
    """Give the private key of a kind, which can sign certificates."""
    key = private_key(kind)
    assert isinstance(
        key,
        RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey,
    )
    return key


def jwk_of(key: Any) -> dict[str, Any]:
    """Let PyJWT write a key as JWK."""
    if isinstance(key, RSAPrivateKey | RSAPublicKey):
        return {**json.loads(RSAAlgorithm.to_jwk(key))}
    if isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        return {**json.loads(ECAlgorithm.to_jwk(key))}
    return {**json.loads(OKPAlgorithm.to_jwk(key))}


def jwk(kind: str, **changes: object) -> dict[str, Any]:
    """Write a public key as JWK, and change members."""
    return {**jwk_of(private_key(kind).public_key()), **changes}


def without(kind: str, member: str) -> dict[str, Any]:
    """Write a public key as JWK, and leave a member out."""
    return {name: value for name, value in jwk(kind).items() if name != member}


def octets(value: object) -> bytes:
    """Write JSON."""
    return json.dumps(value).encode()


def certificate(kind: str) -> bytes:
    """Write a public key as self-signed certificate."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer.example")])
    begin = datetime.fromtimestamp(NOW, UTC)
    builder = (
        x509.CertificateBuilder(name, name)
        .public_key(signing_key(kind).public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
    )
    digest = None if kind.startswith("Ed") else hashes.SHA256()
    return builder.sign(signing_key(kind), digest).public_bytes(Encoding.PEM)


def odd_certificate(kind: str) -> bytes:
    """Write one of a version that there is not (RFC 5280 4.1.2.1)."""
    version_3, version_6 = b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"
    der = x509.load_pem_x509_certificate(certificate(kind)).public_bytes(Encoding.DER)
    return pem(b"CERTIFICATE", b64encode(der.replace(version_3, version_6, 1)))


def private(kind: str, form: PrivateFormat, password: bytes | None = None) -> bytes:
    """Write a private key as PEM in any form, encrypted or not."""
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return private_key(kind).private_bytes(Encoding.PEM, form, encryption)


def pem(label: bytes, body: bytes = BODY) -> bytes:
    """Write a PEM with any label and body."""
    return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, body, label)


def refusal(material: bytes, algorithm: str = "RS256") -> InvalidKey:
    """Read bad material and give its refusal."""
    with pytest.raises(InvalidKey) as refused:
        read_public_key(algorithm, material)
    return refused.value


# What is read.


@each_kind
def test_pem_is_read(kind: str) -> None:
    """A PUBLIC KEY of every kind is read."""
    key = read_public_key(alg(kind), public_pem(kind).encode())
    assert key == private_key(kind).public_key()


@each_kind
def test_certificate_is_read(kind: str) -> None:
    """A certificate stands for the key it certifies."""
    key = read_public_key(alg(kind), certificate(kind))
    assert key == private_key(kind).public_key()


@each_kind
def test_jwk_is_read(kind: str) -> None:
    """A public JWK of every kind is read as PyJWT writes it."""
    key = read_public_key(alg(kind), octets(jwk(kind)))
    assert key == private_key(kind).public_key()


def test_pkcs_1_pem_is_read() -> None:
    """An RSA PUBLIC KEY holds the bare numbers of the key."""
    public = private_key("RS256").public_key()
    written = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    assert read_public_key("RS256", written) == public


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda pem: pem.strip(), id="no-line-end"),
        pytest.param(lambda pem: b"\n \t" + pem + b"\r\n\n", id="blanks-around"),
        pytest.param(lambda pem: pem.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(lambda pem: pem.replace(b"\n", b"\\n"), id="escaped-lf"),
        pytest.param(lambda pem: pem.replace(b"\n", b"\\r\\n"), id="escaped-crlf"),
        pytest.param(lambda pem: b"RSA key of joe\n" + pem, id="text-before"),
        pytest.param(b64encode, id="base64"),
        pytest.param(encodebytes, id="base64-in-lines"),
        pytest.param(
            lambda pem: b64encode(pem.replace(b"\n", b"\\n")), id="base64-of-escaped"
        ),
    ],
)
@pytest.mark.parametrize("make", [public_pem, certificate], ids=["key", "certificate"])
def test_pem_is_read_as_settings_hold_it(
    make: Callable[[str], str | bytes], change: Callable[[bytes], bytes]
) -> None:
    """Line ends may be escaped, as in a variable, or the whole PEM be base64."""
    made = make("RS256")
    material = change(made.encode() if isinstance(made, str) else made)
    assert read_public_key("RS256", material) == private_key("RS256").public_key()


@pytest.mark.parametrize(
    "material",
    [
        pytest.param(octets(jwk("RS256", use="sig")), id="use"),
        pytest.param(octets(jwk("RS256", alg="RS256")), id="alg"),
        pytest.param(octets(jwk("RS256", key_ops=["verify"])), id="key-ops"),
        pytest.param(octets(jwk("RS256", kid="1", x5c=["AQ"])), id="other-members"),
        pytest.param(json.dumps(jwk("RS256"), indent=2).encode(), id="pretty"),
        pytest.param(b"\n " + octets(jwk("RS256")) + b"\n", id="blanks-around"),
    ],
)
def test_jwk_with_more_members_is_read(material: bytes) -> None:
    """Use and alg may be there if they fit; other members are ignored."""
    assert read_public_key("RS256", material) == private_key("RS256").public_key()


# What is refused, and in which words.

PRIVATE = {
    "pkcs-8": private_pem("RS256").encode(),
    "pkcs-8-ec": private_pem("ES256").encode(),
    "pkcs-8-ed25519": private_pem("EdDSA").encode(),
    "pkcs-1": private("RS256", PrivateFormat.TraditionalOpenSSL),
    "sec-1": private("ES256", PrivateFormat.TraditionalOpenSSL),
}
OTHER_PRIVATE = {
    "encrypted": private("RS256", PrivateFormat.PKCS8, b"password"),
    "encrypted-pkcs-1": private("RS256", PrivateFormat.TraditionalOpenSSL, b"password"),
    "openssh": private("EdDSA", PrivateFormat.OpenSSH),
    "escaped": private_pem("RS256").replace("\n", "\\n").encode(),
    "base64": b64encode(private_pem("RS256").encode()),
    "with-its-public-key": private_pem("RS256").encode() + RSA_PEM,
    "with-a-certificate": certificate("RS256") + private_pem("RS256").encode(),
    "with-parameters": pem(b"EC PARAMETERS", b"BggqhkjOPQMBBw==")
    + private("ES256", PrivateFormat.TraditionalOpenSSL),
}
BAD_PEMS = {
    "two-keys": (RSA_PEM * 2, "must hold one key, and holds 2"),
    "two-kinds": (RSA_PEM + public_pem("ES256").encode(), "holds 2"),
    "key-and-certificate": (RSA_PEM + certificate("RS256"), "holds 2"),
    "chain": (certificate("RS256") * 3, "holds 3"),
    "cut-label": (b"-----BEGIN PUBLIC KEY\n" + BODY, "holds 0"),
    "request": (pem(b"CERTIFICATE REQUEST"), "must be a PUBLIC KEY"),
    "parameters": (pem(b"EC PARAMETERS"), "must be a PUBLIC KEY"),
    "revocations": (pem(b"X509 CRL"), "must be a PUBLIC KEY"),
    "no-body": (pem(b"PUBLIC KEY", b""), "cannot be read"),
    "cut": (pem(b"PUBLIC KEY", BODY[:200]), "cannot be read"),
    "no-end": (RSA_PEM[:-20], "cannot be read"),
    "no-base64": (pem(b"PUBLIC KEY", b"%" + BODY), "cannot be read"),
    "other-content": (pem(b"CERTIFICATE"), "cannot be read"),
    "certificate-of-version-6": (odd_certificate("RS256"), "cannot be read"),
    "random": (pem(b"PUBLIC KEY", b64encode(b"x" * 90)), "cannot be read"),
}
NO_KEYS = {
    "empty": b"",
    "blank": b" \n\t",
    "text": b"this-is-a-shared-secret-and-no-key-at-all",
    "body-alone": BODY,
    "body-in-lines": b"\n".join(RSA_PEM.splitlines()[1:-1]),
    "file-name": b"/etc/keys/of-the-issuer/public.pem",
    "ssh": b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKIbDYQ35ApM joe@example.com",
    "ssh2": b"---- BEGIN SSH2 PUBLIC KEY ----\nAAAAC3NzaC1lZDI1NTE5AAAAIKIb",
    "octets": bytes(range(256)),
    "jwk-in-array": octets([jwk("RS256")]),
    "jwk-in-text": octets(json.dumps(jwk("RS256"))),
    "jwk-in-utf-16": json.dumps(jwk("RS256")).encode("utf-16"),
}
BAD_JWKS: Mapping[str, tuple[bytes, str]] = {
    "private-rsa": (octets(jwk_of(private_key("RS256"))), "private JWK"),
    "private-ec": (octets(jwk_of(private_key("ES256"))), "private JWK"),
    "private-okp": (octets(jwk_of(private_key("EdDSA"))), "private JWK"),
    "private-in-part": (octets(jwk("RS256", d="AQ")), "private JWK"),
    "set": (octets({"keys": [jwk("RS256")]}), "not a JWK Set"),
    "empty-set": (octets({"keys": []}), "not a JWK Set"),
    "set-and-key": (octets(jwk("RS256", keys=[])), "not a JWK Set"),
    "for-encryption": (
        octets(jwk("RS256", use="enc")),
        "than RS256",
    ),
    "use-of-another-type": (octets(jwk("RS256", use=["sig"])), "another use"),
    "key-ops-other": (octets(jwk("RS256", key_ops=["sign"])), "another use"),
    "key-ops-null": (octets(jwk("RS256", key_ops=None)), "another use"),
    "key-ops-number": (octets(jwk("RS256", key_ops=2)), "another use"),
    "key-ops-text": (octets(jwk("RS256", key_ops="verify")), "another use"),
    "for-another-alg": (octets(jwk("RS256", alg="RS512")), "another use or alg"),
    "for-pss": (octets(jwk("RS256", alg="PS256")), "another use or alg"),
    "alg-of-other-case": (octets(jwk("RS256", alg="rs256")), "another use or alg"),
    "alg-null": (octets(jwk("RS256", alg=None)), "another use or alg"),
    "symmetric": (octets({"kty": "oct", "k": "c2VjcmV0LXNlY3JldA"}), "kty is not RSA"),
    "unknown-kty": (octets(jwk("RS256", kty="rsa")), "kty is not RSA"),
    "kty-missing": (octets(without("RS256", "kty")), "kty is not RSA"),
    "kty-list": (octets(jwk("RS256", kty=["RSA"])), "kty is not RSA"),
    "empty-object": (b"{}", "kty is not RSA"),
    "cut": (octets(jwk("RS256"))[:-9], "cannot be read"),
    "two": (octets(jwk("RS256")) * 2, "cannot be read"),
    "not-utf-8": (b'{"kty": "\xff"}', "cannot be read"),
    "huge-number": (b'{"kty": ' + b"1" * 5000 + b"}", "cannot be read"),
    "n-missing": (octets(without("RS256", "n")), "cannot be read"),
    "e-missing": (octets(without("RS256", "e")), "cannot be read"),
    "n-empty": (octets(jwk("RS256", n="")), "cannot be read"),
    "e-empty": (octets(jwk("RS256", e="")), "cannot be read"),
    "n-padded": (octets(jwk("RS256", n="AQ==")), "cannot be read"),
    "n-standard-base64": (octets(jwk("RS256", n="+/8")), "cannot be read"),
    "n-not-ascii": (octets(jwk("RS256", n="\u00e9")), "cannot be read"),
    "n-surrogate": (octets(jwk("RS256", n="\ud800")), "cannot be read"),
    "crv-missing": (octets(without("ES256", "crv")), "cannot be read"),
    "crv-unknown": (octets(jwk("ES256", crv="secp256k1")), "cannot be read"),
    "crv-other": (octets(jwk("ES256", crv="P-384")), "cannot be read"),
    "crv-list": (octets(jwk("ES256", crv=["P-256"])), "cannot be read"),
    "crv-number": (octets(jwk("ES256", crv=256)), "cannot be read"),
    "x-missing": (octets(without("ES256", "x")), "cannot be read"),
    "y-missing": (octets(without("ES256", "y")), "cannot be read"),
    "off-the-curve": (octets(jwk("ES256", y="AQ")), "cannot be read"),
    "infinity": (octets(jwk("ES256", x="AA", y="AA")), "cannot be read"),
    "beyond-the-field": (octets(jwk("ES256", x="_" * 43 + "8")), "cannot be read"),
    "okp-crv-missing": (octets(without("EdDSA", "crv")), "cannot be read"),
    "okp-x25519": (octets(jwk("EdDSA", crv="X25519")), "cannot be read"),
    "okp-other-crv": (octets(jwk("EdDSA", crv="Ed448")), "cannot be read"),
    "okp-x-missing": (octets(without("Ed448", "x")), "cannot be read"),
    "okp-x-short": (octets(jwk("EdDSA", x="AQ")), "cannot be read"),
}
# What should be text is something else.
MEMBERS_OF_OTHER_TYPES = {
    f"{member}-{value!r}": octets(jwk(kind, **{member: value}))
    for kind, member in [
        ("RS256", "n"),
        ("RS256", "e"),
        ("ES256", "x"),
        ("ES256", "y"),
        ("EdDSA", "x"),
    ]
    for value in (None, 65537, True, ["AQAB"], {"a": 1})
}
DEEP = {
    "arrays": b'{"kty": ' + b"[" * 100_000,
    "objects": b'{"kty": ' * 100_000,
    "closed": b'{"kty": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}

ALL_BAD = {
    **PRIVATE,
    **OTHER_PRIVATE,
    **{name: material for name, (material, _) in BAD_PEMS.items()},
    **NO_KEYS,
    **{f"jwk-{name}": material for name, (material, _) in BAD_JWKS.items()},
}
each_bad_material = pytest.mark.parametrize(
    "material", ALL_BAD.values(), ids=list(ALL_BAD)
)


@pytest.mark.parametrize(
    "material",
    [*PRIVATE.values(), *OTHER_PRIVATE.values()],
    ids=[*PRIVATE, *OTHER_PRIVATE],
)
def test_private_key_is_refused(material: bytes) -> None:
    """A private key has no business where tokens are checked, whatever its form."""
    assert "holds a private key; make the public one" in str(refusal(material))


@pytest.mark.parametrize(("material", "words"), BAD_PEMS.values(), ids=list(BAD_PEMS))
def test_bad_pem_is_refused(material: bytes, words: str) -> None:
    """There is exactly one PEM, of a public key, and it can be read."""
    assert words in str(refusal(material))


@pytest.mark.parametrize("material", NO_KEYS.values(), ids=list(NO_KEYS))
def test_what_is_no_key_is_refused(material: bytes) -> None:
    """The refusal names the three forms that would have been read."""
    words = "neither a PEM (-----BEGIN PUBLIC KEY-----), base64 of a PEM, nor a JWK"
    assert words in str(refusal(material))


@pytest.mark.parametrize(("material", "words"), BAD_JWKS.values(), ids=list(BAD_JWKS))
def test_bad_jwk_is_refused(material: bytes, words: str) -> None:
    """A JWK is one public key, whole, for signatures, and for this algorithm."""
    assert words in str(refusal(material))


@pytest.mark.parametrize(
    "material",
    MEMBERS_OF_OTHER_TYPES.values(),
    ids=list(MEMBERS_OF_OTHER_TYPES),
)
def test_jwk_member_that_is_no_text_is_refused(material: bytes) -> None:
    """A number is written as base64url text in a JWK, and nothing else is one."""
    assert "cannot be read" in str(refusal(material))


@pytest.mark.parametrize("material", DEEP.values(), ids=list(DEEP))
def test_deep_jwk_is_refused(material: bytes) -> None:
    """A depth that exhausts the interpreter's stack is a key that cannot be read."""
    assert "cannot be read" in str(refusal(material))


@each_bad_material
def test_refusal_does_not_show_the_material(material: bytes) -> None:
    """No line of a PEM and no text of a JWK is part of an error."""
    pieces = re.findall(rb"[A-Za-z0-9+/_=-]{12,}", material.replace(b"-----", b" "))
    message = str(refusal(material)).encode()
    assert not [piece for piece in pieces if piece in message]


@each_bad_material
def test_refusal_has_no_cause(material: bytes) -> None:
    """An error of the parser, which may quote the material, is not the cause."""
    assert refusal(material).__cause__ is None


def test_refusal_does_not_lead_to_the_material() -> None:
    """Nor is it the context: a JSONDecodeError keeps the whole text it refused."""
    error = refusal(octets(jwk_of(private_key("RS256")))[:-1])
    assert not hasattr(error.__context__, "doc")


@given(st.binary() | st.binary().map(b64encode) | st.binary().map(b"{".__add__))
def test_any_octets_are_a_key_or_refused(material: bytes) -> None:
    """No octets raise anything but InvalidKey."""
    with suppress(InvalidKey):
        read_public_key("RS256", material)


MEMBERS = (
    st.sampled_from(["AQAB", jwk("ES256")["x"], jwk("RS256")["n"], "P-256", "Ed25519"])
    | st.text()
    | st.none()
    | st.integers()
    | st.lists(st.text())
)


@given(
    st.fixed_dictionaries(
        {"kty": st.sampled_from(["RSA", "EC", "OKP"])},
        optional=dict.fromkeys(
            ["n", "e", "crv", "x", "y", "use", "key_ops", "alg"], MEMBERS
        ),
    )
)
@settings(max_examples=200)
def test_any_jwk_is_a_key_or_refused(members: dict[str, object]) -> None:
    """No members of a JWK raise anything but InvalidKey."""
    with suppress(InvalidKey):
        read_public_key("RS256", octets(members))


@given(st.binary(max_size=200))
def test_any_body_of_a_pem_is_a_key_or_refused(body: bytes) -> None:
    """No octets in a PEM raise anything but InvalidKey."""
    with suppress(InvalidKey):
        read_public_key("RS256", pem(b"PUBLIC KEY", b64encode(body)))


# The commands that the refusals suggest.


def run_suggestion(message: str, folder: Path) -> None:
    """Run the command that stands between quotes in a message."""
    name, *arguments = shlex.split(message.split("'")[1])
    subprocess.run(  # noqa: S603 - the command is a constant of ours
        [program(name), *arguments], cwd=folder, check=True, capture_output=True
    )


@pytest.mark.parametrize(
    "kind", ["pkcs-8", "pkcs-8-ec", "pkcs-8-ed25519", "pkcs-1", "sec-1"]
)
def test_suggested_command_makes_the_public_key(kind: str, tmp_path: Path) -> None:
    """Who does as the refusal of a private key says gets a key that is read."""
    (tmp_path / "private.pem").write_bytes(PRIVATE[kind])
    run_suggestion(str(refusal(PRIVATE[kind])), tmp_path)
    algorithm = {"pkcs-8-ed25519": "EdDSA", "pkcs-8-ec": "ES256", "sec-1": "ES256"}
    name = algorithm.get(kind, "RS256")
    made = read_public_key(name, (tmp_path / "public.pem").read_bytes())
    assert made == private_key(name).public_key()


def test_suggested_command_shows_a_good_key(tmp_path: Path) -> None:
    """The command that shows what is wrong finds nothing wrong with a good key."""
    (tmp_path / "public.pem").write_bytes(RSA_PEM)
    run_suggestion(str(refusal(BAD_PEMS["cut"][0])), tmp_path)


def test_suggested_command_fails_for_a_bad_key(tmp_path: Path) -> None:
    """The command that shows what is wrong with a PEM fails where there is anything."""
    (tmp_path / "public.pem").write_bytes(BAD_PEMS["cut"][0])
    with pytest.raises(subprocess.CalledProcessError):
        run_suggestion(str(refusal(BAD_PEMS["cut"][0])), tmp_path)
