import pytest

from tests.doctor.cases import CARRIERS
from tests.doctor.conftest import Found


@pytest.mark.parametrize("code", CARRIERS)
def test_weak_carrier_is_found(code: str, found: Found) -> None:
    """What is weak about where tokens are taken from has its code."""
    assert found(CARRIERS[code][0], code)


@pytest.mark.parametrize("code", CARRIERS)
def test_sound_carrier_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(CARRIERS[code][1], code)
