"""What is wrapped around an app: middleware, the outermost first."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from jwtgate import asgi, wsgi
from jwtgate.gate import Gate
from jwtgate.requirement import Requirement
from jwtgate.surface.decorated import closed_over

__all__ = ["gate_of", "gate_of_class", "middleware_of", "unwrapped"]

# Where middleware keeps what it wraps; the first that is there counts.
_INNER = ("app", "application", "wsgi_application", "wsgi_app")
_STARLETTE = "jwtgate.starlette.middleware"


def unwrapped(app: Any) -> tuple[tuple[Any, ...], Any]:
    """Take the middleware off an app.

    Returns:
        The middleware, the outermost first, and what is within.
    """
    around: list[Any] = []
    while (inner := _inner(app)) is not None and len(around) < 100:
        around.append(app)
        app = inner
    return tuple(around), app


def gate_of(middleware: object) -> tuple[Gate, str, Requirement | None] | None:
    """Give the gate of a middleware, its name, and what is demanded; None if none."""
    kind = type(middleware)
    if isinstance(middleware, asgi.JWTGateMiddleware | wsgi.JWTGateMiddleware):
        return middleware.gate, kind.__name__, None
    if _is(kind, _STARLETTE, "JWTGateMiddleware"):
        guarded: asgi.JWTGateMiddleware = vars(middleware)["_guarded"]
        return guarded.gate, kind.__name__, None
    return _gate_of_backend(getattr(middleware, "backend", None))


def gate_of_class(
    kind: type, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Gate, str, Requirement | None] | None:
    """Give the same of a middleware that is not made yet.

    Args:
        kind: Its class.
        args: What it will be made with, behind the app.
        kwargs: The same, by name.
    """
    gates = [each for each in (*args, *kwargs.values()) if isinstance(each, Gate)]
    if gates and kind.__module__.startswith("jwtgate."):
        return gates[0], kind.__name__, None
    backends = (_gate_of_backend(each) for each in (*args, *kwargs.values()))
    return next((each for each in backends if each is not None), None)


def middleware_of(app: object) -> tuple[type, ...]:
    """Give the classes of an app's middleware, the outermost first.

    What wraps it, and what was added to it where it is of Starlette or FastAPI, or
    stands in the settings of Django; of a mounted app nothing.
    """
    around, inner = unwrapped(app)
    kinds = [*map(type, around)]
    kinds += [each.cls for each in getattr(inner, "user_middleware", ())]
    handler = getattr(sys.modules.get("django.core.handlers.base"), "BaseHandler", None)
    if handler is not None and isinstance(inner, handler):
        # Imported here: only where Django is.
        named = import_module("jwtgate.surface.django").middleware()
        kinds += [each for each in named if isinstance(each, type)]
    return tuple(kinds)


def _gate_of_backend(
    backend: object,
) -> tuple[Gate, str, Requirement | None] | None:
    if not _is(type(backend), _STARLETTE, "JWTGateBackend"):
        return None
    held = vars(backend)
    return held["_gate"], type(backend).__name__, held["_demands"]


def _inner(app: Any) -> Any:
    if _is(type(app), _STARLETTE, "JWTGateMiddleware"):
        return closed_over(vars(app)["_guarded"].app, "app")
    # An app of a framework is not taken apart here, and has some of these for itself.
    if hasattr(app, "router") or hasattr(app, "url_map") or hasattr(app, "mounts"):
        return None
    held = getattr(app, "__dict__", {})
    found = (held.get(name) for name in _INNER)
    return next((each for each in found if callable(each)), None)


def _is(kind: type, module: str, name: str) -> bool:
    # By name, as the framework of a class that is not there need not be installed.
    return (kind.__module__, kind.__qualname__) == (module, name)
