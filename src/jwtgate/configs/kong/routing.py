"""From what Kong's routes match to routes of a gate, the closest one first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, final

from jwtgate.backend import AnyStore
from jwtgate.configs.context import Context
from jwtgate.configs.kong.criteria import Match, Rank
from jwtgate.configs.kong.ties import Ties
from jwtgate.configs.problems import shown
from jwtgate.paths import folded
from jwtgate.policy import Policy
from jwtgate.routes import Route

__all__ = ["Guarded", "lay_out"]


@final
@dataclass(frozen=True, slots=True)
class Guarded:
    """A match, and what is demanded there.

    Attributes:
        match: The match.
        policy: What is demanded.
        store: Where credentials are; the gate's own store if None.
        public: No token is.
    """

    match: Match
    policy: Policy
    store: AnyStore | None = None
    public: bool = False

    def demands_as(self, other: "Guarded") -> bool:
        """Whether the other one demands the same."""
        return (
            self.policy == other.policy
            and self.store is other.store
            and self.public is other.public
        )


# Kong takes some for equally close; ours are looked at in the order of the file then.
_Ranked: TypeAlias = tuple[Rank, int]


def lay_out(guarded: Sequence[Guarded], context: Context) -> list[Route]:
    """Make the routes of a gate, so that Kong's order of precedence comes out.

    Args:
        guarded: In the order of the file.
        context: Takes a problem where two routes match the same requests equally well
            and demand something else, a note where they demand the same.
    """
    alike: defaultdict[object, list[Guarded]] = defaultdict(list)
    for each in guarded:
        alike[each.match.rank, folded(each.match.route.path)].append(each)
    ranked: list[tuple[_Ranked, Guarded]] = []
    for group in alike.values():
        _tell_ties(group, context)
        ranked += (
            ((each.match.rank, -later), each) for later, each in enumerate(group)
        )
    ranks = sorted({rank for rank, _ in ranked})
    priorities = {rank: priority for priority, rank in enumerate(ranks)}
    return [_route(each, priorities[rank]) for rank, each in ranked]


def _route(guarded: Guarded, priority: int) -> Route:
    return replace(
        guarded.match.route,
        priority=priority,
        policy=guarded.policy,
        store=guarded.store,
        public=guarded.public,
    )


def _tell_ties(group: Sequence[Guarded], context: Context) -> None:
    ties = Ties()
    for each in group:
        earlier = ties.add(each.match.route)
        if earlier is not None:
            _tell_tie(each, group[earlier], context)


def _tell_tie(each: Guarded, other: Guarded, context: Context) -> None:
    at = each.match.at
    text = f"matches what {shown(other.match.at)} matches, equally well"
    if each.demands_as(other):
        context.notes.add("warning", at, f"{text}; that one comes first")
    else:
        context.problems.add(
            at,
            f"{text}, and demands something else; tell them apart by paths, methods "
            "or hosts",
        )
