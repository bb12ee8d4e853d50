from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from jwtgate.configs.context import Context
from jwtgate.configs.kong.criteria import Match, read_matches
from jwtgate.configs.kong.document import read_document
from jwtgate.routes import Route
from tests.configs.kong.kit import context, root, sentences


def matches(
    given: Context | None = None, *, is_latest: bool = True, **members: Any
) -> list[Match]:
    """Read what one route matches."""
    given = given or context()
    (route,) = read_document(root(routes=[members]), given).routes
    return read_matches(route, given, is_latest=is_latest)


def match(**members: Any) -> Match:
    """Read what one route with one path matches."""
    given = context()
    (found,) = matches(given, **members)
    assert not given.problems
    return found


def told(*, is_latest: bool = True, **members: Any) -> tuple[str, ...]:
    """Give the problems of one route, which matches nothing then."""
    given = context()
    assert matches(given, is_latest=is_latest, **members) == []
    return sentences(given.problems)


def test_a_path_is_what_a_path_begins_with() -> None:
    """Letter by letter."""
    assert match(paths=["/orders"]).route == Route(path="/orders", prefix=True)


def test_a_route_without_path_matches_all_paths() -> None:
    """With its other criteria."""
    found = match(methods=["GET", "POST"], hosts=["a.example", "*.b.example"])
    assert found.at == ("routes", 0)
    assert found.route == Route(
        path="/",
        prefix=True,
        methods=("GET", "POST"),
        hosts=("a.example", "*.b.example"),
    )


def test_each_path_is_a_match_of_its_own() -> None:
    """With the place of the path, and the other criteria."""
    found = matches(paths=["/a", "/bc"], methods=["GET"])
    assert [(each.at, each.route) for each in found] == [
        (("routes", 0, "paths", 0), Route(path="/a", prefix=True, methods=("GET",))),
        (("routes", 0, "paths", 1), Route(path="/bc", prefix=True, methods=("GET",))),
    ]


RANKS: dict[str, tuple[dict[str, Any], tuple[int, bool, int]]] = {
    "path": ({"paths": ["/ab"]}, (1, False, 3)),
    "method": ({"methods": ["GET"]}, (1, False, 0)),
    "host": ({"hosts": ["a.example"]}, (1, True, 0)),
    "wildcard": ({"hosts": ["*.example"]}, (1, False, 0)),
    "a wildcard among others": ({"hosts": ["a.example", "*.b"]}, (1, False, 0)),
    "two": ({"hosts": ["a.example"], "paths": ["/a"]}, (2, True, 2)),
    "three": (
        {"hosts": ["a.example"], "paths": ["/a"], "methods": ["GET"]},
        (3, True, 2),
    ),
    "empty lists": ({"hosts": [], "methods": [], "paths": ["/a"]}, (1, False, 2)),
    "as it is written": ({"paths": ["/a%20b"]}, (1, False, 6)),
    "less what needs no escape": ({"paths": ["/%61%C3%A9b"]}, (1, False, 9)),
}


@pytest.mark.parametrize(("members", "rank"), RANKS.values(), ids=RANKS.keys())
def test_a_match_has_a_rank(
    members: dict[str, Any], rank: tuple[int, bool, int]
) -> None:
    """Kinds of criteria first, plain hosts next, then the length of the path."""
    assert match(**members).rank == rank


PATHS: dict[str, tuple[str, str]] = {
    "root": ("/", "/"),
    "slash at the end": ("/a/", "/a/"),
    "blank": ("/a%20b", "/a b"),
    "letter": ("/%61", "/a"),
    "UTF-8": ("/%C3%A9", "/\u00e9"),
    "signs": ("/a:b@c!$&'()+,=", "/a:b@c!$&'()+,="),
}


@pytest.mark.parametrize(("written", "path"), PATHS.values(), ids=PATHS.keys())
def test_a_path_is_decoded(written: str, path: str) -> None:
    """As the paths of requests are."""
    assert match(paths=[written]).route.path == path


