import re

import pytest

from jwtgate import Reason

# RFC 6750 3: what an error_description may hold, less the blank ends.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")

OURS = {
    Reason.CREDENTIAL_UNUSABLE,
    Reason.ANONYMOUS_UNKNOWN,
    Reason.STORE_UNAVAILABLE,
    Reason.INTERNAL,
}

each_reason = pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)


@each_reason
def test_a_slug_finds_its_reason(reason: Reason) -> None:
    """Logs and stored figures can be read back."""
    assert Reason(reason.code) is reason


@each_reason
def test_a_slug_is_the_name_in_lower_case(reason: Reason) -> None:
    """One name for code and log."""
    assert reason.code == reason.value == reason.name.lower()


@each_reason
def test_a_text_may_stand_in_a_challenge(reason: Reason) -> None:
    """The public text is an error_description as it is."""
    assert DESCRIPTION.fullmatch(reason.text)


@each_reason
def test_an_error_code_is_one_of_the_bearer_scheme(reason: Reason) -> None:
    """RFC 6750 3.1 defines them."""
    assert reason.bearer_error in {None, "invalid_request", "invalid_token"}


@each_reason
def test_a_failure_of_ours_is_never_a_401(reason: Reason) -> None:
    """Clients throw good tokens away on a 401."""
    assert reason.our_fault is (reason in OURS)
    assert (reason.status == 503) is reason.our_fault


@each_reason
def test_failures_about_keys_have_one_public_text(reason: Reason) -> None:
    """Enumeration of keys: whoever shares the text shares everything public."""
    same = reason.text == Reason.SIGNATURE_INVALID.text
    assert reason.about_keys is same


def test_failures_about_keys_have_one_status_and_error() -> None:
    """Nothing public tells one from another."""
    about = [reason for reason in Reason if reason.about_keys]
    assert {(each.status, each.bearer_error) for each in about} == {
        (401, "invalid_token")
    }


@pytest.mark.parametrize(
    "name",
    [
        "KEY_UNKNOWN",
        "KID_UNKNOWN",
        "CREDENTIAL_DISABLED",
        "CREDENTIAL_NOT_YET_VALID",
        "CREDENTIAL_RETIRED",
        "CONSUMER_DISABLED",
        "ALGORITHM_MISMATCH",
        "SIGNATURE_MALFORMED",
        "SIGNATURE_INVALID",
    ],
)
def test_it_is_about_keys(name: str) -> None:
    """All that comes before the signature holds."""
    assert Reason[name].about_keys


def test_no_token_has_no_error_code() -> None:
    """RFC 6750 3.1: without credentials the challenge has no error."""
    assert Reason.TOKEN_MISSING.bearer_error is None


def test_several_tokens_are_an_invalid_request() -> None:
    """RFC 6750 3.1, answered with 401 as the gateways do."""
    reason = Reason.TOKENS_DIFFER
    assert (reason.status, reason.bearer_error) == (401, "invalid_request")


def test_a_cross_site_request_is_forbidden() -> None:
    """Another token would not help, so there is no challenge."""
    reason = Reason.CROSS_SITE
    assert (reason.status, reason.bearer_error) == (403, None)
