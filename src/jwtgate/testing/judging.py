"""Whether an attack got in: its answer, beside those of requests that are none."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import final

from jwtgate.testing.attackreport import Verdict
from jwtgate.testing.attacks.attack import MARK, Attack
from jwtgate.testing.requests import Answer, Request, Unsendable
from jwtgate.testing.senders import Send

__all__ = ["Judge", "answer_of", "is_same"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges answers of attacks.

    Attributes:
        good: The answer to a good token.
        stray: That to a path that there is not, without a token.
        guest: That to no token, where the policy has somebody stand in.
        ran: Tells how often the view has run, if anything does.
    """

    good: Answer
    stray: Answer
    guest: Answer | None
    ran: Callable[[], int] | None

    def verdict(
        self, attack: Attack, request: Request, send: Send
    ) -> tuple[Answer, Verdict]:
        """Send an attack, and judge what comes back.

        Raises:
            Unsendable: It cannot be sent.
        """
        before = self.ran() if self.ran else 0
        answer = answer_of(request, send)
        ran = self.ran is not None and self.ran() != before
        if answer.error or _is_failure(answer.status):
            return answer, "failed"
        got_in = self._succeeds(attack, answer, ran=ran)
        return answer, "passed" if got_in else "repelled"

    def _succeeds(self, attack: Attack, answer: Answer, *, ran: bool) -> bool:
        if attack.succeeds == "is mark":
            said = (answer.body, *(value for _, value in answer.headers))
            return any(MARK.encode() in each for each in said)
        if self.guest is not None and is_same(answer, self.guest):
            return False
        if self.ran is not None and answer.status != HTTPStatus.SWITCHING_PROTOCOLS:
            return ran
        if not _is_entry(answer.status, self.good):
            return False
        if attack.succeeds == "is view":
            return bool(answer.body) and answer.body == self.good.body
        return attack.succeeds == "enters" or not is_same(answer, self.stray)


def answer_of(request: Request, send: Send) -> Answer:
    """Send a request, and take what comes back, be it an exception.

    Raises:
        Unsendable: It cannot be sent.
    """
    try:
        return send(request)
    except Unsendable:
        raise
    except Exception as raised:  # noqa: BLE001 - an app may raise anything
        return Answer(error=type(raised).__name__)


def _is_entry(status: int, good: Answer) -> bool:
    is_success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    accepted = status in (good.status, HTTPStatus.SWITCHING_PROTOCOLS)
    return is_success or accepted


def _is_failure(status: int) -> bool:
    # RFC 9110 15.6.2: 501 is what to answer to a method that nobody knows.
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != 501


def is_same(answer: Answer, other: Answer) -> bool:
    """Whether two answers are the same, as far as they can be compared."""
    # An answer to HEAD has no body to compare.
    return answer.status == other.status and answer.body in (b"", other.body)
