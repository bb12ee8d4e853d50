import pytest

from jwtgate.configs.apisix.redisurl import redis_flaw, redis_url
from jwtgate.counting.storages import require_storage

SENTINELS = [{"host": "s1", "port": 26379}, {"host": "::1", "port": 26380.0}]


@pytest.mark.parametrize(
    ("policy", "block", "url"),
    [
        ("local", {"redis_host": "ignored"}, None),
        ("redis", {"redis_host": "r1"}, "redis://r1:6379/0"),
        (
            "redis",
            {"redis_host": "10.0.0.1", "redis_port": 6380, "redis_database": 2},
            "redis://10.0.0.1:6380/2",
        ),
        ("redis", {"redis_host": "r1", "redis_ssl": True}, "rediss://r1:6379/0"),
        ("redis", {"redis_host": "::1"}, "redis://[::1]:6379/0"),
        ("redis", {"redis_host": "[::1]"}, "redis://[::1]:6379/0"),
        (
            "redis",
            {"redis_host": "r1", "redis_password": "p@ss:/?#"},
            "redis://:p%40ss%3A%2F%3F%23@r1:6379/0",
        ),
        (
            "redis",
            {"redis_host": "r1", "redis_password": "p", "redis_username": "a b"},
            "redis://a%20b:p@r1:6379/0",
        ),
        (
            "redis",
            {"redis_host": "r1", "redis_password": "", "redis_username": "a"},
            "redis://r1:6379/0",
        ),
        (
            "redis-cluster",
            {"redis_cluster_nodes": ["r1:7000", "[::1]:7001"], "redis_password": "p"},
            "redis+cluster://:p@r1:7000,[::1]:7001",
        ),
        (
            "redis-sentinel",
            {"redis_sentinels": SENTINELS, "redis_master_name": "my/master"},
            "redis+sentinel://s1:26379,[::1]:26380/my%2Fmaster",
        ),
    ],
)
def test_a_url_says_where_counters_are(
    policy: str, block: dict[str, object], url: str | None
) -> None:
    """Special characters are encoded; a user without a password does not log in."""
    assert redis_flaw(policy, block) is None
    assert redis_url(policy, block) == url
    if url is not None:
        require_storage(url)


@pytest.mark.parametrize(
    ("policy", "block"),
    [
        ("redis-cluster", {"redis_cluster_nodes": ["a:1"], "redis_cluster_ssl": True}),
        (
            "redis-sentinel",
            {
                "redis_sentinels": SENTINELS,
                "redis_master_name": "m",
                "redis_database": 1,
            },
        ),
        (
            "redis-sentinel",
            {
                "redis_sentinels": SENTINELS,
                "redis_master_name": "m",
                "sentinel_password": "p",
            },
        ),
    ],
)
def test_some_options_have_no_url(policy: str, block: dict[str, object]) -> None:
    """They are not dropped in silence."""
    assert redis_url(policy, block) == ""


@pytest.mark.parametrize(
    ("policy", "block", "flaw"),
    [
        ("redis", {}, 'property "redis_host" is required'),
        (
            "redis",
            {"redis_host": "a"},
            'property "redis_host" validation failed: string too short',
        ),
        (
            "redis",
            {"redis_host": "r1", "redis_port": 0},
            'property "redis_port" validation failed: expected 0 to be at least 1',
        ),
        ("redis-cluster", {}, 'property "redis_cluster_nodes" is required'),
        (
            "redis-sentinel",
            {"redis_sentinels": []},
            'property "redis_master_name" is required',
        ),
        (
            "redis-sentinel",
            {"redis_sentinels": ["a"], "redis_master_name": "m"},
            'property "redis_sentinels" validation failed: failed to validate item 1',
        ),
        (
            "redis-sentinel",
            {"redis_sentinels": [{"host": "s1"}], "redis_master_name": "m"},
            'property "redis_sentinels" validation failed: failed to validate item 1',
        ),
    ],
)
def test_what_apisix_would_not_take_is_a_flaw(
    policy: str, block: dict[str, object], flaw: str
) -> None:
    """Without the password."""
    assert str(redis_flaw(policy, block)).startswith(flaw)
