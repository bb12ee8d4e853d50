"""The config of the rate-limiting plugin, made into a quota.

Source: Kong 3.10, ``kong/plugins/rate-limiting``.
"""

import re
from dataclasses import dataclass, replace
from itertools import combinations
from math import floor
from types import MappingProxyType
from typing import Final, final

from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.fields import (
    BOOLEAN,
    NUMBER,
    RECORD,
    STRING,
    Field,
    matching,
    one_of,
    positive,
)
from jwtgate.configs.kong.plugins import Plugin
from jwtgate.configs.kong.records import Record
from jwtgate.configs.kong.redis import FLAT, redis_url
from jwtgate.configs.kong.refusing import refuse_or_drop
from jwtgate.configs.problems import Path
from jwtgate.counting.storages import require_storage
from jwtgate.errors import ConfigurationError
from jwtgate.quota import MEMORY, Quota, Rate

__all__ = ["Limit", "read_limit"]

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_PERIODS: Final = (*_SECONDS, "month", "year")
_HEADER: Final = re.compile(r"[A-Za-z0-9_-]+")
_SWITCH: Final = Field(test=BOOLEAN, required=True)
_MOST: Final = 1e15
_TEXT: Final = "API rate limit exceeded"
_FIELDS: Final = MappingProxyType(
    {
        **dict.fromkeys(_PERIODS, Field(test=positive)),
        "limit_by": Field(
            test=one_of(
                *("consumer", "credential", "ip", "service", "header", "path"),
                "consumer-group",
            )
        ),
        "header_name": Field(
            test=matching(
                _HEADER,
                "bad header name '{}', allowed characters are A-Z, a-z, 0-9, '_', "
                "and '-'",
            )
        ),
        "path": Field(test=STRING),
        "policy": Field(test=one_of("local", "cluster", "redis")),
        "fault_tolerant": _SWITCH,
        "hide_client_headers": _SWITCH,
        "error_code": Field(test=positive),
        "error_message": Field(test=STRING),
        "sync_rate": Field(test=NUMBER, required=True),
        "redis": Field(test=RECORD),
        **FLAT,
    }
)
_PER: Final = {
    "consumer": "consumer",
    "credential": "credential",
    "ip": "address",
}


@final
@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """What a rate-limiting plugin says.

    Attributes:
        at: Where its config is.
        quota: Its quota.
        by_service: All requests to one service count together.
    """

    at: Path
    quota: Quota
    by_service: bool = False

    def quota_of(self, service: Entity | None) -> Quota:
        """Give the quota of the requests to a service."""
        if not self.by_service:
            return self.quota
        if service is None:
            return replace(self.quota, per=("address",))
        return replace(
            self.quota, per=(), scope=f"{self.quota.scope} by {service.label}"
        )


def read_limit(plugin: Plugin, context: Context) -> Limit | None:
    """Read how many requests may be made; None if that has problems, or is dropped."""
    record = plugin.read(_FIELDS, context)
    before = len(context.problems)
    _check(record, plugin, context)
    what = _uncounted(record)
    if what is not None:
        name, why = what
        refuse_or_drop(plugin.name, plugin.place(name), context, why)
        return None
    storage = _storage(record, plugin, context)
    answer = _answer(record, plugin, context)
    rates = _rates(record, plugin, context)
    if len(context.problems) > before or storage is None or not record.is_whole:
        return None
    by = record.text("limit_by") or "consumer"
    per = f"header:{record.text('header_name')}" if by == "header" else _PER.get(by)
    is_open = record.switch("fault_tolerant", default=True)
    try:
        quota = Quota(
            rates=rates,
            per=() if per is None else (per,),
            scope=_scope(plugin),
            aligned=True,
            storage=storage,
            when_down="open" if is_open else "closed",
            answer=answer,
            shown=not record.switch("hide_client_headers", default=False),
        )
        require_storage(storage)
    except ConfigurationError as error:
        # Of what was not read here: where load() says that quotas count.
        context.problems.add_all(plugin.config, error.problems, ())
        return None
    return Limit(plugin.config, quota, by_service=by == "service")


def _scope(plugin: Plugin) -> str:
    # Kong counts apart by the route and the service that the plugin holds for.
    route, service = plugin.route, plugin.service
    return "kong" + (
        (f" route {route.label}" if route else "")
        + (f" service {service.label}" if service else "")
    )


def _check(record: Record, plugin: Plugin, context: Context) -> None:
    problems = context.problems
    given = [(name, record.number(name) or 0) for name in _PERIODS if name in record]
    if all(plugin.given(name) is None for name in _PERIODS):
        names = ", ".join(f"'config.{name}'" for name in _PERIODS)
        problems.add(
            plugin.at, f"at least one of these fields must be non-empty: {names}"
        )
    for (short, most), (long, less) in combinations(given, 2):
        if less < most:
            problems.add(
                plugin.config,
                f"The limit for {long}({_shown(less)}) cannot be lower than the limit "
                f"for {short}({_shown(most)})",
            )
            break
    if record.text("limit_by") == "header" and "header_name" not in record:
        problems.add(plugin.place("header_name"), "required field missing")
    if record.text("policy") != "redis" and record.number("sync_rate") not in (
        None,
        -1,
    ):
        problems.add(plugin.config, "sync_rate can only be used with the redis policy")


def _shown(number: float) -> str:
    return f"{min(number, _MOST):.1f}"  # a whole number of 400 digits is no float


def _uncounted(record: Record) -> tuple[str, str] | None:
    for name in ("month", "year"):
        if name in record:
            return name, f"a limit by {name} is not carried over"
    by = record.text("limit_by")
    if by in ("path", "consumer-group"):
        return "limit_by", f"a limit by {by} is not carried over"
    return None


def _storage(record: Record, plugin: Plugin, context: Context) -> str | None:
    if record.text("policy") == "redis":
        return redis_url(record, plugin, context)
    return context.quota_storage or MEMORY


def _rates(record: Record, plugin: Plugin, context: Context) -> tuple[Rate, ...]:
    rates = []
    for name, seconds in _SECONDS.items():
        if name not in record:
            continue
        try:
            rates.append(Rate(floor(record.number(name) or 0), seconds))
        except ConfigurationError as error:
            context.problems.add(plugin.place(name), str(error))
    return tuple(rates)


def _answer(record: Record, plugin: Plugin, context: Context) -> Answer | None:
    code = record.number("error_code") or 429
    text = record.text("error_message") or _TEXT
    if (code, text) == (429, _TEXT):
        return None
    try:
        return Answer(status=int(code), message=text)
    except ConfigurationError as error:
        context.problems.add(plugin.place("error_code"), str(error))
    return None
