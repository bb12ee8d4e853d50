"""The fields of a policy as keyword arguments, for the gateways' constructors."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.consumer import Consumer
from jwtgate.quota import Quota
from jwtgate.terms import Terms

__all__ = ["PolicySettings"]


class PolicySettings(TypedDict, total=False):
    """The fields of a :class:`Policy`, for the gateways' constructors."""

    header_names: Sequence[str]
    query_names: Sequence[str]
    cookie_names: Sequence[str]
    multiple_tokens: Literal["deny", "first"]
    key_claim: str
    key_claim_in: Sequence[Literal["payload", "header"]]
    claims_to_verify: Sequence[Literal["exp", "nbf"]]
    required_claims: Sequence[str]
    leeway: float
    maximum_expiration: float | None
    issuer: Sequence[str]
    audience: Sequence[str]
    types: Sequence[str]
    algorithms: Sequence[str]
    anonymous: Consumer | str | None
    anonymous_for: Literal["missing", "any"]
    run_on_preflight: bool
    hide_credentials: bool
    csrf: bool
    trusted_origins: Sequence[str]
    realm: str | None
    groups_header: bool
    access: Access | Sequence[Access]
    quota: Quota | str | Sequence[Quota | str] | None
    termination: Answer | None
    consumer_terms: Mapping[str, Terms]
    error_response: str | None
    mode: Literal["enforce", "report"]
