import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from jwtgate import ConfigurationError
from jwtgate.configs.native.build import MEMBERS
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
from jwtgate.jose import ALGORITHMS
from tests.configs.files import consumer, credential, gate_of, problems_of

SCHEMA: Any = json.loads(
    resources.files("jwtgate.configs.native").joinpath("schema.json").read_text()
)
VALIDATOR = Draft202012Validator(SCHEMA)
EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = sorted(EXAMPLES.glob("**/jwtgate.*"))


def test_the_schema_is_a_schema() -> None:
    """Of draft 2020-12, as it says."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def read(file: Path) -> Any:
    """Read a file of ours, by foreign parsers."""
    text = file.read_text()
    if file.suffix == ".toml":
        return tomllib.loads(text)
    return yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_an_example_is_valid(file: Path) -> None:
    """Every file of the examples, that of the demo too."""
    VALIDATOR.validate(read(file))


def test_there_are_examples() -> None:
    """In each notation."""
    assert {file.suffix for file in FILES} == {".toml", ".json", ".yaml"}


LISTED: dict[str, tuple[Mapping[str, Kind], set[str]]] = {
    "policy": (POLICY, set()),
    "consumer": (CONSUMER, {"credentials"}),
    "anonymous": (CONSUMER, set()),
    "credential": (CREDENTIAL, set()),
    "route": (ROUTE, {"policy"}),
    "terms": (TERMS, set()),
    "access": (ACCESS, set()),
    "answer": (ANSWER, set()),
    "quota_table": (QUOTA, set()),
    "quotas": (QUOTAS, set()),
    "secrets": (AGES, {"vault", "aws", "gcp"}),
    "vault": (VAULT, set()),
    "aws": (AWS, set()),
    "gcp": (GCP, set()),
}
# Their tables have members of their own, which are compared below.
WITH_MEMBERS = {
    "anonymous",
    "quota",
    "access",
    "termination",
    "consumer_terms",
    "answer",
}


@pytest.mark.parametrize("name", LISTED)
def test_a_table_of_the_schema_has_the_members_of_the_file(name: str) -> None:
    """No more and no fewer; any other is refused."""
    kinds, more = LISTED[name]
    table = SCHEMA["$defs"][name]
    assert table["properties"].keys() == kinds.keys() | more
    assert table["additionalProperties"] is False


def test_the_file_has_the_members_of_the_schema() -> None:
    """On its first level."""
    assert tuple(SCHEMA["properties"]) == MEMBERS


@pytest.mark.parametrize("name", LISTED)
def test_every_member_is_described(name: str) -> None:
    """Editors show it."""
    members = SCHEMA["$defs"][name]["properties"].values()
    assert all(each.get("description", "").endswith(".") for each in members)


def test_the_schema_has_every_algorithm() -> None:
    """The 13."""
    listed = SCHEMA["$defs"]["credential"]["properties"]["algorithm"]["anyOf"][0]
    assert listed["enum"] == list(ALGORITHMS)


VALUES: tuple[object, ...] = ("$env://A", 1, 1.5, True, None, ["$env://A"], {"a": 1})


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("name", LISTED)
def test_the_schema_takes_no_other_kinds_than_the_file(
    name: str, value: object
) -> None:
    """What loads is never called invalid for its kind, nor the other way round."""
    kinds, _ = LISTED[name]
    properties = SCHEMA["$defs"][name]["properties"]
    reference = "a" if value == "$env://A" else value
    differ = [
        member
        for member, kind in kinds.items()
        if member not in ("gateway", *WITH_MEMBERS)
        and is_of_kind(properties[member], value) != kind.fits(reference)
    ]
    assert differ == []


def is_of_kind(schema: Any, value: object) -> bool:
    """Whether a schema takes a value, its bounds left aside."""
    errors = Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]}).iter_errors(
        value
    )
    bounds = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
    return all(error.validator in bounds for error in errors)


WRONG: dict[str, dict[str, Any]] = {
    "version": {"version": 2},
    "unknown": {"policyx": {}},
    "a policy's": {"policy": {"mode": "off"}},
    "no username": {"consumers": [{"groups": ["a"]}]},
    "no key": {"consumers": [consumer(credentials=[{"secret": "a" * 64}])]},
    "a credential's": {"consumers": [consumer(credentials=[credential(kid=5)])]},
    "no path": {"routes": [{"public": True}]},
    "prefix": {"routes": [{"path": "/a*", "prefix": True}]},
    "unrouted": {"unrouted": "refused"},
    "quotas": {"quotas": {"rates": "1/s"}},
    "a consumer's quotas": {"consumers": [consumer(quota=["1/s"])]},
    "a guest's quotas": {"policy": {"anonymous": {"username": "a", "quota": ["1/s"]}}},
    "no terms": {"policy": {"consumer_terms": None}},
    "nobody's terms": {"policy": {"consumer_terms": {"": {}}}},
    "base64": {"policy": {"secret_is_base64": "no"}},
    "another manager": {"secrets": {"azure": {}}},
    "a manager's name": {"secrets": {"aws": {"a b": {}}}},
    "a manager's member": {"secrets": {"vault": {"main": {"url": 5, "token": "a"}}}},
    "a manager without": {"secrets": {"gcp": {"main": {}}}},
    "no seconds": {"secrets": {"keep_for": 0}},
}


@pytest.mark.parametrize("members", WRONG.values(), ids=WRONG.keys())
def test_what_the_schema_refuses_is_refused_at_load(members: dict[str, Any]) -> None:
    """An editor's error is no false alarm."""
    assert not VALIDATOR.is_valid({"version": 1, **members})
    assert problems_of(**members)


