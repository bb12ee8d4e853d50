"""A shop as a bare WSGI app: waitress-serve examples.apps.wsgi_app:app."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from examples.apps import shop
from jwtgate.wsgi import JWTGateMiddleware

if TYPE_CHECKING:
    from wsgiref.types import StartResponse


def respond(start_response: "StartResponse", status: str, body: object) -> list[bytes]:
    """Answer with JSON."""
    octets = json.dumps(body).encode()
    length = str(len(octets))
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", length)]
    )
    return [octets]


def shop_app(
    environ: dict[str, Any], start_response: "StartResponse"
) -> Iterable[bytes]:
    """Serve the shop; who calls is in the environ."""
    path = environ["PATH_INFO"]
    if path.startswith("/token/") and environ["REQUEST_METHOD"] == "POST":
        token = shop.token(path.removeprefix("/token/"))
        if token is not None:
            return respond(start_response, "200 OK", {"token": token})
    elif path == "/orders":
        caller = environ["jwtgate"]
        orders = shop.orders_of(caller.consumer.username)
        return respond(start_response, "200 OK", {"orders": orders})
    return respond(start_response, "404 Not Found", {"message": "Not found"})


app = JWTGateMiddleware(shop_app, shop.gate_with_routes)
