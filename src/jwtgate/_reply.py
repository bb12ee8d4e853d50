"""From a refusal to an HTTP response or a WebSocket close, once for all adapters."""

import json
from collections.abc import Mapping
from typing import final

from jwtgate.outcome import Denied, HeaderPairs
from jwtgate.record import per_request

__all__ = ["Reply", "detail_of", "reply_to"]

# RFC 6455 7.4.1 and the IANA registry of close codes.
_POLICY_VIOLATION = 1008
_BODILESS = (204, 205, 304)  # RFC 9110 15.3.5, 15.3.6, 15.4.5
_WITHOUT_LENGTH = (204, 304)  # RFC 9110 8.6
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


def detail_of(denied: Denied) -> str | Mapping[str, str]:
    """Tell what the client is told, for frameworks that have an envelope for it.

    Returns:
        The text; or all the members, where a gateway's form has others; or the body
        that a policy or an ``Answer`` has in place of all that.
    """
    body = denied.body
    text = denied.content.decode()
    if text.strip() != json.dumps(dict(body), separators=(",", ":")):
        return text
    return body["message"] if body.keys() == {"message"} else dict(body)


def reply_to(denied: Denied, *, method: str) -> Reply:
    """Render a refusal, for a request of this method."""
    has_content = denied.status not in _BODILESS
    content = denied.content if has_content else b""
    headers = tuple(
        pair
        for pair in denied.response_headers
        if has_content or pair[0] != "Content-Type"
    )
    if denied.status not in _WITHOUT_LENGTH:
        headers = (("Content-Length", str(len(content))), *headers)
    return Reply(
        denied.status,
        headers,
        b"" if method == "HEAD" else content,
        _CLOSE_CODES.get(denied.status, _POLICY_VIOLATION),
    )
