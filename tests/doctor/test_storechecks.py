import pytest

from jwtgate import MemoryStore
from tests.doctor.cases import STORES, settings
from tests.doctor.conftest import Found


@pytest.mark.parametrize("code", STORES)
def test_weak_store_is_found(code: str, found: Found) -> None:
    """What is weak about a store has its code."""
    assert found(STORES[code][0], code)


@pytest.mark.parametrize("code", STORES)
def test_sound_store_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(STORES[code][1], code)


class Slotted:
    """A store of the user's own, with whatever it likes."""

    __slots__ = ("_store", "credentials")

    def __init__(self) -> None:
        self._store = {"not": "a store"}
        self.credentials = len

    find = staticmethod(MemoryStore().find)


def test_store_of_any_shape_is_only_not_listed(found: Found) -> None:
    """Nothing is concluded from what its attributes are called."""
    (one,) = found(settings(store=Slotted()), "JG503")
    assert one.what == "the credentials of a Slotted cannot be listed"
