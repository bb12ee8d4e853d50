"""Authenticate the consumers of a web app by JWT, as an API gateway does.

The core is here; the rest is imported by name: :mod:`jwtgate.asgi` and
:mod:`jwtgate.wsgi` have a ``JWTGateMiddleware``, and :mod:`jwtgate.issue` signs tokens.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, CredentialView, UnusableCredential
from jwtgate.drive import aauthenticate, authenticate
from jwtgate.errors import (
    ConfigurationError,
    Conflict,
    InvalidKey,
    JWTGateError,
    NotFound,
    StoreError,
)
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.policy import Policy
from jwtgate.quota import Quota
from jwtgate.reason import Reason
from jwtgate.routes import Route
from jwtgate.store import AsyncCredentialStore, CredentialStore

if TYPE_CHECKING:
    from jwtgate.configs import load
    from jwtgate.stores import MemoryStore, in_thread
else:  # unseen by type checkers, which would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_LATE[name]), name)
        return value


__all__ = [
    "Access",
    "Anonymous",
    "Answer",
    "AsyncCredentialStore",
    "Authenticated",
    "ConfigurationError",
    "Conflict",
    "Consumer",
    "Credential",
    "CredentialStore",
    "CredentialView",
    "Denied",
    "Exempt",
    "Gate",
    "InvalidKey",
    "JWTGateError",
    "MemoryStore",
    "NotFound",
    "Outcome",
    "Policy",
    "Quota",
    "Reason",
    "RequestView",
    "Route",
    "StoreError",
    "UnusableCredential",
    "aauthenticate",
    "authenticate",
    "in_thread",
    "load",
]

# What not every app has, each imported when it is first asked for (PEP 562).
_LATE = {
    "MemoryStore": "jwtgate.stores",
    "in_thread": "jwtgate.stores",
    "load": "jwtgate.configs",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATE})
