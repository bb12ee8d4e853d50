"""What one guard does with a request that has no token, and all of them together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

from jwtgate.outcome import Anonymous, Exempt
from jwtgate.surface.endpoint import Status

__all__ = ["Fate", "Nobody", "Verdict", "status_of", "strictest", "weakest", "who_of"]

Nobody: TypeAlias = Anonymous | Exempt | None
"""What a request without a token becomes where a gate lets it pass; None where not."""

Fate: TypeAlias = Literal[
    "closed", "guarded", "optional", "public", "report", "unknown"
]
"""``report``: what would be refused passes, in report mode; the others are those of an
:class:`Endpoint`."""

# Of all guards on the way the strictest counts; of those that let pass, the one whose
# reason is the worst to have overlooked.
_ORDER: Sequence[Fate] = (
    "closed",
    "guarded",
    "report",
    "optional",
    "public",
    "unknown",
)


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """What one guard does with a request that has no token.

    Attributes:
        fate: What becomes of it.
        guard: The guard, in words.
        who: Whom the guard lets pass who has a token; any if empty.
        nobody: What guards further in see, if it passes a gate.
        decides: Whether it is a gate, or narrows one: guards further in go by it.
    """

    fate: Fate
    guard: str
    who: tuple[str, ...] = ()
    nobody: Nobody = None
    decides: bool = False


def strictest(verdicts: Iterable[Verdict]) -> Fate:
    """Tell what becomes of a request that has to pass all of these, one or more."""
    return min((each.fate for each in verdicts), key=_ORDER.index)


def weakest(fates: Iterable[Fate]) -> Fate:
    """Tell what becomes of a request that may choose among these, one or more."""
    return max(fates, key=_ORDER.index)


def status_of(verdicts: Sequence[Verdict]) -> Status:
    """Tell what becomes of a request that comes to all of these guards."""
    fate = strictest(verdicts) if verdicts else "report"
    return "open" if fate == "report" else fate


def who_of(status: Status, verdicts: Sequence[Verdict]) -> str:
    """Say who passes all of these guards."""
    if status == "closed":
        return "nobody"
    if status in ("public", "open"):
        return "anybody"
    if status == "unknown":
        return "cannot be told"
    said = dict.fromkeys(each for verdict in verdicts for each in verdict.who)
    callers = "; ".join(said) or "any consumer"
    if status == "guarded":
        return callers
    stand_ins = [
        f"{each.nobody.consumer.username or each.nobody.consumer.id} in place of nobody"
        for each in verdicts
        if isinstance(each.nobody, Anonymous)
    ]
    return f"{callers}; or {stand_ins[0] if stand_ins else 'nobody known'}"
