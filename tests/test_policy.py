from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Gate,
    Policy,
    Quota,
    RequestView,
    authenticate,
)
from jwtgate.dialect import NATIVE
from jwtgate.dialects import APISIX, KONG
from jwtgate.jose import ALGORITHMS
from jwtgate.terms import Terms
from tests.kit import ListStore, clock, credential, mint

ALL_13 = tuple(ALGORITHMS)
BOTH = ("payload", "header")

# field: native, Kong, APISIX
DEFAULTS: dict[str, tuple[object, object, object]] = {
    "header_names": (("Authorization",),) * 3,
    "query_names": ((), ("jwt",), ("jwt",)),
    "cookie_names": ((), (), ("jwt",)),
    "multiple_tokens": ("deny", "deny", "first"),
    "key_claim": ("iss", "iss", "key"),
    "key_claim_in": (BOTH, BOTH, ("payload",)),
    "claims_to_verify": (("exp", "nbf"), (), ("exp", "nbf")),
    "required_claims": (("exp",), (), ()),
    "leeway": (0, 0, 0),
    "maximum_expiration": (None, None, None),
    "issuer": ((), (), ()),
    "audience": ((), (), ()),
    "types": ((), (), ()),
    "algorithms": (ALL_13, ALL_13, ALL_13),
    "anonymous": (None, None, None),
    "anonymous_for": ("missing", "any", "any"),
    "run_on_preflight": (True, True, True),
    "hide_credentials": (False, False, False),
    "csrf": (True, False, False),
    "trusted_origins": ((), (), ()),
    "realm": (None, None, "jwt"),
    "groups_header": (True, False, False),
    "access": ((), (), ()),
    "quota": ((), (), ()),
    "termination": (None, None, None),
    "consumer_terms": ({}, {}, {}),
    "error_response": (None, None, None),
    "mode": ("enforce", "enforce", "enforce"),
}
STRICT: dict[str, tuple[object, object]] = {
    field: (native, native) for field, (native, _, _) in DEFAULTS.items()
} | {
    "query_names": (("jwt",), ("jwt",)),
    "cookie_names": ((), ("jwt",)),
    "key_claim": ("iss", "key"),
    "key_claim_in": (BOTH, ("payload",)),
    "realm": (None, "jwt"),
    "groups_header": (False, False),
}

each_field = pytest.mark.parametrize("field", DEFAULTS)


@each_field
def test_native_defaults(field: str) -> None:
    """They are strict."""
    assert getattr(Policy(), field) == DEFAULTS[field][0]


@each_field
def test_kong_s_defaults(field: str) -> None:
    """They are those of its plugin."""
    assert getattr(Policy.kong(), field) == DEFAULTS[field][1]


@each_field
def test_apisix_s_defaults(field: str) -> None:
    """They are those of its plugin."""
    assert getattr(Policy.apisix(), field) == DEFAULTS[field][2]


@each_field
def test_kong_s_strict_defaults(field: str) -> None:
    """Native, with Kong's names."""
    assert getattr(Policy.kong(strict=True), field) == STRICT[field][0]


@each_field
def test_apisix_s_strict_defaults(field: str) -> None:
    """Native, with APISIX's names."""
    assert getattr(Policy.apisix(strict=True), field) == STRICT[field][1]


def test_the_tables_have_every_field() -> None:
    """A new field needs a default for each gateway."""
    public = {each.name for each in fields(Policy) if not each.name.startswith("_")}
    assert public == set(DEFAULTS)


@pytest.mark.parametrize(
    ("policy", "dialect"),
    [(Policy(), NATIVE), (Policy.kong(), KONG), (Policy.apisix(), APISIX)],
    ids=["native", "kong", "apisix"],
)
def test_a_policy_has_its_gateway_s_dialect(policy: Policy, dialect: object) -> None:
    """What is nobody's choice."""
    assert policy.dialect is dialect


@pytest.mark.parametrize(
    ("policy", "name"),
    [(Policy.kong(strict=True), "kong"), (Policy.apisix(strict=True), "apisix")],
)
def test_a_strict_policy_hides_keys_in_its_gateway_s_words(
    policy: Policy, name: str
) -> None:
    """Both at once."""
    assert (policy.dialect.name, policy.dialect.hides_keys) == (name, True)


# What follows from what


@pytest.mark.parametrize("listed", [("exp",), ("nbf",), ("exp", "nbf")], ids=str)
@pytest.mark.parametrize("make", [Policy.kong, Policy.apisix], ids=["kong", "apisix"])
def test_a_gateway_requires_the_claims_that_are_listed(
    make: Callable[..., Policy], listed: tuple[str, ...]
) -> None:
    """And checks no others."""
    policy = make(claims_to_verify=listed)
    assert (policy.claims_to_verify, policy.required_claims) == (listed, listed)


