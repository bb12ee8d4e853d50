"""Views of Django, and one of DRF."""

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from examples.apps import shop
from jwtgate.django import AuthenticatedRequest, jwt_required, public
from jwtgate.django.drf import requires


@public
@require_POST
def sign_in(_request: HttpRequest, name: str) -> JsonResponse:
    """Give a token to whoever asks."""
    token = shop.token(name)
    if token is None:
        raise Http404
    return JsonResponse({"token": token})


async def orders(request: AuthenticatedRequest) -> JsonResponse:
    """Show the caller's orders."""
    return JsonResponse({"orders": shop.orders_of(request.jwtgate.consumer.username)})


class Order(APIView):
    """Order an item, with a token that grants it."""

    permission_classes = (requires(scopes=["orders:write"]),)

    def post(self, request: Request, item: str) -> Response:
        """Add it to the caller's orders."""
        shop.orders_of(request.user.username).append(item)
        return Response({"ordered": item}, 201)


@jwt_required(groups=["staff"])
def admin(_request: HttpRequest) -> JsonResponse:
    """Show all orders, to staff."""
    return JsonResponse(shop.ORDERS)


urlpatterns = [
    path("token/<name>", sign_in),
    path("orders", orders),
    path("orders/<item>", Order.as_view()),
    path("admin", admin),
]
