"""For each reason of a gate, the explanation names it, and says what to do."""

from typing import Any

import pytest

from jwtgate import (
    Access,
    Answer,
    Consumer,
    Gate,
    Policy,
    Reason,
    Route,
    UnusableCredential,
    authenticate,
)
from jwtgate.denylist import AnyDenylist
from jwtgate.denylists import MemoryDenylist, Subject
from jwtgate.requirement import Requirement
from jwtgate.settings import Settings
from tests.explain.kit import explained, reason_of, request
from tests.kit import (
    KEY,
    NOW,
    ListStore,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    segment,
)

JWT = {"alg": "HS256"}
OPEN: dict[str, Any] = {"query_names": ["jwt"]}


class Failing:
    """A store that is down."""

    def find(self, key: str, kid: str | None = None) -> Any:
        """Fail."""
        raise OSError(f"{key} {kid}")


class Nameless(ListStore):
    """A store that finds no consumer."""

    def find_consumer(self, name: str) -> None:
        """Find nobody."""


class Lying:
    """A denylist that answers what it was not asked."""

    by = ("token",)

    def look_up(self, subjects: Any) -> Any:
        """Deny something else."""
        return {f"{subjects}": None}


def revoking(denylist: AnyDenylist) -> Gate:
    """Make a gate that asks a denylist."""
    return Gate(ListStore(credential()), denylist=denylist, clock=clock)


def routed(**fields: Any) -> Gate:
    """Make a gate with a route, and nothing beside it."""
    routes = [Route(path="/orders")]
    settings = Settings(store=ListStore(credential()), routes=routes, **fields)
    return Gate.of(settings, clock=clock)


DENYING = MemoryDenylist(by=["token"])
DENYING.deny(Subject.token(mint()), until=NOW + 1000)

USED_UP = make_gate(policy=Policy(quota="1/h"))
authenticate(USED_UP, request(mint()))


def raw(header: object, payload: object, signature: str = "c2ln") -> str:
    """Write a token of any segments."""
    return f"{segment(header).decode()}.{segment(payload).decode()}.{signature}"


