from typing import Any

import pytest

from jwtgate import Policy
from jwtgate.configs.context import Context
from jwtgate.configs.kong.jwt import Demand, read_jwt
from jwtgate.configs.kong.plugins import Plugin
from tests.configs.kong.kit import context, sentences


def read(given: Context | None = None, **config: object) -> Demand:
    """Read a config."""
    place = ("plugins", 0, "config")
    plugin = Plugin(name="jwt", at=("plugins", 0), configs=((place, config),))
    return read_jwt(plugin, given or context())


def policy(**config: object) -> Policy:
    """Make the policy of a config."""
    given = context()
    demand = read(given, **config)
    assert not given.problems
    return Policy.kong(**demand.settings)


def told(**config: object) -> tuple[str, ...]:
    """Give the problems of a config."""
    given = context()
    read(given, **config)
    return sentences(given.problems)


SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "defaults": ({}, {}),
    "query": ({"uri_param_names": ["a", "b", "a"]}, {"query_names": ("a", "b")}),
    "no query": ({"uri_param_names": []}, {"query_names": ()}),
    "cookies": ({"cookie_names": ["a"]}, {"cookie_names": ("a",)}),
    "headers": ({"header_names": ["X-Token"]}, {"header_names": ("X-Token",)}),
    "key claim": ({"key_claim_name": "kid"}, {"key_claim": "kid"}),
    "claims": ({"claims_to_verify": ["exp"]}, {"claims_to_verify": ("exp",)}),
    "no claims": ({"claims_to_verify": []}, {"claims_to_verify": ()}),
    "null claims": ({"claims_to_verify": None}, {}),
    "anonymous": ({"anonymous": "guest"}, {"anonymous": "guest"}),
    "preflight": ({"run_on_preflight": False}, {"run_on_preflight": False}),
    "limit": (
        {"maximum_expiration": 1.5, "claims_to_verify": ["exp", "nbf"]},
        {"maximum_expiration": 1.5, "claims_to_verify": ("exp", "nbf")},
    ),
    "limit alone": ({"maximum_expiration": 60}, {"maximum_expiration": 60}),
    "no limit": ({"maximum_expiration": 0}, {"maximum_expiration": None}),
    "realm": ({"realm": "shop"}, {"realm": "shop"}),
    "base64": ({"secret_is_base64": True}, {}),
}


@pytest.mark.parametrize(("config", "settings"), SETTINGS.values(), ids=SETTINGS.keys())
def test_a_config_makes_a_policy(
    config: dict[str, Any], settings: dict[str, Any]
) -> None:
    """Each field as Kong means it."""
    assert policy(**config) == Policy.kong(**settings)


def test_a_listed_claim_is_required() -> None:
    """As in Kong."""
    assert policy(claims_to_verify=["nbf"]).required_claims == ("nbf",)


def test_a_limit_demands_exp() -> None:
    """Kong answers 500 where it is no number; an expired token is refused here."""
    assert policy(maximum_expiration=60).required_claims == ("exp",)


@pytest.mark.parametrize("is_base64", [True, False])
def test_secrets_may_be_base64(is_base64: bool) -> None:  # noqa: FBT001 - a column
    """Those of all credentials."""
    assert read(secret_is_base64=is_base64).is_base64 is is_base64


def test_secrets_are_not_base64_by_default() -> None:
    """As in Kong."""
    assert read().is_base64 is False


def test_a_demand_says_where_it_is() -> None:
    """For notes."""
    assert read().at == ("plugins", 0, "config")


PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"realn": "a"}, "realn: unknown field"),
    "set": ({"claims_to_verify": "exp,nbf"}, "claims_to_verify: expected a set"),
    "names": ({"uri_param_names": "jwt"}, "uri_param_names: expected a set"),
    "cookies": ({"cookie_names": {}}, "cookie_names: expected a set"),
    "name": ({"header_names": [1]}, "header_names[0]: expected a string"),
    "empty": ({"header_names": [""]}, "header_names[0]: length must be at least 1"),
    "claim": (
        {"claims_to_verify": ["exp", "iat"]},
        "claims_to_verify[1]: expected one of: exp, nbf",
    ),
    "string": ({"key_claim_name": 1}, "key_claim_name: expected a string"),
    "no claim": ({"key_claim_name": ""}, "key_claim_name: length must be at least 1"),
    "number": ({"maximum_expiration": "1"}, "maximum_expiration: expected a number"),
    "low": (
        {"maximum_expiration": -1},
        "maximum_expiration: value should be between 0 and 31536000",
    ),
    "high": (
        {"maximum_expiration": 31536001},
        "maximum_expiration: value should be between 0 and 31536000",
    ),
    "boolean": ({"secret_is_base64": "yes"}, "secret_is_base64: expected a boolean"),
    "preflight": ({"run_on_preflight": 1}, "run_on_preflight: expected a boolean"),
    "anonymous": ({"anonymous": ""}, "anonymous: length must be at least 1"),
    "realm": ({"realm": "a\nb"}, "realm: must be printable ASCII, at least one"),
    "header": ({"header_names": ["a b"]}, "header_names: has 'a b', which is no"),
    "identity": (
        {"header_names": ["X-Consumer-ID"]},
        "header_names: has 'X-Consumer-ID', which has another meaning",
    ),
    "query": (
        {"uri_param_names": ["\r"]},
        "uri_param_names: has '\\r', which no query",
    ),
    "cookie": ({"cookie_names": ["a b"]}, "cookie_names: has 'a b', which is no"),
}


@pytest.mark.parametrize(("config", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_config_that_cannot_be_is_told(config: dict[str, Any], problem: str) -> None:
    """In Kong's words, where it has some."""
    (sentence,) = told(**config)
    assert sentence.startswith(f"plugins[0].config.{problem}")


@pytest.mark.parametrize(
    "name",
    [
        "uri_param_names",
        "cookie_names",
        "header_names",
        "key_claim_name",
        "secret_is_base64",
        "run_on_preflight",
    ],
)
def test_null_is_refused(name: str) -> None:
    """In Kong some of these break every request."""
    assert told(**{name: None}) == (
        f"plugins[0].config.{name}: required field missing",
    )


@pytest.mark.parametrize("name", ["anonymous", "realm", "maximum_expiration"])
def test_null_is_the_default(name: str) -> None:
    """Of what need not be there."""
    assert policy(**{name: None}) == Policy.kong()


@pytest.mark.parametrize("claims", [[], ["nbf"]])
def test_a_limit_needs_exp_where_claims_are_listed(claims: list[str]) -> None:
    """Kong's cross check, at both of its places."""
    assert told(maximum_expiration=60, claims_to_verify=claims) == (
        "plugins[0].config.claims_to_verify: expected to contain: exp",
        (
            "plugins[0]: failed conditional validation given value of field "
            "'config.maximum_expiration'"
        ),
    )


def test_no_carrier_at_all_is_told() -> None:
    """Kong would answer every request 401."""
    (problem,) = told(header_names=[], uri_param_names=[])
    assert problem == (
        "plugins[0].config: header_names, uri_param_names and cookie_names are empty: "
        "no token can come"
    )


@pytest.mark.parametrize(
    "config",
    [
        {"header_names": []},
        {"uri_param_names": []},
        {"header_names": [], "uri_param_names": [], "cookie_names": ["jwt"]},
    ],
)
def test_one_carrier_is_enough(config: dict[str, Any]) -> None:
    """Whichever it is."""
    assert told(**config) == ()


def test_all_problems_are_told() -> None:
    """Not the first one alone."""
    assert len(told(realm="", key_claim_name=1, claims_to_verify=["a", "b"])) == 4
