"""``consumer-restriction``: who may pass.

Source: APISIX ``apisix/plugins/consumer-restriction.lua``. The lists of refused values
come before those of admitted ones; the methods of a value count for whom no list
admitted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, cast, final

from jwtgate.answer import Answer
from jwtgate.configs.apisix.blocks import open_block
from jwtgate.configs.apisix.matching import METHODS
from jwtgate.configs.apisix.schema import (
    anything,
    flaw,
    listing,
    one_of,
    text,
    whole,
    whole_value,
)
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = ["Restriction", "read_restriction"]

_ITEM = {"user": text(), "methods": listing(one_of(*METHODS), 1)}


def _check_item(value: object) -> str | None:
    if not isinstance(value, dict):
        return "wrong type: expected object"
    return flaw(value, _ITEM, ("methods",))


_RULES = {
    "type": one_of("consumer_name", "service_id", "consumer_group_id", "route_id"),
    "blacklist": listing(text(), 1),
    "whitelist": listing(text(), 1),
    "allowed_by_methods": listing(_check_item),
    "rejected_code": whole(200),
    "rejected_msg": text(),
    "_meta": anything,
}
_LISTS = ("blacklist", "whitelist", "allowed_by_methods")
_BODILESS = (204, 205, 304)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A block that is in force.

    Attributes:
        by: What is compared.
        refused: Values that may not pass.
        admitted: Values that may, alone; empty for all.
        methods: What a value may use, by value; who is not named may use all.
        answer: What those who may not pass are told.
        answer_without: What those are told who have no such value.
    """

    by: Literal["consumer_name", "consumer_group_id", "service_id", "route_id"]
    refused: tuple[str, ...] = ()
    admitted: tuple[str, ...] = ()
    methods: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    answer: Answer
    answer_without: Answer

    @property
    def is_of_place(self) -> bool:
        """Whether it compares where a request goes, not who calls."""
        return self.by in ("service_id", "route_id")

    def judge(self, value: str | None) -> Answer | tuple[str, ...] | None:
        """Give the answer to a value that may not pass, or the methods it may use.

        None is for whoever may pass with any method.
        """
        if value is None:
            return self.answer_without
        if value in self.refused or (self.admitted and value not in self.admitted):
            return self.answer
        return None if self.admitted else self.methods.get(value)


def read_restriction(
    block: Mapping[str, object], at: Path, context: Context
) -> Restriction | None:
    """Read a block; None if it is disabled.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    opened = open_block(block, at, context, judge=_judge, known=_RULES)
    if opened is None:
        return None
    found = opened.members
    kind = found.get("type", "consumer_name")
    answers = _answers(found, str(kind), opened.meta.error_response, at, context)
    if answers is None:
        return None
    return Restriction(
        by=cast("Literal['consumer_name']", kind),
        refused=tuple(cast("list[str]", found.get("blacklist", ()))),
        admitted=tuple(cast("list[str]", found.get("whitelist", ()))),
        methods=_methods(found.get("allowed_by_methods", ())),
        answer=answers[0],
        answer_without=answers[1],
    )


def _judge(found: Mapping[str, object]) -> str | None:
    why = flaw(found, _RULES)
    if why is None and not any(name in found for name in _LISTS):
        return "object matches none of the required"
    return why


def _methods(found: object) -> Mapping[str, tuple[str, ...]]:
    methods: dict[str, tuple[str, ...]] = {}
    for item in cast("list[dict[str, object]]", found):
        user = item.get("user")
        if isinstance(user, str):
            # APISIX looks at the first item of a user alone.
            methods.setdefault(user, tuple(cast("list[str]", item["methods"])))
    return MappingProxyType(methods)


def _answers(
    found: Mapping[str, object],
    kind: str,
    body: str | None,
    at: Path,
    context: Context,
) -> tuple[Answer, Answer] | None:
    status = whole_value(found.get("rejected_code", 403))
    if status is None or status > 599:
        context.problems.add(
            (*at, "rejected_code"), "expected an HTTP status, 200 to 599"
        )
        return None
    message = found.get("rejected_msg", f"The {kind} is forbidden.")
    without = f"The request is rejected, please check the {kind} for this request"
    return _answer(status, str(message), body), _answer(401, without, body)


def _answer(status: int, message: str, body: str | None) -> Answer:
    if status in _BODILESS:
        return Answer(status=status)
    if body is not None and status >= 400:
        return Answer(status=status, body=body)
    return Answer(status=status, message=message)
