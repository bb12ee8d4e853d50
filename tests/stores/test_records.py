import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Consumer, Quota
from jwtgate.masked import Secret
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.stores.records import (
    PLAIN,
    consumer_of,
    consumer_record,
    credential_record,
    given_of,
    stored,
)
from tests.kit import credential, jack, public_pem

FULL: dict[str, Any] = {
    "username": "jack",
    "custom_id": "495aec6a",
    "id": "17",
    "groups": ("staff", "b\u00e4cker"),
    "tags": ("t",),
    "quota": "3/30s, 100/h",
    "enabled": False,
}


def octets_of(given: str | bytes | None) -> bytes:
    """Give what an HMAC is keyed with."""
    assert given is not None
    return given.encode() if isinstance(given, str) else given


# Consumers


@pytest.mark.parametrize(
    "consumer",
    [Consumer(**FULL), jack(), Consumer(custom_id="c"), Consumer(username="jos\u00e9")],
    ids=["every field", "two names", "custom_id alone", "no ASCII"],
)
def test_a_consumer_is_read_as_it_was_written(consumer: Consumer) -> None:
    """Through JSON, too."""
    record = json.loads(json.dumps(consumer_record(consumer)))
    assert consumer_of(record) == consumer


def test_a_record_has_every_field_of_a_consumer() -> None:
    """A field that is forgotten here would be lost."""
    assert consumer_record(jack()).keys() == ConsumerFields.__optional_keys__


@pytest.mark.parametrize(
    "fields",
    [{"storage": "redis://:pa55@host"}, {"per": ("address",)}, {"when_down": "closed"}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_quota_of_more_than_rates_is_refused(fields: dict[str, Any]) -> None:
    """It would come back as another one; the password of a storage is not repeated."""
    consumer = jack(quota=Quota(rates="3/30s", **fields))
    with pytest.raises(ConfigurationError, match="rates") as caught:
        consumer_record(consumer)
    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"), [("quota", "many"), ("groups", "staff"), ("enabled", 1)]
)
def test_a_field_that_cannot_work_is_an_error(field: str, value: object) -> None:
    """A row may hold anything."""
    with pytest.raises(ConfigurationError):
        consumer_of({**consumer_record(jack()), field: value})


# Credentials


def test_a_record_has_every_field_of_a_credential_but_its_material() -> None:
    """That is written by the strongbox."""
    expected = CredentialFields.__optional_keys__ - {"secret", "public_key"}
    assert credential_record(credential()).keys() == expected


def test_a_record_of_a_credential_is_of_plain_values() -> None:
    """JSON can hold it, and gives it back."""
    made = credential(kid="b", tags=("t",), retire_after=1.5, audience=("a",))
    record = credential_record(made)
    assert json.loads(json.dumps(record)) == record
    assert {name: getattr(made, name) for name in PLAIN}.items() <= record.items()


def test_a_record_has_no_secret() -> None:
    """It may be logged, or kept where no keyring seals."""
    made = credential()
    assert (made.reveal_secret() or b"").decode() not in str(credential_record(made))


# Material


@given(text=st.text())
def test_a_text_comes_back_as_its_octets(text: str) -> None:
    """Exactly, whatever it is."""
    assert octets_of(given_of(stored(text) or "")) == text.encode()


@given(octets=st.binary())
def test_octets_come_back(octets: bytes) -> None:
    """Also those that are no text."""
    assert octets_of(given_of(stored(octets) or "")) == octets


@given(octets=st.binary())
def test_a_masked_secret_comes_back(octets: bytes) -> None:
    """As ``credential.secret`` is, which one credential may hand to another."""
    assert octets_of(given_of(stored(Secret(octets)) or "")) == octets


@given(
    given=st.sampled_from(["jwtgate:", "jwtgate:base64:", "jwtgate:v1:", "$env://"]),
    rest=st.text(),
)
def test_what_begins_as_ours_comes_back(given: str, rest: str) -> None:
    """A secret may look like an envelope, or like what we write."""
    for material in (given + rest, (given + rest).encode()):
        assert octets_of(given_of(stored(material) or "")) == (given + rest).encode()


@given(text=st.text())
def test_what_is_stored_has_no_nul(text: str) -> None:
    """PostgreSQL takes none in a text."""
    assert "\0" not in (stored(text) or "")


def test_a_text_stays_as_it_is() -> None:
    """So that an operator can read and write a row."""
    assert stored(public_pem("ES256")) == public_pem("ES256")


def test_octets_that_are_a_text_are_kept_as_one() -> None:
    """They mean the same."""
    assert stored(b"secret") == "secret"


def test_a_jwk_is_kept_as_json() -> None:
    """Which is one of the forms of a public key."""
    assert stored({"kty": "EC", "x": "\u00e9"}) == '{"kty": "EC", "x": "\\u00e9"}'


def test_nothing_is_kept_as_nothing() -> None:
    """An asymmetric credential has no secret."""
    assert stored(None) is None


@pytest.mark.parametrize(
    "reference", ["$env://NAME", "$secret://vault/main/jack", "{vault://env/x}"]
)
def test_a_reference_stays_one(reference: str) -> None:
    """What it stands for is looked up when it is needed."""
    assert given_of(stored(reference) or "") == reference


@pytest.mark.parametrize("wrap", [str.encode, Secret], ids=["octets", "masked"])
def test_a_reference_written_as_octets_is_none(wrap: Any) -> None:
    """Octets are a secret as they are; as a text they would be looked up."""
    assert given_of(stored(wrap("$env://NAME")) or "") == b"$env://NAME"


@pytest.mark.parametrize(
    "material",
    ["\ud800-secret", {"x": object()}, {("x",): 1}],
    ids=["lone surrogate", "no JSON", "no text as name"],
)
def test_material_that_cannot_be_kept_is_refused(material: object) -> None:
    """Without showing it."""
    with pytest.raises(ConfigurationError, match="Unicode, octets or a JWK") as caught:
        stored(material)
    assert "secret-" not in str(caught.value)


def test_a_jwk_without_end_is_refused() -> None:
    """As one that holds itself."""
    jwk: dict[str, Any] = {}
    for _ in range(100_000):
        jwk = {"x": jwk}
    with pytest.raises(ConfigurationError, match="JWK"):
        stored(jwk)


@pytest.mark.parametrize(
    "text",
    [
        "jwtgate:",
        "jwtgate:v1:new:AAAA",
        "jwtgate:base64:A",
        "jwtgate:base64:AA=",
        "jwtgate:base64:\u00e4",
    ],
    ids=["mark", "an envelope", "cut off", "half padded", "no ASCII"],
)
def test_what_is_marked_and_was_not_written_so_is_refused(text: str) -> None:
    """An envelope above all: its text must never be an HMAC key."""
    with pytest.raises(ConfigurationError, match="not written as it has to be"):
        given_of(text)
