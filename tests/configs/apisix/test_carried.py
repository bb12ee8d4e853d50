import pytest

from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.jwtauth import JWTAuth
from tests.configs.apisix.files import context

AT = ("routes", 0, "plugins")
OFF = {"_meta": {"disable": True}}
PLUGINS: dict[str, dict[str, object]] = {
    "jwt-auth": {"realm": "shop"},
    "consumer-restriction": {"whitelist": ["jack"]},
    "limit-count": {"count": 1, "time_window": 1},
}


def read(plugins: object, *, of_consumer: bool = False) -> Carried:
    """Read the plugins of a route, or of who calls."""
    return read_carried(
        plugins, AT, context(), resource="/routes/1", of_consumer=of_consumer
    )


def test_the_three_are_read() -> None:
    """The limit counts for the entity."""
    carried = read(PLUGINS)
    assert carried.named == set(PLUGINS)
    assert carried.jwt_auth == JWTAuth(realm="shop")
    assert carried.restriction is not None
    assert carried.limit is not None
    assert carried.limit.scope == "/routes/1"


def test_there_may_be_none() -> None:
    """An entity without plugins."""
    assert read(None) == Carried()


def test_the_jwt_auth_of_a_consumer_is_passed_over() -> None:
    """It is a credential."""
    carried = read({**PLUGINS, "jwt-auth": {"key": 1}}, of_consumer=True)
    assert carried.named == {"consumer-restriction", "limit-count"}
    assert carried.jwt_auth is None


@pytest.mark.parametrize("name", list(PLUGINS))
def test_an_invalid_block_makes_the_entity_invalid(name: str) -> None:
    """With the name of the plugin, as in APISIX's log."""
    with pytest.raises(InvalidEntry) as caught:
        read({name: {"_meta": 1}})
    expected = f"failed to check the configuration of plugin {name} err: "
    assert str(caught.value).startswith(expected)


def test_a_block_takes_the_place_of_one_below() -> None:
    """As a whole: the other attributes are not those below."""
    above = read({"jwt-auth": {"header": "x"}})
    merged = above.over(read(PLUGINS))
    assert merged.jwt_auth == JWTAuth(header="x")
    assert merged.limit == read(PLUGINS).limit
    assert merged.restriction == read(PLUGINS).restriction
    assert merged.named == set(PLUGINS)


@pytest.mark.parametrize("name", list(PLUGINS))
def test_a_disabled_block_takes_it_as_well(name: str) -> None:
    """That is how a route does without what its service has."""
    block = {**PLUGINS[name], **OFF}
    merged = read({name: block}).over(read(PLUGINS))
    left = (merged.jwt_auth, merged.restriction, merged.limit)
    assert left.count(None) == 1


def test_what_is_not_named_comes_from_below() -> None:
    """All of it."""
    assert Carried().over(read(PLUGINS)) == read(PLUGINS)
