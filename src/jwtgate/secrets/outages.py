"""Which managers do not answer, told once when it begins and once when it ends."""

from typing import final

from jwtgate._log import log_note, log_problem

__all__ = ["Outages"]


@final
class Outages:
    """Remembers which managers failed, so that nobody asks them again at once.

    Args:
        retry_after: Seconds for which a manager is left alone.
        keep_for: Seconds for which what it gave before is used; for the log.
    """

    def __init__(self, retry_after: float, keep_for: float) -> None:
        self._retry_after = retry_after
        self._keep_for = keep_for
        self._rests: dict[str, tuple[float, str]] = {}

    def why_resting(self, name: str, now: float) -> str | None:
        """Tell why a manager is left alone; None if it may be asked."""
        until, why = self._rests.get(name, (now, ""))
        return why if now < until else None

    def begin(self, name: str, error: Exception, now: float) -> str:
        """Leave a manager alone for a while.

        Returns:
            Why: the type of the error, and nothing that it says, which may have a
            token in it.
        """
        why = f"cannot be had: its manager does not answer ({type(error).__name__})"
        if name not in self._rests:
            log_problem(
                f"the secret manager {name} does not answer ({type(error).__name__}); "
                f"what it gave is used until it is {self._keep_for:g} seconds old"
            )
        self._rests[name] = now + self._retry_after, why
        return why

    def end(self, name: str) -> None:
        """Take note that a manager answers."""
        if self._rests.pop(name, None) is not None:
            log_note(f"the secret manager {name} answers again", harmless=True)
