"""What work on Redis waits for, step by step, and the two drivers that do it.

An operation is a generator: it yields a step and is sent what came of it. These twins
and the drivers are all that there is twice, once for each world.
"""

import time
from collections.abc import Awaitable, Generator, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar, final

from jwtgate.stores.fields import CredentialFields
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.opening import Opened, aopen_all, open_all
from jwtgate.stores.strongbox import Strongbox

__all__ = [
    "AsyncClient",
    "Client",
    "Command",
    "Fetch",
    "Open",
    "Pause",
    "Step",
    "Work",
    "arun",
    "run",
]

Word: TypeAlias = str | bytes | int

_T = TypeVar("_T")


class Client(Protocol):
    """A client of redis-py or valkey-py, of one server or a cluster."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command, and give the answer."""
        ...


class AsyncClient(Protocol):
    """The same for asynchronous code."""

    def execute_command(self, *args: Any, **options: Any) -> Awaitable[Any]:
        """Send a command, and give the answer."""
        ...


class Step(Protocol):
    """What an operation waits for."""

    def put(self, client: Client) -> Any:
        """Do it, waiting for it."""
        ...

    async def aput(self, client: AsyncClient) -> Any:
        """Do it, letting others run."""
        ...


Work: TypeAlias = Generator[Step, Any, _T]
"""An operation: yields steps, is sent their answers, returns what it is asked for."""


@final
@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """A command; answered with octets, or texts if the client decodes."""

    words: tuple[Word, ...]

    def put(self, client: Client) -> Any:
        """Send it, waiting for the answer."""
        return client.execute_command(*self.words)

    async def aput(self, client: AsyncClient) -> Any:
        """Send it, letting others run."""
        return await client.execute_command(*self.words)


@final
@dataclass(frozen=True, slots=True)
class Pause:
    """Some time to let others finish."""

    seconds: float

    def put(self, client: Client) -> None:  # noqa: ARG002 - of all steps
        """Wait."""
        time.sleep(self.seconds)

    async def aput(self, client: AsyncClient) -> None:  # noqa: ARG002 - same
        """Wait, letting others run."""
        import asyncio  # noqa: PLC0415 - synchronous code does without

        await asyncio.sleep(self.seconds)


@final
@dataclass(frozen=True, slots=True, repr=False)
class Fetch:
    """See that what references in fields stand for is known."""

    box: Strongbox
    fields: CredentialFields

    def put(self, client: Client) -> None:
        """Leave it to who reads them: they wait either way."""

    async def aput(self, client: AsyncClient) -> None:  # noqa: ARG002 - same
        """Ask for it, letting others run."""
        await self.box.afetch(self.fields)


@final
@dataclass(frozen=True, slots=True, repr=False)
class Open:
    """Make credentials of documents; answered with those of each."""

    box: Strongbox
    documents: Iterable[KeyDocument]

    def put(self, client: Client) -> list[Opened]:  # noqa: ARG002 - same
        """Make them, waiting for a secret manager."""
        return [open_all(self.box, each) for each in self.documents]

    async def aput(self, client: AsyncClient) -> list[Opened]:  # noqa: ARG002 - same
        """Make them, letting others run."""
        import asyncio  # noqa: PLC0415 - same

        opened = []
        for each in self.documents:
            opened.append(await aopen_all(self.box, each))
            await asyncio.sleep(0)  # a page of a list has up to a thousand
        return opened


def run(client: Client, work: Work[_T]) -> _T:
    """Do the steps of an operation, waiting for each."""
    answer = None
    while True:
        try:
            step = work.send(answer)
        except StopIteration as done:
            made: _T = done.value
            return made
        answer = step.put(client)


async def arun(client: AsyncClient, work: Work[_T]) -> _T:
    """Do the steps of an operation, letting others run."""
    answer = None
    while True:
        try:
            step = work.send(answer)
        except StopIteration as done:
            made: _T = done.value
            return made
        answer = await step.aput(client)
