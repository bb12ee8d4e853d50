"""Whose requests are counted together."""

from typing import final

from jwtgate.consumer import Consumer
from jwtgate.credential import CredentialView
from jwtgate.extraction import RequestView
from jwtgate.identity import fold, is_identity_header
from jwtgate.outcome import HeaderPairs
from jwtgate.record import per_request

__all__ = ["Counted"]

_UNKNOWN_ADDRESS = "-"


@final
@per_request
class Counted:
    """A request, by whatever quotas count.

    Attributes:
        request: What was sent.
        consumer: Who sent it, if that is known.
        credential: What it was verified with, if it was.
        identity: The identity headers that the app is told; those that the client sent
            are nobody's word.
    """

    request: RequestView
    consumer: Consumer | None
    credential: CredentialView | None
    identity: HeaderPairs

    def who(self, per: str) -> str:
        """Give the text by which requests are counted together."""
        if value := self._value(per):
            return f"{per} {value}"
        # Kong and APISIX count by address who lacks the thing counted by.
        return f"address {self.request.client or _UNKNOWN_ADDRESS}"

    def _value(self, per: str) -> str | None:
        if per == "consumer":
            return self.consumer.id if self.consumer else None
        if per == "credential":
            return self.credential.key if self.credential else None
        if per == "address":
            return self.request.client
        name = fold(per.removeprefix("header:").encode())
        if is_identity_header(name):
            return ",".join(
                value for each, value in self.identity if fold(each.encode()) == name
            )
        return b",".join(self.request.lines(name)).decode("latin-1")
