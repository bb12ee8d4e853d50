"""Between a WSGI environ and the core: the request in it, and the outcome put there."""

from typing import Any, TypeAlias

from jwtgate.extraction import Hiding, RequestView
from jwtgate.identity import is_identity_header
from jwtgate.outcome import Anonymous, Authenticated, Exempt

__all__ = ["Environ", "passed_on", "request_of", "settle"]

Environ: TypeAlias = dict[str, Any]

# Where servers repeat the query beside QUERY_STRING: gunicorn, waitress, werkzeug and
# cheroot each have one of these, or both.
_TARGETS = ("RAW_URI", "REQUEST_URI")
_QUERIES = ("QUERY_STRING", "REDIRECT_QUERY_STRING")  # the second is Apache's


def request_of(environ: Environ) -> RequestView:
    """Make the core's view of a request; nothing of it is parsed."""
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


def passed_on(environ: Environ, outcome: Authenticated | Anonymous | Exempt) -> Environ:
    """Make the environ for the app: with the outcome, without what it is not to see."""
    kept: Environ = {}
    hiding = outcome.hiding
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
    for name, value in outcome.request_headers:
        kept["HTTP_" + name.upper().replace("-", "_")] = value
    kept["jwtgate"] = outcome
    return kept


def settle(environ: Environ, outcome: Authenticated | Anonymous | Exempt) -> None:
    """Do the same in place, where a framework made its request of the environ before.

    What the framework has cached of it by then is its adapter's to forget.
    """
    kept = passed_on(environ, outcome)
    environ.clear()
    environ.update(kept)


def _path(text: str) -> str:
    try:
        path: str = text.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        # Not as PEP 3333 wants it: nobody can say which path the app will take it for.
        return "/\ufffd"
    return path


def _raw_path(environ: Environ) -> bytes:
    target = next((environ[key] for key in _TARGETS if key in environ), "")
    return _octets(target.partition("?")[0])


def _header_name(key: str) -> bytes:
    return _octets(key[5:].replace("_", "-"))


def _octets(text: str) -> bytes:
    # PEP 3333 texts are latin-1; what a server or another middleware did otherwise
    # becomes "?", which no token has.
    return text.encode("latin-1", "replace")


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
