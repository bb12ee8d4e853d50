import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.crc import key_slot

from jwtgate import ConfigurationError
from jwtgate.stores.redis.names import Names

TEXTS = st.text(st.characters(exclude_categories=()))  # surrogates, too
KINDS = st.sampled_from(["key", "consumer", "username", "custom_id", "denied"])
SAYINGS = st.one_of(
    st.tuples(KINDS, TEXTS),
    st.tuples(st.just("consumers"), TEXTS),
    st.tuples(st.just("credentials"), TEXTS | st.none(), TEXTS | st.none()),
)


def name(kind: str, *texts: str | None) -> bytes:
    """Give a name."""
    given_: bytes = getattr(Names("jwtgate"), kind)(*texts)
    return given_


@pytest.mark.parametrize("prefix", ["", "a{b", "a}b", "a\nb", "a" * 513])
def test_a_prefix_is_a_printable_text_without_braces(prefix: str) -> None:
    """Else a cluster would hash another part of the names."""
    with pytest.raises(ConfigurationError):
        Names(prefix)


def test_a_key_is_named_as_the_page_says() -> None:
    """Others may look at Redis, too."""
    assert name("key", "jack-key") == b"{jwtgate}:key:jack-key"


def test_a_list_is_named_as_the_page_says() -> None:
    """Of one consumer and one tag."""
    assert name("credentials", "i", "t") == b'{jwtgate}:credentials:both:["i", "t"]'


@given(SAYINGS)
def test_no_text_leaves_the_prefix(saying: tuple[str, ...]) -> None:
    """The attack is a key with braces, which a cluster would keep on another node."""
    named = name(*saying)
    assert named.startswith(b"{jwtgate}:")
    assert key_slot(named) == key_slot(b"{jwtgate}:number")


@given(SAYINGS, SAYINGS)
def test_two_things_never_have_one_name(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    """The attack is a text that looks like the rest of another name."""
    assert one == other or name(*one) != name(*other)


def test_a_tag_is_no_owner() -> None:
    """Whatever they are called."""
    tagged = name("credentials", None, "of:x")
    assert tagged != name("credentials", "x")
    assert name("credentials", "a", "b") != name("credentials", 'a", "b')
