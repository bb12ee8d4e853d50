import pytest

from jwtgate import Reason, RequestView
from jwtgate.errors import MalformedToken, Rejection, TokenConflict, TokenMissing
from jwtgate.extraction import (
    Collector,
    CookieSource,
    FoundToken,
    HeaderSource,
    Hiding,
    QuerySource,
)

SOURCES = (
    HeaderSource(["authorization"]),
    QuerySource(["jwt"]),
    CookieSource(["jwt"]),
)
ALL = Collector(SOURCES)
FIRST = Collector(SOURCES, first_source_wins=True)


def request(header: str = "", query: str = "", cookie: str = "") -> RequestView:
    """Make a request of what its carriers hold; an empty one is left out."""
    lines = [(b"authorization", header.encode()), (b"cookie", cookie.encode())]
    sent = [line for line in lines if line[1]]
    return RequestView("GET", query=query.encode(), headers=sent)


def found(collector: Collector, view: RequestView) -> tuple[bytes, set[str]]:
    """Give the token's octets and where it was."""
    token = collector.collect(view)
    assert type(token) is FoundToken
    return token.value, set(token.carriers)


def refusal(collector: Collector, view: RequestView) -> Rejection:
    """Give the rejection of a request."""
    with pytest.raises(Rejection) as refused:
        collector.collect(view)
    return refused.value


@pytest.mark.parametrize(
    ("view", "carriers"),
    [
        pytest.param(request("Bearer A"), {"header"}, id="header"),
        pytest.param(request(query="jwt=A"), {"query"}, id="query"),
        pytest.param(request(cookie="jwt=A"), {"cookie"}, id="cookie"),
        pytest.param(request(query="jwt=A&jwt=A"), {"query"}, id="twice-in-one"),
        pytest.param(
            request("Bearer A", "jwt=A", "jwt=A"),
            {"header", "query", "cookie"},
            id="everywhere",
        ),
        pytest.param(
            request("Bearer A", "jwt=", "jwt="), {"header"}, id="beside-empty-ones"
        ),
        pytest.param(request("Basic x", "jwt=A"), {"query"}, id="beside-basic"),
        pytest.param(request("Bearer", "jwt=A"), {"query"}, id="beside-empty-bearer"),
        pytest.param(request("Bearer A", "jwt"), {"header"}, id="beside-valueless"),
    ],
)
def test_the_one_token(view: RequestView, carriers: set[str]) -> None:
    """Equal copies are one token, and every carrier that holds it is told."""
    assert found(ALL, view) == (b"A", carriers)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(request("Bearer A", "jwt=B"), id="header-and-query"),
        pytest.param(request("Bearer A", cookie="jwt=B"), id="header-and-cookie"),
        pytest.param(request(query="jwt=A", cookie="jwt=B"), id="query-and-cookie"),
        pytest.param(request(query="jwt=A&jwt=B"), id="two-parameters"),
        pytest.param(request(query="jwt=A&%6awt=B"), id="encoded-parameter"),
        pytest.param(request(cookie="jwt=A; jwt=B"), id="two-cookies"),
        pytest.param(request("Bearer A", "jwt=garbage"), id="garbage-counts"),
        pytest.param(request(query="jwt=A&jwt=A%20"), id="a-blank-more"),
    ],
)
def test_smuggled_second_token(view: RequestView) -> None:
    """Of two tokens that differ none is chosen."""
    refused = refusal(ALL, view)
    assert isinstance(refused, TokenConflict)
    assert refused.reason is Reason.TOKENS_DIFFER


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(request(), id="nothing"),
        pytest.param(request("Basic eDp5"), id="another-scheme"),
        pytest.param(request("Bearer"), id="scheme-alone"),
        pytest.param(request(query="jwt="), id="empty-parameter"),
        pytest.param(request(query="jwt"), id="valueless-parameter"),
        pytest.param(request(cookie="jwt="), id="empty-cookie"),
        pytest.param(request("Bearer", "jwt=&jwt", 'jwt=""'), id="empty-everywhere"),
    ],
)
def test_no_token(view: RequestView) -> None:
    """Another scheme, and what is empty, is no token."""
    assert isinstance(refusal(ALL, view), TokenMissing)


def test_a_source_that_refuses_refuses_the_request() -> None:
    """A repeated header is not made good by a token elsewhere."""
    view = request("Bearer A,Bearer A", "jwt=A")
    assert refusal(ALL, view).reason is Reason.TOKEN_REPEATED


def test_no_sources_find_nothing() -> None:
    """Without a source there is no token."""
    assert isinstance(refusal(Collector([]), request("Bearer A")), TokenMissing)


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(request("Bearer"), id="header"),
        pytest.param(request(query="jwt="), id="query"),
        pytest.param(request(cookie="jwt="), id="cookie"),
    ],
)
def test_an_empty_value_kept_is_a_token(view: RequestView) -> None:
    """Where empty values are kept, one is a candidate: empty, and so malformed."""
    assert found(Collector(SOURCES, keep_empty=True), view)[0] == b""


def test_an_empty_value_kept_differs_from_a_token() -> None:
    """Where empty values are kept, they are compared as well."""
    collector = Collector(SOURCES, keep_empty=True)
    view = request("Bearer A", "jwt=")
    assert refusal(collector, view).reason is Reason.TOKENS_DIFFER


def test_a_kept_empty_value_is_no_valueless_one() -> None:
    """Keeping empty values does not keep a parameter without ``=``."""
    collector = Collector(SOURCES, keep_empty=True)
    assert isinstance(refusal(collector, request(query="jwt")), TokenMissing)


