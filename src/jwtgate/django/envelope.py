"""A refusal in the envelope that Django's API frameworks share: ``{"detail": ...}``."""

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase

from jwtgate._reply import detail_of, reply_to
from jwtgate.outcome import Denied

__all__ = ["content_of", "dress", "text_of"]

# Those of the content, which is the framework's.
_OF_CONTENT = ("Content-Type", "Content-Length")


def text_of(denied: Denied) -> str:
    """Tell in one text what the client is told."""
    detail = detail_of(denied)
    return detail if isinstance(detail, str) else ", ".join(detail.values())


def content_of(denied: Denied) -> Mapping[str, Any] | None:
    """Give what is to be rendered; None where the status has no content.

    The detail is the text; or all the members, where a gateway's form has others; or
    the body that a policy or an ``Answer`` has in place of all that.
    """
    has_content = reply_to(denied, method="GET").body
    return {"detail": detail_of(denied)} if has_content else None


def dress(response: HttpResponseBase, denied: Denied) -> None:
    """Give a response the status and the headers of a refusal, but for its content."""
    response.status_code = denied.status
    for name, value in denied.response_headers:
        if name not in _OF_CONTENT:
            response[name] = value
