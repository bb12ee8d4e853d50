"""What answers as Google's Secret Manager does, for the one method that is used.

Written from the REST reference: ``GET v1/projects/*/secrets/*/versions/latest:access``
gives ``{"name": ..., "payload": {"data": BASE64}}``; errors are
``{"error": {"code": 404, "message": ..., "status": "NOT_FOUND"}}``.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

_ACCESS = re.compile(
    r"/v1/projects/shop/secrets/([A-Za-z0-9_-]+)/versions/latest:access"
)
_NAMES = {400: "FAILED_PRECONDITION", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_NAMES |= {401: "UNAUTHENTICATED", 503: "UNAVAILABLE"}


class Google(ThreadingHTTPServer):
    """The secrets of the project ``shop``: octets, or the status of a refusal."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.secrets: dict[str, bytes | int] = {}
        self.authorizations: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Google

    def do_GET(self) -> None:
        """Answer."""
        self.server.authorizations.append(self.headers["Authorization"])
        found = _ACCESS.fullmatch(urlsplit(self.path).path)
        secret = 404 if found is None else self.server.secrets.get(found[1], 404)
        if isinstance(secret, int):
            error = {"code": secret, "message": "hunter2", "status": _NAMES[secret]}
            self._answer(secret, {"error": error})
        else:
            data = b64encode(secret).decode()
            self._answer(200, {"name": self.path[4:], "payload": {"data": data}})

    def _answer(self, status: int, body: object) -> None:
        octets = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def google() -> Iterator[Google]:
    """Run a server."""
    with Google() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
