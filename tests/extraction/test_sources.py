from collections.abc import Sequence

import pytest

from jwtgate import Reason, RequestView
from jwtgate.errors import TokenConflict
from jwtgate.extraction import CookieSource, HeaderSource, QuerySource, Source
from jwtgate.extraction.bearer import read_bearer_or_bare
from jwtgate.extraction.sources import MAX_CARRIER_LENGTH, MAX_COPIES

HEADER = HeaderSource(["Authorization"])
QUERY = QuerySource(["jwt"])
COOKIE = CookieSource(["jwt"])
ALL = pytest.mark.parametrize(
    "source", [HEADER, QUERY, COOKIE], ids=lambda source: source.carrier
)


def request(*lines: tuple[bytes, bytes], query: bytes = b"") -> RequestView:
    """Make a request of header lines and a query."""
    return RequestView("GET", query=query, headers=lines)


def with_cookies(*lines: bytes) -> RequestView:
    """Make a request of Cookie lines."""
    return request(*((b"cookie", line) for line in lines))


def conflict(source: Source, view: RequestView) -> Reason:
    """Find the reason for which a source refuses a request."""
    with pytest.raises(TokenConflict) as refused:
        source.find(view)
    return refused.value.reason


@ALL
def test_nothing_is_found_in_an_empty_request(source: Source) -> None:
    """A request without headers and query holds no copy."""
    assert source.find(request()) == []


@ALL
def test_a_foreign_header_is_left_alone(source: Source) -> None:
    """Whatever a header of another name holds, it is passed on."""
    assert source.hide_header(b"x-other", b"Bearer A; jwt=A") == b"Bearer A; jwt=A"


@pytest.mark.parametrize("source", [HEADER, COOKIE], ids=["header", "cookie"])
def test_a_query_is_left_alone(source: Source) -> None:
    """Only what seeks in queries hides in queries."""
    assert source.hide_query(b"jwt=A&a=1") == b"jwt=A&a=1"


def test_the_query_source_leaves_headers_alone() -> None:
    """A query source hides nothing in a header, whatever it looks like."""
    assert QUERY.hide_header(b"cookie", b"jwt=A") == b"jwt=A"


@pytest.mark.parametrize(
    ("source", "carrier"),
    [
        pytest.param(HEADER, "header", id="header"),
        pytest.param(QUERY, "query", id="query"),
        pytest.param(COOKIE, "cookie", id="cookie"),
    ],
)
def test_a_source_tells_its_carrier(source: Source, carrier: str) -> None:
    """Rules that depend on the carrier ask the source."""
    assert source.carrier == carrier


# Headers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Bearer A", [b"A"], id="token"),
        pytest.param(b"Bearer", [b""], id="scheme-alone"),
        pytest.param(b"Bearer a b", [b"a b"], id="garbage"),
        pytest.param(b"Basic eDp5", [], id="another-scheme"),
        pytest.param(b"", [], id="empty"),
    ],
)
def test_a_header_is_read_by_its_reader(value: bytes, expected: list[bytes]) -> None:
    """What the reader takes from the one line is the candidate, garbage included."""
    assert HEADER.find(request((b"authorization", value))) == expected


def test_another_reader() -> None:
    """A gateway's own form of the header may be read instead."""
    source = HeaderSource(["authorization"], read_bearer_or_bare)
    assert source.find(request((b"authorization", b"A"))) == [b"A"]


@pytest.mark.parametrize("name", [b"x-my-token", b"X_My_Token", b"X-MY_TOKEN"])
def test_header_names_are_folded(name: bytes) -> None:
    """A header is found in any case, with ``-`` or ``_``."""
    assert HeaderSource(["X-My-Token"]).find(request((name, b"Bearer A"))) == [b"A"]


def test_two_spellings_of_a_name_are_one_name() -> None:
    """A header that is configured twice is still read once."""
    source = HeaderSource(["x-token", "X_Token"])
    assert source.find(request((b"x-token", b"Bearer A"))) == [b"A"]


def test_several_headers_are_read_in_order() -> None:
    """The order is that of the configuration, not that of the request."""
    source = HeaderSource(["x-one", "x-two"])
    view = request((b"x-two", b"Bearer B"), (b"x-one", b"Bearer A"))
    assert source.find(view) == [b"A", b"B"]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([b"Bearer A", b"Bearer B"], id="differing"),
        pytest.param([b"Bearer A", b"Bearer A"], id="equal"),
        pytest.param([b"Basic eDp5", b"Bearer A"], id="another-scheme-first"),
        pytest.param([b"", b"Bearer A"], id="empty-first"),
        pytest.param([b"Basic x", b"Basic x"], id="no-token-at-all"),
        pytest.param([b"Bearer A,Bearer B"], id="joined"),
        pytest.param([b"Bearer A, Bearer A"], id="joined-with-a-blank"),
        pytest.param([b"Basic x,Bearer A"], id="joined-behind-another-scheme"),
        pytest.param([b"Bearer A,"], id="comma-at-the-end"),
    ],
)
def test_a_repeated_header_is_refused(values: Sequence[bytes]) -> None:
    """Twice is too often, equal or not, left apart or joined by a comma."""
    view = request(*((b"authorization", value) for value in values))
    assert conflict(HEADER, view) is Reason.TOKEN_REPEATED


