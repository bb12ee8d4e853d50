"""Routes of Starlette, and of FastAPI, which is made of it."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Host, Mount, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles

from jwtgate.surface import fastapi
from jwtgate.surface.decorated import closed_over, demands_on, wrapped
from jwtgate.surface.layers import ByDemand, ByGate, Layer, Stated, stated_public
from jwtgate.surface.pattern import REST, stand_in
from jwtgate.surface.rows import Place, View
from jwtgate.surface.words import name_of
from jwtgate.surface.wrappers import gate_of_class, unwrapped

if TYPE_CHECKING:
    from jwtgate.surface.survey import Survey

__all__ = ["views"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")


def views(app: Any, place: Place, survey: "Survey") -> Iterator[View]:
    """Give the views of an app, a router or static files, and of apps mounted there."""
    if isinstance(app, StaticFiles):
        at = place.below("/*", f"/{REST}")
        yield View(at=at, methods=("GET",), name=name_of(app))
        return
    router: Router = app.router if isinstance(app, Starlette) else app
    added = tuple(_added(getattr(app, "user_middleware", ()), place, survey))
    around, _ = unwrapped(router.middleware_stack)
    place = place.behind(*added, *survey.layers(around, place))
    for route in fastapi.routes_of(router):
        yield from _views_of(route, place, survey)
    for path, dependant in fastapi.frontends_of(router):
        layers = fastapi.layers_of(dependant, None, place, survey)
        at = place.below(f"{path}/*", f"{path}/{REST}").behind(*layers)
        yield View(at=at, methods=("GET",), name="fastapi.FastAPI.frontend")
    if getattr(router.default, "__func__", None) is not Router.not_found:
        yield from survey.views(router.default, place)


def _added(added: Sequence[Any], place: Place, survey: "Survey") -> Iterator[Layer]:
    for each in added:
        found = gate_of_class(each.cls, each.args, each.kwargs)
        if found is not None:
            yield survey.layer(*found, place=place)


def _views_of(route: Any, place: Place, survey: "Survey") -> Iterator[View]:
    kind = type(getattr(route, "original_route", route))
    if issubclass(kind, Mount):
        below = place.below(route.path, _pattern(route.path, route.param_convertors))
        yield from survey.views(route.app, below)
    elif issubclass(kind, Host):
        # What a gate sees of a host is what the client says, so that it is no guard.
        yield from survey.views(route.app, place.below_host(route.host))
    elif getattr(route, "endpoint", None) is not None:
        yield from _of_endpoint(route, kind, place, survey)
    else:
        at = place.below("/*", f"/{REST}").behind(Stated("unknown", ""))
        yield View(at=at, kind="any", name=name_of(route))


def _of_endpoint(
    route: Any, kind: type, place: Place, survey: "Survey"
) -> Iterator[View]:
    at = place.below(route.path, _pattern(route.path, route.param_convertors))
    around, _ = unwrapped(route.app)
    endpoint = route.endpoint
    dependant = getattr(route, "dependant", None)
    at = at.behind(
        *survey.layers(around, place),
        *fastapi.layers_of(dependant, endpoint, place, survey),
        *stated_public(endpoint),
    )
    name = name_of(endpoint)
    if issubclass(kind, WebSocketRoute):
        guarded = getattr(endpoint, "dispatch", endpoint)
        at = at.behind(*_decorators(guarded, at))
        yield View(at=at, methods=("GET",), kind="websocket", name=name)
    elif isinstance(endpoint, type) and issubclass(endpoint, HTTPEndpoint):
        yield from _of_class(endpoint, at.behind(*_decorators(endpoint.dispatch, at)))
    else:
        methods = tuple((route.methods or set()) - {"HEAD"})
        yield View(at=at.behind(*_decorators(endpoint, at)), methods=methods, name=name)


def _of_class(endpoint: type[HTTPEndpoint], at: Place) -> Iterator[View]:
    name = name_of(endpoint)
    handlers = {each: getattr(endpoint, each.lower(), None) for each in _METHODS}
    methods = [each for each, handler in handlers.items() if handler is not None]
    for method in methods:
        layers = _decorators(handlers[method], at)
        yield View(at=at.behind(*layers), methods=(method,), name=name)
    if not methods:
        yield View(at=at, name=name)  # a dispatch of its own answers


def _decorators(view: object, at: Place) -> Iterator[Layer]:
    for demands in demands_on(view):
        yield ByDemand("@jwt_required", demands)
    has_gate = any(isinstance(layer, ByGate) for layer in at.layers)
    for each in wrapped(view):
        scopes = closed_over(each, "scopes_list")
        if isinstance(scopes, list) and each.__globals__ is requires.__globals__:
            # Of another backend than the gate's, who knows what it takes.
            who = tuple(f"scopes {each}" for each in scopes if each != "authenticated")
            yield Stated("guarded" if has_gate else "unknown", "@requires", who)


def _pattern(path: str, convertors: Any) -> str:
    for name, convertor in convertors.items():
        path = re.sub(rf"\{{{name}(:\w+)?\}}", stand_in(convertor.regex), path)
    return path