@pytest.mark.parametrize("path", ["/a-b_c.d~e/f", "/%20"])
def test_a_path_of_kong_2_is_plain(path: str) -> None:
    """Of letters, digits and a few signs."""
    assert len(matches(paths=[path], is_latest=False)) == 1


REGEX = "a regex path is not carried over; name what it matches as plain paths"
BAD_PATHS: dict[str, tuple[str, bool, str]] = {
    "regex": ("~/a", True, REGEX),
    "regex of 2": ("/a/\\d+", False, REGEX),
    "dollar of 2": ("/a$", False, REGEX),
    "colon of 2": ("/a:b", False, REGEX),
    "no slash": ("a", True, "should start with: / (fixed path) or ~/ (regex path)"),
    "no slash of 2": ("~/a", False, "should start with: /"),
    "regex without slash": ("~a", True, "should start with: / (fixed path) or ~/ "),
    "empty": ("", True, "length must be at least 1"),
    "segments": ("/a//b", True, "must not have empty segments"),
    "escape": ("/a%zz", True, "invalid url-encoded value: '%zz'"),
    "end of an escape": ("/a%2", True, "invalid url-encoded value: '%2'"),
    "slash": ("/a%2Fb", True, "has %2F, which Kong does not decode"),
    "percent": ("/a%25", True, "has %25, which Kong does not decode"),
    "question mark": ("/a%3f", True, "has %3f, which Kong does not decode"),
    "dots": ("/a/../b", True, "path has '/a/../b'; expected a decoded one"),
    "no UTF-8": ("/%FF", True, "path has '/\ufffd'; expected a decoded one"),
    "parameter": ("/a;b", True, "path has '/a;b'; expected a decoded one"),
    "star": ("/a*", True, "prefix goes without '*' at the end of the path"),
    "star inside": ("/a*b", True, "path has '/a*b'; expected a decoded one"),
}


@pytest.mark.parametrize(
    ("path", "is_latest", "problem"), BAD_PATHS.values(), ids=BAD_PATHS.keys()
)
def test_a_path_that_cannot_be_is_told(
    path: str,
    is_latest: bool,  # noqa: FBT001 - a column
    problem: str,
) -> None:
    """In Kong's words, where it has some."""
    given = context()
    assert matches(given, paths=["/ok", path], is_latest=is_latest) in ([], ANY_OK)
    (sentence,) = sentences(given.problems)
    assert sentence.startswith(f"routes[0].paths[1]: {problem}")


ANY_OK = [
    Match(("routes", 0, "paths", 0), (1, False, 3), Route(path="/ok", prefix=True))
]


HOSTS: dict[str, tuple[str, str]] = {
    "two": ("*.a.*", "[0]: invalid wildcard: must have at most one wildcard"),
    "inside": ("a.*.b", "[0]: invalid wildcard: must be placed at leftmost or"),
    "part": ("a*.b", "[0]: invalid wildcard: must be placed at leftmost or"),
    "end": ("a.*", "[0]: a wildcard at the end is not carried over"),
    "port": ("a.example:8080", ": has 'a.example:8080'; expected a name in lower case"),
    "capitals": ("A.example", ": has 'A.example'; expected a name in lower case"),
    "empty": ("", "[0]: length must be at least 1"),
}


@pytest.mark.parametrize(("host", "problem"), HOSTS.values(), ids=HOSTS.keys())
def test_a_host_that_cannot_be_is_told(host: str, problem: str) -> None:
    """In Kong's words, where it has some."""
    (sentence,) = told(hosts=[host], methods=["GET"])
    assert sentence.startswith(f"routes[0].hosts{problem}")


UNKNOWN: dict[str, Any] = {
    "headers": {"X-Version": ["2"]},
    "snis": ["a.example"],
    "sources": [{"ip": "10.0.0.1"}],
    "destinations": [{"port": 80}],
    "expression": 'http.path == "/a"',
}


