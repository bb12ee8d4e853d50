"""``$env://NAME`` and its like, in the blocks of plugins.

Source: APISIX ``apisix/secret.lua`` and ``apisix/core/env.lua``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final
from urllib.parse import quote

from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.errors import ConfigurationError, SecretUnavailable
from jwtgate.secrets import References
from jwtgate.secrets.grammar import Reference, managed, parse

__all__ = ["AsWritten", "Resolved", "as_written_here", "resolve"]

_ENV = re.compile(r"\$env://([^/]*)(?:/(.*))?", re.IGNORECASE | re.DOTALL)


@final
class AsWritten:
    """Gives every text back: references are resolved block by block, not before."""

    excused: Mapping[str, str] = MappingProxyType({})

    @staticmethod
    def resolve(text: str) -> str:
        """Give the text."""
        return text


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A block with what its references stand for.

    Attributes:
        block: Its members; what could not be resolved is as it was written, or what it
            was before.
        unresolved: Where that is as it was written, and why, without any value.
        unavailable: Where a secret manager did not give what it should, and why.
        referred: The members that are references.
    """

    block: Mapping[str, object]
    unresolved: Mapping[Path, str]
    unavailable: Mapping[Path, str]
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
        unavailable=found.unavailable,
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
        self.unavailable: dict[Path, str] = {}

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
            found, excuse = _find(text, self._context.references)
        except (ConfigurationError, SecretUnavailable) as error:
            self.unresolved[at] = str(error)
            if isinstance(error, SecretUnavailable):
                self.unavailable[at] = str(error)
            return text
        if excuse:
            self.unavailable[at] = excuse
        if found != text:
            self._context.problems.references[found] = text
        return found


def as_written_here(text: str) -> str:
    """Write a reference to a variable as jwtgate's own files have it; others stay."""
    variable = _ENV.fullmatch(text)
    if variable is None:
        return text
    name, member = variable.groups()
    return f"$env://{name}/{quote(member, safe='')}" if member else f"$env://{name}"


def _find(text: str, references: References) -> tuple[str, str]:
    """Give what a text stands for, and what is wrong with that."""
    *others, last = _readings(as_written_here(text))
    for reading in others:
        try:
            return references.resolve(reading), references.excused.get(reading, "")
        except ConfigurationError:
            pass  # another name is shorter, and a member's name longer
    return references.resolve(last), references.excused.get(last, "")


def _readings(text: str) -> Iterator[str]:
    """Give what APISIX takes a reference for, one after the other.

    Of a path it has the last part as the name of a member in Vault, and all parts but
    the first in Google's service; in Amazon's it tries, the longest name first.
    """
    reference = parse(text) if text.startswith("$secret://") else None
    kind = "" if reference is None else reference.name.partition("/")[0]
    if reference is None or kind not in ("aws", "gcp"):
        yield text
        return
    parts = _parts(reference)
    longest = len(parts) if kind == "aws" else 1
    for count in range(longest, 0, -1):
        member = "/".join(parts[count:]) or None
        yield managed(reference.name, "/".join(parts[:count]), member)


def _parts(reference: Reference) -> list[str]:
    parts = reference.path.split("/")
    return parts if reference.member is None else [*parts, reference.member]
