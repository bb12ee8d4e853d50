import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text


@pytest.mark.parametrize(
    "value",
    ["k", "jack-key", "https://issuer.example/", "a key", "schlüssel", "k" * 512],
    ids=["one", "word", "URL", "blank", "non-ASCII", "512 octets"],
)
def test_it_can_name_a_key(value: str) -> None:
    """Printable texts of 1 to 512 octets can."""
    assert is_key_text(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "k" * 513,
        "ü" * 257,
        "a\0",
        "a\nb",
        "a\tb",
        "\x7f",
        "\u2028",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{NO-BREAK SPACE}",
        "\ud800",
    ],
    ids=[
        "empty",
        "513 octets",
        "514 octets in 257 characters",
        "NUL",
        "line end",
        "tab",
        "DEL",
        "line separator",
        "bidi",
        "no-break space",
        "surrogate",
    ],
)
def test_it_never_reaches_a_store(value: str) -> None:
    """Drivers fail on some of them, and people misread the others."""
    assert not is_key_text(value)


class Text(str):
    """A text with ways of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [None, True, 5, b"key", ["key"], {"key": 1}, Text("key")],
    ids=lambda value: type(value).__name__,
)
def test_only_a_text_can_name_a_key(value: object) -> None:
    """``str()`` of anything else would find keys named ``None`` or ``0``."""
    assert not is_key_text(value)


@given(value=st.text(st.characters(), max_size=600))
def test_what_can_name_a_key_is_printable_and_bounded(value: str) -> None:
    """It has octets, and a store can print it."""
    if is_key_text(value):
        assert value.isprintable()
        assert 0 < len(value.encode()) <= MAX_KEY_OCTETS
