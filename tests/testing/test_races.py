from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    ("RacesForNames", "test_a_name_goes_to_one_of_many", "consumers at once"),
    ("LosesChanges", "test_no_change_is_lost", "of changes at once these were lost"),
    ("FailsInARace", "test_four_of_many_live", "one came to OSError"),
    ("GivesKeysAway", "test_a_key_goes_to_one_consumer", "2 consumers at once"),
    ("LetsFiveLive", "test_four_of_many_live", "got 8 live credentials"),
    ("LetsFiveLive", "test_rotations_at_once_keep_to_four", "by rotations"),
    (
        "TakesNamesTwice",
        "test_a_username_and_an_id_do_not_meet",
        "id is another's username",
    ),
    (
        "ForgetsToCascade",
        "test_a_credential_does_not_outlive_its_consumer",
        "are found",
    ),
    ("SkipsNumbers", "test_writers_at_once_lose_nothing", "are listed"),
]
RIGHT = [
    ("Memory", "test_a_name_goes_to_one_of_many"),
    ("Memory", "test_four_of_many_live"),
    ("Memory", "test_a_key_goes_to_one_consumer"),
    ("Memory", "test_no_change_is_lost"),
    ("Memory", "test_writers_at_once_lose_nothing"),
    ("Memory", "test_a_credential_does_not_outlive_its_consumer"),
    ("AsyncMemory", "test_a_name_goes_to_one_of_many"),
    ("AsyncMemory", "test_four_of_many_live"),
    ("AsyncMemory", "test_a_key_goes_to_one_consumer"),
    ("AsyncMemory", "test_no_change_is_lost"),
    ("AsyncMemory", "test_writers_at_once_lose_nothing"),
    ("AsyncMemory", "test_a_credential_does_not_outlive_its_consumer"),
]


@pytest.fixture(scope="module")
def said() -> Mapping[str, str]:
    """What the tests of the contract said."""
    return judge(WRONG, RIGHT)


@pytest.mark.parametrize(
    ("store", "test", "words"), WRONG, ids=["::".join(each[:2]) for each in WRONG]
)
def test_a_store_that_breaks_the_contract_is_told(
    store: str, test: str, words: str, said: Mapping[str, str]
) -> None:
    """By the test of what it breaks, in words that help to mend it."""
    assert words in said[f"Test{store}::{test}"]


@pytest.mark.parametrize(("store", "test"), RIGHT, ids=str)
def test_a_store_that_keeps_it_is_left_alone(
    store: str, test: str, said: Mapping[str, str]
) -> None:
    """However it is made."""
    assert said[f"Test{store}::{test}"] == ""
