import re
from urllib import parse
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jwtgate.extraction.query import (
    parameter_pattern,
    parameters,
    unquote_to_bytes,
    without_parameters,
)

JWT = parameter_pattern(["jwt"])

# Pieces of which queries are built that are about to be a parameter of this name.
PIECES = [b"jwt", b"%6Awt", b"j%57t", b"jw%7", b"=", b"&", b";", b"+", b"%", b"#", b"A"]
QUERIES = st.lists(st.sampled_from(PIECES) | st.binary(max_size=3)).map(b"".join)
# Few characters, so that a name is often drawn again.
NAMES = st.text("j&=+% ü", min_size=1, max_size=2)


def found(query: bytes, pattern: re.Pattern[bytes] = JWT) -> list[bytes | None]:
    """List what a query holds."""
    return list(parameters(pattern, query))


def as_texts(values: list[bytes | None]) -> list[str]:
    """Read values as an app does that knows no difference between ``a`` and ``a=``."""
    return [(value or b"").decode("latin-1") for value in values]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(b"jwt=A", [b"A"], id="one"),
        pytest.param(b"a=1&jwt=A&b=2", [b"A"], id="between-others"),
        pytest.param(b"jwt=A&jwt=B&jwt=A", [b"A", b"B", b"A"], id="every-copy"),
        pytest.param(b"jwt", [None], id="valueless"),
        pytest.param(b"jwt=", [b""], id="empty-value"),
        pytest.param(b"a&jwt&b", [None], id="valueless-between"),
        pytest.param(b"", [], id="empty-query"),
        pytest.param(b"&&&", [], id="separators-only"),
        pytest.param(b"&jwt=A&", [b"A"], id="empty-neighbours"),
        pytest.param(b"jwt=A=B==", [b"A=B=="], id="equals-in-value"),
        pytest.param(b"jwt=a+b", [b"a b"], id="plus-is-a-blank"),
        pytest.param(b"jwt=a%2Bb", [b"a+b"], id="encoded-plus"),
        pytest.param(b"jwt=a%2562", [b"a%62"], id="decoded-once"),
        pytest.param(b"jwt=%ff%00", [b"\xff\0"], id="not-utf-8"),
        pytest.param(b"jwt=\xff", [b"\xff"], id="raw-octet"),
        pytest.param(b"jwt=%zz%4", [b"%zz%4"], id="no-escape"),
        pytest.param(b"jwt=A#jwt=B", [b"A#jwt=B"], id="fragment-is-no-end"),
        pytest.param(b"jwt=A;jwt=B", [b"A;jwt=B"], id="semicolon-in-value"),
        pytest.param(b"a=1;jwt=A", [], id="semicolon-is-no-separator"),
        pytest.param(b"a=1%26jwt=A", [], id="encoded-separator"),
        pytest.param(b"jwt%3DA", [], id="encoded-equals"),
        pytest.param(b"xjwt=A&jwt2=B&jwt[]=C", [], id="longer-names"),
        pytest.param(b"JWT=A&Jwt=B", [], id="names-are-case-sensitive"),
        pytest.param(b"%256Awt=A", [], id="encoded-twice"),
        pytest.param(b"+jwt=A& jwt=B", [], id="blank-before-the-name"),
        pytest.param(b"a=jwt=A", [], id="name-inside-a-value"),
    ],
)
def test_parameters(query: bytes, expected: list[bytes | None]) -> None:
    """Only ``&`` separates; names match whole; values are decoded once."""
    assert found(query) == expected


