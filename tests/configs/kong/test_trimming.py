from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.configs.kong.trimming import trim
from jwtgate.configs.problems import Problems
from tests.configs.kong.kit import sentences

VAULT = "{vault://env/x}"


def trimmed(**members: Any) -> Any:
    """Trim a tree."""
    problems = Problems()
    trim(members, problems)
    assert not problems
    return members


def told(**members: Any) -> tuple[str, ...]:
    """Give the problems of a tree."""
    problems = Problems()
    trim(members, problems)
    return sentences(problems)


PLUGINS = [{"name": "http-log", "config": {"key": VAULT}, "enabled": False}]
BARE = [{"name": "http-log", "enabled": False}]


@pytest.mark.parametrize("kind", ["services", "routes", "consumers", "consumer_groups"])
def test_the_configs_of_other_plugins_go(kind: str) -> None:
    """Wherever they stand."""
    found = trimmed(**{kind: [{"plugins": PLUGINS[:]}], "plugins": PLUGINS[:]})
    assert found == {kind: [{"plugins": BARE}], "plugins": BARE}


def test_those_of_nested_routes_go() -> None:
    """As deep as they can stand."""
    plugins = [{"name": "http-log", "config": {}}]
    found = trimmed(services=[{"routes": [{"plugins": plugins}]}])
    assert found == {"services": [{"routes": [{"plugins": [{"name": "http-log"}]}]}]}


def test_the_configs_of_plugins_that_are_carried_over_stay() -> None:
    """They are read."""
    plugins = [{"name": "jwt", "config": {"realm": "a"}}]
    assert trimmed(plugins=plugins) == {"plugins": plugins}


def test_a_plugin_without_a_name_stays() -> None:
    """It is told as it is."""
    plugins = [{"config": {"realm": "a"}}, {"name": 1, "config": {}}]
    assert trimmed(plugins=plugins) == {"plugins": plugins}


def test_named_configs_stay_where_they_are_used() -> None:
    """By a plugin that is carried over."""
    found = trimmed(
        _plugin_configs={"a": {"x": 1}, "b": {"x": VAULT}, "c": {"x": VAULT}},
        plugins=[
            {"name": "acl", "_config": "a"},
            {"name": "http-log", "_config": "b"},
        ],
    )
    assert found["_plugin_configs"] == {"a": {"x": 1}, "b": {}, "c": {}}


REFERENCES = ["$env://P", "$file://p", "{vault://env/p}", " $ENV://P"]


@pytest.mark.parametrize("member", ["name", "_config"])
@pytest.mark.parametrize("text", REFERENCES)
def test_a_reference_that_chooses_a_config_is_told(member: str, text: str) -> None:
    """What goes is known before it is resolved: its config would be lost."""
    plugin = {"name": "jwt", "config": {"realm": "a"}, member: text}
    assert told(plugins=[{"name": "jwt"}, plugin]) == (
        f"plugins[1].{member}: expected a name, and no reference",
    )


PLACES: dict[str, Any] = {
    "services[0].plugins[0]": {"services": [{"plugins": [{"name": "$env://P"}]}]},
    "services[0].routes[0].plugins[0]": {
        "services": [{"routes": [{"plugins": [{"name": "$env://P"}]}]}]
    },
    "routes[0].plugins[0]": {"routes": [{"plugins": [{"name": "$env://P"}]}]},
    "consumers[0].plugins[0]": {"consumers": [{"plugins": [{"name": "$env://P"}]}]},
    "consumer_groups[1].plugins[0]": {
        "consumer_groups": [1, {"plugins": [{"name": "$env://P"}]}]
    },
}


@pytest.mark.parametrize(("place", "members"), PLACES.items(), ids=PLACES.keys())
def test_such_a_reference_is_told_where_it_is(place: str, members: Any) -> None:
    """Wherever the plugin stands."""
    assert told(**members) == (f"{place}.name: expected a name, and no reference",)


@pytest.mark.parametrize("name", ["vaults", "certificates", "keyauth_credentials"])
def test_unused_lists_are_emptied_and_counted(name: str) -> None:
    """How many there were is told."""
    assert trimmed(**{name: [{"a": VAULT}, {}]}) == {name: [None, None]}


def test_those_of_consumers_are_emptied() -> None:
    """Passwords, too."""
    found = trimmed(consumers=[{"basicauth_credentials": [{"password": VAULT}]}])
    assert found == {"consumers": [{"basicauth_credentials": [None]}]}


@pytest.mark.parametrize("kind", ["services", "routes"])
def test_filter_chains_are_emptied(kind: str) -> None:
    """They are refused by name."""
    found = trimmed(**{kind: [{"filter_chains": [{"a": VAULT}]}], "filter_chains": [1]})
    assert found == {kind: [{"filter_chains": [None]}], "filter_chains": [None]}


def test_of_consumer_groups_stay_the_plugins() -> None:
    """They may restrict."""
    group = {"name": "gold", "id": "a", "plugins": [], "consumers": [{"tags": [VAULT]}]}
    assert trimmed(consumer_groups=[group]) == {
        "consumer_groups": [{"name": "gold", "id": "a", "plugins": []}]
    }


@pytest.mark.parametrize("tree", [None, [], "a", {"vaults": 1, "services": [1]}])
def test_what_is_no_file_stays(tree: object) -> None:
    """It is told later."""
    before = repr(tree)
    trim(tree, Problems())
    assert repr(tree) == before


NAMES = st.sampled_from(
    ["plugins", "services", "routes", "consumers", "name", "config", "_plugin_configs"]
)


@given(
    st.recursive(
        st.none() | st.booleans() | st.sampled_from(["jwt", "acl", "http-log"]),
        lambda below: st.lists(below) | st.dictionaries(NAMES, below),
    )
)
def test_any_tree_is_trimmed(tree: object) -> None:
    """Nothing is expected of it."""
    trim(tree, Problems())
