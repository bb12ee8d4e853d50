import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn, assert_never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Anonymous,
    Answer,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Quota,
    Reason,
    Route,
    UnusableCredential,
)
from jwtgate.identity import is_identity_header
from jwtgate.settings import Settings
from tests.adapters import ADAPTERS, PLAIN, WRAPPED
from tests.kit import (
    KEY,
    NOW,
    SECRET,
    Got,
    Header,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    via_asgi,
    via_wsgi,
)

GOOD = mint()
OTHER = mint(sub="other")
GUEST = Consumer(username="guest", groups=("visitors",))
CARRIERS = Policy(query_names=("jwt",), cookie_names=("jwt",))


class Down:
    """A store that is out of reach."""

    blocking = False

    def find(self, *_: object, **__: object) -> NoReturn:
        """Fail."""
        raise OSError


ALL = Quota(rates="1/h", per=(), aligned=True)


def over_quota(policy: Policy) -> Gate:
    """Make a gate whose quota is used up."""
    gate = make_gate(policy=policy)
    assert via_wsgi(gate, Sent.bearer(GOOD)).status == 200
    return gate


def closed(unrouted: Any, policy: Policy) -> Gate:
    """Make a gate that answers routes alone."""
    routes = [Route(path="/foo"), Route(path="/*", public=True, methods=["BREW"])]
    settings = Settings(
        store=ListStore(credential()), policy=policy, routes=routes, unrouted=unrouted
    )
    return Gate.of(settings, clock=clock)


def public(policy: Policy) -> Gate:
    """Make a gate that is public, with a policy for whoever calls."""
    route = Route(path="/*", public=True, policy=policy)
    return Gate(ListStore(), routes=[route], clock=clock)


NOT_JACK = Access(deny_consumers=["jack"])
HTML = Answer(status=599, body="<p>Zoë</p>", content_type="text/html")
GATES = {
    "native": make_gate(),
    "carriers": make_gate(policy=CARRIERS),
    "hiding": make_gate(
        policy=Policy(
            query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True
        )
    ),
    "first": make_gate(
        policy=Policy(query_names=("jwt",), multiple_tokens="first", realm='a "b"')
    ),
    "own-header": make_gate(policy=Policy(header_names=("X-My-Token",))),
    "anonymous": make_gate(policy=Policy(anonymous=GUEST)),
    "anonymous-any": make_gate(policy=Policy(anonymous=GUEST, anonymous_for="any")),
    "preflight": make_gate(policy=Policy(run_on_preflight=False)),
    "report": make_gate(policy=Policy(mode="report", query_names=("jwt",))),
    "trusting": make_gate(
        policy=Policy(cookie_names=("jwt",), trusted_origins=("https://p.example",))
    ),
    "kong": make_gate(policy=Policy.kong(cookie_names=("jwt",), realm="kong")),
    "kong-exp": make_gate(policy=Policy.kong(claims_to_verify=("exp", "nbf"))),
    "kong-options": make_gate(policy=Policy.kong(run_on_preflight=False)),
    "kong-strict": make_gate(policy=Policy.kong(strict=True)),
    "apisix": make_gate(policy=Policy.apisix(key_claim="iss")),
    "apisix-hiding": make_gate(
        policy=Policy.apisix(key_claim="iss", hide_credentials=True)
    ),
    "apisix-guest": make_gate(policy=Policy.apisix(anonymous=GUEST)),
    "narrow": make_gate(
        policy=Policy(
            issuer=(KEY,),
            audience=("api",),
            types=("at+jwt",),
            maximum_expiration=3600,
            algorithms=("HS256",),
        )
    ),
    "odd-names": make_gate(
        credential(consumer=jack(username="Zoë 100%", groups=("a b", "☃")), id="id-1")
    ),
    "ecdsa": make_gate(credential(algorithm="ES256")),
    "disabled": make_gate(credential(enabled=False)),
    "disabled-consumer": make_gate(credential(consumer=jack(enabled=False))),
    "retired": make_gate(credential(retire_after=NOW)),
    "early": make_gate(credential(not_before=NOW + 1)),
    "by-claim": make_gate(credential(consumer_claim="sub")),
    "by-kid": make_gate(credential(kid="2026")),
    "down": Gate(Down(), clock=clock),
    "unusable": Gate(ListStore(UnusableCredential(key=KEY, why="bad")), clock=clock),
    "no-key": make_gate(UnusableCredential(key=KEY, why="bad", refuses=True)),
    "own-body": make_gate(policy=Policy(error_response='{"error":"Zoë"}')),
    "barring": make_gate(policy=Policy(access=NOT_JACK, realm="shop")),
    "barring-kong": make_gate(policy=Policy.kong(access=NOT_JACK)),
    "barring-guests": make_gate(
        policy=Policy(anonymous=GUEST, access=Access(deny_groups=["visitors"]))
    ),
    "barring-report": make_gate(policy=Policy(access=NOT_JACK, mode="report")),
    "gone": make_gate(policy=Policy(termination=HTML)),
    "gone-empty": make_gate(policy=Policy(termination=Answer(status=204))),
    "over-quota": over_quota(Policy(quota=ALL)),
    "over-quota-kong": over_quota(Policy.kong(quota=ALL)),
    "over-quota-report": over_quota(Policy(quota=ALL, mode="report")),
    "closed": closed("refuse", Policy()),
    "closed-kong": closed("refuse", Policy.kong()),
    "closed-apisix": closed("policy_then_refuse", Policy.apisix(key_claim="iss")),
    "closed-report": closed("policy_then_refuse", Policy(mode="report")),
    "public-gone": public(Policy(termination=HTML)),
    "public-barring": public(Policy(access=NOT_JACK)),
}


