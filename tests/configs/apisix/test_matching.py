import pytest

from jwtgate.configs.apisix.matching import METHODS, Match, is_off, read_match
from tests.configs.apisix.files import context, problems_in

AT = ("routes", 0)


def read(table: dict[str, object], hosts: object = None) -> Match | None:
    """Read a route; its service has these hosts."""
    return read_match(table, AT, context(), hosts=hosts)


@pytest.mark.parametrize(
    ("uri", "path", "prefix"),
    [
        ("/hello", "/hello", False),
        ("/hello/", "/hello/", False),
        ("/hello*", "/hello", True),
        ("/hello/*", "/hello/", True),
        ("/*", "/", True),
        ("*", "/", True),
        ("/v1/a:b", "/v1/a:b", False),
    ],
)
def test_a_uri_is_a_path_or_a_prefix(uri: str, path: str, prefix: bool) -> None:  # noqa: FBT001 - a column
    """Letter by letter."""
    assert read({"uri": uri}) == Match(paths=((path, prefix, (*AT, "uri")),))


def test_there_may_be_several_uris() -> None:
    """Each has its place."""
    assert read({"uris": ["/a", "/b/*"]}) == Match(
        paths=(
            ("/a", False, (*AT, "uris", 0)),
            ("/b/", True, (*AT, "uris", 1)),
        )
    )


@pytest.mark.parametrize(
    ("table", "service", "hosts"),
    [
        ({}, None, ()),
        ({}, ["A.example"], ("a.example",)),
        ({"host": "Shop.Example"}, ["a.example"], ("shop.example",)),
        ({"hosts": ["b.example", "*.c.example", "B.example"]}, None, "two"),
        ({"host": "[::1]"}, None, ("[::1]",)),
    ],
)
def test_hosts_are_the_routes_or_its_services(
    table: dict[str, object], service: object, hosts: object
) -> None:
    """In lower case, each once."""
    match = read({"uri": "/", **table}, service)
    assert match is not None
    expected = ("b.example", "*.c.example") if hosts == "two" else hosts
    assert match.hosts == expected


def test_methods_and_priority() -> None:
    """An empty list of methods is for all."""
    match = read({"uri": "/", "methods": ["GET", "PURGE"], "priority": -1})
    assert match is not None
    assert (match.methods, match.priority) == (("GET", "PURGE"), -1)
    assert read({"uri": "/", "methods": []}) == read({"uri": "/"})
    assert read({"uri": "/", "methods": list(METHODS)}) is not None


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({}, "routes[0]: expected either uri or uris"),
        ({"uri": "/", "uris": ["/"]}, "routes[0]: expected either uri or uris"),
        ({"uri": 1}, 'routes[0]: property "uri" validation failed'),
        ({"uri": ""}, 'routes[0]: property "uri" validation failed'),
        ({"uris": []}, 'routes[0]: property "uris" validation failed'),
        ({"uris": ["/", "/"]}, 'routes[0]: property "uris" validation failed'),
        ({"uri": "hello"}, "routes[0].uri: path has 'hello'"),
        ({"uri": "/a/*/b"}, "routes[0].uri: path has '/a/*/b'"),
        ({"uri": "/a**"}, "routes[0].uri: prefix goes without '*'"),
        ({"uri": "/a//b"}, "routes[0].uri: path has '/a//b'"),
        ({"uri": "/a%20b"}, "routes[0].uri: path has '/a%20b'"),
        ({"uris": ["/a", "/../b"]}, "routes[0].uris[1]: path has '/../b'"),
        ({"uri": "/", "host": "*a.example"}, "routes[0]: hosts has '*a.example'"),
        ({"uri": "/", "host": "a_b"}, "routes[0]: hosts has 'a_b'"),
        ({"uri": "/", "host": "a b"}, 'routes[0]: property "host" validation failed'),
        ({"uri": "/", "hosts": []}, 'routes[0]: property "hosts" validation failed'),
        (
            {"uri": "/", "host": "a", "hosts": ["b"]},
            "routes[0]: expected either host or hosts",
        ),
        ({"uri": "/", "methods": ["get"]}, 'routes[0]: property "methods" validation'),
        ({"uri": "/", "methods": "GET"}, 'routes[0]: property "methods" validation'),
        ({"uri": "/", "priority": "1"}, 'routes[0]: property "priority" validation'),
        ({"uri": "/", "status": 2}, 'routes[0]: property "status" validation failed'),
    ],
)
def test_what_cannot_be_read_is_a_problem(table: dict[str, object], why: str) -> None:
    """Left out, its requests might come to a public route."""
    given = context()
    assert read_match(table, AT, given, hosts=None) is None
    assert problems_in(given)[0].startswith(why)


@pytest.mark.parametrize(
    ("uri", "instead"),
    [
        ("/user/:id", "/user/*"),
        ("/user/:id/orders/:number", "/user/*"),
        ("/:name*", "/*"),
        ("/a/:", "/a/*"),
    ],
)
def test_a_parameter_is_a_problem(uri: str, instead: str) -> None:
    """One of APISIX's routers takes it for any segment, the file tells not which."""
    given = context()
    assert read_match({"uris": ["/", uri]}, AT, given, hosts=None) is None
    (problem,) = problems_in(given)
    assert problem == (
        "routes[0].uris[1]: a segment that begins with ':' is a parameter to one of "
        f"APISIX's routers; write {instead}"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("remote_addr", "10.0.0.1"),
        ("remote_addrs", ["10.0.0.1"]),
        ("vars", [["arg_a", "==", "b"]]),
        ("filter_func", "function() end"),
        ("script", "return"),
        ("script_id", 1),
    ],
)
def test_a_criterion_that_is_not_known_is_a_problem(name: str, value: object) -> None:
    """The route would be for other requests."""
    given = context()
    assert read_match({"uri": "/", name: value}, AT, given, hosts=None) is None
    (problem,) = problems_in(given)
    assert problem.startswith(f"routes[0].{name}: is not carried over, and the route")


def test_an_empty_criterion_is_none() -> None:
    """It chooses nothing."""
    assert read({"uri": "/", "vars": []}) == read({"uri": "/"})


@pytest.mark.parametrize(
    ("table", "off"), [({}, False), ({"status": 1}, False), ({"status": 0}, True)]
)
def test_a_route_can_be_switched_off(table: dict[str, object], off: bool) -> None:  # noqa: FBT001 - a column
    """By its status."""
    assert is_off(table) is off
