import asyncio
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

from jwtgate import Credential
from jwtgate.stores.cached import Limits
from jwtgate.stores.cached.flight import Flight
from jwtgate.stores.cached.shelf import Shelf

SHELF: Shelf[Any] = Shelf(Limits(), Credential)
COLOUR = ContextVar("COLOUR", default="none")


def flight(key: str = "k", loop: asyncio.AbstractEventLoop | None = None) -> Any:
    """Make a look-up that asks nobody."""
    return Flight(SHELF, key, tuple, Future[Any](), loop)


def test_look_ups_of_one_key_have_one_question() -> None:
    """Of one shelf."""
    other: Shelf[Any] = Shelf(Limits(), Credential)
    assert flight().question == flight().question
    assert flight("a").question != flight("b").question
    assert flight().question != Flight(other, "k", tuple, Future[Any]()).question


def test_a_look_up_is_lost_with_its_loop() -> None:
    """One of a thread never is."""
    loop = asyncio.new_event_loop()
    asked = flight(loop=loop)
    assert not asked.is_lost
    loop.close()
    assert asked.is_lost
    assert not flight().is_lost


def test_a_look_up_has_the_context_of_who_asked_first() -> None:
    """Of traces, for one."""
    token = COLOUR.set("red")
    asked = flight()
    COLOUR.reset(token)
    assert asked.context.run(COLOUR.get) == "red"
