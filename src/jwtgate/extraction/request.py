"""What the core sees of a request, the same from every server and framework."""

from collections.abc import Sequence
from typing import Literal

from jwtgate.identity import FOLDING
from jwtgate.record import per_request

__all__ = ["COMMA", "MAX_HEADER_LINES", "Headers", "RequestView", "path_below"]

MAX_HEADER_LINES = 1000
"""Header lines among which tokens are sought; several servers refuse 300."""

COMMA = ord(",")  # sought as a number, which takes a third of the time

Headers = Sequence[tuple[bytes, bytes]]
"""Header lines as they came: name and value, every copy, in order."""


@per_request
class RequestView:
    """A request as raw data; nothing of it was parsed or merged by a framework.

    Of ``?jwt=A&jwt=B`` and of two cookies of one name, one framework shows A and
    another B; so the raw lines and the raw query come here, and the core parses both.

    Attributes:
        method: As it came; methods are case-sensitive (RFC 9110 section 9.1).
        path: The decoded path, less what an outer app mounted the guarded one under.
        query: The raw query, without ``?``.
        headers: Every header line, name and value; names in any case.
        scheme: ``http``, ``https``, ``ws`` or ``wss``, as far as the server knows.
        client: The address of the peer, if the server tells.
        kind: ``"http"``, or ``"websocket"`` for a handshake.
        raw_path: The path as it was sent, undecoded, if the server tells.
    """

    method: str
    path: str = "/"
    query: bytes = b""
    headers: Headers = ()
    scheme: str = "http"
    client: str | None = None
    kind: Literal["http", "websocket"] = "http"
    raw_path: bytes = b""

    @classmethod
    def get(
        cls, target: str = "/", *, token: str | None = None, headers: Headers = ()
    ) -> "RequestView":
        """Make a GET, to see what a gate would say to it.

        Args:
            target: A path, percent-encoded as in a URL, and a query if it has one.
            token: What comes as ``Authorization: Bearer``, if anything does.
            headers: Other header lines.
        """
        # For tools; no request of a server comes this way.
        from urllib.parse import unquote_to_bytes  # noqa: PLC0415

        raw_path, _, query = target.encode().partition(b"?")
        bearer = () if token is None else ((b"authorization", f"Bearer {token}"),)
        return cls(
            "GET",
            unquote_to_bytes(raw_path).decode("utf-8", "replace"),
            query,
            (*headers, *((name, value.encode()) for name, value in bearer)),
            raw_path=raw_path,
        )

    @property
    def host(self) -> bytes | None:
        """The one Host line's value; None if there is none, or several."""
        return self.single_line(b"host")

    @property
    def line_count(self) -> int:
        """How many header lines there are, at most."""
        return len(self.headers)

    def lines(self, folded: bytes) -> list[bytes]:
        """Give the values of every header line whose folded name is this one."""
        size = len(folded)  # folding keeps it, and few names have it
        # No comprehension, which is one more call for each request.
        found = []
        for name, value in self.headers:
            if len(name) == size and name.translate(FOLDING) == folded:
                found.append(value)
        return found

    def single_line(self, folded: bytes) -> bytes | None:
        """Give the value of a line that came exactly once, else None.

        A comma is what servers join two lines with, so a value with one is several;
        for headers whose values have none.
        """
        size, found = len(folded), None  # as in lines, for the token of each request
        for name, value in self.headers:
            if len(name) == size and name.translate(FOLDING) == folded:
                if found is not None:
                    return None
                found = value
        return None if found is None or COMMA in found else found


def path_below(path: str, root: str) -> str:
    """Give a path less the root that an outer app mounted the guarded one under.

    Source: ASGI, HTTP connection scope: ``path`` is the whole, with ``root_path``.
    """
    # What is left may begin without a slash, and is no path then: somebody cut the
    # root off before a slash was there to be seen, or the root ends with the slash of
    # the path. Frameworks leave the path whole there or cut the slash off, too.
    return path if root == "/" else path.removeprefix(root)
