"""Each forged token gets in by the hole that it is for, and by no other."""

import hmac
from pathlib import Path

import jwt
import pytest

from jwtgate.testing.attacks.forgeries import ATTACKS
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.forging import Forge
from jwtgate.testing.requests import Request
from tests.kit import SECRET, credential, make_gate, private_pem, public_pem
from tests.testing.careless import Environ, Hole, got_in, parts, signed_by

EVERY = {attack.name for attack in ATTACKS}


def test_decoding_without_verification() -> None:
    """All forgeries get in that name somebody, as no signature is looked at."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        return str(found[1].get("iss")) if found and type(found[1]) is dict else None

    assert got_in(hole) >= EVERY


def _takes_none(*names: str) -> Hole:
    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found and type(found[0]) is dict and found[0].get("alg") in names:
            return "whoever"
        return None

    return hole


@pytest.mark.parametrize(
    ("names", "attacks"),
    [
        (("none",), {"alg-none", "alg-none-signed", "alg-twice"}),
        (("None",), {"alg-none-capital"}),
        (("nOnE",), {"alg-none-mixed"}),
        (("hs256",), {"alg-case"}),
    ],
    ids=str,
)
def test_taking_alg_none(names: tuple[str, ...], attacks: set[str]) -> None:
    """RFC 8725 3.2: in each spelling that somebody takes."""
    assert got_in(_takes_none(*names)) == attacks


def test_taking_no_alg() -> None:
    """A header that says nothing of it, or null."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found and type(found[0]) is dict and found[0].get("alg") is None:
            return "whoever"
        return None

    assert got_in(hole) == {"alg-missing", "alg-null"}


def test_taking_an_empty_signature() -> None:
    """CVE-2020-28042: of zero octets all are right."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or type(found[0]) is not dict:
            return None
        right = hmac.digest(SECRET.encode(), found[2], "sha256")
        is_hs256 = found[0].get("alg") == "HS256"
        return "whoever" if is_hs256 and right[: len(found[3])] == found[3] else None

    assert {"no-signature", "signature-cut"} <= got_in(hole)


def test_taking_the_start_of_a_signature() -> None:
    """What is behind the right one is not looked at."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None:
            return None
        right = signed_by(SECRET.encode(), found[2], found[3][:32])
        return "whoever" if len(found[3]) > 32 and right else None

    assert "signature-longer" in got_in(hole)


def test_taking_the_key_that_a_token_brings() -> None:
    """CVE-2018-0114: whoever brings it signs with it."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or type(found[0]) is not dict or "jwk" not in found[0]:
            return None
        jwk = jwt.PyJWK(found[0]["jwk"], found[0]["alg"])
        return "whoever" if jwk.Algorithm.verify(found[2], jwk.key, found[3]) else None

    assert got_in(hole) == {"jwk"}
    asymmetric = make_gate(credential(algorithm="ES256"))
    assert got_in(hole, asymmetric, private_key=private_pem("ES256")) == {"jwk"}


@pytest.mark.parametrize("name", ["jku", "x5u", "x5c"])
def test_taking_a_key_from_where_a_token_says(name: str) -> None:
    """RFC 8725 3.10: what is there is the attacker's."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        return (
            "whoever" if found and type(found[0]) is dict and name in found[0] else None
        )

    assert got_in(hole) == {name}


def test_reading_a_key_from_the_file_that_a_kid_names() -> None:
    """RFC 8725 3.10: an empty file is the secret of anybody."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        kid = found[0].get("kid") if found and type(found[0]) is dict else None
        if found is None or not isinstance(kid, str) or "/dev" not in kid:
            return None
        secret = (Path("/etc/keys") / kid).read_bytes()
        return "whoever" if signed_by(secret, found[2], found[3]) else None

    assert got_in(hole) == {"kid-path"}


def test_selecting_a_key_by_a_kid_in_sql() -> None:
    """RFC 8725 3.10: the statement selects what the attacker wrote in it."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or not signed_by(b"secret", found[2], found[3]):
            return None
        return "whoever"

    assert got_in(hole) == {"kid-sql"}


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_taking_a_public_key_for_a_secret(algorithm: str) -> None:
    """CVE-2022-29217: everybody has it."""
    secret = public_pem(algorithm).encode()

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None or not signed_by(secret, found[2], found[3]):
            return None
        return "whoever"

    gate = make_gate(credential(algorithm=algorithm))
    assert got_in(hole, gate, private_key=private_pem(algorithm)) == {"alg-confusion"}


def test_taking_another_hash_of_the_same_secret() -> None:
    """RFC 8725 3.1: a key is for one algorithm."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found is None:
            return None
        right = hmac.digest(SECRET.encode(), found[2], "sha512")
        return "whoever" if right == found[3] else None

    assert got_in(hole) == {"alg-confusion"}


def test_taking_zeros() -> None:
    """CVE-2022-21449: zeros are a signature of anything, to some."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        return "whoever" if found and found[3] == bytes(64) else None

    gate = make_gate(credential(algorithm="ES256"))
    names = got_in(hole, gate, private_key=private_pem("ES256"))
    assert names == {"signature-zeros"}


@pytest.mark.parametrize(
    "breaks",
    [
        lambda header: header["alg"].lower(),
        lambda header: header.get("kid", "").encode(),
        lambda header: {header.get("kid")},
    ],
    ids=["alg", "kid in utf-8", "kid as a key"],
)
def test_breaking_on_a_header(breaks: object) -> None:
    """What is no text has no methods, and what is no Unicode no octets."""

    def hole(environ: Environ) -> str | None:
        found = parts(environ)
        if found and type(found[0]) is dict:
            breaks(found[0])  # type: ignore[operator]
        return None

    names = got_in(hole)
    assert names
    assert names <= {
        *("alg-missing", "alg-null", "alg-list", "alg-number"),
        *("kid-surrogate", "kid-list"),
    }


def test_no_request_shows_a_token() -> None:
    """Requests are printed by tests that fail."""
    forge = Forge(make_gate(), "jack-key")
    target = Target(forge=forge, usual=Request(path="/me"))
    sent = [attack.request(target) for attack in ATTACKS]
    assert "eyJ" not in repr(sent)
