"""The log as JSON, one record a line; and how one is found again by its reference.

Of the standard library alone; ``docs/howto/events.md`` shows how it is set up.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, final

__all__ = ["JSONLines", "find"]

_PREFIX: Final = "jwtgate_"
_LONGEST: Final = 65_536  # a record with its traceback has a few thousand characters


@final
class JSONLines(logging.Formatter):
    """Writes each record as one JSON object, in one line of ASCII.

    Its members are ``time`` (ISO 8601, UTC), ``level``, ``logger`` and ``message``;
    every field of the record that begins with ``jwtgate_``, null where it is None; and
    ``exception`` (the name of its type) and ``traceback`` where there is an error.

    Control characters are escaped (RFC 8259 section 7), so no value can begin a line of
    its own. A value that JSON has no form for is written as the name of its type.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record; raises nothing, whatever the record holds."""
        return "{" + ", ".join(self._members(record)) + "}"

    def _members(self, record: logging.LogRecord) -> Iterator[str]:
        yield _member("time", _made(lambda: _time(record.created)))
        yield _member("level", record.levelname)
        yield _member("logger", record.name)
        # Arguments that do not fit the text are a bug elsewhere; the text remains.
        yield _member("message", _made(record.getMessage, record.msg))
        for name, value in vars(record).items():
            if name.startswith(_PREFIX):
                yield _member(name, value)
        info = record.exc_info
        if isinstance(info, tuple) and info[0] is not None:
            error = info[0].__name__
            yield _member("exception", error)
            yield _member("traceback", _made(lambda: self.formatException(info), error))


def find(lines: Iterable[str], reference: str) -> dict[str, Any] | None:
    """Find the record of the refusal that a client quotes the reference of.

    Args:
        lines: What :class:`JSONLines` wrote. Lines of another kind are passed over, and
            so are those of more than 65,536 characters.
        reference: What ``X-Request-Reference`` told the client.

    Returns:
        The members of the record; None if no line has it.
    """
    for line in lines:
        if len(line) > _LONGEST or reference not in line:
            continue
        try:
            members = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(members, dict) and members.get("jwtgate_reference") == reference:
            return members
    return None


def _member(name: str, value: object) -> str:
    return f"{json.dumps(name)}: {_json(value)}"


def _json(value: object) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except Exception:  # noqa: BLE001 - a value may be anything
        return json.dumps(type(value).__name__)


def _made(make: Callable[[], str], otherwise: object = None) -> object:
    try:
        return make()
    except Exception:  # noqa: BLE001 - what it is made of may be anything
        return otherwise


def _time(seconds: float) -> str:
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
