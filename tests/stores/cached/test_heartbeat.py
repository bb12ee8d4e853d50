import pytest

from jwtgate.stores.cached.heartbeat import Heartbeat
from tests.stores.cached.fakes import Clock


def test_a_peer_is_asked_every_few_seconds() -> None:
    """Not at once: it was just connected to."""
    clock = Clock()
    heartbeat = Heartbeat(clock)
    assert not heartbeat.is_due()
    clock.now += 3
    assert heartbeat.is_due()


def test_a_peer_that_was_asked_is_not_asked_again() -> None:
    """Until it has answered, and a few seconds more."""
    clock = Clock()
    heartbeat = Heartbeat(clock)
    clock.now += 3
    heartbeat.is_due()
    assert not heartbeat.is_due()
    heartbeat.heard()
    assert not heartbeat.is_due()
    clock.now += 3
    assert heartbeat.is_due()


def test_a_peer_that_does_not_answer_is_dead() -> None:
    """Its connection looks as if nothing were told."""
    clock = Clock()
    heartbeat = Heartbeat(clock)
    clock.now += 3
    heartbeat.is_due()
    clock.now += 5.1
    with pytest.raises(TimeoutError):
        heartbeat.is_due()
