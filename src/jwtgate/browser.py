"""What browsers do by themselves: preflights, and cookies sent from other sites."""

from collections.abc import Collection

from jwtgate.extraction import RequestView
from jwtgate.identity import fold

__all__ = ["is_cross_site", "is_options", "is_preflight"]

# RFC 9110 9.2.1; compared exactly, so that "get" counts as unsafe.
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_HTTP_SCHEME = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


# Frameworks and their plugins read another method from these.
_OVERRIDES = frozenset(
    {b"x-http-method-override", b"x-http-method", b"x-method-override"}
)


def is_options(request: RequestView) -> bool:
    """Whether the app will see OPTIONS: no header overrides the method."""
    return (
        request.kind == "http"
        and request.method == "OPTIONS"
        and not any(fold(name) in _OVERRIDES for name, _ in request.headers)
    )


def is_preflight(request: RequestView) -> bool:
    """Whether a request is a CORS preflight, and not just any OPTIONS.

    Source: Fetch Standard, CORS-preflight request.
    """
    return (
        is_options(request)
        and request.single_line(b"origin") is not None
        and request.single_line(b"access-control-request-method") is not None
    )


def is_cross_site(request: RequestView, trusted_origins: Collection[bytes]) -> bool:
    """Whether a request that carries its token by cookie alone must be refused.

    A browser sends cookies along with requests that another site makes (CSRF), also
    with a WebSocket handshake, where no CORS rule applies.

    Passes: safe methods over HTTP; an ``Origin`` that is trusted; ``Sec-Fetch-Site:
    same-origin``; and, from a browser that does not send that header, an ``Origin``
    that equals the request's own scheme and host. Header lines that came twice are as
    good as none.

    Args:
        request: The request; its scheme is what the server, or a middleware for
            proxies outside the gate, says it is.
        trusted_origins: Serialized origins, such as ``b"https://app.example"``.

    Source: Fetch Metadata Request Headers (W3C) section 2; RFC 6454 section 7;
    RFC 6455 section 10.2.
    """
    if request.method in _SAFE_METHODS and not _is_handshake(request):
        return False
    origin = request.single_line(b"origin")
    if origin is not None and origin in trusted_origins:
        return False
    site = request.single_line(b"sec-fetch-site")
    if site is not None:
        return site != b"same-origin"
    host = request.host
    if origin is None or host is None:
        return True
    scheme = _HTTP_SCHEME.get(request.scheme, "")
    return origin.lower() != b"%s://%s" % (scheme.encode(), host.lower())


def _is_handshake(request: RequestView) -> bool:
    # Some WSGI servers accept WebSockets, by the GET that it begins with.
    return request.kind == "websocket" or any(
        b"websocket" in value.lower() for value in request.lines(b"upgrade")
    )
