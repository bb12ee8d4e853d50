from typing import Any

import pytest

from jwtgate import ConfigurationError, Policy, Route
from jwtgate.django.policies import policy_of, routes_of

OWN = Policy(realm="shop")


def test_policy_of_a_dict() -> None:
    """The names are those of the fields."""
    assert policy_of({"realm": "shop"}) == OWN


def test_policy_stays_as_it_is() -> None:
    """A Policy is one already."""
    assert policy_of(OWN) is OWN


@pytest.mark.parametrize(
    ("dialect", "policy"),
    [
        ("native", Policy()),
        ("kong", Policy.kong()),
        ("apisix", Policy.apisix()),
    ],
)
def test_dialect_of_a_policy(dialect: str, policy: Policy) -> None:
    """A gateway's defaults are those of its dialect."""
    assert policy_of({}, dialect) == policy


@pytest.mark.parametrize(
    ("value", "dialect", "told"),
    [
        (1, None, "expected a Policy, or a dict"),
        ({"leway": 1}, None, "there is no 'leway'"),
        ({"_dialect": 1}, None, "there is no '_dialect'"),
        ({"leeway": "x"}, None, "leeway"),
        ({}, "tyk", "DIALECT must be one of"),
        ({}, [], "DIALECT must be one of"),
        (OWN, "kong", "a Policy has its own"),
    ],
    ids=["number", "unknown", "private", "wrong", "dialect", "list", "both"],
)
def test_policy_that_cannot_work(value: Any, dialect: Any, told: str) -> None:
    """What is wrong is told, and what there is."""
    with pytest.raises(ConfigurationError, match=told):
        policy_of(value, dialect)


def test_route_of_a_dict() -> None:
    """The names are those of the fields."""
    assert routes_of([{"path": "/a", "public": True}]) == [
        Route(path="/a", public=True)
    ]


def test_route_stays_as_it_is() -> None:
    """A Route is one already."""
    route = Route(path="/a")
    assert routes_of((route,)) == [route]


def test_policy_of_a_route_may_be_a_dict() -> None:
    """Of the same dialect as the gate's."""
    routes = routes_of([{"path": "/a", "policy": {"realm": "shop"}}], "kong")
    assert routes[0].policy == Policy.kong(realm="shop")


def test_policy_of_a_route_may_be_a_policy() -> None:
    """It stays as it is."""
    assert routes_of([{"path": "/a", "policy": OWN}])[0].policy is OWN


def test_problems_of_routes_have_their_places() -> None:
    """Each route's problems are told, with its place in the list."""
    with pytest.raises(ConfigurationError) as caught:
        routes_of([{}, {"path": "/a"}, {"path": "/b", "pblic": True}, 1])
    assert [each[:4] for each in caught.value.problems] == ["[0]:", "[2]:", "[3]:"]


@pytest.mark.parametrize("values", ["/a", {"path": "/a"}, None, 1])
def test_routes_that_are_no_list(values: object) -> None:
    """One route is no list of them."""
    with pytest.raises(ConfigurationError, match="expected a list"):
        routes_of(values)
