"""The gate as WSGI middleware (PEP 3333)."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, final

from jwtgate._environ import Environ, passed_on, request_of
from jwtgate._reply import reply_to
from jwtgate.drive import ended
from jwtgate.gate import Gate
from jwtgate.outcome import Authenticated, Denied, HeaderPairs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

__all__ = ["JWTGateMiddleware"]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@final
class JWTGateMiddleware:
    """Lets those through whom the gate lets through.

    The app finds the outcome in ``environ["jwtgate"]`` and the identity headers in
    ``environ["HTTP_X_CONSUMER_ID"]`` and the like. A refused request never reaches it,
    and its body is not read.

    Args:
        app: Any WSGI application; what it returns is passed on untouched.
        gate: The gate; its store must have ``find``.

    Raises:
        ConfigurationError: The store is asynchronous only.
    """

    def __init__(self, app: "WSGIApplication", gate: Gate) -> None:
        self.app = app
        self.gate = gate
        gate.require_sync()

    def __call__(
        self, environ: Environ, start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Decide on a request, then call the app or answer."""
        request = request_of(environ)
        outcome = self.gate.begin(request, None, environ.get("jwtgate"))
        if type(outcome) is not Authenticated:
            outcome = ended(self.gate, outcome)
            if isinstance(outcome, Denied):
                environ["jwtgate"] = outcome
                return _deny(outcome, request.method, start_response)
        environ["jwtgate"] = outcome
        if outcome.response_headers:
            start_response = _adding(outcome.response_headers, start_response)
        kept = passed_on(environ, outcome, request.names)
        return self.app(kept, start_response)


def _deny(
    denied: Denied, method: str, start_response: "StartResponse"
) -> Iterable[bytes]:
    reply = reply_to(denied, method=method)
    phrase = _PHRASES.get(reply.status, "Refused")
    start_response(f"{reply.status} {phrase}", list(reply.headers))
    return [reply.body] if reply.body else []


def _adding(headers: HeaderPairs, start_response: "StartResponse") -> "StartResponse":
    def add(status: str, sent: list[tuple[str, str]], exc_info: Any = None) -> Any:
        names = {name.lower() for name, _ in sent}
        missing = [pair for pair in headers if pair[0].lower() not in names]
        return start_response(status, sent + missing, exc_info)

    return add
