import json
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jwtgate.errors import MalformedToken
from jwtgate.jose.compact import MAX_TOKEN_LENGTH, UnverifiedToken, parse_compact
from jwtgate.reason import Reason
from tests.kit import mint, segment

TOKEN = mint({"sub": "joe"}).encode()
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(b".")


def refusal(token: bytes) -> Reason:
    """Parse a bad token and give the reason of its refusal."""
    with pytest.raises(MalformedToken) as refused:
        parse_compact(token)
    return refused.value.reason


def joined(*segments: bytes) -> bytes:
    """Join segments as the compact serialization does."""
    return b".".join(segments)


def filled_up(length: int) -> bytes:
    """Make a token of so many characters, the signature as long as it takes."""
    return (HEADER + b"." + PAYLOAD + b".").ljust(length, b"A")


def test_header_is_parsed() -> None:
    """The first segment is the JOSE header."""
    assert parse_compact(TOKEN).header.alg == "HS256"


def test_claims_are_parsed() -> None:
    """The second segment is the Claims Set."""
    assert parse_compact(TOKEN).claims["sub"] == "joe"


def test_signature_is_decoded() -> None:
    """The third segment is the signature, here that of an HMAC-SHA256."""
    assert len(parse_compact(TOKEN).signature or b"") == 32


@pytest.mark.parametrize("signature", [b"", b"QQ", SIGNATURE, b"QQ=="], ids=ascii)
def test_signature_covers_what_was_sent(signature: bytes) -> None:
    """The signing input is the very octets before the second dot."""
    token = parse_compact(joined(HEADER, PAYLOAD, signature))
    assert token.signing_input == joined(HEADER, PAYLOAD)


def test_signature_may_be_empty() -> None:
    """An empty segment is an empty signature, which the key will refuse."""
    assert parse_compact(joined(HEADER, PAYLOAD, b"")).signature == b""


@pytest.mark.parametrize(
    "signature",
    [b"Q", b"QQ==", b"QR", b"+/8", b" QQ", b"QQ\n", b"!!!!", b"\xff\xff", b"QQ,QQ"],
    ids=ascii,
)
def test_malformed_signature_is_none(signature: bytes) -> None:
    """A signature that is not base64url is kept as None, to be refused later."""
    assert parse_compact(joined(HEADER, PAYLOAD, signature)).signature is None


# Length.


def test_longest_token_is_read() -> None:
    """8192 characters are read."""
    assert parse_compact(filled_up(8192)).claims["sub"] == "joe"


@pytest.mark.parametrize("length", [8193, 1 << 20])
def test_longer_token_is_refused(length: int) -> None:
    """One character more than 8192 is refused before anything is decoded."""
    assert refusal(filled_up(length)) is Reason.TOKEN_TOO_LONG


def test_length_goes_before_form() -> None:
    """What is too long is not looked into."""
    assert refusal(b"." * (MAX_TOKEN_LENGTH + 1)) is Reason.TOKEN_TOO_LONG


# Segments.


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(HEADER, id="one-segment"),
        pytest.param(joined(HEADER, PAYLOAD), id="two-segments"),
        pytest.param(joined(TOKEN, b""), id="trailing-dot"),
        pytest.param(joined(b"", TOKEN), id="leading-dot"),
        pytest.param(joined(TOKEN, SIGNATURE), id="four-segments"),
        pytest.param(joined(HEADER, b"", b"", b"", b""), id="jwe-five-segments"),
        pytest.param(joined(TOKEN, TOKEN), id="two-tokens"),
        pytest.param(b"." * MAX_TOKEN_LENGTH, id="dots"),
    ],
)
def test_wrong_number_of_segments_is_refused(token: bytes) -> None:
    """A compact JWS has three segments; a JWE has five."""
    assert refusal(token) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize(
    "token",
    [
        {"payload": "e30", "protected": "e30", "signature": ""},
        {"payload": "e30", "signatures": [{"protected": "e30", "signature": ""}]},
        {"payload": "..", "protected": "e30", "signature": ""},
    ],
    ids=["flattened", "general", "with-two-dots"],
)
def test_json_serialization_is_refused(token: object) -> None:
    """Of the serializations of RFC 7515 section 7 only the compact one is read."""
    assert refusal(json.dumps(token).encode()) is Reason.TOKEN_MALFORMED


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda part: part + b"=", id="padding"),
        pytest.param(lambda part: b" " + part, id="leading-space"),
        pytest.param(lambda part: part + b" ", id="trailing-space"),
        pytest.param(lambda part: part + b"\n", id="line-feed"),
        pytest.param(lambda part: part + b"\x00", id="nul"),
        pytest.param(lambda part: part + b"\xff", id="not-ascii"),
        pytest.param(lambda part: part + "\u200b".encode(), id="zero-width-space"),
        pytest.param(lambda part: b'"' + part + b'"', id="quotes"),
        pytest.param(lambda part: part.replace(b"e", b"%65", 1), id="percent"),
        pytest.param(lambda part: b"=?utf-8?b?" + part + b"?=", id="encoded-word"),
    ],
)
@pytest.mark.parametrize("position", [0, 1], ids=["header", "payload"])
def test_segment_that_is_not_base64url_is_refused(
    position: int, change: Callable[[bytes], bytes]
) -> None:
    """A token has one spelling: no padding, blank or other character is skipped."""
    segments = [HEADER, PAYLOAD, SIGNATURE]
    segments[position] = change(segments[position])
    assert refusal(joined(*segments)) is Reason.TOKEN_MALFORMED


