"""A document of a secret manager as it was last had, and how old it may get."""

from dataclasses import dataclass
from typing import final

from jwtgate.errors import ConfigurationError
from jwtgate.secrets.contents import Content
from jwtgate.values import is_seconds

__all__ = ["Ages", "Kept"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old things may get, in seconds.

    Attributes:
        refresh_every: A document, before it is asked for again.
        keep_for: What was last had of it, while asking again fails.
        retry_after: A failure, before its manager is asked again.

    Raises:
        ConfigurationError: One is not above 0, or what is kept would be too old before
            it is asked for again.
    """

    refresh_every: float
    keep_for: float
    retry_after: float

    def __post_init__(self) -> None:
        """Check them."""
        problems = [
            f"{name} must be seconds, more than 0"
            for name in self.__slots__
            if not is_seconds(value := getattr(self, name)) or value <= 0
        ]
        if not problems and self.keep_for < self.refresh_every:
            problems = ["keep_for must be refresh_every or more"]
        if problems:
            raise ConfigurationError(*problems)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was had of a document, and how the last look at it went.

    Attributes:
        content: What it held when it was last had; None if it never was, or is gone.
        good_until: When that is too old.
        due_at: When to ask again.
        why: What went wrong at the last look; empty if nothing did.
        is_good: Whether there was something to give when that was last looked at.
    """

    content: Content | None = None
    good_until: float = 0.0
    due_at: float = 0.0
    why: str = ""
    is_good: bool = False

    def at(self, now: float) -> Content | None:
        """Give the content, unless it is too old."""
        return self.content if now < self.good_until else None

    def gave(self, content: Content | None) -> bool:
        """Whether this gave the same as what is there now."""
        if content is None or self.content is None or not self.is_good:
            return self.is_good is (content is not None)
        return self.content.is_same(content)
