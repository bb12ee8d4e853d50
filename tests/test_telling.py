import json
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Anonymous,
    Answer,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Reason,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.denylist import Subject
from jwtgate.denylists import MemoryDenylist
from jwtgate.events import Decision, Events, OutcomeName
from jwtgate.jsonlog import JSONLines, find
from jwtgate.requirement import Requirement
from jwtgate.settings import Settings
from jwtgate.telling import REFERENCE, Case, Teller
from tests.kit import (
    BOTH,
    KEY,
    NOW,
    SECRET,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    mint,
)

GUEST = Consumer(username="guest")
NOT_JACK = Access(deny_consumers=["jack"])
GONE = Answer(status=410)
OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"
EXPIRED = mint(exp=int(NOW) - 1)
FORGED = mint(secret=OTHER_SECRET)
NOBODY = RequestView("GET")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Catch every record of jwtgate's logger."""
    caplog.set_level(logging.DEBUG, "jwtgate")
    return caplog


def bearer(token: str, **fields: Any) -> RequestView:
    """Make a request with a bearer token."""
    line = (b"Authorization", f"Bearer {token}".encode())
    return RequestView(**{"method": "GET", "headers": (line,), **fields})


KNOWN = bearer(mint())


class Telling:
    """A gate that tells, and what it told."""

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        routes: Sequence[Route] = (),
        denylist: Any = None,
        store: Any = None,
        unrouted: Any = "policy",
        **events: Any,
    ) -> None:
        self.told: list[Decision] = []
        settings = Settings(
            store=store or ListStore(credential()),
            policy=policy or Policy(),
            routes=routes,
            denylist=denylist,
            unrouted=unrouted,
        )
        events = {"on_decision": self.told.append, **events}
        self.gate = Gate.of(settings, clock=clock, events=Events(**events))

    def decide(
        self, request: RequestView, demands: Requirement | None = None
    ) -> Outcome:
        """Decide on a request."""
        return authenticate(self.gate, request, demands)

    def about(
        self, request: RequestView, demands: Requirement | None = None
    ) -> Decision:
        """Decide on a request, and give the one thing that was told."""
        self.told.clear()
        self.decide(request, demands)
        (decision,) = self.told
        return decision


