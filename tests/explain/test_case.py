import pytest

from jwtgate import ConfigurationError, Gate, Policy
from jwtgate.errors import Rejection
from jwtgate.explain.case import open_case
from jwtgate.reason import Reason
from tests.explain.kit import request
from tests.kit import NOW, ListStore, make_gate


def test_a_case_has_the_gate_s_own_time() -> None:
    """Read once, unless another one is asked for."""
    assert open_case(make_gate(), request(), None, None).now == NOW
    assert open_case(make_gate(), request(), None, 7.5).now == 7.5


@pytest.mark.parametrize("at", [float("nan"), "now", True], ids=str)
def test_what_is_no_time_is_refused(at: float) -> None:
    """It would be compared with claims."""
    with pytest.raises(ConfigurationError, match="at must be seconds"):
        open_case(make_gate(), request(), None, at)


@pytest.mark.parametrize(
    ("policy", "time"), [(Policy(), 7.5), (Policy.kong(), 7)], ids=["native", "kong"]
)
def test_gateways_compare_whole_seconds(policy: Policy, time: float) -> None:
    """As their dialect does."""
    case = open_case(make_gate(policy=policy), request(), None, 7.5)
    assert case.time == time


def test_the_first_rejection_is_kept() -> None:
    """What comes after it is told, and no more."""
    case = open_case(Gate(ListStore()), request(), None, None)
    case.tell("a", "bad", "first", Rejection(Reason.KEY_UNKNOWN))
    case.tell("b", "bad", "second", Rejection(Reason.TOKEN_EXPIRED))
    case.note("c", "bad", "third", Reason.TOKEN_REVOKED)
    assert case.reason is Reason.KEY_UNKNOWN
    assert [step.text for step in case.steps] == ["first", "second", "third"]


def test_nobody_is_known_to_call_before_a_signature_holds() -> None:
    """Whatever the token says."""
    assert open_case(make_gate(), request(), None, None).consumer is None
