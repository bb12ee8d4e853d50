import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.stores.changes import EVERYTHING, Change, decode, encode

CHANGES = st.builds(
    Change,
    keys=st.lists(st.text(), max_size=300).map(tuple),
    consumers=st.booleans(),
    everything=st.booleans(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["keys", "consumers", "x"]), inner)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change(keys=("jack-key", "é", "\N{GRINNING FACE}")),
        Change(consumers=True),
        Change(keys=("k",), consumers=True),
        EVERYTHING,
    ],
    ids=["nothing", "keys", "consumers", "both", "everything"],
)
def test_a_change_is_read_as_it_was_written(change: Change) -> None:
    """From one process to another."""
    assert decode(encode(change)) == change


@given(CHANGES)
def test_no_change_is_lost(change: Change) -> None:
    """What cannot be told in a message is told as a change of everything."""
    assert decode(encode(change)) in (change, EVERYTHING)


@given(CHANGES)
def test_a_message_fits_into_a_notification(change: Change) -> None:
    """PostgreSQL takes less than 8,000 octets."""
    message = encode(change)
    assert message.isascii()
    assert len(message) <= 7_000


def test_too_many_keys_are_everything() -> None:
    """A bulk change is one message, too."""
    assert encode(Change(keys=tuple(map(str, range(10_000))))) == "*"


@given(st.text() | JSON.map(str))
def test_any_text_is_a_change(message: str) -> None:
    """Whoever else uses the channel does no harm."""
    assert isinstance(decode(message), Change)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "*",
        "null",
        "[]",
        "{}",
        '{"keys": ["k"]}',
        '{"keys": "k", "consumers": true}',
        '{"keys": [1], "consumers": true}',
        '{"keys": [""], "consumers": true}',
        '{"keys": ["k"], "consumers": 1}',
        '{"keys": ["k"], "consumers": true, "everything": false}',
        "[" * 100_000,
        "9" * 10_000,
    ],
    ids=lambda message: message[:40],
)
def test_what_cannot_be_read_means_everything(message: str) -> None:
    """A newer version may say what this one does not know: forget too much."""
    assert decode(message) == EVERYTHING
