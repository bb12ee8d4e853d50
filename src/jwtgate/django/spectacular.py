"""What drf-spectacular writes of the gate into the schema of an API."""

from typing import Any, final

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from jwtgate.django import conf
from jwtgate.openapi import security_schemes

__all__ = ["GateScheme"]

_NAME = "GateAuthentication"


@final
class GateScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Lists the carriers of a token as alternatives; registered by being imported."""

    target_class = "jwtgate.django.drf.GateAuthentication"
    match_subclasses = True

    def __init__(self, target: Any) -> None:
        super().__init__(target)  # type: ignore[no-untyped-call]
        gate = conf.current().gate
        self._schemes = security_schemes(gate and gate.policy, _NAME)
        self.name = list(self._schemes)

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:  # noqa: ARG002 - what it calls
        """Say that any one of the schemes will do."""
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:  # noqa: ARG002 - what it calls
        """Define the schemes."""
        return [dict(each) for each in self._schemes.values()]
