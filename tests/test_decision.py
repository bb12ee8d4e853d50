import pytest

from jwtgate import Authenticated, Denied, Gate, Reason, RequestView
from jwtgate.asks import FindCredentials, Flow
from jwtgate.decision import decision
from jwtgate.events import Events
from jwtgate.requirement import Requirement
from jwtgate.telling import Teller
from tests.kit import ListStore, WaitingStore, clock, credential, jack, mint

REQUEST = RequestView.get(token=mint())


def flow_of(gate: Gate, demands: Requirement | None = None) -> Flow:
    """Begin the flow of a decision."""
    return decision(gate.ready, Teller(Events()), 0.0, REQUEST, demands)


def test_a_flow_asks_for_what_may_have_to_be_waited_for() -> None:
    """And goes on with the answer."""
    flow = flow_of(Gate(WaitingStore(), clock=clock))
    ask = next(flow)
    assert isinstance(ask, FindCredentials)
    with pytest.raises(StopIteration) as done:
        flow.send((credential(),))
    assert isinstance(done.value.value, Authenticated)


def test_what_was_begun_is_not_done_again() -> None:
    """Who calls is known; what the view demands is still to be seen."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    identify = gate.ready.at_once
    assert identify is not None
    begun = identify(REQUEST)
    demands = Requirement(groups=["admins"])
    flow = decision(gate.ready, Teller(Events()), 0.0, REQUEST, demands, begun)
    with pytest.raises(StopIteration) as done:
        next(flow)
    assert isinstance(done.value.value, Denied)
    assert done.value.value.reason is Reason.CONSUMER_FORBIDDEN
    assert len(store.asked) == 1


def test_a_consumer_with_a_quota_of_its_own_goes_through_the_flow() -> None:
    """Though nobody else has one."""
    store = ListStore(credential(consumer=jack(quota="1/m")))
    begun = Gate(store, clock=clock).begin(REQUEST)
    assert not isinstance(begun, Authenticated)


def test_a_failure_of_ours_is_a_refusal() -> None:
    """It is raised once more, where failures are told and answered."""
    gate = Gate(ListStore(credential()), clock=clock)
    failure = RuntimeError("a bug")
    flow = decision(gate.ready, Teller(Events()), 0.0, REQUEST, None, failure)
    with pytest.raises(StopIteration) as done:
        next(flow)
    assert isinstance(done.value.value, Denied)
    assert done.value.value.reason is Reason.INTERNAL
