import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.configs.kong.ties import Ties
from jwtgate.routes import Route


def route(*hosts: str, methods: tuple[str, ...] = ()) -> Route:
    """Give a route of the one path."""
    return Route(path="/a", prefix=True, hosts=hosts, methods=methods)


def tie(*routes: Route) -> int | None:
    """Add routes; give what the last one ties with."""
    ties = Ties()
    found: int | None = None
    for each in routes:
        found = ties.add(each)
    return found


TIES: dict[str, tuple[Route, Route]] = {
    "same": (route(), route()),
    "host": (route("a.b"), route("a.b")),
    "one of many": (route("a.b", "c.d"), route("e.f", "c.d")),
    "wildcard first": (route("*.b"), route("a.b")),
    "wildcard last": (route("a.b"), route("*.b")),
    "deep": (route("a.b.c.d"), route("*.c.d")),
    "wider wildcard": (route("*.b.c"), route("*.c")),
    "narrower wildcard": (route("*.c"), route("*.b.c")),
    "all hosts first": (route(), route("a.b")),
    "all hosts last": (route("a.b"), route()),
    "method": (route(methods=("GET",)), route(methods=("GET", "PUT"))),
    "all methods": (route(methods=("GET",)), route()),
}


@pytest.mark.parametrize(("one", "other"), TIES.values(), ids=TIES.keys())
def test_routes_that_share_requests_tie(one: Route, other: Route) -> None:
    """The earlier one is named."""
    assert tie(one, other) == 0


APART: dict[str, tuple[Route, Route]] = {
    "hosts": (route("a.b"), route("b.b")),
    "wildcard of others": (route("*.a"), route("b.b")),
    "name of the wildcard": (route("*.a.b"), route("a.b")),
    "methods": (route(methods=("GET",)), route(methods=("PUT",))),
    "methods of one host": (
        route("a.b", methods=("GET",)),
        route("a.b", methods=("PUT",)),
    ),
}


@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART.keys())
def test_routes_that_share_none_do_not(one: Route, other: Route) -> None:
    """No request comes to both."""
    assert tie(one, other) is None


def test_an_earlier_one_is_named_by_its_number() -> None:
    """Whichever it is."""
    assert tie(route("a.b"), route("c.d"), route("c.d")) == 1


def test_head_is_not_get() -> None:
    """In Kong a route for GET has no HEAD."""
    assert tie(route(methods=("GET",)), route(methods=("HEAD",))) is None


HOSTS = ["a.b", "b.b", "x.a.b", "y.x.a.b", "b", "c"]
PATTERNS = st.sampled_from([*HOSTS, "*.b", "*.a.b", "*.x.a.b", "*.c"])
METHODS = ["GET", "PUT", "POST"]
ROUTES = st.builds(
    lambda hosts, methods: route(*hosts, methods=tuple(methods)),
    st.lists(PATTERNS, max_size=2, unique=True),
    st.lists(st.sampled_from(METHODS), max_size=2, unique=True),
)


def matched(one: Route) -> set[tuple[str, str]]:
    """Give the requests that come to a route, of all that could differ here."""
    return {
        (host, method)
        for host in (*HOSTS, "z.c", "z.b", "z.a.b", "z.x.a.b")
        for method in METHODS
        if not one.methods or method in one.methods
        if not one.hosts
        or any(
            host.endswith(each[1:]) if each.startswith("*") else host == each
            for each in one.hosts
        )
    }


@given(st.lists(ROUTES, max_size=6))
def test_ties_are_routes_that_share_a_request(routes: list[Route]) -> None:
    """Found without looking at each pair."""
    ties = Ties()
    for number, each in enumerate(routes):
        shared = [matched(other) & matched(each) for other in routes[:number]]
        assert (ties.add(each) is not None) is any(shared)
