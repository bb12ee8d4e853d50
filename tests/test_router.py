import pytest

from jwtgate import ConfigurationError, Policy, RequestView, Route
from jwtgate.errors import AmbiguousPath
from jwtgate.guard import Guard
from jwtgate.router import Router
from tests.kit import ListStore, clock

GUARD = Guard(ListStore(), Policy(), gate=None, clock=clock)


def router(*routes: Route) -> Router:
    """Make a router; whose guards do not matter here."""
    return Router([(route, GUARD) for route in routes])


def found(
    routes: Router, path: str, method: str = "GET", host: str = "a"
) -> str | None:
    """Give the path of the route that a request comes to."""
    headers = [(b"host", host.encode())]
    match = routes.match(RequestView(method, path, headers=headers))
    return match[0].path if match else None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a", "/a"),
        ("/a/", "/a"),
        ("/A", "/a"),
        ("/a/b", None),
        ("/b", "/b/*"),
        ("/b/", "/b/*"),
        ("/B/c", "/b/*"),
        ("/bc", None),
        ("/c", None),
        ("/cat", "/ca*"),
        ("/CA", "/ca*"),
    ],
)
def test_a_guarded_route_matches_every_spelling(
    path: str, expected: str | None
) -> None:
    """Apps may route in any case and with a trailing slash."""
    routes = router(Route(path="/a"), Route(path="/b/*"), Route(path="/ca*"))
    assert found(routes, path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a", "/a"),
        ("/a/", None),
        ("/A", None),
        ("/b", "/b/*"),
        ("/b/c", "/b/*"),
        ("/B/c", None),
        ("/cat", "/ca*"),
        ("/Cat", None),
    ],
)
def test_a_public_route_matches_exactly(path: str, expected: str | None) -> None:
    """What is not written there is not public."""
    routes = router(
        Route(path="/a", public=True),
        Route(path="/b/*", public=True),
        Route(path="/ca*", public=True),
    )
    assert found(routes, path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "/*"),
        ("/x", "/*"),
        ("/admin", "/admin/*"),
        ("/ADMIN/x", "/admin/*"),
        ("/admin/login", "/admin/login"),
        ("/admin/login/", "/admin/*"),
        ("/admin/Login", "/admin/*"),
        ("/administrator", "/*"),
    ],
)
def test_the_longest_match_wins(path: str, expected: str) -> None:
    """A guarded part of a public tree, and a public page in it."""
    routes = router(
        Route(path="/*", public=True),
        Route(path="/admin/*"),
        Route(path="/admin/login", public=True),
    )
    assert found(routes, path) == expected


def test_an_exact_path_is_closer_than_a_tree_and_a_tree_than_a_prefix() -> None:
    """Of patterns with the same text."""
    routes = router(Route(path="/a*"), Route(path="/a/*"), Route(path="/a"))
    assert [found(routes, path) for path in ("/a", "/a/b", "/ab")] == [
        "/a",
        "/a/*",
        "/a*",
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "get"])
def test_get_covers_head_in_any_case(method: str) -> None:
    """Apps answer HEAD as GET, and some servers change the case."""
    assert found(router(Route(path="/a", methods=["GET"])), "/a", method) == "/a"


def test_another_method_does_not_match() -> None:
    """It gets what else matches, or the gate's own policy."""
    assert found(router(Route(path="/a", methods=["GET"])), "/a", "POST") is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("api.example", True),
        ("API.example:8000", True),
        ("api.example.", True),
        ("x.inner.example", True),
        ("inner.example", False),
        ("evilapi.example", False),
        ("[::1]:80", True),
    ],
)
def test_hosts(host: str, expected: object) -> None:
    """Names are compared in lower case, without port and final dot."""
    routes = router(Route(path="/", hosts=["api.example", "*.inner.example", "[::1]"]))
    assert (found(routes, "/", host=host) is not None) is expected


@pytest.mark.parametrize("lines", [[], [b"a", b"b"], [b"a,b"]], ids=str)
def test_without_one_host_a_route_by_host_cannot_be_chosen(lines: list[bytes]) -> None:
    """The app may take another one."""
    headers = [(b"host", line) for line in lines]
    with pytest.raises(AmbiguousPath):
        router(Route(path="/", hosts=["a"])).match(RequestView("GET", headers=headers))


@pytest.mark.parametrize(
    "raw", [b"/a%2Fb", b"/a%2fb", b"/a%5cb", b"/a%00", b"/a\\b"], ids=ascii
)
def test_an_escape_that_some_decode_later_is_ambiguous(raw: bytes) -> None:
    """Where the server tells the path as it was sent."""
    with pytest.raises(AmbiguousPath):
        router(Route(path="/a")).match(RequestView("GET", "/a", raw_path=raw))


@pytest.mark.parametrize("path", ["//a", "/b/../a", "/./a", "a", "http://x/a"])
def test_an_ambiguous_path_is_refused(path: str) -> None:
    """With routes in force, whatever they are."""
    with pytest.raises(AmbiguousPath):
        found(router(Route(path="/a")), path)


def test_without_routes_every_path_is_what_it_is() -> None:
    """Nothing depends on it."""
    assert router().match(RequestView("GET", "//a/../b")) is None


def test_an_empty_path_is_the_root() -> None:
    """WSGI servers may give it so."""
    assert found(router(Route(path="/")), "") == "/"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Route(path="/a"), Route(path="/a")),
        (Route(path="/a"), Route(path="/A")),
        (Route(path="/a"), Route(path="/a/")),
        (Route(path="/a"), Route(path="/a", public=True)),
        (Route(path="/a", methods=["GET"]), Route(path="/a", methods=["HEAD"])),
        (
            Route(path="/a", hosts=["*.example"]),
            Route(path="/a", hosts=["x.example", "y"]),
        ),
        (Route(path="/a", hosts=["x.example"]), Route(path="/a", hosts=["*.example"])),
        (Route(path="/a", hosts=["*.example"]), Route(path="/a", hosts=["*.example"])),
    ],
)
def test_a_tie_is_an_error(one: Route, other: Route) -> None:
    """No order of the file decides what is guarded."""
    with pytest.raises(ConfigurationError, match="equally well"):
        router(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Route(path="/a", methods=["GET"]), Route(path="/a", methods=["POST"])),
        (Route(path="/a", hosts=["x"]), Route(path="/a", hosts=["y"])),
        (Route(path="/a", methods=["GET"]), Route(path="/a")),
        (Route(path="/a", hosts=["x"]), Route(path="/a")),
        (Route(path="/a"), Route(path="/b")),
    ],
    ids=["methods", "hosts", "a method and all", "a host and all", "paths"],
)
def test_no_tie(one: Route, other: Route) -> None:
    """Requests come to one of them, or to the one that says more."""
    assert len(router(one, other).guards) == 2
