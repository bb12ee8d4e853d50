from typing import Any, Literal

import pytest

from jwtgate import Access, Answer, Consumer, Gate, Policy, Quota, Reason
from jwtgate.denylist import AnyDenylist
from jwtgate.denylists import MemoryDenylist, Subject
from jwtgate.terms import Terms
from tests.explain.kit import explained, step
from tests.kit import NOW, ListStore, clock, credential, jack, mint

STAFF = Access(allow_groups=["staff"])


class Failing:
    """A denylist that is down."""

    by = ("token",)

    def look_up(self, subjects: Any) -> Any:
        """Fail."""
        raise ConnectionError(f"hunter2 {subjects}")


def denying(denylist: AnyDenylist) -> Gate:
    """Make a gate that asks a denylist."""
    return Gate(ListStore(credential()), denylist=denylist, clock=clock)


def test_who_calls_is_told() -> None:
    """By the name that a claim gives, if one does."""
    assert step(explained(mint()), "consumer") == '"jack"'
    named = explained(mint(sub="ann"), credential(consumer_claim="sub"))
    assert step(named, "consumer") == '"ann"'


def test_a_claim_that_names_nobody_is_told() -> None:
    """It is missing."""
    found = explained(mint(), credential(consumer_claim="sub"))
    assert (found.reason, found.claim) == (Reason.CLAIM_MISSING, "sub")
    assert step(found, "consumer").startswith('"sub" names the caller, and is missing')


@pytest.mark.parametrize(
    ("denylist", "text"),
    [
        (MemoryDenylist(by=["token"]), "the denylist does not have it"),
        (MemoryDenylist(by=["jti"]), 'it cannot be told, for want of a good "jti"'),
        (Failing(), "the denylist failed: ConnectionError"),
    ],
    ids=["good", "jti", "down"],
)
def test_revocation_is_told(denylist: AnyDenylist, text: str) -> None:
    """Also where it cannot be asked for."""
    found = explained(mint(), gate=denying(denylist))
    assert step(found, "revocation") == text
    assert "hunter2" not in str(found)


def test_a_revoked_token_is_told() -> None:
    """By whatever it was denied."""
    denylist = MemoryDenylist(by=["consumer"])
    denylist.deny(Subject.consumer(jack()), until=NOW + 1000)
    found = explained(mint(), gate=denying(denylist))
    assert step(found, "revocation") == "the denylist has the token"


def test_the_denylist_is_not_asked_for_a_token_that_is_refused() -> None:
    """As the gate does not."""
    found = explained(mint(exp=1), gate=denying(Failing()))
    assert step(found, "revocation").startswith("not asked")


@pytest.mark.parametrize(
    ("policy", "name", "text"),
    [
        (Policy(access=STAFF), "access", '"jack" may not use this'),
        (Policy(), "access", 'open to "jack"'),
        (
            Policy(termination=Answer(status=410)),
            "termination",
            "requests are not answered",
        ),
        (Policy(quota="3/m, 9/h"), "quota", "3 in 60 s, 9 in 3600 s: 3 left"),
        (
            Policy(consumer_terms={"jack": Terms(quota="1/s")}),
            "quota",
            "1 in 1 s: 1 left; none is",
        ),
    ],
    ids=["shut", "open", "terminated", "quota", "terms"],
)
def test_what_a_caller_is_held_to_is_told(policy: Policy, name: str, text: str) -> None:
    """Access, quotas, termination."""
    assert step(explained(mint(), policy=policy), name).startswith(text)


def test_what_a_consumer_would_meet_next_is_told() -> None:
    """Who mends the time, need not find out about access after."""
    found = explained(mint(exp=NOW - 1, iat=NOW - 9), policy=Policy(access=STAFF))
    assert found.reason is Reason.TOKEN_EXPIRED
    assert step(found, "access") == '"jack" may not use this'


NOWHERE = "redis://127.0.0.1:1"  # where nobody listens


@pytest.mark.parametrize(
    ("when_down", "decided", "text"),
    [
        ("open", "authenticated", "1 in 60 s: the storage is down, and requests pass"),
        ("closed", "denied", "the storage of the quota does not answer"),
    ],
    ids=["open", "closed"],
)
def test_a_storage_that_is_down_is_told(
    when_down: Literal["open", "closed"], decided: str, text: str
) -> None:
    """What it means is the quota's choice."""
    quota = Quota(rates="1/m", storage=NOWHERE, when_down=when_down)
    found = explained(mint(), policy=Policy(quota=quota))
    assert found.outcome == decided
    assert step(found, "quota").startswith(text)


def test_access_that_needs_a_caller_is_told() -> None:
    """Kong's: who is anonymous and in no group is asked for a token."""
    guest = Consumer(custom_id="guest")
    found = explained(policy=Policy.kong(access=STAFF, anonymous=guest))
    assert found.reason is Reason.TOKEN_MISSING
    assert step(found, "access").startswith("it needs a caller")
