import pytest

from jwtgate.answer import Answer
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.limits import read_limit
from jwtgate.configs.context import Context
from jwtgate.quota import Quota
from tests.configs.apisix.files import context, notes_in, problems_in

AT = ("routes", 0, "plugins", "limit-count")


def read(given: Context | None = None, /, **block: object) -> Quota | None:
    """Read a block of the route with the id 1."""
    whole = {"count": 3, "time_window": 60, **block}
    return read_limit(whole, AT, given or context(), resource="/routes/1")


def quota(**fields: object) -> Quota:
    """Give the quota of a block without more."""
    usual = {
        "rates": "3/60s",
        "per": ("address",),
        "scope": "/routes/1",
        "when_down": "closed",
        "answer": Answer(status=429, body=""),
    }
    return Quota(**{**usual, **fields})  # type: ignore[arg-type]


def test_the_defaults() -> None:
    """Those of APISIX, but for the status: 503 would say that the service is down."""
    assert read() == quota()


@pytest.mark.parametrize(
    ("block", "fields"),
    [
        ({"count": "5", "time_window": 60.0}, {"rates": "5/60s"}),
        ({"group": "g"}, {"scope": "group g"}),
        ({"allow_degradation": True}, {"when_down": "open"}),
        ({"show_limit_quota_header": False}, {"shown": False}),
        ({"rejected_code": 503}, {"answer": Answer(status=503, body="")}),
        ({"rejected_msg": "slow"}, {"answer": Answer(status=429, message="slow")}),
        ({"rejected_code": 204, "rejected_msg": "a"}, {"answer": Answer(status=204)}),
        (
            {"_meta": {"error_response": "no"}, "rejected_msg": "a"},
            {"answer": Answer(status=429, body="no")},
        ),
        (
            {"_meta": {"error_response": "no"}, "rejected_code": 302},
            {"answer": Answer(status=302, body="")},
        ),
    ],
)
def test_each_attribute_is_carried_over(
    block: dict[str, object], fields: dict[str, object]
) -> None:
    """An error_response stands in for errors alone."""
    assert read(**block) == quota(**fields)


@pytest.mark.parametrize(
    ("key_type", "key", "per"),
    [
        ("var", "remote_addr", ("address",)),
        ("var", "consumer_name", ("consumer",)),
        ("var", "http_x_tenant", ("header:x-tenant",)),
        ("var", "HTTP_Host", ("header:host",)),
        ("var", "server_addr", ()),
        ("constant", "anything at all", ()),
        (
            "var_combination",
            "$remote_addr ${consumer_name}",
            ("address", "consumer"),
        ),
        ("var_combination", "$http_a$http_a", ("header:a",)),
        ("var_combination", "$hostname", ()),
        ("var_combination", "no variable", ("address",)),
    ],
)
def test_the_key_says_whose_requests_are_counted(
    key_type: str, key: str, per: tuple[str, ...]
) -> None:
    """What is the same for all requests leaves one counter for all."""
    given = context()
    assert read(given, key_type=key_type, key=key) == quota(per=per)
    assert not notes_in(given)


@pytest.mark.parametrize(
    ("key_type", "key", "per"),
    [
        ("var", "arg_user", ("address",)),
        ("var", "", ("address",)),
        ("var_combination", "$arg_user $http_a", ("header:a",)),
    ],
)
def test_a_variable_that_is_not_known_is_left_out(
    key_type: str, key: str, per: tuple[str, ...]
) -> None:
    """The rest counts; without any it is the address, as where APISIX has no value."""
    given = context()
    assert read(given, key_type=key_type, key=key) == quota(per=per)
    (note,) = notes_in(given)
    assert note.startswith("dropped: routes[0].plugins.limit-count.key: counts by a")


@pytest.mark.parametrize(
    ("name", "value"), [("window_type", "sliding"), ("sync_interval", 5)]
)
def test_how_exactly_is_counted_is_dropped(name: str, value: object) -> None:
    """With a note."""
    given = context()
    assert read(given, **{name: value}) == quota()
    assert len(notes_in(given)) == 1


def test_redis_is_where_the_counters_are() -> None:
    """The password may come by reference, and is not shown."""
    given = context({"PASSWORD": "p@ss"})
    made = read(
        given, policy="redis", redis_host="r1", redis_password="$env://PASSWORD"
    )
    assert made == quota(storage="redis://:p%40ss@r1:6379/0")
    assert "ss@" not in repr(made)


