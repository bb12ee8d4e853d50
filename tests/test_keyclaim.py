from typing import Any

import pytest

from jwtgate import Policy, Reason
from jwtgate.errors import MalformedToken
from jwtgate.jose import parse_compact
from jwtgate.keyclaim import read_key
from tests.kit import mint

ABSENT = object()


def key(payload: object, header: object, policy: Policy | None = None) -> str:
    """Read the key of a token that has it in the places where it is not absent."""
    claims = {} if payload is ABSENT else {"iss": payload}
    members = {} if header is ABSENT else {"iss": header}
    token = _token(claims, {"alg": "HS256", **members})
    return read_key(parse_compact(token), policy or Policy())


def _token(claims: dict[str, Any], header: dict[str, Any]) -> bytes:
    # A mapping would be completed; a null must stay.
    if claims == {"iss": None}:
        return mint(b'{"iss":null}', header=header).encode()
    return mint({"iss": None, **claims}, header=header).encode()


def refused(payload: object, header: object, policy: Policy | None = None) -> Reason:
    """Give why no key is read."""
    with pytest.raises(MalformedToken) as caught:
        key(payload, header, policy)
    assert caught.value.claim == "iss"
    return caught.value.reason


@pytest.mark.parametrize(
    ("payload", "header"),
    [("k", ABSENT), (ABSENT, "k"), ("k", "k")],
    ids=["payload", "header", "both"],
)
def test_the_key_is_in_payload_or_header(payload: object, header: object) -> None:
    """Or in both, if they are equal."""
    assert key(payload, header) == "k"


@pytest.mark.parametrize(
    "value", [" k ", "K", "\N{FULLWIDTH LATIN SMALL LETTER K}", "k/../k", "0"]
)
def test_a_key_is_the_exact_text(value: str) -> None:
    """No strip, no case, no normal form: two systems must not read two keys."""
    assert key(value, ABSENT) == value


def test_no_key_claim_is_missing() -> None:
    """In neither place."""
    assert refused(ABSENT, ABSENT) is Reason.KEY_CLAIM_MISSING


@pytest.mark.parametrize(
    "value", ["", None, True, 0, 5, 1.5, [], ["k"], {}, {"k": 1}], ids=repr
)
def test_type_confusion_a_key_that_is_no_text_is_refused(value: object) -> None:
    """``str()`` of it would find keys named ``None`` or ``0``."""
    assert refused(value, ABSENT) is Reason.KEY_CLAIM_INVALID


@pytest.mark.parametrize("value", ["", None, 5, ["k"]], ids=repr)
@pytest.mark.parametrize("policy", [Policy(), Policy.kong()], ids=["native", "kong"])
def test_a_bad_value_does_not_fall_back_to_the_header(
    value: object, policy: Policy
) -> None:
    """Else two readers of one token would see two keys."""
    assert refused(value, "k", policy) is Reason.KEY_CLAIM_INVALID


@pytest.mark.parametrize("policy", [Policy(), Policy.kong()], ids=["native", "kong"])
def test_false_is_no_key_and_does_not_fall_back_either(policy: Policy) -> None:
    """The gateways' word for it is that of a missing claim."""
    assert refused(payload=False, header="k", policy=policy) is Reason.KEY_CLAIM_MISSING


@pytest.mark.parametrize("header", ["other", "", 5, ["k"]], ids=repr)
def test_key_substitution_two_places_that_differ_are_refused(header: object) -> None:
    """A proxy may have read the other one."""
    assert refused("k", header) is Reason.KEY_CLAIM_CONFLICT


def test_to_kong_the_payload_s_counts() -> None:
    """Its users rely on the order."""
    assert key("k", "other", Policy.kong()) == "k"


@pytest.mark.parametrize(
    ("place", "payload", "header"),
    [("payload", "k", "other"), ("header", "other", "k")],
)
def test_a_place_that_is_not_looked_into_does_not_count(
    place: Any, payload: str, header: str
) -> None:
    """Neither as a key nor as a conflict."""
    assert key(payload, header, Policy(key_claim_in=(place,))) == "k"


@pytest.mark.parametrize(
    ("place", "payload", "header"), [("payload", ABSENT, "k"), ("header", "k", ABSENT)]
)
def test_a_key_in_another_place_is_missing(
    place: Any, payload: object, header: object
) -> None:
    """The policy says where it is."""
    policy = Policy(key_claim_in=(place,))
    assert refused(payload, header, policy) is Reason.KEY_CLAIM_MISSING


def test_the_order_of_the_places_is_the_policy_s() -> None:
    """Where they may differ, the first counts."""
    policy = Policy.kong(key_claim_in=("header", "payload"))
    assert key("k", "other", policy) == "other"


def test_the_name_of_the_claim_is_the_policy_s() -> None:
    """A flat name, no path."""
    token = parse_compact(mint({"a.b": "k", "a": {"b": "x"}}).encode())
    assert read_key(token, Policy(key_claim="a.b")) == "k"
