"""What FastAPI adds to Starlette: routers that are included, and dependencies."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jwtgate.marks import is_public
from jwtgate.surface.layers import Layer
from jwtgate.surface.rows import Place

if TYPE_CHECKING:
    from jwtgate.surface.survey import Survey

__all__ = ["frontends_of", "layers_of", "routes_of"]


def routes_of(router: Any) -> Iterator[Any]:
    """Give the routes of a router, those of included routers as they come out there.

    Later releases of FastAPI keep included routers as they are, earlier ones copy the
    routes.
    """
    iterate = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", iter)
    yield from iterate(router.routes)


def frontends_of(router: Any) -> Iterator[tuple[str, Any]]:
    """Give the path and the dependencies of what ``frontend()`` serves.

    It comes after all routes, so FastAPI does not list it with them.
    """
    groups = [("", each) for each in getattr(router, "_low_priority_routes", ())]
    for route in router.routes:
        included = getattr(route, "effective_low_priority_routes", tuple)
        groups += [(each.frontend_prefix, each) for each in included()]
    for prefix, group in groups:
        for each in getattr(group, "original_route", group).routes:
            yield f"{prefix}{each.path}".rstrip("/"), group.dependant


def layers_of(
    dependant: Any, endpoint: object, place: Place, survey: "Survey"
) -> Iterator[Layer]:
    """Give the layers of a route's dependencies, and of theirs, in order."""
    for each in getattr(dependant, "dependencies", ()):
        yield from layers_of(each, endpoint, place, survey)
        layer = _layer(each, endpoint, place, survey)
        if layer is not None:
            yield layer


def _layer(
    dependant: Any, endpoint: object, place: Place, survey: "Survey"
) -> Layer | None:
    kind = getattr(sys.modules.get("jwtgate.fastapi"), "JWTAuth", None)
    auth = dependant.call
    if kind is None or not isinstance(auth, kind):
        return None
    held = vars(auth)
    if held["_unless_public"] and is_public(endpoint):
        return None
    # In one list or the other, by the release of FastAPI.
    named = ("parent_oauth_scopes", "own_oauth_scopes", "security_scopes")
    scopes = (scope for name in named for scope in getattr(dependant, name, None) or ())
    demands = held["_demands"](tuple(dict.fromkeys(scopes)))
    return survey.layer(held["_gate"], kind.__name__, demands, place=place)
