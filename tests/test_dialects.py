from collections.abc import Callable
from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    Credential,
    Denied,
    Gate,
    Policy,
    Reason,
    RequestView,
    authenticate,
)
from jwtgate.dialect import Dialect
from jwtgate.dialects import APISIX, KONG
from jwtgate.identity import CONSUMER_GROUPS
from tests.kit import KEY, NOW, ListStore, credential, make_store, mint

OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"


def at(moment: float, policy: Policy, row: Credential | None = None) -> Gate:
    """Make a gate at a time."""
    return Gate(ListStore(row or credential()), policy, clock=lambda: moment)


def bearer(token: str | None, query: str = "") -> RequestView:
    """Make a request with a bearer token, unless there is none."""
    lines = () if token is None else ((b"Authorization", f"Bearer {token}".encode()),)
    return RequestView("GET", query=query.encode(), headers=lines)


def denied(gate: Gate, request: RequestView) -> Denied:
    """Decide on a request that must be refused."""
    outcome = authenticate(gate, request)
    assert isinstance(outcome, Denied)
    return outcome


def challenge(refusal: Denied) -> str | None:
    """Give the challenge of a refusal."""
    return dict(refusal.response_headers).get("WWW-Authenticate")


def passes(gate: Gate, token: str) -> bool:
    """Whether the token authenticates."""
    return isinstance(authenticate(gate, bearer(token)), Authenticated)


def resigned(token: str, segment: str) -> str:
    """Put something else in the place of the signature."""
    return f"{token.rpartition('.')[0]}.{segment}"


# Kong

KONG_POLICY = Policy.kong(claims_to_verify=("exp", "nbf"), maximum_expiration=3600)


def kong(token: str | None, query: str = "", policy: Policy = KONG_POLICY) -> Denied:
    """Have Kong's dialect refuse a token."""
    return denied(at(NOW, policy), bearer(token, query))


def kong_token(claims: object = None, **more: Any) -> str:
    """Make a token with exp and nbf."""
    return mint(claims if claims is not None else {"nbf": NOW - 1}, **more)


def message(text: str) -> dict[str, str]:
    """Give the usual body."""
    return {"message": text}


KONG_ROWS: dict[str, tuple[str, object]] = {
    "two parts": ("a.b", message("Bad token; invalid JSON")),
    "header no base64": (f"*{kong_token()}", message("Bad token; invalid JSON")),
    "header no JSON": (
        kong_token(header=b"{"),
        message("Bad token; invalid JSON"),
    ),
    "payload no JSON": (kong_token(b"{"), message("Bad token; invalid JSON")),
    "alg missing": (kong_token(header={}), message("Bad token; invalid alg")),
    "alg no text": (kong_token(header={"alg": 5}), message("Bad token; invalid alg")),
    "alg unknown": (
        kong_token(header={"alg": "HS1"}),
        message("Bad token; invalid alg"),
    ),
    "alg none": (
        kong_token(header={"alg": "none"}),
        message("Bad token; invalid alg"),
    ),
    "payload false": (kong_token(claims=False), message("Bad token; invalid claims")),
    "signature no base64": (
        resigned(kong_token(), "*"),
        message("Bad token; invalid signature"),
    ),
    "text behind": (f"{kong_token()} x", message("Bad token; invalid signature")),
    "four parts": (f"{kong_token()}.e30", message("Bad token; invalid signature")),
    "a dot behind": (f"{kong_token()}.", message("Bad token; invalid signature")),
    "four parts, header no JSON": (
        f"{kong_token(header=b'{')}.e30",
        message("Bad token; invalid JSON"),
    ),
    "key claim absent": (
        kong_token(iss=None),
        message("No mandatory 'iss' in claims"),
    ),
    "key claim false": (
        kong_token(iss=False),
        message("No mandatory 'iss' in claims"),
    ),
    "key claim empty": (kong_token(iss=""), message("Invalid 'iss' in claims")),
    "key unknown": (
        kong_token(iss="nobody"),
        message("No credentials found for given 'iss'"),
    ),
    "other algorithm": (
        kong_token(algorithm="HS384"),
        message("Invalid algorithm"),
    ),
    "signature wrong": (
        kong_token(secret=OTHER_SECRET),
        message("Invalid signature"),
    ),
    "expired": (kong_token(exp=NOW), {"exp": "token expired"}),
    "exp no number": (kong_token(exp="soon"), {"exp": "must be a number"}),
    "exp missing": (kong_token(exp=None), {"exp": "must be a number"}),
    "too early": (kong_token(nbf=NOW + 1), {"nbf": "token not valid yet"}),
    "nbf no number": (kong_token(nbf=True), {"nbf": "must be a number"}),
    "nbf missing": (kong_token({}), {"nbf": "must be a number"}),
    "both": (
        kong_token(exp=NOW, nbf=NOW + 1),
        {"exp": "token expired", "nbf": "token not valid yet"},
    ),
    "both missing": (
        kong_token({}, exp=None),
        {"exp": "must be a number", "nbf": "must be a number"},
    ),
    "both no numbers": (
        kong_token({"nbf": {}, "exp": []}),
        {"exp": "must be a number", "nbf": "must be a number"},
    ),
    "limit": (
        kong_token(exp=NOW + 3601),
        {"exp": "exceeds maximum allowed expiration"},
    ),
    "too early, limit": (
        kong_token(exp=NOW + 3601, nbf=NOW + 1),
        {"nbf": "token not valid yet"},
    ),
}


