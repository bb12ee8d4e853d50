from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    ("FindsNoConsumers", "test_a_custom_id_is_no_name", "has no method find_consumer"),
    (
        "FindsNoConsumers",
        "test_a_policy_may_name_its_anonymous_consumer",
        "find_consumer",
    ),
    ("RaisesForConsumers", "test_an_unknown_name_finds_no_consumer", "KeyError"),
    ("FindsByCustomId", "test_a_custom_id_is_no_name", "found by its custom_id"),
    (
        "FindsConsumersInAnyCase",
        "test_names_of_consumers_are_compared_exactly",
        "compared exactly",
    ),
    (
        "FindsConsumersLoosely",
        "test_names_of_consumers_are_compared_exactly",
        "was looked for",
    ),
    (
        "FindsAnyConsumer",
        "test_an_unknown_name_finds_no_consumer",
        "has to find no consumer",
    ),
    ("LosesGroups", "test_a_consumer_is_found_by_either_name[id]", "it was put as"),
    (
        "TwoKindsOfConsumers",
        "test_a_consumer_is_found_by_either_name[username]",
        "differ for",
    ),
]
RIGHT = [
    ("FindsConsumers", "test_a_consumer_is_found_by_either_name[id]"),
    ("FindsConsumers", "test_names_of_consumers_are_compared_exactly"),
    ("FindsConsumers", "test_a_custom_id_is_no_name"),
    ("FindsConsumers", "test_an_unknown_name_finds_no_consumer"),
    ("FindsConsumers", "test_a_policy_may_name_its_anonymous_consumer"),
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
