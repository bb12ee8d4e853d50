from typing import Any

import pytest

from jwtgate import Access, Answer, Consumer, Policy, Quota
from jwtgate.configs.native.policies import FilePolicy, make_policy, shared_terms
from jwtgate.terms import Terms
from tests.configs.files import consumer, gate_of, problems_of


def policy_of(consumers: Any = (), **members: object) -> Policy:
    """Give the policy of a file with these members of ``policy``."""
    return gate_of(policy=members, consumers=list(consumers)).policy


def told(**members: object) -> tuple[str, ...]:
    """Give the problems of a file with these members of ``policy``."""
    return problems_of(policy=members)


def test_no_policy_is_the_strict_one() -> None:
    """As in code."""
    assert gate_of().policy == Policy()


def test_a_policy_has_its_members() -> None:
    """Each as in code."""
    made = policy_of(realm="shop", leeway=1.5, issuer=["a"], maximum_expiration=None)
    assert made == Policy(realm="shop", leeway=1.5, issuer=("a",))


def test_a_policy_has_terms() -> None:
    """As in code, but that what a file counts for all is counted in one place."""
    made = policy_of(
        quota="1/s",
        access={"allow_groups": ["staff"]},
        termination={"status": 503},
        consumer_terms={"jack": {"access": []}},
        error_response="{}",
        groups_header=False,
    )
    assert made == Policy(
        quota=Quota(rates="1/s", scope="gate"),
        access=Access(allow_groups=("staff",)),
        termination=Answer(status=503),
        consumer_terms={"jack": Terms(access=())},
        error_response="{}",
        groups_header=False,
    )


@pytest.mark.parametrize("strict", [True, False])
def test_a_policy_may_be_kongs(strict: bool) -> None:  # noqa: FBT001 - a column
    """With its defaults."""
    made = policy_of(gateway="kong", strict=strict, claims_to_verify=["exp"])
    assert made == Policy.kong(strict=strict, claims_to_verify=("exp",))


@pytest.mark.parametrize("strict", [True, False])
def test_a_policy_may_be_apisixs(strict: bool) -> None:  # noqa: FBT001 - a column
    """With its defaults."""
    made = policy_of(gateway="apisix", strict=strict, realm="shop")
    assert made == Policy.apisix(strict=strict, realm="shop")


def test_a_gateways_policy_is_lax_as_the_gateway_is() -> None:
    """As in code, strictness is asked for."""
    assert policy_of(gateway="kong") == Policy.kong()


@pytest.mark.parametrize("strict", [True, False])
def test_strict_is_of_a_gateways_policy(strict: bool) -> None:  # noqa: FBT001 - a column
    """The native one is always strict."""
    assert told(strict=strict) == (
        'policy.strict: expected gateway = "kong" or "apisix" beside it',
    )


PROBLEMS: dict[str, tuple[dict[str, object], str]] = {
    "unknown": ({"realn": "a"}, ".realn: unknown; did you mean realm?"),
    "kind": ({"csrf": "no"}, ".csrf: expected true or false"),
    "gateway": ({"gateway": "nginx"}, '.gateway: expected "native", "kong" or'),
    "value": ({"realm": "\n"}, ".realm: must be printable ASCII"),
    "choice": ({"mode": "off"}, ".mode: must be one of: enforce, report"),
    "name": ({"header_names": ["a b"]}, ".header_names: has 'a b', which is no"),
    "contradiction": (
        {"maximum_expiration": 5, "required_claims": []},
        ".maximum_expiration: needs exp in required_claims",
    ),
    "no carrier": ({"header_names": []}, ": header_names, query_names and"),
    "anonymous": ({"anonymous": {}}, ".anonymous: a consumer needs a username"),
    "its kind": (
        {"anonymous": {"username": 1}},
        ".anonymous.username: expected a text, or null",
    ),
    "its name": (
        {"anonymous": "guest"},
        ".anonymous: expected the id or username of a consumer of this file",
    ),
    "quota": ({"quota": "often"}, ".quota: rates must be such as"),
    "access": ({"access": {}}, ".access: access restricts nobody; expected one of"),
    "terms": ({"consumer_terms": {"": {}}}, ".consumer_terms: must be Terms by the id"),
    "its quota": (
        {"anonymous": {"username": "a", "quota": "often"}},
        ".anonymous.quota: rates must be such as",
    ),
    "base64": (
        {"secret_is_base64": "no"},
        ".secret_is_base64: expected true or false, or null",
    ),
    "empty name": ({"anonymous": ""}, ".anonymous: expected the id or username of"),
}


