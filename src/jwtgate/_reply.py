"""From a refusal to an HTTP response or a WebSocket close, once for all adapters."""

from typing import final

from jwtgate.outcome import Denied, HeaderPairs
from jwtgate.record import per_request

__all__ = ["Reply", "reply_to"]

# RFC 6455 7.4.1 and the IANA registry of close codes.
_POLICY_VIOLATION = 1008
_BODILESS = (204, 205, 304)  # RFC 9110 8.6: no content, and no length of it
_CLOSE_CODES = {429: 1013, 500: 1011, 503: 1011}  # try again later; internal error


@final
@per_request
class Reply:
    """A whole response.

    Attributes:
        status: HTTP status.
        headers: Every header of the response, ``Content-Length`` included.
        body: The body; empty for HEAD, whose headers are those of the body (RFC 9110
            section 9.3.2).
        close_code: For a WebSocket where no response can be sent.
    """

    status: int
    headers: HeaderPairs
    body: bytes
    close_code: int


def reply_to(denied: Denied, *, method: str) -> Reply:
    """Render a refusal, for a request of this method."""
    if denied.status in _BODILESS:
        headers = tuple(
            pair for pair in denied.response_headers if pair[0] != "Content-Type"
        )
    else:
        length = ("Content-Length", str(len(denied.content)))
        headers = (length, *denied.response_headers)
    has_body = method != "HEAD" and denied.status not in _BODILESS
    return Reply(
        denied.status,
        headers,
        denied.content if has_body else b"",
        _CLOSE_CODES.get(denied.status, _POLICY_VIOLATION),
    )
