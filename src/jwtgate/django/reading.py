"""From a request of Django to what the core sees of it."""

from typing import Any

from django.http import HttpRequest

from jwtgate import _environ, _scope
from jwtgate._scope import Scope
from jwtgate.extraction import RequestView

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
    scope, meta = scope_of(request), request.META
    if scope is None:
        # The test client of Ninja leaves the method out.
        raw = _environ.request_of({"REQUEST_METHOD": request.method, **meta})
    else:
        raw = _scope.request_of(scope)
    # Of the rest what Django goes by, which a setting or a middleware may have
    # changed. It writes methods in capitals; as it came is as good.
    method = request.method or raw.method
    return RequestView(
        method=raw.method if raw.method.upper() == method else method,
        path=request.path_info,
        query=raw.query,
        headers=raw.headers,
        scheme=request.scheme or raw.scheme,
        client=meta.get("REMOTE_ADDR"),
        kind=raw.kind,
        raw_path=raw.raw_path,
    )
