"""How a token is sent, as FastAPI finds it out: by dependencies that are schemes."""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, final

from fastapi import Depends
from fastapi.openapi.models import APIKey, HTTPBearer
from fastapi.security.base import SecurityBase

from jwtgate.openapi import SecurityScheme, security_schemes
from jwtgate.policy import Policy

__all__ = ["Carrier", "carriers_of", "signature_with"]


@final
class Carrier(SecurityBase):
    """A dependency that stands for a security scheme, and does nothing in a request."""

    def __init__(self, scheme: SecurityScheme, scheme_name: str) -> None:
        kind = HTTPBearer if scheme["type"] == "http" else APIKey
        self.model = kind.model_validate(scheme)
        self.scheme_name = scheme_name

    async def __call__(self) -> None:
        """Do nothing."""


def carriers_of(policy: Policy | None, name: str) -> list[Carrier]:
    """Give a dependency for each carrier of a token, in the order of the policy.

    Args:
        policy: The gate's own; the default one if None.
        name: The name of the first; the others are called after it.
    """
    schemes = security_schemes(policy, name)
    return [Carrier(scheme, each) for each, scheme in schemes.items()]


def signature_with(call: Callable[..., Any], carriers: Sequence[Carrier]) -> Signature:
    """Give the signature of a method for FastAPI, with carriers as alternatives.

    FastAPI lists the scheme of each dependency of an operation as one more way.
    """
    _self, *parameters, _var_keyword = signature(call).parameters.values()
    more = [
        Parameter(
            f"carrier_{number}",
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[None, Depends(carrier)],
        )
        for number, carrier in enumerate(carriers)
    ]
    return Signature([*parameters, *more])
