"""Requests as an operator writes them, and a token put where the policy looks."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote_from_bytes, unquote, urlsplit

from jwtgate.errors import ConfigurationError, Rejection
from jwtgate.explain.case import open_case
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate

__all__ = ["carry", "read_request"]

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2, token


def read_request(line: str, headers: Sequence[str] = ()) -> RequestView:
    """Read a request.

    Args:
        line: Method and target, as ``GET /orders?page=2``; or a URL, which gives the
            host, too. ``GET`` if the method is left out.
        headers: Lines such as ``Cookie: a=b``, as ``curl -H`` takes them.

    Raises:
        ConfigurationError: Either cannot be read; the value of a header is not shown.
    """
    lines = tuple(map(_header, headers))
    try:
        return _request(line, lines)
    except ValueError:  # such as a URL with half a host, or octets that are no UTF-8
        raise ConfigurationError(
            "a request must be such as 'GET /orders?page=2'"
        ) from None


def carry(gate: Gate, request: RequestView, token: bytes) -> RequestView:
    """Put a token into a request, in the first carrier in which its policy looks."""
    case = open_case(gate, request, None, None)
    try:
        _, guard = case.ready.match(request)
    except Rejection:
        guard = case.guard  # refused for its path, whatever it carries
    policy = guard.policy
    if policy.header_names:
        return _with(request, policy.header_names[0], b"Bearer " + token)
    if not policy.query_names:
        cookie = policy.cookie_names[0].encode()
        return _with(request, "Cookie", cookie + b"=" + token)
    name, value = map(_escaped, (policy.query_names[0].encode(), token))
    pairs = [*filter(None, [request.query]), f"{name}={value}".encode()]
    return replace(request, query=b"&".join(pairs))


def _request(line: str, lines: tuple[tuple[bytes, bytes], ...]) -> RequestView:
    method, _, target = line.strip().rpartition(" ")
    scheme = "http"
    if re.match(r"https?://", target):
        url = urlsplit(target)
        scheme = url.scheme
        lines = ((b"Host", url.netloc.rpartition("@")[2].encode()), *lines)
        target = f"{url.path or '/'}?{url.query}"
    if not target.startswith("/") or not _NAME.fullmatch(method.strip() or "GET"):
        raise ValueError(target)
    path, _, query = target.partition("?")
    return RequestView(
        method.strip() or "GET",
        unquote(path),
        query.encode(),
        lines,
        scheme,
        raw_path=path.encode(),
    )


def _escaped(octets: bytes) -> str:
    return quote_from_bytes(octets, safe="")


def _with(request: RequestView, name: str, value: bytes) -> RequestView:
    return replace(request, headers=(*request.headers, (name.encode(), value)))


def _header(line: str) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(":")
    try:
        written = value.strip().encode("latin-1")
    except UnicodeEncodeError:
        colon, written = "", b""
    if not colon or not _NAME.fullmatch(name):
        raise ConfigurationError("a header must be such as 'Cookie: name=value'")
    return name.encode(), written
