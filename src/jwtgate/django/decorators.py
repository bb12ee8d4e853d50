"""What one view demands of its caller."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import isawaitable
from typing import Any, TypeVar, Unpack, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest

from jwtgate.django.deciding import adecide, decide, denial
from jwtgate.errors import ConfigurationError
from jwtgate.marks import mark, public
from jwtgate.outcome import Denied
from jwtgate.requirement import Demands, Requirement

__all__ = ["jwt_required", "public"]

_View = TypeVar("_View", bound=Callable[..., Any])


def jwt_required(**demands: Unpack[Demands]) -> Callable[[_View], _View]:
    """Demand a caller of a view, of a class of views, or of a method of one.

    A refusal is a response that the view seems to return. What ``optional`` lets pass
    behind a middleware that guards all has to be said of the view or the class, not of
    a method.

    Args:
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: Demands that nobody could satisfy, or of a public view, or
            of a class that has no ``dispatch``.
    """
    requirement = Requirement(**demands)

    def decorate(view: _View) -> _View:
        if not isinstance(view, type):
            return cast("_View", _guarded(view, requirement))
        guarded: Any = mark(view, requirement)
        if not hasattr(guarded, "dispatch"):
            raise ConfigurationError("jwt_required decorates views and classes of them")
        # Inherited and called by every view that is made of the class.
        guarded.dispatch = _guarded(guarded.dispatch, requirement)
        return cast("_View", guarded)

    return decorate


def _guarded(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        request = _request_of(args)
        outcome = await adecide(request, requirement)
        if isinstance(outcome, Denied):
            return denial(outcome, request)
        answer = view(*args, **kwargs)
        return await answer if isawaitable(answer) else answer

    @wraps(view)
    def called(*args: Any, **kwargs: Any) -> Any:
        if _is_awaited(view, args):
            return awaited(*args, **kwargs)
        request = _request_of(args)
        outcome = decide(request, requirement)
        if isinstance(outcome, Denied):
            return denial(outcome, request)
        return view(*args, **kwargs)

    return mark(awaited if iscoroutinefunction(view) else called, requirement)


def _is_awaited(view: Callable[..., Any], args: Sequence[Any]) -> bool:
    # The methods of an asynchronous class that are not, such as dispatch, return what
    # is awaited. method_decorator hands over a partial of the method, bound.
    bound = getattr(view, "func", view)
    return any(
        getattr(each, "view_is_async", False) is True
        for each in (getattr(bound, "__self__", None), *args[:1])
    )


def _request_of(args: Sequence[Any]) -> HttpRequest:
    # The first argument, or the second of a method. The request of the REST framework
    # is one about Django's.
    for each in args[:2]:
        request = getattr(each, "_request", each)
        if isinstance(request, HttpRequest):
            return request
    raise ConfigurationError(
        "jwt_required decorates views, which get a request first; there is none"
    )
