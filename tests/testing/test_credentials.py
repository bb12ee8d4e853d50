from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    (
        "GivesKeysAway",
        "test_a_key_belongs_to_one_consumer[live]",
        "was given to another: it has to raise Conflict",
    ),
    ("GivesKeysAway", "test_a_key_without_credentials_is_free", "given to another"),
    (
        "LetsFiveLive",
        "test_a_fifth_live_credential_is_a_conflict",
        "got a fifth live credential",
    ),
    ("LetsFiveLive", "test_a_retired_credential_makes_room", "brought back to life"),
    (
        "NoKidIsEmpty",
        "test_a_credential_is_got_by_exactly_its_key_and_kid",
        "('jack-key', '') got the credential",
    ),
    (
        "TellsSecrets",
        "test_a_credential_that_cannot_be_is_not_created",
        "showed the secret",
    ),
    ("MakesOneKey", "test_a_key_that_is_left_out_is_made", "made a key twice"),
    (
        "MakesOneKey",
        "test_a_secret_that_is_left_out_is_made[HS256-32]",
        "is not 32 of A-Za-z0-9",
    ),
    (
        "LosesOctets",
        "test_a_credential_is_got_as_it_was_created[no text]",
        "came with other secret",
    ),
    (
        "TakesSameKids",
        "test_a_taken_key_and_kid_is_a_conflict[a]",
        "two credentials have one key",
    ),
    (
        "FailsInARace",
        "test_a_taken_key_and_kid_is_a_conflict[None]",
        "raised OSError, and has to raise Conflict",
    ),
]
RIGHT = [
    ("Memory", "test_a_key_belongs_to_one_consumer[retired]"),
    ("Memory", "test_a_fifth_live_credential_is_a_conflict"),
    ("Memory", "test_a_credential_is_got_by_exactly_its_key_and_kid"),
    ("Memory", "test_a_key_that_is_left_out_is_made"),
    ("Memory", "test_a_credential_that_cannot_be_is_not_created"),
    ("Memory", "test_an_unknown_credential_is_not_found[get]"),
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
