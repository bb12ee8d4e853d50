"""An API that each test describes."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.urls import path
from rest_framework.test import APIClient

from tests.kit import make_gate, mint


@pytest.fixture
def api(settings: Any) -> Callable[..., APIClient]:
    """Make an API of one view, with the settings of the docs, and call it."""

    def describe(
        view: Any,
        *,
        middleware: Sequence[str] = (),
        rest: Any = None,
        **chosen: Any,
    ) -> APIClient:
        called = getattr(view, "as_view", lambda: view)()
        settings.ROOT_URLCONF = (path("", called),)
        settings.MIDDLEWARE = middleware
        settings.JWTGATE = {"GATE": make_gate()} | chosen
        handler = {"EXCEPTION_HANDLER": "jwtgate.django.drf.exception_handler"}
        settings.REST_FRAMEWORK = handler if rest is None else rest
        return APIClient()

    return describe


@pytest.fixture
def token() -> str:
    """Give a header with a good token."""
    return f"Bearer {mint()}"
