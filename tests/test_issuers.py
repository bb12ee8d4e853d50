"""Issuers with many users: a claim of the token names the consumer."""

from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    Consumer,
    Denied,
    Gate,
    Outcome,
    Reason,
    RequestView,
    authenticate,
)
from tests.kit import credential, jack, make_gate, mint


def decide(gate: Gate, token: str) -> Outcome:
    """Decide on a request with this token."""
    line = (b"Authorization", f"Bearer {token}".encode())
    return authenticate(gate, RequestView("GET", headers=[line]))


def refusal(gate: Gate, token: str) -> Denied:
    """Decide on a request that must be refused."""
    outcome = decide(gate, token)
    assert isinstance(outcome, Denied)
    return outcome


def admitted(gate: Gate, token: str) -> Authenticated:
    """Decide on a request that must be authenticated."""
    outcome = decide(gate, token)
    assert isinstance(outcome, Authenticated)
    return outcome


def many_users(**fields: Any) -> Gate:
    """Make a gate over an issuer whose tokens name their consumer."""
    return make_gate(credential(consumer_claim="sub", **fields))


def test_a_claim_may_name_the_consumer() -> None:
    """One issuer serves many users; its consumer gives the groups."""
    gate = many_users(consumer=jack(groups=("staff",)))
    consumer = admitted(gate, mint(sub="jill")).consumer
    assert (consumer.username, consumer.groups) == ("jill", ("staff",))


def test_issuer_confusion_one_issuer_s_admin_is_not_another_s() -> None:
    """The id is made of issuer and value."""
    one = many_users(key="one")
    two = many_users(key="two")
    ids = {
        admitted(one, mint(iss="one", sub="admin")).consumer.id,
        admitted(two, mint(iss="two", sub="admin")).consumer.id,
        Consumer(username="admin").id,
    }
    assert len(ids) == 3


def test_a_consumer_named_by_a_claim_has_the_same_id_each_time() -> None:
    """Apps may store the id."""
    first, second = (admitted(many_users(), mint(sub="jill")) for _ in range(2))
    assert first.consumer == second.consumer


@pytest.mark.parametrize(
    ("sub", "reason"),
    [
        (None, Reason.CLAIM_MISSING),
        ("", Reason.CLAIM_INVALID),
        (5, Reason.CLAIM_INVALID),
        (["jill"], Reason.CLAIM_INVALID),
        ("jill\r\nX-Consumer-ID: 1", Reason.CLAIM_INVALID),
        ("jill\0", Reason.CLAIM_INVALID),
    ],
    ids=["missing", "empty", "number", "array", "header injection", "NUL"],
)
def test_a_claim_that_cannot_name_a_consumer_is_refused(
    sub: object, reason: Reason
) -> None:
    """The value becomes a header, so it must be a text that can be one."""
    denied = refusal(many_users(), mint(sub=sub))
    assert (denied.reason, denied.claim) == (reason, "sub")
