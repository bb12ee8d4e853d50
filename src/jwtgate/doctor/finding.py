"""What is found: where, how bad, why it matters, and how to mend it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["Finding", "Rule", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "info"]
"""``error``: can be used by an attacker as it is; ``warning``: makes an attack or a
mistake easier; ``info``: deserves a thought."""


@final
@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for.

    Attributes:
        code: Stable: ``JG301``.
        severity: Of every finding of this rule.
        title: What it is, in a few words.
        why: What may come of it, with the clause of an RFC or the gateway.
        mend: What to do about it.
    """

    code: str
    severity: Severity
    title: str
    why: str
    mend: str

    def at(self, path: str, what: str | None = None) -> "Finding":
        """Make a finding.

        Args:
            path: Where it is, in the file or in the settings.
            what: What was found there, without any secret; the title if left out.
        """
        return Finding(self, path, what or self.title)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found.

    Attributes:
        rule: What was looked for.
        path: Where it is: ``consumers[0].credentials[1].secret`` of a file,
            ``settings.policy`` of a gate that is from none.
        what: What was found there.
    """

    rule: Rule
    path: str
    what: str

    @property
    def code(self) -> str:
        """The rule's stable code."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.rule.severity

    @property
    def why(self) -> str:
        """What may come of it."""
        return self.rule.why

    @property
    def mend(self) -> str:
        """What to do about it."""
        return self.rule.mend

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.path}: {self.severity} {self.code}: {self.what}"
