"""``$env://NAME`` and its like, in the blocks of plugins.

Source: APISIX ``apisix/secret.lua`` and ``apisix/core/env.lua``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.configs.reading import parse_json
from jwtgate.errors import ConfigurationError
from jwtgate.secrets import References
from jwtgate.values import is_unicode

__all__ = ["AsWritten", "Resolved", "resolve"]

_ENV = re.compile(r"\$env://([^/]*)(?:/(.*))?", re.IGNORECASE | re.DOTALL)
_MANAGED = "$secret://"


@final
class AsWritten:
    """Gives every text back: references are resolved block by block, not before."""

    @staticmethod
    def resolve(text: str) -> str:
        """Give the text."""
        return text


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A block with what its references stand for.

    Attributes:
        block: Its members; what could not be resolved is as it was written.
        unresolved: Where that is, and why, without any value.
        referred: The members that are references.
    """

    block: Mapping[str, object]
    unresolved: Mapping[Path, str]
    referred: frozenset[str]


def resolve(block: Mapping[str, object], at: Path, context: Context) -> Resolved:
    """Resolve the references of a block, at any depth."""
    found = _Block(context)
    resolved = {
        name: found.resolve(value, (*at, name)) for name, value in block.items()
    }
    return Resolved(
        block=resolved,
        unresolved=found.unresolved,
        referred=frozenset(
            name
            for name, value in block.items()
            if isinstance(value, str)
            and (resolved[name] != value or (*at, name) in found.unresolved)
        ),
    )


class _Block:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.unresolved: dict[Path, str] = {}

    def resolve(self, value: object, at: Path) -> object:
        if isinstance(value, dict):
            return {
                name: self.resolve(each, (*at, name)) for name, each in value.items()
            }
        if isinstance(value, list):
            return [
                self.resolve(each, (*at, index)) for index, each in enumerate(value)
            ]
        return self._text(value, at) if isinstance(value, str) else value

    def _text(self, text: str, at: Path) -> str:
        try:
            found = _find(text, self._context.references)
        except ConfigurationError as error:
            self.unresolved[at] = error.problems[0]
            return text
        if found != text:
            self._context.problems.references[found] = text
        return found


def _find(text: str, references: References) -> str:
    if text.startswith(_MANAGED):
        raise ConfigurationError(
            "is a $secret:// reference, and the secret managers are not read yet; "
            "expected $env://NAME or $file://path"
        )
    variable = _ENV.fullmatch(text)
    if variable is None:
        return references.resolve(text)
    name, member = variable.groups()
    value = references.resolve(f"$env://{name}")
    return _member(value, name, member, references) if member else value


def _member(value: str, name: str, member: str, references: References) -> str:
    try:
        found = parse_json(value)
    except (ValueError, RecursionError):
        found = None
    text = found.get(member) if isinstance(found, dict) else None
    # A chain of references has no place to end, and none was meant.
    if text and is_unicode(text) and _is_literal(text, references):
        return text
    raise ConfigurationError(
        f"$env://{name} has no text {member!r}; expected a JSON object with it"
    )


def _is_literal(text: str, references: References) -> bool:
    try:
        return references.resolve(text) == text
    except ConfigurationError:
        return False