@dataclass(frozen=True)
class Row:
    """A request for one of the gates, and what is to come of it."""

    id: str
    expected: str
    gate: str
    sent: Sent


def row(
    id_: str, expected: str, *authorization: str, gate: str = "native", **fields: Any
) -> Row:
    """Make a row; further fields are those of a request."""
    lines = [("Authorization", value) for value in authorization]
    headers = (*lines, *fields.pop("headers", ()))
    return Row(id_, expected, gate, Sent(headers=headers, **fields))


def bearer(id_: str, expected: str, token: str = GOOD, **fields: Any) -> Row:
    """Make a row of a request with a bearer token."""
    return row(id_, expected, f"Bearer {token}", **fields)


def cookies(*lines: str, more: tuple[Header, ...] = ()) -> tuple[Header, ...]:
    """Make Cookie lines, and more."""
    return (*(("Cookie", line) for line in lines), *more)


def header(**members: object) -> str:
    """Make a good token with these members in its header."""
    return mint(header={"alg": "HS256", **members})


def cross_site(id_: str, expected: str, *more: Header, **fields: Any) -> Row:
    """Make a row of a POST with a cookie token, and what a browser tells."""
    headers = cookies(f"jwt={GOOD}", more=more)
    chosen = {"gate": "trusting", "method": "POST", "scheme": "https", **fields}
    return row(id_, expected, headers=headers, **chosen)


ORIGIN = ("Origin", "https://a.example")
HOST = ("Host", "a.example")
PREFLIGHT = (ORIGIN, ("Access-Control-Request-Method", "PUT"))
SPOOFED = (
    ("X-Consumer-ID", "forged"),
    ("X_Consumer_Username", "forged"),
    ("x-consumer-groups", "forged"),
    ("X-Credential_Identifier", "forged"),
    ("X-ANONYMOUS-CONSUMER", "true"),
    ("X_Authenticated_Groups", "forged"),
)
MEMBER_TWICE = b'{"iss":"jack-key","iss":"jack-key","exp":1800000600}'

