from typing import Any

from jwtgate import Policy, Reason
from jwtgate.denylists import MemoryDenylist
from jwtgate.gate import Gate
from tests.explain.kit import explained
from tests.kit import ListStore, clock, credential, mint


def names(*args: object, **fields: object) -> list[str]:
    """Give the names of the steps."""
    return [each.name for each in explained(*args, **fields).steps]  # type: ignore[arg-type]


def test_a_missing_token_ends_it() -> None:
    """There is nothing else to look at."""
    assert names() == ["route", "header Authorization", "token", "answer"]


def test_a_good_token_goes_through_every_step() -> None:
    """In the order in which the gate decides."""
    gate = Gate(
        ListStore(credential()), denylist=MemoryDenylist(by=["token"]), clock=clock
    )
    assert names(mint(), gate=gate) == [
        "route",
        "header Authorization",
        "token",
        "header",
        "claims",
        "key",
        "credential",
        "algorithm",
        "signature",
        "exp",
        "nbf",
        "consumer",
        "revocation",
        "access",
    ]


def test_a_token_that_names_no_key_is_judged_by_its_claims() -> None:
    """And no store is asked for its key."""
    found = names(mint(iss=None))
    assert "credential" not in found
    assert "exp" in found


def test_a_store_that_failed_is_not_asked_again() -> None:
    """Once is enough; the claims are told all the same."""

    class Failing(ListStore):
        def find(self, key: str, kid: str | None = None) -> Any:
            super().find(key, kid)
            raise OSError

    store = Failing()
    found = explained(mint(sub="a"), gate=Gate(store, Policy(), clock=clock))
    assert found.reason is Reason.STORE_UNAVAILABLE
    assert len(store.asked) == 1
    assert "exp" in [each.name for each in found.steps]
