"""What a reader of a file is given beside the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import final

from jwtgate.configs.managers import Managers
from jwtgate.configs.notes import Notes
from jwtgate.configs.problems import Problems
from jwtgate.secrets import References

__all__ = ["Context"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a reader of a file is given beside the file.

    Attributes:
        references: Resolve what stands for another text.
        managers: Takes the secret managers that the file names.
        environ: The environment variables.
        problems: Takes what makes the file unusable.
        notes: Takes what does not, and is to be told.
        allow_dropped: Names of plugins that restrict access and may be left out.
        strict: Refuse a file for an entry that its gateway would skip.
        quota_storage: Where quotas count that the file counts in one process.
    """

    references: References
    managers: Managers = field(default_factory=Managers)
    environ: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: Problems = field(default_factory=Problems)
    notes: Notes = field(default_factory=Notes)
    allow_dropped: frozenset[str] = frozenset()
    strict: bool = False
    quota_storage: str | None = None
