from typing import Any

import pytest

from jwtgate.configs.context import Context
from jwtgate.configs.kong.document import Document, read_document
from jwtgate.configs.tree import BROKEN
from tests.configs.kong.kit import context, root, sentences


def read(given: Context | None = None, **members: object) -> Document:
    """Read the entities of a file."""
    return read_document(root(**members), given or context())


def told(**members: object) -> tuple[str, ...]:
    """Give the problems of a file's entities."""
    given = context()
    read_document({"_format_version": "3.0", **members}, given)
    return sentences(given.problems)


def noted(**members: object) -> str:
    """Give the notes of a file's entities."""
    given = context()
    read(given, **members)
    return str(given.notes.report())


@pytest.mark.parametrize("version", ["1.1", "2.1", "3.0"])
def test_a_file_has_a_version(version: str) -> None:
    """One of three."""
    assert told(_format_version=version) == ()


VERSIONS: dict[str, tuple[Any, str]] = {
    "number": (3.0, "expected a string"),
    "other": ("3.1", "expected one of: 1.1, 2.1, 3.0"),
    "null": (None, "required field missing"),
}


@pytest.mark.parametrize(("version", "problem"), VERSIONS.values(), ids=VERSIONS.keys())
def test_another_version_is_told(version: object, problem: str) -> None:
    """In Kong's words."""
    assert told(_format_version=version) == (f"_format_version: {problem}",)


def test_a_file_without_a_version_is_told() -> None:
    """When its format was chosen by hand."""
    given = context()
    read_document({}, given)
    assert sentences(given.problems) == ("_format_version: required field missing",)


@pytest.mark.parametrize("tree", [None, [], "a", 1])
def test_a_file_is_a_record(tree: object) -> None:
    """Nothing else."""
    given = context()
    read_document(tree, given)
    assert sentences(given.problems) == ("the file: expected a record",)


def test_what_was_told_already_is_not_told_again() -> None:
    """That the file is none."""
    given = context()
    read_document(BROKEN, given)
    assert not given.problems


def test_what_deck_adds_is_known() -> None:
    """Kong's own loader would refuse it."""
    deck = {
        "_info": {"select_tags": ["a"], "defaults": {"route": {"strip_path": False}}},
        "_workspace": "default",
        "_konnect": {"control_plane_name": "a"},
        "_plugin_configs": {"a": {}},
        "_transform": False,
        "_comment": "a",
        "_ignore": [1],
    }
    assert told(**deck) == ()


def test_another_name_is_unknown() -> None:
    """A slip must not drop a list."""
    assert told(consumer=[]) == ("consumer: unknown field",)


def test_services_and_their_routes_are_found() -> None:
    """With the service of each route."""
    document = read(
        services=[{"name": "a", "routes": [{"name": "b"}]}],
        routes=[{"name": "c", "service": "a"}, {"name": "d"}],
    )
    (service,) = document.services
    nested, top, alone = document.routes
    assert [each.at for each in document.routes] == [
        ("services", 0, "routes", 0),
        ("routes", 0),
        ("routes", 1),
    ]
    assert document.service_of == {nested: service, top: service}
    assert alone not in document.service_of


def test_a_nested_route_is_of_the_service_it_stands_in() -> None:
    """It may say so."""
    document = read(services=[{"name": "a", "routes": [{"service": "a"}, {}]}])
    assert [each.name for each in document.service_of.values()] == ["a", "a"]


def test_a_nested_route_that_refers_to_another_service_is_told() -> None:
    """Which may come later in the file."""
    routes = [{"service": "b"}]
    assert told(services=[{"name": "a", "routes": routes}, {"name": "b"}]) == (
        "services[0].routes[0].service: refers to another service than it stands in",
    )


def test_a_service_is_not_defined_where_it_is_referred_to() -> None:
    """Its plugins would be lost."""
    service = {"name": "a", "plugins": [{"name": "jwt"}]}
    assert told(services=[{"name": "a"}], routes=[{"service": service}]) == (
        "routes[0].service: expected an id or a name alone",
    )


def test_a_reference_to_no_service_is_told() -> None:
    """With its place."""
    (problem,) = told(routes=[{"service": "a"}])
    assert problem == (
        "routes[0].service: invalid reference 'service: a' (no such entry in "
        "'services')"
    )


def test_plugins_are_found_wherever_they_stand() -> None:
    """With what they stand in."""
    plugins = [{"name": "a"}]
    document = read(
        services=[{"plugins": plugins, "routes": [{"plugins": plugins}]}],
        routes=[{"plugins": plugins}],
        consumers=[{"username": "jack", "plugins": plugins}],
        consumer_groups=[{"name": "b", "plugins": plugins}],
        plugins=plugins,
    )
    (service,) = document.services
    nested, top = document.routes
    (jack,) = document.consumers
    assert [
        (entry.at, entry.route, entry.service, entry.consumer, entry.in_group)
        for entry in document.plugins
    ] == [
        (("services", 0, "routes", 0, "plugins", 0), nested, None, None, False),
        (("services", 0, "plugins", 0), None, service, None, False),
        (("consumers", 0, "plugins", 0), None, None, jack, False),
        (("routes", 0, "plugins", 0), top, None, None, False),
        (("consumer_groups", 0, "plugins", 0), None, None, None, True),
        (("plugins", 0), None, None, None, False),
    ]


