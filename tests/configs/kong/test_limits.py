import sys
from typing import Any

import pytest

from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.limits import Limit, read_limit
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.records import Record
from jwtgate.configs.tree import BROKEN
from jwtgate.quota import Quota, Rate
from tests.configs.kong.kit import context, sentences


def entity(name: str) -> Entity:
    """Give a service or a route."""
    return Entity(at=(name,), members=Record({}), name=name)


def plugin(config: dict[str, Any], **scope: Entity) -> Plugin:
    """Give a plugin."""
    place = ("plugins", 0, "config")
    return Plugin(
        name="rate-limiting", at=("plugins", 0), configs=((place, config),), **scope
    )


def read(given: Context | None = None, **config: Any) -> Limit | None:
    """Read a config."""
    return read_limit(plugin(config), given or context())


def quota(given: Context | None = None, **config: Any) -> Quota:
    """Make the quota of a good config."""
    given = given or context()
    limit = read(given, **config)
    assert limit is not None
    assert not given.problems
    return limit.quota


def told(given: Context | None = None, **config: Any) -> tuple[str, ...]:
    """Give the problems of a config."""
    given = given or context()
    assert read(given, **config) is None
    return sentences(given.problems)


DEFAULT = Quota(rates="3/m", scope="kong", aligned=True)
REDIS: dict[str, Any] = {
    "policy": "redis",
    "redis": {"host": "r", "password": "hunter2"},
}

QUOTAS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "default": ({}, {}),
    "periods": (
        {"second": 1, "hour": 60, "day": 600.0},
        {"rates": (Rate(1, 1), Rate(3, 60), Rate(60, 3600), Rate(600, 86400))},
    ),
    "part of one": ({"minute": 3.9}, {}),
    "null": ({"second": None}, {}),
    "consumer": ({"limit_by": "consumer"}, {}),
    "credential": ({"limit_by": "credential"}, {"per": ("credential",)}),
    "ip": ({"limit_by": "ip"}, {"per": ("address",)}),
    "header": (
        {"limit_by": "header", "header_name": "X-Tenant"},
        {"per": ("header:X-Tenant",)},
    ),
    "service": ({"limit_by": "service"}, {"per": ()}),
    "local": ({"policy": "local"}, {}),
    "cluster": ({"policy": "cluster", "sync_rate": -1}, {}),
    "redis": ({**REDIS, "sync_rate": 1}, {"storage": "redis://:hunter2@r:6379/0"}),
    "closed": ({"fault_tolerant": False}, {"when_down": "closed"}),
    "open": ({"fault_tolerant": True}, {}),
    "hidden": ({"hide_client_headers": True}, {"shown": False}),
    "code": (
        {"error_code": 503},
        {"answer": Answer(status=503, message="API rate limit exceeded")},
    ),
    "message": (
        {"error_message": "slow"},
        {"answer": Answer(status=429, message="slow")},
    ),
    "usual answer": (
        {"error_code": 429, "error_message": "API rate limit exceeded"},
        {},
    ),
}


@pytest.mark.parametrize(("config", "fields"), QUOTAS.values(), ids=QUOTAS.keys())
def test_a_config_makes_a_quota(config: dict[str, Any], fields: dict[str, Any]) -> None:
    """Each field as Kong means it."""
    expected = {"rates": DEFAULT.rates, "scope": "kong", "aligned": True, **fields}
    assert quota(**{"minute": 3, **config}) == Quota(**expected)


def test_a_storage_may_be_given_for_all() -> None:
    """What Kong counts in one node or cluster is counted there."""
    given = context(quota_storage="redis://all:6379")
    assert quota(given, minute=3).storage == "redis://all:6379"


def test_a_storage_of_the_file_wins() -> None:
    """It says where it counts."""
    given = context(quota_storage="redis://all:6379")
    assert quota(given, minute=3, **REDIS).storage == "redis://:hunter2@r:6379/0"


def test_a_storage_that_cannot_be_is_told() -> None:
    """With the place of who needs it."""
    given = context(quota_storage="nonsense")
    (problem,) = told(given, minute=3)
    assert problem.startswith("plugins[0].config: storage must be a URL")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("redis://:p4ss@host:port", "the URL of the storage"),
        ("memcached://:p4ss@host", "the storage of a quota must be a URL"),
    ],
)
def test_a_storage_that_cannot_be_used_is_told(url: str, problem: str) -> None:
    """Beside the other problems of the file, without the URL."""
    (found,) = told(context(quota_storage=url), minute=3)
    assert found.startswith(f"plugins[0].config: {problem}")
    assert "p4ss" not in found


