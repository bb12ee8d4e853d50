"""Views of the REST framework that tell what they see."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
)
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from jwtgate.django.drf import GateAuthentication, IsAdmitted
from tests.django.project import MIDDLEWARE

BEHIND = [MIDDLEWARE]
"""The gate's middleware."""

SESSION = [f"{__name__}.logged_in"]
"""A middleware that stands for those of sessions."""


def logged_in(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Let ``sam`` be logged in."""

    def log_in(request: HttpRequest) -> Any:
        request.user = User(pk=9, username="sam")
        return get_response(request)

    return log_in


def told(request: Request) -> dict[str, Any]:
    """Tell who calls, and what the view sees of the identity headers."""
    consumer = getattr(request.auth, "consumer", None)
    return {
        "user": str(request.user),
        "auth": getattr(consumer, "username", None),
        "outcome": type(getattr(request, "jwtgate", None)).__name__,
        "headers": {n.lower(): text for n, text in request.headers.items()},
    }


class Show(APIView):
    """For whoever is authenticated."""

    authentication_classes: Any = (GateAuthentication,)
    permission_classes: Any = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        """Tell what is seen."""
        return Response(told(request))

    def post(self, request: Request) -> Response:
        """Tell what is seen, and what was sent."""
        return Response(told(request) | {"data": request.data})


class Open(Show):
    """For everybody."""

    permission_classes: Any = (AllowAny,)


class Admitted(Show):
    """For whom the gate lets pass."""

    permission_classes: Any = (IsAdmitted,)


class SessionFirst(Show):
    """For whoever has a session or a token."""

    authentication_classes: Any = (SessionAuthentication, GateAuthentication)


class SessionLast(Show):
    """For whoever has a token or a session."""

    authentication_classes: Any = (GateAuthentication, SessionAuthentication)


class SessionOnly(Show):
    """For whoever has a session."""

    authentication_classes: Any = (SessionAuthentication,)


class Things(ViewSet):
    """A view set."""

    authentication_classes = (GateAuthentication,)
    permission_classes = (IsAuthenticated,)

    def list(self, request: Request) -> Response:
        """Tell what is seen."""
        return Response(told(request))


@api_view(["GET"])
@authentication_classes([GateAuthentication])
@permission_classes([IsAuthenticated])
def show(request: Request) -> Response:
    """Tell what is seen."""
    return Response(told(request))


def demanding(*permissions: Any, base: type[APIView] = Show) -> type[APIView]:
    """Make a class of views with permissions."""
    return type("Demanding", (base,), {"permission_classes": permissions})
