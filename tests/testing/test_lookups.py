from collections.abc import Mapping

import pytest

from tests.testing.judging import judge

# Stores of broken.py, each with a test that must fail, and what that says.
WRONG = [
    ("GivesNone", "test_an_unknown_key_finds_nothing", "has to give a sequence"),
    ("GivesOne", "test_a_key_finds_its_credential", "has to give a sequence"),
    ("GivesAnIterator", "test_a_key_finds_its_credential", "has to give a sequence"),
    ("GivesMappings", "test_a_key_finds_its_credential", "gave a dict in its sequence"),
    ("Raises", "test_an_unknown_key_finds_nothing", "KeyError"),
    ("CaseBlind", "test_keys_are_compared_exactly", "credential of 'jack-key'"),
    ("Strips", "test_keys_are_compared_exactly", "compared exactly"),
    ("Normalises", "test_keys_are_compared_exactly", "compared exactly"),
    ("Truncates", "test_keys_are_compared_exactly", "compared exactly"),
    ("ComparesNumbers", "test_keys_are_compared_exactly", "compared exactly"),
    ("FindsPrefixes", "test_keys_are_compared_exactly", "compared exactly"),
    ("FindsPatterns", "test_a_key_is_only_a_text", "compared exactly"),
    ("TakesOneOfAKey", "test_a_key_finds_all_its_credentials", "one differs in all"),
    ("PicksByKid", "test_a_kid_is_a_hint", "left out the credential without a kid"),
    ("IgnoresOtherKids", "test_a_kid_is_a_hint", "left out the credential whose kid"),
    (
        "TakesTheFirstRows",
        "test_retired_credentials_hide_none_that_lives",
        "the live one was not found",
    ),
    (
        "HidesWhatIsOutOfUse",
        "test_a_credential_out_of_use_is_given[disabled]",
        "and find gave 0",
    ),
    ("LosesTags", "test_every_field_comes_back", "came back with other tags"),
    ("LosesFractions", "test_every_field_comes_back", "with other retire_after"),
    (
        "OtherSecret",
        "test_every_algorithm_comes_back",
        "with other secret, verification_key",
    ),
    ("OtherConsumer", "test_a_key_finds_its_credential", "with other consumer"),
    ("NewIds", "test_a_second_look_up_gives_the_same", "gave credentials that differ"),
    ("SharesItsList", "test_an_answer_is_the_caller_s_own", "changed the store"),
    (
        "RemembersUnknown",
        "test_a_key_that_was_unknown_is_found_once_it_is_there",
        "and find gave 0",
    ),
]
RIGHT = [
    ("Right", "test_an_unknown_key_finds_nothing"),
    ("Right", "test_every_field_comes_back"),
    ("Right", "test_a_kid_is_a_hint"),
    ("Right", "test_a_key_finds_all_its_credentials"),
    ("Right", "test_retired_credentials_hide_none_that_lives"),
    ("LosesTags", "test_a_key_finds_its_credential"),
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
