from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    (
        "ResetsFields",
        "test_a_credential_is_changed[enabled]",
        "and it differs in secret, verification_key",
    ),
    (
        "KeepsOldKeys",
        "test_a_changed_key_leaves_the_old_one_free",
        "by the key it had before",
    ),
    (
        "ChecksTooLate",
        "test_a_change_of_a_credential_that_cannot_be_changes_nothing[taken kid]",
        "left a half change",
    ),
    ("ChecksTooLate", "test_a_credential_is_changed[algorithm]", "takes a public_key"),
    (
        "DeletesByKey",
        "test_a_deleted_credential_is_not_found",
        "the wrong one was deleted",
    ),
    ("UpdatesByKey", "test_one_kid_of_a_key_is_changed", "Conflict"),
    (
        "KeepsDeletedTags",
        "test_a_key_may_come_back",
        "fields of one that was deleted: tags",
    ),
]
RIGHT = [
    ("Memory", "test_a_credential_is_changed[every field]"),
    ("Memory", "test_a_changed_key_leaves_the_old_one_free"),
    (
        "Memory",
        "test_a_change_of_a_credential_that_cannot_be_changes_nothing[taken kid]",
    ),
    ("Memory", "test_a_deleted_credential_is_not_found"),
    ("Memory", "test_a_key_may_come_back"),
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
