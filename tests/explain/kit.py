"""What the tests of explanations need: a short way to one, and a look at all texts."""

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from jwtgate import (
    Anonymous,
    Authenticated,
    Exempt,
    Gate,
    Policy,
    Reason,
    RequestView,
)
from jwtgate.explain import Explanation, explain
from jwtgate.outcome import Outcome
from jwtgate.requirement import Requirement
from tests.kit import NOW, SECRET, make_gate

SECRETS = (
    SECRET,
    b64encode(SECRET.encode()).decode(),
    SECRET.encode().hex(),
    "!Qwaszxerdfcv",
    "hunter2",
)
"""What is in no explanation, whatever came."""

Headers = Sequence[tuple[str, str]]


def request(
    token: str | None = None,
    *,
    headers: Headers = (),
    query: str = "",
    method: str = "GET",
    path: str = "/x",
) -> RequestView:
    """Make a request, with a bearer token if there is one."""
    bearer = [] if token is None else [("Authorization", f"Bearer {token}")]
    lines = [
        (name.encode(), value.encode("latin-1")) for name, value in (*bearer, *headers)
    ]
    return RequestView(method, path, query.encode(), lines)


def explained(
    token: str | None = None,
    *credentials: Any,
    policy: Policy | None = None,
    gate: Gate | None = None,
    demands: Requirement | None = None,
    at: float = NOW,
    **fields: Any,
) -> Explanation:
    """Explain a request to a gate over credentials, at the time of the tests.

    What comes of it is looked through for what must not be told.
    """
    over = gate or make_gate(*credentials, policy=policy)
    found = explain(over, request(token, **fields), demands, at=at)
    check_discretion(found, token)
    return found


def check_discretion(found: Explanation, token: str | None) -> None:
    """See that an explanation tells neither the secret nor the signature."""
    told = f"{found}\n{found!r}\n{json.dumps(found.to_dict())}"
    signature = (token or "").rpartition(".")[2]
    assert [secret for secret in SECRETS if secret in told] == []
    assert len(signature) < 20 or signature not in told
    assert [each for each in str(found).split("\n") if not each.isprintable()] == []


def slips(found: Explanation) -> list[str]:
    """Give the names of the slips that were found."""
    return [slip.name for slip in found.slips]


def step(found: Explanation, name: str) -> str:
    """Give the text of the first step of a name."""
    return next(step.text for step in found.steps if step.name == name)


def reason_of(outcome: Outcome) -> Reason | None:
    """Give the reason of an outcome, of whatever kind."""
    if isinstance(outcome, Authenticated):
        return None
    if isinstance(outcome, Anonymous):
        return outcome.refusal
    if isinstance(outcome, Exempt):
        return None if outcome.would is None else outcome.would.reason
    return outcome.reason
