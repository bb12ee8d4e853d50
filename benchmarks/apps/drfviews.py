"""One view of the REST framework, by what guards it; imported once Django is set up."""

from typing import Any

from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication

from jwtgate.django.drf import GateAuthentication, IsAdmitted

__all__ = ["urlpatterns"]


class Open(APIView):
    """Says hello to everybody."""

    authentication_classes: Any = ()
    permission_classes: Any = ()
    renderer_classes = (JSONRenderer,)

    def get(self, _request: Request) -> Response:
        """Say hello."""
        return Response({"hello": "everybody"})


class ByPeer(Open):
    """Says hello to whom simplejwt knows, without a look into a database."""

    authentication_classes = (JWTStatelessUserAuthentication,)
    permission_classes = (IsAuthenticated,)


class ByGate(Open):
    """Says hello to whom the gate lets in."""

    authentication_classes = (GateAuthentication,)
    permission_classes = (IsAdmitted,)


urlpatterns = [
    path("open", Open.as_view()),
    path("peer", ByPeer.as_view()),
    path("gate", ByGate.as_view()),
]
