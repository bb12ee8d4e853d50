"""Quotas: how many requests a caller may make in how much time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Final, Literal, Self, final

from jwtgate.answer import Answer, is_answer
from jwtgate.errors import ConfigurationError
from jwtgate.record import Record
from jwtgate.values import as_texts, is_name, is_switch, is_unicode

__all__ = ["MEMORY", "Quota", "Rate", "as_quotas"]

MEMORY: Final = "memory://"
"""Where counters are kept unless a quota says otherwise: in this process."""

# Compiled when the first quota is made; most apps have none.
_RATE = r"([1-9][0-9]{0,11})/([1-9][0-9]{0,8})?(s|m|h|d)"
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST = 366 * 86_400
_PER = r"consumer|credential|address|header:[!#$%&'*+.^_`|~0-9A-Za-z-]+"


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rate(Record):
    """So many requests in so many seconds."""

    amount: int
    seconds: int

    def __post_init__(self) -> None:
        """Check both."""
        if type(self.amount) is not int or not 0 < self.amount < 10**12:
            raise ConfigurationError("the amount of a rate must be a whole number > 0")
        if type(self.seconds) is not int or not 0 < self.seconds <= _LONGEST:
            raise ConfigurationError(
                "the seconds of a rate must be a whole number, up to a year"
            )

    def __str__(self) -> str:
        """Write it as it is read: ``3/30s``."""
        return f"{self.amount}/{self.seconds}s"


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Quota(Record):
    """How many requests a caller may make; over it, the answer is 429.

    Attributes:
        rates: Such as ``"3/30s"``, ``"100/m, 1000/h"`` (units s, m, h, d), or rates;
            each has to have room.
        per: Whose requests are counted together: those of a ``consumer``, a
            ``credential``, an ``address``, or with one value of a header
            (``header:X-Tenant``); several for each combination, none for all
            requests. Who has no such thing is counted by address.
        scope: Quotas of one scope and rate share their counters; left out, those of
            one route do, or those of one consumer.
        aligned: A window begins at a full minute, hour and so on of UTC, not with the
            first request in it. Source: Kong.
        storage: Where counters are: ``memory://`` for this process alone, or
            ``redis://...`` for several. Never shown.
        when_down: What a storage that does not answer means: ``open`` lets pass, with
            one log record; ``closed`` refuses with 503.
        answer: What a client over it is told, if not the usual.
        shown: Whether responses say what is left.

    Raises:
        ConfigurationError: A rate that cannot be read, or a field that cannot work.

    Source: APISIX ``limit-count``; Kong ``rate-limiting``.
    """

    rates: str | Sequence[Rate]
    per: Sequence[str] = ("consumer",)
    scope: str = ""
    aligned: bool = False
    storage: str = field(default=MEMORY, repr=False)
    when_down: Literal["open", "closed"] = "open"
    answer: Answer | None = None
    shown: bool = True

    def __post_init__(self) -> None:
        """Read the rates, then check everything."""
        object.__setattr__(self, "rates", _rates(self.rates))
        object.__setattr__(self, "per", as_texts("per", self.per))
        problems = tuple(_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled with the URL of a storage: it may have a password."""
        if self.storage != MEMORY:
            raise TypeError("a quota with a storage cannot be pickled")
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return partial(Quota, **values), ()

    @property
    def limits(self) -> tuple[Rate, ...]:
        """The rates, read."""
        return tuple(rate for rate in self.rates if isinstance(rate, Rate))

    def within(self, scope: str) -> "Quota":
        """Give the quota a scope, unless it has one."""
        return self if self.scope else replace(self, scope=scope)

    @classmethod
    def of(cls, value: object) -> Self:
        """Take a quota, or a text with its rates.

        Raises:
            ConfigurationError: Something else.
        """
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(rates=value)
        raise ConfigurationError('quota must be a Quota, or a text such as "3/30s"')


def as_quotas(value: object) -> tuple[Quota, ...]:
    """Make a tuple of one quota, several, or none (None).

    Raises:
        ConfigurationError: Something that is no quota.
    """
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return tuple(Quota.of(each) for each in value)
    return (Quota.of(value),)


def _rates(given: object) -> tuple[Rate, ...]:
    if isinstance(given, str):
        return tuple(_rate(part.strip()) for part in given.split(","))
    if (
        isinstance(given, list | tuple)
        and given
        and all(isinstance(rate, Rate) for rate in given)
    ):
        return tuple(given)
    raise ConfigurationError('rates must be a text such as "3/30s", or Rates')


def _rate(text: str) -> Rate:
    found = re.fullmatch(_RATE, text)
    if found is None:
        raise ConfigurationError('rates must be such as "3/30s" or "100/m, 1000/h"')
    amount, units, unit = found.groups()
    return Rate(int(amount), int(units or "1") * _UNITS[unit])


def _problems(quota: Quota) -> list[str]:
    problems = [
        f"per has {each!r}; expected consumer, credential, address or header:NAME"
        for each in quota.per
        if not re.fullmatch(_PER, each)
    ]
    if not is_unicode(quota.scope):
        problems.append("scope must be a text")
    if not is_name(quota.storage) or "://" not in quota.storage:
        problems.append("storage must be a URL, as memory:// or redis://localhost:6379")
    if quota.when_down not in ("open", "closed"):
        problems.append("when_down must be one of: open, closed")
    if not is_answer(quota.answer):
        problems.append("answer must be an Answer, or None")
    problems += [
        f"{name} must be True or False"
        for name in ("aligned", "shown")
        if not is_switch(getattr(quota, name))
    ]
    return problems
