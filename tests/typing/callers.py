"""What a type checker knows of the caller in each framework; nothing of it runs."""

from typing import Annotated, assert_type

from django.http import HttpRequest, HttpResponse
from fastapi import Depends, FastAPI
from flask import Flask
from starlette.requests import Request

from jwtgate import Anonymous, Authenticated, Gate, Outcome
from jwtgate.django import AuthenticatedRequest, GatedRequest, jwt_required, public
from jwtgate.fastapi import JWTAuth
from jwtgate.flask import current_claims, current_consumer
from jwtgate.flask import jwt_required as flask_jwt_required
from jwtgate.jose import Claims
from jwtgate.starlette import Caller


def fastapi(gate: Gate) -> None:
    """The value of the dependency is what the endpoint says."""
    app = FastAPI()

    @app.get("/")
    def view(
        caller: Annotated[Authenticated, Depends(JWTAuth(gate))],
        guest: Annotated[
            Authenticated | Anonymous | None, Depends(JWTAuth(gate, optional=True))
        ],
    ) -> None:
        assert_type(caller.consumer.username, str | None)
        assert_type(caller.claims, Claims)
        assert_type(guest, Authenticated | Anonymous | None)


def flask() -> None:
    """The proxies have the types of what they stand for."""
    app = Flask(__name__)

    @app.get("/")
    @flask_jwt_required(scopes=["orders:read"], when=lambda claims: "sub" in claims)
    def view(number: int) -> str:
        assert_type(current_consumer.username, str | None)
        assert_type(current_claims, Claims)
        return str(number)

    assert_type(view(1), str)


def starlette(request: Request) -> None:
    """What is in the request is Starlette's to type; a caller is ours."""
    user = request.user
    if isinstance(user, Caller):
        assert_type(user.consumer.username, str | None)
        assert_type(user.outcome, Authenticated | Anonymous)


@jwt_required(consumers=["jack"])
def django(request: AuthenticatedRequest) -> HttpResponse:
    """A request that is annotated so has its caller."""
    assert_type(request.jwtgate.consumer.username, str | None)
    assert_type(request.jwtgate.subject, str | None)
    return HttpResponse()


@public
def django_public(request: GatedRequest) -> HttpResponse:
    """Without a demand it is any outcome."""
    assert_type(request.jwtgate, Outcome)
    return HttpResponse()


def django_any(request: HttpRequest) -> HttpResponse:
    """A decorated view keeps its type."""
    assert_type(django_public(GatedRequest()), HttpResponse)
    return HttpResponse(request.path)
