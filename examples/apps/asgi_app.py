"""A shop as a bare ASGI app: granian --interface asgi examples.apps.asgi_app:app."""

import json
from typing import Any

from examples.apps import shop
from jwtgate.asgi import JWTGateMiddleware


async def respond(send: Any, status: int, body: object) -> None:
    """Answer with JSON."""
    octets = json.dumps(body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(octets)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": octets})


async def live(receive: Any, send: Any) -> None:
    """Start and stop with the server."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


async def shop_app(scope: Any, receive: Any, send: Any) -> None:
    """Serve the shop; who calls is in the scope."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["path"].startswith("/token/") and scope["method"] == "POST":
        token = shop.token(scope["path"].removeprefix("/token/"))
        await respond(send, 200 if token else 404, {"token": token})
    elif scope["path"] == "/orders":
        caller = scope["jwtgate"]
        orders = shop.orders_of(caller.consumer.username)
        await respond(send, 200, {"orders": orders})
    else:
        await respond(send, 404, {"message": "Not found"})


app = JWTGateMiddleware(shop_app, shop.gate_with_routes)
