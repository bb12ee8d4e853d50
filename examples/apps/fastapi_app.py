"""A shop in FastAPI: uvicorn examples.apps.fastapi_app:app."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Security

from examples.apps import shop
from jwtgate import Authenticated
from jwtgate.fastapi import JWTAuth

app = FastAPI(title="Shop")

auth = JWTAuth(shop.gate)
Caller = Annotated[Authenticated, Depends(auth)]
Writer = Annotated[Authenticated, Security(auth, scopes=["orders:write"])]
staff = JWTAuth(shop.gate, groups=["staff"])


@app.post("/token/{name}")
def sign_in(name: str) -> dict[str, str]:
    """Give a token to whoever asks."""
    token = shop.token(name)
    if token is None:
        raise HTTPException(404)
    return {"token": token}


@app.get("/orders")
async def orders(caller: Caller) -> dict[str, list[str]]:
    """Show the caller's orders."""
    return {"orders": shop.orders_of(caller.consumer.username)}


@app.post("/orders/{item}", status_code=201)
async def order(item: str, caller: Writer) -> dict[str, str]:
    """Order an item, with a token that grants it."""
    shop.orders_of(caller.consumer.username).append(item)
    return {"ordered": item}


@app.get("/admin", dependencies=[Depends(staff)])
def admin() -> dict[str, list[str]]:
    """Show all orders, to staff."""
    return shop.ORDERS
