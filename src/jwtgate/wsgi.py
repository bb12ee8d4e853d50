"""The gate as WSGI middleware (PEP 3333)."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias, final

from jwtgate._reply import reply_to
from jwtgate.drive import authenticate
from jwtgate.extraction import Hiding, RequestView
from jwtgate.gate import Gate
from jwtgate.identity import is_identity_header
from jwtgate.outcome import Denied, HeaderPairs

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication

__all__ = ["JWTGateMiddleware"]

Environ: TypeAlias = dict[str, Any]

# Where servers repeat the query beside QUERY_STRING: gunicorn, waitress, werkzeug and
# cheroot each have one of these, or both.
_TARGETS = ("RAW_URI", "REQUEST_URI")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_QUERIES = ("QUERY_STRING", "REDIRECT_QUERY_STRING")  # the second is Apache's


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
        request = _request(environ)
        standing = self.gate.standing(environ.get("jwtgate"), request)
        outcome = standing or authenticate(self.gate, request)
        environ["jwtgate"] = outcome
        if isinstance(outcome, Denied):
            return _deny(outcome, request.method, start_response)
        passed_on = _passed_on(environ, outcome.hiding)
        for name, value in outcome.request_headers:
            passed_on["HTTP_" + name.upper().replace("-", "_")] = value
        return self.app(passed_on, _adding(outcome.response_headers, start_response))


def _deny(
    denied: Denied, method: str, start_response: "StartResponse"
) -> Iterable[bytes]:
    reply = reply_to(denied, method=method)
    phrase = _PHRASES.get(reply.status, "Refused")
    start_response(f"{reply.status} {phrase}", list(reply.headers))
    return [reply.body] if reply.body else []


def _request(environ: Environ) -> RequestView:
    return RequestView(
        method=environ["REQUEST_METHOD"],
        path=_path(environ.get("PATH_INFO", "")),
        raw_path=_raw_path(environ),
        query=_octets(environ.get("QUERY_STRING", "")),
        headers=[
            (_header_name(key), _octets(value))
            for key, value in environ.items()
            if key.startswith("HTTP_") and isinstance(value, str)
        ],
        scheme=environ.get("wsgi.url_scheme", "http"),
        client=environ.get("REMOTE_ADDR"),
    )


def _path(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        # Not as PEP 3333 wants it: nobody can say which path the app will take it for.
        return "/\ufffd"


def _raw_path(environ: Environ) -> bytes:
    target = next((environ[key] for key in _TARGETS if key in environ), "")
    return _octets(target.partition("?")[0])


def _header_name(key: str) -> bytes:
    return _octets(key[5:].replace("_", "-"))


def _octets(text: str) -> bytes:
    # PEP 3333 texts are latin-1; what a server or another middleware did otherwise
    # becomes "?", which no token has.
    return text.encode("latin-1", "replace")


def _passed_on(environ: Environ, hiding: Hiding) -> Environ:
    kept: Environ = {}
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            if not is_identity_header(_header_name(key)):
                _keep_header(kept, key, value, hiding)
        elif key in _QUERIES:
            kept[key] = _without_token(value, hiding)
        elif key in _TARGETS and "?" in value:
            path, _, query = value.partition("?")
            shown_query = _without_token(query, hiding)
            kept[key] = f"{path}?{shown_query}" if shown_query or not query else path
        else:
            kept[key] = value
    return kept


def _keep_header(kept: Environ, key: str, value: object, hiding: Hiding) -> None:
    if isinstance(value, str):
        octets = _octets(value)
        shown = hiding.header(_header_name(key), octets)
        if shown is None:
            return
        value = value if shown == octets else shown.decode("latin-1")
    kept[key] = value


def _without_token(query: str, hiding: Hiding) -> str:
    octets = _octets(query)
    shown = hiding.query(octets)
    return query if shown == octets else shown.decode("latin-1")


def _adding(headers: HeaderPairs, start_response: "StartResponse") -> "StartResponse":
    if not headers:
        return start_response

    def add(status: str, sent: list[tuple[str, str]], exc_info: Any = None) -> Any:
        names = {name.lower() for name, _ in sent}
        missing = [pair for pair in headers if pair[0].lower() not in names]
        return start_response(status, sent + missing, exc_info)

    return add