@pytest.mark.parametrize(("members", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_policy_that_cannot_be_is_told(
    members: dict[str, object], problem: str
) -> None:
    """With its place."""
    assert told(**members)[0].startswith(f"policy{problem}")


def test_all_problems_of_a_policy_are_told_at_once() -> None:
    """Its own checks run on the members that are of their kind."""
    places = [each.partition(":")[0] for each in told(realn=1, csrf=1, mode="off")]
    assert places == ["policy.realn", "policy.csrf", "policy.mode"]


def test_the_anonymous_consumer_may_be_a_table() -> None:
    """One that has no credentials."""
    made = policy_of(anonymous={"username": "guest", "groups": ["public"]})
    assert made.anonymous == Consumer(username="guest", groups=("public",))


@pytest.mark.parametrize("name", ["jack", "the-id"])
def test_the_anonymous_consumer_may_be_named(name: str) -> None:
    """By what the store finds it by."""
    made = policy_of(consumers=[consumer(id="the-id")], anonymous=name)
    assert made.anonymous == name


def test_the_anonymous_consumer_is_not_sought_among_broken_ones() -> None:
    """The one that is named may be the one that could not be made."""
    problems = problems_of(
        consumers=[consumer(enabled="no")], policy={"anonymous": "jack"}
    )
    assert problems == ("consumers[0].enabled: expected true or false",)


def test_the_anonymous_consumer_has_what_holds_for_all_quotas() -> None:
    """A table of it is as good as one among the consumers."""
    anonymous = {"username": "guest", "quota": "1/s"}
    made = gate_of(policy={"anonymous": anonymous}, quotas={"when_down": "closed"})
    assert isinstance(made.policy.anonymous, Consumer)
    assert made.policy.anonymous.quota == Quota(rates="1/s", when_down="closed")


def test_how_secrets_are_read_is_no_part_of_a_policy() -> None:
    """It is a store's matter."""
    settings = {"gateway": "kong", "secret_is_base64": True}
    assert make_policy(settings) == Policy.kong()


@pytest.mark.parametrize("value", [True, False, None])
def test_how_secrets_are_read_is_a_policys_choice(value: bool | None) -> None:  # noqa: FBT001 - a column
    """None leaves it to each credential."""
    assert FilePolicy(settings={"secret_is_base64": value}).secret_is_base64 is value
    assert FilePolicy().secret_is_base64 is None


def test_what_a_file_counts_for_all_has_one_scope() -> None:
    """Each consumer's own, where it has one; and what has a scope keeps it."""
    policy = Policy(
        quota=["1/s", Quota(rates="9/d", scope="own")],
        consumer_terms={"jack": Terms(quota="2/s"), "eve": Terms(access=())},
    )
    assert shared_terms(policy) == {
        "quota": (
            Quota(rates="1/s", scope="gate"),
            Quota(rates="9/d", scope="own"),
        ),
        "consumer_terms": {
            "jack": Terms(quota=Quota(rates="2/s", scope="gate jack")),
            "eve": Terms(access=()),
        },
    }


def test_a_policy_that_is_shared_stays_as_it_is_otherwise() -> None:
    """Its dialect and its members."""
    policy = Policy.kong(quota="1/s", realm="shop")
    shared = FilePolicy(policy=policy, settings={"realm": "shop"}).shared()
    assert shared.policy == Policy.kong(
        quota=Quota(rates="1/s", scope="gate"), realm="shop"
    )
    assert shared.settings == {"realm": "shop", **shared_terms(policy)}
