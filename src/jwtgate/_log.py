"""What goes to the log: never a token, a secret or a text of a sender."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final, final

from jwtgate.reason import Reason

if TYPE_CHECKING:
    from logging import Logger

    from jwtgate.events import Decision

__all__ = [
    "Problems",
    "is_logged",
    "log_decision",
    "log_failure",
    "log_note",
    "log_problem",
    "log_raised",
    "log_silence",
    "raised",
]

_SECONDS_UNTIL_AGAIN: Final = 60.0
_MAX_PROBLEMS: Final = 100
# The levels of logging, which is imported with the first record.
_INFO, _WARNING, _ERROR = 20, 30, 40


def log_decision(decision: "Decision") -> None:
    """Log a decision: a refusal at ERROR where the fault is ours, all else at INFO.

    The record has each field of it by its name: ``jwtgate_outcome``,
    ``jwtgate_reason`` and so on.
    """
    reason = decision.reason
    fields = {
        f"jwtgate_{each.name}": getattr(decision, each.name)
        for each in dataclasses.fields(decision)
    }
    fields["jwtgate_reason"] = None if reason is None else reason.code
    _log(
        _level(reason),
        "passed a request (%s)" if reason is None else "refused a request: %s (%s)",
        *(() if reason is None else (reason.code,)),
        decision.outcome,
        extra=fields,
    )


def is_logged(reason: Reason | None) -> bool:
    """Whether anyone reads records of decisions with this reason."""
    return _logger().isEnabledFor(_level(reason))


def log_silence(reason: Reason, number: int) -> None:
    """Log how many refusals for a reason were not logged in the last minute."""
    _log(_WARNING, "%d more refusals were not logged: %s", number, reason.code)


def log_failure(what: str, error: BaseException) -> None:
    """Log an error of a store or of ourselves, with its traceback."""
    _log(_ERROR, "%s: %s", what, type(error).__name__, error=error)


def log_raised(what: str, error: BaseException) -> None:
    """Log an error at ERROR, as :func:`raised` tells of it."""
    log_problem(raised(what, error))


def raised(what: str, error: BaseException) -> str:
    """Tell what kind an error is and where it was raised, but not what it says.

    For code of users that reads claims: its errors quote them.
    """
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = "" if frame is None else frame.tb_frame.f_code.co_filename
    line = 0 if frame is None else frame.tb_lineno
    return f"{what}: {type(error).__name__} at {where}:{line}"


def log_note(what: str, *, harmless: bool) -> None:
    """Log what an operator should know of a file, at INFO if it is harmless."""
    _log(_INFO if harmless else _WARNING, "%s", what)


def log_problem(what: str) -> None:
    """Log at ERROR what an operator has to mend; no traceback helps with it."""
    _log(_ERROR, "%s", what)


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


@cache
def _logger() -> "Logger":
    # Whoever logs has it by then; to import it takes a tenth of what all of ours does.
    from logging import getLogger  # noqa: PLC0415

    return getLogger("jwtgate")


def _level(reason: Reason | None) -> int:
    is_ours = reason is not None and reason.our_fault
    return _ERROR if is_ours else _INFO


def _log(
    level: int,
    message: str,
    *args: object,
    extra: Mapping[str, object] | None = None,
    error: BaseException | None = None,
) -> None:
    # A sink that fails must not change what a client is answered.
    with suppress(Exception):
        _logger().log(level, message, *args, extra=extra, exc_info=error)
