from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Policy, RequestView, Route
from jwtgate.counting import Counter
from jwtgate.errors import AmbiguousPath
from jwtgate.guard import Guard
from jwtgate.router import Router
from tests.kit import ListStore, clock

GUARDS = [
    Guard(
        ListStore(),
        Policy(),
        gate=None,
        clock=clock,
        counter=Counter(),
        place=str(each),
    )
    for each in range(9)
]


def router(*routes: Route, closed: bool = False) -> Router:
    """Make a router, each route with a guard of its own."""
    return Router(list(zip(routes, GUARDS, strict=False)), closed=closed)


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
        (Route(path="/a", prefix=True), Route(path="/A", prefix=True, public=True)),
        (Route(path="/a", prefix=True), Route(path="/a*")),
        (Route(path="/a/", prefix=True), Route(path="/A/", prefix=True)),
        (Route(path="/a", priority=7), Route(path="/a", priority=7)),
        (Route(path="/a", priority=-1), Route(path="/a/", priority=-1, public=True)),
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
        (Route(path="/a", priority=1), Route(path="/a")),
        (Route(path="/a", prefix=True), Route(path="/a/", prefix=True)),
        (Route(path="/a", prefix=True), Route(path="/a")),
        (Route(path="/a", prefix=True), Route(path="/a/*")),
    ],
    ids=[
        "methods",
        "hosts",
        "a method and all",
        "a host and all",
        "paths",
        "priorities",
        "a prefix with a slash",
        "a prefix and a path",
        "a prefix and a tree",
    ],
)
def test_no_tie(one: Route, other: Route) -> None:
    """Requests come to one of them, or to the one that says more."""
    assert len(router(one, other).guards) == 2


# Prefixes


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/foo/", "/foo/"),
        ("/foo/x", "/foo/"),
        ("/FOO/x", "/foo/"),
        ("/foo", None),
        ("/foox", None),
        ("/bar", "/bar"),
        ("/bar/x", "/bar"),
        ("/BARN", "/bar"),
        ("/ba", None),
    ],
)
def test_a_guarded_prefix_matches_as_it_is_written_in_any_case(
    path: str, expected: str | None
) -> None:
    """As the gateways, of which none takes a slash for nothing."""
    routes = router(Route(path="/foo/", prefix=True), Route(path="/bar", prefix=True))
    assert found(routes, path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/foo/x", "/foo/"),
        ("/foo", None),
        ("/Foo/x", None),
        ("/barn", "/bar"),
        ("/Barn", None),
    ],
)
def test_a_public_prefix_matches_letter_by_letter(
    path: str, expected: str | None
) -> None:
    """What is not written there is not public."""
    routes = router(
        Route(path="/foo/", prefix=True, public=True),
        Route(path="/bar", prefix=True, public=True),
    )
    assert found(routes, path) == expected


def test_the_root_as_a_prefix_is_every_path() -> None:
    """As ``/*`` is."""
    routes = router(Route(path="/", prefix=True))
    assert [found(routes, path) for path in ("/", "/a", "/a/b")] == ["/"] * 3


def test_of_prefixes_the_longest_wins() -> None:
    """Whatever their order."""
    routes = router(
        Route(path="/a", prefix=True),
        Route(path="/a/b", prefix=True, public=True),
        Route(path="/", prefix=True),
    )
    assert [found(routes, path) for path in ("/a/bc", "/a/B", "/x")] == [
        "/a/b",
        "/a",
        "/",
    ]


def came_to(routes: Router, path: str) -> Route | None:
    """Give the route that a request comes to."""
    match = routes.match(RequestView("GET", path))
    return match[0] if match else None


@pytest.mark.parametrize("path", ["/", "/foo/"])
def test_an_exact_path_is_closer_than_a_prefix_of_the_same_text(path: str) -> None:
    """A public tree must not open a page in it that is guarded by name."""
    guarded = Route(path=path)
    routes = router(guarded, Route(path=path, prefix=True, public=True))
    assert came_to(routes, path) is guarded


def test_a_public_prefix_opens_no_spelling_of_a_guarded_path() -> None:
    """Nor does a public tree: many apps answer ``/foo/`` as ``/foo``."""
    guarded = Route(path="/foo")
    routes = router(guarded, Route(path="/foo/", prefix=True, public=True))
    assert came_to(routes, "/foo/") is guarded


# Priorities


@pytest.mark.parametrize("path", ["/a", "/a/b", "/A/B"])
def test_priority_beats_closeness(path: str) -> None:
    """Only among equal priorities does the closest match count."""
    routes = router(
        Route(path="/*", priority=1), Route(path="/a"), Route(path="/a/b", priority=-1)
    )
    assert found(routes, path) == "/*"


