import pytest

from jwtgate import ConfigurationError, Gate, Policy, Route, authenticate
from jwtgate.explain.requests import carry, read_request
from tests.explain.kit import reason_of
from tests.kit import ListStore, clock, credential, make_gate, mint

TOKEN = mint().encode()


def test_a_request_is_read() -> None:
    """Method, decoded path, query."""
    read = read_request("POST /a%20b?c=d%20e", ["Cookie: f=g:h"])
    assert (read.method, read.path, read.query) == ("POST", "/a b", b"c=d%20e")
    assert read.raw_path == b"/a%20b"
    assert list(read.headers) == [(b"Cookie", b"f=g:h")]


def test_the_method_may_be_left_out() -> None:
    """It is GET."""
    assert read_request("/x").method == "GET"


def test_a_url_gives_the_host() -> None:
    """And the scheme, and no user."""
    read = read_request("GET https://me:hush@api.example:8443?a=b")
    assert (read.scheme, read.host) == ("https", b"api.example:8443")
    assert (read.path, read.query) == ("/", b"a=b")


@pytest.mark.parametrize(
    "line",
    [
        *("", "x", "G T /x", "GET x", "GET http://[::1/x", "http://[a]/x"),
        *("http://a\u2100b/", "/\udcff", "/x?\udcff", "http://\udcff/"),
    ],
    ids=ascii,
)
def test_what_is_no_request_is_refused(line: str) -> None:
    """It says what one looks like."""
    with pytest.raises(ConfigurationError, match="a request must be such as"):
        read_request(line)


@pytest.mark.parametrize(
    "line", ["hush", "a b: hush", ": hush", "a: hush\u20ac"], ids=str
)
def test_what_is_no_header_is_refused(line: str) -> None:
    """Its value is not shown."""
    with pytest.raises(ConfigurationError, match="a header must be such as") as caught:
        read_request("/", [line])
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(header_names=["X-JWT"], query_names=["jwt"]),
        Policy(header_names=[], query_names=["a b"]),
        Policy(header_names=[], cookie_names=["jwt"]),
        Policy.apisix(key_claim="iss"),
    ],
    ids=["native", "header", "query", "cookie", "apisix"],
)
@pytest.mark.parametrize("target", ["/x", "/x?y=1"])
def test_a_token_is_put_where_the_policy_looks(policy: Policy, target: str) -> None:
    """So that the gate finds it."""
    gate = make_gate(policy=policy)
    sent = carry(gate, read_request(target), TOKEN)
    assert reason_of(authenticate(gate, sent)) is None


def test_the_policy_is_that_of_the_path() -> None:
    """Routes may look elsewhere."""
    routes = [Route(path="/x", policy=Policy(header_names=["X-JWT"]))]
    gate = Gate(ListStore(credential()), routes=routes, clock=clock)
    sent = carry(gate, read_request("/x"), TOKEN)
    assert sent.headers[0][0] == b"X-JWT"


def test_a_path_that_is_refused_carries_a_token_all_the_same() -> None:
    """Where the gate's own policy looks."""
    gate = Gate(ListStore(), routes=[Route(path="/x")], clock=clock)
    sent = carry(gate, read_request("/a//b"), TOKEN)
    assert sent.headers[0] == (b"Authorization", b"Bearer " + TOKEN)
