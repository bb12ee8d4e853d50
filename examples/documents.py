"""Playing what a gateway's document tells its readers to send, over real HTTP."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse

import jwtgate
from examples.serving import serving
from jwtgate.asgi import JWTGateMiddleware

__all__ = ["Setup", "Step", "play"]

_LINE = "  {:<58} {:<10} {}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """Requests of a document, and what it says comes of them.

    Attributes:
        title: What is sent, in a few words.
        path: With the query.
        headers: Of the request.
        statuses: Of the answers, one for each request.
        body: Of a refusal.
        sees: Identity headers that the app sees.
    """

    title: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: Sequence[int] = (200,)
    body: Mapping[str, str] | None = None
    sees: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A configuration of a document, and what is sent to it.

    Attributes:
        title: What it shows.
        file: The configuration.
        steps: What is sent.
        environ: Variables of the configuration.
        beside: Runs what has to run beside, and gives further variables.
    """

    title: str
    file: Path
    steps: Sequence[Step]
    environ: Mapping[str, str] = field(default_factory=dict)
    beside: Callable[[], AbstractContextManager[Mapping[str, str]]] | None = None


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the path and the headers that the app sees."""
    request = Request(scope, receive)
    seen = {"path": request.url.path, "headers": dict(request.headers)}
    await JSONResponse(seen)(scope, receive, send)


def play(setups: Sequence[Setup]) -> int:
    """Serve each setup, send its steps, print what happened.

    Returns:
        How many steps did not come out as the document says.
    """
    failures = 0
    for setup in setups:
        print(f"{setup.title} ({setup.file.name})")
        with ExitStack() as stack:
            environ = dict(setup.environ)
            if setup.beside is not None:
                environ |= stack.enter_context(setup.beside())
            gate = jwtgate.load(setup.file, environ=environ)
            for note in gate.load_report:
                print(f"  {note}")
            address = stack.enter_context(serving(JWTGateMiddleware(echo, gate=gate)))
            client = stack.enter_context(httpx2.Client(base_url=address))
            failures += sum(not _played(client, step) for step in setup.steps)
    print(
        f"{sum(len(setup.steps) for setup in setups)} steps, {failures} not as written"
    )
    return failures


def _played(client: httpx2.Client, step: Step) -> bool:
    responses = [client.get(step.path, headers=step.headers) for _ in step.statuses]
    last = responses[-1]
    good = [each.status_code for each in responses] == list(step.statuses)
    if last.status_code == 200:
        seen = last.json()["headers"]
        good = good and step.sees.items() <= seen.items()
        said = ", ".join(f"{name}: {seen.get(name)}" for name in step.sees)
    else:
        said = last.text.strip()
        good = good and step.body in (None, last.json() if said else None)
    statuses = " ".join(str(each.status_code) for each in responses)
    print(_LINE.format(step.title, statuses, said + ("" if good else "  <-- NOT SO")))
    return good
