"""The headers that tell a client what is left of a quota."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from jwtgate.outcome import HeaderPairs
from jwtgate.quota import Quota

if TYPE_CHECKING:
    from jwtgate.counting.windows import Figure, Taken

__all__ = ["quota_headers"]

_PERIODS = MappingProxyType({1: "Second", 60: "Minute", 3_600: "Hour", 86_400: "Day"})


def quota_headers(
    quota: Quota, taken: "Taken", style: Literal["tightest", "by_period"]
) -> HeaderPairs:
    """Write what was counted as headers.

    Args:
        quota: The quota; one that is not shown gives ``Retry-After`` at most.
        taken: What was counted.
        style: ``tightest``: ``X-RateLimit-*`` of the rate that has least left, as
            APISIX; ``by_period``: of each rate by its period, beside ``RateLimit-*``
            of the tightest, as Kong.

    Returns:
        Where the quota is used up, ``Retry-After`` as well (RFC 9110 section 10.2.3).
        Nothing if nothing could be counted.
    """
    if not taken.figures:
        return ()
    tightest = min(taken.figures, key=lambda each: (each.remaining, -each.rate.seconds))
    used_up = [each.reset for each in taken.figures if each.remaining == 0]
    retry = (
        ()
        if taken.ok
        else (("Retry-After", str(max(used_up, default=tightest.reset))),)
    )
    if not quota.shown:
        return retry
    if style == "by_period" and all(
        figure.rate.seconds in _PERIODS for figure in taken.figures
    ):
        tightest_last = sorted(taken.figures, key=lambda each: -each.remaining)
        periods = {each.rate.seconds: each for each in tightest_last}
        by_period = [pair for each in periods.values() for pair in _of_period(each)]
        return (*by_period, *_plain("RateLimit", tightest), *retry)
    return (*_plain("X-RateLimit", tightest), *retry)


def _of_period(figure: "Figure") -> HeaderPairs:
    period = _PERIODS[figure.rate.seconds]
    return (
        (f"X-RateLimit-Limit-{period}", str(figure.rate.amount)),
        (f"X-RateLimit-Remaining-{period}", str(figure.remaining)),
    )


def _plain(prefix: str, figure: "Figure") -> HeaderPairs:
    return (
        (f"{prefix}-Limit", str(figure.rate.amount)),
        (f"{prefix}-Remaining", str(figure.remaining)),
        (f"{prefix}-Reset", str(figure.reset)),
    )
