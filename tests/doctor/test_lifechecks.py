import pytest

from tests.doctor.cases import LIVES, credential, settings
from tests.doctor.conftest import Found


@pytest.mark.parametrize("code", LIVES)
def test_weak_life_is_found(code: str, found: Found) -> None:
    """What is weak about how long something lives has its code."""
    assert found(LIVES[code][0], code)


@pytest.mark.parametrize("code", LIVES)
def test_sound_life_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(LIVES[code][1], code)


def test_many_are_one_finding(found: Found) -> None:
    """A hundred thousand credentials without an end are told in one line."""
    rows = [credential(n, retire_after=None) for n in range(2)]
    (one,) = found(settings(*rows, credential(2)), "JG321")
    assert (one.path, one.what) == (
        "settings.consumers",
        "2 of 3 credentials have no retire_after",
    )


def test_grace_period_of_a_credential_is_a_leeway(found: Found) -> None:
    """It stands in the place of the policy's."""
    (one,) = found(settings(credential(lifetime_grace_period=600)), "JG208")
    assert one.path.endswith("lifetime_grace_period")
