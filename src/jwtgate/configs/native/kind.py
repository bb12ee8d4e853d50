"""What one member of a table may hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace

__all__ = [
    "SECONDS",
    "SWITCH",
    "TABLE",
    "TEXT",
    "TEXTS",
    "WHOLE",
    "WHOLE_SECONDS",
    "Kind",
    "is_texts",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a member may hold.

    Attributes:
        expected: Its words.
        fits: Whether a value is one. What it means is checked by whoever takes it.
    """

    expected: str
    fits: Callable[[object], bool]

    def or_null(self) -> "Kind":
        """Take null beside, which switches something off."""
        fits = self.fits
        return replace(
            self,
            expected=f"{self.expected}, or null",
            fits=lambda value: value is None or fits(value),
        )


def is_texts(value: object) -> bool:
    """Whether this is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


TEXT = Kind(expected="a text", fits=lambda value: isinstance(value, str))
TEXTS = Kind(expected="a list of texts", fits=is_texts)
SWITCH = Kind(expected="true or false", fits=lambda value: type(value) is bool)
SECONDS = Kind(
    expected="a number of seconds", fits=lambda value: type(value) in (int, float)
)
WHOLE_SECONDS = Kind(
    expected="a whole number of seconds", fits=lambda value: type(value) is int
)
TABLE = Kind(expected="a table", fits=lambda value: isinstance(value, dict))
WHOLE = Kind(expected="a whole number", fits=lambda value: type(value) is int)