def test_what_is_counted_locally_may_be_counted_elsewhere() -> None:
    """For several processes."""
    given = context(quota_storage="redis://r2:6379")
    assert read(given) == quota(storage="redis://r2:6379")


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"count": 0}, 'property "count" validation failed: value should match'),
        ({"count": None}, 'property "count" validation failed: value should match'),
        ({"time_window": -1}, 'property "time_window" validation failed: value shou'),
        ({"key_type": "x"}, 'property "key_type" validation failed: matches none'),
        ({"rejected_code": 199}, 'property "rejected_code" validation failed: exp'),
        ({"rejected_code": 600}, 'property "rejected_code" validation failed: exp'),
        ({"rejected_msg": ""}, 'property "rejected_msg" validation failed: string'),
        ({"policy": "etcd"}, 'property "policy" validation failed: matches none'),
        ({"policy": "redis"}, 'property "redis_host" is required'),
        ({"_meta": []}, 'property "_meta" validation failed'),
    ],
)
def test_what_apisix_would_not_take_is_invalid(
    block: dict[str, object], why: str
) -> None:
    """In the words of its log."""
    with pytest.raises(InvalidEntry) as caught:
        read(**block)
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize("name", ["count", "time_window"])
def test_both_numbers_are_required(name: str) -> None:
    """Unless there are rules."""
    block: dict[str, object] = {"count": 1, "time_window": 1}
    del block[name]
    with pytest.raises(InvalidEntry) as caught:
        read_limit(block, AT, context(), resource="/routes/1")
    assert str(caught.value) == f'property "{name}" is required'


def test_a_disabled_block_is_none() -> None:
    """Nor need its references lead anywhere."""
    given = context()
    assert read(given, key="$env://NONE", _meta={"disable": True}) is None
    assert not problems_in(given)


NOT_CARRIED = [
    ({"rules": []}, "rules: are not carried over"),
    ({"count": "$http_x"}, "count: has variables and is not carried over"),
    ({"time_window": "0"}, "time_window: has variables and is not carried over"),
    ({"time_window": 10**9}, "time_window: cannot be counted: the seconds of a rate"),
    ({"count": 10**12}, "time_window: cannot be counted: the amount of a rate"),
    (
        {
            "policy": "redis-cluster",
            "redis_cluster_nodes": ["r1:7000"],
            "redis_cluster_ssl": True,
        },
        "policy: cannot be carried over with these options",
    ),
]


@pytest.mark.parametrize(("block", "why"), NOT_CARRIED)
def test_what_is_not_carried_over_is_a_problem(
    block: dict[str, object], why: str
) -> None:
    """A limit that is gone lets more pass."""
    given = context()
    assert read(given, **block) is None
    (problem,) = problems_in(given)
    assert problem.startswith(f"routes[0].plugins.limit-count.{why}")
    assert problem.endswith("name limit-count in allow_dropped to do without the limit")


@pytest.mark.parametrize(("block", "why"), NOT_CARRIED)
def test_it_may_be_dropped(block: dict[str, object], why: str) -> None:
    """Where it was said so."""
    given = context(allow_dropped=["limit-count"])
    assert read(given, **block) is None
    assert not problems_in(given)
    (note,) = notes_in(given)
    assert note.startswith(f"dropped: routes[0].plugins.limit-count.{why}")


def test_a_reference_that_leads_nowhere_is_a_problem() -> None:
    """APISIX would log in with the text of it."""
    given = context()
    block = {"policy": "redis", "redis_host": "r1", "redis_password": "$env://NONE"}
    assert read(given, **block) is None
    (problem,) = problems_in(given)
    assert problem.startswith(
        "routes[0].plugins.limit-count.redis_password: $env://NONE is not set"
    )


def test_a_storage_that_cannot_be_used_is_a_problem() -> None:
    """Without its URL, which may have the password."""
    given = context(quota_storage="redis://:p4ss@host:port")
    assert read(given) is None
    (problem,) = problems_in(given)
    assert problem.startswith("routes[0].plugins.limit-count.policy: the URL of the")
    assert "p4ss" not in problem