def records(log: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Give the fields of the records of decisions, without what they begin with."""
    found = [
        {
            name.removeprefix("jwtgate_"): value
            for name, value in vars(record).items()
            if name.startswith("jwtgate_")
        }
        for record in log.records
    ]
    return [each for each in found if each]


def reference_of(outcome: Outcome) -> str | None:
    """Give what a client was told to quote."""
    return dict(outcome.response_headers).get(REFERENCE)


# Every kind of outcome

OPTIONAL = Requirement(optional=True)
PREFLIGHT = RequestView(
    "OPTIONS",
    headers=(
        (b"Origin", b"https://app.example"),
        (b"Access-Control-Request-Method", b"GET"),
    ),
)
JACK = {"consumer": jack().id, "key": KEY}


def revoking() -> MemoryDenylist:
    """Make a list that has jack's token."""
    denylist = MemoryDenylist(by=["token"])
    denylist.deny(Subject.token(mint()))
    return denylist


Row = tuple[Callable[[], Telling], RequestView, OutcomeName, Reason | None, Any]

REFUSED: dict[str, Row] = {
    "no token": (Telling, NOBODY, "denied", Reason.TOKEN_MISSING, {}),
    "unsigned": (Telling, bearer("a.b"), "denied", Reason.TOKEN_MALFORMED, {}),
    "unknown key": (
        Telling,
        bearer(mint(iss="nobody")),
        "denied",
        Reason.KEY_UNKNOWN,
        {},
    ),
    "no key": (
        Telling,
        bearer(mint(iss=None)),
        "denied",
        Reason.KEY_CLAIM_MISSING,
        {"claim": "iss"},
    ),
    "forged": (Telling, bearer(FORGED), "denied", Reason.SIGNATURE_INVALID, {}),
    "expired": (
        Telling,
        bearer(EXPIRED),
        "denied",
        Reason.TOKEN_EXPIRED,
        {"claim": "exp", **JACK},
    ),
    "revoked": (
        lambda: Telling(denylist=revoking()),
        KNOWN,
        "denied",
        Reason.TOKEN_REVOKED,
        JACK,
    ),
    "access": (
        lambda: Telling(Policy(access=NOT_JACK)),
        KNOWN,
        "denied",
        Reason.CONSUMER_FORBIDDEN,
        JACK,
    ),
    "termination": (
        lambda: Telling(Policy(termination=GONE)),
        KNOWN,
        "denied",
        Reason.TERMINATED,
        JACK,
    ),
    "closed": (
        lambda: Telling(unrouted="policy_then_refuse"),
        KNOWN,
        "denied",
        Reason.ROUTE_UNKNOWN,
        JACK,
    ),
    "guest barred": (
        lambda: Telling(
            Policy(anonymous=GUEST, access=Access(deny_consumers=["guest"]))
        ),
        NOBODY,
        "denied",
        Reason.CONSUMER_FORBIDDEN,
        {},
    ),
    "anonymous": (
        lambda: Telling(Policy(anonymous=GUEST, anonymous_for="any")),
        bearer(FORGED),
        "anonymous",
        Reason.SIGNATURE_INVALID,
        {},
    ),
    "report": (
        lambda: Telling(Policy(mode="report")),
        bearer(EXPIRED),
        "exempt",
        Reason.TOKEN_EXPIRED,
        {"claim": "exp", **JACK},
    ),
    "report, barred": (
        lambda: Telling(Policy(mode="report", access=NOT_JACK)),
        KNOWN,
        "exempt",
        Reason.CONSUMER_FORBIDDEN,
        JACK,
    ),
    "store": (
        lambda: Telling(store=FailingStore()),
        KNOWN,
        "denied",
        Reason.STORE_UNAVAILABLE,
        {},
    ),
}

PASSED: dict[str, Row] = {
    "authenticated": (Telling, KNOWN, "authenticated", None, JACK),
    "anonymous": (
        lambda: Telling(Policy(anonymous=GUEST)),
        NOBODY,
        "anonymous",
        None,
        {},
    ),
    "public": (
        lambda: Telling(routes=[Route(path="/*", public=True)]),
        NOBODY,
        "exempt",
        None,
        {},
    ),
    "preflight": (
        lambda: Telling(Policy(run_on_preflight=False)),
        PREFLIGHT,
        "exempt",
        None,
        {},
    ),
    "report": (
        lambda: Telling(Policy(mode="report")),
        KNOWN,
        "authenticated",
        None,
        JACK,
    ),
}

every = pytest.mark.parametrize(
    ("make", "request_", "outcome", "reason", "more"),
    [*REFUSED.values(), *PASSED.values()],
    ids=[*REFUSED, *(f"{name} passes" for name in PASSED)],
)
each_refusal = pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
each_pass = pytest.mark.parametrize("row", PASSED.values(), ids=PASSED)


class FailingStore:
    """A store that is down."""

    def find(self, key: str, kid: str | None = None) -> Any:
        """Fail."""
        raise ConnectionError("down", key, kid)


@every
def test_a_decision_tells(
    make: Callable[[], Telling],
    request_: RequestView,
    outcome: str,
    reason: Reason | None,
    more: dict[str, Any],
) -> None:
    """What became of the request, why, and who calls if a signature shows it."""
    told = make().about(request_)
    assert (told.outcome, told.reason) == (outcome, reason)
    known = {"claim": told.claim, "consumer": told.consumer, "key": told.key}
    assert known == {"claim": None, "consumer": None, "key": None, **more}


@each_refusal
def test_a_refusal_is_logged_as_it_is_told(
    row: Row, log: pytest.LogCaptureFixture
) -> None:
    """One record, with each field of the decision."""
    told = row[0]().about(row[1])
    code = None if told.reason is None else told.reason.code
    assert records(log) == [{**asdict(told), "reason": code}]


@each_pass
def test_what_passes_is_told_and_not_logged(
    row: Row, log: pytest.LogCaptureFixture
) -> None:
    """Unless it is wanted: it would be the most of a log."""
    row[0]().about(row[1])
    assert records(log) == []


@each_pass
def test_what_passes_is_logged_if_that_is_wanted(
    row: Row, log: pytest.LogCaptureFixture
) -> None:
    """One record, too."""
    telling = row[0]()
    wanted = Events(log_passed=True)
    gate = Gate.of(telling.gate.settings, clock=clock, events=wanted)
    authenticate(gate, row[1])
    assert [each["outcome"] for each in records(log)] == [row[2]]


def test_a_quota_that_refuses_tells_who_calls(log: pytest.LogCaptureFixture) -> None:
    """The second request of the hour."""
    telling = Telling(Policy(quota="1/h"))
    telling.decide(KNOWN)
    told = telling.about(KNOWN)
    assert (told.reason, told.consumer) == (Reason.QUOTA_EXCEEDED, jack().id)
    assert [each["consumer"] for each in records(log)] == [jack().id]


def test_a_view_that_needs_no_token_passes_without_a_reason() -> None:
    """Nothing was refused."""
    told = Telling().about(NOBODY, OPTIONAL)
    assert (told.outcome, told.reason) == ("exempt", None)


def test_a_silent_gate_tells_nothing_of_who_is_known(
    log: pytest.LogCaptureFixture,
) -> None:
    """No listener, no record."""
    assert isinstance(Telling(on_decision=()).decide(KNOWN), Authenticated)
    assert log.records == []


def test_forgery_a_consumer_that_no_signature_shows_is_not_told() -> None:
    """Whoever writes ``iss`` would write the log."""
    told = Telling().about(bearer(FORGED))
    assert (told.consumer, told.key) == (None, None)


# What came


def test_a_fingerprint_is_the_beginning_of_what_a_denylist_knows_the_token_by() -> None:
    """So a token in the log can be told from one on the list."""
    told = Telling().about(KNOWN)
    assert told.fingerprint is not None
    assert len(told.fingerprint) == 16
    text = Subject.token(mint()).text
    assert text.startswith(f"token:{told.fingerprint}")


def test_two_requests_with_one_token_have_one_fingerprint() -> None:
    """Whatever carries it, and whatever became of it."""
    telling = Telling(Policy(query_names=("jwt",)))
    by_query = RequestView("POST", query=b"jwt=" + EXPIRED.encode())
    prints = {telling.about(each).fingerprint for each in (bearer(EXPIRED), by_query)}
    assert len(prints) == 1


def test_a_signature_is_no_part_of_a_fingerprint() -> None:
    """A token has several good ones where it is signed by ECDSA."""
    telling = Telling()
    prints = {telling.about(bearer(each)).fingerprint for each in (mint(), FORGED)}
    assert len(prints) == 1


def test_two_tokens_have_two_fingerprints() -> None:
    """That is what they are for."""
    telling = Telling()
    prints = {telling.about(bearer(each)).fingerprint for each in (mint(), EXPIRED)}
    assert len(prints) == 2


@pytest.mark.parametrize("token", [SECRET, "hunter2", ".", "a.b", "a.b.c.d"], ids=str)
def test_a_secret_that_was_taken_for_a_token_has_no_fingerprint(token: str) -> None:
    """A hash would let whoever reads the log guess a weak one."""
    told = Telling().about(bearer(token))
    assert (told.fingerprint, told.carriers) == (None, ("header",))


@pytest.mark.parametrize("token", ["..", "a.b.", "a.b.c"])
def test_three_segments_have_a_fingerprint(token: str) -> None:
    """Whatever is in them: a client that sends them again is known again."""
    assert Telling().about(bearer(token)).fingerprint is not None


@pytest.mark.parametrize(
    "request_",
    [
        NOBODY,
        RequestView("GET", headers=((b"Authorization", b"Bearer a.b.c"),) * 2),
        RequestView("GET", headers=((b"x", b"y"),) * 1001),
    ],
    ids=["none", "repeated", "too many lines"],
)
def test_where_there_is_no_one_token_none_is_told(request_: RequestView) -> None:
    """Neither what carries it."""
    told = Telling().about(request_)
    assert (told.fingerprint, told.carriers) == (None, ())


EVERYWHERE = Policy(query_names=("jwt",), cookie_names=("jwt",))


def test_carriers_are_told_in_order() -> None:
    """All that held the token."""
    token = mint().encode()
    lines = (b"Cookie", b"jwt=" + token), (b"Authorization", b"Bearer " + token)
    request = RequestView("GET", query=b"jwt=" + token, headers=lines)
    assert Telling(EVERYWHERE).about(request).carriers == ("cookie", "header", "query")


def test_a_route_is_told_as_it_is_configured() -> None:
    """Never the path, which a client chose."""
    telling = Telling(routes=[Route(path="/orders/*")])
    assert telling.about(RequestView("GET", path="/orders/17")).route == "/orders/*"


def test_where_no_route_is_none_is_told() -> None:
    """The gate's own policy decides."""
    telling = Telling(routes=[Route(path="/orders/*")])
    assert telling.about(RequestView("GET", path="/bills")).route is None


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_handshake_is_told_from_a_request(kind: Any) -> None:
    """By its kind."""
    assert Telling().about(RequestView("GET", kind=kind)).kind == kind


@pytest.mark.parametrize(
    ("method", "shown"),
    [
        ("PATCH", "PATCH"),
        ("X" * 16, "X" * 16),
        ("X" * 17, "X" * 16),
        ("GET\r\nERROR forged", "GET\\r\\nERROR forge"),
        ("\x1b[31mGET", "\\x1b[31mGET"),
        ("\u202eTEG", "\\u202eTEG"),
        ("\ud800", "\\ud800"),
        ("'\"\\", "'\"\\"),
        ("'\n", "'\\n"),
        ("", ""),
        ("G" * 10_000_000, "G" * 16),
    ],
    ids=[
        "usual",
        "longest",
        "longer",
        "lines",
        "ansi",
        "right to left",
        "surrogate",
        "quotes",
        "quote and line",
        "empty",
        "10 MB",
    ],
)
def test_log_injection_a_method_is_cut_and_escaped(method: str, shown: str) -> None:
    """It is the one text that a sender chooses."""
    assert Telling().about(RequestView(method)).method == shown


@given(st.text())
def test_log_injection_any_method_is_short_and_printable(method: str) -> None:
    """ASCII alone: ten characters for one of another alphabet."""
    shown = Telling().about(RequestView(method)).method
    assert shown is not None
    assert shown.isascii()
    assert shown.isprintable() or not shown
    assert len(shown) <= 160


TOKENS = {
    "good": mint(),
    "expired": EXPIRED,
    "forged": FORGED,
    "unknown key": mint(iss="nobody"),
    "key is a secret": mint(iss=SECRET),
    "unsigned": mint().rpartition(".")[0] + ".",
    "too long": mint(pad="x" * 9000),
    "junk": "a-password-that-is-no-token",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("carrier", ["header", "query", "cookie"])
@pytest.mark.parametrize("barred", [False, True], ids=["open", "barred"])
def test_no_record_has_a_token_a_signature_or_a_secret(
    token: str,
    carrier: str,
    barred: bool,  # noqa: FBT001 - pytest's
    log: pytest.LogCaptureFixture,
) -> None:
    """Nor has what is told; wherever the token is."""
    sent = token.encode()
    request = {
        "header": bearer(token),
        "query": RequestView("GET", query=b"jwt=" + sent),
        "cookie": RequestView("GET", headers=((b"Cookie", b"jwt=" + sent),)),
    }[carrier]
    access = NOT_JACK if barred else ()
    telling = Telling(replace(EVERYWHERE, access=access), log_passed=True)
    told = telling.about(request)
    written = "".join(JSONLines().format(record) for record in log.records)
    assert written
    hidden = [*filter(None, token.split(".")), SECRET, OTHER_SECRET]
    assert [each for each in hidden if each in written + repr(told)] == []


# How long it took


class Time:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class Timed:
    """A teller by a clock of its own, and what it told."""

    def __init__(self, **events: Any) -> None:
        self.time = Time()
        self.told: list[Decision] = []
        events = {"on_decision": self.told.append, **events}
        self.teller = Teller(Events(**events), self.time)
        self.gate = Gate(ListStore(credential()), clock=clock)
        self.guard = self.gate.ready.guard

    def tell(self, reason: Reason) -> Outcome:
        """Tell of a request that is refused for a reason."""
        refusal = replace(REFUSAL, reason=reason)
        return self.teller.tell(refusal, Case(self.guard, NOBODY))


def denied(request: RequestView = NOBODY) -> Denied:
    """Give the outcome of a request that is refused."""
    outcome = Telling().decide(request)
    assert isinstance(outcome, Denied)
    return outcome


REFUSAL = denied()


def test_seconds_are_those_since_the_decision_began() -> None:
    """By the clock of the teller."""
    timed = Timed()
    case = Case(timed.guard, NOBODY, began=timed.teller.clock())
    timed.time.now += 0.25
    timed.teller.tell(REFUSAL, case)
    assert timed.told[0].seconds == 0.25


def test_a_gate_times_its_decisions() -> None:
    """Some time passes."""
    seconds = Telling().about(KNOWN).seconds
    assert seconds is not None
    assert seconds > 0


def test_what_a_view_decided_took_no_time_that_is_known() -> None:
    """Of an outcome that was there."""
    timed = Timed()
    timed.teller.tell(REFUSAL, Case(timed.guard))
    assert timed.told[0].seconds is None


# References


@pytest.mark.parametrize("name", BOTH)
def test_a_401_has_the_reference_of_its_record(
    name: str, log: pytest.LogCaptureFixture
) -> None:
    """So support finds why a customer was refused."""
    telling = Telling(references=True)
    got = BOTH[name](telling.gate, Sent.bearer(EXPIRED))
    reference = got.headers[REFERENCE.lower()]
    assert (got.status, got.message) == (401, {"message": "The token has expired"})
    lines = [JSONLines().format(record) for record in log.records]
    found = find(lines, reference)
    assert found is not None
    assert found["jwtgate_reason"] == "token_expired"
    assert telling.told[0].reference == reference


@pytest.mark.parametrize("name", BOTH)
def test_who_passes_gets_no_reference(name: str) -> None:
    """Neither has it been told to anyone."""
    telling = Telling(references=True)
    got = BOTH[name](telling.gate, Sent.bearer(mint()))
    assert REFERENCE.lower() not in got.headers
    assert telling.told[0].reference is None


@pytest.mark.parametrize(
    "row",
    [*REFUSED.values(), *PASSED.values()],
    ids=[*REFUSED, *(f"{name} passes" for name in PASSED)],
)
def test_nothing_has_a_reference_but_a_401_where_it_is_wanted(row: Row) -> None:
    """403 and the like say themselves why; so does the status of a failure."""
    telling = row[0]()
    told: list[Decision] = []
    events = Events(on_decision=told.append, references=True)
    gate = Gate.of(telling.gate.settings, clock=clock, events=events)
    outcome = authenticate(gate, row[1])
    is_401 = isinstance(outcome, Denied) and outcome.status == 401
    assert (reference_of(outcome) is not None) == is_401
    assert told[0].reference == reference_of(outcome)


@each_refusal
def test_nothing_has_a_reference_where_none_is_wanted(row: Row) -> None:
    """The default."""
    telling = row[0]()
    assert reference_of(telling.decide(row[1])) is None
    assert telling.told[0].reference is None


def test_references_are_unpredictable_and_different_each_time() -> None:
    """64 random bits: nobody finds another's by counting."""
    telling = Telling(references=True)
    quoted = [reference_of(telling.decide(bearer(EXPIRED))) for _ in range(100)]
    assert len(set(quoted)) == 100
    assert all(text is not None and len(text) == 16 for text in quoted)
    assert len({text[:4] for text in quoted if text}) > 90


def test_an_outcome_keeps_its_headers_beside_the_reference() -> None:
    """The challenge comes first, as ever."""
    headers = Telling(references=True).decide(NOBODY).response_headers
    assert headers[:-1] == REFUSAL.response_headers
    assert headers[-1][0] == REFERENCE


@pytest.mark.usefixtures("log")
def test_what_is_neither_logged_nor_told_has_no_reference() -> None:
    """Nothing could be found by it."""
    timed = Timed(on_decision=(), references=True, records_per_minute=1)
    quoted = [reference_of(timed.tell(Reason.TOKEN_EXPIRED)) for _ in range(3)]
    assert [text is not None for text in quoted] == [True, False, False]


def test_a_view_s_401_has_a_reference(log: pytest.LogCaptureFixture) -> None:
    """Of its own: the gate let the request pass."""
    telling = Telling(Policy(anonymous=GUEST), references=True)
    found = telling.decide(NOBODY)
    outcome = telling.gate.narrow(found, Requirement(authenticated=True))
    assert reference_of(outcome) == records(log)[0]["reference"] is not None


# So many a minute


def said(log: pytest.LogCaptureFixture) -> list[str]:
    """Give what was logged since last time."""
    texts = [each.getMessage() for each in log.records]
    log.clear()
    return texts


LINE = "refused a request: token_expired (denied)"
MISSING = "refused a request: token_missing (denied)"


def test_log_flood_a_reason_has_so_many_records_a_minute(
    log: pytest.LogCaptureFixture,
) -> None:
    """The rest of them are counted, and told with the next minute's first."""
    timed = Timed(records_per_minute=2)
    for _ in range(7):
        timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == [LINE, LINE]
    timed.time.now += 59.9
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == []
    timed.time.now += 0.1
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == ["6 more refusals were not logged: token_expired", LINE]


def test_log_flood_of_one_reason_does_not_hide_another(
    log: pytest.LogCaptureFixture,
) -> None:
    """Each has records of its own."""
    timed = Timed(records_per_minute=1)
    for _ in range(9):
        timed.tell(Reason.TOKEN_MISSING)
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == [MISSING, LINE]


def test_log_flood_each_reason_has_its_number(log: pytest.LogCaptureFixture) -> None:
    """And one that was logged in full has none."""
    timed = Timed(records_per_minute=1)
    for reason in [Reason.TOKEN_MISSING] * 3 + [Reason.TOKEN_EXPIRED]:
        timed.tell(reason)
    said(log)
    timed.time.now += 60
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == ["2 more refusals were not logged: token_missing", LINE]


def test_a_number_is_told_once(log: pytest.LogCaptureFixture) -> None:
    """It is of one minute."""
    timed = Timed(records_per_minute=1)
    timed.tell(Reason.TOKEN_EXPIRED)
    timed.tell(Reason.TOKEN_EXPIRED)
    timed.time.now += 60
    timed.tell(Reason.TOKEN_EXPIRED)
    said(log)
    timed.time.now += 60
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == [LINE]


def test_log_flood_a_listener_is_told_of_all(log: pytest.LogCaptureFixture) -> None:
    """Whatever is not logged: it counts them."""
    timed = Timed(records_per_minute=1)
    for _ in range(9):
        timed.tell(Reason.TOKEN_EXPIRED)
    assert (len(timed.told), len(log.records)) == (9, 1)


def test_what_passes_is_not_limited(log: pytest.LogCaptureFixture) -> None:
    """Who asks for an access log wants all of it."""
    telling = Telling(log_passed=True, records_per_minute=1)
    for _ in range(9):
        telling.decide(KNOWN)
    assert len(records(log)) == 9


def test_log_flood_a_listener_that_fails_is_told_of_once_a_minute(
    log: pytest.LogCaptureFixture,
) -> None:
    """Of each place where one fails; refusals are no client's means to fill a disk."""

    def fails_too(_: Decision) -> None:
        raise LookupError

    timed = Timed(on_decision=(fail, fails_too), records_per_minute=1)
    for _ in range(9):
        timed.tell(Reason.TOKEN_EXPIRED)
    failures = [each.partition(" at ")[0] for each in said(log)]
    assert failures == [
        LINE,
        "on_decision failed: ValueError",
        "on_decision failed: LookupError",
    ]
    timed.time.now += 60
    timed.tell(Reason.TOKEN_EXPIRED)
    assert sum("on_decision" in each for each in said(log)) == 2


def test_what_nobody_reads_is_not_counted(log: pytest.LogCaptureFixture) -> None:
    """A log that is off says nothing later of what it did not say."""
    timed = Timed(records_per_minute=1)
    log.set_level(logging.WARNING, "jwtgate")
    for _ in range(9):
        timed.tell(Reason.TOKEN_EXPIRED)
    log.set_level(logging.INFO, "jwtgate")
    timed.time.now += 60
    timed.tell(Reason.TOKEN_EXPIRED)
    assert said(log) == [LINE]


# Listeners


def test_every_listener_is_told_the_same() -> None:
    """In order."""
    told: list[tuple[str, Decision]] = []
    first, second = (
        lambda decision, name=name: told.append((name, decision))
        for name in ("first", "second")
    )
    Telling(on_decision=(first, second)).decide(KNOWN)
    assert [name for name, _ in told] == ["first", "second"]
    assert told[0][1] is told[1][1]


def fail(decision: Decision) -> None:
    """Fail, and quote what was told."""
    raise ValueError(f"a claim of {decision.consumer}")


@pytest.mark.parametrize("request_", [KNOWN, NOBODY], ids=["known", "refused"])
def test_a_listener_that_raises_changes_no_answer(request_: RequestView) -> None:
    """It is told after the decision."""
    outcome = Telling(on_decision=fail).decide(request_)
    assert type(outcome) is type(Telling().decide(request_))


def test_a_listener_that_raises_keeps_no_other_from_being_told() -> None:
    """The next one is told all the same."""
    told: list[Decision] = []
    Telling(on_decision=(fail, told.append)).decide(NOBODY)
    assert [each.reason for each in told] == [Reason.TOKEN_MISSING]


def test_log_injection_what_a_listener_raises_is_logged_without_its_text(
    log: pytest.LogCaptureFixture,
) -> None:
    """It may quote claims; the type and the line are enough to mend it."""
    Telling(on_decision=fail).decide(KNOWN)
    (record,) = log.records
    line = fail.__code__.co_firstlineno + 2
    said = f"on_decision failed: ValueError at {__file__}:{line}"
    assert (record.levelno, record.getMessage()) == (logging.ERROR, said)
    assert "claim of" not in JSONLines().format(record)


# Views


def test_a_view_that_refuses_is_told_once_more_with_who_calls() -> None:
    """The gate let the request pass, and the view did not."""
    telling = Telling()
    found = telling.decide(KNOWN)
    telling.gate.narrow(found, Requirement(groups=["admin"]))
    passed, refused = telling.told
    assert (passed.outcome, refused.outcome) == ("authenticated", "denied")
    assert refused.reason is Reason.CONSUMER_FORBIDDEN
    assert (refused.consumer, refused.key) == (jack().id, KEY)


def test_a_view_that_asks_with_the_gate_is_told_once_with_who_calls() -> None:
    """In one decision."""
    told = Telling().about(KNOWN, Requirement(scopes=["orders"]))
    assert (told.reason, told.consumer) == (Reason.SCOPE_MISSING, jack().id)


def test_a_view_that_is_satisfied_tells_nothing() -> None:
    """Nothing was decided."""
    telling = Telling()
    found = telling.decide(KNOWN)
    telling.told.clear()
    assert telling.gate.narrow(found, Requirement()) is found
    assert telling.told == []


def test_a_view_does_not_refuse_twice() -> None:
    """What was refused before was told before."""
    telling = Telling()
    telling.gate.narrow(REFUSAL, Requirement())
    assert telling.told == []


@pytest.mark.parametrize(
    ("request_", "demands"),
    [
        (KNOWN, None),
        (KNOWN, Requirement()),
        (RequestView("GET", "/open"), None),
        (NOBODY, OPTIONAL),
    ],
    ids=["gate", "view", "public", "optional"],
)
def test_an_outcome_that_is_reused_tells_nothing(
    request_: RequestView, demands: Requirement | None
) -> None:
    """Two mounts of one gate decide once."""
    telling = Telling(routes=[Route(path="/open", public=True)])
    found = telling.decide(request_, demands)
    telling.told.clear()
    assert authenticate(telling.gate, request_, demands, found=found) is found
    assert telling.told == []


# Whatever is sent

LINES = st.tuples(
    st.sampled_from([b"Authorization", b"Cookie", b"Host", b"Origin"]),
    st.binary()
    | st.sampled_from([b"Bearer " + token.encode() for token in TOKENS.values()]),
)
POLICIES = [
    Policy(),
    EVERYWHERE,
    Policy(mode="report"),
    Policy(anonymous=GUEST, anonymous_for="any", run_on_preflight=False),
    Policy.kong(anonymous=GUEST),
    Policy.apisix(key_claim="iss"),
]


@given(
    policy=st.sampled_from(POLICIES),
    method=st.text(),
    path=st.text(),
    query=st.binary() | st.binary().map(b"jwt=".__add__),
    headers=st.lists(LINES, max_size=4),
    kind=st.sampled_from(["http", "websocket"]),
    demands=st.sampled_from([None, OPTIONAL, Requirement(groups=["admin"])]),
)
def test_exactly_one_decision_is_told(
    policy: Policy,
    method: str,
    path: str,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    kind: Any,
    demands: Requirement | None,
) -> None:
    """Whatever is sent; and it tells the outcome that the adapter gets."""
    routes = [Route(path="/open", public=True), Route(path="/orders/*")]
    telling = Telling(policy, routes=routes)
    request = RequestView(method, path, query, headers, kind=kind)
    outcome = telling.decide(request, demands)
    (told,) = telling.told
    names = dict(zip((Authenticated, Anonymous, Exempt, Denied), NAMES, strict=True))
    assert told.outcome == names[type(outcome)]
    if isinstance(outcome, Denied):
        assert told.reason is outcome.reason


NAMES = get_args(OutcomeName)


def test_what_fails_the_decision_does_not_fail_the_telling() -> None:
    """What no server sends is 503, and never raises."""
    nothing: Any = None
    told = Telling().about(RequestView("GET", headers=nothing))
    assert (told.reason, told.fingerprint) == (Reason.INTERNAL, None)


def together(work: Callable[[], object], threads: int = 8) -> None:
    """Run the same in several threads, all at once."""
    begin = Barrier(threads)

    def run() -> None:
        begin.wait()
        work()

    running = [Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_many_threads_are_all_told_of() -> None:
    """And of each request what is its own."""
    telling = Telling()

    def work() -> None:
        for token in (mint(), EXPIRED) * 25:
            telling.decide(bearer(token))

    together(work)
    reasons = [each.reason for each in telling.told]
    assert (len(reasons), reasons.count(None)) == (400, 200)


def test_log_flood_by_many_threads_is_limited(log: pytest.LogCaptureFixture) -> None:
    """Threads that come together may let a few more through; never fewer."""
    timed = Timed(records_per_minute=100)
    together(lambda: [timed.tell(Reason.TOKEN_EXPIRED) for _ in range(100)])
    assert len(timed.told) == 800
    assert 100 <= len(log.records) < 400


def test_a_minute_that_ends_for_many_threads_fails_none() -> None:
    """One counts in the minute before while another reads it."""
    timed = Timed(records_per_minute=1)

    def work() -> None:
        for reason in list(Reason) * 5:
            timed.time.now += 20
            timed.tell(reason)

    together(work)
    assert len(timed.told) == 8 * 5 * len(Reason)


def test_a_record_is_read_as_it_was_told(log: pytest.LogCaptureFixture) -> None:
    """Every field of a decision is in the line."""
    told = Telling(references=True).about(bearer(EXPIRED))
    line = json.loads(JSONLines().format(log.records[0]))
    expected = {**asdict(told), "reason": "token_expired", "carriers": ["header"]}
    assert {name: line[f"jwtgate_{name}"] for name in expected} == expected


PAGE = (Path(__file__).parent.parent / "docs" / "howto" / "events.md").read_text()


def test_the_page_on_events_lists_every_field() -> None:
    """In order, and no other."""
    listed = re.findall(r"^\| `jwtgate_(\w+)` \|", PAGE, re.MULTILINE)
    assert listed == [each.name for each in fields(Decision)]


def test_the_page_on_events_shows_a_record_as_it_is(
    log: pytest.LogCaptureFixture,
) -> None:
    """With the members of one, in order."""
    shown = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    Telling(references=True).decide(bearer(EXPIRED))
    written = json.loads(JSONLines().format(log.records[0]))
    assert list(json.loads(shown[1])) == list(written)


def test_of_a_consumer_that_a_claim_names_the_key_is_told() -> None:
    """Of a token that is refused for a claim, that claim was not asked yet."""
    told: list[Decision] = []
    store = ListStore(credential(consumer_claim="sub"))
    gate = Gate(store, clock=clock, events=Events(on_decision=told.append))
    authenticate(gate, bearer(EXPIRED))
    (decision,) = told
    assert (decision.consumer, decision.key) == (None, KEY)


@pytest.mark.parametrize("claims", [{}, {"sub": 5}], ids=["missing", "no-text"])
def test_of_a_claim_that_names_no_consumer_the_key_is_told(
    claims: dict[str, Any],
) -> None:
    """The signature shows whose token it is: an operator has to know which issuer."""
    telling = Telling(store=ListStore(credential(consumer_claim="sub")))
    decision = telling.about(bearer(mint(**claims)))
    assert (decision.claim, decision.consumer, decision.key) == ("sub", None, KEY)
