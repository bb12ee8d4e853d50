"""What one endpoint of Starlette demands of its caller."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, Unpack, cast

from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocket

from jwtgate.errors import ConfigurationError
from jwtgate.outcome import Denied
from jwtgate.requirement import Demands, Requirement
from jwtgate.starlette.caller import name_caller
from jwtgate.starlette.connection import answer, denial, outer, place

__all__ = ["jwt_required"]

_View = TypeVar("_View", bound=Callable[..., Any])


def jwt_required(**demands: Unpack[Demands]) -> Callable[[_View], _View]:
    """Demand a caller of an endpoint: a function, a class, or a method of one.

    It narrows what the middleware or the backend let pass, and refuses by a response;
    a WebSocket that was accepted already is closed.

    Args:
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: Demands that nobody could satisfy. At a request: no gate
            decided on it, or the endpoint has no argument for it.
    """
    requirement = Requirement(**demands)

    def decorate(view: _View) -> _View:
        if isinstance(view, type):
            _guard_class(view, requirement)
            return view
        guarded = _awaited if iscoroutinefunction(view) else _called
        return cast("_View", guarded(view, requirement))

    return decorate


def _awaited(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    async def guarded(*args: Any, **kwargs: Any) -> Any:
        connection = _connection_of(*args, *kwargs.values())
        denied = _refused(connection, requirement)
        if denied is None:
            return await view(*args, **kwargs)
        return await answer(connection, denied)

    return guarded


def _called(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        connection = _connection_of(*args, *kwargs.values())
        denied = _refused(connection, requirement)
        if denied is None:
            return view(*args, **kwargs)
        return denial(denied, connection.scope)

    return guarded


def _guard_class(view: Any, requirement: Requirement) -> None:
    dispatch = view.dispatch

    @wraps(dispatch)
    async def guarded(endpoint: Any) -> None:
        channels = endpoint.scope, endpoint.receive, endpoint.send
        kind = Request if endpoint.scope["type"] == "http" else WebSocket
        connection = kind(*channels)
        denied = _refused(connection, requirement)
        if denied is None:
            await dispatch(endpoint)
        elif (response := await answer(connection, denied)) is not None:
            await response(*channels)

    view.dispatch = guarded


def _connection_of(*arguments: object) -> HTTPConnection:
    for each in arguments:
        if isinstance(each, HTTPConnection):
            return each
    raise ConfigurationError(
        "@jwt_required() finds no Request or WebSocket among the arguments: decorate "
        "the endpoint itself, below routes and above what changes its arguments"
    )


def _refused(connection: HTTPConnection, requirement: Requirement) -> Denied | None:
    gate, found = outer(connection.scope)
    outcome = gate.narrow(found, requirement)
    if outcome is not found:
        place(connection, outcome)
    if isinstance(outcome, Denied):
        return outcome
    name_caller(connection.scope, outcome)
    return None
