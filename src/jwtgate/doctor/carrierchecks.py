"""What is weak about where a policy takes tokens from."""

from collections.abc import Iterator

from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.subject import Subject
from jwtgate.policy import Policy

__all__ = ["RULES", "check_carriers"]

QUERY = Rule(
    "JG221",
    "warning",
    "tokens are taken from the query",
    "URLs end up in logs, histories and Referer headers. RFC 6750 section 5.3: don't "
    "pass bearer tokens in page URLs.",
    "Set query_names = [], and send tokens in Authorization.",
)
NO_CSRF = Rule(
    "JG222",
    "error",
    "tokens are taken from cookies, and csrf is off",
    "A page of another site makes the browser send them. RFC 6750 section 5.3: who "
    "stores bearer tokens in cookies must take precautions against cross-site request "
    "forgery.",
    "Set csrf = true, and trusted_origins for pages elsewhere.",
)
COOKIE_NAME = Rule(
    "JG223",
    "info",
    "a cookie's name lacks __Host-",
    "A sister domain, or a connection without TLS, can plant a cookie of that name "
    "(RFC 6265bis section 4.1.3.2).",
    "Call it __Host-NAME, with Secure, Path=/ and no Domain.",
)
ORIGIN = Rule(
    "JG224",
    "warning",
    "a trusted origin is not HTTPS",
    "Whoever is on the way can speak for it.",
    "Name it with https://.",
)
UNHIDDEN = Rule(
    "JG225",
    "info",
    "the app sees tokens that came in the query",
    "Its logs may keep them (RFC 6750 section 5.3).",
    "Set hide_credentials = true.",
)

RULES = (QUERY, NO_CSRF, COOKIE_NAME, ORIGIN, UNHIDDEN)


def check_carriers(path: str, policy: Policy, subject: Subject) -> Iterator[Finding]:
    """Look at the carriers of one policy.

    Args:
        path: Where it is.
        policy: The policy.
        subject: What it is part of.
    """
    if policy.query_names:
        yield QUERY.at(subject.member(path, "query_names"))
        if not policy.hide_credentials:
            yield UNHIDDEN.at(subject.member(path, "hide_credentials"))
    if policy.cookie_names and not policy.csrf:
        yield NO_CSRF.at(subject.member(path, "csrf"))
    for name in policy.cookie_names:
        if not name.startswith("__Host-"):
            yield COOKIE_NAME.at(
                subject.member(path, "cookie_names"),
                f"the cookie {name!r} lacks __Host-",
            )
    for origin in policy.trusted_origins:
        if origin.startswith("http://"):
            yield ORIGIN.at(
                subject.member(path, "trusted_origins"), f"{origin} is not HTTPS"
            )
