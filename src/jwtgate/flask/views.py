"""What one view demands of its caller."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, Unpack, cast

from flask import Response

from jwtgate.errors import ConfigurationError
from jwtgate.flask.deciding import gate_of_request, refusal
from jwtgate.marks import mark
from jwtgate.requirement import Demands, Requirement

__all__ = ["jwt_required"]

_View = TypeVar("_View", bound=Callable[..., Any])


def jwt_required(**demands: Unpack[Demands]) -> Callable[[_View], _View]:
    """Demand a caller of a view, or of a class of views.

    A refusal is a response that the view seems to return. What ``optional`` lets pass
    in an app that is guarded has to be said of the view or the class, not of a method.

    Args:
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: Demands that nobody could satisfy, or of a public view, or
            of a class that makes no views.
    """
    requirement = Requirement(**demands)

    def decorate(view: _View) -> _View:
        if isinstance(view, type):
            return mark(cast("_View", _guarded_class(view, decorate)), requirement)
        guarded = _awaited if iscoroutinefunction(view) else _called
        return mark(cast("_View", guarded(view, requirement)), requirement)

    return decorate


def _guarded_class(view: Any, decorate: Callable[[Any], Any]) -> Any:
    if not hasattr(view, "as_view"):
        raise ConfigurationError("jwt_required decorates views and classes of them")
    make = view.as_view.__func__

    # Not by its decorators: a subclass may have its own, or its own dispatch_request.
    @wraps(make)
    def as_view(kind: type, *args: Any, **kwargs: Any) -> Any:
        return decorate(make(kind, *args, **kwargs))

    view.as_view = classmethod(as_view)
    return view


def _called(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refused = _refused(requirement)
        return view(*args, **kwargs) if refused is None else refused

    return guarded


def _awaited(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    # Flask runs each asynchronous view in an event loop of its own: waiting for the
    # store in it holds up nobody else.
    @wraps(view)
    async def guarded(*args: Any, **kwargs: Any) -> Any:
        refused = _refused(requirement)
        return await view(*args, **kwargs) if refused is None else refused

    return guarded


def _refused(requirement: Requirement) -> Response | None:
    return refusal(gate_of_request(), requirement)
