from typing import Any

import pytest
from django.test import AsyncRequestFactory, RequestFactory

from jwtgate import RequestView
from jwtgate.django.reading import found_on, request_view, scope_of

MAKERS = {"wsgi": RequestFactory(), "asgi": AsyncRequestFactory()}
either = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def viewed(request: Any) -> RequestView:
    """Give the core's view of a request."""
    return request_view(request, scope_of(request))


def test_path_that_django_goes_by() -> None:
    """The path is decoded, as the routes of a gate are."""
    request = RequestFactory().get("/caf%C3%A9")
    assert viewed(request).path == "/café"


@either
def test_path_that_a_middleware_has_changed(make: RequestFactory) -> None:
    """The view is chosen by the new one, and so is the route of the gate."""
    request = make.get("/open")
    request.path_info = "/guarded"
    assert viewed(request).path == "/guarded"


@either
def test_method_in_small_letters(make: RequestFactory) -> None:
    """The gate sees the method as it came, which Django writes in capitals."""
    request = make.generic("options", "/")
    assert viewed(request).method.upper() == "OPTIONS"


@either
def test_method_that_a_middleware_has_changed(make: RequestFactory) -> None:
    """The view sees the new one, and so does the gate."""
    request = make.post("/")
    request.method = "DELETE"
    assert viewed(request).method == "DELETE"


def test_method_that_a_test_client_left_out() -> None:
    """The test client of Ninja says it on the request alone."""
    request = RequestFactory().get("/")
    del request.META["REQUEST_METHOD"]
    assert viewed(request).method == "GET"


def test_query_that_a_test_client_wrote_as_text() -> None:
    """Django's own client for ASGI does; a server writes octets."""
    request = AsyncRequestFactory().get("/?jwt=x")
    assert viewed(request).query == b"jwt=x"


def test_headers_under_asgi_are_raw() -> None:
    """Not those of META, where two names were folded into one."""
    request: Any = AsyncRequestFactory().get("/")
    request.scope["headers"] = [(b"x_a", b"1"), (b"x-a", b"2")]
    assert list(viewed(request).headers) == [(b"x_a", b"1"), (b"x-a", b"2")]


@either
def test_nothing_was_found(make: RequestFactory) -> None:
    """No gate was asked yet."""
    assert found_on(make.get("/")) is None


@either
def test_what_a_gate_left(make: RequestFactory) -> None:
    """It is where the server's own data of the request are."""
    request = make.get("/")
    carrier: Any = getattr(request, "scope", request.META)
    carrier["jwtgate"] = "outcome"
    assert found_on(request) == "outcome"


def test_there_is_no_scope_under_wsgi() -> None:
    """A scope is ASGI's."""
    assert scope_of(RequestFactory().get("/")) is None
