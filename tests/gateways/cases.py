"""What a row of the gateways' tables is, and how it is run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import jwtgate
from jwtgate import Gate
from tests.kit import BOTH, Got, Sent, clock

ABSENT = None
"""Of a header: it is not there."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One statement of a gateway's page, as a request and what comes of it.

    Attributes:
        name: What is stated; unique in its table.
        source: The section of the page.
        config: What the file holds.
        request: What the client sends.
        status: Of the response; 200 is the app's.
        body: The exact body of a refusal: JSON as an object, else a text; None where
            the app answers.
        headers: Headers of the response, by lower-case name; ABSENT: not there.
        seen: Headers that the app sees, by lower-case name; ABSENT: not there.
        verdict: ``"exact"``: as the gateway; ``"safer"``: what the gateway lets
            through, or fails at, is refused.
        why: What the gateway would do, where this is safer.
    """

    name: str
    source: str
    config: Mapping[str, Any]
    request: Sent
    status: int
    body: Any = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    seen: Mapping[str, str | None] = field(default_factory=dict)
    verdict: Literal["exact", "safer"] = "exact"
    why: str = ""


@cache
def _gate(text: str, format_: str, server: str) -> Gate:  # noqa: ARG001 - one each
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(text)
        # The cache is for configurations that many rows share; a gate keeps no state
        # of requests but for quotas, whose rows have configurations of their own.
        return jwtgate.load(path, format=format_, environ={}, clock=clock)  # type: ignore[arg-type]


def run(case: Case, server: str, format_: Literal["kong", "apisix"]) -> Got:
    """Send the request of a case through one of both middlewares."""
    gate = _gate(json.dumps(case.config), format_, server)
    return BOTH[server](gate, case.request)


def check(case: Case, got: Got) -> None:
    """See that what came is what the case says."""
    assert got.status == case.status, got.body
    assert got.app_ran is (case.body is None)
    if case.body is not None:
        body = got.body.decode()
        assert (body if isinstance(case.body, str) else json.loads(body)) == case.body
    for name, expected in case.headers.items():
        assert got.headers.get(name) == expected, name
    for name, expected in case.seen.items():
        assert got.seen_headers is not None
        assert got.seen_headers.get(name) == expected, name


def sound(cases: Sequence[Case], fewest: int) -> None:
    """See that a table is one: unique names, reasons where it differs, no 5xx."""
    assert len({case.name for case in cases}) == len(cases) >= fewest
    for case in cases:
        assert bool(case.why) is (case.verdict == "safer"), case.name
        assert case.status < 500 or "anonymous" in case.name, case.name
