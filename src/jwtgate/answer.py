"""Answers: what a client is told in place of what the app would say."""

from dataclasses import dataclass
from typing import final

from jwtgate.errors import ConfigurationError
from jwtgate.record import Record
from jwtgate.values import is_unicode

__all__ = ["Answer", "is_answer"]

# RFC 9110 15.3.5, 15.3.6 and 15.4.5: these have no content.
_BODILESS = (204, 205, 304)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Answer(Record):
    """What a client is told in place of what the app would say.

    Attributes:
        status: HTTP status, 200 to 599.
        message: The text of the message, in the form of the policy's gateway; None
            leaves it to the reason.
        body: The whole body, in place of a message.
        content_type: Of the body; None is that of the policy's gateway.

    Raises:
        ConfigurationError: A status that ends no request, both a message and a body,
            a body where the status has none, a content type that is no header.
    """

    status: int
    message: str | None = None
    body: str | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        """Check everything."""
        problems = tuple(_problems(self))
        if problems:
            raise ConfigurationError(*problems)


def is_answer(value: object) -> bool:
    """Whether this is an answer, or None."""
    return value is None or isinstance(value, Answer)


def _problems(answer: Answer) -> list[str]:
    problems = []
    if type(answer.status) is not int or not 200 <= answer.status <= 599:
        problems.append("status must be a whole number, 200 to 599")
    if answer.message is not None and answer.body is not None:
        problems.append("body goes without message")
    problems += [
        f"{name} must be a text, or None"
        for name in ("message", "body")
        if not (getattr(answer, name) is None or is_unicode(getattr(answer, name)))
    ]
    if answer.status in _BODILESS and (answer.message or answer.body):
        problems.append(f"status {answer.status} has no content")
    if answer.content_type is not None and not _is_content_type(answer.content_type):
        problems.append("content_type must be printable ASCII, or None")
    return problems


def _is_content_type(value: object) -> bool:
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and value == value.strip() != ""
    )
