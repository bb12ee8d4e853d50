from collections.abc import Callable
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.identity import (
    ANONYMOUS_CONSUMER,
    CONSUMER_CUSTOM_ID,
    CONSUMER_GROUPS,
    CONSUMER_ID,
    CONSUMER_USERNAME,
    CREDENTIAL_IDENTIFIER,
    fold,
    header_text,
    is_header_safe,
    is_identity_header,
)

OURS = [
    CONSUMER_ID,
    CONSUMER_CUSTOM_ID,
    CONSUMER_USERNAME,
    CONSUMER_GROUPS,
    CREDENTIAL_IDENTIFIER,
    ANONYMOUS_CONSUMER,
]
# Names that the gate never sets and that apps behind gateways read all the same.
READ_BY_APPS = ["X-Credential-Username", "X-Authenticated-Groups", "X-Consumer-Tags"]
SAFE_TEXTS = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(b"X-Consumer-ID", b"x-consumer-id", id="dashes"),
        pytest.param(b"X_Consumer_ID", b"x-consumer-id", id="underscores"),
        pytest.param(b"x-CONSUMER_iD", b"x-consumer-id", id="mixed"),
        pytest.param(b"AZ@[`{", b"az@[`{", id="letters-only"),
        pytest.param(b"X.Consumer.ID", b"x.consumer.id", id="dots-stay"),
        pytest.param(b"\xc4\xdf", b"\xc4\xdf", id="other-octets-stay"),
        pytest.param(b"", b"", id="empty"),
    ],
)
def test_fold(name: bytes, expected: bytes) -> None:
    """A name is folded as WSGI and CGI do, and no further."""
    assert fold(name) == expected


@given(st.binary())
def test_folding_twice_is_folding_once(name: bytes) -> None:
    """A folded name is its own folded name."""
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize("name", OURS + READ_BY_APPS)
@pytest.mark.parametrize(
    "spelled",
    [
        str,
        str.lower,
        str.upper,
        str.swapcase,
        lambda name: name.replace("-", "_"),
        lambda name: name.upper().replace("-", "_"),
        lambda name: name.replace("-", "_", 1),
        lambda name: name + " ",
        lambda name: name + "-2",
    ],
    ids=[
        "as-is",
        "lower",
        "upper",
        "swapped",
        "underscores",
        "environ",
        "mixed",
        "blank-behind",
        "longer",
    ],
)
def test_identity_headers_in_every_spelling(
    name: str, spelled: Callable[[str], str]
) -> None:
    """Whatever a server may fold into one of our names is one of our names."""
    assert is_identity_header(spelled(name).encode())


@pytest.mark.parametrize(
    "name",
    [
        b"Authorization",
        b"X-Consumer",
        b"X-Consumers-ID",
        b"X-Request-ID",
        b"X.Consumer.ID",
        b"Consumer-ID",
        b"HTTP_X_CONSUMER_ID",
        b" X-Consumer-ID",
        b"",
    ],
    ids=repr,
)
def test_other_headers_are_not_ours(name: bytes) -> None:
    """A name that no server folds into one of ours is the client's."""
    assert not is_identity_header(name)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("jack", True, id="name"),
        pytest.param("", True, id="empty"),
        pytest.param("Zoë ☃ \t\x7f", True, id="any-other-character"),
        pytest.param("a\rb", False, id="cr"),
        pytest.param("a\nX-Consumer-ID: 1", False, id="header-injection"),
        pytest.param("a\n", False, id="lf-at-the-end"),
        pytest.param("a\0", False, id="nul"),
        pytest.param("\ud800", False, id="lone-surrogate"),
        pytest.param(b"jack", False, id="octets"),
        pytest.param(1, False, id="number"),
        pytest.param(None, False, id="none"),
    ],
)
def test_is_header_safe(value: object, *, expected: bool) -> None:
    """A header may be any text that can be encoded and breaks no line."""
    assert is_header_safe(value) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("jack", "jack", id="name"),
        pytest.param("a b, c; d=\"e\" <f@g.h> 'i'~", None, id="printable-as-it-is"),
        pytest.param("100%", "100%25", id="percent"),
        pytest.param("%41", "%2541", id="no-escape-of-the-sender"),
        pytest.param("Zoë", "Zo%C3%AB", id="latin"),
        pytest.param("☃", "%E2%98%83", id="beyond-latin-1"),
        pytest.param("a\tb\x7f", "a%09b%7F", id="controls"),
    ],
)
def test_header_text(text: str, expected: str | None) -> None:
    """Printable ASCII stays; ``%`` and all else is percent-encoded UTF-8."""
    assert header_text(text) == (expected or text)


@given(SAFE_TEXTS)
def test_a_header_gives_back_its_text(text: str) -> None:
    """No two texts share a header, and unquoting gives the text back."""
    assert unquote(header_text(text)) == text


@given(SAFE_TEXTS)
def test_a_header_is_printable_ascii(text: str) -> None:
    """What goes into a header can neither break a line nor change its meaning."""
    written = header_text(text)
    assert written.isascii()
    assert written.isprintable()
    assert is_header_safe(text)
