"""Requests as views see them, for annotations."""

from django.http import HttpRequest

from jwtgate.outcome import Authenticated, Outcome

__all__ = ["AuthenticatedRequest", "GatedRequest"]


class GatedRequest(HttpRequest):
    """A request that the gate decided on; for annotations only.

    Attributes:
        jwtgate: What it decided.
    """

    jwtgate: Outcome


class AuthenticatedRequest(HttpRequest):
    """A request of a verified caller; for annotations only.

    What a view gets that is not public, unless the gate's policy or a demand of the
    view lets others pass: an anonymous consumer, preflights, report mode, ``optional``.

    Attributes:
        jwtgate: Who calls.
    """

    jwtgate: Authenticated
