"""A psycopg that does not wait for an answer for ever."""

from collections.abc import Callable, Generator
from functools import cache
from time import monotonic
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect

__all__ = ["impatient"]

_T = TypeVar("_T")
_Waits = Generator[Any, Any, _T]
"""What psycopg does until it has an answer: gives what to wait for, is told of it."""

# The server's own timeout comes first, and leaves the connection as good as it was.
_LONGER: Final = 0.5


def impatient(seconds: float) -> Callable[..., Any]:
    """Give what connects for an engine (SQLAlchemy's event ``do_connect``).

    libpq bounds how long connecting takes, the server how long a statement does. But
    who waits for an answer that the network has lost, waits for ever.

    Args:
        seconds: That a statement may take.
    """

    def connect(
        dialect: Dialect, _: object, arguments: list[Any], options: dict[str, Any]
    ) -> Any:
        driver: Any = dialect.loaded_dbapi
        kind = _impatient(driver, seconds + _LONGER)
        return kind.connect(*arguments, **options)

    return connect


@cache
def _impatient(driver: Any, seconds: float) -> Any:
    class Impatient(driver.Connection):  # type: ignore[misc] # the user installs it
        def wait(self, waits: _Waits[_T], *more: Any, **named: Any) -> _T:
            bounded = _bounded(waits, seconds, driver.OperationalError)
            found: _T = super().wait(bounded, *more, **named)
            return found

    return Impatient


def _bounded(waits: _Waits[_T], seconds: float, error: type[Exception]) -> _Waits[_T]:
    """Wait as told, and give up when nothing has come for too long."""
    end = monotonic() + seconds
    came = None
    while True:
        try:
            wanted = waits.send(came)
        except StopIteration as done:
            found: _T = done.value
            return found
        # Nothing, each tenth of a second in which nothing comes.
        came = yield wanted
        if not came and monotonic() > end:
            waits.close()
            raise error("the database did not answer in time")