@pytest.mark.parametrize("row", KONG_ROWS)
def test_kong_tells_a_bad_token_in_kong_s_words(row: str) -> None:
    """Each failure has Kong's status, body and challenge."""
    token, body = KONG_ROWS[row]
    refusal = kong(token)
    assert (refusal.status, refusal.body) == (401, body)
    assert challenge(refusal) == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("key", [5, True, None, [KEY], {"key": KEY}], ids=repr)
def test_kong_refuses_a_key_claim_that_is_no_text(key: object) -> None:
    """Kong answers 500 to most of these; no client can cause a 5xx here."""
    refusal = kong(kong_token({"iss": key} if key is not None else b'{"iss":null}'))
    assert (refusal.status, refusal.body) == (401, message("Invalid 'iss' in claims"))


def test_kong_names_the_key_claim_that_is_configured() -> None:
    """The texts have the claim's name in them."""
    refusal = kong(kong_token(), policy=Policy.kong(key_claim="client"))
    assert refusal.body == message("No mandatory 'client' in claims")


def test_kong_challenges_a_request_without_token() -> None:
    """No token is no error: the challenge has no code."""
    refusal = kong(None)
    assert (refusal.status, refusal.body) == (401, message("Unauthorized"))
    assert challenge(refusal) == "Bearer"


def test_kong_puts_the_realm_first() -> None:
    """The error follows it."""
    policy = Policy.kong(realm="api")
    assert challenge(kong(None, policy=policy)) == 'Bearer realm="api"'
    assert (
        challenge(kong("a.b", policy=policy))
        == 'Bearer realm="api", error="invalid_token"'
    )


@pytest.mark.parametrize(
    ("token", "query", "text"),
    [
        (None, "jwt", "Unrecognizable token"),
        (None, "jwt=a&jwt=b", "Multiple tokens provided"),
        (None, "jwt=a&jwt", "Multiple tokens provided"),
        (kong_token(), f"jwt={kong_token(exp=NOW + 9)}", "Multiple tokens provided"),
    ],
    ids=["no value", "two values", "value and none", "two good tokens"],
)
def test_kong_refuses_what_is_not_one_token(
    token: str | None, query: str, text: str
) -> None:
    """Differing tokens are refused even if all are good."""
    refusal = kong(token, query)
    assert (refusal.status, refusal.body) == (401, message(text))
    assert challenge(refusal) == 'Bearer error="invalid_token"'


