import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import StoreError
from jwtgate.stores.jwks.keyset import KeySet, read_keys
from tests.stores.jwks.provider import document, jwk, material, stranger
from tests.stores.jwks.test_issuer import NAME, issuer


def read(*keys: object, max_keys: int = 100, **fields: Any) -> KeySet:
    """Read a JWK Set of these keys."""
    return read_keys(document(*keys), issuer(**fields), max_keys=max_keys)


def refusal(octets: bytes) -> str:
    """Tell why a document gives no keys."""
    with pytest.raises(StoreError) as caught:
        read_keys(octets, issuer(), max_keys=3)
    return str(caught.value)


def kids(found: Any) -> list[str | None]:
    """Give the ids of what was found."""
    return [each.kid for each in found]


A, B, NONE = jwk("RS256", kid="a"), jwk("ES256", kid="b"), jwk("EdDSA")


# Looking up


def test_a_kid_finds_its_key() -> None:
    """As a credential of the issuer."""
    (found,) = read(A, B).find("b")
    assert (found.key, found.kid, found.algorithm) == (NAME, "b", "ES256")


def test_without_a_kid_all_are_to_be_tried() -> None:
    """In the document's order."""
    assert kids(read(A, B, NONE).find(None)) == ["a", "b", None]


def test_they_are_four_at_most() -> None:
    """The gate tries no more."""
    keys = [stranger(kid=str(number)) for number in range(6)]
    assert kids(read(*keys).find(None)) == ["0", "1", "2", "3"]


def test_an_unknown_kid_finds_the_keys_without_one() -> None:
    """As the gate would pick them."""
    assert kids(read(A, NONE, B).find("x")) == [None]


def test_an_unknown_kid_finds_at_least_what_cannot_match() -> None:
    """From which the gate sees that the issuer is known."""
    assert kids(read(A, B).find("x")) == ["a"]


def test_a_set_knows_its_kids() -> None:
    """No kid is never one that is missing."""
    keys = read(A, NONE)
    assert (keys.knows("a"), keys.knows("b"), keys.knows(None)) == (True, False, True)


# Reading


def test_a_key_that_cannot_be_used_leaves_the_others() -> None:
    """With a note of which, and why; not of what it is."""
    found = read({**A, "n": "AAAA"}, B, {"kty": "oct", "k": "c2VjcmV0"})
    assert kids(found.credentials) == ["b"]
    first, second = found.notes
    assert first.text == "key 1 is passed over: public_key cannot be read"
    assert (first.harmless, second.harmless) == (False, True)


def test_a_weak_key_is_not_taken() -> None:
    """RFC 7518 section 3.3."""
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it is to be refused
    assert "2048" in refusal(document(material(key.public_key())))


def test_a_key_of_another_curve_than_its_alg_is_not_taken() -> None:
    """RFC 7518 section 3.4."""
    assert "no key that can be used" in refusal(document(jwk("ES384", alg="ES256")))


def test_a_key_that_is_there_twice_is_taken_once() -> None:
    """Whatever else stands beside it."""
    assert len(read(A, {**A, "x5t": "other"}).credentials) == 1


def test_keys_of_one_kid_are_all_taken() -> None:
    """They may differ in their kind (RFC 7517 section 4.5)."""
    found = read(A, jwk("ES256", kid="a")).find("a")
    assert [each.algorithm for each in found] == ["RS256", "ES256"]


def test_keys_of_one_kid_are_four_at_most() -> None:
    """The gate tries no more; there is a note of the others."""
    found = read(*(stranger(kid="a") for _ in range(5)))
    assert len(found.find("a")) == 4
    assert found.notes[0].text == (
        "key 5 is passed over: 4 others have the same kid, or none"
    )


def test_a_key_for_several_algorithms_is_a_credential_for_each() -> None:
    """One algorithm a key, as ever."""
    found = read(jwk("RS256", alg=None, kid="a"), algorithms=["RS256", "PS256"])
    assert [each.algorithm for each in found.find("a")] == ["RS256", "PS256"]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"keys": []} x',
        b'{"keys": [], "keys": []}',
        b'{"keys": [NaN]}',
        b'{"keys": ["\\ud800"]}',
        b'\xef\xbb\xbf{"keys": []}',
        b'{"keys": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b"\xff",
    ],
    ids=lambda octets: octets[:20].decode("latin-1"),
)
def test_what_is_not_strict_json_is_refused(octets: bytes) -> None:
    """Duplicate members and deep nesting, too."""
    assert refusal(octets) == "the document is not strict JSON of an object"


@pytest.mark.parametrize("value", [{}, {"keys": {}}, {"keys": "x"}, {"keys": None}])
def test_what_is_no_jwk_set_is_refused(value: object) -> None:
    """It must have an array of keys."""
    assert "no array 'keys'" in refusal(json.dumps(value).encode())


def test_too_many_keys_are_refused_as_a_whole() -> None:
    """Reading some of them would be a choice of the sender."""
    assert kids(read(A, B, NONE, max_keys=3).credentials) == ["a", "b", None]
    assert refusal(document(A, A, A, A)) == "the document has more than 3 keys"


def test_a_set_without_a_usable_key_is_refused() -> None:
    """So that the keys of before stay."""
    assert refusal(document()) == "the document has no key that can be used"
    assert "(key 1 is passed over: its use is not sig)" in refusal(
        document({**A, "use": "enc"})
    )


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_octets_are_keys_or_refused(octets: bytes) -> None:
    """Nothing else is raised."""
    with pytest.raises(StoreError):
        read_keys(octets, issuer(), max_keys=3)


NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=9)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


@given(
    st.sampled_from(["RS256", "ES256", "EdDSA"]),
    st.dictionaries(st.sampled_from(["n", "e", "x", "y", "crv"]), VALUES, min_size=1),
)
def test_any_key_material_is_read_or_passed_over(
    algorithm: str, members: dict[str, Any]
) -> None:
    """Nothing else is raised."""
    octets = document({**jwk(algorithm), **members}, B)
    found = read_keys(octets, issuer(), max_keys=3)
    assert kids(found.find("b")) == ["b"]