def test_a_library_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the plugin that needs it."""
    monkeypatch.setitem(sys.modules, "limits", None)
    (found,) = told(minute=3)
    assert found.startswith("plugins[0].config: a quota needs the library limits")


def test_a_password_is_not_shown() -> None:
    """In the repr of what has it."""
    assert "hunter2" not in repr(read(minute=3, **REDIS))


def test_null_over_the_only_period_of_a_named_config_is_told() -> None:
    """There is none then."""
    given = context()
    own, block = {"minute": None}, {"minute": 3}
    configs = ((("plugins", 0, "config"), own), (("_plugin_configs", "x"), block))
    one = Plugin(name="rate-limiting", at=("plugins", 0), configs=configs)
    assert read_limit(one, given) is None
    assert sentences(given.problems)[0].startswith("plugins[0]: at least one of")


ORDER = "The limit for {} cannot be lower than the limit for {}"
PROBLEMS: dict[str, tuple[dict[str, Any], str]] = {
    "no period": (
        {"minute": None},
        ": at least one of these fields must be non-empty: 'config.second', 'config.",
    ),
    "order": (
        {"second": 5},
        f".config: {ORDER.format('minute(3.0)', 'second(5.0)')}",
    ),
    "far order": (
        {"second": 5, "minute": 5, "day": 4.25},
        f".config: {ORDER.format('day(4.2)', 'second(5.0)')}",
    ),
    "vast order": (
        {"second": 10**400},
        f".config: {ORDER.format('minute(3.0)', 'second(1000000000000000.0)')}",
    ),
    "zero": ({"minute": 0}, ".config.minute: value must be greater than 0"),
    "less than one": (
        {"minute": 0.5},
        ".config.minute: the amount of a rate must be a whole number > 0",
    ),
    "vast": (
        {"minute": 1e300},
        ".config.minute: the amount of a rate must be a whole number > 0",
    ),
    "kind": ({"minute": "3"}, ".config.minute: expected a number"),
    "unknown": ({"window_size": 1}, ".config.window_size: unknown field"),
    "limit by": (
        {"limit_by": "tenant"},
        ".config.limit_by: expected one of: consumer, credential, ip, service, ",
    ),
    "header": (
        {"limit_by": "header"},
        ".config.header_name: required field missing",
    ),
    "header name": (
        {"header_name": "a b"},
        ".config.header_name: bad header name 'a b', allowed characters are A-Z, ",
    ),
    "policy": (
        {"policy": "shared"},
        ".config.policy: expected one of: local, cluster, redis",
    ),
    "sync": (
        {"sync_rate": 1},
        ".config: sync_rate can only be used with the redis policy",
    ),
    "no sync": ({"sync_rate": None}, ".config.sync_rate: required field missing"),
    "switch": (
        {"fault_tolerant": None},
        ".config.fault_tolerant: required field missing",
    ),
    "code": (
        {"error_code": 100},
        ".config.error_code: status must be a whole number, 200 to 599",
    ),
    "month": (
        {"month": 9},
        ".config.month: a limit by month is not carried over; leave rate-limiting to ",
    ),
    "year": ({"year": 9}, ".config.year: a limit by year is not carried over; leave"),
    "path": (
        {"limit_by": "path", "path": "/a"},
        ".config.limit_by: a limit by path is not carried over; leave",
    ),
    "group": (
        {"limit_by": "consumer-group"},
        ".config.limit_by: a limit by consumer-group is not carried over; leave",
    ),
}


@pytest.mark.parametrize(("config", "problem"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_config_that_cannot_be_is_told(config: dict[str, Any], problem: str) -> None:
    """In Kong's words, where it has some."""
    sentence = told(**{"minute": 3, **config})[0]
    assert sentence.startswith(f"plugins[0]{problem}")


def test_a_redis_without_host_is_told() -> None:
    """Where it would be."""
    problem, _ = told(minute=3, policy="redis")
    assert problem == "plugins[0].config.redis.host: required field missing"


def test_what_was_told_already_is_not_told_again() -> None:
    """That the one period cannot be."""
    assert told(minute=BROKEN) == ()


def test_a_limit_may_be_dropped() -> None:
    """Where something of it is not carried over, the whole of it goes."""
    given = context(allow_dropped=frozenset({"rate-limiting"}))
    assert read(given, minute=3, month=9) is None
    assert not given.problems
    assert len(given.notes.report()) == 1


SCOPES: dict[str, tuple[dict[str, Entity], str]] = {
    "all": ({}, "kong"),
    "consumer": ({"consumer": entity("jack")}, "kong"),
    "route": ({"route": entity("r")}, "kong route r"),
    "service": ({"service": entity("s")}, "kong service s"),
    "both": ({"route": entity("r"), "service": entity("s")}, "kong route r service s"),
}


@pytest.mark.parametrize(("scope", "expected"), SCOPES.values(), ids=SCOPES.keys())
def test_counters_are_those_of_what_a_plugin_holds_for(
    scope: dict[str, Entity], expected: str
) -> None:
    """Requests to several routes count together under one plugin."""
    limit = read_limit(plugin({"minute": 3}, **scope), context())
    assert limit is not None
    assert limit.quota.scope == expected


def test_a_limit_says_where_it_is() -> None:
    """For notes."""
    limit = read(minute=3)
    assert limit is not None
    assert limit.at == ("plugins", 0, "config")


@pytest.mark.parametrize("service", [None, entity("s")])
def test_a_limit_by_consumer_is_the_same_for_all_services(
    service: Entity | None,
) -> None:
    """Nothing of them is looked at."""
    limit = read(minute=3)
    assert limit is not None
    assert limit.quota_of(service) is limit.quota


def test_a_limit_by_service_counts_each_service_apart() -> None:
    """All of its requests together."""
    limit = read(minute=3, limit_by="service")
    assert limit is not None
    found = limit.quota_of(entity("s"))
    assert (found.per, found.scope) == ((), "kong by s")


def test_a_limit_by_service_goes_by_address_where_there_is_none() -> None:
    """As in Kong."""
    limit = read(minute=3, limit_by="service")
    assert limit is not None
    assert limit.quota_of(None).per == ("address",)
