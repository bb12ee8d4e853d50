from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    (
        "MixesUp",
        "test_look_ups_at_once_are_not_mixed_up",
        "32 look-ups at once the one of",
    ),
    (
        "MixesUpTasks",
        "test_look_ups_at_once_are_not_mixed_up",
        "32 look-ups at once the one of",
    ),
    ("FailsAtOnce", "test_look_ups_at_once_are_not_mixed_up", "one raised OSError"),
    ("AsyncFind", "test_a_gate_can_be_mounted_over_it", "has to be named afind"),
    (
        "AsyncByHand",
        "test_a_gate_can_be_mounted_over_it",
        "must be declared with 'async def'",
    ),
    ("NoFind", "test_a_gate_can_be_mounted_over_it", "neither 'def find"),
    (
        "OtherSecret",
        "test_a_gate_takes_the_token_of_a_credential",
        "refused a good token: one came to Denied",
    ),
    ("Differs", "test_a_gate_takes_the_token_of_a_credential", "refused a good token"),
]
RIGHT = [
    ("Right", "test_a_gate_can_be_mounted_over_it"),
    ("Right", "test_a_gate_takes_the_token_of_a_credential"),
    ("Right", "test_look_ups_at_once_are_not_mixed_up"),
    ("Async", "test_a_gate_can_be_mounted_over_it"),
    ("Async", "test_a_gate_takes_the_token_of_a_credential"),
    ("Async", "test_look_ups_at_once_are_not_mixed_up"),
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
