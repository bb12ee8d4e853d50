import pytest

from jwtgate import Policy
from jwtgate.routes import Route
from jwtgate.stores.fixed import FixedStore
from tests.configs.kong.kit import (
    consumer,
    context,
    jwt,
    made,
    noted,
    plugin,
    route,
    told,
)
from tests.kit import KEY

OPEN = {**route("/open"), "plugins": []}
GUARDED = {**route("/a"), "plugins": [jwt()]}


def test_routes_alone_are_served() -> None:
    """Another path is Kong's 404."""
    found = made(routes=[GUARDED])
    assert found.unrouted == "refuse"
    assert found.routes == (Route(path="/a", prefix=True, policy=Policy.kong()),)


def test_a_route_without_jwt_is_public() -> None:
    """With what restricts it all the same."""
    ended = {**route("/b"), "plugins": [plugin("request-termination")]}
    _, public, closed = made(routes=[GUARDED, OPEN, ended]).routes
    assert public.public
    assert public.policy == Policy.kong()
    assert closed.public
    assert closed.policy is not None
    assert closed.policy.termination is not None


def test_the_global_plugin_is_the_gates_own_policy() -> None:
    """Though nothing comes to it."""
    found = made(plugins=[jwt(realm="shop")], routes=[route("/a")])
    assert found.policy == Policy.kong(realm="shop")


def test_without_one_it_is_kongs() -> None:
    """So that 404 has Kong's form."""
    assert made(routes=[GUARDED]).policy == Policy.kong()


def test_nothing_guarded_is_told() -> None:
    """Such a file is a slip."""
    assert told(routes=[OPEN]) == (
        "plugins: no jwt plugin guards a route: nothing would be guarded",
    )


def test_a_service_that_is_off_has_no_routes() -> None:
    """As in Kong; it is noted."""
    services = [{"name": "s", "enabled": False, "routes": [route("/b")]}]
    given = context()
    found = made(given, services=services, routes=[GUARDED])
    assert [each.path for each in found.routes] == ["/a"]
    assert noted(services=services, routes=[GUARDED]) == [
        "skipped: services[0].routes[0]: its service is not enabled"
    ]


@pytest.mark.parametrize("enabled", [True, None])
def test_a_service_is_on_by_default(enabled: bool | None) -> None:  # noqa: FBT001 - a column
    """As in Kong."""
    services = [{"name": "s", "enabled": enabled, "routes": [GUARDED]}]
    assert len(made(services=services).routes) == 1


def test_no_route_for_http_serves_nothing() -> None:
    """All is 404 then."""
    found = made(plugins=[jwt()], routes=[{**route("/a"), "protocols": ["grpc"]}])
    assert found.routes == ()
    assert found.unrouted == "refuse"


@pytest.mark.parametrize(("version", "count"), [("1.1", 0), ("2.1", 0), ("3.0", 1)])
def test_a_path_is_read_as_of_its_version(version: str, count: int) -> None:
    """Before 3.0 signs made it a regex."""
    routes = [{**route("/a:b"), "plugins": [jwt()]}]
    if count:
        assert len(made(_format_version=version, routes=routes).routes) == count
    else:
        (problem,) = told(_format_version=version, routes=routes)
        assert problem.startswith("routes[0].paths[0]: a regex path")


def test_all_problems_are_told() -> None:
    """Of routes and of the rest."""
    routes = [{**route("~/a"), "plugins": [jwt(realm="")]}]
    assert len(told(routes=routes, consumers=[{}])) == 3


def test_routes_that_tie_are_told() -> None:
    """Where they demand something else."""
    (problem,) = told(routes=[GUARDED, {**route("/a"), "plugins": [jwt(realm="b")]}])
    assert problem.startswith(
        "routes[1].paths[0]: matches what routes[0].paths[0] matches, equally well"
    )


BASE64 = {**route("/b"), "plugins": [jwt(secret_is_base64=True)]}


def test_the_store_is_the_one_that_most_routes_have() -> None:
    """The others have one of their own."""
    found = made(
        consumers=[consumer()],
        routes=[BASE64, GUARDED, OPEN, route("/c")],
        plugins=[jwt()],
    )
    stores = [each.store for each in found.routes]
    assert stores[1:] == [None, None, None]
    assert isinstance(stores[0], FixedStore)
    assert isinstance(found.store, FixedStore)
    assert stores[0].find(KEY) != found.store.find(KEY)


def test_it_may_be_the_one_of_base64() -> None:
    """Whichever has more routes."""
    other = {**route("/c"), "plugins": [jwt(secret_is_base64=True)]}
    found = made(consumers=[consumer()], routes=[GUARDED, BASE64, other])
    assert [each.store is None for each in found.routes] == [False, True, True]


def test_a_public_route_has_no_store() -> None:
    """It takes none."""
    found = made(consumers=[consumer()], routes=[OPEN, BASE64])
    assert [each.store for each in found.routes] == [None, None]
    assert isinstance(found.store, FixedStore)
