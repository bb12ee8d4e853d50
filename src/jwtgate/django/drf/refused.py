"""A refusal as an exception of the REST framework."""

from typing import Self, final

from rest_framework.exceptions import APIException

from jwtgate.django.envelope import text_of
from jwtgate.outcome import Denied

__all__ = ["RefusalCode", "Refused"]


@final
class RefusalCode(str):
    """A code that hands the refusal on: of a permission nothing else is kept.

    It says no more than the challenge: some projects show codes to clients.

    Attributes:
        denied: The refusal.
    """

    __slots__ = ("denied",)

    denied: Denied

    @classmethod
    def of(cls, denied: Denied) -> Self:
        """Make the code of a refusal."""
        code = cls(denied.reason.bearer_error or "refused")
        code.denied = denied
        return code


@final
class Refused(APIException):
    """A refusal; the REST framework's own handler, too, sends its challenge.

    No ``AuthenticationFailed``, of which the framework would take the challenge of
    another class of authentication, or make a 403.

    Attributes:
        denied: The refusal, with its reason and its own body.
    """

    def __init__(self, denied: Denied) -> None:
        super().__init__(text_of(denied), RefusalCode.of(denied))
        headers = dict(denied.response_headers)
        self.denied = denied
        self.status_code = denied.status
        self.auth_header = headers.get("WWW-Authenticate")
        self.wait = int(headers.get("Retry-After", 0))
