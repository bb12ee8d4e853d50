"""``limit-count``: how many requests in how many seconds.

Source: APISIX ``apisix/plugins/limit-count/init.lua``.
"""

import re
from collections.abc import Mapping
from typing import cast, final

from jwtgate.answer import Answer
from jwtgate.configs.apisix.blocks import open_block
from jwtgate.configs.apisix.meta import Meta
from jwtgate.configs.apisix.redisurl import POLICIES, redis_flaw, redis_url
from jwtgate.configs.apisix.schema import (
    anything,
    flaw,
    one_of,
    switch,
    text,
    whole,
    whole_value,
)
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.counting.storages import require_storage
from jwtgate.errors import ConfigurationError
from jwtgate.quota import MEMORY, Quota, Rate

__all__ = ["read_limit"]

_NAME = "limit-count"
_DROP = f"name {_NAME} in allow_dropped to do without the limit"


def _check_number(value: object) -> str | None:
    if isinstance(value, str) or (whole_value(value) or 0) > 0:
        return None
    return "value should match only one schema, but matches none"


_RULES = {
    "count": _check_number,
    "time_window": _check_number,
    "group": text(),
    "key": text(),
    "key_type": one_of("var", "var_combination", "constant"),
    "rejected_code": whole(200, 599),
    "rejected_msg": text(1),
    "policy": one_of(*POLICIES),
    "allow_degradation": switch,
    "show_limit_quota_header": switch,
    "_meta": anything,
}
_BODILESS = (204, 205, 304)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_DIGITS = re.compile(r"[1-9][0-9]{0,17}")
_HEADER = re.compile(r"http_([a-z0-9_]+)")
# What is the same for all requests that one process serves.
_CONSTANT = frozenset({"hostname", "nginx_version", "pid", "server_addr"})


def read_limit(
    block: Mapping[str, object], at: Path, context: Context, *, resource: str
) -> Quota | None:
    """Read a block; None if it is disabled, or not carried over.

    Args:
        block: Its members.
        at: Where it is.
        context: Takes what is wrong, and what is not carried over.
        resource: What the block is of; its counters are shared under this name.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    opened = open_block(block, at, context, judge=_judge)
    if opened is None or not opened.is_whole:
        return None
    return _Limit(opened.members, at, context).read(resource, opened.meta)


def _judge(found: Mapping[str, object]) -> str | None:
    why = flaw(found, _RULES) or redis_flaw(str(found.get("policy", "local")), found)
    if why is None and "rules" not in found:
        return flaw(found, {}, ("count", "time_window"))
    return why


@final
class _Limit:
    """A block that is in force."""

    def __init__(self, block: Mapping[str, object], at: Path, context: Context) -> None:
        self._block = block
        self._at = at
        self._context = context

    def read(self, resource: str, meta: Meta) -> Quota | None:
        rate = self._rate()
        storage = self._storage()
        if rate is None or storage is None:
            return None
        self._tell_dropped()
        group = self._block.get("group")
        return Quota(
            rates=(rate,),
            per=self._per(),
            scope=resource if group is None else f"group {group}",
            storage=storage,
            when_down="open" if self._is("allow_degradation") else "closed",
            answer=self._answer(meta),
            shown=self._block.get("show_limit_quota_header", True) is True,
        )

    def _is(self, name: str) -> bool:
        return self._block.get(name) is True

    def _rate(self) -> Rate | None:
        if "rules" in self._block:
            self._refuse("rules", "are not carried over")
            return None
        numbers = []
        for name in ("count", "time_window"):
            number = _number(self._block[name])
            if number is None:
                self._refuse(name, "has variables and is not carried over")
                return None
            numbers.append(number)
        try:
            return Rate(*numbers)
        except ConfigurationError as error:
            self._refuse("time_window", f"cannot be counted: {error}")
        return None

    def _refuse(self, name: str, why: str) -> None:
        place = (*self._at, name)
        if _NAME in self._context.allow_dropped:
            self._context.notes.add("dropped", place, why)
        else:
            self._context.problems.add(place, f"{why}; {_DROP}")

    def _storage(self) -> str | None:
        policy = str(self._block.get("policy", "local"))
        url = redis_url(policy, self._block)
        if url is None:
            url = self._context.quota_storage or MEMORY
        if not url:
            self._refuse("policy", "cannot be carried over with these options")
            return None
        try:
            require_storage(url)
        except ConfigurationError as error:
            self._context.problems.add((*self._at, "policy"), str(error))
            return None
        return url

    def _per(self) -> tuple[str, ...]:
        key = str(self._block.get("key", "remote_addr"))
        kind = self._block.get("key_type", "var")
        if kind == "constant":
            return ()
        names = [key]
        if kind == "var_combination":
            names = [one or other for one, other in _VARIABLE.findall(key)]
        per: list[str] = []
        for name in names:
            found = _per_variable(name.lower())
            if found is None:
                self._tell("key", "counts by a variable that is not known here")
            else:
                per += found
        if not per and not any(name.lower() in _CONSTANT for name in names):
            # As APISIX does where a variable is empty.
            per = ["address"]
        return tuple(dict.fromkeys(per))

    def _answer(self, meta: Meta) -> Answer:
        # APISIX's own default, 503, tells clients that the service is down.
        status = whole_value(self._block.get("rejected_code", 429)) or 429
        if status in _BODILESS:
            return Answer(status=status)
        if meta.error_response is not None and status >= 400:
            return Answer(status=status, body=meta.error_response)
        message = self._block.get("rejected_msg")
        if message is None:
            return Answer(status=status, body="")
        return Answer(status=status, message=cast("str", message))

    def _tell_dropped(self) -> None:
        if self._block.get("window_type", "fixed") != "fixed":
            self._tell("window_type", "counts in fixed windows here")
        if self._block.get("sync_interval", -1) != -1:
            self._tell("sync_interval", "every request is counted at once here")

    def _tell(self, name: str, why: str) -> None:
        self._context.notes.add("dropped", (*self._at, name), why)


def _number(value: object) -> int | None:
    # APISIX takes a text for a number once its variables are put in.
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return whole_value(value)


def _per_variable(name: str) -> tuple[str, ...] | None:
    if name in ("remote_addr", "binary_remote_addr"):
        return ("address",)
    if name == "consumer_name":
        return ("consumer",)
    if name in _CONSTANT:
        return ()
    header = _HEADER.fullmatch(name)
    return None if header is None else (f"header:{header[1].replace('_', '-')}",)
