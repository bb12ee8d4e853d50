"""From a request of Django to what the core sees of it."""

from typing import Any, Literal

from django.http import HttpRequest

from jwtgate import _scope
from jwtgate._environ import EnvironView
from jwtgate._scope import Scope
from jwtgate.extraction import Headers, RequestView

__all__ = ["found_on", "request_view", "scope_of"]


def scope_of(request: Any) -> Scope | None:
    """Give the scope of a request under ASGI; None under WSGI."""
    scope: Scope | None = getattr(request, "scope", None)
    query = None if scope is None else scope.get("query_string")
    if scope is not None and isinstance(query, str):
        # Django's own test client writes a text there.
        scope = request.scope = {**scope, "query_string": query.encode()}
    return scope


def found_on(request: HttpRequest) -> object:
    """Give what a gate left on a request."""
    scope: Scope | None = getattr(request, "scope", None)
    return (request.META if scope is None else scope).get("jwtgate")


def request_view(request: HttpRequest, scope: Scope | None) -> RequestView:
    """Make the core's view of a request, of which :func:`scope_of` gave the scope."""
    # Raw headers: those of Django under ASGI were folded into one another.
    view = _OfEnviron(request.META) if scope is None else _OfScope(scope)
    view.request = request
    return view


class _Chosen(RequestView):
    """Of what came, what Django goes by: a setting or a middleware may have chosen."""

    __slots__ = ()
    request: HttpRequest

    @property
    def path(self) -> str:
        path: str = self.request.path_info
        return path

    @property
    def scheme(self) -> str:
        return self.request.scheme or "http"

    @property
    def client(self) -> str | None:
        client: str | None = self.request.META.get("REMOTE_ADDR")
        return client


class _OfEnviron(_Chosen, EnvironView):
    """The rest is as it came, raw."""

    __slots__ = ("request",)

    @property
    def method(self) -> str:
        # The test client of Ninja leaves it out.
        sent = self._environ.get("REQUEST_METHOD", "")
        return _method(sent, self.request.method)


class _OfScope(_Chosen):
    """The rest is as it came, raw."""

    __slots__ = ("_raw", "request")

    def __init__(self, scope: Scope) -> None:
        self._raw = _scope.request_of(scope)

    @property
    def method(self) -> str:
        return _method(self._raw.method, self.request.method)

    @property
    def query(self) -> bytes:
        return self._raw.query

    @property
    def headers(self) -> Headers:
        return self._raw.headers

    @property
    def line_count(self) -> int:
        return self._raw.line_count

    def lines(self, folded: bytes) -> list[bytes]:
        return self._raw.lines(folded)

    @property
    def kind(self) -> Literal["http", "websocket"]:
        return self._raw.kind

    @property
    def raw_path(self) -> bytes:
        return self._raw.raw_path


def _method(sent: str, chosen: str | None) -> str:
    # Django writes methods in capitals; as it came is as good.
    return sent if not chosen or sent.upper() == chosen else chosen
