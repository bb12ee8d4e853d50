"""A policy made ready for requests: what it means is worked out once."""

from jwtgate import checks
from jwtgate.browser import is_options, is_preflight
from jwtgate.checks import Check
from jwtgate.extraction import (
    Collector,
    CookieSource,
    HeaderSource,
    QuerySource,
    RequestView,
    Source,
)
from jwtgate.policy import Policy

__all__ = ["is_exempt", "make_checks", "make_collector"]


def make_collector(policy: Policy) -> Collector:
    """Make what finds the token, looking in header, query and cookie in this order."""
    dialect = policy.dialect
    sources: list[Source] = []
    if policy.header_names:
        sources.append(HeaderSource(policy.header_names, dialect.read_header))
    if policy.query_names:
        sources.append(QuerySource(policy.query_names, unique=dialect.unique_parameter))
    if policy.cookie_names:
        sources.append(
            CookieSource(
                policy.cookie_names,
                any_case=dialect.cookies_in_any_case,
                quoted=dialect.cookies_quoted,
            )
        )
    return Collector(
        sources,
        first_source_wins=policy.multiple_tokens == "first",
        keep_empty=dialect.keep_empty,
        keep_valueless=dialect.keep_valueless,
    )


def is_exempt(policy: Policy, request: RequestView) -> bool:
    """Whether a policy asks nobody for a token here: of a CORS preflight."""
    if policy.run_on_preflight:
        return False
    if policy.dialect.exempts_every_options:
        return is_options(request)
    return is_preflight(request)


def make_checks(policy: Policy, *, timely: bool = False) -> tuple[Check, ...]:
    """Choose the checks of claims that a policy asks for, in order.

    Args:
        policy: The policy.
        timely: Leave out those that a token passes whose ``exp`` is a whole number to
            come, and ``nbf``, if there is one, a whole number that is over.
    """
    chosen = [
        checks.required(name)
        for name in policy.required_claims
        if not (timely and name == "exp")
    ]
    if "exp" in policy.claims_to_verify and not timely:
        chosen.append(checks.expiration)
    if "nbf" in policy.claims_to_verify and not timely:
        chosen.append(
            checks.not_before_exclusive
            if policy.dialect.nbf_exclusive
            else checks.not_before
        )
    if policy.maximum_expiration is not None:
        chosen.append(checks.maximum_expiration(policy.maximum_expiration))
    if policy.issuer:
        chosen.append(checks.issuer(policy.issuer))
    if policy.audience:
        chosen.append(checks.audience(policy.audience))
    if policy.types:
        chosen.append(checks.token_type(policy.types))
    return tuple(chosen)