ROWS = [
    # One good token
    bearer("good", "authenticated"),
    bearer("good-post", "authenticated", method="POST", body=b"body"),
    bearer("good-head", "authenticated", method="HEAD"),
    bearer("good-options", "authenticated", method="OPTIONS"),
    bearer("good-unknown-method", "authenticated", method="BREW"),
    bearer("good-with-query", "authenticated", query="a=1&b=%zz&jwt=x"),
    bearer("good-es256", "authenticated", mint(algorithm="ES256"), gate="ecdsa"),
    bearer("good-by-claim", "authenticated", mint(sub="zoë"), gate="by-claim"),
    bearer("good-by-kid", "authenticated", header(kid="2026"), gate="by-kid"),
    bearer("good-odd-names", "authenticated", gate="odd-names"),
    bearer("good-fraction", "authenticated", mint(exp=NOW + 0.5)),
    bearer("good-spoofed", "authenticated", headers=SPOOFED),
    row("good-small-scheme", "authenticated", f"bearer {GOOD}"),
    row("good-big-scheme", "authenticated", f"BEARER   {GOOD}"),
    row(
        "good-own-header",
        "authenticated",
        headers=(("x_my_token", f"Bearer {GOOD}"),),
        gate="own-header",
    ),
    row("good-query", "authenticated", query=f"jwt={GOOD}&a=1", gate="carriers"),
    row("good-encoded-query", "authenticated", query=f"%6Awt={GOOD}", gate="carriers"),
    row(
        "good-cookie",
        "authenticated",
        headers=cookies(f"a=1; jwt={GOOD}"),
        gate="carriers",
    ),
    row(
        "good-quoted-cookie",
        "authenticated",
        headers=cookies(f'jwt="{GOOD}"'),
        gate="carriers",
    ),
    row(
        "good-second-cookie-line",
        "authenticated",
        headers=cookies("a=1", f"jwt={GOOD}"),
        gate="carriers",
    ),
    row(
        "good-twice-in-query",
        "authenticated",
        query=f"jwt={GOOD}&jwt={GOOD}",
        gate="carriers",
    ),
    bearer(
        "good-everywhere",
        "authenticated",
        query=f"jwt={GOOD}",
        headers=cookies(f"jwt={GOOD}"),
        gate="carriers",
    ),
    bearer(
        "good-hidden",
        "authenticated",
        query=f"a=%zz&jwt={GOOD}&b",
        headers=cookies(f"jwt={GOOD}; c=1"),
        gate="hiding",
    ),
    bearer("good-first-wins", "authenticated", query=f"jwt={OTHER}", gate="first"),
    # No token
    row("none", "token_missing"),
    row("none-head", "token_missing", method="HEAD"),
    row("none-spoofed", "token_missing", headers=SPOOFED),
    row("none-basic", "token_missing", "Basic eDp5"),
    row("none-empty-header", "token_missing", ""),
    row("none-scheme-alone", "token_missing", "Bearer"),
    row("none-longer-scheme", "token_missing", f"BearerX {GOOD}"),
    row("none-bare", "token_missing", GOOD),
    row("none-query-not-configured", "token_missing", query=f"jwt={GOOD}"),
    row("none-empty-query", "token_missing", query="jwt=&jwt", gate="carriers"),
    row("none-realm", "token_missing", gate="first"),
    row("none-anonymous", "anonymous", gate="anonymous"),
    row("none-anonymous-spoofed", "anonymous", headers=SPOOFED, gate="anonymous"),
    # Two tokens
    row("smuggled-second-line", "token_repeated", f"Bearer {GOOD}", f"Bearer {OTHER}"),
    row("smuggled-equal-line", "token_repeated", f"Bearer {GOOD}", f"Bearer {GOOD}"),
    row("smuggled-behind-basic", "token_repeated", "Basic eDp5", f"Bearer {GOOD}"),
    row("smuggled-joined", "token_repeated", f"Bearer {GOOD}, Bearer {OTHER}"),
    bearer("smuggled-query", "tokens_differ", query=f"jwt={OTHER}", gate="carriers"),
    bearer("smuggled-garbage", "tokens_differ", query="jwt=x", gate="carriers"),
    bearer(
        "smuggled-cookie",
        "tokens_differ",
        headers=cookies(f"jwt={OTHER}"),
        gate="carriers",
    ),
    row(
        "smuggled-cookie-line",
        "tokens_differ",
        headers=cookies(f"jwt={GOOD}", f"jwt={OTHER}"),
        gate="carriers",
    ),
    row(
        "smuggled-parameter",
        "tokens_differ",
        query=f"jwt={GOOD}&%6a%77t={OTHER}",
        gate="carriers",
    ),
    row(
        "smuggled-seventeen",
        "tokens_differ",
        query="&".join([f"jwt={GOOD}"] * 17),
        gate="carriers",
    ),
    row("long-query", "carrier_too_long", query="a" * 65_537, gate="carriers"),
    row(
        "long-cookies",
        "carrier_too_long",
        headers=cookies("a" * 65_537),
        gate="carriers",
    ),
    # Not a token
    bearer("malformed-word", "token_malformed", "x"),
    bearer("malformed-two-words", "token_malformed", f"{GOOD} {GOOD}"),
    bearer("malformed-two-segments", "token_malformed", GOOD.rpartition(".")[0]),
    bearer("malformed-jwe", "token_malformed", "a.b.c.d.e"),
    row("malformed-tab", "token_malformed", f"Bearer\t{GOOD}"),
    row("malformed-nbsp", "token_malformed", f"Bearer\xa0{GOOD}"),
    bearer("malformed-length", "token_too_long", "a" * 8193),
    bearer("malformed-header", "header_malformed", mint(header=b"[]")),
    bearer("malformed-payload", "payload_malformed", mint(b"{")),
    bearer("payload-no-object", "payload_not_object", mint(b"null")),
    bearer("malformed-member-twice", "payload_malformed", mint(MEMBER_TWICE)),
    bearer("malformed-crit", "extension_unsupported", header(crit=["exp"], exp=1)),
    bearer("alg-none", "algorithm_unsupported", mint(header={"alg": "none"})),
    bearer(
        "alg-not-allowed",
        "algorithm_unsupported",
        mint(algorithm="HS512"),
        gate="narrow",
    ),
    # Its key
    bearer("key-missing", "key_claim_missing", mint(iss=None)),
    bearer("key-number", "key_claim_invalid", mint(iss=7)),
    bearer("key-empty", "key_claim_invalid", mint(iss="")),
    bearer("key-in-two-places", "key_claim_conflict", header(iss="another")),
    bearer("key-unknown", "key_unknown", mint(iss="nobody")),
    bearer("kid-unknown", "kid_unknown", header(kid="2025"), gate="by-kid"),
    bearer("key-disabled", "credential_disabled", gate="disabled"),
    bearer("key-of-disabled-consumer", "consumer_disabled", gate="disabled-consumer"),
    bearer("key-retired", "credential_retired", gate="retired"),
    bearer("key-early", "credential_not_yet_valid", gate="early"),
    bearer("alg-of-another", "algorithm_mismatch", mint(algorithm="HS512")),
    bearer("signature-of-another", "signature_invalid", mint(secret=SECRET[::-1])),
    bearer("signature-empty", "signature_invalid", GOOD.rpartition(".")[0] + "."),
    bearer("signature-padding", "signature_malformed", f"{GOOD}="),
    bearer("signature-latin-1", "signature_malformed", f"{GOOD}\xe9"),
    # Its claims
    bearer("expired", "token_expired", mint(exp=NOW)),
    bearer("expired-text", "claim_invalid", mint(exp="never")),
    bearer("without-exp", "claim_missing", mint(exp=None)),
    bearer("too-early", "token_not_yet_valid", mint(nbf=NOW + 1)),
    bearer("foreign-issuer", "key_unknown", mint(iss="x", aud="api"), gate="narrow"),
    bearer("foreign-audience", "audience_mismatch", mint(aud="web"), gate="narrow"),
    bearer("foreign-type", "type_mismatch", mint(aud="api"), gate="narrow"),
    bearer("too-long-lived", "expiration_too_far", mint(exp=NOW + 9999), gate="narrow"),
    bearer("consumer-unnamed", "claim_missing", gate="by-claim"),
    bearer(
        "consumer-named-with-cr", "claim_invalid", mint(sub="a\r\nb"), gate="by-claim"
    ),
    # Browsers
    row(
        "preflight", "preflight", method="OPTIONS", headers=PREFLIGHT, gate="preflight"
    ),
    row(
        "preflight-spoofed",
        "preflight",
        method="OPTIONS",
        headers=(*PREFLIGHT, *SPOOFED),
        gate="preflight",
    ),
    row("preflight-not-exempt", "token_missing", method="OPTIONS", headers=PREFLIGHT),
    row("preflight-bare-options", "token_missing", method="OPTIONS", gate="preflight"),
    row(
        "preflight-small-method",
        "token_missing",
        method="options",
        headers=PREFLIGHT,
        gate="preflight",
    ),
    row(
        "preflight-two-origins",
        "token_missing",
        method="OPTIONS",
        headers=(ORIGIN, *PREFLIGHT),
        gate="preflight",
    ),
    cross_site("forgery", "cross_site"),
    cross_site("forgery-evil", "cross_site", ("Origin", "https://evil.example"), HOST),
    cross_site("forgery-same-site", "cross_site", ("Sec-Fetch-Site", "same-site")),
    cross_site("forgery-two-origins", "cross_site", ORIGIN, ORIGIN, HOST),
    cross_site("forgery-two-hosts", "cross_site", ORIGIN, HOST, HOST),
    cross_site("own-origin", "authenticated", ORIGIN, HOST),
    cross_site("own-site", "authenticated", ("Sec-Fetch-Site", "same-origin")),
    cross_site(
        "own-site-twice",
        "authenticated",
        *[("Sec-Fetch-Site", "same-origin")] * 2,
        ORIGIN,
        HOST,
    ),
    cross_site("partner", "authenticated", ("Origin", "https://p.example")),
    cross_site("safe-method", "authenticated", method="GET"),
    # Ours
    bearer("store-down", "store_unavailable", gate="down"),
    bearer("store-down-head", "store_unavailable", gate="down", method="HEAD"),
    bearer("row-unusable", "credential_unusable", gate="unusable"),
    bearer("key-that-never-was-one", "key_unusable", gate="no-key"),
    # Who is known, and may not
    bearer("barred", "consumer_forbidden", gate="barring", headers=SPOOFED),
    bearer("barred-kong", "consumer_forbidden", gate="barring-kong"),
    row("barred-guest", "consumer_forbidden", gate="barring-guests"),
    bearer("barred-report", "report", gate="barring-report", headers=SPOOFED),
    bearer("gone", "terminated", gate="gone"),
    bearer("gone-head", "terminated", gate="gone", method="HEAD"),
    bearer("gone-empty", "terminated", gate="gone-empty"),
    row("gone-unknown", "token_missing", gate="gone"),
    row("gone-public", "terminated", gate="public-gone", headers=SPOOFED),
    row("barred-public", "token_missing", gate="public-barring"),
    bearer("over-quota", "quota_exceeded", gate="over-quota"),
    bearer("over-quota-head", "quota_exceeded", gate="over-quota", method="HEAD"),
    bearer("over-quota-kong", "quota_exceeded", gate="over-quota-kong"),
    bearer("over-quota-report", "report", gate="over-quota-report", headers=SPOOFED),
    row("own-body", "token_missing", gate="own-body"),
    row("own-body-head", "token_missing", gate="own-body", method="HEAD"),
    # Routes alone
    bearer("closed-known", "authenticated", gate="closed", path="/foo"),
    bearer("closed-unknown", "route_unknown", gate="closed", path="/bar"),
    bearer("closed-spelling", "route_unknown", gate="closed", path="/FOO"),
    bearer("closed-slash", "route_unknown", gate="closed", path="/foo/"),
    row("closed-ambiguous", "path_ambiguous", gate="closed", path="//foo"),
    row("closed-public", "public", gate="closed", path="/bar", method="BREW"),
    row("closed-guarded", "token_missing", gate="closed", path="/FOO", method="BREW"),
    row("closed-kong", "route_unknown", gate="closed-kong", path="/bar"),
    row("closed-first-none", "token_missing", gate="closed-apisix", path="/bar"),
    bearer("closed-then-unknown", "route_unknown", gate="closed-apisix", path="/bar"),
    row("closed-report", "route_unknown", gate="closed-report", path="/bar"),
    # Modes
    bearer("anonymous-bad-token", "signature_invalid", GOOD + "AAAA", gate="anonymous"),
    bearer("anonymous-for-any", "anonymous", GOOD + "AAAA", gate="anonymous-any"),
    bearer("report-good", "authenticated", gate="report", headers=SPOOFED),
    bearer("report-bad", "report", mint(exp=0), gate="report", headers=SPOOFED),
    row("report-none", "report", gate="report"),
    # Gateways
    row("kong-none", "token_missing", gate="kong"),
    bearer("kong-good", "authenticated", mint(exp=None), gate="kong", headers=SPOOFED),
    row("kong-big-scheme", "token_missing", f"BEARER {GOOD}", gate="kong"),
    row(
        "kong-cookie-case", "authenticated", headers=cookies(f"JWT={GOOD}"), gate="kong"
    ),
    row("kong-valueless", "token_unrecognizable", query="jwt", gate="kong"),
    bearer("kong-unknown", "key_unknown", mint(iss="nobody"), gate="kong"),
    bearer("kong-claims", "token_expired", mint(exp=1, nbf="x"), gate="kong-exp"),
    row(
        "kong-options",
        "preflight",
        method="OPTIONS",
        headers=SPOOFED,
        gate="kong-options",
    ),
    bearer("kong-strict", "key_unknown", mint(iss="nobody"), gate="kong-strict"),
    row("apisix-none", "token_missing", gate="apisix"),
    row("apisix-bare", "authenticated", GOOD, gate="apisix", headers=SPOOFED),
    row(
        "apisix-empty-blocks", "token_malformed", "", query=f"jwt={GOOD}", gate="apisix"
    ),
    row(
        "apisix-repeated",
        "tokens_differ",
        query=f"jwt={GOOD}&jwt={GOOD}",
        gate="apisix",
    ),
    row(
        "apisix-hiding",
        "authenticated",
        query=f"jwt={GOOD}",
        headers=cookies(f"jwt={GOOD}"),
        gate="apisix-hiding",
    ),
    bearer("apisix-guest", "anonymous", "x", gate="apisix-guest"),
]
CODES = {reason.code for reason in Reason}


