"""What can be wrong with a policy: every contradiction, with its mend."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jwtgate.answer import is_answer
from jwtgate.consumer import Consumer
from jwtgate.identity import fold, is_header_safe, is_identity_header
from jwtgate.jose import ALGORITHMS
from jwtgate.terms import Terms
from jwtgate.values import is_name, is_seconds, is_switch, is_unicode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jwtgate.policy import Policy

__all__ = ["policy_problems"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 5.6.2
# Compiled when the first one is trusted.
_ORIGIN = r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?"
_SWITCHES = ("run_on_preflight", "hide_credentials", "csrf", "groups_header")
_CHOICES: dict[str, tuple[str, ...]] = {
    "multiple_tokens": ("deny", "first"),
    "anonymous_for": ("missing", "any"),
    "mode": ("enforce", "report"),
}
_SUBSETS: dict[str, tuple[str, ...]] = {
    "key_claim_in": ("payload", "header"),
    "claims_to_verify": ("exp", "nbf"),
    "algorithms": tuple(ALGORITHMS),
}


def policy_problems(policy: Policy) -> Iterator[str]:
    """Give every problem of a policy, one sentence each, beginning with the field."""
    yield from _choice_problems(policy)
    yield from _subset_problems(policy)
    yield from _carrier_problems(policy)
    yield from _parameter_problems(policy)
    yield from _origin_problems(policy)
    yield from _time_problems(policy)
    yield from _text_problems(policy)
    yield from _term_problems(policy)


def _choice_problems(policy: Policy) -> Iterator[str]:
    for name, choices in _CHOICES.items():
        if getattr(policy, name) not in choices:
            yield f"{name} must be one of: {', '.join(choices)}"
    for name in _SWITCHES:
        if not is_switch(getattr(policy, name)):
            yield f"{name} must be True or False"


def _subset_problems(policy: Policy) -> Iterator[str]:
    for name, choices in _SUBSETS.items():
        for value in getattr(policy, name):
            if value not in choices:
                yield f"{name} has {value!r}; expected: {', '.join(choices)}"
    for name in ("algorithms", "key_claim_in"):
        if not getattr(policy, name):
            yield f"{name} is empty, so that no token could pass"


def _carrier_problems(policy: Policy) -> Iterator[str]:
    if not (policy.header_names or policy.query_names or policy.cookie_names):
        yield "header_names, query_names and cookie_names are empty: no token can come"
    for name in policy.header_names:
        if not _TOKEN.fullmatch(name):
            yield f"header_names has {name!r}, which is no header name"
        elif is_identity_header(name.encode()) or fold(name.encode()) == b"cookie":
            yield f"header_names has {name!r}, which has another meaning"


def _parameter_problems(policy: Policy) -> Iterator[str]:
    for name in policy.query_names:
        if not is_header_safe(name):
            yield f"query_names has {name!r}, which no query can have"
    for name in policy.cookie_names:
        if not _TOKEN.fullmatch(name):
            yield f"cookie_names has {name!r}, which is no cookie name"


def _origin_problems(policy: Policy) -> Iterator[str]:
    for origin in policy.trusted_origins:
        if not re.fullmatch(_ORIGIN, origin):
            yield (
                f"trusted_origins has {origin!r}; expected scheme and host in lower "
                "case, as in https://app.example"
            )


def _time_problems(policy: Policy) -> Iterator[str]:
    if not is_seconds(policy.leeway) or policy.leeway < 0:
        yield "leeway must be a finite number of seconds, 0 or more"
    limit = policy.maximum_expiration
    if limit is None:
        return
    if not is_seconds(limit) or limit <= 0:
        yield "maximum_expiration must be seconds above 0, or None"
    if "exp" not in policy.claims_to_verify:
        yield "maximum_expiration needs exp in claims_to_verify"
    if "exp" not in policy.required_claims:
        yield "maximum_expiration needs exp in required_claims"


def _text_problems(policy: Policy) -> Iterator[str]:
    if not is_name(policy.key_claim):
        yield "key_claim must name a claim"
    if policy.realm is not None and not _is_printable(policy.realm):
        yield "realm must be printable ASCII, at least one character, or None"
    anonymous = policy.anonymous
    if isinstance(anonymous, Consumer):
        return
    if anonymous is not None and not is_name(anonymous):
        yield "anonymous must be a Consumer, the id or username of one, or None"


def _term_problems(policy: Policy) -> Iterator[str]:
    if not is_answer(policy.termination):
        yield "termination must be an Answer, or None"
    body = policy.error_response
    if body is not None and not is_unicode(body):
        yield "error_response must be a text, or None"
    if not _are_terms(policy.consumer_terms):
        yield "consumer_terms must be Terms by the id or username of a consumer"


def _are_terms(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and all(map(is_name, value))
        and all(isinstance(each, Terms) for each in value.values())
    )


def _is_printable(text: object) -> bool:
    return (
        isinstance(text, str) and text != "" and text.isascii() and text.isprintable()
    )
