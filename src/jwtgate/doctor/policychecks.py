"""What is weak about a policy: what it does not check, and whom it lets pass."""

from collections.abc import Iterator, Sequence

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.subject import Subject
from jwtgate.extraction.bearer import read_bearer_or_bare
from jwtgate.policy import Policy

__all__ = ["MAX_LEEWAY", "RULES", "check_policy"]

MAX_LEEWAY = 300.0
"""Seconds: "no more than a few minutes" (RFC 7519 section 4.1.4)."""

EXP_UNCHECKED = Rule(
    "JG201",
    "error",
    "exp is not checked",
    "An expired token passes: one that leaked passes for ever. RFC 6750 section 5.2: "
    "the lifetime of the token must be limited.",
    'Put "exp" into claims_to_verify.',
)
EXP_OPTIONAL = Rule(
    "JG202",
    "warning",
    "a token without exp passes",
    "It never expires (RFC 6750 section 5.2).",
    'Put "exp" into required_claims.',
)
NO_ISSUER = Rule(
    "JG203",
    "warning",
    "tokens of several issuers are not held to an issuer",
    "The key is found by another claim than iss, so that one issuer can sign what "
    "claims to be another's (RFC 8725 section 3.8).",
    "Set issuer, or find keys by iss.",
)
ANONYMOUS_FOR_ANY = Rule(
    "JG204",
    "warning",
    "any refusal becomes anonymous",
    "Who sends an expired or forged token is served, and learns nothing of it; RFC "
    "6750 section 3.1 wants 401. Kong and APISIX do so.",
    'Set anonymous_for = "missing", or strict = true with a gateway.',
)
LENIENT = Rule(
    "JG205",
    "warning",
    "a gateway's leniencies are in force",
    "They are there for apps that rely on them; see docs/gateways.md.",
    "Set strict = true, once no client relies on them.",
)
REPORT = Rule(
    "JG206",
    "warning",
    "report mode is on",
    "What would be refused passes, without identity.",
    'Set mode = "enforce" when the log tells of nobody who is left out.',
)
TERMINATED = Rule(
    "JG207",
    "info",
    "nobody is served",
    "Everyone who would pass gets the answer of the termination.",
    "Take termination out when the app is to be back.",
)
LEEWAY = Rule(
    "JG208",
    "warning",
    "the leeway is more than a few minutes",
    "Expired tokens live on for as long. RFC 7519 section 4.1.4: usually no more than "
    "a few minutes.",
    "Set the clocks by NTP, and the leeway to 60 seconds or less.",
)

RULES = (
    *(EXP_UNCHECKED, EXP_OPTIONAL, NO_ISSUER, ANONYMOUS_FOR_ANY, LENIENT),
    *(REPORT, TERMINATED, LEEWAY),
)


def check_policy(path: str, policy: Policy, subject: Subject) -> Iterator[Finding]:
    """Look at one policy.

    Args:
        path: Where it is.
        policy: The policy.
        subject: What it is part of.
    """
    yield from _claims(path, policy, subject)
    if policy.key_claim != "iss" and not policy.issuer and _has_several(subject):
        yield NO_ISSUER.at(subject.member(path, "issuer"))
    if policy.anonymous is not None and policy.anonymous_for == "any":
        yield ANONYMOUS_FOR_ANY.at(subject.member(path, "anonymous_for"))
    if not policy.dialect.hides_keys:
        what = f"leniencies of {policy.dialect.name}: {'; '.join(_leniencies(policy))}"
        yield LENIENT.at(path, what)
    if policy.mode == "report":
        yield REPORT.at(subject.member(path, "mode"))
    if policy.termination is not None:
        yield TERMINATED.at(subject.member(path, "termination"))


def _claims(path: str, policy: Policy, subject: Subject) -> Iterator[Finding]:
    if "exp" not in policy.claims_to_verify:
        yield EXP_UNCHECKED.at(subject.member(path, "claims_to_verify"))
    elif "exp" not in policy.required_claims:
        yield EXP_OPTIONAL.at(subject.member(path, "required_claims"))
    if policy.leeway > MAX_LEEWAY:
        yield LEEWAY.at(
            subject.member(path, "leeway"), f"the leeway is {policy.leeway:g} seconds"
        )


def _has_several(subject: Subject) -> bool:
    return len({each.credential.consumer.id for each in subject.live}) > 1


def _leniencies(policy: Policy) -> Sequence[str]:
    dialect = policy.dialect
    found = ["refusals tell which keys there are"]
    if policy.multiple_tokens == "first":
        found.append("of several tokens the first carrier's counts")
    if dialect.read_header is read_bearer_or_bare:
        found.append("a token needs no Bearer")
    if not dialect.key_claims_must_agree and len(policy.key_claim_in) > 1:
        found.append("payload and header may name different keys")
    if dialect.exempts_every_options and not policy.run_on_preflight:
        found.append("every OPTIONS passes without a token")
    if unlisted := {"exp", "nbf"} - set(policy.claims_to_verify):
        found.append(f"{' and '.join(sorted(unlisted))} not checked")
    if policy.cookie_names and not policy.csrf:
        found.append("no check for other sites")
    return found
