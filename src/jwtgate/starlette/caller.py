"""Who calls, as Starlette names it: ``request.user`` and ``request.auth``."""

from typing import final

from starlette.authentication import AuthCredentials, BaseUser, UnauthenticatedUser

from jwtgate._scope import Scope
from jwtgate.consumer import Consumer
from jwtgate.outcome import Anonymous, Authenticated, Exempt

__all__ = ["Caller", "identity_of", "name_caller"]


@final
class Caller(BaseUser):
    """Who calls, as ``request.user``.

    Attributes:
        outcome: All that is known: ``outcome.claims``, ``outcome.credential``.
    """

    def __init__(self, outcome: Authenticated | Anonymous) -> None:
        self.outcome = outcome

    @property
    def consumer(self) -> Consumer:
        """The consumer."""
        return self.outcome.consumer

    @property
    def is_authenticated(self) -> bool:
        """Whether a token was verified; the anonymous consumer has none."""
        return isinstance(self.outcome, Authenticated)

    @property
    def display_name(self) -> str:
        """A name for people; of a consumer whom a claim names, its issuer's choice."""
        return self.consumer.username or self.consumer.custom_id or self.identity

    @property
    def identity(self) -> str:
        """The consumer's id, which is unique."""
        return self.consumer.id


def identity_of(
    outcome: Authenticated | Anonymous | Exempt,
) -> tuple[AuthCredentials, BaseUser]:
    """Give what ``request.auth`` and ``request.user`` are for an outcome.

    The scopes are ``authenticated`` and those of the token for a caller with a token,
    none for others; what passes without identity is Starlette's own nobody.
    """
    match outcome:
        case Authenticated():
            scopes = ["authenticated", *sorted(outcome.scopes)]
            return AuthCredentials(scopes), Caller(outcome)
        case Anonymous():
            return AuthCredentials(), Caller(outcome)
        case _:
            return AuthCredentials(), UnauthenticatedUser()


def name_caller(scope: Scope, outcome: Authenticated | Anonymous | Exempt) -> None:
    """Put an outcome where Starlette's users look for it."""
    scope["auth"], scope["user"] = identity_of(outcome)
