from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.document import read_document
from jwtgate.configs.kong.fields import STRING, Field
from jwtgate.configs.kong.plugins import Plugin, Scoped, read_plugins
from jwtgate.configs.kong.records import Record
from jwtgate.configs.tree import BROKEN
from tests.configs.kong.kit import context, jwt, plugin, root, sentences

FIELDS = {"a": Field(test=STRING), "b": Field(test=STRING)}


def read(given: Context | None = None, **members: object) -> Sequence[Plugin]:
    """Read the plugins of a file that are carried over."""
    given = given or context()
    return list(read_plugins(read_document(root(**members), given), given))


def told(*plugins: object, **members: object) -> tuple[str, ...]:
    """Give the problems of plugins."""
    given = context()
    read(given, plugins=list(plugins), **members)
    return sentences(given.problems)


def noted(*plugins: object) -> str:
    """Give the notes of plugins."""
    given = context()
    read(given, plugins=list(plugins))
    assert not given.problems
    return str(given.notes.report())


def test_a_plugin_holds_for_what_it_stands_in() -> None:
    """Nested or by reference."""
    found = read(
        services=[{"name": "s", "plugins": [jwt()], "routes": [{"name": "r"}]}],
        consumers=[{"username": "jack", "plugins": [plugin("rate-limiting")]}],
        plugins=[jwt(), {**jwt(), "route": "r", "service": {"name": "s"}}],
    )
    assert [
        tuple(each and each.name for each in (one.route, one.service, one.consumer))
        for one in found
    ] == [(None, "s", None), (None, None, "jack"), (None, None, None), ("r", "s", None)]


def test_a_nested_plugin_is_of_the_route_it_stands_in() -> None:
    """It may name a service beside."""
    (found,) = read(
        services=[{"name": "s"}],
        routes=[
            {"name": "a", "plugins": [{**jwt(), "route": "a", "service": "s"}]},
        ],
    )
    assert found.route is not None
    assert found.service is not None
    assert found.route.name == "a"
    assert found.service.name == "s"


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "route": (
        {"routes": [{"name": "a", "plugins": [{**jwt(), "route": "b"}]}]},
        "routes[0].plugins[0].route: refers to another route",
    ),
    "service": (
        {"services": [{"name": "a", "plugins": [{**jwt(), "service": "b"}]}]},
        "services[0].plugins[0].service: refers to another service",
    ),
    "service of its route": (
        {
            "services": [
                {"routes": [{"name": "a", "plugins": [{**jwt(), "service": "b"}]}]}
            ]
        },
        "services[0].routes[0].plugins[0].service: refers to another service",
    ),
    "consumer": (
        {
            "consumers": [
                {
                    "username": "jack",
                    "plugins": [{**plugin("rate-limiting"), "consumer": "b"}],
                }
            ]
        },
        "consumers[0].plugins[0].consumer: refers to another consumer",
    ),
    "harmless": (
        {"routes": [{"name": "a", "plugins": [{**plugin("cors"), "route": "b"}]}]},
        "routes[0].plugins[0].route: refers to another route",
    ),
}