def test_among_equal_priorities_the_closest_match_counts() -> None:
    """Any number, also below 0."""
    routes = router(Route(path="/*", priority=-3), Route(path="/a", priority=-3))
    assert [found(routes, path) for path in ("/a", "/b")] == ["/a", "/*"]


def test_what_a_higher_priority_does_not_match_is_left_to_a_lower() -> None:
    """By method, say."""
    routes = router(
        Route(path="/a", methods=["GET"], priority=1), Route(path="/*", priority=0)
    )
    assert found(routes, "/a", "POST") == "/*"


# Where only routes are answered


@pytest.mark.parametrize(
    "path",
    ["/FOO", "/foo/", "/Foo", "/foo;x=1", "/BAR/x", "/bar;x/y", "/CATS", "/BIN/x"],
)
def test_closed_a_path_that_is_not_written_has_no_route(path: str) -> None:
    """A gateway answers it with 404."""
    routes = router(
        Route(path="/foo"),
        Route(path="/bar/*"),
        Route(path="/cat*"),
        Route(path="/bin/", prefix=True),
        closed=True,
    )
    assert found(routes, path) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/foo", "/foo"),
        ("/Bar/", "/Bar/"),
        ("/b", "/b/*"),
        ("/b/", "/b/*"),
        ("/b/X", "/b/*"),
        ("/catS", "/cat*"),
        ("/bin/x", "/bin/"),
        ("/Open", "/Open"),
    ],
)
def test_closed_a_path_that_is_written_has_its_route(path: str, expected: str) -> None:
    """Letter by letter, where letters are written."""
    routes = router(
        Route(path="/foo"),
        Route(path="/Bar/"),
        Route(path="/b/*"),
        Route(path="/cat*"),
        Route(path="/bin/", prefix=True),
        Route(path="/Open", public=True),
        closed=True,
    )
    assert found(routes, path) == expected


@pytest.mark.parametrize("path", ["/Bar", "/bar/", "/bar"])
def test_closed_a_slash_at_the_end_is_written(path: str) -> None:
    """With it, or without."""
    assert found(router(Route(path="/Bar/"), closed=True), path) is None


@pytest.mark.parametrize("path", ["/ADMIN", "/admin/", "/Admin/", "/admin;x=1"])
def test_closed_no_spelling_of_a_guarded_path_is_a_public_one(path: str) -> None:
    """What a public tree holds as written is guarded all the same: an app folds."""
    routes = router(Route(path="/*", public=True), Route(path="/admin/*"), closed=True)
    assert found(routes, path) == "/admin/*"


@pytest.mark.parametrize("path", ["/ADMIN", "/admin/", "/admin;x", "/A/Keys"])
def test_closed_what_may_be_either_of_two_guarded_routes_is_ambiguous(
    path: str,
) -> None:
    """One guards it as written, the other as an app may read it: neither decides."""
    routes = router(
        Route(path="/*"), Route(path="/admin"), Route(path="/a/keys"), closed=True
    )
    with pytest.raises(AmbiguousPath):
        found(routes, path)


def test_closed_of_two_routes_with_one_guard_neither_is_the_wrong_one() -> None:
    """What is demanded is the same."""
    routes = [Route(path="/*"), Route(path="/admin")]
    one = Router([(route, GUARDS[0]) for route in routes], closed=True)
    assert found(one, "/ADMIN") == "/*"


def test_closed_a_route_in_capitals_is_not_taken_for_another() -> None:
    """A lax one for ``/Foo/bar`` would else decide on ``/foo/bar``."""
    routes = router(Route(path="/Foo/bar"), Route(path="/foo/*"), closed=True)
    with pytest.raises(AmbiguousPath):
        found(routes, "/foo/bar")
    assert found(routes, "/foo/x") == "/foo/*"


@pytest.mark.parametrize("method", ["GET", "get"])
def test_closed_methods_are_compared_in_any_case(method: str) -> None:
    """Letters are those of paths."""
    routes = router(Route(path="/a", methods=["GET"]), closed=True)
    assert found(routes, "/a", method) == "/a"


@pytest.mark.parametrize("methods", [["HEAD"], ["GET", "HEAD"], []], ids=str)
def test_closed_head_is_written(methods: list[str]) -> None:
    """As in the gateways: GET does not cover it."""
    routes = router(Route(path="/a", methods=methods), closed=True)
    assert found(routes, "/a", "HEAD") == "/a"
    assert found(router(Route(path="/a", methods=["GET"]), closed=True), "/a") == "/a"


def test_closed_head_has_no_route_of_get() -> None:
    """It is answered with 404, as any other method."""
    routes = router(Route(path="/a", methods=["GET"]), closed=True)
    assert found(routes, "/a", "HEAD") is None


