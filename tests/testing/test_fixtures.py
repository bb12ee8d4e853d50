from collections.abc import Mapping

import pytest

from jwtgate.testing import StoreContract
from jwtgate.testing.fixtures import look_ups
from tests.kit import ListStore, credential
from tests.testing.judging import judge

# Contracts of broken.py, each with what a test says of the mistake in it.
WRONG = [
    ("MakesNone", "test_an_unknown_key_finds_nothing", "give the test class a method"),
    ("PutsNone", "test_a_key_finds_its_credential", "method put(self, store"),
    ("Differs", "test_a_key_finds_its_credential", "find and afind differ"),
    ("GivesOne", "test_a_key_finds_its_credential", "has to give a sequence"),
    ("GivesAText", "test_an_unknown_key_finds_nothing", "has to give a sequence"),
    ("GivesMappings", "test_a_key_finds_its_credential", "rows have to be Credential"),
    ("FindsPrefixes", "test_keys_are_compared_exactly", "octet by octet"),
]
RIGHT = [
    ("AsyncHooks", "test_a_key_finds_its_credential"),
    ("OwnFixture", "test_a_key_finds_its_credential"),
]


@pytest.fixture(scope="module")
def said() -> Mapping[str, str]:
    """What the tests of the contract said."""
    return judge(WRONG, RIGHT)


@pytest.mark.parametrize(("store", "test", "words"), WRONG, ids=str)
def test_a_mistake_is_told(
    store: str, test: str, words: str, said: Mapping[str, str]
) -> None:
    """In the contract's own words."""
    assert words in said[f"Test{store}::{test}"]


@pytest.mark.parametrize(("store", "test"), RIGHT, ids=str)
def test_stores_are_made_in_several_ways(
    store: str, test: str, said: Mapping[str, str]
) -> None:
    """By methods, synchronous or not, or by a fixture; closed by the same."""
    assert said[f"Test{store}::{test}"] == ""


def test_a_store_that_needs_no_closing_has_no_method_for_it() -> None:
    """Most are of memory, or of a pool that others close."""
    assert StoreContract().close_store(ListStore(credential())) is None


def test_a_store_may_be_looked_up_in_each_way_that_it_has() -> None:
    """Here, in one."""
    store = ListStore()
    assert look_ups(store) == [store.find]
