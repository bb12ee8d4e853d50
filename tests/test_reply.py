import json
from types import MappingProxyType

import pytest

from jwtgate import Denied, Policy, Reason
from jwtgate._reply import Reply, reply_to

NATIVE = Policy()
POLICIES = {"native": NATIVE, "kong": Policy.kong(), "apisix": Policy.apisix()}


def denied(status: int = 401, message: str = "no", **headers: str) -> Denied:
    """Make a refusal."""
    return Denied(
        Reason.TOKEN_MISSING,
        None,
        status,
        MappingProxyType({"message": message}),
        tuple(headers.items()),
        None,
    )


def reply(method: str = "GET", policy: Policy = NATIVE) -> Reply:
    """Render a usual refusal."""
    return reply_to(denied(), policy, method=method)


def test_the_body_is_the_refusal_as_json() -> None:
    """The client is told what the outcome says, without a blank."""
    assert reply().body == b'{"message":"no"}'


def test_the_body_is_ascii() -> None:
    """A name of a claim may be any text; JSON escapes it."""
    body = reply_to(denied(message="Zoë \n"), NATIVE, method="GET").body
    assert body.isascii()
    assert json.loads(body) == {"message": "Zoë \n"}


@pytest.mark.parametrize(
    ("policy", "content_type", "body"),
    [
        pytest.param("native", "application/json", b'{"message":"no"}', id="native"),
        pytest.param(
            "kong", "application/json; charset=utf-8", b'{"message":"no"}', id="kong"
        ),
        pytest.param(
            "apisix", "text/plain; charset=utf-8", b'{"message":"no"}\n', id="apisix"
        ),
    ],
)
def test_the_dialect_writes_the_body(
    policy: str, content_type: str, body: bytes
) -> None:
    """Each gateway has its own content type and its own end of the body."""
    rendered = reply(policy=POLICIES[policy])
    assert rendered.headers[0] == ("Content-Type", content_type)
    assert rendered.body == body


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_content_length_is_that_of_the_body(policy: Policy) -> None:
    """No server needs to choose a transfer coding."""
    rendered = reply(policy=policy)
    assert dict(rendered.headers)["Content-Length"] == str(len(rendered.body))


def test_the_headers_of_the_refusal_follow() -> None:
    """Challenge and the like are passed on as the outcome has them."""
    refusal = denied(Challenge="Bearer", Age="0")
    headers = reply_to(refusal, NATIVE, method="GET").headers
    assert headers[2:] == (("Challenge", "Bearer"), ("Age", "0"))


def test_head_has_no_body() -> None:
    """The answer to HEAD is empty (RFC 9110 section 9.3.2)."""
    assert reply("HEAD").body == b""


def test_head_has_the_headers_of_get() -> None:
    """The answer to HEAD tells of the body that GET would have."""
    assert reply("HEAD").headers == reply("GET").headers


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "head", ""])
def test_other_methods_have_a_body(method: str) -> None:
    """Only HEAD, spelt exactly so, is HEAD."""
    assert reply(method).body


@pytest.mark.parametrize(
    ("status", "close_code"),
    [
        (400, 1008),
        (401, 1008),
        (403, 1008),
        (404, 1008),
        (429, 1013),
        (500, 1011),
        (503, 1011),
    ],
)
def test_status_and_close_code(status: int, close_code: int) -> None:
    """A WebSocket that cannot be answered is closed with what fits the status."""
    rendered = reply_to(denied(status), NATIVE, method="GET")
    assert (rendered.status, rendered.close_code) == (status, close_code)