def each_of(
    adapters: Iterable[str], *, refused: bool = True, passed: bool = True
) -> pytest.MarkDecorator:
    """Parametrise by rows and adapters, less those that cannot come together."""
    cases = [
        pytest.param(each, adapter, id=f"{each.id}-{adapter}")
        for each in ROWS
        for adapter in adapters
        if (each.expected in CODES and refused)
        or (each.expected not in CODES and passed)
        if each.id not in EXCEPTIONS.get(adapter, ())
    ]
    return pytest.mark.parametrize(("each", "adapter"), cases)


PREFLIGHTS = [each.id for each in ROWS if each.expected == "preflight"]
EXEMPT = [*PREFLIGHTS, *(each.id for each in ROWS if each.expected == "public")]
NOT_ROUTED = ["preflight-small-method"]
NOT_AN_OPERATION = ["closed-slash", "closed-ambiguous"]
EXCEPTIONS = {
    # A view that demands a caller has one, whatever the gate exempts.
    "flask views": EXEMPT,
    # A function is called for every method, so it runs for no exempt preflight.
    "django": PREFLIGHTS,
    "django async": PREFLIGHTS,
    "django async on wsgi": PREFLIGHTS,
    "django sync on asgi": PREFLIGHTS,
    "ninja behind": PREFLIGHTS,
    # What has no route of the framework does not come to what guards behind routes.
    "fastapi": NOT_ROUTED,
    "fastapi installed": NOT_ROUTED,
    "ninja": NOT_AN_OPERATION,
    "ninja async": NOT_AN_OPERATION,
    # Asked without a token, the gate sees a request that needs none: of a path that it
    # does not know, or where everybody is answered alike.
    "drf": ["closed-first-none", "gone-unknown"],
}
"""What an adapter does differently, and why."""

