import os
import string
from collections import Counter
from collections.abc import Iterable

import pytest

from jwtgate import Consumer, Credential
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.fields import (
    ConsumerFields,
    CredentialFields,
    completed,
    new_key,
    new_kid,
    new_secret,
)

ALPHABET = set(string.ascii_letters + string.digits)


def test_a_key_is_32_of_letters_and_digits() -> None:
    """As Kong makes them."""
    key = new_key()
    assert len(key) == 32
    assert set(key) <= ALPHABET


def test_a_kid_is_8_of_letters_and_digits() -> None:
    """Short, since it is in every token."""
    kid = new_kid()
    assert len(kid) == 8
    assert set(kid) <= ALPHABET


@pytest.mark.parametrize(
    ("algorithm", "length"), [("HS256", 32), ("HS384", 48), ("HS512", 64)]
)
def test_a_secret_is_as_long_as_the_hash(algorithm: str, length: int) -> None:
    """RFC 7518 3.2."""
    secret = new_secret(algorithm) or ""
    assert len(secret) == length
    assert set(secret) <= ALPHABET


@pytest.mark.parametrize(
    "algorithm",
    [name for name in ALGORITHMS if not name.startswith("HS")] + ["none"],
)
def test_what_takes_no_secret_gets_none(algorithm: str) -> None:
    """An asymmetric algorithm, or none of the 13."""
    assert new_secret(algorithm) is None


def test_no_two_are_equal() -> None:
    """They are random, and long enough."""
    made = [new_key() for _ in range(100)] + [new_secret("HS256") for _ in range(100)]
    assert len(set(made)) == 200


def drawing(octets: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system's random octets be these, one after the other."""
    drawn = iter(octets)
    monkeypatch.setattr(
        os, "urandom", lambda count: bytes(next(drawn) for _ in range(count))
    )


def test_every_character_is_as_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is made of as many octets: 256 do not divide by 62 without a rest."""
    drawing(range(248), monkeypatch)
    made = "".join(new_kid() for _ in range(248 // 8))
    assert Counter(made) == dict.fromkeys(ALPHABET, 4)


def test_octets_of_the_rest_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """They would make some characters likelier."""
    drawing([*range(248, 256), *range(250, 256), 0, 1, *range(2, 10)], monkeypatch)
    assert new_kid() == "abcdefgh"


def test_a_store_takes_every_field_of_a_consumer() -> None:
    """A field that is forgotten here could not be set."""
    fields = Consumer.__dataclass_fields__
    assert ConsumerFields.__optional_keys__ == set(fields) - {"issuer"}  # a claim's


def test_a_store_takes_every_field_of_a_credential_but_its_consumer() -> None:
    """The consumer is an argument of its own."""
    fields = Credential.__dataclass_fields__
    chosen = {name for name, field in fields.items() if field.init}
    assert CredentialFields.__optional_keys__ == chosen - {"consumer"}


def test_a_key_and_a_secret_that_are_left_out_are_made() -> None:
    """Of the algorithm that is the default."""
    fields = completed({})
    assert (len(fields["key"]), len(str(fields["secret"]))) == (32, 32)


def test_a_secret_that_is_made_fits_the_algorithm() -> None:
    """None, for one that takes none."""
    assert len(str(completed({"algorithm": "HS512"})["secret"])) == 64
    assert completed({"algorithm": "ES256"})["secret"] is None


def test_what_is_given_is_not_made() -> None:
    """Also where it is None, which a credential then refuses."""
    fields: CredentialFields = {"key": "k", "secret": None, "tags": ["t"]}
    assert completed(fields) == fields


def test_the_fields_that_are_given_stay_as_they_are() -> None:
    """A caller may use them again, for another credential."""
    fields: CredentialFields = {}
    completed(fields)
    assert fields == {}
