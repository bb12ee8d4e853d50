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
    codes = {None, "invalid_request", "invalid_token", "insufficient_scope"}
    assert reason.bearer_error in codes


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
        "KEY_UNUSABLE",
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


@pytest.mark.parametrize(
    ("reason", "status", "error"),
    [
        (Reason.ROUTE_UNKNOWN, 404, None),
        (Reason.KEY_UNUSABLE, 401, "invalid_token"),
        (Reason.CONSUMER_FORBIDDEN, 403, "insufficient_scope"),
        (Reason.QUOTA_EXCEEDED, 429, None),
        (Reason.TERMINATED, 403, None),
    ],
    ids=lambda each: getattr(each, "code", each),
)
def test_the_status_and_error_of(
    reason: Reason, status: int, error: str | None
) -> None:
    """RFC 6585 4 for quotas; RFC 6750 3.1 where another token would do."""
    assert (reason.status, reason.bearer_error) == (status, error)


def test_an_error_of_the_scheme_comes_with_its_status() -> None:
    """RFC 6750 3.1: insufficient_scope is 403; the rest is 401 here."""
    pairs = {(each.bearer_error, each.status) for each in Reason if each.bearer_error}
    assert pairs == {
        ("invalid_request", 401),
        ("invalid_token", 401),
        ("insufficient_scope", 403),
    }


HELD = OURS | {Reason.PATH_AMBIGUOUS, Reason.ROUTE_UNKNOWN, Reason.TERMINATED}


@each_reason
def test_report_mode_may_let_pass_what_is_the_client_s_fault(reason: Reason) -> None:
    """Not our failures, not what may be another route's, not where nobody passes."""
    assert reason.may_pass is (reason not in HELD)
