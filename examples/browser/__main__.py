"""A page that calls a guarded API, and two of other origins: see what passes.

``python -m examples.browser``, then open the address of the shop.
"""

import asyncio
import logging
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn

from examples.browser.login import PASSWORD
from examples.browser.pages import elsewhere
from examples.browser.shop import shop

PORTS = ("8000", "8001", "8002")


async def serve(apps: dict[socket.socket, Any]) -> None:
    """Serve each app at its socket until a signal ends them."""
    await asyncio.gather(
        *(
            uvicorn.Server(uvicorn.Config(app, log_level="warning")).serve([listening])
            for listening, app in apps.items()
        )
    )


def main() -> None:
    """Serve at three ports of the loopback; the command line may name others."""
    logging.basicConfig(level=logging.INFO)
    ports = sys.argv[1:] or PORTS
    sockets = [socket.create_server(("127.0.0.1", int(port))) for port in ports]
    page, partner, stranger = (
        f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets
    )
    api = page.replace("127.0.0.1", "localhost")
    print(f"the shop: {page}")
    print(f"a partner, whose origin it trusts: {partner}")
    print(f"a stranger: {stranger}")
    print(f"jack's password: {PASSWORD}", flush=True)
    apps = (shop(page, api, partner), elsewhere(page), elsewhere(page))
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(dict(zip(sockets, apps, strict=True))))


if __name__ == "__main__":
    main()