def test_to_apisix_an_empty_list_is_the_default() -> None:
    """Both are checked where present."""
    policy = Policy.apisix(claims_to_verify=())
    assert (policy.claims_to_verify, policy.required_claims) == (("exp", "nbf"), ())


@pytest.mark.parametrize(
    "make",
    [Policy, Policy.kong, Policy.apisix],
    ids=["native", "kong", "apisix"],
)
def test_a_maximum_expiration_forces_exp(make: Callable[..., Policy]) -> None:
    """It is checked and required without being listed."""
    policy = make(maximum_expiration=60)
    assert "exp" in policy.claims_to_verify
    assert "exp" in policy.required_claims


@pytest.mark.parametrize("make", [Policy, Policy.kong], ids=["native", "kong"])
def test_a_maximum_expiration_contradicts_a_list_without_exp(
    make: Callable[..., Policy],
) -> None:
    """Kong says: expected to contain: exp."""
    with pytest.raises(ConfigurationError, match="needs exp in claims_to_verify"):
        make(maximum_expiration=60, claims_to_verify=("nbf",))


@pytest.mark.parametrize("make", [Policy.kong, Policy.apisix], ids=["kong", "apisix"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("query_names", ()),
        ("key_claim", "client"),
        ("required_claims", ("jti",)),
        ("anonymous_for", "missing"),
        ("csrf", True),
        ("realm", "api"),
        ("multiple_tokens", "deny"),
        ("groups_header", True),
        ("error_response", "no"),
    ],
)
def test_a_gateway_s_default_can_be_chosen_otherwise(
    make: Callable[..., Policy], field: str, value: object
) -> None:
    """All fields are a user's choice."""
    assert getattr(make(**{field: value}), field) == value


# What is refused


TERMS = ("access", "quota", "termination", "consumer_terms")
SEQUENCES = [
    field
    for field in DEFAULTS
    if isinstance(DEFAULTS[field][0], tuple) and field not in TERMS
]


@pytest.mark.parametrize("field", SEQUENCES)
@pytest.mark.parametrize(
    "value", ["exp", b"exp", None, 5, [""], [5], [["exp"]]], ids=repr
)
def test_a_sequence_of_texts_is_one(field: str, value: object) -> None:
    """One text would be read as its characters; nothing else is said of it."""
    wrong: dict[str, Any] = {field: value}
    with pytest.raises(ConfigurationError) as caught:
        Policy(**wrong)
    problem = f"{field} must be a sequence of texts, none empty"
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize("make", [Policy.kong, Policy.apisix], ids=["kong", "apisix"])
@pytest.mark.parametrize("value", ["exp", b"exp", 5], ids=repr)
def test_a_gateway_s_list_of_claims_is_a_sequence_of_texts(
    make: Callable[..., Policy], value: object
) -> None:
    """What its own constructor derives from the list must not fail otherwise."""
    with pytest.raises(ConfigurationError, match="claims_to_verify must be a seq"):
        make(claims_to_verify=value)


def test_an_unknown_field_is_a_type_error() -> None:
    """A misspelt field must not be ignored."""
    wrong: dict[str, Any] = {"key_claim_name": "iss"}
    with pytest.raises(TypeError, match="key_claim_name"):
        Policy(**wrong)


def test_every_problem_is_reported_together() -> None:
    """Those of sequences and those of contradictions."""
    wrong: dict[str, Any] = {
        "issuer": "one",
        "mode": "off",
        "csrf": 1,
        "access": "jack",
        "quota": "many",
        "consumer_terms": {"jack": "all"},
    }
    with pytest.raises(ConfigurationError) as caught:
        Policy(**wrong)
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "issuer",
        "access",
        "quota",
        "mode",
        "csrf",
        "consumer_terms",
    ]


# The value


def test_sequences_become_tuples_without_repeats() -> None:
    """What was handed in can change; a policy cannot."""
    assert Policy(query_names=["b", "a", "b"]).query_names == ("b", "a")


def test_a_policy_cannot_be_changed() -> None:
    """Gates rely on it."""
    with pytest.raises(FrozenInstanceError):
        Policy().key_claim = "sub"  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [Policy, Policy.kong, Policy.apisix],
    ids=["native", "kong", "apisix"],
)
def test_equal_policies_are_equal(make: Callable[..., Policy]) -> None:
    """They are values."""
    assert {make(anonymous=Consumer(username="guest"))} == {
        make(anonymous=Consumer(username="guest"))
    }


# What holds once it is known who calls


STAFF = Access(allow_groups=["staff"])
PAID = Quota(rates="9/s")


