import time
from collections.abc import Mapping

import pytest

from jwtgate.testing import ManagedStoreContract
from tests.testing.judging import judge

RIGHT = [
    ("Memory", "test_every_field_comes_back"),
    ("Memory", "test_a_key_finds_all_its_credentials"),
    ("AsyncMemory", "test_every_field_comes_back"),
    ("AsyncMemory", "test_a_consumer_is_found_by_either_name[id]"),
    ("AsyncMemory", "test_the_credentials_of_others_stay"),
    ("ClockOfItsOwn", "test_both_verify_during_the_overlap"),
    ("ClockOfItsOwn", "test_an_overlap_of_nothing_retires_at_once"),
]


@pytest.fixture(scope="module")
def said() -> Mapping[str, str]:
    """What the tests of the contract said."""
    return judge([], RIGHT)


@pytest.mark.parametrize(("store", "test"), RIGHT, ids=str)
def test_a_store_fills_itself(store: str, test: str, said: Mapping[str, str]) -> None:
    """By its own methods; a clock of its own may tell another time."""
    assert said[f"Test{store}::{test}"] == ""


def test_the_time_is_that_of_the_system() -> None:
    """Unless a test class says otherwise."""
    before = time.time()
    assert before <= ManagedStoreContract().now() <= time.time()
