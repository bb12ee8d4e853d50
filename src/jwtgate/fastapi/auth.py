"""The gate as a dependency of FastAPI, which tells who calls."""

from dataclasses import replace
from functools import lru_cache, partial
from typing import Unpack, cast, final

import starlette
from fastapi import FastAPI, HTTPException, Response
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection

from jwtgate._reply import detail_of
from jwtgate.fastapi.carriers import carriers_of, signature_with
from jwtgate.gate import Gate
from jwtgate.marks import exempted, is_public
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt
from jwtgate.requirement import Demands, Requirement
from jwtgate.starlette.connection import (
    ResponseHeaders,
    can_answer,
    close_code,
    decide,
    denial,
    outer,
    place,
)

__all__ = ["JWTAuth", "Refused", "install"]

# Starlette sends what an exception handler answers to a handshake since 0.41.
_ANSWERS_HANDSHAKES = tuple(map(int, starlette.__version__.split(".")[:2])) >= (0, 41)


@final
class JWTAuth(SecurityBase):
    """A dependency that demands a caller: ``Annotated[Authenticated, Depends(auth)]``.

    One object is for HTTP and WebSocket routes, and takes scopes by ``Security(auth,
    scopes=[...])``. With ``optional`` it gives ``Authenticated | Anonymous | None``.

    Args:
        gate: The gate; its store must not block the event loop. None is the gate of a
            middleware further out.
        scheme_name: The name in OpenAPI.
        unless_public: Let pass what ``@public`` marks, and all that the gate lets pass:
            for ``FastAPI(dependencies=[Depends(auth)])``.
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: The store would block, or nobody could satisfy the demands.
    """

    def __init__(
        self,
        gate: Gate | None,
        *,
        scheme_name: str = "JWTAuth",
        unless_public: bool = False,
        **demands: Unpack[Demands],
    ) -> None:
        if gate is not None:
            gate.require_async()
        self._gate = gate
        self._unless_public = unless_public
        strict = not (unless_public or demands.get("optional"))
        own = Requirement(**(Demands(authenticated=strict) | demands))
        own = replace(own, preflights=unless_public)
        # An empty requirement would still demand a caller where the gate does not.
        self._own = own if strict or demands else None
        # Lists of scopes come from code, not from clients.
        self._demands = lru_cache(maxsize=256)(partial(_with_scopes, self._own))
        first, *others = carriers_of(gate and gate.policy, scheme_name)
        self.model, self.scheme_name = first.model, first.scheme_name
        self.__signature__ = signature_with(JWTAuth.__call__, others)

    async def __call__(
        self,
        connection: HTTPConnection,
        demanded: SecurityScopes,
        response: Response,
        **_carriers: None,
    ) -> Authenticated | Anonymous | None:
        """Tell who calls; None if nobody does and nobody has to.

        Raises:
            Refused: The request is; WebSocketException where nothing can be answered.
            ConfigurationError: There is no gate.
        """
        scope = connection.scope
        gate = self._gate or outer(scope)[0]
        if self._unless_public and is_public(scope.get("endpoint")):
            found = exempted(gate, scope.get("jwtgate"))
            place(connection, found)
            return None
        scopes = demanded.scopes
        demands = self._demands(tuple(scopes)) if scopes else self._own
        outcome = await decide(connection, gate, demands)
        if isinstance(outcome, Denied):
            raise _refusal(outcome, connection)
        for name, value in outcome.response_headers:
            response.headers.setdefault(name, value)
        return None if isinstance(outcome, Exempt) else outcome


@final
class Refused(HTTPException):
    """A refusal, which FastAPI answers as any HTTPException: its text in ``detail``.

    Attributes:
        denied: The refusal, with its reason and its own body.
    """

    def __init__(self, denied: Denied) -> None:
        headers = dict(denied.response_headers)
        headers.pop("Content-Type", None)
        super().__init__(denied.status, detail=detail_of(denied), headers=headers)
        self.denied = denied


def install(app: FastAPI) -> None:
    """Answer as the middleware does; to be called before the first request.

    Refusals have the gate's own body, and what an outcome has for the response is on
    every response, whatever an endpoint returns or raises.
    """
    app.add_middleware(ResponseHeaders)
    app.add_exception_handler(Refused, _answer)


async def _answer(connection: HTTPConnection, refused: Exception) -> Response:
    return denial(cast("Refused", refused).denied, connection.scope)


def _refusal(
    denied: Denied, connection: HTTPConnection
) -> HTTPException | WebSocketException:
    is_http = connection.scope["type"] == "http"
    if is_http or (_ANSWERS_HANDSHAKES and can_answer(connection)):
        return Refused(denied)
    return WebSocketException(close_code(denied))


def _with_scopes(
    demands: Requirement | None, scopes: tuple[str, ...]
) -> Requirement | None:
    if not scopes:
        return demands
    demands = demands or Requirement()
    every = dict.fromkeys((*(demands.scopes or ()), *scopes))
    return replace(demands, scopes=tuple(every))
