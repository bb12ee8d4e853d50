import pytest

from jwtgate.configs.kong.fields import Field
from jwtgate.configs.kong.members import (
    ACL,
    ALGORITHMS,
    CONSUMER,
    JWT_SECRET,
    PLUGIN,
    ROOT,
    ROUTE,
    SERVICE,
    UNUSED_ENTITIES,
    UNUSED_OF_CONSUMER,
)
from jwtgate.jose import ALGORITHMS as OURS


def test_the_algorithms_are_those_of_the_library() -> None:
    """All 13 of them."""
    assert set(ALGORITHMS) == set(OURS)


def test_unused_lists_are_known_members() -> None:
    """They are told, and not refused."""
    assert ROOT.keys() >= UNUSED_ENTITIES
    assert CONSUMER.keys() >= UNUSED_OF_CONSUMER


@pytest.mark.parametrize("fields", [SERVICE, ROUTE, CONSUMER, JWT_SECRET, ACL, PLUGIN])
def test_every_entity_has_what_all_have(fields: dict[str, Field]) -> None:
    """Ids, tags and comments, as decK and Kong write them."""
    common = {"id", "tags", "created_at", "updated_at", "_comment", "_ignore"}
    assert fields.keys() >= common
