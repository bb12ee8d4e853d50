import pytest

from jwtgate import RequestView
from jwtgate.extraction.request import path_below

LINES = [
    (b"Host", b"a"),
    (b"X_Token", b"1"),
    (b"x-token", b"2"),
    (b"accept", b"*"),
    (b"origin", b"https://a.example,https://b.example"),
]
VIEW = RequestView("GET", headers=LINES)


def test_lines_are_found_in_any_case_and_with_underscores() -> None:
    """Every copy counts, in order, whatever a server may fold into its name."""
    assert VIEW.lines(b"x-token") == [b"1", b"2"]


def test_no_line_of_a_name() -> None:
    """A header that did not come has no lines."""
    assert VIEW.lines(b"cookie") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(b"accept", b"*", id="once"),
        pytest.param(b"x-token", None, id="twice"),
        pytest.param(b"origin", None, id="twice-and-joined-by-the-server"),
        pytest.param(b"cookie", None, id="never"),
    ],
)
def test_a_single_line_is_one_that_came_once(
    name: bytes, expected: bytes | None
) -> None:
    """Of two lines none is better than the other, so neither is taken."""
    assert VIEW.single_line(name) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([b"app.example"], b"app.example", id="one"),
        pytest.param([b"a.example", b"b.example"], None, id="two"),
        pytest.param([], None, id="none"),
    ],
)
def test_the_host_is_the_one_host_line(
    values: list[bytes], expected: bytes | None
) -> None:
    """Two Host lines are as good as none."""
    request = RequestView("GET", headers=[(b"HOST", value) for value in values])
    assert request.host == expected


def test_the_host_is_found_among_any_number_of_lines() -> None:
    """Only tokens are not sought in more than a thousand."""
    headers = [(b"a", b"")] * 1000 + [(b"host", b"app.example")]
    assert RequestView("GET", headers=headers).host == b"app.example"


def test_what_is_left_out_is_an_empty_http_request() -> None:
    """A method is enough for a request."""
    request = RequestView("GET")
    assert (
        request.path,
        request.query,
        list(request.headers),
        request.scheme,
        request.client,
        request.kind,
    ) == ("/", b"", [], "http", None, "http")


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/api/x", "", "/api/x"),
        ("/api/x", "/api", "/x"),
        ("/api/x", "/api/", "x"),
        ("/api//x", "/api/", "/x"),
        ("/api", "/api/", "/api"),
        ("/api", "/api", ""),
        ("/apix", "/api", "x"),
        ("/x", "/api", "/x"),
        ("/api/x", "/", "/api/x"),
    ],
)
def test_a_path_below_a_root(path: str, root: str, expected: str) -> None:
    """ASGI has the whole path, of which the root is where an outer app mounted us."""
    assert path_below(path, root) == expected


# Made by hand


def test_a_view_of_a_get() -> None:
    """The path is decoded, the query is not."""
    view = RequestView.get("/a%20b?c=%20d", token="t.o.k")
    assert (view.method, view.path, view.raw_path) == ("GET", "/a b", b"/a%20b")
    assert view.query == b"c=%20d"
    assert list(view.headers) == [(b"authorization", b"Bearer t.o.k")]


def test_a_view_of_a_get_without_a_token() -> None:
    """Other headers may be given."""
    view = RequestView.get(headers=[(b"host", b"a")])
    assert (view.path, list(view.headers)) == ("/", [(b"host", b"a")])