def test_kong_takes_one_token_from_several_places() -> None:
    """Equal texts count once; empty values do not count."""
    request = bearer(kong_token(), f"jwt={kong_token()}&jwt=")
    assert isinstance(authenticate(at(NOW, KONG_POLICY), request), Authenticated)


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (kong_token(b"{", header={"alg": "none"}), "Bad token; invalid JSON"),
        (
            resigned(kong_token(header={"alg": "none"}), "*"),
            "Bad token; invalid alg",
        ),
        (resigned(kong_token(iss=None), "*"), "Bad token; invalid signature"),
        (
            kong_token(iss="nobody", algorithm="HS384"),
            "No credentials found for given 'iss'",
        ),
        (kong_token(algorithm="HS384", secret=OTHER_SECRET), "Invalid algorithm"),
        (kong_token(exp=NOW, secret=OTHER_SECRET), "Invalid signature"),
    ],
    ids=[
        "JSON, alg",
        "alg, form of signature",
        "form of signature, key claim",
        "key, algorithm",
        "algorithm, signature",
        "signature, claims",
    ],
)
def test_kong_answers_in_kong_s_order(token: str, text: str) -> None:
    """Of two faults the one that Kong sees first is told."""
    assert kong(token).body == message(text)


def test_kong_tells_a_missing_anonymous_consumer() -> None:
    """An operator's mistake is Kong's one 500."""
    gate = Gate(make_store(), Policy.kong(anonymous="guest"), clock=lambda: NOW)
    refusal = denied(gate, bearer(None))
    text = "anonymous consumer guest is configured but doesn't exist"
    assert (refusal.status, refusal.body) == (500, message(text))


def test_kong_does_not_challenge_with_a_500() -> None:
    """No client can mend it."""
    gate = Gate(make_store(), Policy.kong(anonymous="guest"), clock=lambda: NOW)
    assert challenge(denied(gate, bearer(None))) is None


def test_kong_checks_no_claim_that_is_not_listed() -> None:
    """By default expired tokens pass there."""
    assert passes(at(NOW, Policy.kong()), mint(exp=NOW - 1, nbf=NOW + 1))


def test_kong_reads_the_key_from_the_header_where_the_payload_has_none() -> None:
    """The payload's counts first, and the two need not agree."""
    header = {"alg": "HS256", "iss": KEY}
    assert passes(at(NOW, Policy.kong()), mint(iss=None, header=header))
    assert passes(at(NOW, Policy.kong()), mint(header={**header, "iss": "other"}))


@pytest.mark.parametrize(
    ("moment", "claims"),
    [
        (NOW, {"exp": NOW + 1}),
        (NOW + 0.9, {"exp": NOW + 0.5}),
        (NOW, {"nbf": NOW}),
        (NOW, {"exp": NOW + 3600}),
        (NOW + 0.9, {"exp": NOW + 3600}),
    ],
    ids=["exp", "exp within this second", "nbf now", "limit", "limit, whole second"],
)
def test_kong_s_borders_that_pass(moment: float, claims: dict[str, float]) -> None:
    """Kong's time is whole seconds."""
    assert passes(at(moment, KONG_POLICY), kong_token(**claims))


@pytest.mark.parametrize(
    ("moment", "claims"),
    [
        (NOW, {"exp": NOW}),
        (NOW + 0.9, {"exp": NOW}),
        (NOW + 0.9, {"nbf": NOW + 0.5}),
        (NOW, {"exp": NOW + 3600.5}),
        (NOW + 0.9, {"exp": NOW + 3601}),
    ],
    ids=["exp now", "exp this second", "nbf within", "limit", "limit, whole second"],
)
def test_kong_s_borders_that_refuse(moment: float, claims: dict[str, float]) -> None:
    """The second of exp is too late, a fraction over the limit is too far."""
    assert not passes(at(moment, KONG_POLICY), kong_token(**claims))


# APISIX

APISIX_CHALLENGE = 'Bearer realm="jwt"'


def apisix(request: RequestView, policy: Policy | None = None) -> Denied:
    """Have APISIX's dialect refuse a request."""
    return denied(at(NOW, policy or Policy.apisix()), request)


