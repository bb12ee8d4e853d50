"""What a guard adds to a request, in process: the time with it, less that without.

Requests are put to the app itself, without a server or a test client, with the headers
of a usual client. The guards of a framework take turns.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, Literal

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import acaller, caller
from benchmarks.measuring import aalternate, alternate
from benchmarks.results import Chart, Ratio, Section
from benchmarks.tables import figure, show

__all__ = ["FRAMEWORKS", "FURTHER", "Stack", "measure", "section"]

COLUMNS: Final = (
    "framework",
    "without",
    "peer",
    "peer adds",
    "gate adds, cold",
    "gate adds, repeated",
    "cold / peer",
    "repeated / peer",
)

Aims = tuple[float, float]
Timed = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """An app of a framework, by what guards it: nothing, a peer, or a gate.

    Attributes:
        framework: Its name in the table.
        peer: What a project without jwtgate would take; empty if there is nothing.
        kind: How the app is called.
        apps: The function of ``benchmarks.apps`` that makes it.
        needs: Modules that must be installed.
        calls: Of each guard in a round.
        algorithm: Of the token.
        number: Of the targets, if it has any.
        cold: What the gate may add of what the peer adds: the target and the stretch.
        repeated: The same, for one token again and again with the memo on.
    """

    framework: str
    peer: str
    kind: Literal["ASGI", "WSGI"]
    apps: str
    needs: Sequence[str]
    calls: int
    algorithm: str = "HS256"
    number: str = ""
    cold: Aims | None = None
    repeated: Aims | None = None

    @property
    def missing(self) -> list[str]:
        """The modules that are not installed."""
        return [name for name in self.needs if find_spec(name) is None]

    def make(self, who: Caller) -> dict[str, Any]:
        """Make the app by its guard: ``nothing``, ``peer``, ``cold``, ``repeated``."""
        module, _, name = self.apps.rpartition(".")
        apps: dict[str, Any] = getattr(
            import_module(f"benchmarks.apps.{module}"), name
        )(who)
        return apps

    def time(self, *, rounds: int, calls: int) -> dict[str, float]:
        """Time a request by what guards it, in microseconds."""
        who = Caller.make(self.algorithm)
        apps = self.make(who)
        if self.kind == "WSGI":
            rows = {name: caller(app, who.token) for name, app in apps.items()}
            return alternate(rows, rounds=rounds, calls=calls)
        arows = {name: acaller(app, who.token) for name, app in apps.items()}
        return asyncio.run(aalternate(arows, rounds=rounds, calls=calls))


FRAMEWORKS: Final = (
    Stack(
        framework="ASGI",
        peer="Starlette + PyJWT",
        kind="ASGI",
        apps="asgi.apps",
        needs=("starlette",),
        calls=2000,
        number="5",
        cold=(0.35, 0.22),
        repeated=(0.12, 0.06),
    ),
    Stack(
        framework="FastAPI",
        peer="HTTPBearer + PyJWT",
        kind="ASGI",
        apps="fastapi.apps",
        needs=("fastapi",),
        calls=500,
        number="6",
        cold=(0.30, 0.18),
    ),
    Stack(
        framework="Flask",
        peer="Flask-JWT-Extended",
        kind="WSGI",
        apps="flask.apps",
        needs=("flask", "flask_jwt_extended"),
        calls=500,
        number="7",
        cold=(0.12, 0.07),
    ),
    Stack(
        framework="Django + DRF",
        peer="simplejwt, stateless",
        kind="WSGI",
        apps="drf.apps",
        needs=("django", "rest_framework", "rest_framework_simplejwt"),
        calls=300,
        number="7",
        cold=(0.30, 0.21),
    ),
)
"""Each framework in its usual way."""

FURTHER: Final = (
    Stack(
        framework="ASGI, RS256",
        peer="Starlette + PyJWT",
        kind="ASGI",
        apps="asgi.apps",
        needs=("starlette",),
        calls=1000,
        algorithm="RS256",
    ),
    Stack(
        framework="WSGI",
        peer="",
        kind="WSGI",
        apps="wsgi.apps",
        needs=(),
        calls=2000,
    ),
    Stack(
        framework="FastAPI, ASGI middleware",
        peer="HTTPBearer + PyJWT",
        kind="ASGI",
        apps="fastapi.apps_behind",
        needs=("fastapi",),
        calls=500,
        number="6",
        cold=(0.30, 0.18),
    ),
    Stack(
        framework="Flask, WSGI middleware",
        peer="Flask-JWT-Extended",
        kind="WSGI",
        apps="flask.apps_behind",
        needs=("flask", "flask_jwt_extended"),
        calls=500,
        number="7",
        cold=(0.12, 0.07),
    ),
    Stack(
        framework="Django + DRF, WSGI middleware",
        peer="simplejwt, stateless",
        kind="WSGI",
        apps="drf.apps_wrapped",
        needs=("django", "rest_framework", "rest_framework_simplejwt"),
        calls=300,
        number="7",
        cold=(0.30, 0.21),
    ),
    Stack(
        framework="Django + DRF, Django's middleware",
        peer="simplejwt, stateless",
        kind="WSGI",
        apps="drf.apps_behind",
        needs=("django", "rest_framework", "rest_framework_simplejwt"),
        calls=300,
    ),
)
"""Another algorithm, and other ways."""

_NOTES: Final = (
    "µs for each request; HS256 but where named; one token of five claims.",
    (
        "A scope as of uvicorn, or an environ as of gunicorn, with six headers, is new "
        "for each request. ASGI apps are awaited in one event loop."
    ),
    "cold: the memo is off. repeated: it is on, and the token is always the same.",
    "All views of a framework do the same, so that what is added is the guard's.",
    (
        "The gate looks its credential up, takes forged identity headers away and sets "
        "its own, which no peer does. No peer remembers tokens."
    ),
    "Peers have their key ready, one algorithm named, and the newest PyJWT.",
    "Starlette: AuthenticationMiddleware, with a backend that calls PyJWT.",
    (
        "HTTPBearer: an async def that depends on it and calls PyJWT; a plain function "
        "would go through a thread, which costs more."
    ),
    "simplejwt: no user is looked up, neither jti nor token_type is demanded.",
)


def measure(*, quick: bool) -> list[Section]:
    """Measure the frameworks that are installed."""
    usual, others = (
        {
            stack.framework: stack.time(
                rounds=3 if quick else 15, calls=stack.calls // (4 if quick else 1)
            )
            for stack in stacks
            if not stack.missing
        }
        for stacks in (FRAMEWORKS, FURTHER)
    )
    title = "Added to a request, in process"
    chart = Chart(
        "frameworks",
        "Added to a request by what guards the app",
        "µs",
        {
            stack.framework: _bars(stack, usual[stack.framework])
            for stack in FRAMEWORKS
            if stack.framework in usual
        },
    )
    first = section(title, FRAMEWORKS, usual)
    return [
        replace(first, notes=_NOTES, chart=chart),
        section(f"{title}: other ways", FURTHER, others),
    ]


def section(title: str, stacks: Sequence[Stack], timed: Timed) -> Section:
    """Make a table of times.

    Args:
        title: Of the table.
        stacks: Its rows.
        timed: The microseconds of a request by framework and guard; those that are
            not there are named as skipped.
    """
    rows, ratios, skipped = [], [], []
    for stack in stacks:
        if stack.framework in timed:
            times = timed[stack.framework]
            rows.append(_row(stack, times))
            ratios += _ratios(stack, times)
        else:
            skipped.append(
                f"{stack.framework}: {', '.join(stack.missing)} not installed"
            )
    return Section(title, COLUMNS, rows, ratios, skipped)


def _added(times: Mapping[str, float]) -> dict[str, float]:
    return {
        guard: taken - times["nothing"]
        for guard, taken in times.items()
        if guard != "nothing"
    }


def _row(stack: Stack, times: Mapping[str, float]) -> list[str]:
    added = _added(times)
    cold, repeated = added["cold"], added["repeated"]
    peer = added.get("peer")
    return [
        stack.framework,
        figure(times["nothing"]),
        stack.peer,
        *(figure(each) if each is not None else "" for each in (peer, cold, repeated)),
        *(f"{each / peer:.2f}x" if peer else "" for each in (cold, repeated)),
    ]


def _ratios(stack: Stack, times: Mapping[str, float]) -> list[Ratio]:
    added = _added(times)
    return [
        Ratio(
            stack.number,
            f"{stack.framework}, {how}: gate adds / {stack.peer} adds",
            added[how] / added["peer"],
            *aims,
        )
        for how, aims in (("cold", stack.cold), ("repeated", stack.repeated))
        if aims is not None
    ]


def _bars(stack: Stack, times: Mapping[str, float]) -> dict[str, float]:
    added = _added(times)
    return {
        stack.peer: added["peer"],
        "jwtgate": added["cold"],
        "jwtgate, repeated token": added["repeated"],
    }


if __name__ == "__main__":
    show(measure(quick=False))
