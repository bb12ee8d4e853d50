import pytest

from jwtgate import Policy
from jwtgate.configs.apisix.matching import read_match
from jwtgate.configs.apisix.policies import Demand
from jwtgate.configs.apisix.routing import Placed, arrange
from jwtgate.routes import Route
from tests.configs.apisix.files import context, notes_in, problems_in

GUARDED = Demand(policy=Policy.apisix())
OTHER = Demand(policy=Policy.apisix(realm="other"))
PUBLIC = Demand(policy=Policy.apisix(), public=True)
CLOSED = Demand(policy=Policy.apisix(), public=True, closed=True)


def placed(number: int, demand: Demand = GUARDED, /, **table: object) -> Placed:
    """Place a route."""
    at = ("routes", number)
    match = read_match(table, at, context(), hosts=None)
    assert match is not None
    return Placed(id=None, at=at, match=match, demand=demand)


def order(*routes: Placed) -> list[str]:
    """Give path and host of the routes in the order in which they are looked at."""
    arranged = arrange(routes, context())
    by_priority = sorted(arranged, key=lambda route: -route.priority)
    return [
        f"{''.join(route.hosts)}{route.path}{'*' if route.prefix else ''}"
        for route in by_priority
    ]


def test_a_route_is_made() -> None:
    """One for each path."""
    one = placed(0, uris=["/a", "/b*"])
    assert len(arrange([one], context())) == 2
    assert arrange([placed(0, PUBLIC, uri="/a", methods=["GET"])], context()) == [
        Route(
            path="/a",
            methods=("GET",),
            public=True,
            policy=PUBLIC.policy,
            priority=1,
        )
    ]


def test_the_order_is_that_of_apisix() -> None:
    """Host, wildcard, none; the very path, then prefixes, the longer first."""
    routes = [
        placed(0, uri="/*"),
        placed(1, uri="/a"),
        placed(2, uri="/a*"),
        placed(3, uri="/a/b*"),
        placed(4, uri="/*", host="*.example"),
        placed(5, uri="/*", host="*.x.example"),
        placed(6, uri="/*", host="b.x.example"),
        placed(7, uri="/a", host="*.example"),
    ]
    assert order(*routes) == [
        "b.x.example/*",
        "*.x.example/*",
        "*.example/a",
        "*.example/*",
        "/a",
        "/a/b*",
        "/a*",
        "/*",
    ]


def test_hosts_of_one_rank_share_a_route() -> None:
    """All very hosts, and wildcards of one length: a request has one at most."""
    hosts = ["*.a.example", "x.example", "*.b.example", "long.example", "*.example"]
    arranged = arrange([placed(0, uri="/a", hosts=hosts)], context())
    assert [route.hosts for route in arranged] == [
        ("x.example", "long.example"),
        ("*.a.example", "*.b.example"),
        ("*.example",),
    ]
    assert [route.priority for route in arranged] == [3, 2, 1]


def test_a_route_keeps_the_hosts_that_are_left_to_it() -> None:
    """Those of which an earlier one has the same requests are not."""
    given = context()
    routes = [
        placed(0, uri="/a", host="b.example"),
        placed(1, uri="/a", hosts=["a.example", "b.example", "c.example"]),
    ]
    first, second = arrange(routes, given)
    assert first.hosts == ("b.example",)
    assert second.hosts == ("a.example", "c.example")
    assert notes_in(given) == [
        "warning: routes[1].uri: is never reached: routes[0].uri comes first"
    ]


def test_priority_counts_where_all_else_is_equal() -> None:
    """And no earlier."""
    routes = [
        placed(0, uri="/a*", methods=["GET"]),
        placed(1, uri="/a*", methods=["GET", "POST"], priority=1),
        placed(2, uri="/b", priority=-5),
    ]
    arranged = arrange(routes, context())
    assert [route.methods for route in arranged] == [(), ("GET", "POST"), ("GET",)]


def test_then_comes_the_order_of_the_file() -> None:
    """The first takes what it can; methods make no difference to that."""
    given = context()
    routes = [
        placed(0, PUBLIC, uri="/a", methods=["GET"]),
        placed(1, GUARDED, uri="/a"),
    ]
    first, second = arrange(routes, given)
    assert (first.methods, second.methods) == (("GET",), ())
    assert first.priority > second.priority
    assert not problems_in(given)
    assert not notes_in(given)


def test_routes_with_other_methods_do_not_meet() -> None:
    """Whatever they demand."""
    given = context()
    routes = [
        placed(0, PUBLIC, uri="/a", methods=["GET"]),
        placed(1, GUARDED, uri="/a", methods=["POST"]),
        placed(2, GUARDED, uri="/a/", methods=["POST"]),
    ]
    assert len(arrange(routes, given)) == 3
    assert not problems_in(given)


@pytest.mark.parametrize(
    ("methods", "others"),
    [({}, {}), ({}, {"methods": ["GET"]}), ({"methods": ["GET"]},) * 2],
)
def test_a_route_that_is_never_reached_is_left_out(
    methods: dict[str, object], others: dict[str, object]
) -> None:
    """If the one before it demands the same."""
    given = context()
    routes = [placed(0, uri="/a", **methods), placed(1, uri="/a", **others)]
    assert len(arrange(routes, given)) == 1
    assert notes_in(given) == [
        "warning: routes[1].uri: is never reached: routes[0].uri comes first"
    ]


@pytest.mark.parametrize("demand", [OTHER, PUBLIC])
def test_it_is_a_problem_if_it_demands_something_else(demand: Demand) -> None:
    """One of the two is not what was meant."""
    given = context()
    arrange([placed(0, uri="/a"), placed(1, demand, uri="/a")], given)
    (problem,) = problems_in(given)
    assert problem.startswith("routes[1].uri: matches the same requests as routes[0]")


