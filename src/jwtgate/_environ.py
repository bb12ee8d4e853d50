"""Between a WSGI environ and the core: the request in it, and the outcome put there."""

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Literal, TypeAlias

from jwtgate.extraction import NOTHING_HIDDEN, Headers, Hiding, RequestView
from jwtgate.extraction.request import MAX_HEADER_LINES
from jwtgate.identity import FOLDING, RESERVED, is_identity_header
from jwtgate.outcome import Anonymous, Authenticated, Exempt, HeaderPairs

__all__ = ["Environ", "EnvironView", "passed_on", "request_of", "settle"]

Environ: TypeAlias = dict[str, Any]

# Where servers repeat the query beside QUERY_STRING: gunicorn, waitress, werkzeug and
# cheroot each have one of these, or both.
_TARGETS = ("RAW_URI", "REQUEST_URI")
_QUERIES = ("QUERY_STRING", "REDIRECT_QUERY_STRING")  # the second is Apache's
# How the variables of identity headers begin, folded; sought in all names at once.
_FORGED = re.compile(b"|".join(b"http-" + name for name in RESERVED))


def passed_on(
    environ: Environ,
    outcome: Authenticated | Anonymous | Exempt,
    names: bytes | None = None,
) -> Environ:
    """Make the environ for the app: with the outcome, without what it is not to see.

    Args:
        environ: As it came.
        outcome: What was decided.
        names: :attr:`EnvironView.names` of this environ, if there is a view of it.
    """
    kept = dict(environ)
    settle(kept, outcome, names)
    return kept


def settle(
    environ: Environ,
    outcome: Authenticated | Anonymous | Exempt,
    names: bytes | None = None,
) -> None:
    """Do the same in place, where a framework made its request of the environ before.

    What the framework has cached of it by then is its adapter's to forget, if the
    outcome hides anything.
    """
    if _FORGED.search(_folded_names(environ) if names is None else names):
        _clear(environ)
    if outcome.hiding is not NOTHING_HIDDEN:
        _hide(environ, outcome.hiding)
    environ.update(_variables(outcome.request_headers))
    environ["jwtgate"] = outcome


def _folded_names(environ: Environ) -> bytes:
    return "\n".join(environ).encode("latin-1", "replace").translate(FOLDING)


def _clear(environ: Environ) -> None:
    for key in tuple(environ):
        if key.startswith("HTTP_") and is_identity_header(_header_name(key)):
            del environ[key]


# Kept, since most are of a consumer, the same for each of its requests.
@lru_cache(maxsize=4096)
def _variables(headers: HeaderPairs) -> Mapping[str, str]:
    return {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers}


@cache  # of the names that policies have
def _variable(folded: bytes) -> tuple[bytes, str]:
    """Give what a header is called in folded names, and its variable in an environ."""
    return b"http-" + folded, "HTTP_" + folded.decode().upper().replace("-", "_")


def _raw_path(environ: Environ) -> bytes:
    target = next((environ[key] for key in _TARGETS if key in environ), "")
    return _octets(target.partition("?")[0])


def _header_name(key: str) -> bytes:
    return _octets(key[5:].replace("_", "-"))


def _octets(text: str) -> bytes:
    # PEP 3333 texts are latin-1; what a server or another middleware did otherwise
    # becomes "?", which no token has.
    return text.encode("latin-1", "replace")


def _hide(kept: Environ, hiding: Hiding) -> None:
    for key, value in tuple(kept.items()):
        if key.startswith("HTTP_") and isinstance(value, str):
            octets = _octets(value)
            shown = hiding.header(_header_name(key), octets)
            if shown is None:
                del kept[key]
            elif shown != octets:
                kept[key] = shown.decode("latin-1")
        elif key in _QUERIES:
            kept[key] = _without_token(value, hiding)
        elif key in _TARGETS and "?" in value:
            path, _, query = value.partition("?")
            shown_query = _without_token(query, hiding)
            kept[key] = f"{path}?{shown_query}" if shown_query or not query else path


def _without_token(query: str, hiding: Hiding) -> str:
    octets = _octets(query)
    shown = hiding.query(octets)
    return query if shown == octets else shown.decode("latin-1")


class EnvironView(RequestView):
    """A view that looks into the environ when it is asked: most of it never is.

    Attributes:
        names: Those of all variables, folded, as the environ had them when a header
            was sought in it; None before.
    """

    __slots__ = ("_environ", "line_count", "names")

    line_count: int
    names: bytes | None

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self.names = None  # not yet: what is wrong with them is the gate's to answer
        # Each variable is a header at most; some servers add those of the process.
        self.line_count = len(environ)
        if self.line_count > MAX_HEADER_LINES:
            self.line_count = len(self.headers)

    @property
    def method(self) -> str:
        method: str = self._environ["REQUEST_METHOD"]
        return method

    @property
    def path(self) -> str:
        text: str = self._environ.get("PATH_INFO", "")
        try:
            return text.encode("latin-1").decode("utf-8", "replace")
        except UnicodeEncodeError:
            # Not as PEP 3333 wants it: nobody can say which path the app will take it
            # for.
            return "/\ufffd"

    @property
    def raw_path(self) -> bytes:
        return _raw_path(self._environ)

    @property
    def query(self) -> bytes:
        return _octets(self._environ.get("QUERY_STRING", ""))

    @property
    def headers(self) -> Headers:
        return [
            (_header_name(key), _octets(value))
            for key, value in self._environ.items()
            if key.startswith("HTTP_") and isinstance(value, str)
        ]

    def lines(self, folded: bytes) -> list[bytes]:
        size = len(folded) + len("HTTP_")
        # As _octets and _header_name do, without their calls.
        found = []
        for key, value in self._environ.items():
            if (
                len(key) == size
                and key.startswith("HTTP_")
                and isinstance(value, str)
                and key[5:].encode("latin-1", "replace").translate(FOLDING) == folded
            ):
                found.append(value.encode("latin-1", "replace"))
        return found

    def single_line(self, folded: bytes) -> bytes | None:
        sought, key = _variable(folded)
        if self.names is None:
            self.names = _folded_names(self._environ)
        times = self.names.count(sought)
        # As nearly always; what is spelled otherwise, or twice, takes a closer look.
        if times == 1 and key in self._environ:
            value = self._environ[key]
            if not isinstance(value, str) or "," in value:
                return None
            return value.encode("latin-1", "replace")
        return super().single_line(folded) if times else None

    @property
    def scheme(self) -> str:
        scheme: str = self._environ.get("wsgi.url_scheme", "http")
        return scheme

    @property
    def client(self) -> str | None:
        return self._environ.get("REMOTE_ADDR")

    @property
    def kind(self) -> Literal["http", "websocket"]:
        return "http"


request_of: Callable[[Environ], EnvironView] = EnvironView
"""Makes the core's view of a request; nothing of it is parsed."""
