from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    (
        "ForgetsToCascade",
        "test_a_consumer_takes_its_credentials_along[id]",
        "have to go with it",
    ),
    (
        "ForgetsToCascade",
        "test_a_consumer_takes_its_credentials_along[itself]",
        "credentials have to go",
    ),
    (
        "KeepsOldConsumers",
        "test_a_change_is_seen_by_look_ups",
        "as it was before update_consumer()",
    ),
    (
        "TakesNamesTwice",
        "test_a_taken_name_is_a_conflict[username]",
        "it has to raise Conflict",
    ),
    (
        "TakesNamesTwice",
        "test_a_taken_name_is_a_conflict[username as id]",
        "it has to raise Conflict",
    ),
    (
        "RaisesKeyErrors",
        "test_an_unknown_consumer_is_not_found[nobody]",
        "raised KeyError, and has to raise NotFound",
    ),
    ("RaisesKeyErrors", "test_a_consumer_is_got_by_its_username", "KeyError"),
    ("NewIdWithNewName", "test_a_renamed_consumer_keeps_its_id", "got another id"),
    (
        "LosesTheOrder",
        "test_a_consumer_is_got_as_it_was_created[every field]",
        "and got",
    ),
    (
        "ResetsConsumers",
        "test_a_consumer_is_changed[username]",
        "changed more than was asked",
    ),
    (
        "DeletesTooMuch",
        "test_the_credentials_of_others_stay",
        "another one's credential was deleted",
    ),
    (
        "TakesNamesakes",
        "test_a_consumer_in_hand_is_itself_and_no_namesake",
        "was taken for",
    ),
    (
        "WritesThenChecks",
        "test_a_taken_name_is_a_conflict[username]",
        "a conflict left the consumers",
    ),
]
RIGHT = [
    ("Memory", "test_a_consumer_takes_its_credentials_along[id]"),
    ("Memory", "test_a_taken_name_is_a_conflict[username as id]"),
    ("Memory", "test_a_consumer_is_changed[itself]"),
    ("Memory", "test_a_change_that_cannot_be_changes_nothing[a text]"),
    ("Memory", "test_a_consumer_in_hand_is_itself_and_no_namesake"),
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
