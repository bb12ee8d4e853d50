from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import Credential, Reason, UnusableCredential
from jwtgate._log import Problems
from jwtgate.candidates import MAX_LIVE_CREDENTIALS, verify_with
from jwtgate.errors import KeyRejected, Unavailable
from jwtgate.jose import ALGORITHMS, parse_compact
from tests.kit import KEY, NOW, SECRET, credential, jack, mint

OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"
UNUSABLE = UnusableCredential(key=KEY, why="algorithm")


def choose(
    *found: Any,
    token: str | None = None,
    kid: str | None = None,
    algorithms: Sequence[str] = tuple(ALGORITHMS),
    problems: Problems | None = None,
) -> Credential:
    """Find the credential that verifies a token."""
    header = {"alg": "HS256"} | ({"kid": kid} if kid else {})
    parsed = parse_compact((token or mint(header=header)).encode())
    return verify_with(found, parsed, KEY, NOW, algorithms, problems or Problems())[0]


def refused(*found: Any, **fields: Any) -> Reason:
    """Give why none of them verifies it."""
    with pytest.raises(KeyRejected) as caught:
        choose(*found, **fields)
    return caught.value.reason


def other(**fields: Any) -> Credential:
    """Make a credential with another secret."""
    return credential(secret=OTHER_SECRET, **fields)


def test_the_credential_that_verifies_is_chosen() -> None:
    """Whichever it is among those found."""
    assert choose(other(kid="a"), credential(kid="b")).kid == "b"


def test_the_token_is_given_back_verified() -> None:
    """With header and claims as parsed."""
    parsed = parse_compact(mint(sub="x").encode())
    _, verified = verify_with([credential()], parsed, KEY, NOW, ["HS256"], Problems())
    assert (verified.header, verified.claims) == (parsed.header, parsed.claims)


def test_nothing_found_is_an_unknown_key() -> None:
    """The store says so by an empty sequence."""
    assert refused() is Reason.KEY_UNKNOWN


@pytest.mark.parametrize("key", ["JACK-KEY", "jack-key\u0301", "jack"])
def test_a_loose_store_does_not_widen_a_key(key: str) -> None:
    """Databases fold case and accents; keys are compared exactly."""
    assert refused(credential(key=key)) is Reason.KEY_UNKNOWN


# kid


def test_kid_picks_the_equal_one() -> None:
    """Also where another would verify, too."""
    assert choose(credential(), credential(kid="a"), kid="a").kid == "a"


def test_without_an_equal_kid_those_without_are_tried() -> None:
    """A credential without kid is for any."""
    assert choose(credential(kid="b"), credential(), kid="a").kid is None


def test_kid_confusion_one_with_another_kid_is_never_tried() -> None:
    """Even though its key would verify."""
    assert refused(credential(kid="b"), kid="a") is Reason.KID_UNKNOWN


def test_kid_confusion_an_equal_kid_shuts_the_others_out() -> None:
    """Those without kid do not get a turn after it."""
    found = (other(kid="a"), credential())
    assert refused(*found, kid="a") is Reason.SIGNATURE_INVALID


def test_a_token_without_kid_may_be_anyone_s() -> None:
    """All are tried."""
    assert choose(other(), credential(kid="b")).kid == "b"


# Who is on duty


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"enabled": False}, Reason.CREDENTIAL_DISABLED),
        ({"consumer": jack(enabled=False)}, Reason.CONSUMER_DISABLED),
        ({"not_before": NOW + 0.1}, Reason.CREDENTIAL_NOT_YET_VALID),
        ({"retire_after": NOW}, Reason.CREDENTIAL_RETIRED),
        ({"retire_after": NOW - 1}, Reason.CREDENTIAL_RETIRED),
    ],
    ids=["disabled", "consumer disabled", "not yet", "retires now", "retired"],
)
def test_one_off_duty_does_not_verify(fields: dict[str, Any], reason: Reason) -> None:
    """Though its key would."""
    assert refused(credential(**fields)) is reason


@pytest.mark.parametrize(
    "fields", [{"not_before": NOW}, {"retire_after": NOW + 0.1}], ids=["from", "until"]
)
def test_one_on_duty_verifies(fields: dict[str, Any]) -> None:
    """The first moment is in, the last one out."""
    assert choose(credential(**fields)).key == KEY


def test_one_off_duty_does_not_stop_another() -> None:
    """A rotation leaves retired ones behind."""
    assert choose(credential(retire_after=NOW, kid="a"), credential(kid="b")).kid == "b"


# The bound


def test_four_live_ones_are_tried() -> None:
    """The fourth still verifies."""
    found = [other(kid=str(number)) for number in range(MAX_LIVE_CREDENTIALS - 1)]
    assert choose(*found, credential(kid="last")).kid == "last"


def test_work_amplification_a_fifth_live_one_is_not_tried() -> None:
    """The work of a request is bounded, whatever a store gives."""
    found = [other(kid=str(number)) for number in range(MAX_LIVE_CREDENTIALS)]
    assert refused(*found, credential(kid="last")) is Reason.SIGNATURE_INVALID


def test_those_off_duty_do_not_count() -> None:
    """Any number of retired ones may be left behind."""
    found = [credential(kid=str(number), enabled=False) for number in range(9)]
    assert choose(*found, credential(kid="last")).kid == "last"


# Algorithms


def test_algorithm_confusion_the_credential_s_algorithm_counts() -> None:
    """A good MAC by another hash is refused."""
    token = mint(algorithm="HS384")
    assert refused(credential(), token=token) is Reason.ALGORITHM_MISMATCH


