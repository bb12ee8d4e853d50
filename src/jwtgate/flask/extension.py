"""The extension: guards an app, or a blueprint by a gate of its own."""

from collections.abc import Callable
from typing import cast, final

from flask import Blueprint, Flask, Response
from flask.sansio.blueprints import BlueprintSetupState

from jwtgate.errors import ConfigurationError
from jwtgate.flask.deciding import current_globals, decide, open_to_all
from jwtgate.flask.mounts import (
    Mount,
    Mounts,
    current_request,
    mount_among,
    mounts_of,
)
from jwtgate.gate import Gate
from jwtgate.marks import said_of

__all__ = ["JWTGate"]


@final
class JWTGate:
    """Guards an app, or a blueprint by a gate of its own.

    A view finds the outcome in ``g.jwtgate``, and who calls in ``current_consumer`` and
    ``current_claims``. In an app that has a gate, one of a blueprint is in its place.

    Args:
        gate: The gate, whose store must have ``find``. Left out, it is that of the
            app's configuration: ``JWTGATE_GATE``, or the file ``JWTGATE_CONFIG``, which
            ``JWTGATE_WATCH`` follows.

    Configuration of the app: ``JWTGATE_GUARD_ALL`` (True: every view demands a caller
    but public ones; False: those with ``@jwt_required`` do), and
    ``JWTGATE_PUBLIC_ENDPOINTS``: names of endpoints that cannot be decorated, such as
    ``static``.

    Raises:
        ConfigurationError: Something that is no gate, such as the app.
    """

    def __init__(self, gate: Gate | None = None) -> None:
        if not isinstance(gate, Gate | None):
            raise ConfigurationError(
                "JWTGate takes a Gate; the app goes to JWTGate(gate).init_app(app)"
            )
        self._gate = gate

    def init_app(self, app: Flask | Blueprint) -> None:
        """Guard an app, or a blueprint wherever it is registered from now on.

        Raises:
            ConfigurationError: No gate, or one whose store is asynchronous only, or a
                setting that there is not; for a blueprint, where it is registered.
        """
        if isinstance(app, Blueprint):
            app.record(self._guard_blueprint)
        else:
            self._guard(app, None)

    def _guard_blueprint(self, state: BlueprintSetupState) -> None:
        name = f"{state.name_prefix}.{state.name}".lstrip(".")
        self._guard(cast("Flask", state.app), name)

    def _guard(self, app: Flask, blueprint: str | None) -> None:
        mounts = mounts_of(app.extensions)
        own = mounts.get(None)
        mount = Mount.of(app.config, self._gate or (own and own.gate))
        if not mounts:
            # First, before another hook reads what a client forged.
            before = _before(app, mounts)
            app.before_request_funcs.setdefault(None, []).insert(0, before)
            app.after_request(_after)
        mounts[blueprint] = mount


# Functions, no methods: Flask asks at each request whether a hook is a coroutine
# function, which takes longer for a method.


def _before(app: Flask, mounts: Mounts) -> Callable[[], Response | None]:
    def guard() -> Response | None:
        request, kept = current_request(), current_globals()
        # An app context may have seen another request before, as in tests.
        kept.pop("jwtgate", None)
        mount = mount_among(mounts, request)
        if mount is None:
            return None
        rule = request.url_rule
        endpoint = None if rule is None else rule.endpoint
        view = None if endpoint is None else app.view_functions.get(endpoint)
        is_public, demands = said_of(view, getattr(view, "view_class", None))
        if not mount.asks(endpoint, is_public=is_public):
            open_to_all(mount.gate)
            return None
        return decide(request, kept, mount.gate, demands)

    return guard


def _after(response: Response) -> Response:
    outcome = current_request().environ.get("jwtgate")
    for name, value in getattr(outcome, "response_headers", ()):
        # A refusal that an app renders in its own way keeps its challenge.
        if name not in response.headers and name != "Content-Type":
            response.headers[name] = value
    return response
