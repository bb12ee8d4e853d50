"""What an explanation is: steps, slips, the outcome, and what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, final

from jwtgate.explain.wording import moment
from jwtgate.reason import Reason

__all__ = ["Explanation", "Mark", "OutcomeName", "Slip", "Step"]

Mark: TypeAlias = Literal["good", "bad", "open", "plain"]
"""Whether a step holds, refuses, could not be told, or only tells."""

OutcomeName: TypeAlias = Literal["authenticated", "anonymous", "exempt", "denied"]

_SIGNS: Mapping[Mark, str] = {"good": "+", "bad": "x", "open": "?", "plain": " "}
_PASSES: Mapping[OutcomeName, str] = {
    "authenticated": "authenticated",
    "anonymous": "passes as the anonymous consumer",
    "exempt": "passes without identity",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at.

    Attributes:
        name: What: ``header authorization``, ``signature``, ``exp``, ``access``.
        mark: How it came out.
        text: The same in words, one line; nothing in it does anything to a terminal.
        reason: Why it would refuse, by itself; None where it does not.
        facts: What was seen, for programs: values that JSON has.
    """

    name: str
    mark: Mark
    text: str
    reason: Reason | None = None
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def to_dict(self) -> dict[str, Any]:
        """Give what JSON has."""
        return {
            "name": self.name,
            "mark": self.mark,
            "text": self.text,
            "reason": _slug(self.reason),
            "facts": dict(self.facts),
        }


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A usual mistake that fits what was seen.

    Attributes:
        name: A stable slug, such as ``secret_read_raw``.
        saw: What was seen, one sentence.
        mend: What to do, one sentence.
        reason: The reason that it accounts for; None for whatever the gate gives.
    """

    name: str
    saw: str
    mend: str
    reason: Reason | None = None

    def to_dict(self) -> dict[str, str]:
        """Give what JSON has."""
        return {"name": self.name, "saw": self.saw, "mend": self.mend}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a gate lets a request pass, or refuses it.

    It has no secret, and no signature.

    Attributes:
        at: The time that the decision was made for, in seconds since the epoch.
        request: Method and path.
        outcome: What the gate decides.
        reason: The reason that the gate gives: of a refusal, of the refusal that
            became anonymous, or that report mode lets pass; None if there is none.
        status: The HTTP status of a refusal.
        claim: The claim that a refusal is about, if it is about one.
        consumer: The id of who calls, or of the anonymous consumer.
        fingerprint: Tells the token from others: the first 16 hex digits of the SHA-256
            of what its signature covers.
        steps: What was looked at, in order; also past the first that refuses.
        slips: The usual mistakes that fit, the likeliest first.
        advice: What to do where no slip fits.
    """

    at: float
    request: str
    outcome: OutcomeName
    reason: Reason | None
    status: int | None
    claim: str | None
    consumer: str | None
    fingerprint: str | None
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    advice: str

    @property
    def passes(self) -> bool:
        """Whether the app gets the request."""
        return self.outcome != "denied"

    @property
    def verdict(self) -> str:
        """The outcome, in a few words."""
        if self.reason is None:
            return _PASSES[self.outcome]
        if self.outcome == "denied":
            return f"refused, {self.status} {self.reason.code}"
        return f"{_PASSES[self.outcome]} ({self.reason.code})"

    @property
    def summary(self) -> str:
        """The whole of it in one line: what is wrong, and the mend."""
        if self.slips:
            return f"{self.slips[0].saw} {self.slips[0].mend}"
        if self.reason is None:
            return self.advice
        found = (step.text for step in self.steps if step.reason is self.reason)
        text = next(found, "")
        return f"{text[:1].upper()}{text[1:].rstrip('.')}. {self.advice}".lstrip(". ")

    def lines(self) -> Iterator[tuple[Mark, str]]:
        """Give the whole text, each line with its mark, for who writes in colour."""
        bad: Mark = "good" if self.passes else "bad"
        yield bad, f"{self.request}: {self.verdict}"
        yield "plain", self.summary
        yield "plain", ""
        width = max((len(step.name) for step in self.steps), default=0)
        for step in self.steps:
            yield (
                step.mark,
                f"{_SIGNS[step.mark]} {step.name:<{width}}  {step.text}".rstrip(),
            )
        yield "plain", ""
        for slip in self.slips[1:]:
            yield "plain", f"Besides: {slip.saw} {slip.mend}"
        yield "plain", f"Decided for {moment(self.at)} ({self.at:.15g})."

    def to_dict(self) -> dict[str, Any]:
        """Give what JSON has."""
        return {
            "at": self.at,
            "request": self.request,
            "outcome": self.outcome,
            "reason": _slug(self.reason),
            "status": self.status,
            "claim": self.claim,
            "consumer": self.consumer,
            "fingerprint": self.fingerprint,
            "summary": self.summary,
            "steps": [step.to_dict() for step in self.steps],
            "slips": [slip.to_dict() for slip in self.slips],
            "advice": self.advice,
        }

    def __str__(self) -> str:
        """Write it for a reader, a line for each step."""
        return "\n".join(text for _, text in self.lines())


def _slug(reason: Reason | None) -> str | None:
    return None if reason is None else reason.code