CHOOSES_LATER = ("drf",)
"""Adapters whose framework asks for a token after the gate was asked."""

CANNOT_ADD = ("starlette backend", "fastapi", "drf", "ninja", "ninja async")
"""Adapters that cannot add a header to a response that a view made."""


def without(those: Iterable[str]) -> list[str]:
    """Give the other adapters, in order."""
    return [name for name in ADAPTERS if name not in those]


@cache
def _got(id_: str, adapter: str) -> Got:
    [each] = [each for each in ROWS if each.id == id_]
    return ADAPTERS[adapter](GATES[each.gate], each.sent)


def told(outcome: Outcome) -> str:
    """Say what kind of outcome it is, and why."""
    match outcome:
        case Authenticated():
            return "authenticated"
        case Anonymous():
            return "anonymous"
        case Exempt():
            return outcome.why
        case Denied():
            return outcome.reason.code
        case _:
            assert_never(outcome)


def identity(got: Got) -> dict[str, str]:
    """Give the identity headers that the app sees."""
    seen = got.seen_headers or {}
    return {k: v for k, v in seen.items() if is_identity_header(k.encode("latin-1"))}


def carriers(got: Got) -> set[str]:
    """Tell which of the headers that may hold a token the app sees."""
    return {"authorization", "cookie"} & set(got.seen_headers or {})


