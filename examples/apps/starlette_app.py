"""A shop in Starlette: hypercorn examples.apps.starlette_app:app."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from examples.apps import shop
from jwtgate.starlette import JWTGateMiddleware, jwt_required


async def sign_in(request: Request) -> JSONResponse:
    """Give a token to whoever asks."""
    token = shop.token(request.path_params["name"])
    if token is None:
        raise HTTPException(404)
    return JSONResponse({"token": token})


async def orders(request: Request) -> JSONResponse:
    """Show the caller's orders."""
    return JSONResponse({"orders": shop.orders_of(request.user.consumer.username)})


@jwt_required(scopes=["orders:write"])
async def order(request: Request) -> JSONResponse:
    """Order an item, with a token that grants it."""
    item = request.path_params["item"]
    shop.orders_of(request.user.consumer.username).append(item)
    return JSONResponse({"ordered": item}, 201)


@jwt_required(groups=["staff"])
async def admin(_request: Request) -> JSONResponse:
    """Show all orders, to staff."""
    return JSONResponse(shop.ORDERS)


app = Starlette(
    routes=[
        Route("/token/{name}", sign_in, methods=["POST"]),
        Route("/orders", orders),
        Route("/orders/{item}", order, methods=["POST"]),
        Route("/admin", admin),
    ],
    middleware=[Middleware(JWTGateMiddleware, gate=shop.gate_with_routes)],
)
