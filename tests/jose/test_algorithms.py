from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from jwtgate.jose.algorithms import ALGORITHMS, Algorithm


def test_algorithms_are_these_thirteen() -> None:
    """RFC 7518 section 3.1 less none, and EdDSA of RFC 8037."""
    assert set(ALGORITHMS) == {
        *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512"),
        *("PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
        "EdDSA",
    }


@pytest.mark.parametrize("name", ALGORITHMS)
def test_row_has_the_name_it_is_found_by(name: str) -> None:
    """A row is found by the very alg value it stands for."""
    assert ALGORITHMS[name].name == name


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "None",
        "",
        "hs256",
        "Hs256",
        "HS256 ",
        "HS1",
        "HS224",
        "RS1",
        "ES256K",
        "EDDSA",
        "Ed25519",
        "Ed448",
        "RSA-OAEP",
        "dir",
        "HS256\x00",
        "\uff28S256",
    ],
    ids=ascii,
)
def test_other_name_is_unknown(name: str) -> None:
    """Names are compared exactly: no case is folded and nothing trimmed."""
    assert name not in ALGORITHMS


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("HS384", "hmac"),
        ("RS384", "rsa"),
        ("PS384", "rsa"),
        ("ES384", "ec"),
        ("EdDSA", "okp"),
    ],
)
def test_family_is_that_of_the_key(name: str, family: str) -> None:
    """The family says which module verifies an algorithm."""
    assert ALGORITHMS[name].family == family


@pytest.mark.parametrize(
    ("name", "hash_name", "hash_size"),
    [
        ("HS256", "sha256", 32),
        ("RS384", "sha384", 48),
        ("PS512", "sha512", 64),
        ("ES512", "sha512", 64),
        ("EdDSA", "", 0),
    ],
)
def test_hash_is_that_of_the_name(name: str, hash_name: str, hash_size: int) -> None:
    """The figure in the name is the hash's size in bits."""
    row = ALGORITHMS[name]
    assert (row.hash_name, row.hash_size) == (hash_name, hash_size)


def test_only_hmac_is_symmetric() -> None:
    """The HS algorithms alone have a shared secret."""
    symmetric = {name for name, row in ALGORITHMS.items() if row.symmetric}
    assert symmetric == {"HS256", "HS384", "HS512"}


def test_none_cannot_be_added() -> None:
    """The table is constant, so that nobody adds an algorithm for everybody."""
    table: Any = ALGORITHMS
    with pytest.raises(TypeError):
        table["none"] = ALGORITHMS["HS256"]


def test_row_cannot_be_changed() -> None:
    """A row is frozen."""
    row: Any = ALGORITHMS["HS256"]
    with pytest.raises(FrozenInstanceError):
        row.family = "rsa"


def test_rows_are_compared_as_values() -> None:
    """Two rows with the same fields are equal."""
    row = Algorithm(name="HS256", family="hmac", hash_name="sha256", hash_size=32)
    assert row == ALGORITHMS["HS256"]
