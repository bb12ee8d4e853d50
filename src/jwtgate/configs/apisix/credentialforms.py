"""The forms in which a file has credentials.

An entry of its own or one in its consumer's list, each with ``plugins``; or, as the
tool ADC writes it, with ``type`` and ``config``.
"""

from collections.abc import Mapping
from typing import cast

from jwtgate.configs.apisix.entries import InvalidEntry, id_text
from jwtgate.configs.apisix.plugins import JWT_AUTH, blocks
from jwtgate.configs.apisix.schema import ID, LABELS, anything, flaw, text
from jwtgate.configs.apisix.schema import table as any_table
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = ["jwt_block", "nested_id"]

_COMMON = {
    "name": text(1, 100),
    "labels": LABELS,
    "desc": text(0, 256),
    "create_time": anything,
    "update_time": anything,
}
_OWN = {**_COMMON, "id": anything, "plugins": any_table}
_ADC = {
    **_COMMON,
    "id": ID,
    "description": text(),
    "type": text(1),
    "config": any_table,
}


def nested_id(table: Mapping[str, object]) -> str | None:
    """Give the id of a credential in its consumer's list: its name, if it has none."""
    return id_text(table.get("id", table.get("name")))


def jwt_block(
    table: Mapping[str, object], at: Path, context: Context
) -> tuple[Path, Mapping[str, object]] | None:
    """Give the ``jwt-auth`` block of a credential; None if it is another plugin's.

    Raises:
        InvalidEntry: It is not as APISIX wants it.
    """
    if "plugins" not in table and "type" in table:
        return _adc_block(table, at, context)
    why = flaw(table, _OWN, ("plugins",), closed=True)
    if why is not None:
        raise InvalidEntry(why)
    if len(cast("dict[str, object]", table["plugins"])) > 1:
        raise InvalidEntry('property "plugins" validation failed: expected one plugin')
    found = list(blocks(table["plugins"], (*at, "plugins"), context, of_consumer=True))
    for name, place, block in found:
        if name != JWT_AUTH:
            raise InvalidEntry(f"{name} cannot be a credential")
        return place, block
    return None


def _adc_block(
    table: Mapping[str, object], at: Path, context: Context
) -> tuple[Path, Mapping[str, object]] | None:
    why = flaw(table, _ADC, ("type", "config"), closed=True)
    if why is not None:
        raise InvalidEntry(why)
    if table["type"] != JWT_AUTH:
        context.notes.add("dropped", at, "is for another plugin than jwt-auth")
        return None
    return (*at, "config"), cast("dict[str, object]", table["config"])
