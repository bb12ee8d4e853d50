"""A refusal that the log has, by the reference that its client quotes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, TextIO

from jwtgate.cli.errors import OK, REFUSED, UsageError
from jwtgate.cli.files import standard_input
from jwtgate.cli.terminal import Terminal
from jwtgate.explain.advice import ADVICE
from jwtgate.jsonlog import find
from jwtgate.reason import Reason

__all__ = ["tell_recorded"]

_FIELD: Final = "jwtgate_"


def tell_recorded(log: str, reference: str, terminal: Terminal, *, json: bool) -> int:
    """Tell what the log has of a refusal, and what to do about it.

    Args:
        log: A file that :class:`jwtgate.jsonlog.JSONLines` wrote; ``-`` is standard
            input.
        reference: What ``X-Request-Reference`` told the client.
        terminal: Where it is told.
        json: Tell it in JSON.

    Returns:
        0; or 1 if no record has the reference.

    Raises:
        UsageError: The log cannot be read.
    """
    with _opened(log) as lines:
        record = find(lines, reference)
    if record is None:
        terminal.problem("no record in this log has that reference")
        return REFUSED
    advice = _advice(record)
    if json:
        terminal.json({**record, "advice": advice})
        return OK
    terminal.line(str(record.get("message", "")), "head")
    if advice is not None:
        terminal.line(advice, "warn")
    terminal.line()
    fields = {"time": record.get("time")} | {
        name.removeprefix(_FIELD): value
        for name, value in record.items()
        if name.startswith(_FIELD)
    }
    told = [(name, value) for name, value in fields.items() if value not in (None, [])]
    terminal.table(("field", "value"), [(name, _text(value)) for name, value in told])
    return OK


def _advice(record: Mapping[str, Any]) -> str | None:
    slug = record.get(f"{_FIELD}reason")
    known = {reason.code: reason for reason in Reason}
    reason = known.get(slug) if isinstance(slug, str) else None
    return None if reason is None else ADVICE[reason]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def _opened(log: str) -> Iterator[TextIO]:
    if log == "-":
        yield TextIOWrapper(standard_input(), "utf-8", "replace")
        return
    try:
        with Path(log).open(encoding="utf-8", errors="replace") as file:
            yield file
    except OSError as error:
        raise UsageError(f"the log cannot be read: {error.strerror}") from None
