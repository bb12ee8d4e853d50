import logging

import pytest

from jwtgate import Credential, Gate, Policy, Reason, UnusableCredential
from tests.explain.kit import explained, step
from tests.kit import KEY, NOW, credential, jack, mint

KID_A = {"alg": "HS256", "kid": "a"}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (credential(), 'HS256, of "jack": live; signature holds'),
        (credential(id="1", kid="a"), 'id "1", kid "a", HS256, of "jack": live'),
        (credential(enabled=False), "disabled; signature holds"),
        (credential(consumer=jack(enabled=False)), "the consumer is disabled; sign"),
        (credential(not_before=NOW + 1), "not before 2027-01-15 08:00:01 UTC"),
        (credential(retire_after=NOW), "retired since 2027-01-15 08:00:00 UTC"),
        (credential(algorithm="HS512"), "live; signature not comparable"),
        (credential(secret="x" * 32), "live; signature does not hold"),
    ],
    ids=range(8),
)
def test_each_credential_is_told_with_its_state(row: Credential, text: str) -> None:
    """And whether the signature holds, though it may not be used."""
    assert text in step(explained(mint(), row), "credential")


def test_a_credential_of_another_kid_is_passed_over() -> None:
    """Of two, the one with the token's kid is tried."""
    found = explained(mint(header=KID_A), credential(), credential(kid="a"))
    states = [each.text for each in found.steps if each.name == "credential"]
    assert "passed over for its kid" in states[0]
    assert "live; signature holds" in states[1]
    assert found.outcome == "authenticated"


def test_a_fifth_live_credential_is_not_tried() -> None:
    """Four bound the work."""
    rows = [credential(id=str(each), secret="x" * 32) for each in range(4)]
    found = explained(mint(), *rows, credential())
    states = [each.text for each in found.steps if each.name == "credential"]
    assert "not tried, since 4 others are live" in states[-1]
    assert found.reason is Reason.SIGNATURE_INVALID


def test_rows_of_another_key_are_passed_over() -> None:
    """A store may compare more loosely than the gate."""

    class Loose:
        blocking = False

        def find(self, key: str, kid: str | None = None) -> list[Credential]:
            return [credential(key=key.upper(), kid=kid)]

    found = explained(mint(), gate=Gate(Loose()))
    assert found.reason is Reason.KEY_UNKNOWN


def test_why_a_row_cannot_be_used_is_told_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The gate logs it; who explains looks at it here."""
    row = UnusableCredential(key=KEY, why="the manager is out of reach")
    with caplog.at_level(logging.DEBUG):
        found = explained(mint(), row)
    assert step(found, "credential") == "cannot be used: the manager is out of reach"
    assert caplog.records == []


@pytest.mark.parametrize(
    ("row", "policy", "text"),
    [
        (credential(), Policy(), "the token has HS512, the credential HS256"),
        (
            credential(algorithm="HS512"),
            Policy.apisix(key_claim="iss", algorithms=["HS256"]),
            "the policy does not allow HS512",
        ),
        (
            UnusableCredential(key=KEY, why="", algorithm="HS256", refuses=True),
            Policy(),
            "the token has HS512, the credential another",
        ),
    ],
    ids=["credential", "policy", "unusable"],
)
def test_the_algorithm_is_told(
    row: Credential | UnusableCredential, policy: Policy, text: str
) -> None:
    """Whose it has to be."""
    assert (
        step(explained(mint(algorithm="HS512"), row, policy=policy), "algorithm")
        == text
    )


def test_a_key_that_no_store_is_asked_for_is_told() -> None:
    """A NUL is no text that names a key."""
    found = explained(mint(iss="a\0b"))
    assert step(found, "credentials") == "no store is asked for such a key"
    assert found.reason is Reason.KEY_UNKNOWN


def test_a_store_that_fails_is_told_by_the_kind_of_its_error() -> None:
    """What the error says may hold a password."""

    class Failing:
        def find(self, key: str, kid: str | None = None) -> list[Credential]:
            raise ConnectionError(f"redis://:hunter2@host {key} {kid}")

    found = explained(mint(), gate=Gate(Failing()))
    assert (
        step(found, "credentials") == "the store of credentials failed: ConnectionError"
    )
    assert "hunter2" not in str(found)
