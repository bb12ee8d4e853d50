"""A shop with an API, which its own page calls, a partner's page, and others try to."""

from collections import deque
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

import jwtgate
from examples.browser.login import log_in, log_out, store
from examples.browser.pages import shop_page, static
from examples.chat import chat
from jwtgate import Authenticated, Gate, Policy
from jwtgate.asgi import JWTGateMiddleware

taken: deque[str] = deque(maxlen=100)
PUBLIC = (
    jwtgate.Route(path="/", public=True),
    jwtgate.Route(path="/page/*", public=True),
    jwtgate.Route(path="/token", methods=("POST",), public=True),
    jwtgate.Route(path="/session", methods=("POST",), public=True),
)


async def orders(request: Request) -> Response:
    """Tell who asks and what was ordered; a POST orders more."""
    caller: Authenticated = request.scope["jwtgate"]
    if request.method == "POST":
        form = parse_qs((await request.body()).decode(errors="replace"))
        taken.extend(form.get("item", ())[:1])
    return JSONResponse({"caller": caller.consumer.username, "orders": [*taken]})


def shop(page: str, api: str, partner: str) -> Starlette:
    """Make the shop for these origins: of its page, its API and a partner's page."""
    cookie = Policy(
        realm="shop", cookie_names=("__Host-session",), trusted_origins=(partner,)
    )
    cors = Middleware(
        CORSMiddleware,
        allow_origins=[page, partner],
        allow_credentials=True,
        allow_headers=["Authorization"],
        expose_headers=["WWW-Authenticate"],
    )
    gate = Middleware(JWTGateMiddleware, gate=Gate(store, cookie, routes=PUBLIC))
    routes = [
        Route("/", shop_page(api)),
        static("page"),
        Route("/token", log_in, methods=["POST"]),
        Route("/session", log_in, methods=["POST"]),
        Route("/session", log_out, methods=["DELETE"]),
        Route("/orders", orders, methods=["GET", "POST"]),
        WebSocketRoute("/chat", chat),
    ]
    return Starlette(routes=routes, middleware=[cors, gate])  # cors is the outer one
