"""``quota``, ``access``, ``termination`` and ``consumer_terms`` of a file."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.native.fields import read_fields, refuse_unknown
from jwtgate.configs.native.kinds import ACCESS, ANSWER, QUOTA, QUOTAS, TERMS, Kind
from jwtgate.configs.problems import Path, Problems
from jwtgate.counting import Counter
from jwtgate.errors import ConfigurationError
from jwtgate.quota import Quota
from jwtgate.terms import Terms

__all__ = ["read_quotas", "read_terms"]

_T = TypeVar("_T")

_Defaults = Mapping[str, object]

_KINDS: Mapping[object, Mapping[str, Kind]] = MappingProxyType(
    {Access: ACCESS, Answer: ANSWER, Quota: QUOTA}
)
_NEEDED: Mapping[object, tuple[str, str]] = MappingProxyType(
    {
        Answer: ("status", "is missing; expected a status of HTTP"),
        Quota: ("rates", 'is missing; expected such as "3/30s"'),
    }
)


def read_quotas(table: Mapping[str, object], at: Path, problems: Problems) -> _Defaults:
    """Read what holds for every quota of a file that does not say otherwise.

    Args:
        table: The members.
        at: Where the table is.
        problems: Takes what is wrong with them.

    Returns:
        Members of a quota that work; none if any of them does not.
    """
    refuse_unknown(table, QUOTAS, at, problems)
    defaults, whole = read_fields(table, QUOTAS, at, problems)
    quota = _tried(Quota, {"rates": "1/s", **defaults}, at, problems, defaults)
    if not whole or quota is None or not defaults:
        return {}
    return defaults if _is_countable(quota, defaults, at, problems) else {}


def read_terms(
    fields: dict[str, object],
    at: Path,
    problems: Problems,
    *,
    defaults: _Defaults = MappingProxyType({}),
) -> None:
    """Make values of those members of a table that say what callers are held to.

    Args:
        fields: The table's members, of the right kinds; those here are replaced, less
            what has problems.
        at: Where the table is.
        problems: Takes what is wrong with them.
        defaults: Members of every quota that does not say otherwise; they work.
    """

    def quota(value: object, place: Path) -> Quota | None:
        return _quota(value, place, problems, defaults)

    def access(value: object, place: Path) -> Access | None:
        return _made(Access, value, place, problems)

    def answer(value: object, place: Path) -> Answer | None:
        return _made(Answer, value, place, problems)

    def terms(value: object, place: Path) -> Mapping[str, Terms]:
        found = {
            name: made
            for name, table in cast("dict[str, object]", value).items()
            if (made := _terms(table, (*place, name), problems, defaults)) is not None
        }
        return MappingProxyType(found)

    readers: dict[str, Callable[[object, Path], object]] = {
        "quota": lambda value, place: _several(quota, value, place),
        "access": lambda value, place: _several(access, value, place),
        "termination": answer,
        "consumer_terms": terms,
    }
    for name, read in readers.items():
        if fields.get(name) is not None:
            fields[name] = read(fields[name], (*at, name))


def _several(
    read: Callable[[object, Path], _T | None], value: object, at: Path
) -> tuple[_T, ...]:
    if not isinstance(value, list):
        made = read(value, at)
        return () if made is None else (made,)
    found = [read(each, (*at, index)) for index, each in enumerate(value)]
    return tuple(each for each in found if each is not None)


def _terms(
    table: object, at: Path, problems: Problems, defaults: _Defaults
) -> Terms | None:
    if not isinstance(table, dict):
        problems.add(at, "expected a table")
        return None
    refuse_unknown(table, TERMS, at, problems)
    fields, _ = read_fields(table, TERMS, at, problems)
    read_terms(fields, at, problems, defaults=defaults)
    return Terms(**cast("Any", fields))


def _quota(
    value: object, at: Path, problems: Problems, defaults: _Defaults
) -> Quota | None:
    members = value if isinstance(value, dict) else {}
    if isinstance(value, str):
        quota = _tried(Quota, {**defaults, "rates": value}, at, problems, ())
    elif isinstance(value, dict):
        quota = _made(Quota, value, at, problems, defaults)
    else:
        problems.add(at, 'expected a rate such as "3/30s", or a table (a quota)')
        return None
    if quota is None or not _is_countable(quota, members, at, problems):
        return None
    return quota


def _is_countable(
    quota: Quota, members: Mapping[str, object], at: Path, problems: Problems
) -> bool:
    # Told here, with its place: a gate asks as well, but not for its consumers' quotas.
    try:
        Counter().require(quota)
    except ConfigurationError as error:
        place = (*at, "storage") if "storage" in members else at
        problems.add_all(place, error.problems, ())
        return False
    return True


def _made(
    make: Callable[..., _T],
    value: object,
    at: Path,
    problems: Problems,
    defaults: _Defaults = MappingProxyType({}),
) -> _T | None:
    if not isinstance(value, dict):
        problems.add(at, "expected a table")
        return None
    refuse_unknown(value, _KINDS[make], at, problems)
    fields, whole = read_fields(value, _KINDS[make], at, problems)
    if fields.get("answer") is not None:
        place = (*at, "answer")
        fields["answer"] = _made(Answer, fields["answer"], place, problems)
    needed, why = _NEEDED.get(make, (None, ""))
    if needed is not None and needed not in value:
        problems.add((*at, needed), why)
        whole = False
    if not whole:
        return None
    return _tried(make, {**defaults, **fields}, at, problems, value)


def _tried(
    make: Callable[..., _T],
    fields: Mapping[str, object],
    at: Path,
    problems: Problems,
    members: Collection[str],
) -> _T | None:
    try:
        return make(**fields)
    except ConfigurationError as error:
        problems.add_all(at, error.problems, members)
    return None
