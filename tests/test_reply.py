import json
from typing import Any

import pytest

from jwtgate import Denied, Reason
from jwtgate._reply import Reply, detail_of, reply_to

CONTENT = b'{"message":"no"}'


def denied(status: int = 401, **headers: str) -> Denied:
    """Make a refusal."""
    return Denied(
        Reason.TOKEN_MISSING,
        None,
        status,
        {"message": "no"},
        CONTENT,
        tuple(headers.items()),
        None,
    )


def reply(method: str = "GET") -> Reply:
    """Render a usual refusal."""
    return reply_to(denied(), method=method)


def test_the_body_is_the_refusal_s_content() -> None:
    """The client is told what the outcome says, octet for octet."""
    assert reply().body == CONTENT


def test_the_content_length_is_that_of_the_body() -> None:
    """No server needs to choose a transfer coding."""
    assert dict(reply().headers)["Content-Length"] == str(len(CONTENT))


def test_the_headers_of_the_refusal_follow() -> None:
    """Challenge and the like are passed on as the outcome has them."""
    headers = reply_to(denied(Challenge="Bearer", Age="0"), method="GET").headers
    assert headers[1:] == (("Challenge", "Bearer"), ("Age", "0"))


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
    rendered = reply_to(denied(status), method="GET")
    assert (rendered.status, rendered.close_code) == (status, close_code)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_content_has_no_body(status: int) -> None:
    """RFC 9110 15.3.5, 15.3.6 and 15.4.5."""
    assert reply_to(denied(status), method="GET").body == b""


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_content_has_no_length_of_it(status: int) -> None:
    """RFC 9110 8.6."""
    headers = reply_to(denied(status, Age="0"), method="GET").headers
    assert headers == (("Age", "0"),)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_content_has_no_type_of_it(status: int) -> None:
    """The other headers stay."""
    refusal = denied(status, **{"Content-Type": "text/plain", "Age": "0"})
    names = [name for name, _ in reply_to(refusal, method="GET").headers]
    assert "Content-Type" not in names
    assert names[-1] == "Age"


@pytest.mark.parametrize("status", [200, 301, 404, 599])
def test_another_status_has_a_body(status: int) -> None:
    """An operator may choose any."""
    rendered = reply_to(denied(status), method="GET")
    assert (rendered.status, rendered.body) == (status, CONTENT)


def test_a_205_says_that_nothing_follows() -> None:
    """RFC 9112 6.3: a client would else read on until the connection closes."""
    headers = reply_to(denied(205, Age="0"), method="GET").headers
    assert headers == (("Content-Length", "0"), ("Age", "0"))


# For frameworks with an envelope of their own


def told(content: str, **body: str) -> Denied:
    """Make a refusal with this body, sent in this form."""
    return Denied(Reason.TOKEN_MISSING, None, 401, body, content.encode(), (), None)


def written(**body: str) -> str:
    """Write a body as refusals do."""
    return json.dumps(body, separators=(",", ":"))


@pytest.mark.parametrize("end", ["", "\n"], ids=["own", "a gateway's"])
@pytest.mark.parametrize("text", ["no", "caf\u00e9", ""])
def test_the_detail_is_the_message(text: str, end: str) -> None:
    """However it is written."""
    assert detail_of(told(written(message=text) + end, message=text)) == text


@pytest.mark.parametrize(
    "body",
    [{"exp": "token expired"}, {"exp": "a", "nbf": "b"}, {"message": "a", "exp": "b"}],
    ids=str,
)
def test_the_detail_is_all_the_members_where_a_gateway_has_others(
    body: dict[str, Any],
) -> None:
    """None is lost, nor taken for another."""
    assert detail_of(told(written(**body), **body)) == body


def test_the_detail_is_a_mapping_that_nobody_else_has() -> None:
    """A framework may write to it."""
    refusal = told(written(exp="late"), exp="late")
    assert detail_of(refusal) is not refusal.body


@pytest.mark.parametrize(
    "content", ["<h1>No</h1>", "", "\u2603", '{"message":"other"}', '"no"'], ids=repr
)
def test_the_detail_is_the_body_that_a_policy_has_in_its_place(content: str) -> None:
    """As it is."""
    assert detail_of(told(content, message="no")) == content
