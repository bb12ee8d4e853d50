"""The guards that a request passes on its way to a view."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, final

from jwtgate.errors import Rejection
from jwtgate.extraction import RequestView
from jwtgate.marks import is_public
from jwtgate.ready import Ready
from jwtgate.requirement import Requirement
from jwtgate.routes import Route
from jwtgate.surface.nobody import at_guard, narrowed
from jwtgate.surface.pattern import in_common
from jwtgate.surface.verdict import Fate, Verdict, strictest, weakest
from jwtgate.surface.words import admitted_by_policy, admitted_by_requirement

__all__ = [
    "Asked",
    "ByDemand",
    "ByGate",
    "Either",
    "Layer",
    "Stated",
    "gates_in",
    "judged",
    "stated_public",
]

_SOME_HOST = "host.invalid"  # RFC 2606 section 2: nobody has it


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """A request without a token.

    Attributes:
        path: The whole of it.
        host: One of those that a gate's route names; None for any other.
    """

    path: str
    host: str | None = None


class Layer(Protocol):
    """A guard, or what stands for one."""

    def judge(self, asked: Asked, method: str, found: Verdict | None) -> Verdict:
        """Tell what becomes of a request.

        Args:
            asked: The request.
            method: Its method, in capitals.
            found: The verdict of the gate further out, if there is one.
        """
        ...


def stated_public(*views: object) -> Iterator[Layer]:
    """Give the layer of a view, or of its class, that is marked as public."""
    if is_public(*views):
        yield Stated("public", "@public")


def judged(
    layers: Sequence[Layer],
    asked: Asked,
    method: str,
    found: Verdict | None = None,
) -> tuple[Verdict, ...]:
    """Let a request pass by guards, the outermost first.

    Args:
        layers: The guards.
        asked: The request.
        method: Its method, in capitals.
        found: The verdict of a gate further out than all of them.
    """
    verdicts = []
    for layer in layers:
        verdict = layer.judge(asked, method, found)
        verdicts.append(verdict)
        found = verdict if verdict.decides else found
    return tuple(verdicts)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ByGate:
    """A gate on the way: by a middleware, a dependency, a hook.

    Attributes:
        ready: Its settings, made ready.
        how: What mounts it, in words.
        demands: What is demanded besides its policy.
        depth: Segments of a path that are above what it sees.
    """

    ready: Ready
    how: str
    demands: Requirement | None = None
    depth: int = 0

    @property
    def methods(self) -> frozenset[str]:
        """The methods that its routes name."""
        routes = self.ready.settings.routes
        return frozenset(method for route in routes for method in route.methods)

    def named(self, pattern: str) -> Sequence[Asked]:
        """Give a request for each of its routes that has a path of a pattern."""
        _, *segments = pattern.split("/")
        above = segments[: self.depth]
        below = "/" + "/".join(segments[self.depth :])
        return [
            Asked("/".join(("", *above)) + path, host)
            for route in self.ready.settings.routes
            if (path := in_common(below, route)) is not None
            for host in map(_one_of, route.hosts or (None,))
        ]

    def judge(self, asked: Asked, method: str, found: Verdict | None) -> Verdict:  # noqa: ARG002 - it decides afresh
        """Tell what becomes of a request."""
        path = "/" + "/".join(asked.path.split("/")[1 + self.depth :])
        host = (b"host", (asked.host or _SOME_HOST).encode())
        try:
            route, guard = self.ready.match(RequestView(method, path, headers=[host]))
        except Rejection:
            return Verdict("closed", f"{self.how} (no route)", decides=True)
        if route is None and self.ready.is_closed:
            return Verdict("closed", f"{self.how} (no route)", decides=True)
        is_public = route is not None and route.public
        fate, nobody = at_guard(guard, method, self.demands, is_public=is_public)
        demanded = () if self.demands is None else admitted_by_requirement(self.demands)
        who = (*admitted_by_policy(guard.policy), *demanded)
        where = self.how if route is None else f"{self.how} {_written(route)}"
        where += " (report mode)" if fate == "report" else ""
        return Verdict(fate, where, who, nobody, decides=True)


@final
@dataclass(frozen=True, slots=True)
class ByDemand:
    """What is demanded of whom a gate further out let pass.

    Attributes:
        how: What demands it, in words.
        demands: What is demanded; None if nothing is.
    """

    how: str
    demands: Requirement | None

    def judge(self, asked: Asked, method: str, found: Verdict | None) -> Verdict:  # noqa: ARG002 - whatever it is
        """Tell what becomes of a request."""
        if found is None:
            return Verdict("closed", f"{self.how} (no gate)")
        if self.demands is None:
            return Verdict(found.fate, self.how, (), found.nobody, decides=True)
        fate, nobody = narrowed(found.fate, found.nobody, self.demands)
        who = admitted_by_requirement(self.demands)
        return Verdict(fate, self.how, who, nobody, decides=True)


@final
@dataclass(frozen=True, slots=True)
class Stated:
    """What needs no gate to be known: a mark, a permission, or that it cannot be told.

    Attributes:
        fate: What becomes of a request.
        how: What says so, in words.
        who: Whom it lets pass who has a token; any if empty.
    """

    fate: Fate
    how: str
    who: tuple[str, ...] = ()

    def judge(self, asked: Asked, method: str, found: Verdict | None) -> Verdict:  # noqa: ARG002 - whatever it is
        """Tell what becomes of a request."""
        return Verdict(self.fate, self.how, self.who)


@final
@dataclass(frozen=True, slots=True)
class Either:
    """Several ways to pass, of which one is enough.

    Attributes:
        ways: The layers of each, at least one.
    """

    ways: tuple[tuple[Layer, ...], ...]

    def judge(self, asked: Asked, method: str, found: Verdict | None) -> Verdict:
        """Tell what becomes of a request."""
        ways = [judged(layers, asked, method, found) for layers in self.ways]
        guard = " or ".join(" and ".join(each.guard for each in way) for way in ways)
        who = [", ".join(said) for way in ways if (said := _who(way))]
        # Who needs nothing on one of the ways needs nothing.
        return Verdict(
            weakest(map(strictest, ways)),
            guard,
            (" or ".join(who),) if len(who) == len(ways) else (),
        )


def gates_in(layers: Iterable[Layer]) -> Iterator[ByGate]:
    """Give the gates among some layers."""
    for layer in layers:
        if isinstance(layer, ByGate):
            yield layer
        elif isinstance(layer, Either):
            yield from gates_in(chain.from_iterable(layer.ways))


def _who(way: Sequence[Verdict]) -> list[str]:
    return [each for verdict in way for each in verdict.who]


def _written(route: Route) -> str:
    return f"{route.path}*" if route.prefix else route.path


def _one_of(host: str | None) -> str | None:
    return host and host.replace("*", "any")
