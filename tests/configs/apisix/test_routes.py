import pytest

from jwtgate.configs.apisix.carried import Carried
from jwtgate.configs.apisix.consumers import Callers
from jwtgate.configs.apisix.policies import Policies
from jwtgate.configs.apisix.resources import read_resources
from jwtgate.configs.apisix.routes import read_routes
from jwtgate.configs.apisix.routing import Placed
from jwtgate.configs.context import Context
from tests.configs.apisix.files import HELLO, context, notes_in, problems_in

JWT: dict[str, object] = {"jwt-auth": {}}


def read(given: Context | None = None, /, **root: object) -> list[Placed]:
    """Read the routes of a file without consumers."""
    given = given or context()
    policies = Policies(Callers(), Carried(), given)
    return read_routes(root, read_resources(root, given), policies, given)


def realm(placed: Placed) -> str | None:
    """Give the realm of a guarded route; none of a public one."""
    return None if placed.demand.public else placed.demand.policy.realm


def block(name: str) -> dict[str, object]:
    """Give plugins that can be told from others."""
    return {"jwt-auth": {"realm": name}}


def test_a_route_with_jwt_auth_is_guarded() -> None:
    """And one without is public."""
    first, second = read(routes=[HELLO, {"uri": "/open", "upstream_id": 1}])
    assert (first.at, realm(first)) == (("routes", 0), "jwt")
    assert (second.at, realm(second)) == (("routes", 1), None)


SERVICE = {"id": 1, "plugins": block("service"), "hosts": ["a.example"]}
CONFIG = {"id": "pc", "plugins": block("config")}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"service_id": 1}, "service"),
        ({"service_id": "1"}, "service"),
        ({"plugin_config_id": "pc"}, "config"),
        ({"service_id": 1, "plugin_config_id": "pc"}, "config"),
        (
            {"service_id": 1, "plugin_config_id": "pc", "plugins": block("route")},
            "route",
        ),
        ({"service_id": 1, "plugins": {"cors": {}}}, "service"),
        (
            {"service_id": 1, "plugins": {"jwt-auth": {"_meta": {"disable": True}}}},
            None,
        ),
    ],
)
def test_plugins_are_merged(table: dict[str, object], expected: str | None) -> None:
    """A service's, below those of a plugin config, below the route's own."""
    (placed,) = read(
        routes=[{"uri": "/", **table}], services=[SERVICE], plugin_configs=[CONFIG]
    )
    assert realm(placed) == expected


@pytest.mark.parametrize(
    ("own", "hosts"), [({}, ("a.example",)), ({"host": "b.example"}, ("b.example",))]
)
def test_a_service_has_hosts(own: dict[str, object], hosts: tuple[str, ...]) -> None:
    """For routes without any."""
    route = {"uri": "/", "service_id": 1, **own}
    (placed,) = read(routes=[route], services=[SERVICE])
    assert placed.match.hosts == hosts


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (
            {"plugins": block("")},
            "failed to check the configuration of plugin jwt-auth",
        ),
        ({"plugins": []}, 'property "plugins" validation failed'),
        ({"service_id": 9}, "failed to fetch service configuration by id: 9"),
        ({"service_id": []}, 'property "service_id" validation failed'),
        ({"plugin_config_id": 9}, "failed to fetch plugin config by id: 9"),
        ({"id": "a/b"}, 'property "id" validation failed'),
        ({"x": 1}, 'additional properties forbidden, found "x"'),
    ],
)
def test_a_route_that_cannot_be_used_is_closed(
    table: dict[str, object], why: str
) -> None:
    """Left out, it might leave its requests to a public one."""
    given = context()
    (placed,) = read(given, routes=[{"uri": "/a", **table}])
    assert placed.demand.closed
    (note,) = notes_in(given)
    assert note.startswith(f"skipped: routes[0]: {why}")


def test_strictly_it_is_a_problem() -> None:
    """The file is refused."""
    given = context(strict=True)
    read(given, routes=[{"uri": "/a", "service_id": 9}])
    assert problems_in(given) == (
        "routes[0]: failed to fetch service configuration by id: 9",
    )


def test_a_service_that_was_left_out_closes_its_routes() -> None:
    """Whatever it would have demanded."""
    bad = {"id": 1, "plugins": block("")}
    (placed,) = read(routes=[{"uri": "/", "service_id": 1}], services=[bad])
    assert placed.demand.closed


def test_a_route_whose_requests_are_not_clear_is_a_problem() -> None:
    """It cannot be closed either."""
    given = context()
    assert read(given, routes=[{"plugins": JWT}]) == []
    assert problems_in(given) == ("routes[0]: expected either uri or uris",)


def test_a_route_that_is_switched_off_is_not_there() -> None:
    """Whatever else it has."""
    given = context()
    assert read(given, routes=[{"uri": 1, "status": 0}]) == []
    assert not problems_in(given)


def test_of_one_id_the_later_counts() -> None:
    """The earlier one's requests are closed, behind all others for the same path."""
    given = context()
    first, second = read(given, routes=[{"id": 1, **HELLO}, {"id": "1", "uri": "/b"}])
    assert first.demand.closed
    assert first.match.priority < -(10**9)
    assert not second.demand.closed
    assert notes_in(given) == [
        "skipped: routes[0]: its id comes again; the later counts"
    ]


def test_routes_without_id_do_not_come_again() -> None:
    """Nothing refers to them."""
    given = context()
    assert len(read(given, routes=[HELLO, HELLO])) == 2
    assert not notes_in(given)


@pytest.mark.parametrize(
    ("table", "closed"),
    [({"id": "r1"}, False), ({"id": "r2"}, True), ({}, True), ({"id": 1}, True)],
)
def test_a_place_has_the_id_of_its_route(
    table: dict[str, object],
    closed: bool,  # noqa: FBT001 - a column
) -> None:
    """For restrictions that compare it."""
    restriction = {"type": "route_id", "whitelist": ["r1"]}
    plugins = {"consumer-restriction": restriction}
    (placed,) = read(routes=[{"uri": "/", "plugins": plugins, **table}])
    assert (placed.demand.policy.termination is not None) is closed
