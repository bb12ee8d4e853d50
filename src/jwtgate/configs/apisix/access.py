"""``consumer-restriction``, made rules of access.

A file names every consumer there is, so that what depends on the place or on a group
is settled here, once, and not for each request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.apisix.consumers import Caller, Callers
from jwtgate.configs.apisix.restriction import Restriction

__all__ = ["Place", "access_for_all", "access_for_one", "verdict_at"]

# No username has such characters.
_NOBODY: Final = "(nobody)"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request goes, as far as it is known."""

    route: str | None = None
    service: str | None = None

    def value(self, restriction: Restriction) -> str | None:
        """Give what a restriction of this kind compares."""
        return self.service if restriction.by == "service_id" else self.route


def verdict_at(
    restriction: Restriction, place: Place
) -> Answer | tuple[str, ...] | None:
    """Judge everyone by the place; see :meth:`Restriction.judge`."""
    return restriction.judge(place.value(restriction))


def access_for_all(
    restriction: Restriction | None, place: Place, callers: Callers
) -> tuple[Access, ...]:
    """Make the rules for everyone who is known at a place."""
    if restriction is None:
        return ()
    if restriction.by == "consumer_name":
        return _listed(restriction)
    if restriction.by == "consumer_group_id":
        return _grouped(restriction, callers)
    verdict = verdict_at(restriction, place)
    if isinstance(verdict, Answer):
        return (Access(allow_consumers=(_NOBODY,), answer=verdict),)
    if verdict is None or not callers.by_name:
        return ()
    methods = dict.fromkeys(callers.by_name, verdict)
    return (Access(allow_methods=methods, answer=restriction.answer),)


def access_for_one(
    restriction: Restriction | None, place: Place, caller: Caller
) -> tuple[Access, ...]:
    """Make the rules of a consumer's own block, which stand in place of a route's."""
    if restriction is None:
        return ()
    if restriction.is_of_place:
        verdict = verdict_at(restriction, place)
    elif restriction.by == "consumer_name":
        verdict = restriction.judge(caller.name)
    else:
        verdict = restriction.judge(caller.group)
    if verdict is None:
        return ()
    if isinstance(verdict, Answer):
        return (Access(deny_consumers=(caller.name,), answer=verdict),)
    return (Access(allow_methods={caller.name: verdict}, answer=restriction.answer),)


def _listed(restriction: Restriction) -> tuple[Access, ...]:
    allow, deny = _admitted(restriction), _names(restriction.refused)
    methods = {name: each for name, each in restriction.methods.items() if name}
    if not (allow or deny or methods):
        return ()
    return (
        Access(
            allow_consumers=allow,
            deny_consumers=deny,
            allow_methods=methods,
            answer=restriction.answer,
        ),
    )


def _grouped(restriction: Restriction, callers: Callers) -> tuple[Access, ...]:
    known = [each.group for each in callers.by_name.values() if each.group is not None]
    in_any = Access(
        allow_groups=tuple(dict.fromkeys(known)) or (_NOBODY,),
        answer=restriction.answer_without,
    )
    allow, deny = _admitted(restriction), _names(restriction.refused)
    methods = {
        name: restriction.methods[caller.group]
        for name, caller in callers.by_name.items()
        if caller.group is not None and caller.group in restriction.methods
    }
    if not (allow or deny or methods):
        return (in_any,)
    return (
        in_any,
        Access(
            allow_groups=allow,
            deny_groups=deny,
            allow_methods=methods,
            answer=restriction.answer,
        ),
    )


def _admitted(restriction: Restriction) -> tuple[str, ...]:
    # A list that admits no possible value admits nobody.
    return _names(restriction.admitted) or ((_NOBODY,) if restriction.admitted else ())


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value)
