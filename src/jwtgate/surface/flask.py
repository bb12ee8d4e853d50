"""Routes of Flask."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import BaseConverter, Rule

from jwtgate.marks import demands_of_guard, is_public
from jwtgate.requirement import Requirement
from jwtgate.surface.decorated import demands_on
from jwtgate.surface.layers import Layer, Stated, stated_public
from jwtgate.surface.pattern import stand_in
from jwtgate.surface.rows import Place, View
from jwtgate.surface.words import name_of
from jwtgate.surface.wrappers import unwrapped

if TYPE_CHECKING:
    from jwtgate.flask.mounts import Mount
    from jwtgate.surface.survey import Survey

__all__ = ["views"]

_CONVERTER = re.compile(r"<(?:([A-Za-z_]\w*)(?:\([^)]*\))?:)?\w+>")
_AUTOMATIC = {"OPTIONS", "HEAD"}


def views(app: Any, place: Place, survey: "Survey") -> Iterator[View]:
    """Give the views of an app, or of those that a dispatcher has below its paths."""
    if not isinstance(app, Flask):
        yield from _mounted(app, place, survey)
        yield from survey.views(app.app, place)
        return
    around, inner = unwrapped(app.wsgi_app)
    place = place.behind(*survey.layers(around, place))
    while isinstance(inner, DispatcherMiddleware):
        yield from _mounted(inner, place, survey)
        around, inner = unwrapped(inner.app)
        place = place.behind(*survey.layers(around, place))
    for rule in app.url_map.iter_rules():
        yield from _views_of(rule, app, place, survey)


def _mounted(
    dispatcher: DispatcherMiddleware, place: Place, survey: "Survey"
) -> Iterator[View]:
    for path, mounted in dispatcher.mounts.items():
        yield from survey.views(mounted, place.below(path, path))


def _views_of(rule: Rule, app: Flask, place: Place, survey: "Survey") -> Iterator[View]:
    view = app.view_functions.get(rule.endpoint)
    kind = getattr(view, "view_class", None)
    mount = _mount_of(rule.endpoint, app)
    guards = _guards(rule.endpoint, (view, kind), mount, place, survey)
    at = place.below(rule.rule, _pattern(rule, app)).behind(*guards)
    # Where the app guards all, a decorator narrows what it let pass.
    asks = mount is not None and mount.asks(
        rule.endpoint, is_public=is_public(view, kind)
    )
    gate = None if mount is None or asks else mount.gate

    def decorated(demands: Iterable[Requirement]) -> Iterator[Layer]:
        for each in demands:
            yield survey.layer(gate, "@jwt_required", each, place=place)

    at = at.behind(*decorated(demands_on(view)))
    known = {"GET"} if rule.websocket else (rule.methods or set()) - _AUTOMATIC
    for methods, demands in _by_method(kind, known):
        yield View(
            at=at.behind(*decorated(demands)),
            methods=tuple(methods),
            kind="websocket" if rule.websocket else "http",
            name=name_of(kind or view),
        )


def _guards(
    endpoint: str,
    views_: tuple[object, object],
    mount: "Mount | None",
    place: Place,
    survey: "Survey",
) -> Iterator[Layer]:
    yield from stated_public(*views_)
    if mount is None:
        return
    if mount.asks(endpoint, is_public=is_public(*views_)):
        demands = demands_of_guard(*views_)
        yield survey.layer(mount.gate, "JWTGate", demands, place=place)
    elif endpoint in mount.public_endpoints:
        yield Stated("public", "JWTGATE_PUBLIC_ENDPOINTS")


def _mount_of(endpoint: str, app: Flask) -> "Mount | None":
    mounts: Mapping[str | None, Mount] = app.extensions.get("jwtgate", {})
    names = endpoint.split(".")[:-1]
    # That of the innermost blueprint, or the app's.
    blueprints = [".".join(names[:end]) for end in range(len(names), 0, -1)]
    found = (mounts[name] for name in (*blueprints, None) if name in mounts)
    return next(found, None)


def _by_method(
    kind: type | None, methods: set[str]
) -> Iterator[tuple[Iterable[str], Sequence[Requirement]]]:
    """Give the methods of a class of views, with what is demanded of each."""
    demanded = {method: tuple(_of_method(kind, method)) for method in methods}
    if any(demanded.values()):
        for method, demands in sorted(demanded.items()):
            yield (method,), demands
    else:
        yield methods, ()


def _of_method(kind: type | None, method: str) -> Iterator[Requirement]:
    name = method.lower()
    yield from demands_on(getattr(kind, name, None))
    # Of Flask-RESTful and Flask-RESTX, which wrap a method when it is called.
    decorators = getattr(kind, "method_decorators", ())
    if isinstance(decorators, Mapping):
        decorators = decorators.get(name, ())
    for each in decorators:
        yield from demands_on(each)


def _pattern(rule: Rule, app: Flask) -> str:
    kinds = app.url_map.converters

    def stands_for(converter: re.Match[str]) -> str:
        kind = kinds.get(converter[1] or "default", BaseConverter)
        return stand_in(kind.regex)

    return _CONVERTER.sub(stands_for, rule.rule)
