from typing import assert_type

from django.http import HttpRequest

from jwtgate import Authenticated, Outcome
from jwtgate.django import AuthenticatedRequest, GatedRequest


def name_of(request: AuthenticatedRequest) -> str | None:
    """Have the type checker infer who calls."""
    assert_type(request.jwtgate, Authenticated)
    return assert_type(request.jwtgate.consumer.username, str | None)


def outcome_of(request: GatedRequest) -> Outcome:
    """Have the type checker infer that nobody has to call."""
    return assert_type(request.jwtgate, Outcome)


def test_both_are_requests_of_django() -> None:
    """All that a request has can be used in views that are annotated so."""
    assert issubclass(AuthenticatedRequest, HttpRequest)
    assert issubclass(GatedRequest, HttpRequest)


def test_annotations_put_nothing_on_a_request() -> None:
    """What is there is there because the gate decided."""
    assert not hasattr(AuthenticatedRequest(), "jwtgate")
    assert not hasattr(GatedRequest(), "jwtgate")
