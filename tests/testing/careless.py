"""Apps that let in whom their gate does, and by one hole whoever knows of it."""

import base64
import hmac
import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from jwtgate import Anonymous, Authenticated, Gate, authenticate
from jwtgate._environ import request_of
from jwtgate.testing import attack_matrix
from jwtgate.testing.wsgisending import WSGIApp
from tests.kit import SECRET, credential, jack, make_gate

Environ = dict[str, Any]
Hole = Callable[[Environ], str | None]
"""Tells who calls to an app that believes it; None leaves it to the gate."""

ANN = credential(consumer=jack(username="ann"), key="ann-key", secret=SECRET[::-1])


def two_gate() -> Gate:
    """Make a gate that knows jack and ann."""
    return make_gate(credential(), ANN)


def app_with(hole: Hole, gate: Gate) -> WSGIApp:
    """Make an app behind a gate that has a hole."""

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        who = hole(environ)
        if who is None:
            outcome = authenticate(gate, request_of(environ))
            if isinstance(outcome, Authenticated | Anonymous):
                who = outcome.consumer.username
        start_response("401 Unauthorized" if who is None else "200 OK", [])
        return [b"" if who is None else who.encode()]

    return app


def got_in(hole: Hole, gate: Gate | None = None, **more: Any) -> set[str]:
    """Give the names of the attacks that get in by a hole, or break the app."""
    gate = gate or two_gate()
    report = attack_matrix(app_with(hole, gate), "/me", gate, "jack-key", **more)
    assert not report.problem
    return {each.name for each in report.failures}


def token_in(environ: Environ) -> str:
    """Give what follows the scheme; empty where that is not Bearer."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token if scheme == "Bearer" else ""


def decoded(segment: str) -> Any:
    """Decode a segment as leniently as some libraries do."""
    padded = segment + "=" * (-len(segment) % 4)
    return json.loads(base64.urlsafe_b64decode(padded))


def parts(environ: Environ) -> tuple[Any, Any, bytes, bytes] | None:
    """Give header, claims, signing input and signature; None of what is no token."""
    head, _, rest = token_in(environ).partition(".")
    payload, _, signature = rest.partition(".")
    try:
        return (
            decoded(head),
            decoded(payload),
            f"{head}.{payload}".encode(),
            base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)),
        )
    except (ValueError, RecursionError):
        return None


def signed_by(secret: bytes, signing_input: bytes, signature: bytes) -> bool:
    """Whether an HS256 signature is that of a secret."""
    return hmac.digest(secret, signing_input, "sha256") == signature


def anywhere(pattern: str) -> Callable[[str], str]:
    """Make what finds a token in a header by searching for it."""

    def search(value: str) -> str:
        found = re.search(pattern, value, re.ASCII)
        return found[1] if found else ""

    return search
