import pytest

from jwtgate import ConfigurationError, NotFound
from jwtgate.stores.redis.parts import Parts
from tests.kit import clock
from tests.stores.redis.worlds import AnyStore


@pytest.mark.parametrize("name", ["nobody", "\ud800"])
def test_the_list_of_an_unknown_consumer_is_not_found(
    filled: AnyStore, name: str
) -> None:
    """An empty one would hide a slip."""
    with pytest.raises(NotFound):
        filled.list_credentials(consumer=name)


def test_the_list_of_a_consumer_is_had_by_its_username(filled: AnyStore) -> None:
    """Or its id."""
    made = filled.create_credential("jack")
    assert filled.list_credentials(consumer="jack").items == (made,)


def test_a_prefix_with_braces_is_refused() -> None:
    """A cluster would hash another part of the names."""
    with pytest.raises(ConfigurationError):
        Parts("{a}", "channel", None, None, clock)