@each_of(without(CHOOSES_LATER))
def test_the_outcome_is_as_expected(each: Row, adapter: str) -> None:
    """Every row comes out in every adapter as the table says, and a denied one early.

    It reaches no view; any other reaches it.
    """
    got = _got(each.id, adapter)
    assert told(got.outcome) == each.expected
    assert got.app_ran is not isinstance(got.outcome, Denied)


@each_of(PLAIN, passed=False)
def test_the_client_is_answered_alike(each: Row, adapter: str) -> None:
    """Status, headers and body of a refusal are the same, byte for byte."""
    got, asgi = _got(each.id, adapter), _got(each.id, "asgi")
    assert (got.status, got.headers, got.body) == (asgi.status, asgi.headers, asgi.body)


@each_of(WRAPPED, passed=False)
def test_the_client_is_told_alike_in_an_envelope(each: Row, adapter: str) -> None:
    """Status and challenge are the same, and the text is, in the framework's form."""
    got, asgi = _got(each.id, adapter), _got(each.id, "asgi")
    assert got.status == asgi.status
    assert got.headers == {**got.headers, **without_content(asgi)}
    assert got.body == b"" or text_of(asgi) == json.loads(got.body)["detail"]


@each_of(without(CANNOT_ADD), refused=False)
def test_the_response_gets_its_headers(each: Row, adapter: str) -> None:
    """What the outcome has for the response is on it."""
    got = _got(each.id, adapter)
    ours = {name.lower(): value for name, value in got.outcome.response_headers}
    assert (got.status, got.headers) == (200, {**got.headers, **ours})


