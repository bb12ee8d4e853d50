from typing import Any

import pytest

from jwtgate.configs.context import Context
from jwtgate.configs.kong.fields import ANY, Field
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.redis import FLAT, redis_url
from tests.configs.kong.kit import context, sentences

FIELDS = {**FLAT, "redis": Field(test=ANY)}


def url(given: Context | None = None, **config: Any) -> str | None:
    """Write the URL of a config."""
    given = given or context()
    place = ("plugins", 0, "config")
    plugin = Plugin(name="a", at=("plugins", 0), configs=((place, config),))
    return redis_url(plugin.read(FIELDS, given), plugin, given)


def told(**config: Any) -> tuple[str, ...]:
    """Give the problems of a config."""
    given = context()
    url(given, **config)
    return sentences(given.problems)


URLS: dict[str, tuple[dict[str, Any], str]] = {
    "host": ({"host": "r.example"}, "redis://r.example:6379/0"),
    "address": ({"host": "127.0.0.1"}, "redis://127.0.0.1:6379/0"),
    "IPv6": ({"host": "::1"}, "redis://[::1]:6379/0"),
    "port": ({"host": "r", "port": 1.0}, "redis://r:1/0"),
    "port 0": ({"host": "r", "port": 0}, "redis://r:0/0"),
    "database": ({"host": "r", "database": 2}, "redis://r:6379/2"),
    "password": ({"host": "r", "password": "p"}, "redis://:p@r:6379/0"),
    "user": ({"host": "r", "username": "u"}, "redis://u:@r:6379/0"),
    "signs": (
        {"host": "r", "username": "a/b", "password": "p@ss:%"},
        "redis://a%2Fb:p%40ss%3A%25@r:6379/0",
    ),
    "no password": ({"host": "r", "password": ""}, "redis://r:6379/0"),
    "TLS": ({"host": "r", "ssl": True, "ssl_verify": True}, "rediss://r:6379/0"),
    "rest": ({"host": "r", "timeout": 1, "server_name": "x"}, "redis://r:6379/0"),
}


@pytest.mark.parametrize(("config", "expected"), URLS.values(), ids=URLS.keys())
def test_a_redis_has_a_url(config: dict[str, Any], expected: str) -> None:
    """As Kong 3 names it."""
    assert url(redis=config) == expected


@pytest.mark.parametrize(("config", "expected"), URLS.values(), ids=URLS.keys())
def test_a_redis_of_kong_2_has_a_url(config: dict[str, Any], expected: str) -> None:
    """As Kong 2 names it."""
    assert url(**{f"redis_{name}": config[name] for name in config}) == expected


def test_the_nested_members_win() -> None:
    """Files of Kong's export have both."""
    assert url(redis={"host": "a"}, redis_host="b", redis_port=1) == "redis://a:1/0"


@pytest.mark.parametrize("config", [{}, {"redis": {}}, {"redis": {"host": None}}])
def test_a_missing_host_is_told(config: dict[str, Any]) -> None:
    """In Kong's words, at both of its places."""
    missing, failed = told(**config)
    assert missing == "plugins[0].config.redis.host: required field missing"
    assert failed == (
        "plugins[0]: failed conditional validation given value of field 'config.policy'"
    )


HOST = "expected a name or an address, without scheme, login or port"
MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "host": ({"host": "a b"}, f"host: {HOST}"),
    "login": ({"host": "u:p@r"}, f"host: {HOST}"),
    "URL": ({"host": "redis://:hunter2@localhost"}, f"host: {HOST}"),
    "port": ({"host": "r", "port": 65536}, "port: value should be between 0 and 65535"),
    "database": ({"host": "r", "database": -1}, "database: value should be between 0"),
    "password": ({"host": "r", "password": 1}, "password: expected a string"),
    "unknown": ({"host": "r", "sentinel": 1}, "sentinel: unknown field"),
}


@pytest.mark.parametrize(("config", "problem"), MEMBERS.values(), ids=MEMBERS.keys())
def test_a_member_that_cannot_be_is_told(config: dict[str, Any], problem: str) -> None:
    """With its place."""
    assert told(redis=config)[0].startswith(f"plugins[0].config.redis.{problem}")


@pytest.mark.parametrize("host", ["redis://:hunter2@localhost", "u:hunter2@r"])
@pytest.mark.parametrize("nested", [True, False])
def test_a_host_that_cannot_be_is_not_shown(host: str, *, nested: bool) -> None:
    """A password may be in it."""
    problems = told(**({"redis": {"host": host}} if nested else {"redis_host": host}))
    assert HOST in problems[0]
    assert "hunter2" not in str(problems)


def test_a_certificate_that_kong_would_not_verify_is_noted() -> None:
    """It is verified here."""
    given = context()
    assert url(given, redis={"host": "r", "ssl": True}) == "rediss://r:6379/0"
    assert str(given.notes.report()) == (
        "warning: plugins[0].config: the certificate of the Redis is verified here"
    )