@pytest.mark.parametrize(
    ("members", "problem"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys()
)
def test_a_plugin_of_another_than_it_stands_in_is_told(
    members: dict[str, Any], problem: str
) -> None:
    """It would guard the one and leave the other open."""
    others: dict[str, object] = {
        "services": [*members.get("services", []), {"name": "b"}],
        "routes": [*members.get("routes", []), {"name": "b"}],
        "consumers": [*members.get("consumers", []), {"username": "b"}],
    }
    assert told(**others) == (f"{problem} than it stands in",)


@pytest.mark.parametrize("name", ["jwt", "acl", "rate-limiting", "request-termination"])
def test_four_plugins_are_carried_over(name: str) -> None:
    """With where they are."""
    (found,) = read(plugins=[plugin(name, {"a": "b"})])
    assert found == Plugin(
        name=name,
        at=("plugins", 0),
        configs=((("plugins", 0, "config"), {"a": "b"}),),
    )


@pytest.mark.parametrize("name", ["cors", "http-log", "request-transformer"])
def test_what_keeps_nobody_out_is_noted(name: str) -> None:
    """Where it is."""
    assert noted(plugin(name)) == f"dropped: plugins[0]: {name} is not carried over"


@pytest.mark.parametrize("name", ["key-auth", "ip-restriction", "our-own", "JWT", ""])
def test_what_may_keep_somebody_out_is_refused(name: str) -> None:
    """Whatever is not known to be harmless."""
    (problem,) = told(plugin(name))
    assert problem == (
        f"plugins[0]: {name} restricts access and is not carried over; leave it to "
        "what does it now and name it in allow_dropped"
    )


def test_it_may_be_dropped_by_name() -> None:
    """What was dropped is noted."""
    given = context(allow_dropped=frozenset({"key-auth"}))
    assert read(given, plugins=[plugin("key-auth")]) == []
    assert len(given.notes.report()) == 1
    assert not given.problems


@pytest.mark.parametrize("name", ["jwt", "key-auth", "cors"])
def test_a_plugin_that_is_off_does_nothing(name: str) -> None:
    """Nothing is told of it, whatever its config."""
    assert noted(plugin(name, {"x": 1}, enabled=False)) == ""


ENTRIES: dict[str, tuple[object, str]] = {
    "no name": ({}, "name: required field missing"),
    "null": ({"name": None}, "name: required field missing"),
    "kind": ({"name": 1}, "name: expected a string"),
    "unknown": ({**jwt(), "when": "a"}, "when: unknown field"),
    "config": ({"name": "jwt", "config": []}, "config: expected a record"),
    "enabled": ({**jwt(), "enabled": "no"}, "enabled: expected a boolean"),
    "jwt": ({**jwt(), "consumer": "jack"}, "consumer: value must be null"),
    "acl": ({"name": "acl", "consumer": "jack"}, "consumer: value must be null"),
    "named": (
        {"name": "jwt", "_config": "a"},
        "_config: invalid reference '_config: a' (no such entry in '_plugin_configs')",
    ),
    "nowhere": (
        {**jwt(), "route": "a"},
        "route: invalid reference 'route: a' (no such entry in 'routes')",
    ),
    "reference": (
        {"name": "cors", "service": "a"},
        "service: invalid reference 'service: a' (no such entry in 'services')",
    ),
}


@pytest.mark.parametrize(("entry", "problem"), ENTRIES.values(), ids=ENTRIES.keys())
def test_an_entry_that_cannot_be_is_told(entry: object, problem: str) -> None:
    """In Kong's words."""
    jack = {"username": "jack"}
    assert told(entry, consumers=[jack]) == (f"plugins[0].{problem}",)


def test_jwt_is_no_plugin_of_a_consumer() -> None:
    """Nor nested in one, where Kong takes it, and does nothing."""
    assert told(consumers=[{"username": "jack", "plugins": [jwt()]}]) == (
        "consumers[0].plugins[0].consumer: value must be null",
    )


GROUPED: dict[str, dict[str, Any]] = {
    "by reference": {"plugins": [{**jwt(), "consumer_group": "gold"}]},
    "nested": {"consumer_groups": [{"name": "gold", "plugins": [jwt()]}]},
}


@pytest.mark.parametrize("members", GROUPED.values(), ids=GROUPED.keys())
def test_a_plugin_of_a_consumer_group_is_refused(members: dict[str, Any]) -> None:
    """Who is in the group is not known here."""
    (problem,) = (
        told(**members) if "plugins" not in members else told(*members["plugins"])
    )
    assert "holds for a consumer group; leave jwt to what does it now" in problem


def test_a_harmless_plugin_of_a_consumer_group_is_noted() -> None:
    """As anywhere."""
    given = context()
    read(given, consumer_groups=[{"name": "a", "plugins": [plugin("cors")]}])
    assert not given.problems


def test_partials_are_refused() -> None:
    """They hold the rest of the config."""
    (problem,) = told({**plugin("rate-limiting"), "partials": [{"id": "a"}]})
    assert problem.startswith("plugins[0].partials: partials are not put together")


def test_no_partials_are_no_matter() -> None:
    """An empty list holds nothing."""
    assert told({**jwt(), "partials": []}) == ()


@pytest.mark.parametrize("protocols", [["grpc"], ["tcp", "tls"]])
def test_protocols_without_http_are_noted(protocols: list[str]) -> None:
    """The plugin runs here all the same."""
    assert noted({**jwt(), "protocols": protocols}) == (
        "warning: plugins[0].protocols: not looked at: it holds for HTTP"
    )


@pytest.mark.parametrize("protocols", [[], ["http"], ["grpc", "https"]])
def test_other_protocols_are_no_matter(protocols: list[str]) -> None:
    """With HTTP among them."""
    assert noted({**jwt(), "protocols": protocols}) == ""


def test_an_order_of_its_own_is_noted() -> None:
    """Ours is the usual one."""
    assert noted({**jwt(), "ordering": {"before": {"access": ["acl"]}}}) == (
        "dropped: plugins[0].ordering: plugins run in their usual order"
    )


NAMED: dict[str, Any] = {
    "_plugin_configs": {"x": {"a": "1", "b": "2"}},
    "plugins": [plugin("jwt", {"a": "own"}, _config="x")],
}


def test_a_named_config_stands_below_the_own() -> None:
    """As decK puts them together."""
    (found,) = read(**NAMED)
    assert found.read(FIELDS, context()).members == {"a": "own", "b": "2"}


def test_null_stands_above_a_named_config() -> None:
    """To decK it is there: the default holds."""
    (found,) = read(**{**NAMED, "plugins": [plugin("jwt", {"a": None}, _config="x")]})
    assert found.read(FIELDS, context()).members == {"b": "2"}
    assert found.given("a") is None


def test_a_member_is_given_as_it_stands() -> None:
    """The own one, else that of the named config."""
    (found,) = read(**NAMED)
    assert [found.given(name) for name in "abc"] == ["own", "2", None]


def test_a_named_config_may_stand_alone() -> None:
    """The plugin has none of its own."""
    (found,) = read(**{**NAMED, "plugins": [{"name": "jwt", "_config": "x"}]})
    assert found.read(FIELDS, context()).members == {"a": "1", "b": "2"}


def test_a_member_of_a_config_is_where_it_stands() -> None:
    """In the plugin, or in the named config."""
    (found,) = read(**NAMED)
    assert found.place("a") == ("plugins", 0, "config", "a")
    assert found.place("b", "c") == ("_plugin_configs", "x", "b", "c")
    assert found.place("d") == ("plugins", 0, "config", "d")


def test_problems_of_a_named_config_are_told_where_they_are() -> None:
    """Less those of members that the own config has."""
    given = context()
    (found,) = read(
        _plugin_configs={"x": {"a": 1, "b": 2, "c": 3}},
        plugins=[plugin("jwt", {"a": "own"}, _config="x")],
    )
    found.read(FIELDS, given)
    assert sentences(given.problems) == (
        "_plugin_configs.x.b: expected a string",
        "_plugin_configs.x.c: unknown field",
    )


def test_a_named_config_that_was_told_is_not_told_again() -> None:
    """It is broken."""
    given = context()
    tree = root(
        _plugin_configs={"x": BROKEN}, plugins=[{"name": "jwt", "_config": "x"}]
    )
    list(read_plugins(read_document(tree, given), given))
    assert not given.problems


def entity(name: str) -> Entity:
    """Give something that a plugin may hold for."""
    return Entity(at=(name,), members=Record({}), name=name)


ROUTE, SERVICE, CONSUMER, OTHER = map(entity, "rsco")
MOST_SPECIFIC_FIRST = [
    (ROUTE, SERVICE, CONSUMER),
    (ROUTE, None, CONSUMER),
    (None, SERVICE, CONSUMER),
    (ROUTE, SERVICE, None),
    (None, None, CONSUMER),
    (ROUTE, None, None),
    (None, SERVICE, None),
    (None, None, None),
]


def scoped(
    *scopes: tuple[Entity | None, Entity | None, Entity | None],
) -> Scoped[object]:
    """Put one value into each scope: the scope itself."""
    found = Scoped[object]()
    for route, service, consumer in scopes:
        one = Plugin(
            name="acl",
            at=(),
            configs=(),
            route=route,
            service=service,
            consumer=consumer,
        )
        found.put(one, (route, service, consumer), context())
    return found


@pytest.mark.parametrize("first", range(8))
def test_the_most_specific_scope_wins(first: int) -> None:
    """In Kong's order; the others are as if not there."""
    scopes = MOST_SPECIFIC_FIRST[first:]
    found = scoped(*reversed(scopes)).find(ROUTE, SERVICE, CONSUMER)
    assert found == scopes[0]


@pytest.mark.parametrize("scope", MOST_SPECIFIC_FIRST[:-1])
def test_what_holds_for_others_is_not_found(
    scope: tuple[Entity | None, Entity | None, Entity | None],
) -> None:
    """Each part of a scope has to fit."""
    assert scoped(scope).find(OTHER, OTHER, OTHER) is None


def test_nobody_is_no_consumer() -> None:
    """What holds for consumers is not found without one."""
    assert scoped(*MOST_SPECIFIC_FIRST[:3]).find(ROUTE, SERVICE) is None


def test_the_same_scope_twice_is_told() -> None:
    """In Kong's words; the first one holds."""
    given = context()
    found = Scoped[int]()
    for number in range(2):
        one = Plugin(name="acl", at=("plugins", number), configs=(), route=ROUTE)
        found.put(one, number, given)
    (problem,) = sentences(given.problems)
    assert problem == (
        "plugins[1]: uniqueness violation: 'plugins' entity with name 'acl' already "
        "declared for this scope"
    )
    assert list(found) == [0]


def test_consumers_of_a_route_are_found() -> None:
    """Of the route, the service, both, and everywhere."""
    found = scoped(*MOST_SPECIFIC_FIRST, (OTHER, None, CONSUMER))
    assert [list(each.values()) for each in found.consumers(ROUTE, SERVICE)] == [
        [(ROUTE, SERVICE, CONSUMER)],
        [(ROUTE, None, CONSUMER)],
        [(None, SERVICE, CONSUMER)],
        [(None, None, CONSUMER)],
    ]


def test_consumers_of_no_route_are_found_once() -> None:
    """Those that hold everywhere."""
    found = scoped(*MOST_SPECIFIC_FIRST)
    assert [list(each) for each in found.consumers(None, None)] == [[CONSUMER]]