@pytest.mark.parametrize(
    "name",
    [b"%6Awt", b"%6awt", b"j%77t", b"jw%74", b"%6a%77%74", b"%6A%77t", b"%6A%77%74"],
)
def test_an_encoded_name_is_the_same_name(name: bytes) -> None:
    """A name is found in every spelling that an app decodes to it."""
    assert found(name + b"=A") == [b"A"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        pytest.param("a b", b"a+b=A", id="plus"),
        pytest.param("a b", b"a%20b=A", id="encoded-blank"),
        pytest.param("a b", b"a b=A", id="blank"),
        pytest.param("a+b", b"a%2Bb=A", id="encoded-plus"),
        pytest.param("a&b", b"a%26b=A", id="encoded-ampersand"),
        pytest.param("a=b", b"a%3db=A", id="encoded-equals"),
        pytest.param("a%b", b"a%25b=A", id="encoded-percent"),
        pytest.param("a%", b"a%=A", id="percent-that-begins-no-escape"),
        pytest.param("j.t", b"j.t=A", id="dot"),
        pytest.param("j[0]", b"j[0]=A", id="brackets"),
        pytest.param("j[0]", b"j%5b0%5D=A", id="encoded-brackets"),
        pytest.param("ü", b"\xc3\xbc=A", id="raw-utf-8"),
        pytest.param("ü", b"%c3%BC=A", id="encoded-utf-8"),
    ],
)
def test_a_name_with_odd_characters(name: str, query: bytes) -> None:
    """A name is found in every way its characters may be sent."""
    assert found(query, parameter_pattern([name])) == [b"A"]


@pytest.mark.parametrize("query", [b"a+b=A", b"jxt=A", b"a=b=A"])
def test_a_name_is_no_pattern(query: bytes) -> None:
    """Characters that mean something elsewhere mean themselves in a name."""
    assert found(query, parameter_pattern(["a+b", "j.t", "a=b"])) == []


def test_several_names_are_sought_at_once() -> None:
    """Every name's copies are found, in the order of the query."""
    pattern = parameter_pattern(["jwt", "jwt_token"])
    assert found(b"jwt_token=B&x=1&jwt=A", pattern) == [b"B", b"A"]


@given(st.lists(st.tuples(NAMES, st.text(max_size=5)), max_size=6), NAMES)
def test_what_was_encoded_is_found(pairs: list[tuple[str, str]], name: str) -> None:
    """Of any encoded pairs, exactly those of the name are found."""
    values: list[bytes | None] = [v.encode() for n, v in pairs if n == name]
    query = urlencode(pairs).encode()
    assert found(query, parameter_pattern([name])) == values


@given(QUERIES)
def test_found_is_what_an_app_would_read(query: bytes) -> None:
    """Whatever octets came, Python's parser reads no copy that is not found."""
    text = query.decode("latin-1")
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1")
    assert as_texts(found(query)) == [value for name, value in pairs if name == "jwt"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(b"jwt=A", b"", id="alone"),
        pytest.param(b"jwt=A&a=1", b"a=1", id="first"),
        pytest.param(b"a=1&jwt=A", b"a=1", id="last"),
        pytest.param(b"a=1&jwt=A&b=2", b"a=1&b=2", id="between"),
        pytest.param(b"%6awt=A&jwt&jwt=&a", b"a", id="every-spelling"),
        pytest.param(b"a=%zz&jwt=A&b=+%2b&&c", b"a=%zz&b=+%2b&&c", id="odd-neighbours"),
        pytest.param(b"a=1;jwt=A", b"a=1;jwt=A", id="part-of-another"),
        pytest.param(b"&&", b"&&", id="nothing-to-hide"),
    ],
)
def test_without_parameters(query: bytes, expected: bytes) -> None:
    """Every copy goes; what is left is byte for byte what came."""
    assert without_parameters(JWT, query) == expected


@given(QUERIES)
def test_no_copy_is_left(query: bytes) -> None:
    """Whatever octets came, nothing is found in what is left."""
    assert found(without_parameters(JWT, query)) == []


@given(QUERIES)
def test_the_other_parts_stay(query: bytes) -> None:
    """Whatever octets came, the parts without the name stay as they are, in order."""
    kept = [part for part in query.split(b"&") if not found(part)]
    assert without_parameters(JWT, query) == b"&".join(kept)


@given(st.lists(st.sampled_from([b"%", b"4", b"fF", b"g", b"%41"])).map(b"".join))
@example(b"%%41%4%zz%ff")
def test_escapes_are_decoded_as_the_library_does(value: bytes) -> None:
    """An app behind the gate reads the same token."""
    assert unquote_to_bytes(value) == parse.unquote_to_bytes(value)