CASES: dict[Reason, dict[str, Any]] = {
    Reason.TOKEN_MISSING: {},
    Reason.TOKEN_REPEATED: {"token": mint(), "headers": [("Authorization", "x")]},
    Reason.TOKENS_DIFFER: {"token": mint(), "query": "jwt=x", "policy": Policy(**OPEN)},
    Reason.TOKEN_UNRECOGNIZABLE: {"query": "jwt", "policy": Policy.kong()},
    Reason.CARRIER_TOO_LONG: {"query": "a" * 70_000, "policy": Policy(**OPEN)},
    Reason.PATH_AMBIGUOUS: {"path": "//x", "gate": routed()},
    Reason.ROUTE_UNKNOWN: {"gate": routed(unrouted="refuse")},
    Reason.CROSS_SITE: {
        "method": "POST",
        "headers": [("Cookie", f"jwt={mint()}")],
        "policy": Policy(cookie_names=["jwt"]),
    },
    Reason.TOKEN_TOO_LONG: {"token": mint(a="x" * 8192)},
    Reason.TOKEN_MALFORMED: {"token": "a.b"},
    Reason.HEADER_MALFORMED: {"token": raw(b"{", {})},
    Reason.PAYLOAD_MALFORMED: {"token": raw(JWT, b'{"a":1,"a":2}')},
    Reason.PAYLOAD_NOT_OBJECT: {"token": raw(JWT, [])},
    Reason.EXTENSION_UNSUPPORTED: {"token": raw({**JWT, "crit": ["b64"]}, {})},
    Reason.ALGORITHM_UNSUPPORTED: {"token": raw({"alg": "none"}, {"iss": KEY})},
    Reason.KEY_CLAIM_MISSING: {"token": mint(iss=None)},
    Reason.KEY_CLAIM_INVALID: {"token": mint(iss=7)},
    Reason.KEY_CLAIM_CONFLICT: {"token": mint(header={**JWT, "iss": "other"})},
    Reason.KEY_UNKNOWN: {"token": mint(iss="nobody")},
    Reason.KID_UNKNOWN: {
        "token": mint(header={**JWT, "kid": "b"}),
        "row": credential(kid="a"),
    },
    Reason.CREDENTIAL_DISABLED: {"token": mint(), "row": credential(enabled=False)},
    Reason.CREDENTIAL_NOT_YET_VALID: {
        "token": mint(),
        "row": credential(not_before=NOW + 1),
    },
    Reason.CREDENTIAL_RETIRED: {"token": mint(), "row": credential(retire_after=NOW)},
    Reason.CONSUMER_DISABLED: {
        "token": mint(),
        "row": credential(consumer=jack(enabled=False)),
    },
    Reason.ALGORITHM_MISMATCH: {"token": mint(algorithm="HS384")},
    Reason.KEY_UNUSABLE: {
        "token": mint(),
        "row": UnusableCredential(key=KEY, why="no key", refuses=True),
    },
    Reason.SIGNATURE_MALFORMED: {"token": mint() + "="},
    Reason.SIGNATURE_INVALID: {"token": mint(secret="another")},
    Reason.TOKEN_EXPIRED: {"token": mint(exp=NOW - 9000)},
    Reason.TOKEN_NOT_YET_VALID: {"token": mint(nbf=NOW + 9000)},
    Reason.EXPIRATION_TOO_FAR: {
        "token": mint(),
        "policy": Policy(maximum_expiration=60),
    },
    Reason.CLAIM_MISSING: {"token": mint(exp=None)},
    Reason.CLAIM_INVALID: {"token": mint(exp=[])},
    Reason.ISSUER_MISMATCH: {"token": mint(), "policy": Policy(issuer=["other"])},
    Reason.AUDIENCE_MISMATCH: {"token": mint(), "policy": Policy(audience=["other"])},
    Reason.TYPE_MISMATCH: {"token": mint(), "policy": Policy(types=["at+jwt"])},
    Reason.TOKEN_REVOKED: {"token": mint(), "gate": revoking(DENYING)},
    Reason.CONSUMER_FORBIDDEN: {
        "token": mint(),
        "policy": Policy(access=Access(allow_groups=["staff"])),
    },
    Reason.SCOPE_MISSING: {"token": mint(), "demands": Requirement(scopes=["read"])},
    Reason.QUOTA_EXCEEDED: {"token": mint(), "gate": USED_UP},
    Reason.TERMINATED: {
        "token": mint(),
        "policy": Policy(termination=Answer(status=503)),
    },
    Reason.CREDENTIAL_UNUSABLE: {
        "token": mint(),
        "row": UnusableCredential(key=KEY, why="the secret is out of reach"),
    },
    Reason.ANONYMOUS_UNKNOWN: {
        "gate": Gate(Nameless(), Policy(anonymous="guest"), clock=clock)
    },
    Reason.STORE_UNAVAILABLE: {
        "token": mint(),
        "gate": Gate(Failing(), clock=clock),
    },
    Reason.INTERNAL: {"token": mint(), "gate": revoking(Lying())},
}


@pytest.mark.parametrize("reason", CASES, ids=lambda reason: reason.code)
def test_the_true_reason_is_named(reason: Reason) -> None:
    """With a step that shows it, and words on what to do."""
    fields = dict(CASES[reason])
    row = [fields.pop("row")] if "row" in fields else []
    found = explained(fields.pop("token", None), *row, **fields)
    assert (found.outcome, found.reason) == ("denied", reason)
    assert reason in [step.reason for step in found.steps]
    assert found.summary.isprintable()


@pytest.mark.parametrize("reason", CASES, ids=lambda reason: reason.code)
def test_the_gate_gives_the_same(reason: Reason) -> None:
    """Each case is one of a gate's refusals."""
    fields = dict(CASES[reason])
    row = [fields.pop("row")] if "row" in fields else []
    gate = fields.pop("gate", None) or make_gate(
        *row, policy=fields.pop("policy", None)
    )
    demands = fields.pop("demands", None)
    sent = request(fields.pop("token", None), **fields)
    assert reason_of(authenticate(gate, sent, demands)) is reason


def test_no_reason_is_left_out() -> None:
    """Of those there are."""
    assert set(Reason) == set(CASES)


def test_a_quota_is_told_of_and_not_taken() -> None:
    """However often somebody looks."""
    gate = make_gate(policy=Policy(quota="1/h"))
    found = [explained(mint(), gate=gate) for _ in range(3)][-1]
    assert found.outcome == "authenticated"
    assert "1 left; none is taken" in str(found)
    assert reason_of(authenticate(gate, request(mint()))) is None
    assert explained(mint(), gate=gate).reason is Reason.QUOTA_EXCEEDED


def test_a_good_token_has_no_reason() -> None:
    """It is told who calls."""
    found = explained(mint())
    assert (found.outcome, found.reason, found.slips) == ("authenticated", None, ())
    assert found.consumer == Consumer(username="jack").id
