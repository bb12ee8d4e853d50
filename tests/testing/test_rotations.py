from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    ("RotatesWithAGap", "test_a_reader_sees_no_gap", "has to be one step for"),
    (
        "RetiresAtTheOverlap",
        "test_both_verify_during_the_overlap",
        "an overlap of 3600.0 s ends the old one 3600.0",
    ),
    (
        "RetiresAtTheOverlap",
        "test_a_rotation_shortens_a_life_and_does_not_lengthen_it[5.0-False]",
        "ends at 3600.0",
    ),
    (
        "KeepsRetired",
        "test_a_rotation_removes_what_is_retired_already",
        "have to go with rotate()",
    ),
    (
        "RotatesInPlace",
        "test_both_verify_during_the_overlap",
        "the old one and the new",
    ),
    (
        "KeepsTheId",
        "test_the_successor_has_a_secret_and_a_kid_of_its_own",
        "has the id of the old one",
    ),
    (
        "RotatesHalf",
        "test_a_rotation_that_cannot_be_changes_nothing[weak secret]",
        "left a half rotation",
    ),
    ("NeverRetires", "test_an_overlap_of_nothing_retires_at_once", "lives until None"),
    (
        "LetsFiveLive",
        "test_four_live_ones_cannot_be_rotated",
        "made a fifth live credential",
    ),
]
RIGHT = [
    ("Memory", "test_a_reader_sees_no_gap"),
    ("Memory", "test_both_verify_during_the_overlap"),
    (
        "Memory",
        "test_a_rotation_shortens_a_life_and_does_not_lengthen_it[90000.0-True]",
    ),
    ("Memory", "test_a_rotation_that_cannot_be_changes_nothing[weak secret]"),
    ("Memory", "test_the_successor_has_a_secret_and_a_kid_of_its_own"),
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
