"""A shop in Flask: gunicorn examples.apps.flask_app:app."""

from flask import Flask, abort
from flask.typing import ResponseReturnValue

from examples.apps import shop
from jwtgate.flask import JWTGate, current_consumer, jwt_required, public

app = Flask(__name__)
JWTGate(shop.gate).init_app(app)


@app.post("/token/<name>")
@public
def sign_in(name: str) -> ResponseReturnValue:
    """Give a token to whoever asks."""
    token = shop.token(name)
    return {"token": token} if token else abort(404)


@app.get("/orders")
def orders() -> ResponseReturnValue:
    """Show the caller's orders."""
    return {"orders": shop.orders_of(current_consumer.username)}


@app.post("/orders/<item>")
@jwt_required(scopes=["orders:write"])
async def order(item: str) -> ResponseReturnValue:
    """Order an item, with a token that grants it."""
    shop.orders_of(current_consumer.username).append(item)
    return {"ordered": item}, 201


@app.get("/admin")
@jwt_required(groups=["staff"])
def admin() -> ResponseReturnValue:
    """Show all orders, to staff."""
    return shop.ORDERS
