import dataclasses
from functools import partial
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.denylist import Subject
from jwtgate.events import Decision, Events, fingerprint
from tests.kit import mint


def told(decision: Decision) -> None:
    """Be told, and do nothing."""


async def awaited(decision: Decision) -> None:
    """Be told, once somebody awaits it."""


class Called:
    """An object that may be called."""

    def __call__(self, decision: Decision) -> None:
        """Be told."""


class Awaited:
    """An object whose call has to be awaited."""

    async def __call__(self, decision: Decision) -> None:
        """Be told."""

    async def tell(self, decision: Decision) -> None:
        """Be told."""


def test_events_are_sparing_if_nothing_is_said() -> None:
    """Nobody listens, refusals alone are logged, clients are told nothing."""
    events = Events()
    assert (events.listeners, events.log_passed, events.references) == (
        (),
        False,
        False,
    )
    assert events.records_per_minute == 1000


@pytest.mark.parametrize(
    "listener", [told, Called(), [].append, partial(told)], ids=str
)
def test_one_listener_may_be_given_by_itself(listener: Any) -> None:
    """Whatever can be called."""
    assert Events(on_decision=listener).listeners == (listener,)


def test_several_listeners_are_in_order() -> None:
    """Each is told."""
    both = told, Called()
    assert Events(on_decision=both).listeners == both


@pytest.mark.parametrize(
    "listener", [None, "told", 5, [told], (told, None), ((told,),)], ids=repr
)
def test_what_cannot_be_called_does_not_listen(listener: Any) -> None:
    """It would fail at the first decision."""
    with pytest.raises(ConfigurationError, match="on_decision must be a function"):
        Events(on_decision=listener)


@pytest.mark.parametrize(
    "listener",
    [awaited, partial(awaited), Awaited(), Awaited().tell, (told, awaited)],
    ids=["function", "partial", "object", "method", "among others"],
)
def test_what_would_have_to_be_awaited_does_not_listen(listener: Any) -> None:
    """Nobody would await it, and it would never be told."""
    with pytest.raises(ConfigurationError, match="and not asynchronous"):
        Events(on_decision=listener)


@pytest.mark.parametrize("name", ["log_passed", "references"])
@pytest.mark.parametrize("value", [None, 1, "yes"], ids=repr)
def test_a_switch_is_true_or_false(name: str, value: Any) -> None:
    """Nothing that is merely true."""
    with pytest.raises(ConfigurationError, match="must be True or False"):
        Events(**{name: value})


@pytest.mark.parametrize("number", [0, -1, 1.5, "9", True, None], ids=repr)
def test_records_per_minute_are_a_whole_number_above_0(number: Any) -> None:
    """Without a record nobody could tell what happened."""
    with pytest.raises(ConfigurationError, match="records_per_minute"):
        Events(records_per_minute=number)


def test_all_problems_are_told_at_once() -> None:
    """Not one after the other."""
    settings: Any = {
        "on_decision": None,
        "references": None,
        "records_per_minute": None,
    }
    with pytest.raises(ConfigurationError) as caught:
        Events(**settings)
    assert len(caught.value.problems) == 3


def test_events_cannot_be_changed() -> None:
    """A gate was made of them."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Events().references = True  # type: ignore[misc]


def test_a_decision_cannot_be_changed() -> None:
    """Several listeners are told of it."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Decision(outcome="denied").outcome = "exempt"  # type: ignore[misc]


def test_of_a_decision_its_outcome_alone_has_to_be_known() -> None:
    """All else is empty."""
    values = dataclasses.asdict(Decision(outcome="denied"))
    assert values.pop("outcome") == "denied"
    assert not any(values.values())


def test_a_fingerprint_does_not_depend_on_the_signature() -> None:
    """It is of what was signed: ECDSA has two good signatures of one text."""
    token = mint().encode()
    other = token.rpartition(b".")[0] + b".other"
    assert fingerprint(token) == fingerprint(other)


def test_a_fingerprint_is_how_a_denylist_s_subject_begins() -> None:
    """So that one can be found by the other."""
    token = mint().encode()
    assert Subject.token(token).text.startswith(f"token:{fingerprint(token)}")


def test_a_fingerprint_tells_tokens_apart() -> None:
    """By 64 bits."""
    assert fingerprint(mint().encode()) != fingerprint(mint(a=1).encode())


def test_what_is_no_token_has_no_fingerprint() -> None:
    """It may be a secret that was taken for one."""
    assert [fingerprint(each) for each in (b"", b"secret", b"a.b", b"a.b.c.d")] == [
        None
    ] * 4
