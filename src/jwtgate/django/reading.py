"""From a request of Django to what the core sees of it."""

from typing import Any, Literal

from django.http import HttpRequest

from jwtgate import _environ, _scope
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
    scope = scope_of(request)
    return (request.META if scope is None else scope).get("jwtgate")


def request_view(request: HttpRequest) -> RequestView:
    """Make the core's view of a request."""
    # Raw headers: those of Django under ASGI were folded into one another.
    scope = scope_of(request)
    if scope is None:
        # The test client of Ninja leaves the method out.
        meta = {"REQUEST_METHOD": request.method, **request.META}
        return _View(request, _environ.request_of(meta))
    return _View(request, _scope.request_of(scope))


class _View(RequestView):
    """What came, raw, and of the rest what Django goes by.

    A setting or a middleware may have changed that.
    """

    __slots__ = ("_raw", "_request")

    def __init__(self, request: HttpRequest, raw: RequestView) -> None:
        self._request = request
        self._raw = raw

    @property
    def method(self) -> str:
        # Django writes methods in capitals; as it came is as good.
        raw, chosen = self._raw.method, self._request.method
        return raw if not chosen or raw.upper() == chosen else chosen

    @property
    def path(self) -> str:
        path: str = self._request.path_info
        return path

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
    def scheme(self) -> str:
        return self._request.scheme or self._raw.scheme

    @property
    def client(self) -> str | None:
        client: str | None = self._request.META.get("REMOTE_ADDR")
        return client

    @property
    def kind(self) -> Literal["http", "websocket"]:
        return self._raw.kind

    @property
    def raw_path(self) -> bytes:
        return self._raw.raw_path
