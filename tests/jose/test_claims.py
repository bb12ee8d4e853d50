from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest

from jwtgate.errors import MalformedToken
from jwtgate.jose.claims import is_numeric_date, parse_claims
from jwtgate.reason import Reason


class Level(IntEnum):
    """An int that no JSON text gives."""

    ONE = 1


def test_claims_are_read() -> None:
    """The Claims Set is an object whose arrays are tuples."""
    claims = parse_claims(b'{"iss": "joe", "aud": ["a", "b"]}')
    assert claims == {"iss": "joe", "aud": ("a", "b")}


def test_claims_may_be_empty() -> None:
    """No claim is required here; that is for the policy."""
    assert parse_claims(b"{}") == {}


def test_claims_are_read_only() -> None:
    """What one request does to its claims no other request sees."""
    with pytest.raises(TypeError, match="read-only"):
        parse_claims(b'{"a": [{"sub": "joe"}]}')["a"][0]["sub"] = "root"


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"Payload", id="plain-text"),
        pytest.param(b"[NaN]", id="nan-in-array"),
        pytest.param(b"eyJhbGciOiJub25lIn0.e30.", id="nested-token"),
        pytest.param(b'{"iss": "a", "iss": "b"}', id="repeated-claim"),
        pytest.param(b'{"exp": NaN}', id="nan-exp"),
        pytest.param(b'{"exp": 1e400}', id="infinite-exp"),
        pytest.param(b'{"a":' * 100_000, id="deep"),
        pytest.param(b'\xef\xbb\xbf{"iss": "a"}', id="byte-order-mark"),
        pytest.param(rb'{"iss": "\ud800"}', id="lone-surrogate"),
    ],
)
def test_what_is_no_strict_json_is_refused(octets: bytes) -> None:
    """The payload is strict JSON."""
    with pytest.raises(MalformedToken) as refused:
        parse_claims(octets)
    assert refused.value.reason is Reason.PAYLOAD_MALFORMED


@pytest.mark.parametrize(
    "octets",
    [b"[]", b'[{"iss": "a"}]', b'"eyJhbGciOiJub25lIn0.e30."', b"1", b"null"],
    ids=bytes.decode,
)
def test_other_kind_of_json_is_told(octets: bytes) -> None:
    """A payload that is sound JSON and no object has a reason of its own."""
    with pytest.raises(MalformedToken) as refused:
        parse_claims(octets)
    assert refused.value.reason is Reason.PAYLOAD_NOT_OBJECT


@pytest.mark.parametrize("value", [0, -1, 1800000000, 0.5, 1e300, -0.0, 10**400])
def test_json_number_is_a_numeric_date(value: object) -> None:
    """Any JSON number is a NumericDate, with a fraction or without."""
    assert is_numeric_date(value)


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        None,
        "1800000000",
        "9_999",
        "",
        "\u0661",
        (),
        (1,),
        {},
        Decimal(1),
        Fraction(1),
        1j,
        Level.ONE,
        b"1",
    ],
    ids=ascii,
)
def test_anything_else_is_no_numeric_date(value: object) -> None:
    """What merely acts as a number or converts to one is no NumericDate."""
    assert not is_numeric_date(value)
