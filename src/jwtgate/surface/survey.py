"""``survey()``: an app of any of the frameworks, or of several, as a list of routes."""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol, cast, final

from jwtgate.gate import Gate
from jwtgate.requirement import Requirement
from jwtgate.surface.endpoint import Endpoint
from jwtgate.surface.layers import ByDemand, ByGate, Layer, Stated
from jwtgate.surface.pattern import REST
from jwtgate.surface.rows import Place, View, endpoints_of, merged
from jwtgate.surface.words import name_of
from jwtgate.surface.wrappers import gate_of, unwrapped

__all__ = ["Survey", "gates_of", "survey"]

# The modules here that read the routes of an app of a class, by the class's module:
# whoever has such an app has imported that.
_READERS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("starlette.applications", "Starlette"): "starlette",
        ("starlette.routing", "Router"): "starlette",
        ("starlette.staticfiles", "StaticFiles"): "starlette",
        ("flask", "Flask"): "flask",
        ("werkzeug.middleware.dispatcher", "DispatcherMiddleware"): "flask",
        ("django.core.handlers.base", "BaseHandler"): "django",
    }
)


class _Reader(Protocol):
    """What each module that reads the routes of a framework has."""

    def views(self, app: Any, place: Place, survey: "Survey") -> Iterator[View]:
        """Give the views of an app, and of those mounted in it."""
        ...


def survey(app: object) -> tuple[Endpoint, ...]:
    """List the routes of an app, with what guards each and who may pass.

    Mounted apps and routers are gone through, also those of another framework. What
    cannot be read, such as a raw ASGI app, is one row for all of its paths: ``unknown``
    unless it is behind a gate. Paths that a gate's own routes single out have rows of
    their own.

    No request is made and no store is asked. What a proxy in front, or code of a view,
    does besides is not seen.

    Args:
        app: Of FastAPI, Starlette, Flask or Django (what ``get_asgi_application()`` or
            ``get_wsgi_application()`` gives), or any ASGI or WSGI app, with or without
            middleware around it.
    """
    found = Survey()
    return merged(
        row for view in found.views(app, Place()) for row in endpoints_of(view)
    )


def gates_of(app: object) -> tuple[Gate, ...]:
    """Give the gates that guard an app, or a part of it, as a survey meets them."""
    found = Survey()
    for _ in found.views(app, Place()):
        pass
    return tuple(found.gates)


@final
class Survey:
    """One survey: what its readers share.

    Attributes:
        gates: Every gate that was met, in that order.
    """

    def __init__(self) -> None:
        self.gates: dict[Gate, None] = {}

    def views(self, app: Any, place: Place) -> Iterator[View]:
        """Give the views of an app of any framework, and of those mounted in it."""
        around, app = unwrapped(app)
        place = place.behind(*self.layers(around, place))
        reader = _reader_of(app)
        if reader is not None:
            yield from reader.views(app, place, self)
            return
        at = place.below("/*", f"/{REST}").behind(Stated("unknown", ""))
        yield View(at=at, kind="any", name=name_of(app))

    def layers(self, around: tuple[object, ...], place: Place) -> Iterator[Layer]:
        """Give the layers of those among some middleware that are gates."""
        for each in around:
            found = gate_of(each)
            if found is not None:
                yield self.layer(*found, place=place)

    def layer(
        self,
        gate: Gate | None,
        how: str,
        demands: Requirement | None,
        *,
        place: Place,
    ) -> Layer:
        """Make the layer of a gate, or of demands on the one further out.

        Args:
            gate: None for the one further out.
            how: What mounts it, in words.
            demands: What is demanded besides.
            place: Where that is.
        """
        if gate is None:
            return ByDemand(how, demands)
        self.gates[gate] = None
        return ByGate(ready=gate.ready, how=how, demands=demands, depth=place.depth)


def _reader_of(app: object) -> _Reader | None:
    for (module, name), reader in _READERS.items():
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(app, kind):
            # Imported here: only of frameworks that are there.
            return cast("_Reader", import_module(f"jwtgate.surface.{reader}"))
    return None
