"""What is wrong with a file: every problem, each with its path in the file."""

import json
import re
from collections.abc import Collection, Iterable
from typing import TypeAlias, final

from jwtgate.errors import ConfigurationError

__all__ = ["Path", "Problems", "nearest", "shown"]

Path: TypeAlias = tuple[str | int, ...]
"""Where something is in a file: names of members and indexes of lists."""

_BARE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_NAME = 64


@final
class Problems:
    """Collects the problems of one file.

    Attributes:
        origins: Where a path was set that the file does not set: the environment
            variable of that path.
        references: The reference by which the file gives a value, by the value; a
            sentence shows the one in place of the other.
    """

    def __init__(self) -> None:
        self._sentences: list[str] = []
        self.origins: dict[Path, str] = {}
        self.references: dict[str, str] = {}
        self._excuses: dict[Path, str] = {}

    def __len__(self) -> int:
        """Count what was found so far."""
        return len(self._sentences)

    def add(self, path: Path, sentence: str) -> None:
        """Add one: what was expected at this path, or is wrong with it."""
        self._sentences.append(f"{self._place(path)}: {self._masked(sentence)}")

    def add_unknown(self, path: Path, known: Collection[str]) -> None:
        """Add that a member has a name which is not one of those known."""
        self.add(path, f"unknown; {nearest(str(path[-1]), known)}")

    def add_all(
        self, path: Path, sentences: Iterable[str], members: Collection[str]
    ) -> None:
        """Add what a value's own checks found.

        Args:
            path: Where the value is.
            sentences: What is wrong with it.
            members: Its members in the file: a sentence that begins with the name of
                one is about that one.
        """
        for sentence in sentences:
            name, _, rest = sentence.partition(" ")
            if name in members:
                self.add((*path, name), rest)
            else:
                self.add(path, sentence)

    def add_excuse(self, path: Path, why: str) -> None:
        """Add that a secret manager gives what stands at this path.

        Whatever is wrong with it is no problem of the file.

        Args:
            path: Where the value is.
            why: What is known to be wrong; empty if nothing is.
        """
        # Kept for all that is above, since it is asked for once for each credential.
        for end in range(len(path) + 1):
            known = self._excuses.get(path[:end], "")
            self._excuses[path[:end]] = max(known, why, key=len)

    def excuse(self, path: Path) -> str | None:
        """Say what is wrong with what a manager gives for a path, or for one below.

        Returns:
            Empty if nothing is known to be wrong; None if no manager gives anything
            there, or what is wrong is a problem of the file.
        """
        return self._excuses.get(path)

    def error(self) -> ConfigurationError:
        """Give the error with everything that was found."""
        return ConfigurationError(*dict.fromkeys(self._sentences))

    def _place(self, path: Path) -> str:
        for end in range(len(path), 0, -1):
            variable = self.origins.get(path[:end])
            if variable is not None:
                return shown((variable, *path[end:]))
        return shown(path)

    def _masked(self, sentence: str) -> str:
        # A policy quotes the names it refuses, and a reference may point elsewhere
        # than was meant: at a secret.
        if "'" in sentence or '"' in sentence:
            for value, reference in self.references.items():
                sentence = sentence.replace(repr(value), repr(reference))
        return sentence


def shown(path: Path) -> str:
    """Write a path as ``consumers[0].credentials[1].secret``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _BARE.fullmatch(step):
            text += f".{step}"
        else:
            text += f"[{json.dumps(step[:_MAX_NAME])}]"
    return text.removeprefix(".") or "the file"


def nearest(name: str, known: Collection[str]) -> str:
    """Say which known name an unknown one may have meant, or which there are."""
    # Imported here, since no file without a slip needs it.
    from difflib import get_close_matches  # noqa: PLC0415

    close = get_close_matches(name[:_MAX_NAME], known, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]}?"
    return f"expected one of: {', '.join(known)}"
