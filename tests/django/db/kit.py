"""What many tests of the tables need: jack and his credential, as rows."""

from io import StringIO
from typing import Any

from django.core.management import call_command

from jwtgate import Authenticated, Gate, RequestView, authenticate
from jwtgate.django.db.changes import create_consumer, create_credential
from jwtgate.django.db.models import Consumer, Credential
from jwtgate.django.db.store import DjangoStore
from tests.kit import KEY, SECRET, clock, mint

NEW_SECRET = "a-new-secret-of-the-tests-of-more-than-32-octets"


def add_jack(**fields: Any) -> Consumer:
    """Add the consumer of most tests."""
    return create_consumer(**{"username": "jack", "custom_id": "495aec6a", **fields})


def add_credential(consumer: Consumer | None = None, **fields: Any) -> Credential:
    """Add the credential of most tests, to jack unless another is given."""
    chosen = {"key": KEY, "secret": SECRET, **fields}
    return create_credential(consumer or add_jack(), **chosen)


def admits(token: str | None = None, at: float | None = None) -> bool:
    """Whether a gate over the tables lets a token pass."""
    line = (b"Authorization", b"Bearer " + (token or mint()).encode())
    gate = Gate(DjangoStore(), clock=clock if at is None else lambda: at)
    outcome = authenticate(gate, RequestView("GET", headers=[line]))
    return isinstance(outcome, Authenticated)


def run(*words: str) -> str:
    """Run a command as from a shell, and give what it printed."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()
