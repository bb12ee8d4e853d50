"""An app behind a gate, asked as servers ask it: by threads, or in an event loop."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any, Protocol, TypeVar, final

from jwtgate import Authenticated, Gate
from jwtgate.asgi import JWTGateMiddleware
from tests.counting.redisserver import PATIENCE
from tests.kit import Got, Sent, mint, scope_of, via_wsgi

__all__ = ["ASGIApp", "App", "Loop", "app_of", "assert_served", "assert_unavailable"]

_T = TypeVar("_T")

_THREADS = 120


class App(Protocol):
    """Takes any number of requests at a time."""

    def send(self, key: str) -> "Future[Got]":
        """Send a request with a token of a key, and do not wait for the answer."""
        ...

    def ask(self, key: str) -> Got:
        """Send a request with a token of a key, and wait for the answer."""
        ...

    def settle(self) -> None:
        """Wait until what was sent has begun to wait, in a loop."""
        ...

    def start(self, call: Callable[..., Any], *values: Any) -> "Future[Any]":
        """Call something where the app runs: in a thread, or awaited in its loop."""
        ...


@contextmanager
def app_of(gate: Gate, kind: str, *used: Any) -> Iterator[App]:
    """Run an app behind a gate.

    Args:
        gate: The gate.
        kind: ``asgi`` or ``wsgi``.
        used: What to close in the end, in that order.
    """
    if kind == "asgi":
        with Loop() as loop:
            app = ASGIApp(gate, loop)
            try:
                yield app
            finally:
                for each in used:
                    app.start(each.aclose).result(PATIENCE)
        gc.collect(1)  # what nobody looked after complains when it goes
        assert not loop.complaints, loop.complaints
    else:
        with ThreadPoolExecutor(_THREADS) as threads:
            yield WSGIApp(gate, threads)
        for each in used:
            each.close()


def assert_served(got: Got, key: str) -> None:
    """See that a request was served, and as whose.

    The consumers of these tests are called as their keys are.
    """
    assert got.status == 200, got.outcome.reason
    assert isinstance(got.outcome, Authenticated)
    assert got.outcome.consumer.username == key
    assert got.seen_headers is not None
    assert got.seen_headers["x-consumer-username"] == key


def assert_unavailable(got: Got) -> None:
    """See that a request was refused as ours to answer for, and may come again."""
    assert got.status == 503
    assert not got.app_ran
    assert int(got.headers["retry-after"]) >= 1
    assert got.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in got.headers


@final
class Loop:
    """An event loop in a thread of its own.

    Attributes:
        complaints: What it had to report of tasks and futures nobody looked after.
    """

    def __init__(self) -> None:
        self.complaints: list[dict[str, Any]] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, told: self.complaints.append(told))
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Loop":
        """Start the loop."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Shut it down, as a server does."""
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def start(self, call: Coroutine[Any, Any, _T]) -> "Future[_T]":
        """Run in the loop, and do not wait for it."""
        return asyncio.run_coroutine_threadsafe(call, self._loop)

    def run(self, call: Coroutine[Any, Any, _T]) -> _T:
        """Run in the loop, and wait for it."""
        return self.start(call).result(PATIENCE)


@final
class ASGIApp:
    """By tasks of one loop."""

    def __init__(self, gate: Gate, loop: Loop) -> None:
        self._served = JWTGateMiddleware(_app, gate)
        self._loop = loop

    def send(self, key: str) -> "Future[Got]":
        """Send a request."""
        return self._loop.start(self._ask(Sent.bearer(mint(iss=key))))

    def ask(self, key: str) -> Got:
        """Send a request, and wait."""
        return self.send(key).result(PATIENCE)

    def settle(self) -> None:
        """Let each task run until it waits."""
        self._loop.run(asyncio.sleep(0))

    def start(self, call: Callable[..., Any], *values: Any) -> "Future[Any]":
        """Await a coroutine in the loop."""
        return self._loop.start(call(*values))

    async def _ask(self, sent: Sent) -> Got:
        got = Got()
        scope = scope_of(sent)

        async def receive() -> Any:
            raise AssertionError("the gate must not read the body")

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                got.status = message["status"]
                got.headers = _texts(message["headers"])
            else:
                got.body += message["body"]

        scope["seen"] = got
        await self._served(scope, receive, send)
        got.outcome = scope["state"]["jwtgate"]
        return got


@final
class WSGIApp:
    """By threads."""

    def __init__(self, gate: Gate, threads: ThreadPoolExecutor) -> None:
        self._gate = gate
        self._threads = threads

    def send(self, key: str) -> "Future[Got]":
        """Send a request."""
        return self._threads.submit(via_wsgi, self._gate, Sent.bearer(mint(iss=key)))

    def ask(self, key: str) -> Got:
        """Send a request, and wait."""
        return self.send(key).result(PATIENCE)

    def settle(self) -> None:
        """Do nothing: threads need no help."""

    def start(self, call: Callable[..., Any], *values: Any) -> "Future[Any]":
        """Call a function in a thread."""
        return self._threads.submit(call, *values)


async def _app(
    scope: Any, _receive: Any, send: Callable[[Any], Awaitable[None]]
) -> None:
    scope["seen"].seen_headers = _texts(scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"app"})


def _texts(headers: Any) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in headers}
