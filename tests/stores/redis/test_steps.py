import asyncio
from typing import Any

import pytest

from jwtgate.stores.records import consumer_record
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.steps import (
    Command,
    Fetch,
    Open,
    Pause,
    Step,
    Work,
    arun,
    run,
)
from jwtgate.stores.strongbox import Strongbox
from tests.kit import KEY, SECRET, jack

BOX = Strongbox(None, None)


class Echo:
    """A server that gives back what it is sent."""

    def execute_command(self, *words: Any) -> Any:
        """Give it back."""
        return words


class AsyncEchoes:
    """The same for asynchronous code."""

    async def execute_command(self, *words: Any) -> Any:
        """Give it back."""
        return words


def drive(work: Work[Any]) -> Any:
    """Do it in one world."""
    return run(Echo(), work)


def adrive(work: Work[Any]) -> Any:
    """Do it in the other."""
    return asyncio.run(arun(AsyncEchoes(), work))


both = pytest.mark.parametrize("do", [drive, adrive])


def work(*steps: Step) -> Work[list[Any]]:
    """Make work of steps, which returns their answers."""
    answers = []
    for step in steps:
        answers.append((yield step))  # noqa: PERF401 - it is sent them
    return answers


@both
def test_work_is_sent_the_answers_to_its_steps(do: Any) -> None:
    """In their order, and what it returns is given."""
    assert do(work(Command(("A", 1)), Command((b"B",)))) == [("A", 1), (b"B",)]


@both
def test_work_without_steps_is_done(do: Any) -> None:
    """At once."""
    assert do(work()) == []


@both
def test_a_pause_ends(do: Any) -> None:
    """After its time."""
    assert do(work(Pause(0.0))) == [None]


@both
def test_a_step_that_fails_ends_the_work(do: Any) -> None:
    """With its own error, even if that is one that ends generators."""
    with pytest.raises((StopIteration, RuntimeError)):
        do(work(Failing()))


class Failing:
    """A step that fails."""

    def put(self, client: object) -> None:  # noqa: ARG002 - of all steps
        """Fail."""
        raise StopIteration

    async def aput(self, client: object) -> None:  # noqa: ARG002 - same
        """Fail."""
        raise StopIteration


@both
def test_credentials_are_made_of_documents(do: Any) -> None:
    """Those of each."""
    credential, record = BOX.draft(jack(), {"key": KEY, "secret": SECRET})
    document = KeyDocument(KEY, consumer_record(jack()), (record,))
    assert do(work(Open(BOX, (document, document)))) == [[(credential,)] * 2]


class Manager:
    """A secret manager that is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def aresolve(self, text: str) -> str:
        """Remember it."""
        self.asked.append(text)
        return SECRET


def test_references_are_fetched_before_asynchronous_code_needs_them() -> None:
    """It may not wait then."""
    manager: Any = Manager()
    fetch = Fetch(Strongbox(None, manager), {"secret": "$env://NAME"})
    adrive(work(fetch))
    assert manager.asked == ["$env://NAME"]


def test_synchronous_code_waits_when_it_needs_them() -> None:
    """Nothing is fetched ahead."""
    manager: Any = Manager()
    fetch = Fetch(Strongbox(None, manager), {"secret": "$env://NAME"})
    assert drive(work(fetch)) == [None]
    assert manager.asked == []


@pytest.mark.parametrize("step", [Command(("SET", "s3cret")), Open(BOX, ())])
def test_a_step_does_not_show_what_it_holds(step: Step) -> None:
    """Secrets may be in it."""
    assert "s3cret" not in repr(step)