def test_credentials_and_groups_are_found_nested_and_at_the_top() -> None:
    """Each with its consumer."""
    document = read(
        consumers=[{"username": "jack", "jwt_secrets": [{}], "acls": [{}]}],
        jwt_secrets=[{"consumer": "jack"}],
        acls=[{"consumer": {"username": "jack"}}],
    )
    (jack,) = document.consumers
    for entries in (document.jwt_secrets, document.acls):
        assert [document.owner(entry) for entry in entries] == [jack, jack]


@pytest.mark.parametrize("kind", ["acls", "jwt_secrets", "plugins"])
def test_a_nested_entry_that_refers_to_another_consumer_is_told(kind: str) -> None:
    """It would give to the one what is the other's."""
    given = context()
    jack = {"username": "jack", kind: [{"consumer": "joe"}]}
    document = read(given, consumers=[jack, {"username": "joe"}])
    (entry,) = getattr(document, kind)
    document.owner(entry)
    (problem,) = sentences(given.problems)
    assert problem == (
        f"consumers[0].{kind}[0].consumer: refers to another consumer than it stands in"
    )


def test_a_consumer_has_a_name() -> None:
    """In Kong's words."""
    (problem,) = told(consumers=[{"tags": ["a"]}])
    assert problem == (
        "consumers[0]: at least one of these fields must be non-empty: 'custom_id', "
        "'username'"
    )


def test_a_name_of_the_wrong_type_is_told_once() -> None:
    """It is there all the same."""
    assert told(consumers=[{"username": 1}]) == (
        "consumers[0].username: expected a string",
    )


def test_unused_lists_are_told_with_their_count() -> None:
    """One note for each."""
    assert noted(upstreams=[{}, {}], vaults=[]) == (
        "dropped: upstreams: 2 of these, not carried over"
    )


def test_those_of_consumers_are_told() -> None:
    """Other ways to be known."""
    assert noted(consumers=[{"username": "jack", "keyauth_credentials": [{}]}]) == (
        "dropped: consumers[0].keyauth_credentials: 1 of these, not carried over"
    )


CHAINS: dict[str, dict[str, Any]] = {
    "filter_chains": {"filter_chains": [{}]},
    "services[0].filter_chains": {"services": [{"filter_chains": [{}]}]},
    "routes[0].filter_chains": {"routes": [{"filter_chains": [{}]}]},
}


@pytest.mark.parametrize(("place", "members"), CHAINS.items(), ids=CHAINS.keys())
def test_filter_chains_are_refused(place: str, members: dict[str, Any]) -> None:
    """A filter may keep somebody out, as a plugin may."""
    (problem,) = told(**members)
    assert problem.startswith(f"{place}: filter_chains restricts access")


def test_filter_chains_may_be_dropped() -> None:
    """By that name."""
    given = context(allow_dropped=frozenset({"filter_chains"}))
    read(given, filter_chains=[{}])
    assert not given.problems


DEFAULTS: dict[str, Any] = {
    "route": {"paths": ["/a"]},
    "service": {"enabled": False},
    "consumer": {"custom_id": "a"},
}


@pytest.mark.parametrize(("kind", "members"), DEFAULTS.items(), ids=DEFAULTS.keys())
def test_defaults_that_would_choose_otherwise_are_told(
    kind: str, members: dict[str, Any]
) -> None:
    """A route without its paths would match more."""
    (name,) = members
    (problem,) = told(_info={"defaults": {kind: members}})
    assert problem == (
        f"_info.defaults.{kind}.{name}: defaults are not carried over; write it where "
        "it is to hold"
    )


@pytest.mark.parametrize("protocols", [["grpc"], "http", [1]])
def test_a_default_without_http_is_told(protocols: object) -> None:
    """Its routes would be none of ours."""
    (problem,) = told(_info={"defaults": {"route": {"protocols": protocols}}})
    assert problem.startswith("_info.defaults.route.protocols: ")


HARMLESS: dict[str, Any] = {
    "protocols": {"route": {"protocols": ["https"]}},
    "of routes": {"route": {"strip_path": True, "tags": ["a"]}},
    "of upstreams": {"upstream": {"slots": 1}},
    "no table": {"route": 1},
    "none": None,
    "no defaults": [],
}


@pytest.mark.parametrize("defaults", HARMLESS.values(), ids=HARMLESS.keys())
def test_other_defaults_are_no_matter(defaults: object) -> None:
    """They say where requests go."""
    assert told(_info={"defaults": defaults}) == ()


def test_members_that_cannot_be_are_told_with_their_place() -> None:
    """At each level."""
    assert told(
        services=[{"label": "a", "routes": [{"hosts": "a"}]}],
        consumers=[{"username": "jack", "tags": "a"}],
        routes={},
    ) == (
        "services[0].label: unknown field",
        "services[0].routes[0].hosts: expected an array",
        "consumers[0].tags: expected a set",
        "routes: expected an array",
    )
