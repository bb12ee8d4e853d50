import pytest

from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text
from jwtgate.testing.texts import NEAR, NEAR_NAMES, ODD


@pytest.mark.parametrize(
    "text", [*ODD.values(), *(x for y in NEAR.values() for x in y)]
)
def test_each_text_can_be_a_key(text: str) -> None:
    """Else it would never reach a store."""
    assert is_key_text(text)


@pytest.mark.parametrize(("one", "other"), NEAR.values(), ids=NEAR)
def test_what_is_near_is_not_equal(one: str, other: str) -> None:
    """Two keys, for the gate."""
    assert one != other


def test_what_is_near_is_not_put_before_it_is_looked_for() -> None:
    """The contract puts the first of all pairs, and looks for the second ones."""
    firsts, seconds = (set(each) for each in zip(*NEAR.values(), strict=True))
    assert not firsts & seconds


def test_names_are_shorter() -> None:
    """Most pairs will do for them."""
    assert len(NEAR) - len(NEAR_NAMES) == 2
    assert all(len(text) < 255 for pair in NEAR_NAMES.values() for text in pair)


def test_the_longest_keys_are_among_them() -> None:
    """In octets of UTF-8."""
    assert max(len(text.encode()) for text in ODD.values()) == MAX_KEY_OCTETS