@each_of(ADAPTERS)
def test_the_app_is_told_alike(each: Row, adapter: str) -> None:
    """The view sees the same identity, query and carriers of tokens, nothing forged."""
    got, asgi = _got(each.id, adapter), _got(each.id, "asgi")
    assert identity(got) == identity(asgi)
    assert "forged" not in identity(got).values()
    assert (got.seen_query, carriers(got)) == (asgi.seen_query, carriers(asgi))


def without_content(got: Got) -> dict[str, str]:
    """Give the headers of a response that are not about its content."""
    about = {"content-type", "content-length"}
    return {name: value for name, value in got.headers.items() if name not in about}


def text_of(got: Got) -> object:
    """Give what a refusal says: a text, or the members that a gateway has."""
    denied: Denied = got.outcome
    body = dict(denied.body)
    if denied.content.decode().strip() != json.dumps(body, separators=(",", ":")):
        return denied.content.decode()
    return body.get("message", body)


# Lines that servers repeat or join, and lines that a browser sends once.
REPEATED = [
    ("Authorization", f"Bearer {GOOD}"),
    ("Authorization", "Basic eDp5"),
    ("Authorization", "Bearer"),
    ("Cookie", f"a=1; jwt={GOOD}"),
    ("Cookie", f"jwt={OTHER}, b=2"),
    ("Cookie", "jwt="),
    *SPOOFED,
]
SINGLE = [
    *PREFLIGHT,
    HOST,
    ("Sec-Fetch-Site", "same-origin"),
    ("X_My_Token", "Bearer x"),
]
QUERIES = ["", "jwt", "jwt=", f"jwt={GOOD}", f"a=1&%6Awt={OTHER}", "jwt=x&jwt=x"]


@settings(max_examples=300, deadline=None)
@given(
    gate=st.sampled_from(sorted(GATES)),
    sent=st.builds(
        lambda method, query, repeated, single: Sent(
            method=method, query=query, headers=(*repeated, *single), scheme="https"
        ),
        st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
        st.sampled_from(QUERIES),
        st.lists(st.sampled_from(REPEATED), max_size=3),
        st.lists(st.sampled_from(SINGLE), max_size=4, unique=True),
    ),
)
def test_any_mixture_comes_out_alike(gate: str, sent: Sent) -> None:
    """Whatever carriers meet in a request, both middlewares decide the same."""
    asgi, wsgi = (via(GATES[gate], sent) for via in (via_asgi, via_wsgi))
    assert told(asgi.outcome) == told(wsgi.outcome)
    assert (asgi.status, asgi.headers, asgi.body) == (
        wsgi.status,
        wsgi.headers,
        wsgi.body,
    )
    assert identity(asgi) == identity(wsgi)


def test_no_two_rows_have_one_name() -> None:
    """A row is found by its name."""
    assert len({each.id for each in ROWS}) == len(ROWS)
