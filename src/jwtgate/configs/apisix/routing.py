"""In which order routes are looked at, and what becomes of those for the same requests.

APISIX looks at routes with the request's host first (the very one, then wildcards, the
longer first), at the very path before prefixes, at longer prefixes before shorter ones,
then goes by priority, then by the order of the file. Here every route gets a priority
of its own by that.

Source: APISIX ``apisix/http/router/radixtree_host_uri.lua``; lua-resty-radixtree.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from jwtgate.configs.apisix.matching import Match
from jwtgate.configs.apisix.policies import Demand
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path, shown
from jwtgate.paths import folded
from jwtgate.routes import Route

__all__ = ["Placed", "arrange"]

_Rank: TypeAlias = tuple[bool, bool, int, bool, int, int]


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
        return (
            self.host is not None,
            not host.startswith("*"),
            len(host),
            not self.prefix,
            len(self.path),
            self.placed.match.priority,
        )

    @property
    def likeness(self) -> object:
        """What routes have in common that some app takes for the same path."""
        path = folded(self.path)
        return self.host, self.prefix, path if self.prefix else path.rstrip("/")

    def may_be_taken_for(self, other: "_One") -> bool:
        """Whether apps that ignore case may take a path of this one for the other's.

        What is guarded is guarded in any case, so that this one's demand would hold
        where the other's is meant.
        """
        return (
            not self.placed.demand.public
            and self.likeness != other.likeness  # such are compared anyway
            and (other.host is None or self.host is not None)
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
    ranked = sorted(
        (one for each in placed for one in _split(each)),
        key=lambda one: one.rank,
        reverse=True,
    )
    kept = _without_doubles(ranked, context)
    _refuse_spellings(kept, context)
    return [
        Route(
            path=one.path,
            prefix=one.prefix,
            hosts=() if one.host is None else (one.host,),
            methods=one.placed.match.methods,
            public=one.placed.demand.public,
            policy=one.placed.demand.policy,
            priority=len(kept) - position,
        )
        for position, one in enumerate(kept)
    ]


def _split(placed: Placed) -> Iterator[_One]:
    for path, prefix, at in placed.match.paths:
        for host in placed.match.hosts or (None,):
            yield _One(placed=placed, path=path, prefix=prefix, at=at, host=host)


def _without_doubles(ranked: Sequence[_One], context: Context) -> list[_One]:
    kept: list[_One] = []
    alike: defaultdict[object, list[_One]] = defaultdict(list)
    for one in ranked:
        others = alike[one.likeness]
        if not any(_is_double(one, other, context) for other in others):
            others.append(one)
            kept.append(one)
    return kept


def _refuse_spellings(kept: Sequence[_One], context: Context) -> None:
    behind: defaultdict[str, list[_One]] = defaultdict(list)
    # From behind, so that only those are looked at which come later.
    for one in reversed(kept):
        path = folded(one.path)
        if path != one.path:
            for end in range(1, len(path) + 1):
                for later in behind.get(path[:end], ()):
                    if one.may_be_taken_for(later):
                        _compare(one, later, context)
        behind[path].append(one)


def _compare(one: _One, later: _One, context: Context) -> None:
    if one.agrees_with(later) or not one.meets(later):
        return
    context.problems.add(
        one.at,
        f"apps may take the path for that of {shown(later.at)}, which demands "
        "something else; let both demand the same",
    )


def _is_double(one: _One, earlier: _One, context: Context) -> bool:
    """Whether an earlier route leaves nothing to this one; tells of it."""
    if one.path != earlier.path:
        _compare(one, earlier, context)
        return False
    if one.rank != earlier.rank or not earlier.covers(one):
        return False
    place = shown(earlier.at)
    if one.agrees_with(earlier):
        context.notes.add("warning", one.at, f"is never reached: {place} comes first")
        return True
    context.problems.add(
        one.at,
        f"matches the same requests as {place} and demands something else; give one "
        "of them a priority",
    )
    return True
