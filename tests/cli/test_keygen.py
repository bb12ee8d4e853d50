import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.cli.running import CLI


def test_a_pair_goes_into_two_files(cli: CLI, tmp_path: Path) -> None:
    """The private half is for its owner alone."""
    ran = cli("keygen", "ES256", "--out", "jack")
    assert ran.code == 0
    assert ran.out == (
        "private  jack.private.pem (for you alone)\n"
        "public   jack.public.pem (for everybody)\n"
    )
    modes = [
        stat.S_IMODE((tmp_path / f"jack.{half}.pem").stat().st_mode)
        for half in ("private", "public")
    ]
    assert modes == [0o600, 0o644]


def test_a_pair_is_never_overwritten(cli: CLI, tmp_path: Path) -> None:
    """Neither half: a key that is lost cannot be had again."""
    (tmp_path / "jack.public.pem").write_text("old")
    ran = cli("keygen", "ES256", "--out", "jack")
    assert ran.code == 1
    assert ran.err == "jwtgate: jack.public.pem is there, and is not overwritten\n"
    assert [each.name for each in tmp_path.iterdir()] == ["jack.public.pem"]


def test_files_are_named_after_the_algorithm(cli: CLI) -> None:
    """Unless something else was said; scripts are told in JSON."""
    ran = cli("keygen", "EdDSA", "--json")
    assert json.loads(ran.out) == {
        "private": "EdDSA.private.pem",
        "public": "EdDSA.public.pem",
    }


def test_bits_are_those_asked_for(cli: CLI, tmp_path: Path) -> None:
    """Of an RSA key."""
    cli("keygen", "PS256", "--bits", "3072", "--out", "jack")
    key = load_pem_private_key((tmp_path / "jack.private.pem").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    assert key.key_size == 3072


def test_a_pair_as_jwk_has_the_kid(cli: CLI, tmp_path: Path) -> None:
    """In both files."""
    cli("keygen", "Ed448", "--format", "jwk", "--kid", "2027", "--out", "jack")
    kids = [
        json.loads((tmp_path / f"jack.{half}.jwk").read_text())["kid"]
        for half in ("private", "public")
    ]
    assert kids == ["2027", "2027"]


def test_a_secret_goes_into_a_file(cli: CLI, tmp_path: Path) -> None:
    """It is as long as its hash, and shown nowhere."""
    ran = cli("keygen", "HS512", "--out", "jack")
    assert ran.out == "secret   jack.secret (for you alone)\n"
    assert len((tmp_path / "jack.secret").read_text()) == 65


def test_a_secret_in_base64_has_as_many_octets_as_its_hash(cli: CLI) -> None:
    """RFC 7518 3.2."""
    ran = cli("keygen", "HS384", "--format", "base64", "--out", "-", shows_secret=True)
    assert len(base64.b64decode(ran.out)) == 48


def test_a_secret_is_printed_if_that_was_asked_for(cli: CLI, tmp_path: Path) -> None:
    """Alone, for a pipe; and no file is made."""
    ran = cli("keygen", "HS256", "--out", "-", shows_secret=True)
    assert len(ran.out) == 33
    assert list(tmp_path.iterdir()) == []


def test_a_secret_as_jwk_goes_into_a_file_of_that_name(cli: CLI) -> None:
    """Its end tells what is in it."""
    ran = cli("keygen", "HS256", "--format", "jwk", "--json")
    assert json.loads(ran.out) == {"secret": "HS256.secret.jwk"}


def test_both_halves_are_printed_if_that_was_asked_for(cli: CLI) -> None:
    """The private one first."""
    ran = cli("keygen", "ES384", "--out", "-", shows_secret=True)
    begins = [line for line in ran.out.splitlines() if "BEGIN" in line]
    assert begins == ["-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----"]


@pytest.mark.parametrize(
    ("argv", "err"),
    [
        (["ES256", "--bits", "2048"], "--bits is of RSA keys; ES256 has one size"),
        (["Ed448", "--bits", "2048"], "--bits is of RSA keys; Ed448 has one size"),
        (["HS256", "--format", "pem"], "a secret is written as text or base64 or jwk"),
        (["ES256", "--format", "text"], "a key pair is written as pem or jwk, not"),
        (["ES256", "--kid", "7"], "--kid is a member of a JWK; add --format jwk"),
        (["ES256", "--out", "-", "--json"], "--json tells of files, and --out - makes"),
        (["RS256", "--bits", "1024"], "argument --bits: expected 2048 to 8192"),
        (["RS256", "--bits", "many"], "argument --bits: expected 2048 to 8192"),
        (["none"], "argument ALGORITHM: unknown; expected one of: HS256"),
    ],
)
def test_what_does_not_go_together_is_usage(
    cli: CLI, tmp_path: Path, argv: list[str], err: str
) -> None:
    """Nothing is made then."""
    ran = cli("keygen", *argv)
    assert ran.code == 2
    assert ran.err.startswith(f"jwtgate: {err}")
    assert list(tmp_path.iterdir()) == []
