from dataclasses import fields
from typing import get_type_hints

from jwtgate import Policy
from jwtgate.policysettings import PolicySettings

CHOICES = {each.name for each in fields(Policy) if not each.name.startswith("_")}


def test_the_settings_are_the_fields_of_a_policy() -> None:
    """A gateway's constructor takes whatever a policy takes."""
    assert set(PolicySettings.__annotations__) == CHOICES


def test_a_setting_has_the_type_of_its_field() -> None:
    """A type checker says the same of all three constructors."""
    of_fields = get_type_hints(Policy)
    assert get_type_hints(PolicySettings) == {name: of_fields[name] for name in CHOICES}


def test_every_setting_may_be_left_out() -> None:
    """Then the gateway's default counts."""
    assert PolicySettings.__optional_keys__ == CHOICES