def test_closed_head_opens_no_guarded_path() -> None:
    """Apps answer HEAD as GET, so a public tree that holds it is not taken."""
    routes = router(
        Route(path="/*", public=True), Route(path="/a", methods=["GET"]), closed=True
    )
    assert found(routes, "/a", "HEAD") == "/a"


@pytest.mark.parametrize(
    ("tree", "page"), [(False, False), (False, True), (True, True)]
)
def test_closed_head_comes_to_the_route_that_names_it(
    *, tree: bool, page: bool
) -> None:
    """As in the gateways, past one for GET, unless that is the one that guards."""
    routes = router(
        Route(path="/*", public=tree),
        Route(path="/a", methods=["GET"], public=page),
        closed=True,
    )
    assert [found(routes, "/a", each) for each in ("GET", "HEAD")] == ["/a", "/*"]


def test_closed_a_path_written_for_another_method_is_not_written() -> None:
    """Nor is one for another host."""
    routes = router(
        Route(path="/a", methods=["GET"]),
        Route(path="/A", methods=["POST"]),
        Route(path="/B", hosts=["b"]),
        Route(path="/b", hosts=["a"]),
        closed=True,
    )
    assert found(routes, "/a", "POST") is None
    assert found(routes, "/B", host="a") is None


def test_closed_a_path_written_for_this_host_is_written() -> None:
    """As ever in any case, without port."""
    routes = router(Route(path="/b", hosts=["a"]), closed=True)
    assert found(routes, "/b", host="A:80") == "/b"


@pytest.mark.parametrize("path", ["//foo", "/x/../foo", "/foo%2f"])
def test_closed_an_ambiguous_path_is_refused(path: str) -> None:
    """It is no unknown one."""
    with pytest.raises(AmbiguousPath):
        found(router(Route(path="/foo"), closed=True), path)


def test_closed_without_routes_nothing_is_found() -> None:
    """So nothing is answered."""
    assert router(closed=True).match(RequestView("GET", "/")) is None


WORDS = st.sampled_from(["a", "A", "ab", "AB", "\u0131", "\u017f"])
PATHS = st.lists(WORDS, max_size=3).map(lambda words: "/" + "/".join(words))
SENT = st.tuples(PATHS, st.sampled_from(["", "/", ";x"])).map(
    lambda parts: parts[0] if parts[0] == "/" else "".join(parts)
)
# A path, all that begins with it, that with a slash, all below: each in both notations.
FORMS: list[tuple[str, bool]] = [
    ("", False),
    ("/", False),
    ("", True),
    ("/", True),
    ("*", False),
    ("/*", False),
]


def routed(path: str, form: tuple[str, bool], public: object, priority: int) -> Route:
    """Make a route of a form."""
    end, prefix = form
    text = "/" + (path + end).lstrip("/")
    return Route(path=text, prefix=prefix, public=public is True, priority=priority)


ROUTES = st.lists(
    st.builds(
        routed,
        PATHS,
        st.sampled_from(FORMS),
        st.booleans(),
        st.sampled_from([0, 0, 0, 1]),
    ),
    max_size=4,
)


def is_written(path: str, routes: Sequence[Route]) -> bool:
    """Whether a path is one of a route letter by letter, said in another way."""
    for route in routes:
        tree = route.path.removesuffix("/*")
        if path.startswith(route.path.removesuffix("*")) and (
            route.prefix or route.path.endswith("*") or path == route.path
        ):
            return True
        if tree != route.path and path == tree:
            return True
    return False


@given(routes=ROUTES, path=SENT)
def test_closed_a_path_has_no_other_route_than_open(
    routes: list[Route], path: str
) -> None:
    """It has that one where the path is written, and else none."""
    try:
        open_, closed = router(*routes), router(*routes, closed=True)
    except ConfigurationError:
        return
    route = came_to(open_, path)
    try:
        assert came_to(closed, path) is (route if is_written(path, routes) else None)
    except AmbiguousPath:
        guarded = [each for each in routes if not each.public]
        assert route in guarded
        assert not is_written(path, [each for each in guarded if each is route])
        assert is_written(path, guarded)


@given(routes=ROUTES, path=SENT)
def test_a_public_route_is_come_to_as_written_alone(
    routes: list[Route], path: str
) -> None:
    """Open or closed, whatever else there is."""
    try:
        made = [router(*routes, closed=closed) for closed in (False, True)]
    except ConfigurationError:
        return
    for each in made:
        with suppress(AmbiguousPath):
            route = came_to(each, path)
            assert route is None or not route.public or is_written(path, [route])