def key_token(claims: object = None, **more: Any) -> str:
    """Make a token whose key claim is ``key``."""
    if claims is None:
        claims = {"iss": None, "key": KEY}
    return mint(claims, **more)


APISIX_ROWS: dict[str, tuple[str, str]] = {
    "two parts": ("a.b", "JWT token invalid"),
    "five parts": ("a.b.c.d.e", "JWT token invalid"),
    "header no base64": (f"*{key_token()}", "JWT token invalid"),
    "header no JSON": (key_token(header=b"{"), "JWT token invalid"),
    "payload no JSON": (key_token(b"{"), "JWT token invalid"),
    "key claim absent": (key_token(key=None), "missing user key in JWT token"),
    "key claim false": (key_token(key=False), "missing user key in JWT token"),
    "payload an array": (key_token([KEY]), "missing user key in JWT token"),
    "payload a text": (key_token(KEY), "missing user key in JWT token"),
    "key claim empty": (key_token(key=""), "Invalid user key in JWT token"),
    "key claim a number": (key_token(key=5), "Invalid user key in JWT token"),
    "key claim null": (key_token(b'{"key":null}'), "Invalid user key in JWT token"),
    "key claim true": (key_token(key=True), "Invalid user key in JWT token"),
    "key claim an array": (key_token(key=[KEY]), "Invalid user key in JWT token"),
    "key claim an object": (key_token(key={"a": 1}), "Invalid user key in JWT token"),
    "key unknown": (key_token(key="nobody"), "Invalid user key in JWT token"),
    "other algorithm": (key_token(algorithm="HS384"), "failed to verify jwt"),
    "alg absent": (key_token(header={}), "failed to verify jwt"),
    "alg null": (key_token(header={"alg": None}), "failed to verify jwt"),
    "alg an array": (key_token(header={"alg": ["HS256"]}), "failed to verify jwt"),
    "alg in other case": (key_token(header={"alg": "hs256"}), "failed to verify jwt"),
    "alg none": (key_token(header={"alg": "none"}), "failed to verify jwt"),
    "signature wrong": (key_token(secret=OTHER_SECRET), "failed to verify jwt"),
    "signature too short": (resigned(key_token(), "AAAA"), "failed to verify jwt"),
    "signature no base64": (resigned(key_token(), "*"), "failed to verify jwt"),
    "expired": (key_token(exp=NOW), "failed to verify jwt"),
    "too early": (key_token(nbf=NOW + 1), "failed to verify jwt"),
    "exp no number": (key_token(exp="soon"), "failed to verify jwt"),
}


@pytest.mark.parametrize("row", APISIX_ROWS)
def test_apisix_tells_a_bad_token_in_apisix_s_words(row: str) -> None:
    """Each failure has one of its texts, and the challenge has the realm alone."""
    token, text = APISIX_ROWS[row]
    refusal = apisix(bearer(token))
    assert (refusal.status, refusal.body) == (401, message(text))
    assert challenge(refusal) == APISIX_CHALLENGE


def test_apisix_tells_a_listed_claim_that_is_absent() -> None:
    """A listed claim is required there."""
    policy = Policy.apisix(claims_to_verify=("nbf",))
    assert apisix(bearer(key_token()), policy).body == message("failed to verify jwt")


def test_apisix_checks_listed_claims_alone() -> None:
    """An expired token passes where nbf alone is listed."""
    policy = Policy.apisix(claims_to_verify=("nbf",))
    assert passes(at(NOW, policy), key_token(exp=NOW - 1, nbf=NOW - 1))


def test_apisix_needs_no_exp() -> None:
    """By default a claim is checked when it is there."""
    assert passes(at(NOW, Policy.apisix()), key_token(exp=None))


def test_apisix_tells_that_no_token_came() -> None:
    """The challenge is the same as ever."""
    refusal = apisix(RequestView("GET"))
    assert refusal.body == message("Missing JWT token in request")
    assert challenge(refusal) == APISIX_CHALLENGE


