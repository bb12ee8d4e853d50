"""What is found where a reference points: one text, or texts by name."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self, final

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.secrets.grammar import Reference, is_like_a_reference

__all__ = ["Content"]


@final
class Content:
    """A document of texts, each of them masked.

    Args:
        whole: The document, if it is a text; one that is a JSON object has its members
            as well.
        members: Texts by name.
    """

    __slots__ = ("_members", "_whole")

    def __init__(
        self,
        whole: Secret | None,
        members: Mapping[str, Secret] = MappingProxyType({}),
    ) -> None:
        self._whole = whole
        self._members = members

    @classmethod
    def of(cls, found: object) -> Self:
        """Take a text, or a mapping; what is no text in it is left out.

        Raises:
            TypeError: It is neither.
        """
        if isinstance(found, str):
            return cls(_masked(found), _texts(_parsed(found)))
        if isinstance(found, Mapping):
            return cls(None, _texts(found))
        raise TypeError("expected a text or a mapping of texts")

    def text(self, reference: Reference) -> str:
        """Give what a reference stands for.

        Raises:
            ConfigurationError: There is no such text, or it is empty, or a reference
                itself. The error has nothing of it.
        """
        member = reference.member
        found = self._whole if member is None else self._members.get(member)
        if found is None:
            raise ConfigurationError(_missing(reference))
        text = found.reveal().decode()
        if not text:
            raise ConfigurationError(f"{reference.text} is empty")
        # A chain of references has no place to end, and none was meant.
        if is_like_a_reference(text):
            raise ConfigurationError(
                f"{reference.text} holds a reference; expected a value"
            )
        return text

    def is_same(self, other: Self) -> bool:
        """Whether two have the same texts."""
        return self._revealed() == other._revealed()

    def _revealed(self) -> object:
        whole = None if self._whole is None else self._whole.reveal()
        return whole, {name: each.reveal() for name, each in self._members.items()}


def _missing(reference: Reference) -> str:
    if reference.member is None:
        return f"{reference.text} has members; expected the name of one behind a slash"
    place = f"${reference.source}://{reference.name}"
    if reference.path:
        place += f"/{reference.path}"
    return f"{place} has no text {reference.member!r}; expected a member of that name"


def _texts(found: Mapping[object, object]) -> Mapping[str, Secret]:
    texts = {
        name: masked
        for name, value in found.items()
        if isinstance(name, str)
        and isinstance(value, str)
        and (masked := _masked(value)) is not None
    }
    return MappingProxyType(texts)


def _masked(text: str) -> Secret | None:
    try:
        return Secret(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair is no text
        return None


def _parsed(text: str) -> Mapping[object, object]:
    try:
        found = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Of two members with one name, two readers take two.
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found