@pytest.mark.parametrize(
    "given", [STAFF, [STAFF], (STAFF,)], ids=["one", "list", "tuple"]
)
def test_access_becomes_a_tuple(given: Any) -> None:
    """One rule is several of one."""
    assert Policy(access=given).access == (STAFF,)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("9/s", (PAID,)),
        (PAID, (PAID,)),
        ([PAID, "9/s"], (PAID, PAID)),
        ([], ()),
        (None, ()),
    ],
    ids=["text", "quota", "several", "empty", "None"],
)
def test_a_quota_becomes_a_tuple(given: Any, expected: object) -> None:
    """A text is read when the policy is built."""
    assert Policy(quota=given).quota == expected


@pytest.mark.parametrize("value", ["staff", 5, [None], {"a": 1}], ids=repr)
def test_access_is_made_of_rules(value: object) -> None:
    """A list of names says neither that they may, nor that they may not."""
    wrong: dict[str, Any] = {"access": value}
    with pytest.raises(ConfigurationError, match="access must be an Access"):
        Policy(**wrong)


@pytest.mark.parametrize("value", ["", "9", "9/w", 9, [9], b"9/s"], ids=repr)
def test_a_quota_is_one_that_can_be_read(value: object) -> None:
    """It is told when the policy is built."""
    wrong: dict[str, Any] = {"quota": value}
    with pytest.raises(ConfigurationError, match="quota"):
        Policy(**wrong)


def test_terms_cannot_be_changed_by_who_handed_them_in() -> None:
    """What was handed in can change; a policy cannot."""
    given = {"jack": Terms(quota="1/s")}
    policy = Policy(consumer_terms=given)
    given["jill"] = Terms()
    assert list(policy.consumer_terms) == ["jack"]


def test_terms_cannot_be_changed_in_a_policy() -> None:
    """Gates rely on it."""
    terms: Any = Policy(consumer_terms={"jack": Terms()}).consumer_terms
    with pytest.raises(TypeError):
        terms["jill"] = Terms()


FULL: dict[str, Any] = {
    "access": STAFF,
    "quota": "9/s",
    "termination": Answer(status=410),
    "consumer_terms": {"jack": Terms(quota=())},
    "error_response": "no",
}


@pytest.mark.parametrize("make", [Policy, Policy.kong, Policy.apisix])
def test_policies_with_equal_terms_are_equal(make: Callable[..., Policy]) -> None:
    """They are values, and may be members of a set."""
    assert {make(**FULL)} == {make(**FULL)}


@pytest.mark.parametrize("field", FULL)
def test_policies_with_other_terms_differ(field: str) -> None:
    """Each field counts."""
    assert Policy(**{field: FULL[field]}) != Policy()


@pytest.mark.parametrize("make", [Policy, Policy.kong, Policy.apisix])
def test_a_policy_may_be_made_of_another(make: Callable[..., Policy]) -> None:
    """With some fields changed, the gateway kept."""
    changed = replace(make(**FULL), realm="api")
    assert changed == make(**FULL, realm="api")


TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(
    ["exp", "nbf", "payload", "HS256", "jwt", "any", "first", "report", "1/s"]
)
NUMBERS = st.integers() | st.floats() | st.just(10**400)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | TEXTS
    | st.binary(max_size=8)
    | st.sampled_from([STAFF, PAID, Answer(status=410), Terms(quota="1/s")]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.sets(TEXTS, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=2)
    ),
    max_leaves=4,
)
JUNK_SETTINGS = st.dictionaries(st.sampled_from(list(DEFAULTS)), JUNK, max_size=4)
MAKERS: dict[str, Callable[..., Policy]] = {
    "native": Policy,
    "kong": Policy.kong,
    "apisix": Policy.apisix,
}


@pytest.mark.parametrize("gateway", MAKERS)
@given(junk=JUNK_SETTINGS)
@settings(max_examples=200, deadline=None)
def test_any_settings_give_a_policy_or_a_configuration_error(
    gateway: str, junk: dict[str, Any]
) -> None:
    """A file's reader hands on what it read; a policy that exists makes a gate."""
    try:
        policy = MAKERS[gateway](**junk)
    except ConfigurationError:
        return
    assert Gate(ListStore(), policy, clock=clock).policy is policy


@given(leeway=NUMBERS, maximum=NUMBERS)
@example(leeway=10**400, maximum=60)
@example(leeway=0, maximum=10**400)
@settings(deadline=None)
def test_no_number_in_a_policy_makes_its_gate_fail(
    leeway: float, maximum: float
) -> None:
    """A policy that exists can decide on a token."""
    try:
        policy = Policy(leeway=leeway, maximum_expiration=maximum)
    except ConfigurationError:
        return
    gate = Gate(ListStore(credential()), policy, clock=clock)
    line = (b"Authorization", b"Bearer " + mint().encode())
    outcome = authenticate(gate, RequestView("GET", headers=[line]))
    assert isinstance(outcome, Authenticated | Denied)
    assert isinstance(outcome, Authenticated) or not outcome.reason.our_fault
