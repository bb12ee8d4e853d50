import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jwtgate import (
    Access,
    Anonymous,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Quota,
    Reason,
    RequestView,
    aauthenticate,
    authenticate,
    in_thread,
)
from jwtgate.errors import KeyRejected, TokenMissing, Unavailable
from jwtgate.requirement import Requirement
from tests.kit import (
    KEY,
    NOW,
    ListStore,
    clock,
    credential,
    make_gate,
    make_store,
    mint,
)

OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"
GUEST = Consumer(username="guest")


def run(gate: Gate, request: RequestView) -> Outcome:
    """Drive a decision by asynchronous code."""
    return asyncio.run(aauthenticate(gate, request))


DRIVERS: dict[str, Callable[[Gate, RequestView], Outcome]] = {
    "sync": authenticate,
    "async": run,
}

each_driver = pytest.mark.parametrize("drive", DRIVERS.values(), ids=DRIVERS)


def bearer(token: str) -> RequestView:
    """Make a request with a bearer token."""
    return RequestView("GET", headers=[(b"Authorization", b"Bearer " + token.encode())])


class FailingStore:
    """A store that raises what it was given, wherever it is asked."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Fail."""
        raise self.error

    async def afind(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Fail."""
        raise self.error

    def find_consumer(self, name: str) -> Any:  # noqa: ARG002 - the protocol's
        """Fail."""
        raise self.error

    async def afind_consumer(self, name: str) -> Any:  # noqa: ARG002 - the protocol's
        """Fail."""
        raise self.error


class AsyncOnly:
    """A store that has afind alone."""

    async def afind(self, key: str, kid: str | None = None) -> Any:
        """Find the usual credential."""


class AsyncCredentials:
    """A store that has afind alone, and finds."""

    async def afind(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Find the usual credential."""
        return [credential()]


class SyncOnly:
    """A store that may block."""

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Find the usual credential."""
        return [credential()]


class AsyncFind:
    """A store whose find is a coroutine function."""

    async def find(self, key: str, kid: str | None = None) -> Any:
        """Find the usual credential."""


# Both agree


def facts(outcome: Outcome) -> tuple[object, ...]:
    """Give what can be compared of an outcome."""
    fields = ("consumer", "claims", "reason", "refusal", "status", "body", "why")
    shared = (outcome.response_headers,)
    return (type(outcome), *(getattr(outcome, name, None) for name in fields), *shared)


@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(anonymous=GUEST),
        Policy(anonymous=GUEST, anonymous_for="any"),
        Policy(mode="report"),
        Policy(run_on_preflight=False),
        Policy.kong(),
        Policy(access=Access(deny_consumers=["jack"])),
        Policy(termination=Answer(status=410)),
        Policy(quota=Quota(rates="9/h", shown=False)),
    ],
    ids=[
        "native",
        "anonymous",
        "anonymous for any",
        "report",
        "preflight",
        "kong",
        "access",
        "termination",
        "quota",
    ],
)
@pytest.mark.parametrize(
    "request_",
    [
        RequestView("GET"),
        RequestView("OPTIONS"),
        bearer(mint()),
        bearer("a.b"),
        bearer(mint(iss="nobody")),
        bearer(mint(secret=OTHER_SECRET)),
        bearer(mint(exp=NOW)),
    ],
    ids=["none", "OPTIONS", "good", "malformed", "unknown", "forged", "expired"],
)
def test_both_drivers_agree(policy: Policy, request_: RequestView) -> None:
    """One flow, two ways of waiting."""
    gate = make_gate(policy=policy)
    assert facts(authenticate(gate, request_)) == facts(run(gate, request_))


@each_driver
def test_a_consumer_is_looked_up_by_either(
    drive: Callable[[Gate, RequestView], Outcome],
) -> None:
    """The flow waits a second time for it."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    gate = Gate(store, Policy(anonymous="guest"), clock=clock)
    outcome = drive(gate, RequestView("GET"))
    assert isinstance(outcome, Anonymous)
    assert outcome.consumer == guest


@each_driver
def test_a_quota_is_counted_by_either(
    drive: Callable[[Gate, RequestView], Outcome],
) -> None:
    """The flow waits for that last."""
    gate = make_gate(policy=Policy(quota="1/h"))
    drive(gate, bearer(mint()))
    outcome = drive(gate, bearer(mint()))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.QUOTA_EXCEEDED


@each_driver
@pytest.mark.parametrize(
    ("when_down", "reason"), [("open", None), ("closed", Reason.STORE_UNAVAILABLE)]
)
def test_a_storage_of_a_quota_that_is_down_is_open_or_closed(
    when_down: Any,
    reason: Reason | None,
    drive: Callable[[Gate, RequestView], Outcome],
) -> None:
    """As the quota has it."""
    quota = Quota(rates="1/h", storage="redis://127.0.0.1:1/0", when_down=when_down)
    outcome = drive(make_gate(policy=Policy(quota=quota)), bearer(mint()))
    assert getattr(outcome, "reason", None) is reason


# A store that fails


@each_driver
@pytest.mark.parametrize(
    "error",
    [
        OSError("down"),
        TimeoutError(),
        KeyError(KEY),
        StopIteration(),
        StopAsyncIteration(),
        RecursionError(),
        ExceptionGroup("many", [ValueError()]),
        ConfigurationError("late"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_store_that_raises_is_a_503(
    error: Exception, drive: Callable[[Gate, RequestView], Outcome]
) -> None:
    """Whatever it raises: never a 401, which would make clients discard tokens."""
    outcome = drive(Gate(FailingStore(error), clock=clock), bearer(mint()))
    assert isinstance(outcome, Denied)
    assert (outcome.status, outcome.reason) == (503, Reason.STORE_UNAVAILABLE)
    assert ("Retry-After", "5") in outcome.response_headers


@each_driver
@pytest.mark.parametrize(
    ("anonymous", "request_"),
    [(GUEST, bearer(mint())), ("guest", RequestView("GET"))],
    ids=["credentials", "anonymous consumer"],
)
def test_a_store_that_fails_never_makes_anyone_anonymous(
    anonymous: Consumer | str,
    request_: RequestView,
    drive: Callable[[Gate, RequestView], Outcome],
) -> None:
    """A caller must not lose an identity that the store could not confirm."""
    policy = Policy(anonymous=anonymous, anonymous_for="any")
    outcome = drive(Gate(FailingStore(OSError()), policy, clock=clock), request_)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


@each_driver
@pytest.mark.parametrize(
    "error",
    [
        KeyRejected(Reason.KEY_UNKNOWN),
        Unavailable(Reason.STORE_UNAVAILABLE),
        Unavailable(Reason.KEY_UNKNOWN),
    ],
    ids=["rejection", "unavailable", "unavailable for a reason of a token's"],
)
def test_a_rejection_of_a_store_s_own_is_a_failure_of_it(
    error: Exception, drive: Callable[[Gate, RequestView], Outcome]
) -> None:
    """A store cannot refuse a request by raising; only the gate does."""
    outcome = drive(Gate(FailingStore(error), clock=clock), bearer(mint()))
    assert isinstance(outcome, Denied)
    assert outcome.reason.our_fault


def test_cancellation_passes() -> None:
    """A request that is given up is no failure of the store."""
    gate = Gate(FailingStore(asyncio.CancelledError()), clock=clock)
    with pytest.raises(asyncio.CancelledError):
        run(gate, bearer(mint()))


@each_driver
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_the_end_of_the_process_passes(
    error: type[BaseException], drive: Callable[[Gate, RequestView], Outcome]
) -> None:
    """A server that is told to stop stops."""
    gate = Gate(FailingStore(error()), clock=clock)
    with pytest.raises(error):
        drive(gate, bearer(mint()))


# A store that does not fit


@pytest.mark.parametrize("store", [AsyncOnly(), AsyncFind()], ids=["afind", "async"])
def test_synchronous_code_over_an_async_store_is_a_configuration_error(
    store: SyncOnly,
) -> None:
    """Nothing is guessed from what a call returns."""
    with pytest.raises(ConfigurationError, match="no method find"):
        authenticate(Gate(store, clock=clock), bearer(mint()))


@pytest.mark.parametrize("store", [SyncOnly(), AsyncFind()], ids=["sync", "async"])
def test_asynchronous_code_over_a_blocking_store_is_a_configuration_error(
    store: SyncOnly,
) -> None:
    """The error names in_thread."""
    with pytest.raises(ConfigurationError, match="in_thread"):
        run(Gate(store, clock=clock), bearer(mint()))


@each_driver
@pytest.mark.parametrize(
    "request_",
    [RequestView("GET"), bearer("a.b")],
    ids=["none", "malformed"],
)
def test_a_store_that_is_not_asked_need_not_fit(
    request_: RequestView, drive: Callable[[Gate, RequestView], Outcome]
) -> None:
    """Such a request is refused without it."""
    store: Any = AsyncFind()
    gate = Gate(store, clock=clock)
    assert isinstance(drive(gate, request_), Denied)


def test_what_an_asynchronous_gate_found_is_reused_by_synchronous_code() -> None:
    """A view in a thread, behind ASGI middleware, asks no store."""
    store = AsyncCredentials()
    gate = Gate(store, clock=clock)
    found = run(gate, bearer(mint()))
    assert isinstance(found, Authenticated)
    assert authenticate(gate, bearer(mint()), found=found) is found


def test_asynchronous_code_uses_a_blocking_store_in_threads() -> None:
    """As the error says."""
    gate = Gate(in_thread(SyncOnly()), clock=clock)
    assert facts(run(gate, bearer(mint()))) == facts(
        authenticate(make_gate(), bearer(mint()))
    )


def test_asynchronous_code_calls_a_store_that_never_waits() -> None:
    """In the event loop's own thread."""
    store = ListStore(credential())
    run(Gate(store, clock=clock), bearer(mint()))
    assert store.asked == [(KEY, None)]


# What a view demands, and what was found

READ = Requirement(scopes=["read"])


def run_for(
    gate: Gate,
    request: RequestView,
    demands: Requirement | None = None,
    *,
    found: object = None,
) -> Outcome:
    """Drive a decision for a view by asynchronous code."""
    return asyncio.run(aauthenticate(gate, request, demands, found=found))


FOR_VIEWS: dict[str, Callable[..., Outcome]] = {
    "sync": authenticate,
    "async": run_for,
}
for_views = pytest.mark.parametrize("drive", FOR_VIEWS.values(), ids=FOR_VIEWS)


@for_views
def test_a_view_s_demands_hold_by_either(drive: Callable[..., Outcome]) -> None:
    """Both hand them to the flow."""
    good = drive(make_gate(), bearer(mint(scope="read")), READ)
    assert isinstance(good, Authenticated)
    denied = drive(make_gate(), bearer(mint()), READ)
    assert isinstance(denied, Denied)
    assert denied.reason is Reason.SCOPE_MISSING


@for_views
def test_an_optional_token_may_be_missing_by_either(
    drive: Callable[..., Outcome],
) -> None:
    """No store is asked for that."""
    gate = Gate(FailingStore(OSError()), clock=clock)
    outcome = drive(gate, RequestView("GET"), Requirement(optional=True))
    assert isinstance(outcome, Exempt)


@for_views
def test_what_was_found_is_reused_by_either(drive: Callable[..., Outcome]) -> None:
    """The store is not asked again."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    found = drive(gate, bearer(mint(scope="read")))
    assert drive(gate, bearer(mint()), READ, found=found) is found
    assert len(store.asked) == 1


@for_views
@pytest.mark.parametrize("found", [None, "found", GUEST], ids=str)
def test_what_is_no_outcome_is_not_reused_by_either(
    found: object, drive: Callable[..., Outcome]
) -> None:
    """It is as if nothing had been found."""
    assert isinstance(drive(make_gate(), RequestView("GET"), found=found), Denied)


@for_views
def test_a_store_that_fails_is_a_503_for_every_view(
    drive: Callable[..., Outcome],
) -> None:
    """Also for one that can do without a token."""
    gate = Gate(FailingStore(OSError()), clock=clock)
    outcome = drive(gate, bearer(mint()), Requirement(optional=True))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


@for_views
def test_a_store_cannot_say_that_a_token_is_missing(
    drive: Callable[..., Outcome],
) -> None:
    """By raising what lets a view do without one."""
    gate = Gate(FailingStore(TokenMissing()), clock=clock)
    outcome = drive(gate, bearer(mint()), Requirement(optional=True))
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE
