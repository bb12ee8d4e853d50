"""YAML, as far as it says what JSON can say.

Of YAML 1.1 stays out what surprises: ``no``, ``yes``, ``on`` and ``off`` are texts, as
are dates, ``1_000``, ``0x10``, ``010`` and ``12:30:45``; ``<<`` is a name like another.
Tags, anchors, aliases and a second document are refused: the first make objects, the
next make a few lines grow without bound.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, final

from jwtgate.configs.tree import MAX_DEPTH, Table
from jwtgate.errors import ConfigurationError

if TYPE_CHECKING:
    from yaml.events import Event

__all__ = ["Flaw", "parse_yaml"]

_WORDS: dict[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
# The numbers of RFC 8259 section 6; the groups tell a float.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@final
class Flaw(ValueError):
    """What a YAML text may not have: the line, and what was expected there."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


def parse_yaml(text: str) -> object:
    """Read one YAML document into tables, lists, texts, numbers, bools and None.

    Raises:
        Flaw: Not YAML, or what is refused here.
        ConfigurationError: PyYAML is not installed.

    Source: YAML 1.2.2; the scalars are those of its JSON schema, section 10.2, and
    every other plain scalar is a text.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(
            'a YAML file needs PyYAML; pip install "jwtgate[yaml]"'
        ) from None
    # The one in C is ten times faster; a PyYAML without it has the other alone.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Document(yaml.parse(text, Loader=loader)).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    except yaml.YAMLError:
        line = 1
    raise Flaw(line, "expected YAML")


@final
class _Document:
    """Builds what the events of a parser tell."""

    def __init__(self, events: "Iterator[Event]") -> None:
        self._events = events

    def read(self) -> object:
        """Read the one document."""
        from yaml.events import DocumentStartEvent, StreamEndEvent  # noqa: PLC0415

        next(self._events)  # the stream starts
        if isinstance(next(self._events), StreamEndEvent):
            return None
        value = self._value(next(self._events), depth=1)
        next(self._events)  # the document ends
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise Flaw(_line(after), "expected one document, not a second")
        return value

    def _value(self, event: "Event", depth: int) -> object:
        from yaml.events import MappingStartEvent, ScalarEvent  # noqa: PLC0415

        if getattr(event, "anchor", None) is not None:
            raise Flaw(_line(event), "expected no anchor or alias; write the value")
        if getattr(event, "tag", None) is not None:
            raise Flaw(_line(event), "expected no tag")
        if isinstance(event, ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        if depth > MAX_DEPTH:
            raise Flaw(_line(event), f"expected {MAX_DEPTH} levels at most")
        if isinstance(event, MappingStartEvent):
            return Table(self._pairs(depth))
        return [self._value(each, depth + 1) for each in self._until_end()]

    def _until_end(self) -> "Iterator[Event]":
        from yaml.events import CollectionEndEvent  # noqa: PLC0415

        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event

    def _pairs(self, depth: int) -> Iterator[tuple[str, object]]:
        for event in self._until_end():
            name = self._value(event, depth + 1)
            if not isinstance(name, str):
                raise Flaw(_line(event), "expected a text as name")
            yield name, self._value(next(self._events), depth + 1)


def _line(event: "Event") -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


def _scalar(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return float(text) if number[1] or number[2] else int(text)
