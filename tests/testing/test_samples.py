import json
from dataclasses import replace
from typing import Any

import pytest

from jwtgate import Consumer, Credential, UnusableCredential
from jwtgate.issue import generate_keypair
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.testing.samples import (
    FULL_CONSUMER,
    FULL_CREDENTIAL,
    KEY,
    SECRET,
    consumer_fields,
    credential_fields,
    differences,
    material,
    sample,
)

FULL = Credential(consumer=Consumer(username="jack"), **FULL_CREDENTIAL)


def test_the_full_consumer_has_every_field() -> None:
    """A field that is left out would not be tested, nor would a default."""
    assert FULL_CONSUMER.keys() == ConsumerFields.__optional_keys__
    made = Consumer(**FULL_CONSUMER)
    plain = Consumer(username="jack")
    assert all(getattr(made, name) != getattr(plain, name) for name in FULL_CONSUMER)


def test_the_full_credential_has_every_field() -> None:
    """But a public key, which an HS algorithm takes none of."""
    names = CredentialFields.__optional_keys__ - {"public_key"}
    assert FULL_CREDENTIAL.keys() == names
    assert all(getattr(FULL, name) != getattr(sample(), name) for name in names)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_there_is_material_for_every_algorithm(algorithm: str) -> None:
    """The same each time: keys of RSA take long to make."""
    made = sample(**material(algorithm))
    assert made == sample(**material(algorithm))


def test_the_fields_of_a_consumer_make_it_again() -> None:
    """Without those that have their default."""
    assert Consumer(**consumer_fields(Consumer(**FULL_CONSUMER))) == Consumer(
        **FULL_CONSUMER
    )
    assert consumer_fields(Consumer(username="jack")).keys() == {"username", "id"}


@pytest.mark.parametrize("name", ["HS256", "ES256"])
def test_the_fields_of_a_credential_make_it_again(name: str) -> None:
    """With its secret, but without its consumer."""
    made = sample(**material(name), tags=("t",))
    again = Credential(consumer=made.consumer, **credential_fields(made))
    assert differences(again, made) == ""


def test_the_fields_of_a_credential_are_those_that_are_said() -> None:
    """A store may have none of the others."""
    assert credential_fields(sample()) == {"key": KEY, "secret": SECRET.encode()}


def test_equal_credentials_have_no_differences() -> None:
    """Whichever id a store gave one that had none."""
    assert differences(FULL, FULL) == ""
    assert differences(sample(id="17"), sample()) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("consumer", Consumer(username="jill")),
        ("id", None),
        ("retire_after", 1_900_000_000.0),
        ("tags", ("100%", "blue")),
        ("kid", None),
    ],
)
def test_a_field_that_differs_is_told(field: str, value: object) -> None:
    """By its name."""
    changed: dict[str, Any] = {field: value}
    assert differences(replace(FULL, **changed), FULL) == field


def test_a_secret_that_differs_is_told() -> None:
    """Though credentials do not compare them."""
    assert differences(sample(secret="x" * 64), sample()) == "secret, verification_key"


def test_a_public_key_that_differs_is_told() -> None:
    """By the key that comes of it."""
    made, other = generate_keypair("ES256"), generate_keypair("ES256")
    fields: dict[str, Any] = {"algorithm": "ES256", "secret": None}
    found = sample("jack", public_key=other.public_key, **fields)
    put = sample("jack", public_key=made.public_key, **fields)
    assert differences(found, put) == "verification_key"


def test_a_jwk_may_come_back_as_json() -> None:
    """The key that comes of it is the same."""
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    made = sample(algorithm="EdDSA", secret=None, public_key=jwk)
    kept = sample(algorithm="EdDSA", secret=None, public_key=json.dumps(jwk))
    assert differences(kept, made) == ""


@pytest.mark.parametrize("found", [None, UnusableCredential(key=KEY, why="x")], ids=str)
def test_what_is_no_credential_differs_in_all(found: object) -> None:
    """It says what it is."""
    assert differences(found, sample()).startswith("all of them: it gave a ")
