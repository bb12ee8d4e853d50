import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jose.base64url import decode, encode

ALPHABET = (string.ascii_letters + string.digits + "-_").encode()

# RFC 4648 section 10, without the padding, and what is particular to its section 5.
SPELLINGS = {
    b"": b"",
    b"Zg": b"f",
    b"Zm8": b"fo",  # codespell:ignore fo
    b"Zm9v": b"foo",
    b"Zm9vYg": b"foob",
    b"Zm9vYmE": b"fooba",
    b"Zm9vYmFy": b"foobar",
    b"-_8": b"\xfb\xff",
    b"A-z_": b"\x03\xec\xff",
}


def accepts(segment: bytes) -> bool:
    """Whether a segment can be decoded."""
    try:
        decode(segment)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("segment", "octets"), SPELLINGS.items())
def test_known_segment_is_decoded(segment: bytes, octets: bytes) -> None:
    """The vectors of RFC 4648 decode."""
    assert decode(segment) == octets


@pytest.mark.parametrize(("segment", "octets"), SPELLINGS.items())
def test_known_octets_are_encoded(segment: bytes, octets: bytes) -> None:
    """The vectors of RFC 4648 encode, without padding and with the safe alphabet."""
    assert encode(octets) == segment


@pytest.mark.parametrize(
    "segment",
    [
        pytest.param(b"Zg==", id="padded"),
        pytest.param(b"Zm8=", id="padded-once"),
        pytest.param(b"Zg=", id="half-padded"),
        pytest.param(b"Zm9v=", id="needless-padding"),
        pytest.param(b"Zm9v====", id="a-group-of-padding"),
        pytest.param(b"=", id="padding-alone"),
        pytest.param(b"=Zm9", id="padding-first"),
        pytest.param(b"Z=m9", id="padding-inside"),
        pytest.param(b"+_8", id="plus"),
        pytest.param(b"-/8", id="slash"),
        pytest.param(b" Zm9v", id="leading-space"),
        pytest.param(b"Zm9v ", id="trailing-space"),
        pytest.param(b"Zm9v\n", id="trailing-line-feed"),
        pytest.param(b"Zm9\nvYmFy", id="line-feed-inside"),
        pytest.param(b"Zm9v\r\nYmFy", id="folded-line"),
        pytest.param(b"Zm\t9v", id="tab-inside"),
        pytest.param(b"Zm\n\n\n\n9v", id="a-group-of-line-feeds-inside"),
        pytest.param(b"Zm!!!!9v", id="a-group-of-junk-inside"),
        pytest.param(b"Zg==Zm9v", id="padded-twice-over"),
        pytest.param(b"Zm9v\x00", id="nul"),
        pytest.param(b"Zm9v\x00\x00\x00\x00", id="a-group-of-nul"),
        pytest.param(b"Zm9!", id="exclamation-mark"),
        pytest.param(b"Zm9.", id="dot"),
        pytest.param(b"Zm9%", id="percent"),
        pytest.param(b"Zm9\xff", id="not-ascii"),
        pytest.param("Zmé".encode(), id="utf-8"),
        pytest.param("\uff3am9v".encode(), id="full-width-letter"),
    ],
)
def test_other_spelling_is_refused(segment: bytes) -> None:
    """No padding, blank, other alphabet or junk is skipped."""
    assert not accepts(segment)


@pytest.mark.parametrize("size", [1, 5, 9, 4001])
def test_impossible_length_is_refused(size: int) -> None:
    """One character more than whole groups carries no octet."""
    assert not accepts(b"A" * size)


def test_unused_four_bits_must_be_zero() -> None:
    """Of the 64 characters four can end a group of two."""
    ends = {end for end in ALPHABET if accepts(b"A" + bytes([end]))}
    assert ends == set(b"AQgw")


def test_unused_two_bits_must_be_zero() -> None:
    """Of the 64 characters sixteen can end a group of three."""
    ends = {end for end in ALPHABET if accepts(b"AA" + bytes([end]))}
    assert ends == set(b"AEIMQUYcgkosw048")


def test_whole_group_may_end_in_any_character() -> None:
    """A group of four has no unused bits."""
    ends = {end for end in range(256) if accepts(b"AAA" + bytes([end]))}
    assert ends == set(ALPHABET)


@given(st.binary())
def test_decoding_undoes_encoding(octets: bytes) -> None:
    """Whatever is encoded can be decoded to the same octets."""
    assert decode(encode(octets)) == octets


@given(st.binary())
def test_encoding_is_the_standard_one(octets: bytes) -> None:
    """Encoding is that of the standard library less the padding."""
    assert encode(octets) == urlsafe_b64encode(octets).rstrip(b"=")


@given(st.binary(max_size=12) | st.lists(st.sampled_from(ALPHABET)).map(bytes))
def test_one_value_has_one_spelling(segment: bytes) -> None:
    """A segment is refused, or is the one spelling of what it decodes to."""
    if accepts(segment):
        assert encode(decode(segment)) == segment


@given(st.lists(st.sampled_from(ALPHABET)).map(bytes))
def test_decoding_is_the_standard_one(segment: bytes) -> None:
    """What is decoded at all is decoded as the standard library does."""
    if accepts(segment):
        assert decode(segment) == urlsafe_b64decode(segment + b"==")