def test_a_header_repeated_in_two_spellings_is_refused() -> None:
    """A line that a server folds into the header counts as one of its lines."""
    view = request((b"x-token", b"Bearer A"), (b"x_token", b"Bearer B"))
    assert conflict(HeaderSource(["X-Token"]), view) is Reason.TOKEN_REPEATED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Bearer A", None, id="token"),
        pytest.param(b"BEARER A,Bearer B", None, id="joined-tokens"),
        pytest.param(b"Basic x,Bearer A", None, id="joined-behind-another-scheme"),
        pytest.param(b"Bearer a b", None, id="garbage"),
        pytest.param(b"Basic eDp5", b"Basic eDp5", id="another-scheme"),
        pytest.param(b"Bearer", b"Bearer", id="scheme-alone"),
    ],
)
def test_a_header_with_a_token_is_hidden(value: bytes, expected: bytes | None) -> None:
    """A line that holds a token goes; the app keeps its other schemes."""
    assert HEADER.hide_header(b"AUTHORIZATION", value) == expected


# Queries


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(b"jwt=A&a=1&%6awt=B", [b"A", b"B"], id="every-copy"),
        pytest.param(b"jwt", [None], id="valueless"),
        pytest.param(b"jwt=", [b""], id="empty"),
    ],
)
def test_a_query_is_searched(query: bytes, expected: list[bytes | None]) -> None:
    """Every copy is given in order; a missing value differs from an empty one."""
    assert QUERY.find(request(query=query)) == expected


def test_a_query_without_its_tokens() -> None:
    """The parameters go, the others stay byte for byte."""
    assert QUERY.hide_query(b"a=%zz&jwt=A&b") == b"a=%zz&b"


@pytest.mark.parametrize("query", [b"jwt=A&jwt=A", b"jwt=A&jwt=B", b"jwt=A&jwt"])
def test_a_unique_parameter_may_not_be_repeated(query: bytes) -> None:
    """Where repeating is refused, equal values are refused too, as APISIX does."""
    source = QuerySource(["jwt"], unique=True)
    assert conflict(source, request(query=query)) is Reason.TOKENS_DIFFER


def test_a_unique_parameter_may_come_once() -> None:
    """One copy is what uniqueness asks for."""
    source = QuerySource(["jwt"], unique=True)
    assert source.find(request(query=b"a=1&jwt=A")) == [b"A"]


def test_a_query_of_the_greatest_length_is_searched() -> None:
    """The limit itself is allowed."""
    padding = b"a" * (MAX_CARRIER_LENGTH - len(b"jwt=A&"))
    assert QUERY.find(request(query=b"jwt=A&" + padding)) == [b"A"]


def test_a_longer_query_is_refused() -> None:
    """A query above the limit is not searched, token or not."""
    view = request(query=b"a" * (MAX_CARRIER_LENGTH + 1))
    assert conflict(QUERY, view) is Reason.CARRIER_TOO_LONG


def test_as_many_parameters_as_are_looked_at() -> None:
    """The limit of copies itself is allowed."""
    query = b"&".join([b"jwt=A"] * MAX_COPIES)
    assert QUERY.find(request(query=query)) == [b"A"] * MAX_COPIES


def test_more_parameters_are_a_conflict() -> None:
    """One copy above the limit is refused, though all are equal."""
    query = b"&".join([b"jwt=A"] * (MAX_COPIES + 1))
    assert conflict(QUERY, request(query=query)) is Reason.TOKENS_DIFFER


# Cookies


def test_all_cookie_lines_are_searched() -> None:
    """A token in a second Cookie line is found as well."""
    view = request(
        (b"Cookie", b"a=1; jwt=A"), (b"x-cookie", b"jwt=X"), (b"COOKIE", b"jwt=B")
    )
    assert COOKIE.find(view) == [b"A", b"B"]


def test_cookie_names_in_any_case() -> None:
    """Names match in any case on request only."""
    view = with_cookies(b"JWT=A; jwt=B")
    assert CookieSource(["jwt"], any_case=True).find(view) == [b"A", b"B"]
    assert COOKIE.find(view) == [b"B"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"jwt=A", None, id="nothing-left"),
        pytest.param(b"jwt=A; a=1", b"a=1", id="others-left"),
        pytest.param(b"a=1", b"a=1", id="nothing-to-hide"),
        pytest.param(b"", b"", id="empty"),
    ],
)
def test_cookies_are_hidden(value: bytes, expected: bytes | None) -> None:
    """The cookies go, and the line with them if nothing of it is left."""
    assert COOKIE.hide_header(b"Cookie", value) == expected


def test_cookie_lines_of_the_greatest_length_are_searched() -> None:
    """The limit holds for all lines together, and is itself allowed."""
    padding = b"a" * (MAX_CARRIER_LENGTH - len(b"jwt=A"))
    assert COOKIE.find(with_cookies(b"jwt=A", padding)) == [b"A"]


def test_longer_cookie_lines_are_refused() -> None:
    """Lines that are too long together are not searched."""
    half = b"a" * (MAX_CARRIER_LENGTH // 2)
    view = with_cookies(half, half, b"a")
    assert conflict(COOKIE, view) is Reason.CARRIER_TOO_LONG


def test_as_many_cookies_as_are_looked_at() -> None:
    """The limit of copies itself is allowed."""
    line = b";".join([b"jwt=A"] * MAX_COPIES)
    assert COOKIE.find(with_cookies(line)) == [b"A"] * MAX_COPIES


def test_more_cookies_are_a_conflict() -> None:
    """Copies are counted over all lines."""
    line = b";".join([b"jwt=A"] * MAX_COPIES)
    assert conflict(COOKIE, with_cookies(line, b"jwt=A")) is Reason.TOKENS_DIFFER
