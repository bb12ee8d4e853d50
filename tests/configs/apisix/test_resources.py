import pytest

from jwtgate.configs.apisix.jwtauth import JWTAuth
from jwtgate.configs.apisix.resources import read_resources
from tests.configs.apisix.files import context, notes_in, problems_in

JWT = {"jwt-auth": {"realm": "shop"}}
LIMIT = {"limit-count": {"count": 1, "time_window": 1}}


def test_the_three_lists_are_read_by_id() -> None:
    """Each with its plugins; a number is the same id as its text."""
    root = {
        "services": [{"id": 1, "plugins": JWT, "hosts": ["a.example"]}],
        "plugin_configs": [{"id": "pc", "plugins": JWT}],
        "consumer_groups": [{"id": "gold", "plugins": LIMIT}],
    }
    found = read_resources(root, context())
    assert found.services["1"].carried.jwt_auth == JWTAuth(realm="shop")
    assert found.services["1"].hosts == ["a.example"]
    assert found.plugin_configs["pc"].carried.jwt_auth == JWTAuth(realm="shop")
    limit = found.groups["gold"].carried.limit
    assert limit is not None
    assert limit.scope == "/consumer_groups/gold"


def test_a_service_needs_no_id_and_no_plugins() -> None:
    """No route can refer to it then."""
    found = read_resources({"services": [{"upstream": {}}]}, context())
    assert list(found.services) == ["/services/arr_1"]
    assert found.services["/services/arr_1"].hosts is None


@pytest.mark.parametrize(
    ("kind", "table", "why"),
    [
        ("services", {"id": "a/b"}, 'property "id" validation failed'),
        ("services", {"hosts": []}, 'property "hosts" validation failed'),
        ("services", {"plugins": None}, 'property "plugins" validation failed'),
        ("services", {"vars": []}, 'additional properties forbidden, found "vars"'),
        ("services", {"plugins": {"jwt-auth": 1}}, "invalid plugin conf for plugin"),
        (
            "services",
            {"plugins": {"jwt-auth": {"realm": ""}}},
            "failed to check the configuration of plugin jwt-auth err: property",
        ),
        ("plugin_configs", {"plugins": {}}, 'property "id" is required'),
        ("plugin_configs", {"id": 1}, 'property "plugins" is required'),
        ("consumer_groups", {"id": 1}, 'property "plugins" is required'),
        (
            "consumer_groups",
            {"id": 1, "plugins": {}, "hosts": ["a"]},
            'additional properties forbidden, found "hosts"',
        ),
    ],
)
def test_what_apisix_would_not_take_is_left_out(
    kind: str, table: dict[str, object], why: str
) -> None:
    """With its reason; what comes after is read."""
    given = context()
    found = read_resources({kind: [table, {"id": "ok", "plugins": {}}]}, given)
    lists = {
        "services": found.services,
        "plugin_configs": found.plugin_configs,
        "consumer_groups": found.groups,
    }
    assert list(lists[kind]) == ["ok"]
    (note,) = notes_in(given)
    assert note.startswith(f"skipped: {kind}[0]: {why}")


def test_of_one_id_the_later_counts() -> None:
    """As in APISIX."""
    given = context()
    root = {"services": [{"id": 1}, {"id": "1", "plugins": JWT}]}
    found = read_resources(root, given)
    assert found.services["1"].carried.jwt_auth == JWTAuth(realm="shop")
    assert notes_in(given) == [
        "skipped: services[0]: its id comes again; the later counts"
    ]


@pytest.mark.parametrize(
    ("name", "value"), [("script", "return"), ("routes", [{"uri": "/"}])]
)
def test_what_would_decide_in_its_place_is_a_problem(name: str, value: object) -> None:
    """Code, and the routes that ADC writes into services."""
    given = context()
    read_resources({"services": [{"id": 1, name: value}]}, given)
    (problem,) = problems_in(given)
    assert problem.startswith(f"services[0].{name}: ")


def test_the_jwt_auth_of_a_group_does_nothing() -> None:
    """It is told."""
    given = context()
    read_resources({"consumer_groups": [{"id": 1, "plugins": JWT}]}, given)
    assert notes_in(given) == [
        "dropped: consumer_groups[0].plugins.jwt-auth: does nothing in a group"
    ]
