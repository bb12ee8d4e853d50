"""What is served refuses whom it should, and what is left out is named."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.apps.callers import Caller
from benchmarks.processes import HOST
from benchmarks.servers import SERVERS, Served, Server, check, measure


@pytest.fixture(scope="module")
def who() -> Caller:
    """Give who calls."""
    return Caller.make("HS256")


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_a_server_lets_in_the_caller_alone(server: Server, who: Caller) -> None:
    """Its process knows the same key."""
    if server.missing or shutil.which("taskset") is None:
        pytest.skip(f"{server.name}, what it needs, or taskset is not installed")
    with server.running("cold", who) as port:
        check(Served(server.name, "", port, who, guarded=True))


@pytest.fixture
def answering() -> Iterator[Callable[[int], int]]:
    """Run a server that answers all with one status; give its port."""
    with ExitStack() as stack:

        def run(code: int) -> int:
            class Same(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response_only(code)
                    self.end_headers()

            server = stack.enter_context(ThreadingHTTPServer((HOST, 0), Same))
            Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
            stack.callback(server.shutdown)
            return server.server_port

        yield run


def test_an_open_door_is_not_measured(
    who: Caller, answering: Callable[[int], int]
) -> None:
    """Whatever is named guarded has to refuse."""
    served = Served("uvicorn, gate", "uvicorn", answering(200), who, guarded=True)
    with pytest.raises(RuntimeError, match="an open door"):
        check(served)


def test_refusals_are_not_measured(
    who: Caller, answering: Callable[[int], int]
) -> None:
    """They cost less than the app."""
    served = Served("uvicorn, gate", "uvicorn", answering(401), who, guarded=True)
    with pytest.raises(RuntimeError, match="refuses the good token"):
        check(served)


def test_without_a_guard_whoever_calls_is_answered(
    who: Caller, answering: Callable[[int], int]
) -> None:
    """That is what is measured first."""
    check(Served("uvicorn", "uvicorn", answering(200), who, guarded=False))


def test_a_quick_run_starts_no_servers() -> None:
    """They take minutes."""
    assert measure(quick=True) == []


def test_without_wrk_the_table_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """And has no rows."""
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "wrk" else name)
    (section,) = measure(quick=False)
    assert "servers: wrk is not installed" in section.skipped
    assert not section.rows
