from jwtgate import Answer, Consumer, Gate, Policy, Reason, Route
from jwtgate.requirement import Requirement
from jwtgate.settings import Settings
from tests.explain.kit import explained, step
from tests.kit import ListStore, clock, credential, mint

GUEST = Consumer(username="guest")


def test_report_mode_lets_a_refusal_pass() -> None:
    """And the reason is what it would be."""
    found = explained(policy=Policy(mode="report"))
    assert (found.outcome, found.reason) == ("exempt", Reason.TOKEN_MISSING)


def test_a_termination_holds_in_report_mode() -> None:
    """Nobody passes."""
    policy = Policy(mode="report", termination=Answer(status=410))
    assert explained(policy=policy).status == 410


def test_a_view_that_demands_a_token_ends_report_mode() -> None:
    """For itself."""
    demands = Requirement(authenticated=True)
    found = explained(policy=Policy(mode="report"), demands=demands)
    assert found.outcome == "denied"


def test_an_optional_view_lets_a_missing_token_pass() -> None:
    """Without identity, though an anonymous consumer will not do."""
    optional = Requirement(optional=True)
    scoped = Requirement(optional=True, scopes=["read"])
    assert explained(demands=optional).outcome == "exempt"
    anonymous = explained(policy=Policy(anonymous=GUEST), demands=scoped)
    assert anonymous.outcome == "exempt"


def test_what_a_view_demands_besides_is_told() -> None:
    """The token does not grant it."""
    found = explained(mint(), demands=Requirement(scopes=["read"]))
    assert found.reason is Reason.SCOPE_MISSING
    assert step(found, "view") == "the caller is not what the view demands"


def test_a_view_that_is_satisfied_changes_nothing() -> None:
    """The caller is who it wants."""
    found = explained(mint(), demands=Requirement(consumers=["jack"]))
    assert found.outcome == "authenticated"


def test_a_good_token_on_a_path_without_a_route_is_refused() -> None:
    """In a gateway's file that answers its routes alone."""
    settings = Settings(
        store=ListStore(credential()),
        routes=[Route(path="/orders")],
        unrouted="policy_then_refuse",
    )
    found = explained(mint(), gate=Gate.of(settings, clock=clock))
    assert found.reason is Reason.ROUTE_UNKNOWN
    assert step(found, "signature") == "holds"
