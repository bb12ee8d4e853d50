from typing import Any

import pytest

from jwtgate import Policy
from jwtgate.jose import base64url
from tests.explain.kit import explained, slips
from tests.kit import mint, segment

TOKEN = mint()
HEAD, BODY, SIGNATURE = TOKEN.split(".")


def raw_base64() -> str:
    """Write a token in the standard alphabet, with padding."""
    body = segment({"iss": "jack-key", "a": "???>>>"}).decode()
    text = f"{HEAD}.{body.replace('_', '/').replace('-', '+')}.c2ln"
    assert base64url.decode(body.encode())
    return text


@pytest.mark.parametrize(
    ("sent", "slip"),
    [
        ({"headers": [("Authorization", TOKEN)]}, "bearer_missing"),
        ({"headers": [("Authorization", f"Token {TOKEN}")]}, "another_scheme"),
        ({"token": f"Bearer {TOKEN}"}, "bearer_doubled"),
        ({"token": f'"{TOKEN}"'}, "quoted"),
        ({"token": f"<{TOKEN}>"}, "quoted"),
        ({"token": TOKEN.replace(".", "%2E")}, "url_encoded"),
        ({"token": f"{HEAD} .{BODY}.{SIGNATURE}"}, "broken_up"),
        ({"token": f"{HEAD}=.{BODY}.{SIGNATURE}"}, "padded"),
        ({"token": raw_base64()}, "padded"),
        ({"token": f"{HEAD}.{BODY}"}, "cut_off"),
        ({"token": mint(header={"alg": "None"})}, "unsigned"),
        ({"headers": [("X-Token", TOKEN)]}, "in_another_carrier"),
        ({"headers": [("Cookie", f"a=b; jwt={TOKEN}")]}, "in_another_carrier"),
        ({"query": f"a=b&access_token={TOKEN}"}, "in_another_carrier"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_sending_is_named(sent: dict[str, Any], slip: str) -> None:
    """Once, and the token is not shown."""
    found = explained(**sent)
    assert slips(found) == [slip]
    assert SIGNATURE not in str(found)
    assert not found.passes


def test_what_is_in_no_carrier_of_a_token_is_passed_over() -> None:
    """Other headers, cookies and parameters."""
    others = [("Accept", "*/*"), ("Cookie", "a=b"), ("Authorization", "Basic eA==")]
    assert slips(explained(headers=others, query="a=b")) == []


def test_it_is_said_where_the_token_is_and_where_it_has_to_be() -> None:
    """Both by name."""
    policy = Policy(query_names=["jwt"], cookie_names=["session"])
    found = explained(headers=[("X-Token", TOKEN)], policy=policy)
    assert "in the header X-Token" in found.summary
    assert "header Authorization or query parameter jwt or cookie session" in str(found)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"headers": [("Authorization", "Basic dXNlcjpwYXNz")]},
        {"headers": [("Authorization", "hunter2"), ("X-A", "b")], "query": "a"},
        {"token": "bear.with.me"},
        {"token": "'"},
        {"token": "a%20b"},
        {"token": "a b"},
        {"token": "a.b"},
        {"token": f"{HEAD}.{BODY}.{SIGNATURE}.x"},
        {"token": f"{HEAD}.{segment([]).decode()}.c2ln"},
    ],
    ids=range(10),
)
def test_what_fits_nothing_is_not_guessed_at(sent: dict[str, Any]) -> None:
    """Nor is it shown."""
    found = explained(**sent)
    assert slips(found) == []
    assert "hunter2" not in str(found)
    assert "dXNlcjpwYXNz" not in str(found)
