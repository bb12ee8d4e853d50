"""What every attack must meet: no app, no identity, the right reason, no leak."""

import logging
import pickle
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import pytest

from jwtgate import Authenticated, Denied, Gate, Policy, Reason
from tests.kit import BOTH, SECRET, Got, Sent, make_gate, segment, signature

Via = Callable[[Gate, Sent], Got]

_T = TypeVar("_T")

both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)
"""Runs a test through the ASGI and through the WSGI middleware."""

# The three dialects under one key claim, each with its times checked, so that one
# token is good under all of them.
POLICIES = {
    "native": Policy(),
    "kong": Policy.kong(claims_to_verify=("exp", "nbf"), required_claims=("exp",)),
    "apisix": Policy.apisix(key_claim="iss", required_claims=("exp",)),
}
every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def attacks(names: str, table: Mapping[str, object]) -> pytest.MarkDecorator:
    """Make one test of each row, named after its attack."""
    return pytest.mark.parametrize(names, table.values(), ids=table)


def product(*tables: Mapping[str, _T]) -> dict[str, tuple[_T, ...]]:
    """Combine tables: every row of each with every row of the others."""
    rows: dict[str, tuple[_T, ...]] = {"": ()}
    for table in tables:
        rows = {
            f"{name}-{other}".strip("-"): (*row, value)
            for name, row in rows.items()
            for other, value in table.items()
        }
    return rows


def seal(
    signing_input: bytes, algorithm: str = "HS256", secret: str | bytes = SECRET
) -> str:
    """Sign a text as it is, however malformed, so that only its form can refuse."""
    signed = segment(signature(algorithm, signing_input, secret))
    return (signing_input + b"." + signed).decode("latin-1")


def assert_refused(
    got: Got, sent: Sent, caplog: pytest.LogCaptureFixture, reason: Reason
) -> None:
    """See that the app did not run, why, and that nothing leaked."""
    assert isinstance(got.outcome, Denied)
    assert got.outcome.reason is reason
    assert not got.app_ran
    assert got.status == got.outcome.status == reason.status
    assert got.status in (401, 403)
    challenged = got.headers.get("www-authenticate", "").startswith("Bearer")
    assert challenged == (got.status == 401)
    assert got.headers["cache-control"] == "no-store"
    assert_silent(got, sent, caplog)


def assert_silent(got: Got, sent: Sent, caplog: pytest.LogCaptureFixture) -> None:
    """See that no token, secret or key is told to the client or to a log."""
    told = [got.body.decode(), repr(got.headers), repr(got.outcome), str(got.outcome)]
    told += [repr(vars(record)) for record in caplog.records]
    for needle in (SECRET, "-----BEGIN", *_sent_texts(sent)):
        assert not any(needle in text for text in told)


def refused(
    via: Via,
    sent: Sent,
    caplog: pytest.LogCaptureFixture,
    reason: Reason,
    gate: Gate | None = None,
) -> Got:
    """Send an attack and see that it was refused for this reason."""
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    got = via(gate or make_gate(), sent)
    assert_refused(got, sent, caplog, reason)
    return got


def admitted(via: Via, sent: Sent, gate: Gate | None = None) -> Got:
    """Send a request and see that it is Jack's, and that the app is told so."""
    got = via(gate or make_gate(), sent)
    assert got.app_ran, got.outcome.reason
    assert got.status == 200
    assert isinstance(got.outcome, Authenticated)
    assert got.outcome.consumer.username == "jack"
    assert got.seen_headers is not None
    assert got.seen_headers["x-consumer-username"] == "jack"
    return got


def unpicklable(value: object) -> bool:
    """Whether pickling is refused."""
    try:
        pickle.dumps(value)
    except TypeError:
        return True
    return False


def _sent_texts(sent: Sent) -> Iterable[str]:
    # Whole tokens and their parts; shorter texts may occur in an answer by chance.
    carried = [sent.query, *(value for _, value in sent.headers)]
    for text in carried:
        yield from re.findall(r"[A-Za-z0-9_-]{24,}", text)
