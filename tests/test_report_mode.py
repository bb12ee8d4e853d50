"""Report mode, as a roll-out sees it: by gate, by route, in the log, in numbers."""

import logging
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jwtgate import (
    Access,
    Authenticated,
    Denied,
    Exempt,
    Gate,
    Policy,
    Reason,
    Route,
    load,
)
from jwtgate.events import Decision, Events
from jwtgate.requirement import Requirement
from tests.kit import BOTH, NOW, ListStore, Sent, clock, credential, jack, mint

both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)

REPORT = Policy(mode="report")
SPOOFED = (("X-Consumer-ID", "forged"), ("X-Consumer-Username", "forged"))
GOOD = Sent.bearer(mint())

REFUSED = {
    Reason.TOKEN_MISSING: Sent(headers=SPOOFED),
    Reason.TOKEN_REPEATED: Sent.bearer(
        mint(), headers=(("Authorization", "Bearer a.b.c"), *SPOOFED)
    ),
    Reason.TOKEN_MALFORMED: Sent.bearer("junk", headers=SPOOFED),
    Reason.ALGORITHM_UNSUPPORTED: Sent.bearer(
        mint(header={"alg": "none"}), headers=SPOOFED
    ),
    Reason.KEY_UNKNOWN: Sent.bearer(mint(iss="nobody"), headers=SPOOFED),
    Reason.SIGNATURE_INVALID: Sent.bearer(mint(secret="x" * 64), headers=SPOOFED),
    Reason.TOKEN_EXPIRED: Sent.bearer(mint(exp=int(NOW)), headers=SPOOFED),
    Reason.CLAIM_MISSING: Sent.bearer(mint(exp=None), headers=SPOOFED),
}
each = pytest.mark.parametrize(
    ("reason", "sent"), REFUSED.items(), ids=[reason.code for reason in REFUSED]
)


class Counted:
    """A gate, and how often it decided what."""

    def __init__(
        self, policy: Policy = REPORT, *, store: Any = None, **settings: Any
    ) -> None:
        self.counts: Counter[tuple[str, Reason | None]] = Counter()
        self.gate = Gate(
            store or ListStore(credential()),
            policy,
            clock=clock,
            events=Events(on_decision=self.count, references=True),
            **settings,
        )

    def count(self, decision: Decision) -> None:
        """Count by outcome and reason."""
        self.counts[decision.outcome, decision.reason] += 1


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch every record of jwtgate's logger."""
    caplog.set_level(logging.DEBUG, "jwtgate")
    return caplog


def said(log: pytest.LogCaptureFixture) -> list[str]:
    """Give what was logged."""
    return [record.getMessage() for record in log.records]


# The whole gate


@both
@each
def test_what_would_be_refused_passes_without_identity(
    reason: Reason, sent: Sent, via: Any
) -> None:
    """The app sees no identity header, not even one that the client wrote."""
    got = via(Counted().gate, sent)
    assert (got.status, got.body) == (200, b"app")
    assert got.seen_headers is not None
    assert not [name for name in got.seen_headers if "consumer" in name]
    assert (got.outcome.why, got.outcome.would.reason) == ("report", reason)


@both
@each
def test_what_would_be_refused_is_logged_by_its_reason(
    reason: Reason, sent: Sent, via: Any, log: pytest.LogCaptureFixture
) -> None:
    """Once, and told from what was refused."""
    via(Counted().gate, sent)
    assert said(log) == [f"refused a request: {reason.code} (exempt)"]


@both
@each
def test_what_would_be_refused_is_answered_as_if_there_were_no_gate(
    reason: Reason, sent: Sent, via: Any
) -> None:
    """No challenge and no reference: the client is told nothing."""
    got = via(Counted().gate, sent)
    assert got.outcome.would.reason is reason
    assert got.headers == {}


@both
def test_an_authenticated_request_is_served_as_enforced(via: Any) -> None:
    """The app sees the same, to the header."""
    sent = Sent.bearer(mint(), headers=SPOOFED)
    reported, enforced = via(Counted().gate, sent), via(Counted(Policy()).gate, sent)
    assert isinstance(reported.outcome, Authenticated)
    assert reported.seen_headers == enforced.seen_headers
    assert (reported.status, reported.headers) == (enforced.status, enforced.headers)


