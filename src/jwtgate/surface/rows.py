"""From a view and the guards before it to what is told of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self, final

from jwtgate.surface.endpoint import Endpoint, Kind
from jwtgate.surface.layers import Asked, Layer, gates_in, judged
from jwtgate.surface.pattern import ANY, SOME, filled
from jwtgate.surface.verdict import Verdict, status_of, who_of

__all__ = ["Place", "View", "endpoints_of", "merged"]

# Stands for the methods that neither a view nor a gate's route names.
_OTHER = "OTHER"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an app is mounted, and what guards it there.

    Attributes:
        path: As its frameworks write it; empty at the root.
        pattern: The same as a pattern; see :mod:`jwtgate.surface.pattern`.
        layers: The guards, the outermost first.
    """

    path: str = ""
    pattern: str = ""
    layers: tuple[Layer, ...] = ()

    @property
    def depth(self) -> int:
        """How many segments of a path are above what the app sees."""
        return self.pattern.count("/")

    def below(self, path: str, pattern: str) -> Self:
        """Give a place further down."""
        return replace(self, path=self.path + path, pattern=self.pattern + pattern)

    def below_host(self, host: str) -> Self:
        """Give the same place for one host."""
        return replace(self, path=f"{host}{self.path}")

    def behind(self, *layers: Layer) -> Self:
        """Give the same place with guards further in."""
        return replace(self, layers=(*self.layers, *layers))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view, or an app whose routes cannot be read.

    Attributes:
        at: Its place: where, and behind what.
        name: Of what serves it.
        methods: In capitals; empty for all.
        kind: What comes to it.
    """

    at: Place
    name: str
    methods: Sequence[str] = ()
    kind: Kind = "http"


def endpoints_of(view: View) -> Iterator[Endpoint]:
    """Tell of a view: a row for each of its methods, on each path that stands out."""
    pattern, layers = view.at.pattern or "/", view.at.layers
    gates = list(gates_in(layers))
    methods = sorted(view.methods) or [
        *sorted(frozenset().union(*(gate.methods for gate in gates))),
        _OTHER,
    ]
    plain = Asked(filled(pattern))
    named = dict.fromkeys(asked for gate in gates for asked in gate.named(pattern))
    for method in methods:
        usual = judged(layers, plain, method)
        yield _row(view, view.at.path or "/", method, usual)
        for asked in named:
            verdicts = judged(layers, asked, method)
            if _outline(verdicts) != _outline(usual):
                path = (asked.host or "") + asked.path.replace(SOME, ANY)
                yield _row(view, path, method, verdicts)


def merged(rows: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Make one row of those that differ in their methods alone, in the order given."""
    methods: dict[Endpoint, list[str]] = {}
    for row in rows:
        methods.setdefault(replace(row, methods=()), []).extend(row.methods)
    return tuple(
        replace(row, methods=_written(set(names))) for row, names in methods.items()
    )


def _written(methods: set[str]) -> tuple[str, ...]:
    if _OTHER in methods:
        return ()
    # HEAD comes with GET, and says no more.
    return tuple(sorted(methods - {"HEAD"} if "GET" in methods else methods))


def _outline(verdicts: Sequence[Verdict]) -> object:
    return [(each.fate, each.who) for each in verdicts]


def _row(view: View, path: str, method: str, verdicts: Sequence[Verdict]) -> Endpoint:
    status = status_of(verdicts)
    return Endpoint(
        path=path,
        methods=(method,),
        kind=view.kind,
        view=view.name,
        status=status,
        guards=tuple(each.guard for each in verdicts if each.guard),
        who=who_of(status, verdicts),
    )
