from typing import Any

import pytest
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from jwtgate import Policy
from jwtgate.django.drf import GateAuthentication
from tests.kit import make_gate

EVERYWHERE = Policy(query_names=("jwt",), cookie_names=("jwt",))


class Show(APIView):
    """A view in a schema."""

    authentication_classes = (GateAuthentication,)
    permission_classes: Any = ()
    serializer_class = None
    schema = AutoSchema()

    def delete(self) -> Response:
        """Answer nothing."""
        raise NotImplementedError


class Own(GateAuthentication):
    """A class of the project."""


class Inherited(Show):
    """A view with a class of the project."""

    authentication_classes = (Own,)


class Open(Show):
    """A view for everybody."""

    permission_classes = (AllowAny,)


@pytest.fixture
def described(settings: Any) -> Any:
    """Write the schema of one view."""

    def describe(view: type[Show], policy: Policy | None = None) -> Any:
        settings.JWTGATE = {"GATE": make_gate(policy=policy)}
        patterns = [path("", view.as_view())]
        generator: Any = SchemaGenerator
        return generator(patterns=patterns).get_schema(public=True)

    return describe


@pytest.mark.parametrize("view", [Show, Inherited])
def test_bearer_token(described: Any, view: type[Show]) -> None:
    """The schema knows the Bearer scheme, so its pages can send a token."""
    schema = described(view)
    assert schema["components"]["securitySchemes"] == {
        "GateAuthentication": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
        }
    }
    assert schema["paths"]["/"]["delete"]["security"] == [{"GateAuthentication": []}]


def test_other_carriers_are_alternatives(described: Any) -> None:
    """Where the policy takes tokens elsewhere, any one way will do."""
    schema = described(Show, EVERYWHERE)
    names = [
        "GateAuthentication",
        "GateAuthentication-query-jwt",
        "GateAuthentication-cookie-jwt",
    ]
    assert list(schema["components"]["securitySchemes"]) == sorted(names)
    security = schema["paths"]["/"]["delete"]["security"]
    assert security == [{name: []} for name in names]


def test_view_for_everybody(described: Any) -> None:
    """A view that needs no token says so."""
    security = described(Open)["paths"]["/"]["delete"]["security"]
    assert security == [{"GateAuthentication": []}, {}]
