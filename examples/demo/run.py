"""Start a real server, send it real requests, print what happened.

Exits with 1 if an answer is not what it must be.
"""

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gates
import httpx2
import uvicorn
from rows import Row, all_rows

COLUMNS = "{:<12} {:<31} {:<6} {:<18} {}"


class LastReason(logging.Handler):
    """Keeps the reason of the last refusal, which the client is not told."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the reason of a record."""
        self.reason = getattr(record, "jwtgate_reason", "")


@contextmanager
def serving() -> Iterator[str]:
    """Run uvicorn on a free loopback port; give its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(gates.app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def as_expected(row: Row, response: httpx2.Response, reason: str) -> bool:
    """Whether status, reason, body and the identity that the app saw are right."""
    content = response.json()
    if not row.reason:
        seen = content.get("headers", {})
        return response.status_code == 200 and row.sees.items() <= seen.items()
    return (
        response.status_code == 401
        and reason == row.reason
        and response.headers["www-authenticate"].startswith("Bearer")
        and (content == row.body or (not row.body and set(content) == {"message"}))
    )


def told(response: httpx2.Response) -> str:
    """Say in a line what the app saw, or what the client was told."""
    content = response.json()
    pairs = content.get("headers", content).items()
    return ", ".join(f"{name.removeprefix('x-')}: {value}" for name, value in pairs)


def main() -> int:
    """Send every row; return 1 if an answer was not as expected."""
    last = LastReason()
    logger = logging.getLogger("jwtgate")
    logger.addHandler(last)
    logger.setLevel(logging.INFO)
    rows = all_rows()
    failures = 0
    print(COLUMNS.format("policy", "sent", "status", "reason", "the app saw | told"))
    with serving() as address, httpx2.Client(base_url=address) as client:
        for row in rows:
            last.reason = ""
            response = client.get(row.url, headers=row.headers)
            good = as_expected(row, response, last.reason)
            failures += not good
            print(
                COLUMNS.format(
                    row.policy,
                    row.sent,
                    response.status_code,
                    last.reason or "-",
                    told(response) + ("" if good else "   <-- NOT AS EXPECTED"),
                )
            )
    print(f"{len(rows)} requests over HTTP, {failures} not as expected")
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
