"""Mistakes in times: ``exp`` at the time of issue, milliseconds, clocks that differ."""

import re
from collections.abc import Iterator
from typing import Final

from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.explain.wording import difference, lapse, shown
from jwtgate.jose.claims import is_numeric_date
from jwtgate.reason import Reason

__all__ = ["TIMES"]

AT_ONCE: Final = 300
"""Seconds after ``exp`` in which a token without ``iat`` was most likely just made."""

SKEW: Final = 300
"""Seconds by which clocks differ; more is no clock's fault."""

_NAMES = ("exp", "nbf", "iat")
_FAR = 1e11  # seconds: the year 5138; as milliseconds it is 1973
_EARLY = 1e8  # seconds: 1973, before there were tokens
_TEN_YEARS = 10 * 365 * 86_400


def _reasons(case: Case) -> frozenset[Reason | None]:
    return frozenset(step.reason for step in case.steps)


def _times(case: Case) -> dict[str, float]:
    claims = {} if case.token is None else case.token.claims
    return {
        name: claims[name]
        for name in _NAMES
        if name in claims and is_numeric_date(claims[name])
    }


def _never_lived(case: Case) -> Slip | None:
    times = _times(case)
    if Reason.TOKEN_EXPIRED not in _reasons(case) or "exp" not in times:
        return None
    exp, since = times["exp"], -difference(times["exp"], case.time)
    made = times.get("iat", times.get("nbf"))
    if made is not None and exp <= made:
        was = "now" if exp == made else "a time before that"
        saw = f"The token expired the moment it was issued: exp was set to {was}."
    elif made is None and since == 0:
        saw = "The token expired the moment it was issued: exp is this very second, so "
        saw += "it was set to now."
    elif made is None and 0 < since <= AT_ONCE:
        saw = f"The token expired {lapse(since)} ago and has no iat: if it was just "
        saw += "made, it expired the moment it was issued, as exp was set to now."
    else:
        return None
    return Slip(
        name="exp_at_issue",
        saw=saw,
        mend="Set exp to the time of issue and a lifetime, such as now + 600.",
        reason=Reason.TOKEN_EXPIRED,
    )


def _milliseconds(case: Case) -> Slip | None:
    times = _times(case).items()
    wrong = [
        name
        for name, value in times
        if value > _FAR and abs(difference(_thousandth(value), case.time)) < _TEN_YEARS
    ]
    if not wrong:
        return None
    return Slip(
        name="milliseconds",
        saw=f"{' and '.join(wrong)} is in milliseconds.",
        mend="Write seconds since the epoch: in JavaScript, "
        "Math.floor(Date.now() / 1000).",
    )


def _thousandth(value: float) -> float:
    return value / 1000 if value < 1e18 else value


def _duration(case: Case) -> Slip | None:
    exp = _times(case).get("exp")
    if Reason.TOKEN_EXPIRED not in _reasons(case) or exp is None:
        return None
    if not 0 < exp < _EARLY:
        return None
    return Slip(
        name="exp_is_a_lifetime",
        saw=f"exp is {shown(exp)}: a length of time, not a time.",
        mend="Set exp to the time of issue and that length: now + lifetime.",
        reason=Reason.TOKEN_EXPIRED,
    )


def _text(case: Case) -> Slip | None:
    claims = {} if case.token is None else case.token.claims
    wrong = [name for name in _NAMES if _is_number_in_quotes(claims.get(name))]
    if not wrong or Reason.CLAIM_INVALID not in _reasons(case):
        return None
    return Slip(
        name="time_as_text",
        saw=f"{' and '.join(wrong)} is a number in quotes, and so a text.",
        mend="Write it without quotes.",
        reason=Reason.CLAIM_INVALID,
    )


def _is_number_in_quotes(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\s*[0-9]+\s*", value) is not None


def _skew(case: Case) -> Slip | None:
    reason = Reason.TOKEN_NOT_YET_VALID
    if case.reason is Reason.CLAIM_INVALID and case.first_claim == "iat":
        reason = Reason.CLAIM_INVALID  # where a denylist asks when it was issued
    elif reason not in _reasons(case):
        return None
    ahead = max(_ahead(case), default=-1.0)
    if not 0 <= ahead <= SKEW:
        return None
    return Slip(
        name="clock_skew",
        saw=f"The token begins {lapse(ahead)} from now: its issuer's clock is ahead of "
        "this one, or this one is slow.",
        mend=f"Set both by NTP, or allow a leeway of {ahead + 1:.0f} seconds or more.",
        reason=reason,
    )


def _ahead(case: Case) -> Iterator[float]:
    for name, value in _times(case).items():
        if name != "exp":
            yield difference(value, case.time)


TIMES: Final = (_milliseconds, _never_lived, _duration, _text, _skew)
"""The ones that explain more than themselves first."""