def test_algorithm_confusion_a_public_key_is_no_hmac_secret() -> None:
    """An RS256 credential verifies no HS256 token."""
    row = credential(algorithm="RS256")
    token = mint(secret=str(row.public_key))
    assert refused(row, token=token) is Reason.ALGORITHM_MISMATCH


def test_an_algorithm_that_the_policy_forbids_does_not_verify() -> None:
    """Though credential and token agree on it."""
    reason = refused(credential(), algorithms=["ES256"])
    assert reason is Reason.ALGORITHM_MISMATCH


def test_a_consumer_may_hold_two_algorithms_under_one_key() -> None:
    """That is how an issuer changes its algorithm."""
    found = (credential(algorithm="ES256"), credential(kid="b"))
    assert choose(*found).kid == "b"


@pytest.mark.parametrize(
    "found",
    [
        (other(), credential(algorithm="ES256", kid="b")),
        (credential(algorithm="ES256", kid="b"), other()),
    ],
    ids=["signature first", "algorithm first"],
)
def test_the_reason_is_that_of_the_closest(found: Sequence[Credential]) -> None:
    """A signature that was checked says more than an algorithm that differs."""
    assert refused(*found) is Reason.SIGNATURE_INVALID


def test_a_signature_that_is_no_base64url_is_told_from_a_wrong_one() -> None:
    """In the log."""
    token = mint().rpartition(".")[0] + ".*"
    assert refused(credential(), token=token) is Reason.SIGNATURE_MALFORMED


# Rows that are none


@pytest.mark.parametrize(
    "row", [UNUSABLE, None, 5, {"key": KEY, "secret": SECRET}, KEY], ids=repr
)
def test_a_row_that_is_no_credential_makes_a_refusal_ours(row: object) -> None:
    """The token may be good, and a 401 would make the client discard it."""
    with pytest.raises(Unavailable) as caught:
        choose(row, other())
    assert caught.value.reason is Reason.CREDENTIAL_UNUSABLE


@pytest.mark.parametrize("row", [UNUSABLE, None], ids=["unusable", "None"])
def test_a_row_that_is_no_credential_stops_no_good_one(row: object) -> None:
    """Others live on."""
    assert choose(row, credential()).key == KEY


def test_found_may_be_any_iterable() -> None:
    """It is read once."""
    parsed = parse_compact(mint().encode())
    rows: Any = iter([credential()])
    assert verify_with(rows, parsed, KEY, NOW, ["HS256"], Problems())


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (UnusableCredential(key=KEY, why="row 17: the PEM is cut off"), "row 17"),
        (None, "the store gave a NoneType"),
    ],
    ids=["unusable", "junk"],
)
def test_why_a_credential_cannot_be_used_is_logged(
    row: object, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator has to mend it; the client is told nothing."""
    with pytest.raises(Unavailable):
        choose(row)
    assert why in caplog.text
    assert KEY not in caplog.text


def test_log_flood_why_is_told_once_whoever_asks_how_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever knows the key of such a row could fill the log with it."""
    problems = Problems()
    for _ in range(9):
        with pytest.raises(Unavailable):
            choose(UNUSABLE, None, None, problems=problems)
    assert [each.getMessage() for each in caplog.records] == [
        "a credential cannot be used: algorithm",
        "a credential cannot be used: the store gave a NoneType",
    ]


# Rows whose key never was one


REFUSES = UnusableCredential(key=KEY, why="no PEM", refuses=True)


def bound(algorithm: str) -> UnusableCredential:
    """Make a row that refuses, of an algorithm."""
    return UnusableCredential(key=KEY, why="?", algorithm=algorithm, refuses=True)


def test_a_row_that_refuses_makes_it_no_failure_of_ours() -> None:
    """A gateway would refuse the token, too: no client loses a good one."""
    assert refused(REFUSES) is Reason.KEY_UNUSABLE


def test_a_row_that_refuses_by_the_token_s_algorithm_is_unusable() -> None:
    """It came as far as the key."""
    assert refused(bound("HS256")) is Reason.KEY_UNUSABLE


def test_a_row_that_refuses_by_another_algorithm_mismatches() -> None:
    """That comes before the key."""
    assert refused(bound("RS256")) is Reason.ALGORITHM_MISMATCH


def test_a_row_that_refuses_stops_no_good_one() -> None:
    """Others live on."""
    assert choose(REFUSES, credential()).key == KEY


def test_a_row_that_refuses_under_another_key_is_none() -> None:
    """A store may compare more loosely than we do."""
    row = UnusableCredential(key="jill-key", why="?", refuses=True)
    assert refused(row) is Reason.KEY_UNKNOWN


@pytest.mark.parametrize("found", [(REFUSES, other()), (other(), REFUSES)], ids=len)
def test_a_bad_signature_says_more_than_a_row_that_refuses(
    found: Sequence[Any],
) -> None:
    """In whatever order they come."""
    assert refused(*found) is Reason.SIGNATURE_INVALID


def test_beside_a_broken_row_one_that_refuses_does_not_count() -> None:
    """The token may be good by the broken one."""
    with pytest.raises(Unavailable):
        choose(REFUSES, UNUSABLE)


def test_a_broken_row_under_another_key_is_none() -> None:
    """The token is not of it."""
    row = UnusableCredential(key="jill-key", why="?")
    assert refused(row) is Reason.KEY_UNKNOWN
