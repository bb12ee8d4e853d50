"""The secret managers that a file names, kept from one reading of it to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TypedDict, final

from jwtgate.secrets import References, SecretManager, Secrets

__all__ = ["KINDS", "AgesGiven", "Entry", "Managers"]

KINDS: Mapping[str, str] = {"vault": "Vault", "aws": "AWS", "gcp": "GCP"}
"""The managers that a file can name, and their classes in the modules of that name."""


class AgesGiven(TypedDict, total=False):
    """How old things may get; see :class:`jwtgate.secrets.Secrets`."""

    refresh_every: float
    keep_for: float
    retry_after: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One manager, as a file names it.

    Attributes:
        name: As in its references: ``vault/main``.
        arguments: What it is made with, references resolved.
        asked_for: Those of its arguments that are asked for whenever they are needed,
            as the file has them: a token in a file may be another by then.
        ages: How old things may get.
    """

    name: str
    arguments: Mapping[str, object] = field(repr=False)
    asked_for: Mapping[str, str] = field(default_factory=dict, repr=False)
    ages: AgesGiven = field(default_factory=AgesGiven)

    def make(self, references: References) -> Secrets:
        """Make the manager, and what asks it.

        Raises:
            ConfigurationError: It cannot work, or its driver is not installed.
        """
        kind = self.name.partition("/")[0]
        # Imported here: only who has one pays for it.
        make = getattr(import_module(f"jwtgate.secrets.{kind}"), KINDS[kind])
        asked_for = {
            name: partial(references.resolve_here, text)
            for name, text in self.asked_for.items()
        }
        manager: SecretManager = make(**{**self.arguments, **asked_for})
        return Secrets({self.name: manager}, **self.ages)


@final
class Managers:
    """The secret managers of one reading of a file.

    Args:
        given: Managers of the user's own; they stand in for those of the file that
            have their name.
        before: Those of the reading before. What is as it was there stays as it is,
            with all that it knows.

    Attributes:
        opened: Those of the file, by name.
        version_read: The version of what each knew before it was asked.
    """

    def __init__(
        self, given: Secrets | None = None, before: "Managers | None" = None
    ) -> None:
        self._given = given if given is not None and given.managers else None
        self._before = {} if before is None else before.opened
        self.opened: dict[str, tuple[Entry, Secrets]] = {}
        self.version_read: dict[str, int] = {}
        if self._given is not None:
            self.version_read[""] = self._given.version

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._all())

    def give(self, references: References) -> None:
        """Let those of the user resolve references."""
        if self._given is not None:
            for name in self._given.managers:
                references.managers[name] = self._given

    def open(self, entry: Entry, references: References) -> None:
        """Let a manager of the file resolve references.

        Raises:
            ConfigurationError: It cannot work, or its driver is not installed.
        """
        if entry.name in references.managers:
            return
        same, secrets = self._before.get(entry.name, (None, None))
        if secrets is None or same != entry:
            secrets = entry.make(references)
        self.opened[entry.name] = entry, secrets
        self.version_read[entry.name] = secrets.version
        references.managers[entry.name] = secrets

    def close(self, but_for: "Managers") -> None:
        """Close the file's, but for those that another reading has, too."""
        kept = [secrets for _, secrets in but_for.opened.values()]
        for _, secrets in self.opened.values():
            if not any(secrets is each for each in kept):
                secrets.close()

    def version(self) -> dict[str, int]:
        """Tell the version of what each knows."""
        return {name: secrets.version for name, secrets in self._all().items()}

    def start(self) -> None:
        """Begin to refresh in this process, unless that has begun."""
        for secrets in self._all().values():
            secrets.start()

    def refresh(self) -> None:
        """Ask for all of it again."""
        for secrets in self._all().values():
            secrets.refresh()

    def _all(self) -> dict[str, Secrets]:
        found = {name: secrets for name, (_, secrets) in self.opened.items()}
        return found if self._given is None else {"": self._given, **found}
