"""The bare ASGI app by what guards it, for servers; each a factory.

Whom it knows is told by the environment: see :class:`Caller`.
"""

from benchmarks.apps.asgi import hello, with_pyjwt
from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import ASGIApp
from jwtgate.asgi import JWTGateMiddleware

__all__ = ["cold", "nothing", "peer", "repeated"]


def nothing() -> ASGIApp:
    """Answer everybody."""
    return hello


def peer() -> ASGIApp:
    """Guard by Starlette and PyJWT."""
    return with_pyjwt(Caller.of_environment())


def cold() -> ASGIApp:
    """Guard by a gate that remembers nothing."""
    return JWTGateMiddleware(hello, Caller.of_environment().gate(memo=False))


def repeated() -> ASGIApp:
    """Guard by a gate that remembers what it has verified."""
    return JWTGateMiddleware(hello, Caller.of_environment().gate(memo=True))