@pytest.mark.parametrize(("one", "other"), [(CLOSED, GUARDED), (PUBLIC, CLOSED)])
def test_a_closed_route_makes_no_problem(one: Demand, other: Demand) -> None:
    """Closed is what the file did not mean; it is told already."""
    given = context()
    (route,) = arrange([placed(0, one, uri="/a"), placed(1, other, uri="/a")], given)
    assert route.policy == one.policy
    assert not problems_in(given)


@pytest.mark.parametrize(("uri", "like"), [("/a", "/a/"), ("/a", "/A"), ("/a*", "/A*")])
def test_paths_that_apps_take_for_one_demand_the_same(uri: str, like: str) -> None:
    """Else one would be a way around the other."""
    given = context()
    arrange([placed(0, uri=uri), placed(1, OTHER, uri=like)], given)
    (problem,) = problems_in(given)
    assert "apps may take the path for that of" in problem


@pytest.mark.parametrize(
    ("demand", "other"), [(GUARDED, "/a/"), (CLOSED, "/a/"), (OTHER, "/a/*")]
)
def test_they_may_be_several_routes_otherwise(demand: Demand, other: str) -> None:
    """A prefix is another matter; so is what is closed."""
    given = context()
    routes = arrange([placed(0, uri="/a"), placed(1, demand, uri=other)], given)
    assert len(routes) == 2
    assert not problems_in(given)


@pytest.mark.parametrize(
    ("one", "later"),
    [
        ({"uri": "/FOO/bar*"}, {"uri": "/foo/*"}),
        ({"uri": "/FOO"}, {"uri": "/foo*"}),
        ({"uri": "/FOO", "host": "a.example"}, {"uri": "/foo"}),
        ({"uri": "/FOO", "host": "a.example"}, {"uri": "/foo", "host": "*.example"}),
        ({"uri": "/FOO", "host": "a.b.c"}, {"uri": "/foo*", "host": "*.c"}),
        ({"uri": "/FOO", "host": "*.b.c"}, {"uri": "/foo*", "host": "*.c"}),
        ({"uri": "/FOO", "host": "*.b.c"}, {"uri": "/foo*", "host": "*.b.c"}),
    ],
)
def test_a_closer_route_in_another_case_demands_the_same(
    one: dict[str, object], later: dict[str, object]
) -> None:
    """It guards in any case, and so where the other one is meant."""
    given = context()
    arrange([placed(0, **later), placed(1, OTHER, **one)], given)
    assert problems_in(given) == (PROBLEM.format("routes[1].uri", "routes[0].uri"),)
    same = context()
    arrange([placed(0, **later), placed(1, **one)], same)
    assert not problems_in(same)


PROBLEM = (
    "{}: apps may take the path for that of {}, which demands something else; let both "
    "demand the same"
)


@pytest.mark.parametrize(
    ("one", "demand", "later"),
    [
        ({"uri": "/FOO/bar*"}, OTHER, {"uri": "/FOO/*"}),
        ({"uri": "/FOO/bar*"}, OTHER, {"uri": "/f/*"}),
        ({"uri": "/FOO/bar*"}, PUBLIC, {"uri": "/foo/*"}),
        ({"uri": "/FOO/bar*"}, CLOSED, {"uri": "/foo/*"}),
        ({"uri": "/FOO", "methods": ["GET"]}, OTHER, {"uri": "/*", "methods": ["PUT"]}),
        (
            {"uri": "/FOO*", "methods": ["GET"]},
            OTHER,
            {"uri": "/f*", "methods": ["PUT"]},
        ),
        ({"uri": "/FOO"}, OTHER, {"uri": "/foo", "host": "a.example"}),
        ({"uri": "/FOO", "host": "a.c"}, OTHER, {"uri": "/foo*", "host": "b.c"}),
        ({"uri": "/FOO", "host": "b.c"}, OTHER, {"uri": "/foo*", "host": "*.b.c"}),
    ],
)
def test_in_other_cases_it_may_demand_what_it_wants(
    one: dict[str, object], demand: Demand, later: dict[str, object]
) -> None:
    """No request of the one comes to the other."""
    given = context()
    arrange([placed(0, **later), placed(1, demand, **one)], given)
    assert not problems_in(given)


def test_many_routes_may_differ_in_priority() -> None:
    """Each is compared with those alone that demand something else."""
    given = context()
    routes = [placed(number, uri="/A", priority=number) for number in range(2_000)]
    routes += [
        placed(2_000 + number, uri="/a*", priority=number) for number in range(2)
    ]
    assert len(arrange(routes, given)) == 2_002
    assert not problems_in(given)


def test_a_file_makes_so_many_routes() -> None:
    """Each has a policy of its own, which takes a while to make."""
    given = context()
    uris = [f"/{number}" for number in range(20_000)]
    assert len(arrange([placed(0, uris=uris)], given)) == 20_000
    assert not problems_in(given)
    assert not arrange([placed(0, uris=[*uris, "/a"])], given)
    assert problems_in(given) == (
        "routes: expected at most 20,000, each uri one of its own",
    )


def test_a_file_has_so_many_pairs_of_uri_and_host() -> None:
    """A short file could have more than memory takes."""
    given = context()
    uris = [f"/{number}" for number in range(317)]
    hosts = [f"h{number}" for number in range(316)]
    assert not arrange([placed(0, uris=uris, hosts=hosts)], given)
    assert problems_in(given) == (
        "routes: expected at most 100,000 pairs of a uri and a host",
    )
