"""What a file holds, before anyone asks what it means."""

import math
from collections.abc import Iterable, Mapping
from typing import Final, Protocol, final

from jwtgate.configs.problems import Path, Problems
from jwtgate.errors import ConfigurationError, SecretUnavailable

__all__ = ["BROKEN", "MAX_DEPTH", "Resolver", "Table", "is_broken", "sound"]

MAX_DEPTH = 32
"""Levels of tables and lists."""


@final
class _Broken:
    """The type of :data:`BROKEN`."""


class Resolver(Protocol):
    """What gives the text that a text stands for."""

    @property
    def excused(self) -> Mapping[str, str]:
        """Texts that are no problem of a file, and what is wrong with them."""
        ...

    def resolve(self, text: str) -> str:
        """Give it; raises ConfigurationError or SecretUnavailable if there is none."""
        ...


BROKEN: Final = _Broken()
"""Stands where a problem was reported, so that it is reported once."""


@final
class Table(dict[str, object]):
    """A table, and the names that occur twice in it."""

    __slots__ = ("repeated",)

    def __init__(self, pairs: Iterable[tuple[str, object]]) -> None:
        self.repeated: list[str] = []
        for name, value in pairs:
            if name in self:
                self.repeated.append(name)
            self[name] = value


def is_broken(value: object) -> bool:
    """Whether a problem was reported in a value, at any depth."""
    if isinstance(value, dict):
        return any(map(is_broken, value.values()))
    if isinstance(value, list):
        return any(map(is_broken, value))
    return value is BROKEN


def sound(
    value: object, problems: Problems, references: Resolver, at: Path = ()
) -> object:
    """Copy what a file holds, its references resolved.

    Args:
        value: As its parser gave it.
        problems: Takes what cannot be: a name that occurs twice, a date, a number that
            is not finite, a text that is not Unicode, too many levels, a reference
            that leads nowhere.
        references: Resolve the texts.
        at: Where the value is.

    Returns:
        Dicts, lists, texts, finite numbers, bools, None; :data:`BROKEN` in place of
        what cannot be.
    """
    if isinstance(value, dict | list):
        if len(at) >= MAX_DEPTH:
            problems.add(at, f"nested too deeply; expected {MAX_DEPTH} levels at most")
            return BROKEN
        return _members(value, problems, references, at)
    if isinstance(value, str):
        return _text(value, problems, references, at)
    if not isinstance(value, int | float | None):
        problems.add(at, "is a date or a time; expected a text or a number")
        return BROKEN
    if isinstance(value, float) and not math.isfinite(value):
        problems.add(at, "expected a finite number")
        return BROKEN
    return value


def _members(
    value: dict[str, object] | list[object],
    problems: Problems,
    references: Resolver,
    at: Path,
) -> object:
    if isinstance(value, list):
        return [
            sound(each, problems, references, (*at, index))
            for index, each in enumerate(value)
        ]
    for name in value.repeated if isinstance(value, Table) else ():
        problems.add((*at, name), "occurs twice; expected one")
    return {
        name: sound(each, problems, references, (*at, name))
        for name, each in value.items()
    }


def _text(
    text: str, problems: Problems, references: Resolver, at: Path
) -> str | _Broken:
    try:
        text.encode()
        found = references.resolve(text)
    except UnicodeEncodeError:
        problems.add(at, "has half of a surrogate pair; expected Unicode")
        return BROKEN
    except ConfigurationError as error:
        problems.add_all(at, error.problems, ())
        return BROKEN
    except SecretUnavailable as error:
        problems.add(at, str(error))
        return BROKEN
    if found != text:
        problems.references[found] = text
    if text in references.excused:
        problems.add_excuse(at, references.excused[text])
    return found