RIGHT: dict[str, dict[str, Any]] = {
    "prefix": {"routes": [{"path": "/a", "prefix": True, "priority": -1}]},
    "no prefix": {"routes": [{"path": "/a*", "prefix": False}]},
    "public": {"routes": [{"path": "/a", "public": True, "policy": {"quota": "1/s"}}]},
    "unrouted": {"unrouted": "policy_then_refuse"},
    "quotas": {"quotas": {"storage": "memory://", "when_down": "closed"}},
    "a consumer's quota": {"consumers": [consumer(quota="1/s")]},
    "a guest's quota": {
        "policy": {"anonymous": {"username": "a", "quota": {"rates": "1/s"}}}
    },
    "terms": {"policy": {"consumer_terms": {"jack": {"quota": [], "access": None}}}},
    "managers": {
        "secrets": {
            "vault": {"main": {"url": "http://localhost:8200", "token": "$env://T"}},
            "aws": {"main": {"region": "us-east-1"}},
            "gcp": {"main": {"project": "shop", "credentials": {}}},
            "refresh_every": 60,
            "keep_for": 60,
            "retry_after": 0.5,
        }
    },
    "others": {
        "policy": {
            "secret_is_base64": None,
            "error_response": "",
            "groups_header": False,
        }
    },
}


@pytest.mark.parametrize("members", RIGHT.values(), ids=RIGHT.keys())
def test_what_the_schema_takes_is_taken_at_load(members: dict[str, Any]) -> None:
    """Both know the whole format."""
    VALIDATOR.validate({"version": 1, **members})
    assert is_loadable(**members)


def is_loadable(**members: Any) -> bool:
    """Whether the members of a file make a gate."""
    try:
        gate_of(**members)
    except ConfigurationError:
        return False
    return True


def test_a_reference_may_stand_for_any_text() -> None:
    """Also for one of which the schema knows the form."""
    quota = {"rates": "$env://A", "per": ["$env://A"], "when_down": "$env://A"}
    policy = {"quota": ["$env://A", {**quota, "storage": "$file://a"}]}
    VALIDATOR.validate({"version": 1, "policy": policy, "unrouted": "$env://A"})


def mostly(*good: object, or_: Sequence[object]) -> st.SearchStrategy[object]:
    """Choose a value, more often a good one; both have to agree on each."""
    return st.sampled_from([*good] * len(or_) * 2 + [*or_])


def some(one: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Make one, several, none, or what is neither."""
    others: st.SearchStrategy[object] = st.sampled_from((None, 5, "a", [5], [None], {}))
    return one | one | st.lists(one, max_size=2) | others


TEXTS = mostly([], ["a"], ["a", "b"], or_=([""], "a", None))
SWITCHES = mostly(True, False, or_=(0, None))  # noqa: FBT003 - values of members
ANSWERS = st.none() | st.fixed_dictionaries(
    {"status": mostly(200, 204, 304, 599, or_=(199, 600, "200", None))},
    optional={
        "message": mostly("a", "", None, or_=(5,)),
        "body": mostly("a", "", None, or_=(5,)),
        "content_type": mostly("text/html", None, or_=("", 5)),
    },
)
RATES = mostly(
    "1/s", "1/30s, 99/m", " 1/h ,9/d ", or_=("1/s,", "0/s", "s", "", "1/w", "1/ s")
)
PER = mostly(
    ["consumer", "address"],
    ["header:X-A"],
    [],
    or_=(["header:"], ["Header"], "address"),
)
QUOTA_TABLES = st.fixed_dictionaries(
    {"rates": RATES | mostly("1/s", or_=(None, 5))},
    optional={
        "per": PER,
        "scope": mostly("", "a", or_=(5, None)),
        "aligned": SWITCHES,
        "storage": mostly("memory://", or_=("memory", "", 5, None)),
        "when_down": mostly("open", "closed", or_=("ajar", 5)),
        "answer": ANSWERS,
        "shown": SWITCHES,
    },
)
METHODS = mostly({}, {"a": ["GET"]}, {"a": []}, or_=({"": []}, {"a": "GET"}, None, 5))
RULES = st.fixed_dictionaries(
    {},
    optional={
        "allow_consumers": TEXTS,
        "deny_consumers": TEXTS,
        "allow_groups": TEXTS,
        "deny_groups": TEXTS,
        "allow_methods": METHODS,
        "answer": ANSWERS,
    },
)
TERM_TABLES = (
    st.fixed_dictionaries({"quota": some(RATES | QUOTA_TABLES)})
    | st.fixed_dictionaries({"access": some(RULES)})
    | st.fixed_dictionaries({"termination": ANSWERS | st.just(5)})
)
POLICIES = TERM_TABLES | st.fixed_dictionaries(
    {
        "consumer_terms": st.dictionaries(
            mostly("jack", or_=("",)), TERM_TABLES, max_size=1
        )
    }
)


@settings(max_examples=300, deadline=None)
@given(policy=POLICIES)
def test_the_schema_and_the_reader_agree_on_terms(policy: dict[str, Any]) -> None:
    """What an editor shows as wrong is wrong, and what it takes is taken."""
    is_valid = VALIDATOR.is_valid({"version": 1, "policy": policy})
    assert is_valid == is_loadable(policy=policy)
