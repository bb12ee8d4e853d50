from collections.abc import Callable, Mapping
from dataclasses import fields
from inspect import signature

import pytest

from jwtgate import Access, Answer, Policy, Quota
from jwtgate.configs.managers import AgesGiven
from jwtgate.configs.native.kinds import (
    ACCESS,
    AGES,
    ANSWER,
    AWS,
    CONSUMER,
    CREDENTIAL,
    GCP,
    POLICY,
    QUOTA,
    QUOTAS,
    ROUTE,
    TERMS,
    VAULT,
    Kind,
)
from jwtgate.policy import PolicySettings
from jwtgate.routes import Route
from jwtgate.secrets import Secrets, aws, gcp, vault
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.terms import Terms


def names_of(class_: type) -> set[str]:
    """Give the fields of a class that are not private."""
    return {each.name for each in fields(class_) if not each.name.startswith("_")}


def arguments_of(class_: Callable[..., object]) -> set[str]:
    """Give what a class is made with, but for what only code can say."""
    return set(signature(class_).parameters) - {"clock"}


IN_FILES_ALONE = {"gateway", "strict", "secret_is_base64"}
IN_CODE = {
    "policy": (POLICY, PolicySettings.__optional_keys__ | IN_FILES_ALONE),
    "consumer": (CONSUMER, ConsumerFields.__optional_keys__),
    "credential": (CREDENTIAL, CredentialFields.__optional_keys__),
    "route": (ROUTE, names_of(Route) - {"policy", "store"}),
    "quota": (QUOTA, names_of(Quota)),
    "access": (ACCESS, names_of(Access)),
    "answer": (ANSWER, names_of(Answer)),
    "terms": (TERMS, names_of(Terms)),
    "vault": (VAULT, arguments_of(vault.Vault)),
    "aws": (AWS, arguments_of(aws.AWS)),
    "gcp": (GCP, arguments_of(gcp.GCP)),
    "ages": (AGES, AgesGiven.__optional_keys__),
}


@pytest.mark.parametrize(("kinds", "names"), IN_CODE.values(), ids=IN_CODE.keys())
def test_a_table_has_what_its_class_has(
    kinds: Mapping[str, Kind], names: set[str]
) -> None:
    """What code can say, a file can say."""
    assert kinds.keys() == names


def test_a_policy_leaves_none_of_its_fields_out() -> None:
    """Its settings are typed apart from it."""
    assert names_of(Policy) <= POLICY.keys()


def test_ages_are_those_of_secrets() -> None:
    """With the same names."""
    assert AGES.keys() <= arguments_of(Secrets)


def test_what_holds_for_all_quotas_are_members_of_a_quota() -> None:
    """With the same meaning, so of the same kind."""
    assert QUOTAS.items() <= QUOTA.items()


VALUES: dict[str, object] = {
    "text": "a",
    "whole number": 1,
    "number": 1.5,
    "switch": True,
    "null": None,
    "texts": ["a"],
    "numbers": [1],
    "table": {"a": 1},
    "table of texts": {"a": ["a"]},
    "tables": [{"a": 1}],
}
TABLES = {"table", "table of texts"}
LISTS = {"texts", "numbers", "tables"}
TAKEN = [
    (POLICY, "key_claim", {"text"}),
    (POLICY, "realm", {"text", "null"}),
    (POLICY, "header_names", {"texts"}),
    (POLICY, "csrf", {"switch"}),
    (POLICY, "leeway", {"whole number", "number"}),
    (POLICY, "maximum_expiration", {"whole number", "number", "null"}),
    (POLICY, "anonymous", {"text", "null", *TABLES}),
    (POLICY, "gateway", set[str]()),
    (POLICY, "quota", {"text", "null", *TABLES, *LISTS}),
    (POLICY, "access", {"null", *TABLES, *LISTS}),
    (POLICY, "termination", {"null", *TABLES}),
    (POLICY, "consumer_terms", TABLES),
    (POLICY, "error_response", {"text", "null"}),
    (POLICY, "secret_is_base64", {"switch", "null"}),
    (QUOTA, "rates", {"text"}),
    (QUOTA, "answer", {"null", *TABLES}),
    (ACCESS, "allow_groups", {"texts"}),
    (ACCESS, "allow_methods", {"table of texts"}),
    (ANSWER, "status", {"whole number"}),
    (ANSWER, "message", {"text", "null"}),
    (CREDENTIAL, "public_key", {"text", "null", *TABLES}),
    (CREDENTIAL, "token_lifetime", {"whole number"}),
    (ROUTE, "priority", {"whole number"}),
    (ROUTE, "prefix", {"switch"}),
]


@pytest.mark.parametrize(
    ("kinds", "name", "taken"), TAKEN, ids=[name for _, name, _ in TAKEN]
)
def test_a_member_takes_its_kind_alone(
    kinds: Mapping[str, Kind], name: str, taken: set[str]
) -> None:
    """A switch is no number, nor one text a list."""
    fits = {each for each, value in VALUES.items() if kinds[name].fits(value)}
    assert fits == taken


@pytest.mark.parametrize("gateway", ["native", "kong", "apisix"])
def test_a_gateway_is_one_of_three(gateway: str) -> None:
    """The native one can be named, where a route leaves a gateway's ways."""
    assert POLICY["gateway"].fits(gateway)