@both
def test_who_may_not_is_reported_by_name(
    via: Any, log: pytest.LogCaptureFixture
) -> None:
    """The signature shows who it is, so the operator can ask them."""
    policy = Policy(mode="report", access=Access(allow_groups=["staff"]))
    got = via(Counted(policy).gate, GOOD)
    assert isinstance(got.outcome, Exempt)
    fields = vars(log.records[0])
    assert fields["jwtgate_consumer"] == jack().id
    assert fields["jwtgate_reason"] == "consumer_forbidden"


@both
def test_refusals_are_counted_by_reason(via: Any) -> None:
    """All of them, and those who are known beside them."""
    counted = Counted()
    for times, sent in enumerate(REFUSED.values(), start=1):
        for _ in range(times):
            via(counted.gate, sent)
    via(counted.gate, GOOD)
    expected: dict[tuple[str, Reason | None], int] = {
        ("exempt", reason): times for times, reason in enumerate(REFUSED, start=1)
    }
    assert counted.counts == expected | {("authenticated", None): 1}


class FailingStore:
    """A store that is down."""

    blocking = False

    def find(self, key: str, kid: str | None = None) -> Any:
        """Fail."""
        raise ConnectionError("down", key, kid)


@both
def test_a_failure_of_ours_does_not_pass(via: Any) -> None:
    """It is no refusal, and would be 503 when enforced, too."""
    counted = Counted(store=FailingStore())
    assert via(counted.gate, GOOD).status == 503
    assert counted.counts == {("denied", Reason.STORE_UNAVAILABLE): 1}


# Some of its routes


def by_route(own: Policy, route: Policy) -> Counted:
    """Make a gate with a route that has a mode of its own."""
    return Counted(own, routes=[Route(path="/orders/*", policy=route)])


@both
def test_a_route_may_report_where_the_gate_enforces(via: Any) -> None:
    """A new route is tried, while the rest is as ever."""
    gate = by_route(Policy(), REPORT).gate
    tried, rest = via(gate, Sent(path="/orders/1")), via(gate, Sent(path="/bills"))
    assert (tried.status, rest.status) == (200, 401)


@both
def test_a_route_may_enforce_where_the_gate_reports(via: Any) -> None:
    """The first routes go live, while the rest is watched."""
    gate = by_route(REPORT, Policy()).gate
    live, rest = via(gate, Sent(path="/orders/1")), via(gate, Sent(path="/bills"))
    assert (live.status, rest.status) == (401, 200)


@both
def test_refusals_are_told_with_their_route(
    via: Any, log: pytest.LogCaptureFixture
) -> None:
    """So it is seen which routes are ready."""
    gate = by_route(REPORT, Policy()).gate
    via(gate, Sent(path="/orders/1"))
    via(gate, Sent(path="/bills"))
    fields = [vars(record) for record in log.records]
    assert [(each["jwtgate_route"], each["jwtgate_outcome"]) for each in fields] == [
        ("/orders/*", "denied"),
        (None, "exempt"),
    ]


@both
@pytest.mark.parametrize("path", ["/orders/1", "/bills"])
def test_an_authenticated_request_is_served_on_every_route(path: str, via: Any) -> None:
    """Whatever the mode."""
    got = via(by_route(REPORT, Policy()).gate, Sent.bearer(mint(), path=path))
    assert isinstance(got.outcome, Authenticated)


# Views, files, and back again


@both
def test_a_view_that_must_have_a_caller_refuses_what_was_reported(via: Any) -> None:
    """It would have no consumer to work with."""
    counted = Counted()
    found = via(counted.gate, Sent()).outcome
    outcome = counted.gate.narrow(found, Requirement(authenticated=True))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TOKEN_MISSING
    assert counted.counts == {
        ("exempt", Reason.TOKEN_MISSING): 1,
        ("denied", Reason.TOKEN_MISSING): 1,
    }


PAGE = Path(__file__).parent.parent / "docs" / "howto" / "going-live.md"


@both
def test_a_file_says_the_mode_of_gate_and_routes(via: Any, tmp_path: Path) -> None:
    """As code does; the page on going live shows one."""
    shown = re.search(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert shown is not None
    file = tmp_path / "jwtgate.toml"
    file.write_text(shown[1])
    gate = load(file)
    assert via(gate, Sent(path="/bills/1")).status == 200
    assert via(gate, Sent(path="/orders/1")).status == 401


@both
def test_enforcing_is_a_change_of_the_settings(via: Any) -> None:
    """While the app runs; and so is going back."""
    counted = Counted()
    statuses = []
    for policy in (REPORT, Policy(), REPORT):
        counted.gate.replace(Counted(policy).gate.settings)
        statuses.append(via(counted.gate, Sent()).status)
    assert statuses == [200, 401, 200]
