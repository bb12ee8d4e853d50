import pytest

from jwtgate import Access, Answer, Consumer, Policy
from jwtgate.outcome import Exempt
from jwtgate.policy import PolicySettings
from jwtgate.requirement import Requirement
from jwtgate.surface.nobody import at_guard, narrowed
from jwtgate.terms import Terms
from tests.kit import make_gate

GUEST = Consumer(username="guest", groups=("guests",))
OFF = Consumer(username="guest", enabled=False)
SHUT = Terms(termination=Answer(status=403))
STAFF = Access(allow_groups=["staff"])


@pytest.mark.parametrize(
    ("policy", "fate"),
    [
        ({}, "guarded"),
        ({"mode": "report"}, "report"),
        ({"termination": Answer(status=503)}, "closed"),
        ({"anonymous": GUEST}, "optional"),
        ({"anonymous": "guest"}, "optional"),
        ({"anonymous": OFF}, "guarded"),
        ({"anonymous": GUEST, "access": STAFF}, "guarded"),
        ({"anonymous": GUEST, "consumer_terms": {"guest": SHUT}}, "guarded"),
        ({"anonymous": GUEST, "consumer_terms": {"jack": SHUT}}, "optional"),
    ],
)
def test_request_without_a_token(policy: PolicySettings, fate: str) -> None:
    """What becomes of it under a policy."""
    guard = make_gate(policy=Policy(**policy)).ready.guard
    assert at_guard(guard, "GET", None, is_public=False)[0] == fate


@pytest.mark.parametrize(
    ("policy", "fate"), [({}, "public"), ({"access": STAFF}, "closed")]
)
def test_request_on_a_public_route(policy: PolicySettings, fate: str) -> None:
    """Where access is restricted, nobody known has it."""
    guard = make_gate(policy=Policy(**policy)).ready.guard
    assert at_guard(guard, "GET", None, is_public=True)[0] == fate


@pytest.mark.parametrize(
    ("policy", "demands", "fate"),
    [
        ({}, Requirement(optional=True), "optional"),
        ({"access": STAFF}, Requirement(optional=True), "guarded"),
        ({"anonymous": GUEST}, Requirement(groups=["guests"]), "optional"),
        ({"anonymous": GUEST}, Requirement(groups=["staff"]), "guarded"),
        ({"anonymous": GUEST}, Requirement(authenticated=True), "guarded"),
        ({"mode": "report"}, Requirement(groups=["staff"]), "report"),
        ({"mode": "report"}, Requirement(authenticated=True), "guarded"),
        ({"mode": "report", "anonymous": GUEST}, Requirement(scopes=["w"]), "report"),
    ],
)
def test_request_to_a_view_that_demands(
    policy: PolicySettings, demands: Requirement, fate: str
) -> None:
    """What the view says comes after what the policy does."""
    guard = make_gate(policy=Policy(**policy)).ready.guard
    assert at_guard(guard, "GET", demands, is_public=False)[0] == fate


def test_demands_on_a_public_route_close_it() -> None:
    """No token is read there."""
    guard = make_gate().ready.guard
    assert at_guard(guard, "GET", Requirement(), is_public=True)[0] == "closed"


def test_what_did_not_come_through_stays_out() -> None:
    """Whatever a view further in says."""
    assert narrowed("guarded", None, Requirement(optional=True)) == ("guarded", None)


def test_outcome_of_no_guard_is_held_to_demands() -> None:
    """As of a gate whose policy nobody knows."""
    found = Exempt("optional", None, None)
    assert narrowed("optional", found, Requirement())[0] == "guarded"
