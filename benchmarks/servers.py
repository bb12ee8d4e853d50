"""What is left of a server's requests with a guard before the app, under wrk.

All servers have one core together, and wrk has another. Beside them is a gateway that
verifies before it passes a request on to the very same app. Debian's packages: wrk,
nginx, libnginx-mod-http-lua, lua-cjson; nginx's own service is not needed.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from benchmarks.apps.callers import Caller
from benchmarks.gateway import Missing, gateway
from benchmarks.processes import (
    HOST,
    cores,
    free_port,
    on_core,
    started,
    status,
)
from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show
from benchmarks.wrk import CONNECTIONS, Load, put_load

__all__ = ["SERVERS", "Served", "Server", "check", "measure"]

ROUNDS: Final = 5
SECONDS: Final = 3
COLUMNS: Final = ("", "requests/s", "kept", "p50 µs", "p99 µs")


@dataclass(frozen=True, slots=True)
class Server:
    """A server of ASGI apps.

    Attributes:
        name: Of its module, too.
        arguments: After the app, with a place for the port.
        needs: Modules that must be installed.
    """

    name: str
    arguments: str
    needs: Sequence[str]

    @property
    def missing(self) -> list[str]:
        """The modules that are not installed."""
        return [name for name in self.needs if find_spec(name) is None]

    @contextmanager
    def running(self, guard: str, who: Caller) -> Iterator[int]:
        """Run the app on the first core; give the port.

        Args:
            guard: A function of ``benchmarks.apps.served``.
            who: Whom the app knows.
        """
        port = free_port()
        words = self.arguments.format(host=HOST, port=port).split()
        app = f"benchmarks.apps.served:{guard}"
        command = [sys.executable, "-m", self.name, app, "--factory", *words]
        with started(on_core(cores()[0], command), [port], who.environment):
            yield port


UVICORN: Final = Server(
    "uvicorn",
    "--host {host} --port {port} --loop uvloop --http httptools --lifespan off "
    "--no-access-log --log-level warning",
    ("uvicorn", "uvloop", "httptools"),
)
GRANIAN: Final = Server(
    "granian",
    "--host {host} --port {port} --loop uvloop --interface asginl --workers 1 "
    "--log-level error",
    ("granian", "uvloop"),
)
SERVERS: Final = (UVICORN, GRANIAN)

_GUARDS: Final = (
    ("nothing", "HS256", ""),
    ("cold", "HS256", ", gate, HS256"),
    ("repeated", "HS256", ", gate, HS256, repeated"),
    ("cold", "RS256", ", gate, RS256"),
    ("peer", "HS256", ", Starlette + PyJWT, HS256"),
    ("peer", "RS256", ", Starlette + PyJWT, RS256"),
)

_KEPT: Final[Mapping[str, tuple[float, float]]] = {
    "uvicorn, gate, HS256": (0.70, 0.75),
    "uvicorn, gate, HS256, repeated": (0.88, 0.93),
    "uvicorn, gate, RS256": (0.42, 0.44),
}
"""What is to be left of the requests: the target, and the stretch."""

_BEHIND: Final = "nginx, Lua check, then uvicorn"


@dataclass(frozen=True, slots=True)
class Served:
    """An app that listens.

    Attributes:
        name: In the table.
        alone: The name of the same with nothing before it.
        port: Where it listens.
        who: Who calls.
        guarded: Whether it refuses everybody else.
    """

    name: str
    alone: str
    port: int
    who: Caller
    guarded: bool


def check(served: Served) -> None:
    """See that an app lets the caller in, and nobody else if it is guarded.

    Raises:
        RuntimeError: It does not.
    """
    if status(served.port, served.who.token) != 200:
        raise RuntimeError(f"{served.name}: refuses the good token")
    if served.guarded and {
        status(served.port, token) for token in (None, served.who.forged)
    } != {401}:
        raise RuntimeError(f"{served.name}: an open door")


def measure(*, quick: bool) -> list[Section]:
    """Measure the servers that are installed; nothing where it has to be quick."""
    if quick:
        return []
    title = "Under load, on one core"
    lacking = [name for name in ("wrk", "taskset") if shutil.which(name) is None]
    skipped = [f"servers: {name} is not installed" for name in lacking]
    if len(cores()) < 2:
        skipped.append("servers: wrk needs a core of its own")
    if skipped:
        return [Section(title, COLUMNS, (), skipped=skipped)]
    with ExitStack() as stack:
        served = list(_all(stack, skipped))
        loads = _loaded(served)
    rows = [_row(each, loads) for each in served]
    return [Section(title, COLUMNS, rows, _ratios(loads), skipped, _NOTES)]


def _all(stack: ExitStack, skipped: list[str]) -> Iterator[Served]:
    callers = {algorithm: Caller.make(algorithm) for algorithm in ("HS256", "RS256")}
    ports: dict[str, int] = {}
    for server in SERVERS:
        if server.missing:
            skipped.append(f"{server.name}: {', '.join(server.missing)} not installed")
            continue
        for guard, algorithm, words in _GUARDS:
            name, who = server.name + words, callers[algorithm]
            ports[name] = stack.enter_context(server.running(guard, who))
            yield Served(name, server.name, ports[name], who, guard != "nothing")
    if UVICORN.name in ports:
        yield from _gateway(stack, skipped, callers["HS256"], ports[UVICORN.name])


def _gateway(
    stack: ExitStack, skipped: list[str], who: Caller, app: int
) -> Iterator[Served]:
    try:
        ports = stack.enter_context(gateway(who, app))
    except Missing as error:
        skipped.append(f"the gateway: {error}")
        return
    for name, alone, place in (
        ("nginx", "nginx", "open"),
        ("nginx, Lua check", "nginx", "checked"),
        ("nginx, then uvicorn", "uvicorn", "before_open"),
        (_BEHIND, "uvicorn", "before_checked"),
    ):
        yield Served(name, alone, ports[place], who, place.endswith("checked"))


def _loaded(served: Sequence[Served]) -> dict[str, Load]:
    loads: dict[str, list[Load]] = {each.name: [] for each in served}
    for each in served:
        check(each)
        put_load(each.port, each.who.token, seconds=1, core=cores()[1])  # warms up
    for _ in range(ROUNDS):
        for each in served:
            check(each)
            load = put_load(each.port, each.who.token, seconds=SECONDS, core=cores()[1])
            loads[each.name].append(load)
    return {name: Load.median(rounds) for name, rounds in loads.items()}


def _row(served: Served, loads: Mapping[str, Load]) -> list[str]:
    load = loads[served.name]
    kept = load.rate / loads[served.alone].rate
    return [
        served.name,
        f"{load.rate:,.0f}",
        f"{kept:.2f}",
        figure(load.p50),
        figure(load.p99),
    ]


def _ratios(loads: Mapping[str, Load]) -> list[Ratio]:
    ratios = [
        Ratio(
            "8",
            f"requests kept: {name}",
            loads[name].rate / loads["uvicorn"].rate,
            *aims,
            at_least=True,
            unit="",
        )
        for name, aims in _KEPT.items()
        if name in loads
    ]
    if _BEHIND in loads:
        ratios.append(
            Ratio(
                "8",
                f"requests: uvicorn, gate, HS256 / {_BEHIND}",
                loads["uvicorn, gate, HS256"].rate / loads[_BEHIND].rate,
                1.35,
                1.5,
                at_least=True,
            )
        )
    return ratios


_NOTES: Final = (
    (
        f"{ROUNDS} rounds of {SECONDS} s in turns, the medians. wrk has one thread and "
        f"{CONNECTIONS} connections that stay open. The same token over and over."
    ),
    "Before each series: 200 for the token, 401 for a forged one and for none.",
    "kept: of the requests of the same server, or of the app behind it, by itself.",
    "repeated: the memo is on; in the other rows it is off.",
    "uvicorn has uvloop and httptools, granian uvloop; they write no access log.",
    (
        "nginx: one process, no access log; its connections to the app stay open. Its "
        "script finds the secret by iss, checks HMAC-SHA256 by libcrypto, exp and nbf, "
        "and sets four headers; JSON is read by cjson."
    ),
)

if __name__ == "__main__":
    show(measure(quick=False))
