"""A Django project that each test describes."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver

from tests.django.project import MIDDLEWARE, via_asgi, via_wsgi
from tests.kit import Got, Sent, make_gate

_SOURCES = {"GATE", "CONFIG", "STORE"}


@pytest.fixture(params=[via_wsgi, via_asgi], ids=["wsgi", "asgi"])
def send(request: pytest.FixtureRequest) -> Callable[[Sent], Got]:
    """Send a request to the project, through either handler."""
    through: Callable[[Sent], Got] = request.param
    return through


@pytest.fixture
def project(settings: Any) -> Callable[..., None]:
    """Describe the project: its paths, its middleware, and ``JWTGATE``."""

    def describe(
        *patterns: URLPattern | URLResolver,
        outside: Sequence[str] = (),
        inside: Sequence[str] = (),
        **chosen: Any,
    ) -> None:
        settings.ROOT_URLCONF = patterns
        settings.MIDDLEWARE = [*outside, MIDDLEWARE, *inside]
        gate = {} if chosen.keys() & _SOURCES else {"GATE": make_gate()}
        settings.JWTGATE = gate | chosen

    return describe