@pytest.mark.parametrize(
    "line",
    [b"", b"Bearer ", b"BEARER a", b"Basic amFjaw==", b"Token a"],
    ids=["empty", "empty Bearer", "upper case", "Basic", "Token"],
)
def test_apisix_takes_any_header_for_a_token(line: bytes) -> None:
    """A header that is there decides, and hides what the query has."""
    query = b"jwt=" + key_token().encode()
    request = RequestView("GET", query=query, headers=[(b"Authorization", line)])
    assert apisix(request).body == message("JWT token invalid")


@pytest.mark.parametrize(
    "query",
    ["jwt", "jwt=", f"jwt={key_token()}&jwt={key_token()}"],
    ids=["no value", "empty", "repeated"],
)
def test_apisix_refuses_a_parameter_that_is_not_one_value(query: str) -> None:
    """A repeated parameter is an invalid token, equal values too."""
    assert apisix(bearer(None, query)).body == message("JWT token invalid")


def test_apisix_tells_a_missing_anonymous_consumer() -> None:
    """Whatever the first reason was."""
    gate = Gate(make_store(), Policy.apisix(anonymous="guest"), clock=lambda: NOW)
    refusal = denied(gate, bearer("a.b"))
    assert (refusal.status, refusal.body) == (
        401,
        message("Invalid user authorization"),
    )
    assert challenge(refusal) == APISIX_CHALLENGE


@pytest.mark.parametrize(
    "token",
    [
        key_token(key="nobody", header={"alg": "none"}),
        resigned(key_token(key="nobody"), "*"),
        key_token(key="nobody", exp=NOW),
    ],
    ids=["algorithm", "signature", "expiry"],
)
def test_apisix_tells_an_unknown_key_before(token: str) -> None:
    """The look-up comes before all that needs the credential."""
    assert apisix(bearer(token)).body == message("Invalid user key in JWT token")


def test_apisix_looks_for_the_key_in_the_payload_alone() -> None:
    """The header is nobody's key claim there."""
    token = key_token(key=None, header={"alg": "HS256", "key": KEY})
    assert apisix(bearer(token)).body == message("missing user key in JWT token")


def test_apisix_lets_the_first_carrier_decide() -> None:
    """Header, then query, then cookie; the others are not looked at."""
    request = bearer(key_token(), "jwt=garbage")
    assert isinstance(authenticate(at(NOW, Policy.apisix()), request), Authenticated)


@pytest.mark.parametrize(
    ("claims", "grace"),
    [
        ({"exp": NOW + 1}, None),
        ({"exp": NOW + 0.5}, None),
        ({"exp": NOW - 9}, 10),
        ({"nbf": NOW - 1}, None),
        ({"nbf": NOW + 9}, 10),
    ],
    ids=["exp", "fraction of exp", "exp in grace", "nbf", "nbf in grace"],
)
def test_apisix_s_borders_that_pass(
    claims: dict[str, float], grace: float | None
) -> None:
    """The time is cut to seconds, fractions of claims are not."""
    gate = at(NOW + 0.9, Policy.apisix(), credential(lifetime_grace_period=grace))
    assert passes(gate, key_token(**claims))


@pytest.mark.parametrize(
    ("claims", "grace"),
    [
        ({"exp": NOW}, None),
        ({"exp": NOW - 10}, 10),
        ({"nbf": NOW}, None),
        ({"nbf": NOW + 10}, 10),
    ],
    ids=["exp now", "end of exp's grace", "nbf now", "end of nbf's grace"],
)
def test_apisix_s_borders_that_refuse(
    claims: dict[str, float], grace: float | None
) -> None:
    """The very second of nbf is too early there."""
    gate = at(NOW + 0.9, Policy.apisix(), credential(lifetime_grace_period=grace))
    assert not passes(gate, key_token(**claims))


def test_apisix_names_a_credential_by_its_id() -> None:
    """X-Credential-Identifier is the id, not the key."""
    gate = at(NOW, Policy.apisix(), credential(id="c1"))
    outcome = authenticate(gate, bearer(key_token()))
    assert isinstance(outcome, Authenticated)
    assert ("X-Credential-Identifier", "c1") in outcome.request_headers


