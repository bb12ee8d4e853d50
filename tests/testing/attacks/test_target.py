from jwtgate import Policy
from jwtgate.testing import Request
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.forging import Forge
from tests.kit import make_gate

HOST = (b"Host", b"testserver")
USUAL = Request(method="POST", path="/me", query="a=b", headers=(HOST,), body=b"c")


def target(policy: Policy | None = None, websocket: str | None = None) -> Target:
    """Make a target."""
    forge = Forge(make_gate(policy=policy), "jack-key")
    return Target(forge=forge, usual=USUAL, websocket=websocket)


def test_a_request_is_the_usual_one_with_more() -> None:
    """Method and path may be others."""
    line = (b"A", b"b")
    sent = target().request(line, method="PUT", path="/x")
    assert (sent.method, sent.path, sent.body) == ("PUT", "/x", b"c")
    assert sent.headers == (HOST, line)
    assert target().request() == USUAL


def test_tokens_go_where_they_are_looked_for() -> None:
    """Beside what the usual request has."""
    assert target().bearing("t").headers == (HOST, (b"Authorization", b"Bearer t"))
    sent = target(Policy(header_names=[], query_names=["jwt"])).bearing("t")
    assert sent.query == "a=b&jwt=t"
    assert target().bearing("t").query == "a=b"


def test_a_query_may_have_more() -> None:
    """Behind what is there."""
    assert target().with_query("x=y", (b"A", b"b")).query == "a=b&x=y"
    assert target().with_query("").query == "a=b"


def test_the_header_of_tokens_is_the_policy_s() -> None:
    """If it has one."""
    assert target().header == b"Authorization"
    assert target(Policy(header_names=[], query_names=["jwt"])).header is None


def test_a_handshake_needs_a_path() -> None:
    """It is a GET without a body."""
    assert target().handshake("t") is None
    sent = target(websocket="/room").handshake("t")
    assert sent is not None
    assert (sent.method, sent.path, sent.body, sent.websocket) == (
        *("GET", "/room", b""),
        True,
    )
    assert (b"Upgrade", b"websocket") in sent.headers
    assert (b"Authorization", b"Bearer t") in sent.headers
