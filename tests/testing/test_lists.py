from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    (
        "ListsByName",
        "test_rows_are_listed_in_the_order_of_their_creation",
        "consumers were listed as",
    ),
    (
        "CountsAsCursor",
        "test_a_cursor_stays_good_while_rows_come_and_go",
        "behind the cursor were",
    ),
    (
        "CountsAsCursor",
        "test_what_no_list_gave_is_no_cursor[list_consumers]",
        "took the cursor",
    ),
    ("CountsAsCursor", "test_a_limit_has_limits[list_consumers]", "took a limit of"),
    ("FindsPartsOfTags", "test_a_tag_narrows_a_list[%-]", "the tag '%' listed"),
    (
        "ListsOnePageMore",
        "test_the_pages_together_are_the_list[list_consumers]",
        "the last page has a cursor",
    ),
    ("ListsAnotherSecret", "test_a_list_has_what_a_look_up_gives", "and got"),
]
RIGHT = [
    ("Memory", "test_rows_are_listed_in_the_order_of_their_creation"),
    ("Memory", "test_a_cursor_stays_good_while_rows_come_and_go"),
    ("Memory", "test_a_tag_narrows_a_list[%-]"),
    ("Memory", "test_the_pages_together_are_the_list[list_credentials]"),
    ("Memory", "test_an_empty_store_lists_nothing"),
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
