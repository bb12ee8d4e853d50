import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.extraction.bearer import (
    challenge,
    quoted,
    read_bearer,
    read_bearer_or_bare,
    read_two_spellings,
)

# RFC 9110 5.6.4: qdtext and quoted-pair, as far as printable ASCII goes.
QUOTED_STRING = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])*"')


class Row(NamedTuple):
    """A header's value, and what each of the three readers takes from it."""

    id: str
    value: bytes
    native: bytes | None
    kong: bytes | None
    apisix: bytes


ROWS = [
    Row("capital", b"Bearer tok", b"tok", b"tok", b"tok"),
    Row("small", b"bearer tok", b"tok", b"tok", b"tok"),
    Row("all-capitals", b"BEARER tok", b"tok", None, b"BEARER tok"),
    Row("mixed-case", b"bEaReR tok", b"tok", None, b"bEaReR tok"),
    Row("several-spaces", b"Bearer   tok", b"tok", b"tok", b"  tok"),
    Row("blanks-around", b"\t Bearer tok \t", b"tok", b"tok", b"tok"),
    Row("scheme-alone", b"Bearer", b"", b"", b"Bearer"),
    Row("scheme-and-space", b"Bearer ", b"", b"", b"Bearer"),
    Row("empty", b"", None, None, b""),
    Row("blanks-only", b" \t ", None, None, b""),
    Row("two-words", b"Bearer a b", b"a b", b"a b", b"a b"),
    Row("tab", b"Bearer\ttok", b"\ttok", b"\ttok", b"Bearer\ttok"),
    Row("space-tab", b"Bearer \ttok", b"\ttok", b"\ttok", b"\ttok"),
    Row("nbsp", b"Bearer\xa0tok", b"\xa0tok", b"\xa0tok", b"Bearer\xa0tok"),
    Row("nul", b"Bearer\0tok", b"\0tok", b"\0tok", b"Bearer\0tok"),
    Row("obs-fold", b"Bearer\r\n tok", b"\r\n tok", b"\r\n tok", b"Bearer\r\n tok"),
    Row("vertical-tab", b"Bearer tok\x0b", b"tok\x0b", b"tok\x0b", b"tok\x0b"),
    Row("equals", b"Bearer=y", b"=y", b"=y", b"Bearer=y"),
    Row("comma", b"Bearer,y", b",y", b",y", b"Bearer,y"),
    Row("quote", b'Bearer"y"', b'"y"', b'"y"', b'Bearer"y"'),
    Row("longer-scheme", b"BearerX y", None, None, b"BearerX y"),
    Row("scheme-with-dash", b"Bearer-y z", None, None, b"Bearer-y z"),
    Row("scheme-with-digit", b"Bearer2 y", None, None, b"Bearer2 y"),
    Row("scheme-with-prefix", b"NotABearer tok", None, None, b"NotABearer tok"),
    Row("basic", b"Basic eDp5", None, None, b"Basic eDp5"),
    Row("token-scheme", b"Token tok", None, None, b"Token tok"),
    Row("behind-basic", b"Basic x, Bearer t", None, None, b"Basic x, Bearer t"),
    Row("in-parameter", b'Digest a="Bearer t"', None, None, b'Digest a="Bearer t"'),
    Row("bare", b"tok", None, None, b"tok"),
    Row("scheme-twice", b"Bearer Bearer t", b"Bearer t", b"Bearer t", b"Bearer t"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_natively_bearer_in_any_case(row: Row) -> None:
    """The scheme matches whole, in any case, and at least one SP follows it."""
    assert read_bearer(row.value) == row.native


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_kong_reads_two_spellings(row: Row) -> None:
    """Kong knows ``Bearer`` and ``bearer``; here they are anchored."""
    assert read_two_spellings(row.value) == row.kong


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_apisix_reads_the_bare_value(row: Row) -> None:
    """APISIX cuts two exact prefixes and takes anything else as the token."""
    assert read_bearer_or_bare(row.value) == row.apisix


@pytest.mark.parametrize("octet", list(b"!#$%&'*+.^_`|~09azAZ-"), ids=chr)
def test_a_longer_scheme_is_another_scheme(octet: int) -> None:
    """Where a scheme's name goes on (RFC 9110, tchar), it is not Bearer."""
    assert read_bearer(b"Bearer%c tok" % octet) is None


@given(
    scheme=st.tuples(*(st.sampled_from([c, c.upper()]) for c in "bearer")),
    token=st.from_regex(rb"[A-Za-z0-9._~+/-]+=*", fullmatch=True),
    spaces=st.integers(1, 5),
)
def test_every_b64token_is_read_back(
    scheme: tuple[str, ...], token: bytes, spaces: int
) -> None:
    """What RFC 6750 section 2.1 lets a client send is read as it was sent."""
    value = "".join(scheme).encode() + b" " * spaces + token
    assert read_bearer(value) == token


@given(st.binary())
def test_any_octets_give_a_token_or_none(value: bytes) -> None:
    """A reader never raises, and a token is a tail of what came."""
    trimmed = value.strip(b" \t")
    assert trimmed.endswith(read_bearer(value) or b"")
    assert trimmed.endswith(read_two_spellings(value) or b"")
    assert trimmed.endswith(read_bearer_or_bare(value) or b"")


@given(st.sampled_from([b"Bearer", b"bearer"]), st.binary())
def test_what_kong_reads_is_read_natively(scheme: bytes, rest: bytes) -> None:
    """The two spellings are a part of any case, and mean the same."""
    value = scheme + rest
    if (token := read_two_spellings(value)) is not None:
        assert read_bearer(value) == token


@pytest.mark.parametrize(
    ("realm", "error", "description", "expected"),
    [
        pytest.param(None, None, None, "Bearer", id="bare"),
        pytest.param("a", None, None, 'Bearer realm="a"', id="realm"),
        pytest.param(
            "a",
            "invalid_token",
            None,
            'Bearer realm="a", error="invalid_token"',
            id="2",
        ),
        pytest.param(None, "e", None, 'Bearer error="e"', id="error"),
        pytest.param(
            "a",
            "e",
            "no good",
            'Bearer realm="a", error="e", error_description="no good"',
            id="all",
        ),
        pytest.param(r'a"b\c', None, None, r'Bearer realm="a\"b\\c"', id="quoting"),
    ],
)
def test_challenge(
    realm: str | None, error: str | None, description: str | None, expected: str
) -> None:
    """A challenge has what there is, in the order of RFC 6750, comma between."""
    assert challenge(realm, error=error, description=description) == expected


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("read write", 'Bearer error="e", error_description="d", scope="read write"'),
        ("", 'Bearer error="e", error_description="d"'),
        (None, 'Bearer error="e", error_description="d"'),
    ],
    ids=["two", "empty", "none"],
)
def test_a_challenge_may_name_the_scopes_that_are_needed(
    scope: str | None, expected: str
) -> None:
    """RFC 6750 3, last of the attributes."""
    assert challenge(None, error="e", description="d", scope=scope) == expected


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_a_quoted_text_is_one_quoted_string(text: str) -> None:
    """No realm can end its own quotes, and unescaping gives it back."""
    written = quoted(text)
    assert QUOTED_STRING.fullmatch(written)
    assert re.sub(r"\\(.)", r"\1", written[1:-1]) == text
