from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from jwtgate import Authenticated, ConfigurationError, Gate, Policy, Quota, RequestView
from jwtgate import authenticate as decide
from jwtgate.testing import FrozenClock, frozen, mint, overridden
from jwtgate.testing.clocks import now_of
from tests.kit import NOW, ListStore, clock, credential, make_gate


def passes(gate: Gate, token: str) -> bool:
    """Whether a gate takes a token."""
    headers = [(b"authorization", b"Bearer " + token.encode())]
    return isinstance(decide(gate, RequestView("GET", headers=headers)), Authenticated)


def test_a_gate_stands_still() -> None:
    """At the time that its clock told, unless another is asked for."""
    gate = Gate(ListStore(credential()))
    with frozen(gate):
        assert now_of(gate) == now_of(gate)
    with frozen(gate, at=NOW):
        assert now_of(gate) == NOW


def test_a_token_ends_when_the_clock_goes_on() -> None:
    """No test has to wait for it."""
    gate = make_gate()
    token = mint(gate, "jack-key", claims={"exp": int(NOW) + 60})
    with frozen(gate) as stopped:
        stopped.tick(59)
        assert passes(gate, token)
        stopped.tick()
        assert not passes(gate, token)
        stopped.tick(-1)
        assert passes(gate, token)


def test_the_clock_is_the_old_one_afterwards() -> None:
    """Also where the block fails."""
    gate = make_gate()
    with pytest.raises(LookupError), frozen(gate, at=5):
        raise LookupError
    assert now_of(gate) == NOW
    token = mint(gate, "jack-key")
    assert passes(gate, token)


def test_blocks_may_be_nested() -> None:
    """Each ends with what was before it."""
    gate = make_gate()
    with frozen(gate, at=10), overridden(gate, policy=Policy(leeway=5)):
        with frozen(gate, at=20):
            assert now_of(gate) == 20
        assert now_of(gate) == 10
        assert gate.policy.leeway == 5
    assert (now_of(gate), gate.policy.leeway) == (NOW, 0)


def test_settings_that_change_in_the_block_stay_frozen() -> None:
    """A reload makes guards anew, by the clock that there is."""
    gate = make_gate()
    with frozen(gate, at=NOW) as stopped:
        gate.replace(gate.settings)
        token = mint(gate, "jack-key", claims={"exp": int(NOW) + 60})
        stopped.move_to(NOW + 61)
        assert not passes(gate, token)


def test_aligned_quotas_go_by_it() -> None:
    """A window ends when the clock says so, and what was counted stays counted."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/30s", aligned=True)))
    token = mint(gate, "jack-key")
    assert passes(gate, token)
    with frozen(gate, at=NOW) as stopped:
        assert not passes(gate, token)
        stopped.tick(30)
        assert passes(gate, token)


def test_requests_that_are_served_see_one_clock_or_the_other() -> None:
    """Freezing is one step for threads that serve."""
    gate = make_gate()
    token = mint(gate, "jack-key")
    seen: set[bool] = set()
    done = Event()

    def serve() -> None:
        while not done.is_set():
            seen.add(passes(gate, token))

    thread = Thread(target=serve)
    thread.start()
    for _ in range(200):
        with frozen(gate, at=NOW + 1):
            pass
    done.set()
    thread.join()
    assert seen == {True}


def test_times_are_seconds_or_datetimes() -> None:
    """A datetime has a time zone, or it would be another time elsewhere."""
    stopped = FrozenClock(datetime(2027, 1, 15, 8, tzinfo=UTC))
    assert stopped() == NOW
    stopped.move_to(5)
    assert repr(stopped) == "FrozenClock(5)"


@pytest.mark.parametrize("at", [datetime(2027, 1, 1), "now", True, float("nan")])  # noqa: DTZ001 - that is the mistake
def test_another_time_is_an_error(at: object) -> None:
    """It is told before the clock is touched."""
    gate = make_gate()
    with pytest.raises(ConfigurationError, match="time"), frozen(gate, at=at):  # type: ignore[arg-type]
        pass
    assert gate.clock is clock
