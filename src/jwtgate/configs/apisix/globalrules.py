"""``global_rules``: the plugins that run for every request, before all others."""

from collections.abc import Mapping

from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.entries import Entry, InvalidEntry, entries_of, leave_out
from jwtgate.configs.apisix.plugins import CONSUMER_RESTRICTION, is_harmless
from jwtgate.configs.apisix.schema import ID, anything, flaw, table
from jwtgate.configs.context import Context

__all__ = ["read_global_rules"]

_RULES = {
    "id": ID,
    "plugins": table,
    "create_time": anything,
    "update_time": anything,
}
_LATER = (
    "holds here once jwt-auth has told who calls; APISIX runs it before the jwt-auth "
    "of any route, where nobody is known, and answers 401 to all"
)


def read_global_rules(root: Mapping[str, object], context: Context) -> Carried:
    """Read all rules as one.

    APISIX runs a plugin that two rules name in neither; that would open what both
    were to close, and is a problem here. So is a rule that cannot be used and was to
    keep someone out.
    """
    rules = Carried()
    by_caller = None
    for entry in entries_of(root, "global_rules", context):
        try:
            carried = _read(entry, context)
        except InvalidEntry as invalid:
            _refuse(entry, str(invalid), context)
            continue
        for name in sorted(carried.named & rules.named):
            context.problems.add(
                (*entry.at, "plugins", name),
                "is in another global rule as well; expected it in one",
            )
        rules = rules.over(carried)
        if carried.restriction is not None and not carried.restriction.is_of_place:
            by_caller = (*entry.at, "plugins", CONSUMER_RESTRICTION)
    if by_caller is not None and rules.jwt_auth is None:
        context.notes.add("warning", by_caller, _LATER)
    return rules


def _read(entry: Entry, context: Context) -> Carried:
    why = flaw(entry.table, _RULES, ("plugins",), closed=True)
    if why is not None:
        raise InvalidEntry(why)
    return read_carried(
        entry.table["plugins"],
        (*entry.at, "plugins"),
        context,
        resource=entry.resource,
    )


def _refuse(entry: Entry, why: str, context: Context) -> None:
    plugins = entry.table.get("plugins")
    if isinstance(plugins, dict) and all(map(is_harmless, plugins)):
        leave_out(context, entry.at, why)
    else:
        context.problems.add(entry.at, why)
