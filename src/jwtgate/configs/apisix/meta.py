"""``_meta``: what every plugin's block may have.

Source: APISIX ``apisix/schema_def.lua`` (plugin_injected_schema) and ``plugin.lua``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.schema import anything as any_item
from jwtgate.configs.apisix.schema import flaw, listing, switch, text, whole
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = ["Meta", "read_meta"]

_FILTER = "is not carried over: the plugin always runs here"
_PRIORITY = "is not carried over: the order of the plugins is fixed here"
_PRE_FUNCTION = (
    "runs code of its own and is not carried over; name pre_function in "
    "allow_dropped if nobody is kept out by it"
)


def _check_error_response(value: object) -> str | None:
    if isinstance(value, str | dict):
        return None
    return "value should match only one schema, but matches none"


_RULES = {
    "disable": switch,
    "error_response": _check_error_response,
    "priority": whole(),
    "filter": listing(any_item),
    "pre_function": text(),
}


@final
@dataclass(frozen=True, slots=True)
class Meta:
    """What of it counts here.

    Attributes:
        disabled: The plugin does not run.
        error_response: The body of its refusals.
    """

    disabled: bool = False
    error_response: str | None = None


def read_meta(block: Mapping[str, object], at: Path, context: Context) -> Meta:
    """Read the ``_meta`` of a plugin's block, and tell what of it is not done here.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    found = block.get("_meta", {})
    if not isinstance(found, dict):
        raise InvalidEntry('property "_meta" validation failed: wrong type')
    why = flaw(found, _RULES, closed=True)
    if why is not None:
        raise InvalidEntry(f'property "_meta" validation failed: {why}')
    disabled = found.get("disable", False) is True
    if not disabled:
        _tell_dropped(found, (*at, "_meta"), context)
    return Meta(disabled, _body(found.get("error_response")))


def _tell_dropped(found: Mapping[str, object], at: Path, context: Context) -> None:
    for name, why in (("filter", _FILTER), ("priority", _PRIORITY)):
        if name in found:
            context.notes.add("dropped", (*at, name), why)
    if "pre_function" in found:
        place = (*at, "pre_function")
        if "pre_function" in context.allow_dropped:
            context.notes.add("dropped", place, "is not carried over")
        else:
            context.problems.add(place, _PRE_FUNCTION)


def _body(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    # As APISIX writes any table that is a body: one line of JSON.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
