"""What is attacked: a path of an app, and who may enter there."""

from dataclasses import dataclass, replace
from typing import final

from jwtgate.policy import Policy
from jwtgate.testing.carrying import carried
from jwtgate.testing.forging import Forge
from jwtgate.testing.requests import Line, Request

__all__ = ["Target"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A guarded path, and whose token is good there.

    Attributes:
        forge: Makes the tokens of who may enter.
        usual: The request that a good token is put into.
        other: Makes the tokens of somebody else, if anybody else is known.
        websocket: A guarded path for handshakes, if there is one.
    """

    forge: Forge
    usual: Request
    other: Forge | None = None
    websocket: str | None = None

    @property
    def policy(self) -> Policy:
        """What the path demands."""
        return self.forge.policy

    @property
    def header(self) -> bytes | None:
        """The name of the header that tokens come in; None if they come otherwise."""
        return next((name.encode() for name in self.policy.header_names), None)

    def request(self, *lines: Line, method: str = "", path: str = "") -> Request:
        """Make the usual request with these header lines besides."""
        return replace(
            self.usual,
            method=method or self.usual.method,
            path=path or self.usual.path,
            headers=(*self.usual.headers, *lines),
        )

    def bearing(self, *tokens: str) -> Request:
        """Make the usual request with tokens where the policy looks for them."""
        headers, query = carried(self.policy, *tokens)
        lines = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        return self.with_query(query, *lines)

    def with_query(self, query: str, *lines: Line) -> Request:
        """Make the usual request with more in its query, and header lines besides."""
        whole = "&".join(part for part in (self.usual.query, query) if part)
        return replace(self.request(*lines), query=whole)

    def handshake(self, *tokens: str) -> Request | None:
        """Make a handshake with these tokens; None where there is no path for it."""
        if self.websocket is None:
            return None
        sent = replace(
            self.bearing(*tokens),
            method="GET",
            path=self.websocket,
            body=b"",
            websocket=True,
        )
        lines = (
            (b"Connection", b"Upgrade"),
            (b"Upgrade", b"websocket"),
            (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
            (b"Sec-WebSocket-Version", b"13"),
        )
        return replace(sent, headers=(*sent.headers, *lines))
