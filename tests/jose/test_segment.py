import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jose import base64url
from jwtgate.jose.segment import read_usual
from jwtgate.jose.strictjson import JSONObject, parse_object
from tests.kit import segment

PLAIN: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
OBJECTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.text(), PLAIN | st.lists(PLAIN) | st.just({})
)
PIECES = st.lists(
    st.sampled_from(
        [*'{}[]",:\\ \n1', '"a"', '"a":1', '"a" : 1', ',"b":"c,d"', "NaN", "1e999"]
    )
).map("".join)


def by_steps(found: bytes) -> JSONObject | None:
    """Read a segment by the steps; None if they refuse it."""
    try:
        return parse_object(base64url.decode(found))
    except ValueError:
        return None


@pytest.mark.parametrize(
    "value",
    [
        {"iss": "jack-key", "sub": "a:b", "exp": 1800000000, "nbf": 1.5},
        {"ok": True, "no": None, "é": "\U0001f600"},
    ],
)
def test_what_tokens_hold_is_read(value: dict[str, Any]) -> None:
    """In one step."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert read_usual(segment(text.encode())) == value


def test_what_is_read_is_read_only() -> None:
    """As by the steps."""
    assert type(read_usual(segment({"a": 1}))) is JSONObject


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a" :1,"a":2}',
        '{"a":1 ,"a":2}',
        '{"a":":,","a":2}',
        '{"a":1,"b":{"b":1}}',
        '{"a":[1]}',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        '{"a":1}{"b":2}',
        '{"a":1} ',
        '[{"a":1}]',
        '"{"',
        "{",
        "{}",
        "",
        "1",
        '{"a":"x,y"}',
    ],
)
def test_the_rest_is_left_to_the_steps(text: str) -> None:
    """What they refuse, and what is rare."""
    assert read_usual(segment(text.encode())) is None


@pytest.mark.parametrize(
    "found", [b"", b"e", b"eyJhIjoxfQ=", b"eyJhIjoxfR", b"eyJh+joxfQ"]
)
def test_one_spelling_is_left_to_the_steps(found: bytes) -> None:
    """They refuse another one than the canonical."""
    assert read_usual(found) is None


@given(OBJECTS.map(json.dumps) | PIECES | PIECES.map("{{{}}}".format))
def test_no_text_is_read_otherwise(text: str) -> None:
    """What is read in one step is what the steps read."""
    found = segment(text.encode("utf-8", "surrogatepass"))
    assert read_usual(found) in (None, by_steps(found))


@given(st.binary())
def test_no_octets_are_read_otherwise(found: bytes) -> None:
    """Whatever a client sends."""
    assert read_usual(found) in (None, by_steps(found))
