import dataclasses

import pytest

from jwtgate import Policy
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
