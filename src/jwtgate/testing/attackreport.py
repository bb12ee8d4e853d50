"""What came of the attacks on an app."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["AttackReport", "Result", "Verdict"]

Verdict: TypeAlias = Literal["repelled", "passed", "failed", "allowed", "skipped"]
"""What came of an attack.

``repelled``: nothing. ``passed``: it got in. ``failed``: the app broke, by a 5xx or an
exception. ``allowed``: it got in, and was said to be allowed to. ``skipped``: there was
nothing that it could attack, or no way to send it.
"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one attack.

    Attributes:
        name: The attack's.
        about: What it tests.
        verdict: What came of it.
        answer: The status, and the exception if one was raised; or why it was skipped.
    """

    name: str
    about: str
    verdict: Verdict
    answer: str

    def __str__(self) -> str:
        """Give one line."""
        return f"{self.verdict:8} {self.name:42} {self.answer:12} {self.about}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AttackReport:
    """What came of all attacks; as text, a line for each.

    It holds no token and nothing of what the app answered but its status.

    Attributes:
        target: The method and the path.
        problem: Why nothing was tested; empty if all was.
        results: What came of each attack.
    """

    target: str
    problem: str = ""
    results: tuple[Result, ...] = ()

    @property
    def failures(self) -> tuple[Result, ...]:
        """The attacks that got in, and those that the app broke by."""
        return tuple(
            each for each in self.results if each.verdict in ("passed", "failed")
        )

    def __str__(self) -> str:
        """Give a line for each attack."""
        return "\n".join((self._headline(), *map(str, self.results)))

    def assert_safe(self) -> None:
        """Fail the test unless every attack was repelled.

        Raises:
            AssertionError: Nothing was tested, or an attack got in, or the app broke;
                with a line for each of those.
        """
        __tracebackhide__ = True
        if self.problem or self.failures:
            raise AssertionError(
                "\n".join((self._headline(), *map(str, self.failures)))
            )

    def _headline(self) -> str:
        if self.problem:
            return f"{self.target}: nothing was tested: {self.problem}"
        made = [each for each in self.results if each.verdict != "skipped"]
        passed = [each.name for each in self.failures if each.verdict == "passed"]
        broke = len(self.failures) - len(passed)
        told = f"{len(made)} attacks, {len(passed)} got in, {broke} broke the app"
        if "no-token" in passed:
            told += "; nobody needs a token there"
        return f"{self.target}: {told}"
