"""Each claim with its value, the limit, and by how much it misses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

from jwtgate import checks
from jwtgate.checks import Check
from jwtgate.credential import Credential
from jwtgate.explain.case import Case
from jwtgate.explain.wording import bounded, difference, lapse, moment, shown
from jwtgate.jose import UnverifiedToken, VerifiedToken
from jwtgate.jose.claims import is_numeric_date
from jwtgate.policy import Policy
from jwtgate.reason import Reason

__all__ = ["judge"]

_THERE = "must be there"


@final
@dataclass(frozen=True, slots=True)
class _Demand:
    """One check, with what it is about in words."""

    claim: str
    check: Check
    limit: str
    most: float | None = None

    @property
    def name(self) -> str:
        """What the step is called."""
        return self.claim if self.most is None else "maximum_expiration"


@final
@dataclass(frozen=True, slots=True)
class _Judged:
    """A token, and the time and the grace that it is judged by."""

    token: UnverifiedToken
    now: float
    grace: float

    def value_of(self, claim: str, reason: Reason | None) -> tuple[str, dict[str, Any]]:
        """Tell the value of a claim, and how far from now it is if it is a time."""
        members = self.token.header.members if claim == "typ" else self.token.claims
        if claim not in members:
            return "not in the token", {}
        value = members[claim]
        facts = {"value": bounded(value)}
        if claim not in ("exp", "nbf") or not is_numeric_date(value):
            return shown(value), facts
        seconds = difference(value, self.now)
        facts |= {"seconds": bounded(seconds), "leeway": self.grace}
        text = f"{shown(value)} ({moment(value)}): {self._far(seconds, reason)}"
        return text, facts

    def _far(self, seconds: float, reason: Reason | None) -> str:
        span = lapse(seconds)
        leeway = f", and the leeway is {self.grace:g} s" if self.grace else ""
        match reason:
            case Reason.TOKEN_EXPIRED:
                return f"expired {span} ago{leeway}" if seconds else "expired just now"
            case Reason.TOKEN_NOT_YET_VALID:
                return f"not valid for another {span}{leeway}"
            case Reason.EXPIRATION_TOO_FAR:
                return f"{span} from now is too far"
            case _:
                return f"in {span}" if seconds > 0 else f"{span} ago"


def judge(case: Case, token: UnverifiedToken) -> None:
    """Judge the claims, also of a token whose signature does not hold.

    The gate would not: what they say is told as unverified then.
    """
    credential = _credential(case)
    grace = case.policy.leeway
    if credential is not None and credential.lifetime_grace_period is not None:
        grace = credential.lifetime_grace_period
    demands = tuple(_demands(case.policy, credential))
    # As if it were verified: nothing but words comes of it.
    assumed = VerifiedToken(token.header, token.claims)
    for demand in demands:
        failure = demand.check(assumed, case.time, grace)
        reason = None if failure is None else failure[1]
        told = [each.claim for each in demands].count(demand.claim) > 1
        if reason is not None or not (told and demand.limit == _THERE):
            _tell(case, demand, reason, _Judged(token, case.time, grace))


def _credential(case: Case) -> Credential | None:
    if case.verified is not None:
        return case.verified[0]
    return next((each.credential for each in case.tried if each.is_picked), None)


def _demands(policy: Policy, credential: Credential | None) -> Iterator[_Demand]:
    for name in policy.required_claims:
        yield _Demand(name, checks.required(name), _THERE)
    if "exp" in policy.claims_to_verify:
        yield _Demand("exp", checks.expiration, "must be a number, later than now")
    if "nbf" in policy.claims_to_verify:
        exclusive = policy.dialect.nbf_exclusive
        check = checks.not_before_exclusive if exclusive else checks.not_before
        yield _Demand("nbf", check, "must be a number, not later than now")
    if (limit := policy.maximum_expiration) is not None:
        text = f"must be a number, at most {limit:g} s from now"
        yield _Demand("exp", checks.maximum_expiration(limit), text, limit)
    yield from _named(policy, credential)


def _named(policy: Policy, credential: Credential | None) -> Iterator[_Demand]:
    if policy.issuer:
        yield _Demand("iss", checks.issuer(policy.issuer), _one_of(policy.issuer))
    for whose in (policy, credential):
        if whose is not None and whose.audience:
            audience = tuple(whose.audience)
            yield _Demand("aud", checks.audience(audience), _one_of(audience))
        if whose is not None and whose.types:
            types = tuple(whose.types)
            yield _Demand("typ", checks.token_type(types), _one_of(types))


def _one_of(accepted: Sequence[str]) -> str:
    return f"must be one of {', '.join(map(shown, accepted))}"


def _tell(case: Case, demand: _Demand, reason: Reason | None, token: _Judged) -> None:
    text, facts = token.value_of(demand.claim, reason)
    if reason is not None and "seconds" not in facts:
        text += f": {demand.limit}"
    elif demand.most is not None:
        text += f"; at most {demand.most:g} s from now"
    facts |= {"limit": demand.limit, "verified": case.verified is not None}
    if reason is not None:
        case.note(demand.name, "bad", f"{text}{_how_sure(case)}", reason, facts)
    else:
        case.note(
            demand.name,
            "open" if case.verified is None else "good",
            f"{text}{_how_sure(case)}",
            facts=facts,
        )


def _how_sure(case: Case) -> str:
    return " (unverified)" if case.verified is None else ""
