"""In which order routes are looked at, and what becomes of those for the same requests.

APISIX looks at routes with the request's host first (the very one, then wildcards, the
longer first), at the very path before prefixes, at longer prefixes before shorter ones,
then goes by priority, then by the order of the file. Here every route gets a priority
of its own by that; hosts of which a request has one at most share a route.

Source: APISIX ``apisix/http/router/radixtree_host_uri.lua``; lua-resty-radixtree.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias, final

from jwtgate.configs.apisix.matching import Match
from jwtgate.configs.apisix.policies import Demand
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path, shown
from jwtgate.paths import folded
from jwtgate.routes import Route

__all__ = ["Placed", "arrange"]

_Rank: TypeAlias = tuple[bool, bool, int, bool, int, int]

# More than anyone writes by hand, and still ready in seconds.
_MOST_ROUTES: Final = 20_000
_MOST_PAIRS: Final = 100_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A route of the file, for which all is settled but its rank.

    Attributes:
        id: Its id, if it has one.
        at: Where it is.
        match: Which requests it is for.
        demand: What it demands.
    """

    id: str | None
    at: Path
    match: Match
    demand: Demand


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """A route with one path, and one host at most."""

    placed: Placed
    path: str
    prefix: bool
    at: Path
    host: str | None

    @property
    def rank(self) -> _Rank:
        host = self.host or ""
        wild = host.startswith("*")
        return (
            self.host is not None,
            not wild,
            len(host) if wild else 0,  # no request has two very hosts
            not self.prefix,
            len(self.path),
            self.placed.match.priority,
        )

    @property
    def likeness(self) -> object:
        """What routes have in common that some app takes for the same path."""
        path = folded(self.path)
        return self.host, self.prefix, path if self.prefix else path.rstrip("/")

    @property
    def kind(self) -> object:
        """What routes have in common that compare alike with those of other paths."""
        placed = self.placed
        return self.path, self.prefix, placed.match.methods, placed.demand

    @property
    def hosts_behind(self) -> Iterator[str | None]:
        """The hosts of routes that come no earlier, and may have the same requests."""
        yield None
        host = self.host
        while host:
            yield host
            rest = host.removeprefix("*.").partition(".")[2]
            host = rest and f"*.{rest}"

    def may_be_taken_for(self, other: "_One") -> bool:
        """Whether apps that ignore case may take a path of this one for the other's.

        What is guarded is guarded in any case, so that this one's demand would hold
        where the other's is meant.
        """
        return (
            not self.placed.demand.public
            and self.likeness != other.likeness  # such are compared anyway
            and other.has(folded(self.path), folded(other.path))
            and not other.has(self.path, other.path)
        )

    def has(self, path: str, own: str) -> bool:
        """Whether a path comes to this one, whose path is written like this."""
        return path.startswith(own) if self.prefix else path == own

    def covers(self, other: "_One") -> bool:
        """Whether no method is left to another route for the same path."""
        own = self.placed.match.methods
        return not own or (
            bool(other.placed.match.methods)
            and set(other.placed.match.methods) <= set(own)
        )

    def agrees_with(self, other: "_One") -> bool:
        """Whether it makes no difference which of the two a request comes to."""
        own, others = self.placed.demand, other.placed.demand
        return own == others or own.closed or others.closed

    def meets(self, other: "_One") -> bool:
        """Whether a method is for both."""
        own, others = self.placed.match.methods, other.placed.match.methods
        return not own or not others or bool(set(own) & set(others))


def arrange(placed: Sequence[Placed], context: Context) -> list[Route]:
    """Make routes that are looked at in the order of APISIX.

    Two for the same requests are a problem, if what they demand differs.
    """
    pairs = sum(
        len(each.match.paths) * max(1, len(each.match.hosts)) for each in placed
    )
    if pairs > _MOST_PAIRS:
        context.problems.add(
            ("routes",), f"expected at most {_MOST_PAIRS:,} pairs of a uri and a host"
        )
        return []
    ranked = sorted(
        (one for each in placed for one in _split(each)),
        key=lambda one: one.rank,
        reverse=True,
    )
    reached = _without_doubles(ranked, context)
    _refuse_spellings(reached, context)
    kept = _by_hosts(reached)
    if len(kept) > _MOST_ROUTES:
        context.problems.add(
            ("routes",), f"expected at most {_MOST_ROUTES:,}, each uri one of its own"
        )
        return []
    return [
        Route(
            path=one.path,
            prefix=one.prefix,
            hosts=hosts,
            methods=one.placed.match.methods,
            public=one.placed.demand.public,
            policy=one.placed.demand.policy,
            priority=len(kept) - position,
        )
        for position, (one, hosts) in enumerate(kept)
    ]


def _split(placed: Placed) -> Iterator[_One]:
    for path, prefix, at in placed.match.paths:
        for host in placed.match.hosts or (None,):
            yield _One(placed=placed, path=path, prefix=prefix, at=at, host=host)


def _by_hosts(kept: Sequence[_One]) -> list[tuple[_One, tuple[str, ...]]]:
    """Put together what differs in the host alone, and need not be in any order."""
    groups = (list(group) for _, group in groupby(kept, lambda one: (one.at, one.rank)))
    return [
        (group[0], tuple(one.host for one in group if one.host is not None))
        for group in groups
    ]


def _without_doubles(ranked: Sequence[_One], context: Context) -> list[_One]:
    kept: list[_One] = []
    same: defaultdict[object, list[_One]] = defaultdict(list)
    alike: defaultdict[object, dict[object, _One]] = defaultdict(dict)
    for one in ranked:
        earlier = same[one.host, one.path, one.rank]
        if any(_is_double(one, each, context) for each in earlier):
            continue
        earlier.append(one)
        kept.append(one)
        others = alike[one.likeness]
        _compare(one, others.values(), context)
        others.setdefault(one.kind, one)
    return kept


def _refuse_spellings(kept: Sequence[_One], context: Context) -> None:
    behind: defaultdict[str, dict[object, dict[object, _One]]] = defaultdict(dict)
    # From behind, so that only those are looked at which come later.
    for one in reversed(kept):
        path = folded(one.path)
        if path != one.path:
            ends = (path[:end] for end in range(1, len(path) + 1))
            later = (
                each
                for by_host in (behind[end] for end in ends if end in behind)
                for host in one.hosts_behind
                for each in by_host.get(host, {}).values()
            )
            _compare(one, filter(one.may_be_taken_for, later), context)
        behind[path].setdefault(one.host, {}).setdefault(one.kind, one)


def _compare(one: _One, others: Iterable[_One], context: Context) -> None:
    for other in others:
        if one.path == other.path or one.agrees_with(other) or not one.meets(other):
            continue
        context.problems.add(
            one.at,
            f"apps may take the path for that of {shown(other.at)}, which demands "
            "something else; let both demand the same",
        )
        return  # one is enough: there may be thousands


def _is_double(one: _One, earlier: _One, context: Context) -> bool:
    """Whether an earlier route leaves nothing to this one; tells of it."""
    if not earlier.covers(one):
        return False
    place = shown(earlier.at)
    if one.agrees_with(earlier):
        context.notes.add("warning", one.at, f"is never reached: {place} comes first")
    else:
        context.problems.add(
            one.at,
            f"matches the same requests as {place} and demands something else; give "
            "one of them a priority",
        )
    return True
