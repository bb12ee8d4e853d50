"""Where a token was looked for, and what was found there."""

from collections.abc import Iterator

from jwtgate.browser import is_cross_site
from jwtgate.errors import CrossSite, Rejection, TokenConflict
from jwtgate.events import fingerprint
from jwtgate.explain.case import Case
from jwtgate.extraction import CookieSource, HeaderSource, QuerySource, Source
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.rules import make_collector

__all__ = ["look"]

_IN_WORDS = {
    Reason.TOKEN_MISSING: "no carrier has one",
    Reason.TOKEN_REPEATED: "its header came more than once, or has a comma",
    Reason.TOKENS_DIFFER: "the request carries more than one token",
    Reason.TOKEN_UNRECOGNIZABLE: "the parameter has no value",
    Reason.CARRIER_TOO_LONG: "the request is too long to look for a token in",
}


def look(case: Case) -> None:
    """Look into every carrier, then bring the candidates down to the one token."""
    for name, source in _sources(case.policy):
        _tell_of(name, source, case)
    try:
        case.sent = make_collector(case.policy).collect(case.request)
    except Rejection as rejection:
        case.tell("token", "bad", _IN_WORDS[rejection.reason], rejection)
        return
    value = case.sent.value
    case.tell(
        "token",
        "good",
        f"{len(value)} characters, fingerprint {fingerprint(value) or 'none'}",
        facts={
            "fingerprint": fingerprint(value),
            "characters": len(value),
            "carriers": sorted(case.sent.carriers),
        },
    )
    if case.policy.csrf and case.sent.carriers == {"cookie"}:
        _judge_site(case)


def _sources(policy: Policy) -> Iterator[tuple[str, Source]]:
    dialect = policy.dialect
    for name in policy.header_names:
        yield f"header {name}", HeaderSource((name,), dialect.read_header)
    for name in policy.query_names:
        yield f"query {name}", QuerySource((name,), unique=dialect.unique_parameter)
    for name in policy.cookie_names:
        yield (
            f"cookie {name}",
            CookieSource(
                (name,),
                any_case=dialect.cookies_in_any_case,
                quoted=dialect.cookies_quoted,
            ),
        )


def _tell_of(name: str, source: Source, case: Case) -> None:
    try:
        found = source.find(case.request)
    except TokenConflict as conflict:
        case.tell(name, "bad", _IN_WORDS[conflict.reason])
        return
    values = [value for value in found if value]
    prints = [fingerprint(value) for value in values]
    text = "nothing"
    if values:
        shown = ", ".join(each or "none" for each in prints)
        text = f"{len(values)} found: fingerprint {shown}"
    elif found:
        text = "there, and empty"
    case.tell(
        name,
        "plain",
        text,
        facts={
            "candidates": [
                {"fingerprint": each, "characters": len(value)}
                for each, value in zip(prints, values, strict=True)
            ]
        },
    )


def _judge_site(case: Case) -> None:
    origins = frozenset(map(str.encode, case.policy.trusted_origins))
    if is_cross_site(case.request, origins):
        text = "a cookie alone has the token, and another site may have sent it"
        case.tell("site", "bad", text, CrossSite())
    else:
        case.tell("site", "good", "not from another site, or a safe method")