@pytest.mark.parametrize(("name", "value"), UNKNOWN.items(), ids=UNKNOWN.keys())
def test_other_criteria_are_told(name: str, value: object) -> None:
    """A route without them would match more."""
    members: dict[str, Any] = {name: value}
    assert told(paths=["/a"], **members) == (
        f"routes[0].{name}: is not carried over; a route without it would match more",
    )


@pytest.mark.parametrize(
    "members", [{"headers": {}}, {"snis": []}, {"expression": None}]
)
def test_empty_ones_are_no_matter(members: dict[str, Any]) -> None:
    """They choose nothing."""
    assert match(paths=["/a"], **members).route.path == "/a"


def test_an_expression_alone_is_told_once() -> None:
    """It is a criterion."""
    assert len(told(expression="a")) == 1


NAMES = "'methods', 'hosts', 'headers', 'paths'"


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({}, f"must set one of {NAMES}, 'snis' when 'protocols' is 'https'"),
        (
            {"protocols": ["https"]},
            f"must set one of {NAMES}, 'snis' when 'protocols' is 'https'",
        ),
        (
            {"protocols": ["http"], "paths": []},
            f"must set one of {NAMES} when 'protocols' is 'http'",
        ),
    ],
)
def test_no_criteria_at_all_are_told(members: dict[str, Any], text: str) -> None:
    """In Kong's words: it would match everything."""
    assert told(**members) == (f"routes[0]: {text}",)


def test_a_method_in_small_letters_is_told() -> None:
    """In Kong's words."""
    given = context()
    matches(given, paths=["/a"], methods=["get"])
    assert sentences(given.problems) == ("routes[0].methods[0]: invalid value: get",)


@pytest.mark.parametrize("protocols", [["grpc"], ["tcp"], ["tls_passthrough"]])
def test_a_route_without_http_matches_nothing(protocols: list[str]) -> None:
    """It is noted."""
    given = context()
    assert matches(given, protocols=protocols, hosts=["a.example"]) == []
    assert not given.problems
    assert str(given.notes.report()) == (
        "dropped: routes[0].protocols: no request of HTTP comes to this route"
    )


def test_a_route_for_websockets_alone_is_told() -> None:
    """Here it would match HTTP."""
    (problem,) = told(protocols=["ws", "wss"], paths=["/a"])
    assert problem.startswith("routes[0].protocols: is not carried over")


def test_https_is_left_to_the_server() -> None:
    """It is noted."""
    given = context()
    assert len(matches(given, protocols=["https"], paths=["/a"])) == 1
    assert str(given.notes.report()) == (
        "warning: routes[0].protocols: TLS is left to the server; HTTP matches, too"
    )


@pytest.mark.parametrize("protocols", [["http"], ["http", "https"]])
def test_http_needs_no_note(protocols: list[str]) -> None:
    """It is what matches."""
    given = context()
    assert len(matches(given, protocols=protocols, paths=["/a"])) == 1
    assert not given.notes.report()


def test_a_path_of_a_reference_is_not_shown() -> None:
    """It may be a secret."""
    given = context()
    given.problems.references["~/hunter2"] = "$env://PATH"
    matches(given, paths=["~/hunter2"])
    assert "hunter2" not in sentences(given.problems)[0]


@drawn(path=st.text(), is_latest=st.booleans())
def test_any_path_is_read_or_told(path: str, is_latest: bool) -> None:  # noqa: FBT001 - drawn
    """Exactly one of the two."""
    given = context()
    found = matches(given, paths=[path], is_latest=is_latest)
    assert bool(found) is not bool(given.problems)


def test_what_was_told_already_is_not_told_again() -> None:
    """That its path is none, so that it has no criteria."""
    assert told(paths=[1]) == ("routes[0].paths[0]: expected a string",)
