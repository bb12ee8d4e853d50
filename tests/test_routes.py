from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import Answer, ConfigurationError, Policy, Route
from tests.kit import ListStore


@pytest.mark.parametrize(
    "path", ["/", "/a", "/a/", "/a/b.c", "/*", "/a/*", "/a*", "/ä"]
)
def test_a_path_that_can_match(path: str) -> None:
    """Exact, all below, or all that begins with it."""
    assert Route(path=path).path == path


@pytest.mark.parametrize(
    "fields",
    [
        {"path": ""},
        {"path": "a"},
        {"path": "*"},
        {"path": "/a*b"},
        {"path": "/*/a"},
        {"path": "/a//b"},
        {"path": "/a/../b"},
        {"path": "/a/."},
        {"path": "/a\\b"},
        {"path": "/a%20b"},
        {"path": "/users/{id}"},
        {"path": "/users/<int:id>"},
        {"path": "/a?x=1"},
        {"path": "/a#b"},
        {"path": "/a;b"},
        {"path": "/a\0"},
        {"path": None},
        {"methods": ["get"]},
        {"methods": ["GET /"]},
        {"methods": "GET"},
        {"hosts": ["Api.example"]},
        {"hosts": ["api.example:80"]},
        {"hosts": ["*"]},
        {"hosts": ["a*.example"]},
        {"public": 1},
        {"prefix": 1},
        {"prefix": None},
        {"prefix": True, "path": "/a*"},
        {"prefix": True, "path": "/*"},
        {"prefix": True, "path": None},
        {"priority": True},
        {"priority": 1.0},
        {"priority": "1"},
        {"priority": None},
        {"public": True, "store": ListStore()},
        {"public": True, "policy": "strict"},
        {"policy": {}},
    ],
    ids=str,
)
def test_a_route_that_cannot_match_is_refused(fields: dict[str, Any]) -> None:
    """It is said when it is made, not by a route that is silently open or shut."""
    with pytest.raises(ConfigurationError):
        Route(**{"path": "/a", **fields})


def test_every_problem_is_told_at_once() -> None:
    """One run shows them all."""
    with pytest.raises(ConfigurationError) as caught:
        Route(path="a", methods=["get"], hosts=["A"])
    assert [each.split()[0] for each in caught.value.problems] == [
        "path",
        "methods",
        "hosts",
    ]


@pytest.mark.parametrize("host", ["api.example", "*.example", "localhost", "[::1]"])
def test_a_host_that_can_match(host: str) -> None:
    """A name, all names below one, an address."""
    assert Route(path="/", hosts=[host]).hosts == (host,)


@pytest.mark.parametrize("path", ["/", "/a", "/a/", "/a.b"])
def test_a_prefix_that_can_match(path: str) -> None:
    """As it is written, with a slash at its end or without."""
    assert Route(path=path, prefix=True).path == path


@pytest.mark.parametrize("priority", [0, -1, 7, 10**9])
def test_a_priority_is_a_whole_number(priority: int) -> None:
    """Any."""
    assert Route(path="/", priority=priority).priority == priority


def test_a_public_route_may_have_a_policy() -> None:
    """For what holds for whoever calls."""
    policy = Policy(quota="1/s", termination=Answer(status=410))
    assert Route(path="/", public=True, policy=policy).policy is policy


def test_a_route_says_nothing_unless_told() -> None:
    """It is guarded, by the gate's own policy, and matches exactly."""
    route = Route(path="/a")
    assert (route.prefix, route.public, route.priority, route.policy) == (
        False,
        False,
        0,
        None,
    )


@given(
    st.fixed_dictionaries(
        {"path": st.text() | st.none()},
        optional={
            "methods": st.lists(st.text()) | st.text() | st.none(),
            "hosts": st.lists(st.text()) | st.integers(),
            "public": st.booleans() | st.text(),
            "prefix": st.booleans() | st.none(),
            "priority": st.integers() | st.floats() | st.booleans(),
        },
    )
)
def test_any_fields_give_a_route_or_a_configuration_error(fields: Any) -> None:
    """Files bring anything."""
    try:
        assert Route(**fields).path.startswith("/")
    except ConfigurationError:
        return
