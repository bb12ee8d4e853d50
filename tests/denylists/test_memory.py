from threading import Thread
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.denylist import Subject
from jwtgate.denylists import AsyncDenylist, Denylist, MemoryDenylist
from tests.kit import NOW

JACK = Subject.consumer("jack")
JANE = Subject.consumer("jane")


class Time:
    """A clock that is set."""

    now = NOW

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def time() -> Time:
    """A clock that is set."""
    return Time()


@pytest.fixture
def denylist(time: Time) -> MemoryDenylist:
    """An empty list."""
    return MemoryDenylist(clock=time, margin=60)


def test_what_is_not_denied_is_not_found(denylist: MemoryDenylist) -> None:
    """An empty list denies nothing."""
    assert denylist.look_up([JACK.text]) == {}


def test_what_is_denied_is_found(denylist: MemoryDenylist) -> None:
    """And nothing else."""
    denylist.deny(JACK)
    assert denylist.look_up([JANE.text, JACK.text]) == {JACK.text: None}


def test_tokens_issued_before_a_time_are_denied(denylist: MemoryDenylist) -> None:
    """The time is told; who asks compares."""
    denylist.deny(JACK, issued_before=NOW - 5)
    assert denylist.look_up([JACK.text]) == {JACK.text: NOW - 5}


def test_an_entry_is_over_when_its_token_is_and_the_margin(
    denylist: MemoryDenylist, time: Time
) -> None:
    """A gate with leeway still takes the token for a while."""
    denylist.deny(JACK, until=NOW + 10)
    time.now = NOW + 69.9
    assert JACK.text in denylist.look_up([JACK.text])
    time.now = NOW + 70
    assert denylist.look_up([JACK.text]) == {}


def test_the_stricter_of_two_holds(denylist: MemoryDenylist) -> None:
    """Denying old tokens does not let in who was shut out."""
    denylist.deny(JACK)
    denylist.deny(JACK, until=NOW + 1, issued_before=NOW)
    assert denylist.look_up([JACK.text]) == {JACK.text: None}


def test_an_entry_that_is_over_makes_nothing_stricter(
    denylist: MemoryDenylist, time: Time
) -> None:
    """What it denied has expired."""
    denylist.deny(JACK, until=NOW)
    time.now = NOW + 100
    denylist.deny(JACK, issued_before=NOW)
    assert denylist.look_up([JACK.text]) == {JACK.text: NOW}


def test_who_is_allowed_again_is_not_found(denylist: MemoryDenylist) -> None:
    """Whether it was denied or not."""
    denylist.deny(JACK)
    denylist.allow(JACK)
    denylist.allow(JANE)
    assert denylist.look_up([JACK.text, JANE.text]) == {}


def test_what_is_over_does_not_pile_up(time: Time) -> None:
    """Memory is that of the tokens that live."""
    denylist = MemoryDenylist(clock=time, margin=0)
    for number in range(10_000):
        time.now = NOW + number
        denylist.deny(Subject.jti("k", str(number)), until=time.now + 5)
    held = vars(denylist)["_entries"]
    assert len(held) <= 1_001


def test_threads_lose_nothing(denylist: MemoryDenylist) -> None:
    """Denying goes on while the list is purged."""

    def deny(start: int) -> None:
        for number in range(start, start + 500):
            denylist.deny(Subject.jti("k", str(number)), until=NOW + 5)

    threads = [Thread(target=deny, args=(500 * each,)) for each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [Subject.jti("k", str(number)).text for number in range(4_000)]
    assert len(denylist.look_up(texts)) == 4_000


def test_it_is_a_denylist_that_never_waits(denylist: MemoryDenylist) -> None:
    """Asynchronous gates use it as it is."""
    as_any: object = denylist
    assert isinstance(as_any, Denylist)
    assert not isinstance(as_any, AsyncDenylist)
    assert denylist.blocking is False


def test_a_slip_in_by_is_an_error() -> None:
    """It would let revoked tokens pass."""
    with pytest.raises(ConfigurationError):
        MemoryDenylist(by=["jwt"])


def test_a_time_has_to_be_one(denylist: MemoryDenylist) -> None:
    """Times come from claims, where no type checker looks."""
    with pytest.raises(ConfigurationError):
        denylist.deny(JACK, until="tomorrow")  # type: ignore[arg-type]


def test_a_kind_that_is_not_asked_for_cannot_be_denied() -> None:
    """It would be denied in name only."""
    denylist = MemoryDenylist(by=["jti"])
    for subject in (JACK, Subject.everyone()):
        with pytest.raises(ConfigurationError, match="is not asked for"):
            denylist.deny(subject)


@pytest.mark.parametrize("margin", [-1, float("inf"), float("nan"), "60", True])
def test_a_margin_is_seconds(margin: Any) -> None:
    """With another one, entries would be over at once, or never looked at."""
    with pytest.raises(ConfigurationError, match="margin"):
        MemoryDenylist(margin=margin)
