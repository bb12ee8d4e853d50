"""What is weak about the tokens that a policy and its credentials let pass together."""

from collections.abc import Iterator, Sequence

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.subject import Placed, Subject
from jwtgate.jose import ALGORITHMS
from jwtgate.policy import Policy

__all__ = ["LONG", "RULES", "check_tokens", "has_long_lived"]

LONG = 86_400.0
"""Seconds above which a token lives long: a day. RFC 6750 section 5.3 has an hour."""

NO_AUDIENCE = Rule(
    "JG241",
    "info",
    "no audience is demanded",
    "A token that a consumer made for another service passes here, if that one knows "
    "the same key (RFC 8725 section 3.9).",
    "Set audience, and have consumers put it into their tokens as aud.",
)
ISSUER_WITHOUT_AUDIENCE = Rule(
    "JG242",
    "warning",
    "an issuer's tokens for other services pass",
    "Its users' tokens for any service verify under the same key. RFC 8725 section "
    "3.9: where one issuer serves several, the audience must be checked.",
    "Set audience in the policy or the credential.",
)
UNBOUNDED = Rule(
    "JG243",
    "warning",
    "nothing bounds how long tokens live",
    "A token that leaked is good until its exp, whatever that is. RFC 6750 section "
    "5.3: issue short-lived tokens.",
    "Set maximum_expiration, to 3600 if that will do.",
)
MIXED = Rule(
    "JG244",
    "info",
    "secrets and public keys are in use side by side",
    "Each credential is bound to its algorithm, so that no token confuses them (RFC "
    "8725 section 3.1); an operator may.",
    "Prefer one family, and list it in algorithms.",
)

RULES = (NO_AUDIENCE, ISSUER_WITHOUT_AUDIENCE, UNBOUNDED, MIXED)


def check_tokens(path: str, policy: Policy, subject: Subject) -> Iterator[Finding]:
    """Look at one policy and the live credentials.

    Args:
        path: Where the policy is.
        policy: The policy.
        subject: What it is part of.
    """
    live = [
        each for each in subject.live if each.credential.algorithm in policy.algorithms
    ]
    yield from _audience(path, policy, live, subject)
    longest = max(live, key=_lifetime, default=None)
    if policy.maximum_expiration is None and longest and _lifetime(longest) > LONG:
        yield UNBOUNDED.at(
            subject.member(path, "maximum_expiration"),
            f"nothing bounds exp, and tokens of {longest.path} live for "
            f"{_lifetime(longest)} seconds",
        )
    families = {ALGORITHMS[each.credential.algorithm].symmetric for each in live}
    if len(families) > 1:
        yield MIXED.at(subject.member(path, "algorithms"))


def has_long_lived(subject: Subject) -> bool:
    """Whether some policy lets tokens pass that live long."""
    longest = max((each.credential.token_lifetime for each in subject.live), default=0)
    return any(
        (policy.maximum_expiration or longest) > LONG for _, policy in subject.policies
    )


def _lifetime(each: Placed) -> int:
    return each.credential.token_lifetime


def _audience(
    path: str, policy: Policy, live: Sequence[Placed], subject: Subject
) -> Iterator[Finding]:
    if policy.audience:
        return
    free = [each for each in live if not each.credential.audience]
    issuers = [each for each in free if each.credential.consumer_claim is not None]
    for each in issuers:
        yield ISSUER_WITHOUT_AUDIENCE.at(each.member("audience"))
    if len(free) > len(issuers):
        yield NO_AUDIENCE.at(subject.member(path, "audience"))
