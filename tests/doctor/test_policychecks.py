import pytest

from jwtgate import Consumer, Policy, Route
from jwtgate.doctor import diagnose
from tests.doctor.cases import POLICIES, settings
from tests.doctor.conftest import Found
from tests.kit import NOW


@pytest.mark.parametrize("code", POLICIES)
def test_weak_policy_is_found(code: str, found: Found) -> None:
    """What is weak about a policy has its code."""
    assert found(POLICIES[code][0], code)


@pytest.mark.parametrize("code", POLICIES)
def test_sound_policy_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(POLICIES[code][1], code)


def test_leniencies_of_kong_are_listed(found: Found) -> None:
    """Which of a gateway's leniencies are in force is said."""
    policy = Policy.kong(
        run_on_preflight=False, cookie_names=["jwt"], claims_to_verify=["exp"]
    )
    assert found(settings(policy=policy), "JG205")[0].what == (
        "leniencies of kong: refusals tell which keys there are; payload and "
        "header may name different keys; every OPTIONS passes without a token; nbf "
        "not checked; "
        "no check for other sites"
    )


def test_leniencies_of_apisix_are_listed(found: Found) -> None:
    """The other gateway has others."""
    assert found(settings(policy=Policy.apisix(cookie_names=())), "JG205")[0].what == (
        "leniencies of apisix: refusals tell which keys there are; of several tokens "
        "the first carrier's counts; a token needs no Bearer"
    )


def test_policy_of_a_route_is_looked_at(found: Found) -> None:
    """A finding has the path of the route's own policy."""
    route = Route(path="/admin/*", policy=Policy(mode="report"))
    assert [each.path for each in found(settings(routes=[route]), "JG206")] == [
        "settings.routes[0].policy.mode"
    ]


def test_policy_that_decides_on_nothing_is_not_looked_at(found: Found) -> None:
    """Where all that no route names is 404, the gate's own policy is not in force."""
    chosen = settings(
        policy=Policy(mode="report"), routes=[Route(path="/x")], unrouted="refuse"
    )
    assert not found(chosen, "JG206")


def test_anonymous_consumer_by_name(found: Found) -> None:
    """Nobody is looked for in a store."""
    policy = Policy(anonymous="guest", anonymous_for="any")
    assert found(settings(policy=policy), "JG204")


def test_errors_come_first() -> None:
    """The worst is on top."""
    policy = Policy.apisix(anonymous=Consumer(username="guest"))
    severities = [each.severity for each in diagnose(settings(policy=policy), at=NOW)]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
