"""Operations of Django Ninja, and how they authenticate."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jwtgate.django.ninja import GateAuth
from jwtgate.surface.django import by_setting
from jwtgate.surface.layers import Either, Layer, Stated
from jwtgate.surface.rows import Place, View
from jwtgate.surface.words import name_of

if TYPE_CHECKING:
    from jwtgate.surface.survey import Survey

__all__ = ["views"]


def views(path_view: Any, at: Place, survey: "Survey") -> Iterator[View]:
    """Give the operations of one path."""
    for operation in path_view.operations:
        ways = tuple(
            tuple(_layers(each, at, survey)) for each in operation.auth_callbacks
        )
        # Whichever way answers first lets pass.
        auth = (Either(ways),) if len(ways) > 1 else sum(ways, ())
        yield View(
            at=at.behind(*auth),
            methods=tuple(operation.methods),
            name=name_of(operation.view_func),
        )


def _layers(callback: Any, at: Place, survey: "Survey") -> Iterator[Layer]:
    if isinstance(callback, GateAuth):
        demands = vars(callback)["_demands"]
        yield from by_setting("GateAuth", demands, at, survey)
    else:
        yield Stated("unknown", name_of(callback).rpartition(".")[2])
