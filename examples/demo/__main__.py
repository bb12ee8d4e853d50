"""Start a real server, send it real requests, print what happened.

Exits with 1 if an answer is not what it must be.
"""

import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from examples.demo.gates import SECRET, app_with
from examples.demo.rows import Row, all_rows, rows_after_reload
from examples.serving import serving
from jwtgate import load

CONFIG = Path(__file__).with_name("jwtgate.toml")
COLUMNS = "{:<12} {:<31} {:<6} {:<18} {}"


class LastReason(logging.Handler):
    """Keeps the reason of the last refusal, which the client is not told."""

    reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the reason of a record."""
        self.reason = getattr(record, "jwtgate_reason", "")


def as_expected(row: Row, response: httpx2.Response, reason: str) -> bool:
    """Whether status, reason, body and the identity that the app saw are right."""
    content = response.json()
    if not row.reason:
        seen = content.get("headers", {})
        return response.status_code == 200 and row.sees.items() <= seen.items()
    return (
        response.status_code == row.status
        and reason == row.reason
        and response.headers.get("www-authenticate", "Bearer").startswith("Bearer")
        and (content == row.body or (not row.body and set(content) == {"message"}))
    )


def told(response: httpx2.Response) -> str:
    """Say in a line what the app saw, or what the client was told."""
    content = response.json()
    pairs = content.get("headers", content).items()
    return ", ".join(f"{name.removeprefix('x-')}: {value}" for name, value in pairs)


class Demo:
    """Sends rows, prints what happened, counts what was not as expected."""

    def __init__(self, client: httpx2.Client, last: LastReason) -> None:
        self.client = client
        self.last = last
        self.sent = 0
        self.failures = 0

    def send(self, row: Row) -> None:
        """Send one row over HTTP."""
        self.last.reason = ""
        response = self.client.get(row.url, headers=row.headers)
        good = as_expected(row, response, self.last.reason)
        self.sent += 1
        self.failures += not good
        print(
            COLUMNS.format(
                row.policy,
                row.sent,
                response.status_code,
                self.last.reason or "-",
                told(response) + ("" if good else "   <-- NOT AS EXPECTED"),
            )
        )


def main() -> int:
    """Send every row; return 1 if an answer was not as expected."""
    last = LastReason()
    logger = logging.getLogger("jwtgate")
    logger.addHandler(last)
    logger.setLevel(logging.INFO)
    print(COLUMNS.format("policy", "sent", "status", "reason", "the app saw | told"))
    with TemporaryDirectory() as folder:
        config = Path(folder) / "jwtgate.toml"
        config.write_text(CONFIG.read_text())
        gate = load(config, environ={"DEMO_SECRET": SECRET})
        with serving(app_with(gate)) as address:
            demo = Demo(httpx2.Client(base_url=address), last)
            for row in all_rows():
                demo.send(row)
            config.write_text(
                CONFIG.read_text().replace("enabled = true", "enabled = false")
            )
            gate.reload()
            for row in rows_after_reload(int(time.time())):
                demo.send(row)
            demo.client.close()
    print(f"{demo.sent} requests over HTTP, {demo.failures} not as expected")
    return min(demo.failures, 1)


if __name__ == "__main__":
    sys.exit(main())
