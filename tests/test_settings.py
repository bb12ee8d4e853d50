import dataclasses
from typing import Any

import pytest

from jwtgate import ConfigurationError, Policy, Route
from jwtgate.report import LoadReport
from jwtgate.settings import Settings
from tests.kit import ListStore


def test_settings_are_strict_if_nothing_is_said() -> None:
    """As a gate's own are."""
    settings = Settings(store=ListStore())
    assert (settings.policy, settings.routes) == (Policy(), ())


def test_settings_cannot_be_changed() -> None:
    """They are replaced as a whole."""
    settings = Settings(store=ListStore())
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.policy = Policy()  # type: ignore[misc]


def test_a_path_without_route_gets_the_gate_s_policy_if_nothing_is_said() -> None:
    """It is never a free pass."""
    assert Settings(store=ListStore()).unrouted == "policy"


@pytest.mark.parametrize("unrouted", ["policy", "refuse", "policy_then_refuse"])
def test_a_path_without_route_may_be_refused(unrouted: Any) -> None:
    """At once, or once it is known who calls."""
    assert Settings(store=ListStore(), unrouted=unrouted).unrouted == unrouted


@pytest.mark.parametrize("unrouted", ["pass", "", None, True, ["refuse"]], ids=repr)
def test_another_word_for_it_is_refused(unrouted: Any) -> None:
    """A misspelt one would let pass in silence."""
    with pytest.raises(ConfigurationError, match="unrouted must be one of"):
        Settings(store=ListStore(), unrouted=unrouted)


def test_settings_have_nothing_to_report_if_nothing_is_said() -> None:
    """Those that come from no file."""
    assert Settings(store=ListStore()).report == LoadReport()


def test_routes_that_are_taken_out_of_a_list_later_stay() -> None:
    """A gate would let pass what they guard, by its own policy."""
    routes = [Route(path="/admin/*")]
    settings = Settings(store=ListStore(), routes=routes)
    routes.clear()
    assert settings.routes == (Route(path="/admin/*"),)


def test_routes_that_can_be_read_once_stay() -> None:
    """The same settings may come back: ``gate.replace(gate.settings)``."""
    routes: Any = (Route(path=path) for path in ("/a", "/b"))
    settings = Settings(store=ListStore(), routes=routes)
    assert len(dataclasses.replace(settings).routes) == 2


@pytest.mark.parametrize(
    "routes", [None, 1, "/a", ["/a"], [None], Route(path="/a")], ids=repr
)
def test_what_is_no_route_is_refused(routes: Any) -> None:
    """And one alone is not several."""
    with pytest.raises(ConfigurationError, match="routes must be several Routes"):
        Settings(store=ListStore(), routes=routes)