def test_a_valueless_parameter_kept_is_unrecognizable() -> None:
    """Alone, a parameter without ``=`` is a token that cannot be read."""
    refused = refusal(Collector(SOURCES, keep_valueless=True), request(query="jwt"))
    assert isinstance(refused, MalformedToken)
    assert refused.reason is Reason.TOKEN_UNRECOGNIZABLE


def test_a_valueless_parameter_kept_differs_from_a_token() -> None:
    """Beside a token, a parameter without ``=`` is a second one."""
    collector = Collector(SOURCES, keep_valueless=True)
    view = request("Bearer A", "jwt")
    assert refusal(collector, view).reason is Reason.TOKENS_DIFFER


def test_a_kept_valueless_parameter_is_no_empty_one() -> None:
    """Keeping valueless parameters does not keep empty values."""
    collector = Collector(SOURCES, keep_valueless=True)
    assert isinstance(refusal(collector, request(query="jwt=")), TokenMissing)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        pytest.param(
            request("Bearer A", "jwt=B", "jwt=C"), (b"A", {"header"}), id="header"
        ),
        pytest.param(request(query="jwt=B", cookie="jwt=C"), (b"B", {"query"}), id="q"),
        pytest.param(request(cookie="jwt=C"), (b"C", {"cookie"}), id="cookie"),
        pytest.param(request("Basic x", "jwt=B"), (b"B", {"query"}), id="after-basic"),
        pytest.param(request("Bearer", "jwt=B"), (b"B", {"query"}), id="after-empty"),
    ],
)
def test_the_first_source_wins(
    view: RequestView, expected: tuple[bytes, set[str]]
) -> None:
    """The first carrier that holds a candidate decides, where that is asked for."""
    assert found(FIRST, view) == expected


def test_the_first_source_is_compared_with_itself() -> None:
    """Two tokens in the carrier that decides still differ."""
    view = request(query="jwt=A&jwt=B", cookie="jwt=A")
    assert refusal(FIRST, view).reason is Reason.TOKENS_DIFFER


def test_the_first_source_may_refuse() -> None:
    """A repeated header decides, too: it is not skipped."""
    view = request("Bearer A,Bearer A", "jwt=B")
    assert refusal(FIRST, view).reason is Reason.TOKEN_REPEATED


# Hiding


def hidden(hiding: Hiding, view: RequestView) -> dict[str, bytes]:
    """Give what the app still sees in each carrier."""
    lines = {name: hiding.header(name, value) for name, value in view.headers}
    shown = {name.decode(): value for name, value in lines.items() if value}
    return {**shown, "query": hiding.query(view.query)}


EVERYWHERE = request("Bearer A", "a=1&jwt=A", "jwt=A; b=2")


def test_every_copy_is_hidden() -> None:
    """Every source hides, and neighbours stay."""
    assert hidden(ALL.hiding(EVERYWHERE), EVERYWHERE) == {
        "query": b"a=1",
        "cookie": b"b=2",
    }


def test_nothing_is_hidden_by_no_source() -> None:
    """Without sources a request is passed on as it came."""
    assert hidden(Hiding(), EVERYWHERE) == {
        "authorization": b"Bearer A",
        "query": b"a=1&jwt=A",
        "cookie": b"jwt=A; b=2",
    }


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        pytest.param(
            EVERYWHERE,
            {"query": b"a=1&jwt=A", "cookie": b"jwt=A; b=2"},
            id="header",
        ),
        pytest.param(
            request("Basic x", "jwt=A", "jwt=A"),
            {"authorization": b"Basic x", "query": b"", "cookie": b"jwt=A"},
            id="query",
        ),
        pytest.param(
            request("Bearer A,Bearer B", "jwt=A"),
            {"query": b"jwt=A"},
            id="refused-header",
        ),
        pytest.param(request(query="a=1"), {"query": b"a=1"}, id="none"),
    ],
)
def test_the_first_source_alone_hides(
    view: RequestView, expected: dict[str, bytes]
) -> None:
    """Where the first source wins, it is that carrier alone that is cleaned."""
    assert hidden(FIRST.hiding(view), view) == expected


def test_what_was_read_is_what_is_hidden() -> None:
    """A carrier passed over as empty does not keep the token of the next in sight."""
    view = request("Bearer", "jwt=B")
    assert found(FIRST, view) == (b"B", {"query"})
    assert hidden(FIRST.hiding(view), view)["query"] == b""


def test_two_sources_may_clean_one_line() -> None:
    """What is left by one source is what the next one cleans."""
    hiding = Collector([CookieSource(["a"]), CookieSource(["b"])]).hiding(request())
    assert hiding.header(b"cookie", b"a=1; c=3; b=2") == b"c=3"


def test_a_line_that_is_gone_stays_gone() -> None:
    """What one source takes away whole is not asked of the next one."""
    hiding = Collector([CookieSource(["a"]), CookieSource(["b"])]).hiding(request())
    assert hiding.header(b"cookie", b"a=1") is None


def lines(count: int) -> RequestView:
    """Make a request of so many header lines, the last one with a token."""
    headers = [(b"x", b"")] * (count - 1) + [(b"authorization", b"Bearer A")]
    return RequestView("GET", headers=headers)


def test_a_thousand_header_lines_are_looked_through() -> None:
    """No client needs as many."""
    assert ALL.collect(lines(1000)).value == b"A"


def test_more_header_lines_are_refused() -> None:
    """Each costs a look, and some servers hand on as many as a client sends."""
    with pytest.raises(TokenConflict) as refused:
        ALL.collect(lines(1001))
    assert refused.value.reason is Reason.CARRIER_TOO_LONG
