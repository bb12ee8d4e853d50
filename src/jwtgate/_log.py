"""One log record for each refusal: the reason, never a token, secret or sent text."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, final

from jwtgate.errors import Rejection

__all__ = [
    "Problems",
    "log_failure",
    "log_note",
    "log_problem",
    "log_raised",
    "log_refusal",
]

_SECONDS_UNTIL_AGAIN: Final = 60.0
_MAX_PROBLEMS: Final = 100
_LOGGER = logging.getLogger("jwtgate")


def log_refusal(rejection: Rejection, became: str) -> None:
    """Log a refusal: INFO for the client's fault, ERROR for ours.

    The record has ``jwtgate_reason``, ``jwtgate_claim`` and ``jwtgate_outcome``.

    Args:
        rejection: Why.
        became: The outcome: ``denied``, ``exempt`` in report mode, ``anonymous``.
    """
    reason = rejection.reason
    _log(
        logging.ERROR if reason.our_fault else logging.INFO,
        "refused a request: %s (%s)",
        reason.code,
        became,
        extra={
            "jwtgate_reason": reason.code,
            "jwtgate_claim": rejection.claim,
            "jwtgate_outcome": became,
        },
    )


def log_failure(what: str, error: BaseException) -> None:
    """Log an error of a store or of ourselves, with its traceback."""
    _log(logging.ERROR, "%s: %s", what, type(error).__name__, error=error)


def log_raised(what: str, error: BaseException) -> None:
    """Log an error at ERROR, and where it was raised, but not what it says.

    For code of users that reads claims: its errors quote them.
    """
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = "" if frame is None else frame.tb_frame.f_code.co_filename
    line = 0 if frame is None else frame.tb_lineno
    _log(logging.ERROR, "%s: %s at %s:%d", what, type(error).__name__, where, line)


def log_note(what: str, *, harmless: bool) -> None:
    """Log what an operator should know of a file, at INFO if it is harmless."""
    _log(logging.INFO if harmless else logging.WARNING, "%s", what)


def log_problem(what: str) -> None:
    """Log at ERROR what an operator has to mend; no traceback helps with it."""
    _log(logging.ERROR, "%s", what)


@final
class Problems:
    """Logs problems that each request may come upon anew: each text once a minute.

    Of different texts it logs a hundred a minute, so that nobody fills the log by what
    he sends.

    Args:
        clock: Tells seconds from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock: Final = clock
        self._ends = clock() + _SECONDS_UNTIL_AGAIN
        self._told: dict[str, object] = {}

    def log(self, what: str) -> None:
        """Log a problem, unless that was done within the minute."""
        # No lock, which could be held at a fork: of threads that come together, one
        # sets the default. At a minute's end a few more may; that does no harm.
        if (now := self._clock()) >= self._ends:
            self._ends, self._told = now + _SECONDS_UNTIL_AGAIN, {}
        told, mine = self._told, object()
        if len(told) < _MAX_PROBLEMS and told.setdefault(what, mine) is mine:
            log_problem(what)


def _log(
    level: int,
    message: str,
    *args: object,
    extra: Mapping[str, object] | None = None,
    error: BaseException | None = None,
) -> None:
    # A sink that fails must not change what a client is answered.
    with suppress(Exception):
        _LOGGER.log(level, message, *args, extra=extra, exc_info=error)