# Both


@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "bare"])
@pytest.mark.parametrize("make", [Policy.kong, Policy.apisix], ids=["kong", "apisix"])
def test_a_quoted_cookie_holds_no_token(
    make: Callable[..., Policy], *, quoted: bool
) -> None:
    """Neither takes the quotes off (RFC 6265 4.1.1 lets a server keep them)."""
    policy = make(cookie_names=["jwt"], key_claim="iss")
    value = f'"{mint()}"' if quoted else mint()
    request = RequestView("GET", headers=[(b"Cookie", f"jwt={value}".encode())])
    outcome = authenticate(at(NOW, policy), request)
    assert isinstance(outcome, Denied) is quoted


# The tables


@pytest.mark.parametrize("dialect", [KONG, APISIX], ids=lambda each: each.name)
def test_groups_are_told_by_either_gateway_where_the_policy_says_so(
    dialect: Dialect,
) -> None:
    """Kong's acl plugin does; the policy says whether."""
    assert CONSUMER_GROUPS in dialect.identity_headers & dialect.anonymous_headers


LATE_ROWS = {
    "kong, route": (KONG, Reason.ROUTE_UNKNOWN, "no Route matched with those values"),
    "kong, consumer": (
        KONG,
        Reason.CONSUMER_FORBIDDEN,
        "You cannot consume this service",
    ),
    "kong, quota": (KONG, Reason.QUOTA_EXCEEDED, "API rate limit exceeded"),
    "kong, key": (KONG, Reason.KEY_UNUSABLE, "Invalid key/secret"),
    "apisix, route": (APISIX, Reason.ROUTE_UNKNOWN, "404 Route Not Found"),
    "apisix, consumer": (
        APISIX,
        Reason.CONSUMER_FORBIDDEN,
        "The consumer_name is forbidden.",
    ),
    "apisix, key": (APISIX, Reason.KEY_UNUSABLE, "failed to verify jwt"),
}


@pytest.mark.parametrize("row", LATE_ROWS)
def test_what_other_plugins_of_a_gateway_say(row: str) -> None:
    """Its router, acl, consumer-restriction and rate limits have their own words."""
    dialect, reason, text = LATE_ROWS[row]
    assert dialect.texts[reason] == text


@pytest.mark.parametrize(
    ("dialect", "reason", "name"),
    [
        (KONG, Reason.ROUTE_UNKNOWN, "message"),
        (KONG, Reason.QUOTA_EXCEEDED, "message"),
        (APISIX, Reason.ROUTE_UNKNOWN, "error_msg"),
        (APISIX, Reason.QUOTA_EXCEEDED, "error_msg"),
        (APISIX, Reason.CONSUMER_FORBIDDEN, "message"),
        (APISIX, Reason.TERMINATED, "message"),
    ],
)
def test_what_the_member_with_the_text_is_called(
    dialect: Dialect, reason: Reason, name: str
) -> None:
    """APISIX's core and its limit-count say ``error_msg``."""
    assert dialect.text_names.get(reason, "message") == name


@pytest.mark.parametrize(
    ("dialect", "asks"), [(KONG, True), (APISIX, False)], ids=["kong", "apisix"]
)
def test_who_is_in_no_group_is_asked_for_a_token(
    dialect: Dialect, *, asks: bool
) -> None:
    """By Kong's acl, where nobody authenticated."""
    assert dialect.asks_groupless is asks


@pytest.mark.parametrize(
    ("dialect", "style"),
    [(KONG, "by_period"), (APISIX, "tightest")],
    ids=["kong", "apisix"],
)
def test_the_headers_of_a_quota_are_the_gateway_s(dialect: Dialect, style: str) -> None:
    """Kong tells of each rate by its period."""
    assert dialect.quota_headers == style


def test_no_dialect_can_be_changed() -> None:
    """One process may hold gates of all three."""
    with pytest.raises(TypeError):
        KONG.texts[Reason.KEY_UNKNOWN] = "x"  # type: ignore[index]
