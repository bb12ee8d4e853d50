"""Where ``limit-count`` has its counters, as a URL.

Source: APISIX ``apisix/utils/redis-schema.lua``.
"""

from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from jwtgate.configs.apisix.schema import (
    Check,
    listing,
    switch,
    text,
    whole,
    whole_value,
)
from jwtgate.configs.apisix.schema import flaw as flaw_of

__all__ = ["POLICIES", "redis_flaw", "redis_url"]

_LOGIN = {"redis_username": text(1), "redis_password": text()}
_DATABASE = {"redis_database": whole(0)}
_SENTINEL = {"host": text(2), "port": whole(1, 65535)}


def _check_sentinel(value: object) -> str | None:
    if not isinstance(value, dict):
        return "wrong type: expected object"
    return flaw_of(value, _SENTINEL, ("host", "port"))


_RULES: Mapping[str, tuple[Mapping[str, Check], tuple[str, ...]]] = {
    "local": ({}, ()),
    "redis": (
        {
            "redis_host": text(2),
            "redis_port": whole(1, 65535),
            **_LOGIN,
            **_DATABASE,
            "redis_ssl": switch,
        },
        ("redis_host",),
    ),
    "redis-cluster": (
        {
            "redis_cluster_nodes": listing(text(2, 100), 1),
            **_LOGIN,
            "redis_cluster_ssl": switch,
        },
        ("redis_cluster_nodes",),
    ),
    "redis-sentinel": (
        {
            "redis_sentinels": listing(_check_sentinel, 1),
            "redis_master_name": text(1),
            **_LOGIN,
            **_DATABASE,
        },
        ("redis_sentinels", "redis_master_name"),
    ),
}

POLICIES = tuple(_RULES)
"""The policies of ``limit-count``."""


def redis_flaw(policy: str, block: Mapping[str, object]) -> str | None:
    """Give what is wrong with the attributes of a policy."""
    rules, required = _RULES[policy]
    return flaw_of(block, rules, required)


def redis_url(policy: str, block: Mapping[str, object]) -> str | None:
    """Write the URL of a block that has no flaw.

    Returns:
        None for the policy ``local``; the empty text for what no URL can say.
    """
    if policy == "redis":
        scheme = "rediss" if block.get("redis_ssl") is True else "redis"
        port = whole_value(block.get("redis_port", 6379))
        server = f"{_host(str(block['redis_host']))}:{port}"
        return f"{scheme}://{_login(block)}{server}/{_database(block)}"
    if policy == "redis-cluster":
        if block.get("redis_cluster_ssl") is True:
            return ""
        nodes = cast("list[str]", block["redis_cluster_nodes"])
        return f"redis+cluster://{_login(block)}{','.join(map(_node, nodes))}"
    if policy == "redis-sentinel":
        return _sentinel_url(block)
    return None


def _sentinel_url(block: Mapping[str, object]) -> str:
    # Databases and a login of the sentinels' own have no place in these URLs.
    if _database(block) or block.get("sentinel_password"):
        return ""
    sentinels = cast("list[dict[str, object]]", block["redis_sentinels"])
    servers = ",".join(
        f"{_host(str(each['host']))}:{whole_value(each['port'])}" for each in sentinels
    )
    name = quote(str(block["redis_master_name"]), safe="")
    return f"redis+sentinel://{_login(block)}{servers}/{name}"


def _database(block: Mapping[str, object]) -> int:
    return whole_value(block.get("redis_database", 0)) or 0


def _login(block: Mapping[str, object]) -> str:
    # APISIX logs in only where there is a password.
    password = str(block.get("redis_password", ""))
    if not password:
        return ""
    username = str(block.get("redis_username", ""))
    return f"{quote(username, safe='')}:{quote(password, safe='')}@"


def _node(node: str) -> str:
    host, _, port = node.rpartition(":")
    return f"{_host(host)}:{quote(port, safe='')}"


def _host(host: str) -> str:
    bare = host.removeprefix("[").removesuffix("]")
    return f"[{quote(bare, safe=':')}]" if ":" in bare else quote(bare, safe="")
