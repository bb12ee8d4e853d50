"""The gates of an app and its blueprints, by the app's configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias, cast, final

from flask import Request, current_app, request

from jwtgate.configs import load
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.values import as_texts, is_switch

if TYPE_CHECKING:
    from werkzeug.local import LocalProxy

__all__ = [
    "Mount",
    "Mounts",
    "current_request",
    "mount_among",
    "mount_of_request",
    "mounts_of",
]

Mounts: TypeAlias = dict[str | None, "Mount"]
"""The mounts of an app: its own by None, others by blueprint."""

# As Werkzeug advises whoever asks more than once: each look through a proxy takes
# several calls.
current_request = cast("LocalProxy[Request]", request)._get_current_object  # noqa: SLF001 - documented
"""Gives the request itself."""

_PREFIX = "JWTGATE_"
_NAMES = ("CONFIG", "GATE", "GUARD_ALL", "PUBLIC_ENDPOINTS", "WATCH")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A gate in an app.

    Attributes:
        gate: Decides.
        guards_all: Whether every view demands a caller but those that are public.
        public_endpoints: Views that are, where no decorator can say so.
    """

    gate: Gate
    guards_all: bool
    public_endpoints: Sequence[str]

    @classmethod
    def of(cls, config: Mapping[str, Any], gate: Gate | None) -> Self:
        """Read an app's configuration.

        Args:
            config: The app's.
            gate: The gate, if it is not configured.

        Raises:
            ConfigurationError: No gate, or a setting that cannot work.
        """
        chosen = {
            name.removeprefix(_PREFIX): value
            for name, value in config.items()
            if name.startswith(_PREFIX)
        }
        if unknown := sorted(chosen.keys() - set(_NAMES)):
            raise ConfigurationError(
                f"there is no setting JWTGATE_{unknown[0]}; expected one of: "
                + ", ".join(_PREFIX + name for name in _NAMES)
            )
        defaults = {"GUARD_ALL": True, "WATCH": False}
        switches = {name: chosen.get(name, defaults[name]) for name in defaults}
        for name, value in switches.items():
            if not is_switch(value):
                raise ConfigurationError(f"JWTGATE_{name} must be True or False")
        endpoints = as_texts(
            "JWTGATE_PUBLIC_ENDPOINTS", chosen.get("PUBLIC_ENDPOINTS", ())
        )
        gate = gate or _gate_of(chosen, watch=switches["WATCH"])
        gate.require_sync()
        return cls(
            gate=gate, guards_all=switches["GUARD_ALL"], public_endpoints=endpoints
        )

    def asks(self, endpoint: str | None, *, is_public: bool) -> bool:
        """Whether everybody who calls a view is asked for a token.

        Args:
            endpoint: Its name; None where there is no view.
            is_public: Whether a decorator says that it is public.
        """
        if is_public or not self.guards_all:
            return False
        return endpoint not in self.public_endpoints


def mounts_of(extensions: dict[str, Any]) -> Mounts:
    """Give the mounts of an app."""
    mounts: Mounts = extensions.setdefault("jwtgate", {})
    return mounts


def mount_among(mounts: Mounts, request: Request) -> Mount | None:
    """Find the mount of a request: that of its innermost blueprint, or the app's."""
    own = mounts.get(None)
    if own is None or len(mounts) > 1:
        for name in request.blueprints:
            if name in mounts:
                return mounts[name]
    return own


def mount_of_request() -> Mount | None:
    """Find the mount of the request that is being answered."""
    return mount_among(mounts_of(current_app.extensions), current_request())


def _gate_of(chosen: Mapping[str, Any], *, watch: bool) -> Gate:
    gate, file = chosen.get("GATE"), chosen.get("CONFIG")
    if file is not None:
        if gate is not None:
            raise ConfigurationError("JWTGATE_GATE goes without JWTGATE_CONFIG")
        return load(file, watch=watch)
    if not isinstance(gate, Gate):
        raise ConfigurationError(
            "there is no gate: write JWTGate(gate), or set JWTGATE_GATE to a Gate, or "
            "JWTGATE_CONFIG to a file"
        )
    return gate
