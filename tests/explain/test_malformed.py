import pytest

from tests.explain.kit import explained, step
from tests.kit import KEY, mint, segment

GOOD = {"alg": "HS256"}


def raw(header: object, payload: object) -> str:
    """Write a token of any header and payload."""
    return f"{segment(header).decode()}.{segment(payload).decode()}.c2ln"


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("a" * 9000, "9000 characters, and 8192 are the most"),
        ("a.b", "2 segments with dots between, and a JWT has three"),
        ("a.b.c.d.e", "five segments: an encrypted token (JWE)"),
        ("a~.e30.", "not base64url without padding: header"),
        ("e30=.a~.", "not base64url without padding: header and payload"),
        (raw(b"{", {}), "the header is no JSON"),
        (raw([], {}), "the header is JSON, and not an object"),
        (raw({**GOOD, "kid": 7}, {}), "the header is JSON whose kid is no printable"),
        (raw(GOOD, b'{"a":1,"a":1}'), "the payload is JSON that parsers may read diff"),
        (raw(GOOD, b'{"a":NaN}'), "the payload is JSON that parsers may read diff"),
        (raw(GOOD, 7), "the payload is JSON, and not an object"),
        (raw({**GOOD, "b64": False}, {}), "the header has crit or b64"),
        (raw({"alg": "\x1b[2J"}, {}), r'the algorithm "\u001b[2J" is none of: HS256'),
        (raw({"alg": 7}, {}), "the algorithm 7 is none of: HS256"),
    ],
    ids=range(14),
)
def test_it_is_said_what_is_wrong_with_the_form(token: str, text: str) -> None:
    """More than the client is told."""
    assert text in step(explained(token), "form")


def test_what_can_be_read_of_a_token_that_cannot_be_is_shown() -> None:
    """It helps to see which one it is."""
    head, body, signature = mint().split(".")
    found = explained(f"{head}==.{body}.{signature}")
    assert step(found, "header") == '{"alg": "HS256", "typ": "JWT"}'
    assert KEY in step(found, "claims")


@pytest.mark.parametrize(
    "header", [b"[" * 3000, b'{"a":' * 300 + b"1" + b"}" * 300], ids=["open", "closed"]
)
def test_a_deeply_nested_token_costs_nothing(header: bytes) -> None:
    """Nor does it raise."""
    found = explained(raw(header, {}))
    assert step(found, "form").startswith("the header is")
    assert "header" not in [each.name for each in found.steps]