def test_unused_bits_of_a_segment_must_be_zero() -> None:
    """The last character of the header has no second spelling."""
    header = segment(b'{"alg":"HS256" }')  # 16 octets: the last character has 2 bits
    assert refusal(joined(header[:-1] + b"R", PAYLOAD, b"")) is Reason.TOKEN_MALFORMED


# Contents.


def test_bad_header_is_told() -> None:
    """A header that is no object is a malformed header."""
    assert refusal(joined(segment([]), PAYLOAD, b"")) is Reason.HEADER_MALFORMED


def test_bad_payload_is_told() -> None:
    """A payload that is no JSON is a malformed payload."""
    assert refusal(joined(HEADER, segment(b"{"), b"")) is Reason.PAYLOAD_MALFORMED


def test_payload_that_is_no_object_is_told() -> None:
    """A payload that is other JSON is told apart."""
    assert refusal(joined(HEADER, segment([1]), b"")) is Reason.PAYLOAD_NOT_OBJECT


def test_empty_segments_are_no_objects() -> None:
    """Two dots are three segments, and no header."""
    assert refusal(b"..") is Reason.HEADER_MALFORMED


@pytest.mark.parametrize("name", ["crit", "b64"])
def test_extension_is_told(name: str) -> None:
    """A header with an extension is refused before the payload is read."""
    header = segment({"alg": "HS256", name: False})
    assert refusal(joined(header, segment(b""), b"")) is Reason.EXTENSION_UNSUPPORTED


def test_nested_token_is_refused() -> None:
    """A signed token that holds a token (cty JWT) has no Claims Set."""
    header = segment({"alg": "HS256", "cty": "JWT"})
    assert refusal(joined(header, segment(TOKEN), b"")) is Reason.PAYLOAD_MALFORMED


@pytest.mark.parametrize("alg", [None, True, 1, 1.5, [], {}, ["HS256"]], ids=str)
def test_alg_of_any_type_is_parsed(alg: object) -> None:
    """An alg that is no text is read as None and raises nothing."""
    assert parse_compact(joined(segment({"alg": alg}), PAYLOAD, b"")).header.alg is None


@given(
    st.binary()
    | st.lists(
        st.binary(max_size=8).map(segment)
        | st.dictionaries(st.text(), st.text(), max_size=2).map(segment)
        | st.binary(max_size=4),
        max_size=5,
    ).map(b".".join)
)
@settings(max_examples=300)
def test_any_octets_give_a_token_or_are_malformed(token: bytes) -> None:
    """No octets raise anything but MalformedToken."""
    try:
        parsed = parse_compact(token)
    except MalformedToken:
        return
    assert type(parsed) is UnverifiedToken


@given(
    # No extension is understood.
    st.dictionaries(
        st.text().filter(lambda name: name not in ("crit", "b64")),
        st.integers() | st.text(),
    ),
    st.dictionaries(st.text(), st.integers() | st.text()),
    st.binary(max_size=80),
)
def test_whatever_is_read_is_written_back_alike(
    header: dict[str, object], claims: dict[str, object], signature: bytes
) -> None:
    """The parts of a token that was read make the very same token again."""
    token = joined(segment({**header, "kid": "1"}), segment(claims), segment(signature))
    assume(len(token) <= MAX_TOKEN_LENGTH)  # longer ones are refused
    parsed = parse_compact(token)
    again = joined(parsed.signing_input, segment(parsed.signature))
    assert (again, parsed.claims) == (token, claims)
